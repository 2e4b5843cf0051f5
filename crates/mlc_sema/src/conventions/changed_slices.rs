//! Slices of lists as operands, whose list an operand behind them changes.
//!
//! A slice is the copy that Python makes, but where it is only read it is borrowed. Where an operand behind it may change its list it
//! is a copy after all: its elements could be others, and no longer there.
//!
//! Before: list_concat(&xs[0:2], [list_pop(&mut xs)])       After: list_concat(&temporary(copy xs[0:2]), [list_pop(&mut xs)])

use super::rebound_operands::nothing;
use crate::coerce::temporary;
use crate::hir::{Expr, ExprKind, Function, Place, Stmt, TypeTable, may_change};
use crate::places::is_list_slice;
use crate::walk::{
    Part, PartMut, Rewriter, expr_parts, expr_parts_mut, rewrite, stmt_parts, stmt_parts_mut,
};

pub(super) fn copy_changed_slices(function: &mut Function, types: &TypeTable) {
    rewrite(&mut function.body, &mut ChangedSlices { types });
}

struct ChangedSlices<'t> {
    types: &'t TypeTable,
}

impl ChangedSlices<'_> {
    /// The slice that an operand borrows.
    fn slice<'e>(&self, operand: &'e Expr) -> Option<&'e Place> {
        match &operand.kind {
            ExprKind::Borrow {
                place,
                mutable: false,
            } if is_list_slice(place, self.types) => Some(place),
            _ => None,
        }
    }

    /// The positions of the slices among operands, in the order of evaluation, that operands behind them may change.
    fn changed(&self, parts: &[Part<'_>]) -> Vec<usize> {
        let is_changed = |at: &usize| {
            let Part::Expr(operand) = parts[*at] else {
                return false;
            };
            let Some(slice) = self.slice(operand) else {
                return false;
            };
            parts[at + 1..].iter().any(|part| match part {
                Part::Expr(behind) => may_change(behind, &slice.root),
                Part::Place(_) => false,
                Part::Stmts(_) => true,
            })
        };
        (0..parts.len()).filter(is_changed).collect()
    }

    fn copy_at(&self, positions: &[usize], visit: impl FnOnce(&mut dyn FnMut(PartMut<'_>))) {
        if positions.is_empty() {
            return;
        }
        let mut at = 0;
        visit(&mut |part| {
            if let PartMut::Expr(operand) = part
                && positions.contains(&at)
            {
                self.copy(operand);
            }
            at += 1;
        });
    }

    /// Makes a borrow one of a copy.
    fn copy(&self, operand: &mut Expr) {
        if let ExprKind::Borrow { place, .. } = &mut operand.kind {
            let (ty, span) = (place.ty, place.span);
            let slice = std::mem::replace(place, temporary(nothing(span)));
            let kind = match self.types.has_owning_parts(ty) {
                true => ExprKind::Share(slice),
                false => ExprKind::Copy(slice),
            };
            *place = temporary(Expr { kind, ty, span });
        }
    }
}

impl Rewriter for ChangedSlices<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        let mut parts = Vec::new();
        stmt_parts(stmt, &mut |part| parts.push(part));
        let changed = self.changed(&parts);
        self.copy_at(&changed, |visit| stmt_parts_mut(stmt, visit));
    }

    fn expr(&mut self, expr: &mut Expr) {
        let mut parts = Vec::new();
        expr_parts(expr, &mut |part| parts.push(part));
        let changed = self.changed(&parts);
        self.copy_at(&changed, |visit| expr_parts_mut(expr, visit));
    }
}
