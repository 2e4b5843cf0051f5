//! Paths through a body: what each one bound, and how variables go on where paths join.

use std::rc::Rc;

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::Name;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::{Annotated, FnCx, Locals, Var};
use crate::hir::{Expr, LocalId, Mode, Stmt, Ty, TyKind};

/// The changes that a piece of the program made to the variables: the state of each at its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// Each name once, by [`Name::id`].
    changes: Vec<(Name, Option<Var>)>,
}

impl Delta {
    /// What the name means at the end, if that has changed.
    pub fn get(&self, name: Name) -> Option<Option<Var>> {
        let found = self
            .changes
            .binary_search_by_key(&name.id(), |change| change.0.id());
        found.ok().map(|at| self.changes[at].1)
    }

    pub fn insert(&mut self, name: Name, var: Option<Var>) {
        match self
            .changes
            .binary_search_by_key(&name.id(), |change| change.0.id())
        {
            Ok(at) => self.changes[at].1 = var,
            Err(at) => self.changes.insert(at, (name, var)),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Name, Option<Var>)> {
        self.changes.iter().copied()
    }
}

/// One way through to a join.
pub(crate) struct Path {
    pub delta: Delta,
    pub reachable: bool,
    pub stmts: Vec<Stmt>,
}

/// A change of one name on one of the paths that meet.
struct Change {
    name: Name,
    path: usize,
    var: Option<Var>,
}

/// Everything that a name means at a point of a function.
pub(crate) struct NameState {
    pub name: Name,
    var: Option<Var>,
    locals: Locals,
    annotated: Option<Annotated>,
    narrowed: bool,
    nested: Option<crate::nested::Bound>,
    global: bool,
    hidden: bool,
}

impl NameState {
    /// A name that nothing has been said about.
    pub fn new(name: Name) -> Self {
        NameState {
            name,
            var: None,
            locals: Locals::new(),
            annotated: None,
            narrowed: false,
            nested: None,
            global: false,
            hidden: true,
        }
    }
}

impl<'c, 'a> FnCx<'c, 'a> {
    pub fn set_var(&mut self, name: Name, var: Option<Var>) {
        let old = match var {
            Some(var) => self.vars.insert(name, var),
            None => self.vars.remove(&name),
        };
        let at = self.log.len();
        let last = self.logged.entry(name).or_insert(at);
        let is_logged = (self.newest_mark..at).contains(last) && self.log[*last].0 == name;
        if !is_logged {
            *last = at;
            self.log.push((name, old));
        }
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

    pub fn mark(&mut self) -> usize {
        self.newest_mark = self.log.len();
        self.newest_mark
    }

    /// What changed since `mark`.
    pub fn delta_since(&self, mark: usize) -> Delta {
        let mut names: SmallVec<[Name; 16]> =
            self.log[mark..].iter().map(|(name, _)| *name).collect();
        names.sort_unstable_by_key(|name| name.id());
        names.dedup();
        let changes = names
            .into_iter()
            .map(|name| (name, self.vars.get(&name).copied()));
        Delta {
            changes: changes.collect(),
        }
    }

    /// What a name meant at `mark`, if that has changed.
    pub fn at_mark(&self, name: Name, mark: usize) -> Option<Option<Var>> {
        let mut since = self.log[mark..].iter();
        since.find(|(other, _)| *other == name).map(|(_, old)| *old)
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
                    nested: self.unbind_nested(name),
                    global: self.global_names.remove(&name),
                    hidden: self.hidden.remove(&name),
                };
                self.set_var(name, state.var);
                self.pool.insert(name, state.locals);
                self.annotated
                    .extend(state.annotated.map(|found| (name, found)));
                if let Some(found) = state.nested {
                    self.bind_nested(name, found);
                }
                if state.narrowed {
                    self.narrowed.insert(name);
                }
                if state.global {
                    self.global_names.insert(name);
                }
                if state.hidden {
                    self.hidden.insert(name);
                }
                before
            })
            .collect()
    }

    /// Checks something on its own: its statements and its changes to the variables come back, and are undone here.
    pub fn path(&mut self, body: impl FnOnce(&mut Self)) -> Path {
        let outer_mark = self.newest_mark;
        let mark = self.mark();
        let narrowed = self.narrowed.clone();
        let nested = Rc::clone(&self.nested);
        let waiting = self.waiting.clone();
        let outer = std::mem::take(&mut self.out);
        let reachable = std::mem::replace(&mut self.reachable, true);
        body(self);
        let mut stmts = std::mem::replace(&mut self.out, outer);
        stmts.shrink_to_fit();
        let mut delta = self.delta_since(mark);
        self.roll_back(mark);
        self.newest_mark = outer_mark;
        self.waiting = waiting;
        let nested_inside = std::mem::replace(&mut self.nested, nested);
        if !Rc::ptr_eq(&nested_inside, &self.nested) {
            self.end_of_nested(&nested_inside, &mut delta);
        }
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
    fn end_of_nested(&mut self, inside: &FxHashMap<Name, crate::nested::Bound>, delta: &mut Delta) {
        for (&name, bound) in inside {
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
        let mut changes: Vec<Change> = Vec::new();
        for (path, from) in paths.iter().enumerate().filter(|(_, from)| from.reachable) {
            changes.extend(
                from.delta
                    .iter()
                    .map(|(name, var)| Change { name, path, var }),
            );
        }
        changes.sort_by_key(|change| change.name.id());
        let mut names: Vec<&[Change]> = changes
            .chunk_by(|one, other| one.name == other.name)
            .collect();
        names.sort_unstable_by_key(|changes| changes[0].name.as_str());
        for changes in names {
            self.join_name(changes, &mut paths, span);
        }
        self.reachable &= paths.iter().any(|path| path.reachable);
        paths.into_iter().map(|path| path.stmts).collect()
    }

    /// `changes`: those of one name, in the order of the paths.
    fn join_name(&mut self, changes: &[Change], paths: &mut [Path], span: Span) {
        let name = changes[0].name;
        let base = self.vars.get(&name).copied();
        // Where the name stands among the changes as it was before, on a path that does not change it.
        let mut reachable = paths.iter().enumerate().filter(|(_, path)| path.reachable);
        let unchanged = (changes.iter().map(Some).chain([None]))
            .position(|change| reachable.next().map(|(path, _)| path) != change.map(|c| c.path));
        let mut states: SmallVec<[Option<Var>; 4]> = changes.iter().map(|c| c.var).collect();
        if let Some(at) = unchanged {
            states.insert(at, base);
        }
        let Some(first) = states.iter().flatten().next().copied() else {
            return self.set_var(name, None);
        };
        let certain = states.iter().all(|var| var.is_some_and(|var| var.certain));
        let mut local = first.local;
        if (states.iter().flatten()).any(|var| var.local != first.local) {
            let locals: Vec<LocalId> = states.iter().flatten().map(|var| var.local).collect();
            local = self.common_local(name, &locals, span);
            let mut changes = changes.iter().peekable();
            for (at, path) in paths
                .iter_mut()
                .enumerate()
                .filter(|(_, path)| path.reachable)
            {
                let state = match changes.next_if(|change| change.path == at) {
                    Some(change) => change.var,
                    None => base,
                };
                if let Some(var) = state.filter(|var| var.local != local)
                    && self.local(local).ty != Ty::ERROR
                {
                    path.stmts.push(self.passed_on(var, local, span));
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
            return self.part_or_own(name, span);
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

    fn part_or_own(&mut self, name: Name, span: Span) -> LocalId {
        let feature =
            format!("`{name}`, a part of another value on one path and its own value on another,");
        self.conflict(name, crate::diag::not_yet(span, &feature), span)
    }

    /// The local that has room for a variable wherever it goes on from: what is only borrowed cannot be moved there.
    pub fn common_home(&mut self, name: Name, locals: &[LocalId], span: Span) -> LocalId {
        let common = self.common_local(name, locals, span);
        let mode = self.local(common).mode;
        let is_other = |local: &LocalId| {
            let local = self.local(*local);
            local.mode != mode && self.cx.types.is_owning(local.ty)
        };
        let is_known = self.local(common).ty != Ty::ERROR;
        match is_known && locals.iter().any(is_other) {
            true => self.part_or_own(name, span),
            false => common,
        }
    }

    pub fn conflict(&mut self, name: Name, diagnostic: Diagnostic, span: Span) -> LocalId {
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
}
