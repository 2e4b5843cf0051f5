//! The state of checking one function body: its locals, which variables are bound where, the statements so far.

mod ends;
mod kept;
mod path;

use std::rc::Rc;

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::{Name, ast};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

pub(crate) use kept::RegionOf;
pub(crate) use path::{Delta, NameState, Path};

use crate::checker::{Checker, GenericArg, ModuleId};
use crate::hir::{
    self, Expr, ExprKind, FuncId, Local, LocalId, Mode, Place, Root, Stmt, StmtKind, Ty,
};

/// What is known about a variable at a point of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Var {
    pub local: LocalId,
    /// Bound on every path to here, or only on some.
    pub certain: bool,
}

/// The type that was written for a variable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Annotated {
    pub ty: Ty,
    pub span: Span,
    /// Whether the text tells of the arrays in it, too, rather than a generic argument.
    pub written: bool,
}

/// A loop around the statement being checked.
pub(crate) struct Loop {
    pub parallel: Option<Span>,
    /// The log position at which its body starts.
    pub mark: usize,
    /// The states at its `break`s, and at its `continue`s and behind its condition.
    pub breaks: Vec<Delta>,
    pub continues: Vec<Delta>,
    /// The locals of the variables that had none in front of it, where its ends have several.
    pub ends: FxHashMap<Name, LocalId>,
}

/// A loop: where it stands, and the rounds of the `comptime for` loops around it.
pub(crate) type LoopKey = (Span, Vec<usize>);

/// A variable that has another local in a loop than in front of it. A loop in a loop, which is checked again with that,
/// starts from it: otherwise each level would double the work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    pub name: Name,
    pub before: Option<LocalId>,
    pub inside: LocalId,
    /// Whether it has that local from the start of the loop on, or at its ends only.
    pub from_start: bool,
}

/// Mostly a name has one type and one way to hold it.
type Locals = SmallVec<[(Ty, bool, LocalId); 1]>;

pub(crate) struct FnCx<'c, 'a> {
    pub cx: &'c mut Checker<'a>,
    pub module: ModuleId,
    pub func: FuncId,
    pub locals: Vec<Local>,
    pub vars: FxHashMap<Name, Var>,
    /// Earlier states of the variables, newest last.
    log: Vec<(Name, Option<Var>)>,
    /// Where each name stands in the log last, and the newest mark: behind that, a name is in the log once.
    logged: FxHashMap<Name, usize>,
    newest_mark: usize,
    /// The local that a name has at each type and kind of holding (`true`: a borrow).
    pool: FxHashMap<Name, Locals>,
    /// Names that the function assigns anywhere, which are therefore its own (empty at the top level).
    pub assigned: FxHashSet<Name>,
    /// Names that `global` declares.
    pub global_names: FxHashSet<Name>,
    pub generics: FxHashMap<Name, GenericArg>,
    /// Hidden locals of variables whose types differ by path, with why: an error where they are read.
    pub conflicts: FxHashMap<LocalId, Diagnostic>,
    /// Of those, by which expressions on some paths bind a variable at another type: the local that it has where they are evaluated.
    pub bound_perhaps: FxHashMap<LocalId, LocalId>,
    /// Functions defined inside this one, by name.
    pub nested: Rc<FxHashMap<Name, crate::nested::Bound>>,
    /// Those of them that need others which are not there yet.
    pub waiting: Vec<Rc<crate::nested::Member<'a>>>,
    /// The hidden variables of lambdas whose defaults have been computed in front of them.
    pub early_defaults: Vec<Name>,
    /// The parameters `*args` and `**kwargs` without types.
    pub packs: FxHashMap<Name, crate::passed::Pack>,
    /// Whether an assignment may change a variable's type.
    pub flexible: bool,
    /// Variables whose type was written.
    pub annotated: FxHashMap<Name, Annotated>,
    /// Optionals that a test has shown to hold a value.
    pub narrowed: FxHashSet<Name>,
    /// Variables read where no path had bound them; a loop around may turn out to bind them later.
    pub read_unbound: FxHashSet<Name>,
    /// The `Bool` locals that say whether a variable is bound, for those read where that is not certain.
    pub flags: FxHashMap<LocalId, LocalId>,
    pub loops: Vec<Loop>,
    /// What loops have settled.
    pub settled: FxHashMap<LoopKey, Vec<Settled>>,
    /// What holds variables where an error leads, by name: outer regions first.
    kept: FxHashMap<Name, SmallVec<[LocalId; 1]>>,
    /// The locals that each name has had, in each region around that an error may leave.
    regions: Vec<FxHashMap<Name, SmallVec<[LocalId; 2]>>>,
    /// The names that a comprehension has for itself.
    hidden: FxHashSet<Name>,
    /// Variables that others change in place: in regions they have one local only.
    pub changed_by_others: FxHashSet<Name>,
    /// The rounds of the `comptime for` loops around.
    pub unrolled: Vec<usize>,
    /// How many rounds of such loops there were in all.
    pub comptime_rounds: usize,
    pub out: Vec<Stmt>,
    pub reachable: bool,
    /// The last statement was a `with` whose body never comes to its end, so that only an error that was suppressed leads here.
    pub only_suppressed: bool,
    pub at_top: bool,
    /// Whether an operand so far has bound a variable, by `:=`.
    pub binds_in_operands: bool,
    /// In an `__init__`, the value that is being made.
    pub constructs: Option<LocalId>,
    /// How many `except` blocks are around, for a bare `raise`.
    pub handler_depth: u32,
    pub attributes: hir::Attributes,
    /// While it is asked whether an expression is an object of Python: which of its parts are.
    pub objects: Option<FxHashMap<*const ast::Expr, bool>>,
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
            logged: FxHashMap::default(),
            newest_mark: 0,
            pool: FxHashMap::default(),
            assigned: FxHashSet::default(),
            global_names: FxHashSet::default(),
            generics: FxHashMap::default(),
            conflicts: FxHashMap::default(),
            bound_perhaps: FxHashMap::default(),
            nested: Rc::default(),
            waiting: Vec::new(),
            early_defaults: Vec::new(),
            packs: FxHashMap::default(),
            flexible: false,
            annotated: FxHashMap::default(),
            narrowed: FxHashSet::default(),
            binds_in_operands: false,
            read_unbound: FxHashSet::default(),
            flags: FxHashMap::default(),
            loops: Vec::new(),
            settled: FxHashMap::default(),
            kept: FxHashMap::default(),
            regions: Vec::new(),
            hidden: FxHashSet::default(),
            changed_by_others: FxHashSet::default(),
            unrolled: Vec::new(),
            comptime_rounds: 0,
            out: Vec::new(),
            reachable: true,
            only_suppressed: false,
            at_top: false,
            constructs: None,
            handler_depth: 0,
            attributes: hir::Attributes::default(),
            objects: None,
            counter: 0,
        }
    }

    /// Makes room for so many names, once and not bit by bit.
    pub fn expect_names(&mut self, names: usize) {
        self.vars.reserve(names);
        self.logged.reserve(names);
        self.log.reserve(names);
        self.pool.reserve(names);
        self.locals.reserve(names);
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
        names.extend(crate::names::builtins());
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
    leave_built_in(body, names);
}

/// What is imported from modules of the language, and structs, are no variables.
fn leave_built_in(body: &[ast::Stmt], names: &mut FxHashSet<Name>) {
    for stmt in body {
        let is_struct = matches!(stmt.kind, ast::StmtKind::Struct(_));
        if is_struct || crate::imports::is_of_modules(stmt) {
            crate::names::bound_by(stmt, &mut |name| {
                names.remove(&name);
            });
        } else if !matches!(stmt.kind, ast::StmtKind::Function(_)) {
            crate::names::each_block(stmt, &mut |block| leave_built_in(block, names));
        }
    }
}
