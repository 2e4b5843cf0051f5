//! `round`, `divmod` and `pow`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, ExprKind, MathFn, Ty};

impl<'a> FnCx<'_, 'a> {
    pub(super) fn round(&mut self, args: &'a [Arg], want: Option<Ty>, span: Span) -> Option<Val> {
        let (values, [keyword]) = self.split_arguments("round", args, ["ndigits"])?;
        let (value, digits) = match (values.as_slice(), keyword) {
            ([value], digits) => (*value, digits),
            ([value, digits], None) => (*value, Some(*digits)),
            _ => {
                let message = format!("`round` takes 1 to 2 arguments, {} were given", args.len());
                self.report(diag::wrong_arguments(span, message));
                return None;
            }
        };
        let value = self.value(value, None);
        let given: Vec<_> = digits.into_iter().collect();
        if let Some(value) = self.dunder("__round__", value.clone(), &given, span) {
            return Some(value);
        }
        let value = self.bool_as_int(value);
        if value.is_error() {
            return Some(value);
        }
        let is_int = self.cx.types.is_int(value.expr.ty);
        let Some(digits) = digits.filter(|digits| !matches!(digits.kind, ast::ExprKind::None))
        else {
            if is_int {
                return Some(value);
            }
            let value = self.math_call(MathFn::Round, vec![value], want, span);
            let value = self.settle(value);
            return Some(self.cast_to(value, Ty::INT).into());
        };
        let digits = self.value_of(digits, Ty::INT);
        if is_int {
            let ty = value.expr.ty;
            let value = self.coerce(value, Ty::INT);
            let rounded = self.builtin(Builtin::RoundInt, vec![value, digits], Ty::INT, span);
            return Some(self.cast_to(rounded.expr, ty).into());
        }
        let value = self.as_float(value, want);
        let value = self.settle(value);
        let ty = value.ty;
        Some(self.builtin(Builtin::RoundDigits, vec![value, digits], ty, span))
    }

    /// `pow(a, b)` and `pow(a, b, modulus)`
    pub(super) fn power(&mut self, args: &'a [Arg], span: Span) -> Option<Val> {
        let values = self.positional("pow", args, 2..=3, span)?;
        let mut values = values.into_iter();
        let (base, exponent) = (values.next()?, values.next()?);
        let Some(modulus) = values.next() else {
            return Some(self.binary(ast::BinaryOp::Pow, base, exponent, span));
        };
        let operands = [base, exponent, modulus].map(|value| self.coerce(value, Ty::INT));
        Some(self.builtin(Builtin::PowMod, operands.into(), Ty::INT, span))
    }

    pub(super) fn divmod(&mut self, values: Vec<Val>, span: Span) -> Val {
        let mut values = values.into_iter();
        let (Some(left), Some(right)) = (values.next(), values.next()) else {
            return Val::error(span);
        };
        if let Some(value) = self.operator_method_named("divmod", &left, &right, span) {
            return value;
        }
        let (left_ty, right_ty) = (left.expr.ty, right.expr.ty);
        if [left_ty, right_ty]
            .iter()
            .any(|&ty| self.cx.struct_of(ty).is_some())
        {
            return self.no_meeting("divmod", left_ty, right_ty, span);
        }
        let (left, left_again) = self.evaluate_once(left);
        let (right, right_again) = self.evaluate_once(right);
        let quotient = self.binary(ast::BinaryOp::FloorDiv, left, right, span);
        let rest = self.binary(ast::BinaryOp::Mod, left_again, right_again, span);
        let (quotient, rest) = (self.settle(quotient), self.settle(rest));
        if quotient.ty == Ty::ERROR || rest.ty == Ty::ERROR {
            return Val::error(span);
        }
        let ty = self.cx.types.tuple(&[quotient.ty, rest.ty]);
        Val::strong(ExprKind::Tuple(vec![quotient, rest]), ty, span)
    }
}
