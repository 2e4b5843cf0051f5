//! Results that are borrows where a value is needed: they are moved out of what lends them, which the ownership check reports.

use crate::hir::{Convention, Expr, ExprKind, Function, Place, Root, Stmt, StmtKind, TypeTable};
use crate::walk::{self, PartMut, Rewriter, expr_parts_mut, stmt_parts_mut};

/// Makes each result that is stored, returned or handed over a move out of its place. `borrows` are the functions that
/// return borrows.
pub(super) fn moved(
    function: &mut Function,
    types: &TypeTable,
    conventions: &[Vec<Convention>],
    borrows: &[bool],
) {
    let mut pass = LentValues {
        types,
        conventions,
        borrows,
        returns_borrow: function.result_borrows.is_some(),
        in_library: function.span.is_none(),
    };
    walk::rewrite(&mut function.body, &mut pass);
}

struct LentValues<'p> {
    types: &'p TypeTable,
    conventions: &'p [Vec<Convention>],
    borrows: &'p [bool],
    returns_borrow: bool,
    /// Whether the function is the library's, which only looks at what it keeps.
    in_library: bool,
}

impl LentValues<'_> {
    fn is_lent(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Call { callee, .. } => self.borrows.get(callee.0 as usize) == Some(&true),
            _ => false,
        }
    }

    fn moved(&self, value: &mut Expr) {
        if !self.is_lent(value) || !self.types.is_owning(value.ty) {
            return;
        }
        let (ty, span) = (value.ty, value.span);
        let kind = std::mem::replace(&mut value.kind, ExprKind::None);
        let call = Expr { kind, ty, span };
        let place = Place {
            root: Root::Borrowed(Box::new(call)),
            projections: Vec::new(),
            ty,
            span,
        };
        value.kind = match self.in_library {
            true => ExprKind::Copy(place),
            false => ExprKind::Move(place),
        };
    }
}

impl Rewriter for LentValues<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        let stays = match &stmt.kind {
            // Nothing takes it, or who calls gets the borrow.
            StmtKind::Expr(_) => true,
            StmtKind::Return(_) => self.returns_borrow,
            _ => false,
        };
        if !stays {
            stmt_parts_mut(stmt, &mut |part| {
                if let PartMut::Expr(value) = part {
                    self.moved(value);
                }
            });
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Call { callee, args } = &mut expr.kind {
            let conventions = &self.conventions[callee.0 as usize];
            for (arg, convention) in args.iter_mut().zip(conventions) {
                if *convention == Convention::Owned {
                    self.moved(arg);
                }
            }
            return;
        }
        expr_parts_mut(expr, &mut |part| {
            if let PartMut::Expr(value) = part {
                self.moved(value);
            }
        });
    }
}
