//! Lists as arrays: those that are made where an array is written (comprehensions and repetitions), and conversions.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, Dim, Expr, ExprKind, Fill, Ty, TyKind};
use crate::want::Want;

/// Lists of lists become arrays of at most so many dimensions.
const MOST_DIMENSIONS: usize = 2;

impl<'a> FnCx<'_, 'a> {
    /// `[f(i) for i in range(n)]`, and `[[…] for …]` for an array of two dimensions.
    pub fn array_comprehension(
        &mut self,
        item: &'a ast::Comprehension,
        want: Want,
        span: Span,
    ) -> Option<Val> {
        let (ty, elem, dims) = self.array_wanted(want)?;
        let Some(list) = self.list_for(elem, &dims, span) else {
            return Some(Val::error(span));
        };
        let made = self.comprehension(item, Want::written(list), span);
        if made.is_error() {
            return Some(made);
        }
        let made = self.coerce(made, list);
        Some(self.array_from(made.into(), ty, elem, &dims, span))
    }

    /// `[x] * n` and `n * [x, y]`
    pub fn array_repetition(
        &mut self,
        op: ast::BinaryOp,
        (left, right): (&'a ast::Expr, &'a ast::Expr),
        want: Want,
        span: Span,
    ) -> Option<Val> {
        let is_list = |side: &ast::Expr| matches!(side.kind, Ast::List(_));
        if op != ast::BinaryOp::Mul || !(is_list(left) || is_list(right)) {
            return None;
        }
        let (ty, elem, dims) = self.array_wanted(want)?;
        let Some(list) = self.list_for(elem, &dims, span) else {
            return Some(Val::error(span));
        };
        let made = match self.list_fill(op, left, right, Want::written(list), span) {
            Some(made) => made,
            None => {
                let want = |side: &ast::Expr| match is_list(side) {
                    true => Want::written(list),
                    false => Want::NOTHING,
                };
                let left_value = self.value(left, want(left));
                let right_value = self.value(right, want(right));
                self.binary(op, left_value, right_value, span)
            }
        };
        if made.is_error() {
            return Some(made);
        }
        if let ([dim], ExprKind::ListFill { .. }) = (&*dims, &made.expr.kind) {
            return Some(self.array_of_one(made.expr, ty, *dim, span));
        }
        let made_ty = self.cx.resolve(made.expr.ty);
        if !matches!(self.cx.types.kind(made_ty), TyKind::List(_)) {
            return Some(made);
        }
        let made = self.coerce(made, list);
        Some(self.array_from(made.into(), ty, elem, &dims, span))
    }

    /// `[x] * n` as an array at once.
    fn array_of_one(&mut self, list: Expr, ty: Ty, dim: Dim, span: Span) -> Val {
        let ExprKind::ListFill { value, count } = list.kind else {
            return Val::error(span);
        };
        if let (Dim::Static(extent), ExprKind::Int(count)) = (dim, &count.kind)
            && i128::from(extent) != (*count).max(0)
        {
            let message = format!("expected {extent} items, found {}", (*count).max(0));
            self.report(Diagnostic::error("type-mismatch", span, message));
            return Val::error(span);
        }
        let is_known = matches!(count.kind, ExprKind::Int(_));
        if !self.cx.types.is_scalar(value.ty) || (dim != Dim::Dynamic && !is_known) {
            let kind = ExprKind::ListFill { value, count };
            let list = Expr { kind, ..list };
            let elem = self.element_type(ty);
            return self.array_from(list.into(), ty, elem, &[dim], span);
        }
        // The item is evaluated before the number of them.
        let value = self.keep(*value);
        let zero = self.int(0, span);
        let count = self.int_binary(BinaryOp::Max, *count, zero, span);
        let fill = Fill::Value(Box::new(value));
        let kind = ExprKind::ArrayFill {
            shape: vec![count],
            fill,
        };
        Val::strong(kind, ty, span)
    }

    /// The type of the list that an array is made of.
    fn list_for(&mut self, elem: Ty, dims: &[Dim], span: Span) -> Option<Ty> {
        if dims.len() > MOST_DIMENSIONS {
            let feature = "an array of rank 3 and more that is made like a list";
            self.report(diag::not_yet(span, feature));
            return None;
        }
        let list = self.cx.types.list(elem);
        Some(match dims {
            [_] => list,
            _ => self.cx.types.list(list),
        })
    }

    /// `[f32; _](xs)`: the items of a list, or the elements of another array, converted.
    pub fn array_from(&mut self, value: Val, ty: Ty, elem: Ty, dims: &[Dim], span: Span) -> Val {
        let from = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(from).clone() {
            TyKind::List(Ty::ERROR) => Val::error(span),
            TyKind::Array {
                dims: from_dims, ..
            } if from_dims.len() == dims.len() => {
                let cast = self.array_cast(value, elem, span);
                let copied = self.copy_of(cast);
                self.coerce(copied, ty).into()
            }
            // The items go over as they lie, with what they own.
            TyKind::List(item) if dims.len() == 1 && item == elem && !self.is_arithmetic(item) => {
                let value = self.coerce(value, from);
                self.builtin(Builtin::ArrayFromList, vec![value], ty, span)
            }
            TyKind::List(item) if dims.len() == 1 && self.is_arithmetic(item) => {
                let value = self.array_cast(value, elem, span);
                let value = self.borrow_always(value.expr);
                self.builtin(Builtin::ArrayFromList, vec![value], ty, span)
            }
            TyKind::List(row) if dims.len() == 2 => {
                let inner = self.element_type(row);
                if inner != elem || !self.is_arithmetic(elem) {
                    let (found, name) = (self.ty_name(from), self.ty_name(ty));
                    self.report(diag::not_yet(
                        span,
                        &format!("the conversion of `{found}` to `{name}`"),
                    ));
                    return Val::error(span);
                }
                let value = self.borrow_always(value.expr);
                self.builtin(Builtin::ArrayFromList, vec![value], ty, span)
            }
            TyKind::Error => Val::error(span),
            _ => {
                let (found, name) = (self.ty_name(from), self.ty_name(ty));
                self.report(diag::not_yet(
                    span,
                    &format!("the conversion of `{found}` to `{name}`"),
                ));
                Val::error(span)
            }
        }
    }
}
