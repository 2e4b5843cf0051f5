//! Functions whose results are all parts of one parameter: they return borrows of it.

use super::{returned, root_local};
use crate::hir::{
    Convention, Expr, ExprKind, Function, LocalId, Mode, Place, ProjectionKind, Root, Stmt,
    StmtKind, TyKind, TypeTable,
};
use crate::places::is_list_slice;
use crate::walk::{self, Rewriter};

/// Finds the functions that return a part of one parameter, and turns the results into borrows.
pub(super) fn borrowed_results(functions: &mut [Function], types: &TypeTable) {
    loop {
        let mut changed = false;
        for position in 0..functions.len() {
            let function = &functions[position];
            if function.result_borrows.is_some() || !types.is_owning(function.result) {
                continue;
            }
            if let Some(param) = part_returned(function, functions, types) {
                functions[position].result_borrows = Some(param);
                changed = true;
            }
        }
        if !changed {
            break;
        }
        mark_aliases(functions, types);
    }
    loop {
        let mut changed = false;
        for position in 0..functions.len() {
            let function = &functions[position];
            if function.result_borrows.is_some()
                && !function.result_view
                && returns_view(function, functions, types)
            {
                functions[position].result_view = true;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The parameter that all results are parts of.
fn part_returned(function: &Function, functions: &[Function], types: &TypeTable) -> Option<u32> {
    let mut values = Vec::new();
    returned(&function.body, &mut values);
    let mut found: Option<u32> = None;
    for value in values {
        let param = part_of_param(value, function, functions, types)?;
        if found.is_some_and(|before| before != param) {
            return None;
        }
        found = Some(param);
    }
    let param = found?;
    let convention = &function.params[param as usize];
    (!(convention.written && convention.convention == Convention::Owned)).then_some(param)
}

fn part_of_param(
    value: &Expr,
    function: &Function,
    functions: &[Function],
    types: &TypeTable,
) -> Option<u32> {
    let place = match &value.kind {
        ExprKind::Move(place) if !is_list_slice(place, types) => place,
        _ => return None,
    };
    let is_whole = |param: u32| {
        place.projections.is_empty()
            && root_local(place) == Some(function.params[param as usize].local)
    };
    param_of(place, function, functions, 0).filter(|param| !is_whole(*param))
}

/// The parameter that a place is, or is a part of, also by names for parts and by calls that return borrows.
fn param_of(place: &Place, function: &Function, functions: &[Function], depth: u32) -> Option<u32> {
    match &place.root {
        Root::Local(root) => match position(function, *root) {
            Some(param) => Some(param),
            None => alias_param(*root, function, functions, depth),
        },
        Root::Borrowed(call) => {
            let lent = lent_place(call, |callee| functions[callee].result_borrows)?;
            param_of(lent, function, functions, depth)
        }
        _ => None,
    }
}

fn position(function: &Function, local: LocalId) -> Option<u32> {
    let found = (function.params.iter()).position(|param| param.local == local)?;
    Some(found as u32)
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

/// The parameter that a name for a part borrows from.
fn alias_param(
    alias: LocalId,
    function: &Function,
    functions: &[Function],
    depth: u32,
) -> Option<u32> {
    if function.locals[alias.0 as usize].mode == Mode::Owner || depth > 8 {
        return None;
    }
    let mut result = None;
    for value in bound_values(function, alias) {
        let ExprKind::Borrow { place, .. } = &value.kind else {
            return None;
        };
        if root_local(place) == Some(alias) {
            continue;
        }
        let param = param_of(place, function, functions, depth + 1)?;
        if result.is_some_and(|before| before != param) {
            return None;
        }
        result = Some(param);
    }
    result
}

/// All values that a local is bound to.
fn bound_values(function: &Function, local: LocalId) -> Vec<&Expr> {
    fn collect<'v>(stmts: &'v [Stmt], of: LocalId, found: &mut Vec<&'v Expr>) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Bind { local, value } if *local == of => found.push(value),
                _ => {}
            }
            walk::blocks(stmt, &mut |block| collect(block, of, found));
        }
    }
    let mut found = Vec::new();
    collect(&function.body, local, &mut found);
    found
}

/// Whether a result may be a part of an array that has no header of its own: a slice, a row, another shape.
fn returns_view(function: &Function, functions: &[Function], types: &TypeTable) -> bool {
    let mut values = Vec::new();
    returned(&function.body, &mut values);
    values.into_iter().any(|value| match &value.kind {
        ExprKind::Move(place) => is_view(place, function, functions, types, 0),
        _ => false,
    })
}

fn is_view(
    place: &Place,
    function: &Function,
    functions: &[Function],
    types: &TypeTable,
    depth: u32,
) -> bool {
    let mut before = None;
    let mut view = match &place.root {
        Root::Local(local) => {
            before = Some(function.locals[local.0 as usize].ty);
            position(function, *local).is_none()
                && depth < 8
                && (bound_values(function, *local).into_iter()).any(|value| match &value.kind {
                    ExprKind::Borrow { place, .. } if root_local(place) != Some(*local) => {
                        is_view(place, function, functions, types, depth + 1)
                    }
                    _ => false,
                })
        }
        Root::Borrowed(call) => {
            before = Some(call.ty);
            match &call.kind {
                ExprKind::Call { callee, .. } => functions[callee.0 as usize].result_view,
                _ => false,
            }
        }
        _ => false,
    };
    for projection in &place.projections {
        let elem = before.and_then(|ty| match types.kind(ty) {
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

/// Variables that are bound to results which are borrows become borrows themselves, and where such a result is wanted as a value
/// it is what would have to be moved out of the borrow.
fn mark_aliases(functions: &mut [Function], types: &TypeTable) {
    let borrows: Vec<Option<u32>> = functions
        .iter()
        .map(|function| function.result_borrows)
        .collect();
    for function in functions.iter_mut() {
        let only_lent = only_lent(function, &borrows, types);
        let Function { locals, body, .. } = function;
        let mut pass = AliasPass {
            borrows: &borrows,
            locals,
            types,
            only_lent,
            lent: false,
        };
        walk::rewrite(body, &mut pass);
    }
}

/// The locals that are bound to borrows that calls return, and to nothing else.
fn only_lent(function: &Function, borrows: &[Option<u32>], types: &TypeTable) -> Vec<LocalId> {
    fn visit(stmts: &[Stmt], found: &mut dyn FnMut(LocalId, &Expr)) {
        for stmt in stmts {
            if let StmtKind::Bind { local, value } = &stmt.kind {
                found(*local, value);
            }
            walk::blocks(stmt, &mut |block| visit(block, found));
        }
    }
    let (mut lent, mut other) = (Vec::new(), Vec::new());
    visit(&function.body, &mut |local, value| match &value.kind {
        _ if is_borrow(value, borrows, types) => lent.push(local),
        ExprKind::Borrow { .. } => {}
        _ => other.push(local),
    });
    lent.retain(|local| !other.contains(local));
    lent
}

fn is_borrow(expr: &Expr, borrows: &[Option<u32>], types: &TypeTable) -> bool {
    match &expr.kind {
        ExprKind::Call { callee, .. } => {
            let lends = borrows.get(callee.0 as usize);
            lends.is_some_and(Option::is_some) && types.is_owning(expr.ty)
        }
        _ => false,
    }
}

struct AliasPass<'p> {
    borrows: &'p [Option<u32>],
    locals: &'p mut Vec<crate::hir::Local>,
    types: &'p TypeTable,
    only_lent: Vec<LocalId>,
    /// The next expression is the root of a place, or is evaluated for its effect: it stays a call.
    lent: bool,
}

impl AliasPass<'_> {
    fn is_borrow(&self, expr: &Expr) -> bool {
        is_borrow(expr, self.borrows, self.types)
    }
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
                value.kind = ExprKind::Borrow {
                    place: place_of(value),
                    mutable: false,
                };
            }
            StmtKind::Expr(value) => self.lent = self.is_borrow(value),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if !std::mem::replace(&mut self.lent, false) && self.is_borrow(expr) {
            expr.kind = ExprKind::Move(place_of(expr));
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
