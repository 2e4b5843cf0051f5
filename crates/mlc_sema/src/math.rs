//! The functions of `math`, which work with and without `import math`.

mod complex;
mod written;

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ArgKind};

use crate::coerce::{Val, Weak};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, MathFn, Ty, TyKind};

pub(crate) const NAMES: &[&str] = &[
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "rsqrt",
    "cbrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "erfc",
    "gamma",
    "lgamma",
    "floor",
    "ceil",
    "trunc",
    "fabs",
    "hypot",
    "fmod",
    "copysign",
    "fma",
    "isnan",
    "isinf",
    "isfinite",
    "gcd",
    "radians",
    "degrees",
    "pow",
    "pi",
    "e",
    "tau",
    "inf",
    "nan",
    "comb",
    "dist",
    "factorial",
    "frexp",
    "fsum",
    "isclose",
    "isqrt",
    "lcm",
    "ldexp",
    "modf",
    "nextafter",
    "perm",
    "prod",
    "remainder",
    "ulp",
];

/// A function with its number of arguments.
pub(crate) fn function(name: &str) -> Option<(MathFn, usize)> {
    Some(match name {
        "exp" => (MathFn::Exp, 1),
        "exp2" => (MathFn::Exp2, 1),
        "expm1" => (MathFn::Expm1, 1),
        "log" => (MathFn::Log, 1),
        "log2" => (MathFn::Log2, 1),
        "log10" => (MathFn::Log10, 1),
        "log1p" => (MathFn::Log1p, 1),
        "sqrt" => (MathFn::Sqrt, 1),
        "rsqrt" => (MathFn::Rsqrt, 1),
        "cbrt" => (MathFn::Cbrt, 1),
        "sin" => (MathFn::Sin, 1),
        "cos" => (MathFn::Cos, 1),
        "tan" => (MathFn::Tan, 1),
        "asin" => (MathFn::Asin, 1),
        "acos" => (MathFn::Acos, 1),
        "atan" => (MathFn::Atan, 1),
        "atan2" => (MathFn::Atan2, 2),
        "sinh" => (MathFn::Sinh, 1),
        "cosh" => (MathFn::Cosh, 1),
        "tanh" => (MathFn::Tanh, 1),
        "asinh" => (MathFn::Asinh, 1),
        "acosh" => (MathFn::Acosh, 1),
        "atanh" => (MathFn::Atanh, 1),
        "erf" => (MathFn::Erf, 1),
        "erfc" => (MathFn::Erfc, 1),
        "gamma" => (MathFn::Gamma, 1),
        "lgamma" => (MathFn::Lgamma, 1),
        "floor" => (MathFn::Floor, 1),
        "ceil" => (MathFn::Ceil, 1),
        "trunc" => (MathFn::Trunc, 1),
        "hypot" => (MathFn::Hypot, 2),
        "fmod" => (MathFn::Fmod, 2),
        "copysign" => (MathFn::Copysign, 2),
        "pow" => (MathFn::Pow, 2),
        "fma" => (MathFn::Fma, 3),
        "isnan" => (MathFn::IsNan, 1),
        "isinf" => (MathFn::IsInf, 1),
        "isfinite" => (MathFn::IsFinite, 1),
        _ => return None,
    })
}

impl<'a> FnCx<'_, 'a> {
    /// `math.name(…)`
    pub fn call_math(
        &mut self,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        let name = attr.name.as_str();
        match self.math_by_name(name, args, want, span) {
            Some(value) => value,
            None => {
                let known = NAMES.iter().copied();
                self.report(diag::unknown_attribute(attr.span, "math", name, known));
                self.poisoned_call(args, span)
            }
        }
    }

    /// The call of a function of `math`, if there is one of that name.
    pub fn math_by_name(
        &mut self,
        name: &str,
        args: &'a [Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Option<Val> {
        if NAMES.contains(&name) {
            let reported = self.cx.diagnostics.len();
            let written = self.written_math(name, args, span);
            if written.is_some() || self.cx.diagnostics.len() > reported {
                return Some(written.unwrap_or_else(|| Val::error(span)));
            }
        }
        match name {
            "gcd" => {
                let values = self.positional(name, args, 2..=2, span)?;
                let values = values
                    .into_iter()
                    .map(|value| self.coerce(value, Ty::INT))
                    .collect();
                return Some(self.builtin(Builtin::Gcd, values, Ty::INT, span));
            }
            "fabs" => {
                let values = self.positional(name, args, 1..=1, span)?;
                return Some(self.fabs(values.into_iter().next()?, want, span));
            }
            "radians" | "degrees" => {
                let values = self.positional(name, args, 1..=1, span)?;
                let value = values.into_iter().next()?;
                let factor = if name == "radians" {
                    std::f64::consts::PI / 180.0
                } else {
                    180.0 / std::f64::consts::PI
                };
                return Some(self.scaled(value, factor, span));
            }
            _ => {}
        }
        let (function, count) = function(name)?;
        let range = if name == "log" { 1..=2 } else { count..=count };
        let Some(mut values) = self.positional(name, args, range, span) else {
            return Some(Val::error(span));
        };
        if let [value] = values.as_slice()
            && matches!(name, "floor" | "ceil" | "trunc")
            && let Some(found) = self.dunder_value(&format!("__{name}__"), value, span)
        {
            return Some(found);
        }
        if name == "log" && values.len() == 2 {
            let base = values
                .pop()
                .map(|base| self.math_call(MathFn::Log, vec![base], want, span))?;
            let value = self.math_call(MathFn::Log, values, want, span);
            return Some(self.binary(ast::BinaryOp::Div, value, base, span));
        }
        let value = self.math_call(function, values, want, span);
        if matches!(function, MathFn::Floor | MathFn::Ceil | MathFn::Trunc)
            && self.cx.types.is_float(value.expr.ty)
        {
            // In Python these give an `int`.
            return Some(self.cast_to(value.expr, Ty::INT).into());
        }
        Some(value)
    }

    fn fabs(&mut self, value: Val, want: Option<Ty>, span: Span) -> Val {
        let each = |cx: &mut Self, element| cx.fabs(element, want, span);
        if let Some(array) = self.array_each(&value, span, each) {
            return array;
        }
        let value = self.as_float(value, want);
        self.absolute(value, span)
    }

    /// A number times a factor that a half float does not hold.
    fn scaled(&mut self, value: Val, factor: f64, span: Span) -> Val {
        let each = |cx: &mut Self, element| cx.scaled(element, factor, span);
        if let Some(array) = self.array_each(&value, span, each) {
            return array;
        }
        let ty = self.cx.resolve(value.expr.ty);
        let factor = Val::float(factor, span);
        if ty != Ty::F16 && ty != Ty::BF16 {
            return self.binary(ast::BinaryOp::Mul, value, factor, span);
        }
        let single = self.cast_to(value.expr, Ty::F32).into();
        let product = self.binary(ast::BinaryOp::Mul, single, factor, span);
        self.cast_to(product.expr, ty).into()
    }

    /// Positional arguments only, that many.
    pub fn positional(
        &mut self,
        name: &str,
        args: &'a [Arg],
        count: std::ops::RangeInclusive<usize>,
        span: Span,
    ) -> Option<Vec<Val>> {
        if let Some(arg) = args.iter().find(|arg| arg.kind != ArgKind::Positional) {
            let message = format!("`{name}` takes positional arguments only");
            self.report(diag::wrong_arguments(arg.value.span, message));
            return None;
        }
        if !count.contains(&args.len()) {
            let takes = if count.start() == count.end() {
                count.start().to_string()
            } else {
                format!("{} to {}", count.start(), count.end())
            };
            let plural = if takes == "1" {
                "argument"
            } else {
                "arguments"
            };
            let message = format!("`{name}` takes {takes} {plural}, {} were given", args.len());
            self.report(diag::wrong_arguments(span, message));
            return None;
        }
        let values: Vec<Val> = args
            .iter()
            .map(|arg| self.value(&arg.value, None))
            .collect();
        if values.iter().any(Val::is_error) {
            None
        } else {
            Some(values)
        }
    }

    pub fn math_call(
        &mut self,
        function: MathFn,
        values: Vec<Val>,
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        if values.iter().any(Val::is_error) {
            return Val::error(span);
        }
        if let Some(value) = self.array_math(function, &values, span) {
            return value;
        }
        if let Some(value) = self.complex_math(function, &values, want, span) {
            return value;
        }
        let mut floats: Vec<Val> = Vec::with_capacity(values.len());
        for value in values {
            let value = self.as_float(value, want);
            if value.is_error() {
                return Val::error(span);
            }
            floats.push(value);
        }
        // The operands meet in one type.
        let mut ty = Ty::F64;
        let mut weak = true;
        for value in &floats {
            if value.weak == Weak::No {
                ty = if weak {
                    value.expr.ty
                } else {
                    self.widen(ty, value.expr.ty).unwrap_or(ty)
                };
                weak = false;
            }
        }
        let mut args: Vec<Expr> = floats
            .into_iter()
            .map(|value| self.coerce(value, ty))
            .collect();
        let first = self.evaluated_first(&mut args);
        let predicate = matches!(function, MathFn::IsNan | MathFn::IsInf | MathFn::IsFinite);
        let result = if predicate { Ty::BOOL } else { ty };
        let op = Builtin::Math(function);
        let value = Val::strong(ExprKind::Builtin { op, args }, result, span);
        Val {
            expr: crate::expr::with_stmts(first, value.expr),
            weak: if weak && !predicate {
                Weak::Float
            } else {
                Weak::No
            },
        }
    }

    /// An integer as the float that it meets; floats as they are.
    pub fn as_float(&mut self, value: Val, want: Option<Ty>) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        match *self.cx.types.kind(ty) {
            TyKind::Float(_) | TyKind::Error => value,
            TyKind::Int {
                bits: 64,
                signed: true,
            }
            | TyKind::Bool => self.weak_float(value),
            TyKind::Int { .. } => {
                let to = want
                    .filter(|&want| self.cx.types.is_float(want))
                    .unwrap_or(Ty::F64);
                self.cast_to(value.expr, to).into()
            }
            TyKind::Optional(inner) => {
                let value = self.unwrap(value.expr, inner, true);
                self.as_float(value.into(), want)
            }
            TyKind::Complex(_) => {
                self.report(diag::not_yet(
                    value.expr.span,
                    "this function of a complex number",
                ));
                Val::error(value.expr.span)
            }
            _ => {
                let found = self.ty_name(ty);
                self.report(diag::type_mismatch(value.expr.span, "f64", &found));
                Val::error(value.expr.span)
            }
        }
    }

    /// `abs(x)` of a number.
    pub fn absolute(&mut self, value: Val, span: Span) -> Val {
        if let Some(constant) = value.constant() {
            return Val::int(constant.abs(), span);
        }
        let value = self.present(value);
        let value = if value.expr.ty == Ty::BOOL {
            self.cast_to(value.expr, Ty::INT).into()
        } else {
            value
        };
        let ty = match *self.cx.types.kind(value.expr.ty) {
            TyKind::Complex(kind) => Ty::float(kind),
            TyKind::Int { .. } | TyKind::Float(_) => value.expr.ty,
            TyKind::Error => return Val::error(span),
            _ => {
                let name = self.ty_name(value.expr.ty);
                self.report(diag::bad_operand(span, "abs", &name));
                return Val::error(span);
            }
        };
        let kind = ExprKind::Unary {
            op: crate::hir::UnaryOp::Abs,
            operand: Box::new(value.expr),
        };
        Val {
            expr: Expr { kind, ty, span },
            weak: value.weak,
        }
    }
}
