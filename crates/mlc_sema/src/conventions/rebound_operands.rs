//! Operands that are bound to another value by an operand behind them.
//!
//! Python evaluates `s` in `print(s, next())` first, and prints what it was there, whatever `next` binds it to. Here such an operand is
//! a borrow of the variable, in which the new value would be seen: it becomes a borrow of a copy.
//!
//! Before: print(s, next(&mut s))          After: print(temporary(copy s), next(&mut s))
//!
//! What is changed in place behind an operand is seen in it, as in Python. An operand through which the old value would be changed is
//! an error. Fields of structs are variables like others here; elements are borrowed where they are met, and checked as borrows.

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::facts::Facts;
use crate::coerce::temporary;
use crate::hir::{
    Expr, ExprKind, Function, FunctionKind, Global, GlobalId, Local, LocalId, Place,
    ProjectionKind, Root, Stmt, StmtKind, Ty, TyKind, TypeTable,
};
use crate::walk::{
    PartMut, Visitor, blocks_mut, expr_parts_mut, place_parts_mut, stmt_parts_mut, walk,
};

/// The fields that lead from a variable to what is bound in it; none for the variable itself.
type Fields = SmallVec<[u32; 4]>;

/// Longer ways through fields are not followed, so that a method that goes down a tree ends.
const MOST_FIELDS: usize = 4;

/// What a call binds again: parameters by their positions, and top-level variables.
#[derive(Clone, Default)]
pub(super) struct Rebound {
    params: SmallVec<[(u32, Fields); 2]>,
    globals: SmallVec<[(GlobalId, Fields); 2]>,
    /// Whether a call in the body, or a `:=` in an operand of one, binds anything again.
    pub(super) by_operands: bool,
}

impl Rebound {
    fn count(&self) -> usize {
        self.params.len() + self.globals.len()
    }

    fn is_empty(&self) -> bool {
        self.count() == 0
    }
}

fn add<T: PartialEq, const N: usize>(to: &mut SmallVec<[T; N]>, item: T)
where
    [T; N]: smallvec::Array<Item = T>,
{
    if !to.contains(&item) {
        to.push(item);
    }
}

/// By function; empty where no function binds again what its caller sees, and no operand does.
pub(super) fn rebound(functions: &[Function], facts: &[Facts], types: &TypeTable) -> Vec<Rebound> {
    if !facts.iter().any(|facts| facts.binds_again) {
        return Vec::new();
    }
    let mut calls: Vec<Calls> = Vec::with_capacity(functions.len());
    let mut found: Vec<Rebound> = Vec::with_capacity(functions.len());
    for function in functions {
        let mut binds = Binds {
            function,
            types,
            rebound: Rebound::default(),
            calls: Calls::default(),
        };
        walk(&function.body, &mut binds);
        // What a module binds when it is run is bound for the first time.
        if is_init(function) {
            binds.rebound.globals.clear();
        }
        found.push(binds.rebound);
        calls.push(binds.calls);
    }
    spread(functions, &calls, &mut found);
    for (position, calls) in calls.iter().enumerate() {
        let by_call = (calls.callees.iter()).any(|callee| !found[*callee].is_empty());
        found[position].by_operands |= by_call;
    }
    found
}

/// Whether a function is that of a module's statements.
pub(super) fn is_init(function: &Function) -> bool {
    function.kind == FunctionKind::Function && function.name == "__init__"
}

/// Whether a value that is stored in a place may be bound to a variable that others see.
pub(super) fn may_bind(place: &Place, types: &TypeTable) -> bool {
    fields(place).is_some()
        && matches!(place.root, Root::Local(_) | Root::Global(_))
        && shows_changes(place.ty, types)
}

/// The fields that a place is reached through, if it is reached through nothing else.
fn fields(place: &Place) -> Option<Fields> {
    let found = first_fields(place);
    (found.len() == place.projections.len() && found.len() <= MOST_FIELDS).then_some(found)
}

/// The fields at the start of a place.
fn first_fields(place: &Place) -> Fields {
    let numbers = place.projections.iter().map_while(|step| match step.kind {
        ProjectionKind::Field(number) | ProjectionKind::Item(number) => Some(number),
        _ => None,
    });
    numbers.collect()
}

fn joined(first: &Fields, more: &Fields) -> Option<Fields> {
    let all: Fields = first.iter().chain(more).copied().collect();
    (all.len() <= MOST_FIELDS).then_some(all)
}

/// What callees bind again, their callers do.
fn spread(functions: &[Function], calls: &[Calls], found: &mut [Rebound]) {
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); functions.len()];
    let mut lenders: Vec<Vec<Lent>> = vec![Vec::new(); functions.len()];
    for (caller, calls) in calls.iter().enumerate() {
        for &callee in &calls.callees {
            if callers[callee].last() != Some(&caller) {
                callers[callee].push(caller);
            }
        }
        for (callee, param, own, through) in &calls.lent {
            lenders[*callee].push(Lent {
                caller,
                param: *param,
                own: *own,
                through: through.clone(),
            });
        }
    }
    let with_params = (0..found.len()).filter(|at| !found[*at].params.is_empty());
    let mut work: Vec<usize> = with_params.collect();
    while let Some(callee) = work.pop() {
        for lent in &lenders[callee] {
            let of_callee = found[callee].params.clone();
            let bound = (of_callee.iter()).filter(|(param, _)| *param == lent.param);
            for way in bound.filter_map(|(_, way)| joined(&lent.through, way)) {
                let own = (lent.own, way);
                if !found[lent.caller].params.contains(&own) {
                    found[lent.caller].params.push(own);
                    work.push(lent.caller);
                }
            }
        }
    }
    // Each variable by itself, so that a function is come to once for each.
    let mut binders: FxHashMap<(GlobalId, Fields), Vec<usize>> = FxHashMap::default();
    for (at, rebound) in found.iter_mut().enumerate() {
        for global in rebound.globals.drain(..) {
            binders.entry(global).or_default().push(at);
        }
    }
    let mut seen: Vec<usize> = vec![usize::MAX; functions.len()];
    for (number, (global, mut work)) in binders.into_iter().enumerate() {
        while let Some(at) = work.pop() {
            if std::mem::replace(&mut seen[at], number) != number {
                found[at].globals.push(global.clone());
                work.extend(&callers[at]);
            }
        }
    }
}

/// A parameter of a caller's, or a field of one, that a callee gets to change.
#[derive(Clone)]
struct Lent {
    caller: usize,
    param: u32,
    own: u32,
    through: Fields,
}

/// The calls in a body.
#[derive(Default)]
struct Calls {
    callees: Vec<usize>,
    /// A callee, its parameter, and the parameter of the caller's that it gets to change, or the field of that.
    lent: Vec<(usize, u32, u32, Fields)>,
}

struct Binds<'b> {
    function: &'b Function,
    types: &'b TypeTable,
    rebound: Rebound,
    calls: Calls,
}

impl Binds<'_> {
    fn param(&self, place: &Place) -> Option<u32> {
        let Root::Local(local) = place.root else {
            return None;
        };
        let mut params = self.function.params.iter();
        let position = params.position(|param| param.local == local)?;
        Some(position as u32)
    }

    fn bound(&mut self, place: &Place) {
        if !may_bind(place, self.types) {
            return;
        }
        let Some(way) = fields(place) else {
            return;
        };
        if let Some(param) = self.param(place) {
            add(&mut self.rebound.params, (param, way.clone()));
        }
        if let Root::Global(global) = place.root {
            add(&mut self.rebound.globals, (global, way));
        }
    }
}

impl Visitor for Binds<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Store { place, .. } => self.bound(place),
            // Lists and arrays grow in place.
            StmtKind::Update { place, .. } if !is_in_place(place.ty, self.types) => {
                self.bound(place)
            }
            StmtKind::Swap { left, right } => {
                self.bound(left);
                self.bound(right);
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let ExprKind::Call { callee, args } = &expr.kind else {
            return;
        };
        let callee = callee.0 as usize;
        self.calls.callees.push(callee);
        for (at, arg) in args.iter().enumerate() {
            self.rebound.by_operands |= is_named(arg);
            let place = match &arg.kind {
                ExprKind::Borrow {
                    place,
                    mutable: true,
                }
                | ExprKind::Move(place) => place,
                _ => continue,
            };
            if let Some(own) = self.param(place)
                && let Some(through) = fields(place)
            {
                self.calls.lent.push((callee, at as u32, own, through));
            }
        }
    }
}

/// Whether evaluating an operand binds something, as `(name := value)` does. Comprehensions do, too: only the walk that follows tells.
pub(super) fn is_named(arg: &Expr) -> bool {
    let value = match &arg.kind {
        ExprKind::Borrow { place, .. } | ExprKind::Move(place) => match &place.root {
            Root::Temporary(value) => value,
            _ => return false,
        },
        _ => arg,
    };
    matches!(&value.kind, ExprKind::Block { stmts, .. }
        if stmts.iter().any(|stmt| matches!(stmt.kind, StmtKind::Bind { .. })))
}

/// Whether a value of this type may be held by where it is: a number is read at once.
fn shows_changes(ty: Ty, types: &TypeTable) -> bool {
    !matches!(
        types.kind(ty),
        TyKind::None
            | TyKind::Bool
            | TyKind::Int { .. }
            | TyKind::Float(_)
            | TyKind::Complex(_)
            | TyKind::Simd { .. }
            | TyKind::Exception
            | TyKind::PythonObject
            | TyKind::Error
    )
}

fn is_in_place(ty: Ty, types: &TypeTable) -> bool {
    matches!(
        types.kind(ty),
        TyKind::List(_) | TyKind::Array { .. } | TyKind::Struct(_)
    )
}

/// A variable that is bound again.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Variable {
    Global(GlobalId),
    /// By a call that it is lent to.
    Lent(LocalId),
    /// Here, under its name.
    Named(LocalId),
}

/// Variables, and the fields that lead to what is bound again in them.
type Variables = FxHashSet<(Variable, Fields)>;

/// Gives such operands in a body copies. `rebound`: what each function binds again.
pub(super) fn keep_operands(
    function: &mut Function,
    types: &TypeTable,
    globals: &[Global],
    rebound: &[Rebound],
) -> Vec<Diagnostic> {
    let mut pass = Keep {
        types,
        locals: &function.locals,
        globals,
        rebound,
        wrong: Vec::new(),
    };
    pass.stmts(&mut function.body);
    pass.wrong
}

struct Keep<'k> {
    types: &'k TypeTable,
    locals: &'k [Local],
    globals: &'k [Global],
    rebound: &'k [Rebound],
    wrong: Vec<Diagnostic>,
}

impl Keep<'_> {
    /// Gives what the statements bind again, as do the other functions what their part does.
    fn stmts(&mut self, stmts: &mut [Stmt]) -> Variables {
        let mut bound = Variables::default();
        for stmt in stmts {
            bound.extend(self.stmt(stmt));
        }
        bound
    }

    fn stmt(&mut self, stmt: &mut Stmt) -> Variables {
        let mut bound = match &mut stmt.kind {
            StmtKind::Update { place, value, .. }
            | StmtKind::Store {
                place,
                value,
                updates: true,
            } => self.update(place, value),
            _ => {
                let mut parts = Vec::new();
                stmt_parts_mut(stmt, &mut |part| parts.push(part));
                self.parts(parts, false)
            }
        };
        blocks_mut(stmt, &mut |block| bound.extend(self.stmts(block)));
        match &stmt.kind {
            StmtKind::Bind { local, .. } => {
                bound.insert((Variable::Named(*local), Fields::new()));
            }
            StmtKind::Store { place, .. } => bound.extend(variable(place).zip(fields(place))),
            _ => {}
        }
        bound
    }

    /// `place op= value`: what the place is a part of is there before the value is evaluated.
    fn update(&mut self, place: &mut Place, value: &mut Expr) -> Variables {
        let mut bound = self.expr(value);
        let is_part = !place.projections.is_empty() || is_in_place(place.ty, self.types);
        if is_part && self.is_bound(place, &bound, false) {
            self.report(place, place.span);
        }
        bound.extend(self.place(place));
        bound
    }

    /// Operands, in the order of evaluation.
    fn parts(&mut self, parts: Vec<PartMut<'_>>, of_call: bool) -> Variables {
        let mut behind = Variables::default();
        for part in parts.into_iter().rev() {
            let bound = match part {
                PartMut::Expr(expr) => {
                    if !behind.is_empty() {
                        self.keep(expr, &behind, of_call);
                    }
                    self.expr(expr)
                }
                PartMut::Place(place) => self.place(place),
                PartMut::Stmts(stmts) => self.stmts(stmts),
            };
            behind.extend(bound);
        }
        behind
    }

    fn expr(&mut self, expr: &mut Expr) -> Variables {
        let of_call = matches!(expr.kind, ExprKind::Call { .. });
        let mut parts = Vec::new();
        expr_parts_mut(expr, &mut |part| parts.push(part));
        let mut bound = self.parts(parts, of_call);
        let ExprKind::Call { callee, args } = &expr.kind else {
            return bound;
        };
        let rebound = &self.rebound[callee.0 as usize];
        let globals = rebound.globals.iter();
        bound.extend(globals.map(|(global, way)| (Variable::Global(*global), way.clone())));
        for (param, way) in &rebound.params {
            if let Some(arg) = args.get(*param as usize)
                && let ExprKind::Borrow { place, .. } = &arg.kind
                && let Some(through) = fields(place)
            {
                bound.extend(variable(place).zip(joined(&through, way)));
            }
        }
        bound
    }

    /// A place, whose root is there before its indices are evaluated.
    fn place(&mut self, place: &mut Place) -> Variables {
        let mut parts = Vec::new();
        place_parts_mut(place, &mut |part| parts.push(part));
        let bound = self.parts(parts, false);
        // A field that an index binds again is borrowed before: that is checked.
        let is_root_bound =
            variable(place).is_some_and(|variable| bound.contains(&(variable, Fields::new())));
        if !place.projections.is_empty() && is_root_bound {
            self.copy_root(place);
        }
        bound
    }

    /// Makes an operand what it was, where what is evaluated behind it binds its variable again.
    fn keep(&mut self, operand: &mut Expr, behind: &Variables, of_call: bool) {
        match &mut operand.kind {
            ExprKind::Borrow {
                place,
                mutable: true,
            } if self.is_bound(place, behind, of_call) => self.report(place, operand.span),
            ExprKind::Load(place) | ExprKind::Copy(place) | ExprKind::Borrow { place, .. }
                if shows_changes(operand.ty, self.types)
                    && self.is_bound(place, behind, of_call) =>
            {
                let (ty, span) = (place.ty, place.span);
                let of = std::mem::replace(place, temporary(nothing(span)));
                let kind = self.value_of(of);
                *place = temporary(Expr { kind, ty, span });
            }
            ExprKind::If { then, orelse, .. } => {
                self.keep(then, behind, of_call);
                self.keep(orelse, behind, of_call);
            }
            ExprKind::Block { value, .. } | ExprKind::Some(value) => {
                self.keep(value, behind, of_call)
            }
            _ => {}
        }
    }

    /// A value of a variable of this function has another name once it is bound again; only calls look at their arguments late.
    fn is_bound(&self, place: &Place, behind: &Variables, of_call: bool) -> bool {
        let Some(variable) = variable(place) else {
            return false;
        };
        let named = match variable {
            Variable::Lent(local) if of_call => Some(Variable::Named(local)),
            _ => None,
        };
        let way = first_fields(place);
        (0..=way.len().min(MOST_FIELDS)).any(|end| {
            let leads_there = |variable| behind.contains(&(variable, Fields::from(&way[..end])));
            leads_there(variable) || named.is_some_and(leads_there)
        })
    }

    fn copy_root(&self, place: &mut Place) {
        let ty = match place.root {
            Root::Local(local) => self.locals[local.0 as usize].ty,
            Root::Global(global) => self.globals[global.0 as usize].ty,
            _ => return,
        };
        let span = place.span;
        let nothing = Root::Temporary(Box::new(nothing(span)));
        let root = std::mem::replace(&mut place.root, nothing);
        let whole = Place {
            root,
            projections: Vec::new(),
            ty,
            span,
        };
        let kind = self.value_of(whole);
        place.root = Root::Temporary(Box::new(Expr { kind, ty, span }));
    }

    fn value_of(&self, place: Place) -> ExprKind {
        match self.types.is_owning(place.ty) {
            true => ExprKind::Copy(place),
            false => ExprKind::Load(place),
        }
    }

    fn report(&mut self, place: &Place, span: Span) {
        let mut name = format!("`{}`", self.name(place));
        if !first_fields(place).is_empty() {
            name = format!("a field of {name}");
        }
        let diagnostic = crate::diag::rebound_by_operand(span, &name);
        self.wrong.push(diagnostic);
    }

    fn name(&self, place: &Place) -> String {
        match place.root {
            Root::Local(local) => self.locals[local.0 as usize].name.clone(),
            Root::Global(global) => self.globals[global.0 as usize].name.clone(),
            _ => String::new(),
        }
    }
}

pub(super) fn nothing(span: Span) -> Expr {
    Expr {
        kind: ExprKind::None,
        ty: Ty::NONE,
        span,
    }
}

fn variable(place: &Place) -> Option<Variable> {
    match place.root {
        Root::Local(local) => Some(Variable::Lent(local)),
        Root::Global(global) => Some(Variable::Global(global)),
        _ => None,
    }
}
