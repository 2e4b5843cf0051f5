//! `@`: the product of matrices and vectors.

use mlc_diagnostics::Span;

use crate::arrays::broadcast;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// `dot(a, b)`, which is `a @ b` up to two dimensions; above them it is another product.
    pub fn dot(&mut self, left: Val, right: Val, span: Span) -> Val {
        for value in [&left, &right] {
            let ty = self.cx.resolve(value.expr.ty);
            if let TyKind::Array { dims, .. } = self.cx.types.kind(ty)
                && dims.len() > 2
            {
                let diagnostic = diag::not_yet(span, "`dot` of arrays of rank 3 and more");
                self.report(diagnostic.help("the products of stacked matrices are `a @ b`"));
                return Val::error(span);
            }
        }
        self.matmul(left, right, span)
    }

    /// `a @ b`
    pub fn matmul(&mut self, left: Val, right: Val, span: Span) -> Val {
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        let (
            TyKind::Array {
                elem: a,
                dims: left_dims,
            },
            TyKind::Array {
                elem: b,
                dims: right_dims,
            },
        ) = (
            self.cx.types.kind(left_ty).clone(),
            self.cx.types.kind(right_ty).clone(),
        )
        else {
            if left_ty != Ty::ERROR && right_ty != Ty::ERROR {
                let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
                self.report(diag::bad_operands(span, "@", &left, &right));
            }
            return Val::error(span);
        };
        let met = (self.cx.types.numpy_float_of(a, b)).or_else(|| self.widen(a, b));
        let Some(elem) = met.filter(|&elem| self.cx.types.is_number(elem)) else {
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::bad_operands(span, "@", &left, &right));
            return Val::error(span);
        };
        // Matrices are the last two dimensions, those before are stacks of them.
        let (left_stack, rows) = match left_dims.as_ref() {
            [stack @ .., rows, _] => (stack, Some(*rows)),
            _ => (&[][..], None),
        };
        let (right_stack, columns) = match right_dims.as_ref() {
            [stack @ .., _, columns] => (stack, Some(*columns)),
            _ => (&[][..], None),
        };
        let Some(mut dims) = broadcast(left_stack, right_stack) else {
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::bad_operands(span, "@", &left, &right));
            return Val::error(span);
        };
        dims.extend(rows);
        dims.extend(columns);
        let ty = match dims.as_slice() {
            [] => elem,
            dims => self.cx.types.array(elem, dims),
        };
        let mut operands = Vec::with_capacity(2);
        for value in [left, right] {
            let value = self.array_cast(value, elem, span);
            operands.push(self.borrow_always(value.expr));
        }
        self.builtin(Builtin::MatMul, operands, ty, span)
    }
}
