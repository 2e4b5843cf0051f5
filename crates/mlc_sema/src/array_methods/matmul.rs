//! `@`: the product of matrices and vectors.

use mlc_diagnostics::Span;

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// `a @ b`, `dot(a, b)`
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
        let Some(elem) = self
            .widen(a, b)
            .filter(|&elem| self.cx.types.is_number(elem))
        else {
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::bad_operands(span, "@", &left, &right));
            return Val::error(span);
        };
        let ty = match (left_dims.as_ref(), right_dims.as_ref()) {
            ([_], [_]) => elem,
            ([rows, _], [_]) => self.cx.types.array(elem, &[*rows]),
            ([_], [_, columns]) => self.cx.types.array(elem, &[*columns]),
            ([rows, _], [_, columns]) => self.cx.types.array(elem, &[*rows, *columns]),
            _ => {
                self.report(diag::not_yet(span, "`@` of arrays of rank 3 and more"));
                return Val::error(span);
            }
        };
        let mut operands = Vec::with_capacity(2);
        for value in [left, right] {
            let value = self.array_cast(value, elem, span);
            operands.push(self.borrow_always(value.expr));
        }
        self.builtin(Builtin::MatMul, operands, ty, span)
    }
}
