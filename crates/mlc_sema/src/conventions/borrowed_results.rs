//! Functions whose results are all parts of one parameter: they return borrows of it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{returned, root_local};
use crate::hir::{
    Convention, Expr, ExprKind, Function, LocalId, Mode, Place, ProjectionKind, Root, Stmt,
    StmtKind, TyKind, TypeTable,
};
use crate::places::is_list_slice;
use crate::walk::{self, Rewriter, Visitor};

/// Finds the functions that return a part of one parameter, and turns the results into borrows.
pub(super) fn borrowed_results(functions: &mut [Function], types: &TypeTable) {
    let mut lending = lending(functions, (0..functions.len()).collect(), &[], types);
    if lending.is_empty() {
        return;
    }
    let callers = callers(functions);
    let mut any_lending: Vec<usize> = Vec::new();
    // Of a caller, the body changes with what it calls: each round looks at those for which the one before has changed something.
    while !lending.is_empty() {
        let next: BTreeSet<usize> = (lending.iter())
            .flat_map(|&callee| callers[callee].iter().copied())
            .collect();
        for &caller in &next {
            mark_aliases(caller, functions, types);
        }
        any_lending.append(&mut lending);
        lending = self::lending(functions, next, &callers, types);
    }
    any_lending.sort_unstable();
    let mut work: VecDeque<usize> = any_lending.into();
    while let Some(position) = work.pop_front() {
        let function = &functions[position];
        if function.result_borrows.is_some()
            && !function.result_view
            && Body::new(function, functions, types).returns_view()
        {
            functions[position].result_view = true;
            work.extend(&callers[position]);
        }
    }
}

/// Marks those of the functions, in order, that return a part of one parameter; who calls one of them further on is looked at, too.
fn lending(
    functions: &mut [Function],
    mut work: BTreeSet<usize>,
    callers: &[Vec<usize>],
    types: &TypeTable,
) -> Vec<usize> {
    let mut found = Vec::new();
    while let Some(position) = work.pop_first() {
        let function = &functions[position];
        if function.result_borrows.is_some() || !types.is_owning(function.result) {
            continue;
        }
        if let Some(param) = Body::new(function, functions, types).part_returned() {
            functions[position].result_borrows = Some(param);
            found.push(position);
            let callers = callers.get(position).into_iter().flatten();
            work.extend(callers.filter(|caller| **caller > position));
        }
    }
    found
}

/// Who calls each function.
fn callers(functions: &[Function]) -> Vec<Vec<usize>> {
    struct Calls<'c>(usize, &'c mut [Vec<usize>]);
    impl Visitor for Calls<'_> {
        fn expr(&mut self, expr: &Expr) {
            if let ExprKind::Call { callee, .. } = &expr.kind {
                let callers = &mut self.1[callee.0 as usize];
                if callers.last() != Some(&self.0) {
                    callers.push(self.0);
                }
            }
        }
    }
    let mut callers = vec![Vec::new(); functions.len()];
    for (position, function) in functions.iter().enumerate() {
        walk::walk(&function.body, &mut Calls(position, &mut callers));
    }
    callers
}

/// What is asked of one body.
struct Body<'f> {
    function: &'f Function,
    functions: &'f [Function],
    types: &'f TypeTable,
    /// The values that each local is bound to, where one was asked for.
    bound: OnceCell<FxHashMap<LocalId, Vec<&'f Expr>>>,
    /// The answers for names for parts.
    aliases: RefCell<FxHashMap<LocalId, Option<u32>>>,
}

impl<'f> Body<'f> {
    fn new(function: &'f Function, functions: &'f [Function], types: &'f TypeTable) -> Self {
        Body {
            function,
            functions,
            types,
            bound: OnceCell::new(),
            aliases: RefCell::default(),
        }
    }

    /// All values that a local is bound to.
    fn bound_values(&self, local: LocalId) -> &[&'f Expr] {
        let all = self.bound.get_or_init(|| {
            let mut all: FxHashMap<LocalId, Vec<&'f Expr>> = FxHashMap::default();
            each_bound(&self.function.body, &mut |local, value| {
                all.entry(local).or_default().push(value);
            });
            all
        });
        all.get(&local).map_or(&[], Vec::as_slice)
    }

    fn position(&self, local: LocalId) -> Option<u32> {
        let mut params = self.function.params.iter();
        let found = params.position(|param| param.local == local)?;
        Some(found as u32)
    }

    /// The parameter that all results are parts of.
    fn part_returned(&self) -> Option<u32> {
        let mut values = Vec::new();
        returned(&self.function.body, &mut values);
        let mut found: Option<u32> = None;
        for value in values {
            let param = self.part_of_param(value)?;
            if found.is_some_and(|before| before != param) {
                return None;
            }
            found = Some(param);
        }
        let param = found?;
        let convention = &self.function.params[param as usize];
        (!(convention.written && convention.convention == Convention::Owned)).then_some(param)
    }

    fn part_of_param(&self, value: &Expr) -> Option<u32> {
        let place = match &value.kind {
            ExprKind::Move(place) if !is_list_slice(place, self.types) => place,
            _ => return None,
        };
        let is_whole = |param: u32| {
            place.projections.is_empty()
                && root_local(place) == Some(self.function.params[param as usize].local)
        };
        self.param_of(place, 0).filter(|param| !is_whole(*param))
    }

    /// The parameter that a place is, or is a part of, also by names for parts and by calls that return borrows.
    fn param_of(&self, place: &Place, depth: u32) -> Option<u32> {
        match &place.root {
            Root::Local(root) => match self.position(*root) {
                Some(param) => Some(param),
                None => self.alias_param(*root, depth),
            },
            Root::Borrowed(call) => {
                let lent = lent_place(call, |callee| self.functions[callee].result_borrows)?;
                self.param_of(lent, depth)
            }
            _ => None,
        }
    }

    /// The parameter that a name for a part borrows from. Without an answer there is none for the function either, so that it does not
    /// matter where the question came from.
    fn alias_param(&self, alias: LocalId, depth: u32) -> Option<u32> {
        if self.function.locals[alias.0 as usize].mode == Mode::Owner || depth > 8 {
            return None;
        }
        if let Some(known) = self.aliases.borrow().get(&alias) {
            return *known;
        }
        let mut result = None;
        for value in self.bound_values(alias) {
            let ExprKind::Borrow { place, .. } = &value.kind else {
                return None;
            };
            if root_local(place) == Some(alias) {
                continue;
            }
            let param = self.param_of(place, depth + 1)?;
            if result.is_some_and(|before| before != param) {
                return None;
            }
            result = Some(param);
        }
        self.aliases.borrow_mut().insert(alias, result);
        result
    }

    /// Whether a result may be a part of an array that has no header of its own: a slice, a row, another shape.
    fn returns_view(&self) -> bool {
        let mut values = Vec::new();
        returned(&self.function.body, &mut values);
        let mut seen = FxHashSet::default();
        values.into_iter().any(|value| match &value.kind {
            ExprKind::Move(place) => self.is_view(place, &mut seen),
            _ => false,
        })
    }

    /// `seen` are the names for parts that were looked at, and are none.
    fn is_view(&self, place: &Place, seen: &mut FxHashSet<LocalId>) -> bool {
        let mut before = None;
        let mut view = match &place.root {
            Root::Local(local) => {
                before = Some(self.function.locals[local.0 as usize].ty);
                // The first projection would decide.
                place.projections.is_empty()
                    && self.position(*local).is_none()
                    && seen.insert(*local)
                    && (self.bound_values(*local).iter()).any(|value| match &value.kind {
                        ExprKind::Borrow { place, .. } => self.is_view(place, seen),
                        _ => false,
                    })
            }
            Root::Borrowed(call) => {
                before = Some(call.ty);
                match &call.kind {
                    ExprKind::Call { callee, .. } => self.functions[callee.0 as usize].result_view,
                    _ => false,
                }
            }
            _ => false,
        };
        for projection in &place.projections {
            let elem = before.and_then(|ty| match self.types.kind(ty) {
                TyKind::Array { elem, .. } => Some(*elem),
                _ => None,
            });
            view = match &projection.kind {
                ProjectionKind::Slice(_)
                | ProjectionKind::Transpose(_)
                | ProjectionKind::Reshape(_) => elem.is_some(),
                ProjectionKind::Index { .. } => elem.is_some_and(|elem| elem != projection.ty),
                _ => false,
            };
            before = Some(projection.ty);
        }
        view
    }
}

/// The place of which a call returns a part. `lends` gives, for a callee, the parameter that its result is a part of.
pub(super) fn lent_place(call: &Expr, lends: impl Fn(usize) -> Option<u32>) -> Option<&Place> {
    let ExprKind::Call { callee, args } = &call.kind else {
        return None;
    };
    let arg = args.get(lends(callee.0 as usize)? as usize)?;
    match &arg.kind {
        ExprKind::Move(place) | ExprKind::Borrow { place, .. } => Some(place),
        _ => None,
    }
}

/// Variables of a function that are bound to results which are borrows become borrows themselves, and where such a result is wanted
/// as a value it is what would have to be moved out of the borrow.
fn mark_aliases(position: usize, functions: &mut [Function], types: &TypeTable) {
    let mut body = std::mem::take(&mut functions[position].body);
    let mut locals = std::mem::take(&mut functions[position].locals);
    let mut pass = AliasPass {
        only_lent: only_lent(&body, functions, types),
        functions,
        locals: &mut locals,
        types,
        lent: false,
    };
    walk::rewrite(&mut body, &mut pass);
    functions[position].body = body;
    functions[position].locals = locals;
}

/// The locals that are bound to borrows that calls return, and to nothing else; also inside of an expression.
fn only_lent(body: &[Stmt], functions: &[Function], types: &TypeTable) -> FxHashSet<LocalId> {
    struct Bound<'f> {
        functions: &'f [Function],
        types: &'f TypeTable,
        lent: FxHashSet<LocalId>,
        other: FxHashSet<LocalId>,
    }
    impl walk::Visitor for Bound<'_> {
        fn stmt(&mut self, stmt: &Stmt) {
            let StmtKind::Bind { local, value } = &stmt.kind else {
                return;
            };
            if is_borrow(value, self.functions, self.types) {
                self.lent.insert(*local);
            } else if !matches!(value.kind, ExprKind::Borrow { .. }) {
                self.other.insert(*local);
            }
        }
    }
    let mut bound = Bound {
        functions,
        types,
        lent: FxHashSet::default(),
        other: FxHashSet::default(),
    };
    walk::walk(body, &mut bound);
    let Bound {
        mut lent, other, ..
    } = bound;
    lent.retain(|local| !other.contains(local));
    lent
}

/// Every value that a local is bound to.
fn each_bound<'v>(stmts: &'v [Stmt], found: &mut dyn FnMut(LocalId, &'v Expr)) {
    for stmt in stmts {
        if let StmtKind::Bind { local, value } = &stmt.kind {
            found(*local, value);
        }
        walk::blocks(stmt, &mut |block| each_bound(block, found));
    }
}

fn is_borrow(expr: &Expr, functions: &[Function], types: &TypeTable) -> bool {
    match &expr.kind {
        ExprKind::Call { callee, .. } => {
            let callee = functions.get(callee.0 as usize);
            callee.is_some_and(|callee| callee.result_borrows.is_some()) && types.is_owning(expr.ty)
        }
        _ => false,
    }
}

struct AliasPass<'p> {
    functions: &'p [Function],
    locals: &'p mut Vec<crate::hir::Local>,
    types: &'p TypeTable,
    only_lent: FxHashSet<LocalId>,
    /// The next expression is the root of a place, or is evaluated for its effect: it stays a call.
    lent: bool,
}

impl AliasPass<'_> {
    fn is_borrow(&self, expr: &Expr) -> bool {
        is_borrow(expr, self.functions, self.types)
    }
}

fn is_slice(place: &Place) -> bool {
    let last = place.projections.last().map(|last| &last.kind);
    matches!(last, Some(ProjectionKind::Slice(_)))
}

/// What a call lends, as a borrow.
fn lend(call: &mut Expr) {
    call.kind = ExprKind::Borrow {
        place: place_of(call),
        mutable: false,
    };
}

/// The place that a call lends.
fn place_of(call: &mut Expr) -> Place {
    let (ty, span) = (call.ty, call.span);
    let kind = std::mem::replace(&mut call.kind, ExprKind::None);
    Place {
        root: Root::Borrowed(Box::new(Expr { kind, ty, span })),
        projections: Vec::new(),
        ty,
        span,
    }
}

impl Rewriter for AliasPass<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Bind { local, value }
                if self.only_lent.contains(local) && self.is_borrow(value) =>
            {
                self.locals[local.0 as usize].mode = Mode::Ref;
                lend(value);
            }
            // A slice takes the elements of what is stored to it, and so does an array of `+=` and its like.
            StmtKind::Store { place, value, .. } if is_slice(place) && self.is_borrow(value) => {
                lend(value);
            }
            StmtKind::Update { place, value, .. }
                if (is_slice(place)
                    || matches!(self.types.kind(place.ty), TyKind::Array { .. }))
                    && self.is_borrow(value) =>
            {
                lend(value);
            }
            StmtKind::Expr(value) => self.lent = self.is_borrow(value),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if !std::mem::replace(&mut self.lent, false) && self.is_borrow(expr) {
            expr.kind = ExprKind::Move(place_of(expr));
        }
        // An operation on every element only reads them.
        if let ExprKind::Map { inputs, .. } = &mut expr.kind {
            for input in inputs {
                if self.is_borrow(&input.value) {
                    lend(&mut input.value);
                }
            }
        }
    }

    fn place(&mut self, place: &mut Place) {
        if let Root::Temporary(value) = &place.root
            && self.is_borrow(value)
        {
            let root = std::mem::replace(&mut place.root, Root::Local(LocalId(0)));
            if let Root::Temporary(value) = root {
                place.root = Root::Borrowed(value);
            }
        }
        self.lent = matches!(place.root, Root::Borrowed(_));
    }
}
