//! Which variables an expression has bound behind it: on every way through it, and where it is true or false.
//!
//! `i < n and (t := p[i]) > 1` binds `t` where it is true, `not f(t := 1)` wherever control goes on.

use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, LocalId, LogicalOp, Place, Stmt, StmtKind, UnaryOp};
use crate::walk::{Part, expr_parts, place_parts, stmt_parts};

/// Calls `found` with the variables that an expression has bound if its value is `outcome`, or whatever that is.
pub(crate) fn bound_by(expr: &Expr, outcome: Option<bool>, found: &mut dyn FnMut(LocalId)) {
    match &expr.kind {
        ExprKind::Logical { op, left, right } => {
            let decisive = *op == LogicalOp::Or;
            // Both sides are evaluated where the left does not decide.
            let both = outcome == Some(!decisive);
            bound_by(left, outcome.filter(|_| both), found);
            if both {
                bound_by(right, outcome, found);
            }
        }
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => bound_by(operand, outcome.map(|outcome| !outcome), found),
        ExprKind::If { condition, .. } => bound_by(condition, None, found),
        ExprKind::Block { stmts, value } => {
            for stmt in stmts {
                bound_by_stmt(stmt, found);
                if let StmtKind::Bind { local, .. } = &stmt.kind {
                    found(*local);
                }
            }
            bound_by(value, outcome, found);
        }
        // The body is evaluated for each element, of which there may be none.
        ExprKind::Map { inputs, .. } => {
            for input in inputs {
                bound_by(&input.value, None, found);
            }
        }
        _ => expr_parts(expr, &mut |part| bound_by_part(part, found)),
    }
}

/// Calls `found` with the variables that the expressions of a statement have bound, without those of its blocks.
pub(crate) fn bound_by_stmt(stmt: &Stmt, found: &mut dyn FnMut(LocalId)) {
    stmt_parts(stmt, &mut |part| bound_by_part(part, found));
}

fn bound_by_part(part: Part<'_>, found: &mut dyn FnMut(LocalId)) {
    match part {
        Part::Expr(expr) => bound_by(expr, None, found),
        Part::Place(place) => bound_by_place(place, found),
        Part::Stmts(_) => {}
    }
}

fn bound_by_place(place: &Place, found: &mut dyn FnMut(LocalId)) {
    place_parts(place, &mut |part| bound_by_part(part, found));
}

impl FnCx<'_, '_> {
    /// Takes as bound what a condition has bound if it is `outcome`.
    pub fn assume_bound(&mut self, condition: &Expr, outcome: bool) {
        let mut locals = Vec::new();
        bound_by(condition, Some(outcome), &mut |local| locals.push(local));
        if locals.is_empty() {
            return;
        }
        let uncertain: Vec<_> = (self.vars.iter())
            .filter_map(|(name, var)| {
                let local = match self.bound_perhaps.get(&var.local) {
                    Some(local) => *local,
                    None if var.certain => return None,
                    None => var.local,
                };
                locals.contains(&local).then_some((*name, local))
            })
            .collect();
        for (name, local) in uncertain {
            self.bind_var(name, local);
        }
    }
}
