//! The state of checking one function body: its locals, which variables are bound where, the statements so far.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::{Name, ast};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::{Checker, GenericArg, ModuleId};
use crate::hir::{
    self, Expr, ExprKind, FuncId, Local, LocalId, Mode, Place, Root, Stmt, StmtKind, Ty, TyKind,
};

/// What is known about a variable at a point of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Var {
    pub local: LocalId,
    /// Bound on every path to here, or only on some.
    pub certain: bool,
}

/// The changes that a piece of the program made to the variables: the state of each at its end.
pub(crate) type Delta = FxHashMap<Name, Option<Var>>;

/// One way through to a join.
pub(crate) struct Path {
    pub delta: Delta,
    pub reachable: bool,
    pub stmts: Vec<Stmt>,
}

/// A loop around the statement being checked.
pub(crate) struct Loop {
    pub parallel: Option<Span>,
    /// The log position at which its body starts.
    pub mark: usize,
    /// The states at its `break`s and its `continue`s.
    pub breaks: Vec<Delta>,
    pub continues: Vec<Delta>,
}

/// Everything that a name means at a point of a function.
pub(crate) struct NameState {
    pub name: Name,
    var: Option<Var>,
    locals: Vec<(Ty, bool, LocalId)>,
    annotated: Option<(Ty, Span)>,
    narrowed: bool,
    nested: Option<crate::nested::Bound>,
    global: bool,
}

impl NameState {
    /// A name that nothing has been said about.
    pub fn new(name: Name) -> Self {
        NameState {
            name,
            var: None,
            locals: Vec::new(),
            annotated: None,
            narrowed: false,
            nested: None,
            global: false,
        }
    }
}

pub(crate) struct FnCx<'c, 'a> {
    pub cx: &'c mut Checker<'a>,
    pub module: ModuleId,
    pub func: FuncId,
    pub locals: Vec<Local>,
    pub vars: FxHashMap<Name, Var>,
    /// Earlier states of the variables, newest last.
    log: Vec<(Name, Option<Var>)>,
    /// The local that a name has at each type and kind of holding (`true`: a borrow).
    pool: FxHashMap<Name, Vec<(Ty, bool, LocalId)>>,
    /// Names that the function assigns anywhere, which are therefore its own (empty at the top level).
    pub assigned: FxHashSet<Name>,
    /// Names that `global` declares.
    pub global_names: FxHashSet<Name>,
    pub generics: FxHashMap<Name, GenericArg>,
    /// Hidden locals of variables whose types differ by path, with why: an error where they are read.
    pub conflicts: FxHashMap<LocalId, Diagnostic>,
    /// Functions defined inside this one, by name.
    pub nested: FxHashMap<Name, crate::nested::Bound>,
    /// The parameters `*args` and `**kwargs` without types.
    pub packs: FxHashMap<Name, crate::passed::Pack>,
    /// Whether an assignment may change a variable's type.
    pub flexible: bool,
    /// Variables whose type was written.
    pub annotated: FxHashMap<Name, (Ty, Span)>,
    /// Optionals that a test has shown to hold a value.
    pub narrowed: FxHashSet<Name>,
    /// Variables read where no path had bound them; a loop around may turn out to bind them later.
    pub read_unbound: FxHashSet<Name>,
    /// The `Bool` locals that say whether a variable is bound, for those read where that is not certain.
    pub flags: FxHashMap<LocalId, LocalId>,
    pub loops: Vec<Loop>,
    pub out: Vec<Stmt>,
    pub reachable: bool,
    pub at_top: bool,
    /// In an `__init__`, the value that is being made.
    pub constructs: Option<LocalId>,
    /// How many `except` blocks are around, for a bare `raise`.
    pub handler_depth: u32,
    pub attributes: hir::Attributes,
    counter: u32,
}

impl<'c, 'a> FnCx<'c, 'a> {
    pub fn new(cx: &'c mut Checker<'a>, module: ModuleId, func: FuncId) -> Self {
        FnCx {
            cx,
            module,
            func,
            locals: Vec::new(),
            vars: FxHashMap::default(),
            log: Vec::new(),
            pool: FxHashMap::default(),
            assigned: FxHashSet::default(),
            global_names: FxHashSet::default(),
            generics: FxHashMap::default(),
            conflicts: FxHashMap::default(),
            nested: FxHashMap::default(),
            packs: FxHashMap::default(),
            flexible: false,
            annotated: FxHashMap::default(),
            narrowed: FxHashSet::default(),
            read_unbound: FxHashSet::default(),
            flags: FxHashMap::default(),
            loops: Vec::new(),
            out: Vec::new(),
            reachable: true,
            at_top: false,
            constructs: None,
            handler_depth: 0,
            attributes: hir::Attributes::default(),
            counter: 0,
        }
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.cx.report(diagnostic);
    }

    pub fn ty_name(&mut self, ty: Ty) -> String {
        let ty = self.cx.resolve(ty);
        self.cx.types.name(ty)
    }

    pub fn emit(&mut self, kind: StmtKind, span: Span) {
        self.out.push(Stmt { kind, span });
    }

    // ---------------------------------------------------------------------------------------------------- locals

    pub fn new_local(&mut self, name: String, ty: Ty, mode: Mode, span: Span) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        self.locals.push(Local {
            name,
            ty,
            mode,
            span,
        });
        id
    }

    /// A local that no source names.
    pub fn temp(&mut self, hint: &str, ty: Ty, span: Span) -> LocalId {
        self.counter += 1;
        let name = format!("${hint}{}", self.counter);
        self.new_local(name, ty, Mode::Owner, span)
    }

    /// The local for `name` at a type; `alias`: as a borrow. The same one each time.
    pub fn local_for(&mut self, name: Name, ty: Ty, alias: bool, span: Span) -> LocalId {
        let known = self.pool.get(&name).and_then(|locals| {
            let same = |known: &&(Ty, bool, LocalId)| known.0 == ty && known.1 == alias;
            locals.iter().find(same).map(|known| known.2)
        });
        if let Some(local) = known {
            return local;
        }
        let mode = if alias { Mode::Ref } else { Mode::Owner };
        let local = self.new_local(name.as_str().to_owned(), ty, mode, span);
        self.remember_local(name, ty, alias, local);
        local
    }

    pub fn remember_local(&mut self, name: Name, ty: Ty, alias: bool, local: LocalId) {
        self.pool.entry(name).or_default().push((ty, alias, local));
    }

    pub fn local(&self, local: LocalId) -> &Local {
        &self.locals[local.0 as usize]
    }

    pub fn local_place(&mut self, local: LocalId, span: Span) -> Place {
        let ty = self.local(local).ty;
        let ty = self.cx.resolve(ty);
        Place {
            root: Root::Local(local),
            projections: Vec::new(),
            ty,
            span,
        }
    }

    /// The value of a local; provisionally moved where it owns memory.
    pub fn read_local(&mut self, local: LocalId, span: Span) -> Expr {
        let place = self.local_place(local, span);
        self.read(place)
    }

    pub fn load_local(&mut self, local: LocalId, span: Span) -> Expr {
        let place = self.local_place(local, span);
        Expr {
            ty: place.ty,
            kind: ExprKind::Load(place),
            span,
        }
    }

    // ------------------------------------------------------------------------------------------------- variables

    pub fn set_var(&mut self, name: Name, var: Option<Var>) {
        let old = match var {
            Some(var) => self.vars.insert(name, var),
            None => self.vars.remove(&name),
        };
        self.log.push((name, old));
    }

    pub fn bind_var(&mut self, name: Name, local: LocalId) {
        self.set_var(
            name,
            Some(Var {
                local,
                certain: true,
            }),
        );
    }

    pub fn mark(&self) -> usize {
        self.log.len()
    }

    /// What changed since `mark`.
    pub fn delta_since(&self, mark: usize) -> Delta {
        let mut delta = Delta::default();
        for (name, _) in &self.log[mark..] {
            delta
                .entry(*name)
                .or_insert_with(|| self.vars.get(name).copied());
        }
        delta
    }

    pub fn roll_back(&mut self, mark: usize) {
        while self.log.len() > mark {
            if let Some((name, old)) = self.log.pop() {
                match old {
                    Some(var) => self.vars.insert(name, var),
                    None => self.vars.remove(&name),
                };
            }
        }
    }

    /// Exchanges what names mean here with what they meant elsewhere.
    pub fn swap_names(&mut self, states: Vec<NameState>) -> Vec<NameState> {
        states
            .into_iter()
            .map(|state| {
                let name = state.name;
                let before = NameState {
                    name,
                    var: self.vars.get(&name).copied(),
                    locals: self.pool.remove(&name).unwrap_or_default(),
                    annotated: self.annotated.remove(&name),
                    narrowed: self.narrowed.remove(&name),
                    nested: self.nested.remove(&name),
                    global: self.global_names.remove(&name),
                };
                self.set_var(name, state.var);
                self.pool.insert(name, state.locals);
                self.annotated
                    .extend(state.annotated.map(|found| (name, found)));
                self.nested.extend(state.nested.map(|found| (name, found)));
                if state.narrowed {
                    self.narrowed.insert(name);
                }
                if state.global {
                    self.global_names.insert(name);
                }
                before
            })
            .collect()
    }

    /// Checks something on its own: its statements and its changes to the variables come back, and are undone here.
    pub fn path(&mut self, body: impl FnOnce(&mut Self)) -> Path {
        let mark = self.mark();
        let narrowed = self.narrowed.clone();
        let nested = self.nested.clone();
        let outer = std::mem::take(&mut self.out);
        let reachable = std::mem::replace(&mut self.reachable, true);
        body(self);
        let stmts = std::mem::replace(&mut self.out, outer);
        let mut delta = self.delta_since(mark);
        self.roll_back(mark);
        let nested_inside = std::mem::replace(&mut self.nested, nested);
        self.end_of_nested(nested_inside, &mut delta);
        // What was shown inside holds inside only; what was assigned is no longer narrowed outside either.
        let inside = std::mem::replace(&mut self.narrowed, narrowed);
        self.narrowed.retain(|name| inside.contains(name));
        let end = std::mem::replace(&mut self.reachable, reachable);
        Path {
            delta,
            reachable: end,
            stmts,
        }
    }

    /// What a name of a function means after a path that defines it is open, unless another path does not come here.
    fn end_of_nested(&mut self, inside: FxHashMap<Name, crate::nested::Bound>, delta: &mut Delta) {
        for (name, bound) in inside {
            let before = self.nested.get(&name).map(|before| before.decl);
            if before == Some(bound.decl) {
                continue;
            }
            let span = self.cx.decl(bound.decl).ast.name.span;
            let feature = format!("the function `{name}`, defined on some paths to here only,");
            let diagnostic = crate::diag::not_yet(span, &feature);
            let local = self.conflict(name, diagnostic, span);
            let certain = true;
            delta.insert(name, Some(Var { local, certain }));
        }
    }

    /// A path on which nothing happens.
    pub fn empty_path(&self) -> Path {
        Path {
            delta: Delta::default(),
            reachable: true,
            stmts: Vec::new(),
        }
    }

    /// Where paths meet: sets the variables to what holds on all of them, and adds to a path's statements the
    /// conversion of a number that is wider on another path. Returns the statements of each.
    pub fn join(&mut self, mut paths: Vec<Path>, span: Span) -> Vec<Vec<Stmt>> {
        let mut names: Vec<Name> = Vec::new();
        let mut seen = FxHashSet::default();
        for path in paths.iter().filter(|path| path.reachable) {
            for name in path.delta.keys() {
                if seen.insert(*name) {
                    names.push(*name);
                }
            }
        }
        names.sort_unstable_by_key(|name| name.as_str());
        for name in names {
            self.join_name(name, &mut paths, span);
        }
        self.reachable &= paths.iter().any(|path| path.reachable);
        paths.into_iter().map(|path| path.stmts).collect()
    }

    fn join_name(&mut self, name: Name, paths: &mut [Path], span: Span) {
        let base = self.vars.get(&name).copied();
        let states: Vec<Option<Var>> = (paths.iter())
            .filter(|path| path.reachable)
            .map(|path| path.delta.get(&name).copied().unwrap_or(base))
            .collect();
        let bound: Vec<Var> = states.iter().flatten().copied().collect();
        let Some(first) = bound.first().copied() else {
            return self.set_var(name, None);
        };
        let certain = bound.len() == states.len() && bound.iter().all(|var| var.certain);
        let mut local = first.local;
        if bound.iter().any(|var| var.local != first.local) {
            let locals: Vec<LocalId> = bound.iter().map(|var| var.local).collect();
            local = self.common_local(name, &locals, span);
            for path in paths.iter_mut().filter(|path| path.reachable) {
                let state = path.delta.get(&name).copied().unwrap_or(base);
                if let Some(var) = state.filter(|var| var.local != local)
                    && self.local(local).ty != Ty::ERROR
                {
                    let value = self.widened(var.local, local, span);
                    path.stmts.push(Stmt {
                        kind: StmtKind::Bind { local, value },
                        span,
                    });
                }
            }
        }
        self.set_var(name, Some(Var { local, certain }));
    }

    /// The value of a variable's local, converted to the type of the one that it has from here on.
    pub fn widened(&mut self, from: LocalId, to: LocalId, span: Span) -> Expr {
        let value = self.read_local(from, span);
        let ty = self.local(to).ty;
        self.coerce(value.into(), ty)
    }

    /// The local that holds a variable where paths meet: numbers widen, and `None` with a value is an optional. Where the
    /// types have nothing in common it is one that must not be read.
    pub fn common_local(&mut self, name: Name, locals: &[LocalId], span: Span) -> LocalId {
        let mut common = locals[0];
        for &local in &locals[1..] {
            common = self.common_of_two(name, common, local, span);
        }
        common
    }

    fn common_of_two(
        &mut self,
        name: Name,
        first: LocalId,
        second: LocalId,
        span: Span,
    ) -> LocalId {
        let tys = [first, second].map(|local| self.local(local).ty);
        let [one, other] = tys.map(|ty| self.cx.resolve(ty));
        if first == second || one == Ty::ERROR {
            return first;
        }
        if other == Ty::ERROR {
            return second;
        }
        if one == other {
            let same = self.local(first).mode == self.local(second).mode;
            if same || !self.cx.types.is_owning(one) {
                return self.local_for(name, one, false, span);
            }
            let feature = format!(
                "`{name}`, a part of another value on one path and its own value on another,"
            );
            return self.conflict(name, crate::diag::not_yet(span, &feature), span);
        }
        match self.joined_type(one, other) {
            Some(ty) => self.local_for(name, ty, false, span),
            None => {
                let shown = [one, other].map(|ty| self.ty_name(ty));
                let spans = [first, second].map(|local| self.local(local).span);
                let diagnostic = crate::diag::differs_by_path(span, name.as_str(), shown, spans);
                self.conflict(name, diagnostic, span)
            }
        }
    }

    fn conflict(&mut self, name: Name, diagnostic: Diagnostic, span: Span) -> LocalId {
        let local = self.new_local(name.to_string(), Ty::ERROR, Mode::Owner, span);
        self.conflicts.insert(local, diagnostic);
        local
    }

    /// The type of what has one of two types, by path: numbers widen, `None` and a value are an optional.
    pub fn joined_type(&mut self, one: Ty, other: Ty) -> Option<Ty> {
        if one == other {
            return Some(one);
        }
        let optional = |cx: &mut Self, inner: Ty| match cx.cx.types.kind(inner) {
            TyKind::Optional(_) => inner,
            _ => cx.cx.types.optional(inner),
        };
        match (
            self.cx.types.kind(one).clone(),
            self.cx.types.kind(other).clone(),
        ) {
            (TyKind::None, _) => Some(optional(self, other)),
            (_, TyKind::None) => Some(optional(self, one)),
            (TyKind::Optional(inner), TyKind::Optional(of)) => {
                let both = self.joined_type(inner, of)?;
                Some(optional(self, both))
            }
            (TyKind::Optional(inner), _) => {
                let both = self.joined_type(inner, other)?;
                Some(optional(self, both))
            }
            (_, TyKind::Optional(inner)) => {
                let both = self.joined_type(one, inner)?;
                Some(optional(self, both))
            }
            (TyKind::Bool, _) | (_, TyKind::Bool) => None,
            _ if self.cx.unify(one, other) => Some(self.cx.resolve(one)),
            _ => self.widen(one, other),
        }
    }

    /// The names that could be meant here.
    pub fn visible_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.vars.keys().map(|name| name.as_str()).collect();
        names.extend(self.generics.keys().map(|name| name.as_str()));
        names.extend(self.nested.keys().map(|name| name.as_str()));
        names.extend(
            self.cx
                .module(self.module)
                .items
                .keys()
                .map(|name| name.as_str()),
        );
        names.extend(crate::names::BUILTINS);
        names
    }
}

/// Every name that statements bind, not looking into nested functions.
pub(crate) fn assigned_names(body: &[ast::Stmt], names: &mut FxHashSet<Name>) {
    for stmt in body {
        crate::names::bound_by(stmt, &mut |name| {
            names.insert(name);
        });
    }
}
