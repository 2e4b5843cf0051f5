//! Functions of complex numbers, which the library has in the language itself.

use mlc_diagnostics::Span;

use crate::call::Given;
use crate::coerce::{Val, Weak};
use crate::func::FnCx;
use crate::hir::{MathFn, Ty, TyKind};

fn name(function: MathFn) -> Option<&'static str> {
    Some(match function {
        MathFn::Exp => "complex_exp",
        MathFn::Log => "complex_log",
        MathFn::Log10 => "complex_log10",
        MathFn::Sqrt => "complex_sqrt",
        MathFn::Sin => "complex_sin",
        MathFn::Cos => "complex_cos",
        MathFn::Tan => "complex_tan",
        MathFn::Asin => "complex_asin",
        MathFn::Acos => "complex_acos",
        MathFn::Atan => "complex_atan",
        MathFn::Sinh => "complex_sinh",
        MathFn::Cosh => "complex_cosh",
        MathFn::Tanh => "complex_tanh",
        MathFn::Asinh => "complex_asinh",
        MathFn::Acosh => "complex_acosh",
        MathFn::Atanh => "complex_atanh",
        MathFn::IsNan => "complex_isnan",
        MathFn::IsInf => "complex_isinf",
        MathFn::IsFinite => "complex_isfinite",
        _ => return None,
    })
}

impl FnCx<'_, '_> {
    /// The function of one complex number; of a `c64` it is computed as a `c128` and rounded once.
    pub(super) fn complex_math(
        &mut self,
        function: MathFn,
        values: &[Val],
        want: Option<Ty>,
        span: Span,
    ) -> Option<Val> {
        let ([value], Some(name)) = (values, name(function)) else {
            return None;
        };
        let ty = self.cx.resolve(value.expr.ty);
        let TyKind::Complex(_) = *self.cx.types.kind(ty) else {
            return None;
        };
        // What is not of a type yet takes the one expected.
        let ty = match want {
            Some(want) if value.weak != Weak::No && self.cx.types.is_complex(want) => want,
            _ => ty,
        };
        let wide = self.coerce(value.clone(), Ty::C128);
        let given = vec![Given::Value(Box::new(wide.into()))];
        let found = self.call_library(name, given, span);
        Some(if found.expr.ty == Ty::C128 {
            self.cast_to(found.expr, ty).into()
        } else {
            found
        })
    }
}
