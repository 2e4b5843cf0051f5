//! Expressions that change nothing.

use super::{
    Builtin, Expr, ExprKind, LocalId, Place, ProjectionKind, Root, Stmt, StmtKind, Subscript,
};
use crate::walk::{Part, Visitor, walk_part};

/// Whether evaluating an expression certainly changes no memory that existed before.
pub fn is_quiet(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Complex(..)
        | ExprKind::Str(_)
        | ExprKind::Nothing => true,
        ExprKind::Load(place)
        | ExprKind::Copy(place)
        | ExprKind::Move(place)
        | ExprKind::Borrow { place, .. } => is_quiet_place(place),
        ExprKind::Len { place, .. } | ExprKind::IsSome(place) => is_quiet_place(place),
        ExprKind::Cast(operand) | ExprKind::Unary { operand, .. } | ExprKind::Some(operand) => {
            is_quiet(operand)
        }
        ExprKind::Binary { left, right, .. }
        | ExprKind::Compare { left, right, .. }
        | ExprKind::Logical { left, right, .. } => is_quiet(left) && is_quiet(right),
        ExprKind::If {
            condition,
            then,
            orelse,
        } => is_quiet(condition) && is_quiet(then) && is_quiet(orelse),
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().all(is_quiet),
        ExprKind::Block { stmts, value } => {
            let bind =
                |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Bind { value, .. } if is_quiet(value));
            stmts.iter().all(bind) && is_quiet(value)
        }
        ExprKind::Builtin { op, args } => is_of_values(*op) && args.iter().all(is_quiet),
        _ => false,
    }
}

fn is_quiet_place(place: &Place) -> bool {
    let root = match &place.root {
        Root::Temporary(value) | Root::Borrowed(value) => is_quiet(value),
        _ => true,
    };
    root && place
        .projections
        .iter()
        .all(|projection| match &projection.kind {
            ProjectionKind::Field(_)
            | ProjectionKind::Item(_)
            | ProjectionKind::Transpose(_)
            | ProjectionKind::Unwrap { .. } => true,
            ProjectionKind::Index { indices, .. } | ProjectionKind::Reshape(indices) => {
                indices.iter().all(is_quiet)
            }
            ProjectionKind::Slice(subscripts) => subscripts.iter().all(|part| match part {
                Subscript::Index(index) => is_quiet(index),
                Subscript::Range {
                    start, stop, step, ..
                } => [start, stop, step].into_iter().flatten().all(is_quiet),
            }),
        })
}

/// Whether an operation only computes with its operands.
fn is_of_values(op: Builtin) -> bool {
    match op {
        Builtin::Math(_) | Builtin::Gcd => true,
        // It makes a list.
        Builtin::StrSplit => false,
        _ => op.is_of_texts(),
    }
}

/// Whether evaluating an expression may change what is in the variable that a place is a part of.
pub fn may_change(expr: &Expr, root: &Root) -> bool {
    if is_quiet(expr) {
        return false;
    }
    let Root::Local(local) = root else {
        return true;
    };
    let mut lent = Lent {
        local: *local,
        found: false,
    };
    walk_part(Part::Expr(expr), &mut lent);
    lent.found
}

/// The search for a borrow through which a local is changed.
struct Lent {
    local: LocalId,
    found: bool,
}

impl Visitor for Lent {
    fn expr(&mut self, expr: &Expr) {
        self.found |= matches!(&expr.kind, ExprKind::Borrow { place, mutable: true }
            if matches!(place.root, Root::Local(local) if local == self.local));
    }
}
