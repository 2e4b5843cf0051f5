//! Conversions that a program writes: `T(x)`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::Arg;

use crate::coerce::{Val, Weak, int_range};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// `T(x)`
    pub fn convert(&mut self, ty: Ty, args: &'a [Arg], span: Span) -> Val {
        if ty == Ty::ERROR {
            return self.poisoned_call(args, span);
        }
        let name = self.ty_name(ty);
        if let (Ty::BOOL, [arg]) = (ty, args)
            && arg.kind == mlc_syntax::ast::ArgKind::Positional
        {
            let condition = self.condition(&arg.value);
            return Val::strong(condition.kind, Ty::BOOL, span);
        }
        if args.is_empty()
            && let Some(nothing) = self.nothing_of(ty, span)
        {
            return nothing;
        }
        if self.cx.types.is_complex(ty) && args.len() == 2 {
            let Some(values) = self.positional(&name, args, 2..=2, span) else {
                return Val::error(span);
            };
            let part = if ty == Ty::C64 { Ty::F32 } else { Ty::F64 };
            let parts: Vec<Expr> = values
                .into_iter()
                .map(|value| self.number_from(value, part, span))
                .collect();
            return self.builtin(Builtin::ComplexNew, parts, ty, span);
        }
        if self.simd_parts(ty).is_some() {
            return self.simd_new(ty, args, span);
        }
        let most = if self.cx.types.is_int(ty) { 2 } else { 1 };
        let Some(values) = self.positional(&name, args, 1..=most, span) else {
            return Val::error(span);
        };
        let mut values = values.into_iter();
        let Some(value) = values.next() else {
            return Val::error(span);
        };
        if let Some(base) = values.next() {
            let text = self.coerce(value, Ty::STR);
            let base = self.coerce(base, Ty::INT);
            return self.builtin(Builtin::IntFromStr, vec![text, base], ty, span);
        }
        if let Some(value) = self.converted_object(&value, ty, span) {
            return value;
        }
        match self.cx.types.kind(ty).clone() {
            TyKind::Bool => self.truth(value).into(),
            TyKind::Str => {
                let value = self.settle(value);
                if value.ty == Ty::ERROR {
                    return Val::error(span);
                }
                self.str_of(value, span)
            }
            TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_) => {
                let value = self.number_from(value, ty, span);
                value.into()
            }
            TyKind::Array { elem, dims } => self.array_from(value, ty, elem, &dims, span),
            _ => {
                let found = self.ty_name(value.expr.ty);
                self.report(diag::not_yet(
                    span,
                    &format!("the conversion of `{found}` to `{name}`"),
                ));
                Val::error(span)
            }
        }
    }

    /// `T()`: zero, `False` or the empty text.
    fn nothing_of(&self, ty: Ty, span: Span) -> Option<Val> {
        let kind = match self.cx.types.kind(ty) {
            TyKind::Str => ExprKind::Str("".into()),
            TyKind::Bool => ExprKind::Bool(false),
            TyKind::Int { .. } => ExprKind::Int(0),
            TyKind::Float(_) => ExprKind::Float(0.0),
            TyKind::Complex(_) => ExprKind::Complex(0.0, 0.0),
            _ => return None,
        };
        Some(Val::strong(kind, ty, span))
    }

    /// An explicit conversion to a number.
    pub(super) fn number_from(&mut self, value: Val, to: Ty, span: Span) -> Expr {
        let from = self.cx.resolve(value.expr.ty);
        if from == Ty::ERROR {
            return Val::error(span).expr;
        }
        if from == Ty::STR {
            let to_float = self.cx.types.is_float(to);
            let (op, parsed) = if to_float {
                (Builtin::FloatFromStr, Ty::F64)
            } else if self.cx.types.is_int(to) {
                (Builtin::IntFromStr, to)
            } else {
                (Builtin::FloatFromStr, Ty::C128)
            };
            let mut operands = vec![value.expr];
            if op == Builtin::IntFromStr {
                operands.push(self.int(10, span));
            }
            let value = self.builtin(op, operands, parsed, span).expr;
            return self.cast_to(value, to);
        }
        if let TyKind::Optional(inner) = *self.cx.types.kind(from) {
            let value = self.unwrap(value.expr, inner, true);
            return self.number_from(value.into(), to, span);
        }
        let methods = if self.cx.types.is_int(to) {
            &["__int__", "__index__", "__trunc__"][..]
        } else if self.cx.types.is_complex(to) {
            &["__complex__", "__float__", "__index__"][..]
        } else {
            &["__float__", "__index__"][..]
        };
        for method in methods {
            if let Some(value) = self.dunder_value(method, &value, span) {
                return self.cast_to(value.expr, to);
            }
        }
        if !self.is_arithmetic(from)
            || (self.cx.types.is_complex(from) && !self.cx.types.is_complex(to))
        {
            let (expected, found) = (self.ty_name(to), self.ty_name(from));
            let message = format!("`{found}` cannot be converted to `{expected}`");
            self.report(mlc_diagnostics::Diagnostic::error(
                "type-mismatch",
                span,
                message,
            ));
            return Val::error(span).expr;
        }
        if let Some(constant) = value.constant()
            && let TyKind::Int { bits, signed } = *self.cx.types.kind(to)
        {
            return self.wrap_constant(constant, bits, signed, to, span);
        }
        if value.weak == Weak::Float && self.cx.types.is_float(to) {
            let mut expr = self.coerce(value, to);
            expr.span = span;
            return expr;
        }
        let expr = if value.weak == Weak::Int {
            self.coerce(value, to)
        } else {
            value.expr
        };
        let mut expr = self.cast_to(expr, to);
        expr.span = span;
        expr
    }

    /// `i8(300)`: an explicit conversion keeps the low bits, of a constant too.
    pub(super) fn wrap_constant(
        &mut self,
        constant: i128,
        bits: u8,
        signed: bool,
        ty: Ty,
        span: Span,
    ) -> Expr {
        let (low, high) = int_range(bits, signed);
        let wrapped = if (low..=high).contains(&constant) {
            constant
        } else {
            let mask = (1i128 << bits) - 1;
            let bottom = constant & mask;
            if signed && bottom > high {
                bottom - (1i128 << bits)
            } else {
                bottom
            }
        };
        Expr {
            kind: ExprKind::Int(wrapped),
            ty,
            span,
        }
    }
}
