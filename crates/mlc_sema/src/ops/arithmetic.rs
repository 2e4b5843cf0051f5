//! Arithmetic on numbers.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::coerce::{Val, Weak};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Expr, ExprKind, Ty};
impl<'a> FnCx<'_, 'a> {
    pub fn arithmetic(
        &mut self,
        op: ast::BinaryOp,
        operator: BinaryOp,
        left: Val,
        right: Val,
        span: Span,
    ) -> Val {
        if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
            match fold(operator, a, b, span) {
                Folded::Value(value) => return value,
                Folded::TooLarge => {
                    self.report(diag::constant_too_large(span));
                    return Val::error(span);
                }
                Folded::AtRunTime => {}
            }
        }
        let (left_ty, right_ty) = (left.expr.ty, right.expr.ty);
        let bits = matches!(operator, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        if left_ty == Ty::BOOL && right_ty == Ty::BOOL && bits {
            return self.make_binary(operator, left.expr, right.expr, Ty::BOOL, Weak::No, span);
        }
        // `Bool` counts as an `Int` of 0 or 1.
        let left = self.bool_as_int(left);
        let right = self.bool_as_int(right);
        let (left_int, right_int) = (
            self.cx.types.is_int(left.expr.ty),
            self.cx.types.is_int(right.expr.ty),
        );
        match operator {
            BinaryOp::Shl | BinaryOp::Shr => {
                if !left_int || !right_int {
                    return self.operand_error(op, left_ty, right_ty, span);
                }
                let left = self.settle(left);
                let right = self.settle(right);
                let ty = left.ty;
                return self.make_binary(operator, left, right, ty, Weak::No, span);
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor if !left_int || !right_int => {
                return self.operand_error(op, left_ty, right_ty, span);
            }
            BinaryOp::Pow if !left_int && right.constant().is_some() => {
                let weak = left.weak;
                let ty = left.expr.ty;
                let right = self.settle(right);
                return self.make_binary(operator, left.expr, right, ty, weak, span);
            }
            BinaryOp::Pow if left_int && right_int => {
                let left = self.settle(left);
                let right = self.settle(right);
                let ty = left.ty;
                return self.make_binary(operator, left, right, ty, Weak::No, span);
            }
            BinaryOp::FloorDiv | BinaryOp::Mod
                if self.cx.types.is_complex(left.expr.ty)
                    || self.cx.types.is_complex(right.expr.ty) =>
            {
                return self.operand_error(op, left_ty, right_ty, span);
            }
            _ => {}
        }
        let Some((left, right)) = self.meet(left, right) else {
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::mixed_sign(span, &left, &right));
            return Val::error(span);
        };
        let weak = match left.weak {
            Weak::Float | Weak::Complex => left.weak,
            Weak::Int | Weak::No => Weak::No,
        };
        let left = self.settle_int(left);
        let right = self.settle_int(right);
        if left.ty == Ty::ERROR || right.ty == Ty::ERROR {
            return Val::error(span);
        }
        let ty = left.ty;
        if operator == BinaryOp::Div && self.cx.types.is_int(ty) {
            let weak = if ty == Ty::INT { Weak::Float } else { Weak::No };
            return self.make_binary(operator, left, right, Ty::F64, weak, span);
        }
        self.make_binary(operator, left, right, ty, weak, span)
    }

    /// A constant integer becomes an `Int`; weak floats stay weak.
    fn settle_int(&mut self, value: Val) -> Expr {
        if value.weak == Weak::Int {
            self.settle(value)
        } else {
            value.expr
        }
    }

    pub fn bool_as_int(&mut self, value: Val) -> Val {
        if value.expr.ty == Ty::BOOL {
            return self.cast_to(value.expr, Ty::INT).into();
        }
        value
    }

    fn make_binary(
        &mut self,
        op: BinaryOp,
        left: Expr,
        right: Expr,
        ty: Ty,
        weak: Weak,
        span: Span,
    ) -> Val {
        let (left, right) = (Box::new(left), Box::new(right));
        Val {
            expr: Expr {
                kind: ExprKind::Binary { op, left, right },
                ty,
                span,
            },
            weak,
        }
    }

    /// Reports two values that have no type in common.
    pub fn no_meeting(&mut self, op: &str, left: Ty, right: Ty, span: Span) -> Val {
        let integers = self.cx.types.is_int(left) && self.cx.types.is_int(right);
        let (left, right) = (self.ty_name(left), self.ty_name(right));
        self.report(match integers {
            true => diag::mixed_sign(span, &left, &right),
            false => diag::bad_operands(span, op, &left, &right),
        });
        Val::error(span)
    }

    /// `min(a, b)` and `max(a, b)` of two numbers.
    pub fn min_max(&mut self, op: BinaryOp, left: Val, right: Val, span: Span) -> Val {
        if let Some(value) = self.simd_min_max(op, &left, &right, span) {
            return value;
        }
        if left.is_error() || right.is_error() {
            return Val::error(span);
        }
        if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
            return Val::int(
                if op == BinaryOp::Min {
                    a.min(b)
                } else {
                    a.max(b)
                },
                span,
            );
        }
        if self.is_optional(left.expr.ty) || self.is_optional(right.expr.ty) {
            return self.on_present(left, right, |cx, left, right| {
                cx.min_max(op, left, right, span)
            });
        }
        let (left_ty, right_ty) = (left.expr.ty, right.expr.ty);
        let ordered = self.is_arithmetic(left_ty)
            && self.is_arithmetic(right_ty)
            && !self.cx.types.is_complex(left_ty)
            && !self.cx.types.is_complex(right_ty);
        let both = if ordered {
            self.meet(left, right)
        } else {
            None
        };
        let Some((left, right)) = both else {
            let name = if op == BinaryOp::Min { "min" } else { "max" };
            return self.no_meeting(name, left_ty, right_ty, span);
        };
        let weak = if left.weak == Weak::Float {
            Weak::Float
        } else {
            Weak::No
        };
        let (left, right) = (self.settle_int(left), self.settle_int(right));
        let ty = left.ty;
        self.make_binary(op, left, right, ty, weak, span)
    }
}

/// What comes of an operation on constants.
enum Folded {
    Value(Val),
    /// It has more than 128 bits.
    TooLarge,
    /// It raises.
    AtRunTime,
}

fn fold(op: BinaryOp, a: i128, b: i128, span: Span) -> Folded {
    let value = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div if b != 0 => return Folded::Value(Val::float(a as f64 / b as f64, span)),
        BinaryOp::FloorDiv if b != 0 => a.checked_div(b).map(|_| floor_div(a, b)),
        BinaryOp::Mod if b != 0 => Some(floor_mod(a, b)),
        BinaryOp::Pow if b >= 0 => match a {
            0 | 1 => Some(if b == 0 { 1 } else { a }),
            -1 => Some(if b % 2 == 0 { 1 } else { -1 }),
            _ => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        },
        BinaryOp::Shl if b >= 0 => match a {
            0 => Some(0),
            _ if b < 127 => a.checked_mul(1i128 << b),
            _ => None,
        },
        BinaryOp::Shr if b >= 0 => Some(a >> b.min(127)),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some(a ^ b),
        _ => return Folded::AtRunTime,
    };
    value.map_or(Folded::TooLarge, |value| {
        Folded::Value(Val::int(value, span))
    })
}

/// `a // b` of a divisor that is not zero; wraps where the quotient has more than 128 bits.
pub(crate) fn floor_div(a: i128, b: i128) -> i128 {
    let is_above = floor_mod(a, b) != a.wrapping_rem(b);
    a.wrapping_div(b) - i128::from(is_above)
}

/// `a % b` of a divisor that is not zero.
pub(crate) fn floor_mod(a: i128, b: i128) -> i128 {
    let rest = a.wrapping_rem(b);
    if rest != 0 && (rest < 0) != (b < 0) {
        rest + b
    } else {
        rest
    }
}
