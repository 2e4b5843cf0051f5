//! Evaluates HIR at compile time.

use mlc_diagnostics::{Diagnostic, Span};

use crate::checker::Checker;
use crate::coerce::int_range;
use crate::diag;
use crate::hir::{
    BinaryOp, Builtin, CompareOp, ConstValue, Expr, ExprKind, FloatKind, Local, LogicalOp, MathFn,
    Ty, TyKind, TypeTable, UnaryOp,
};

/// Why an expression has no value at compile time.
pub(crate) enum Failure {
    /// It depends on something that is known at run time only.
    NotConstant(Span),
    /// It raises.
    Raises(Span, String),
}

impl Failure {
    pub fn diagnostic(self, whole: Span) -> Diagnostic {
        match self {
            Failure::NotConstant(span) => {
                diag::not_comptime(if span.is_none() { whole } else { span }, "this")
            }
            Failure::Raises(span, message) => Diagnostic::error(
                "comptime-error",
                span,
                format!("this raises at compile time: {message}"),
            ),
        }
    }
}

type Outcome = Result<ConstValue, Failure>;

/// The value of an expression without variables.
pub(crate) fn evaluate(cx: &Checker<'_>, locals: &[Local], expr: &Expr) -> Outcome {
    let _ = locals;
    let interpreter = Interpreter { types: &cx.types };
    interpreter.expr(expr)
}

struct Interpreter<'t> {
    types: &'t TypeTable,
}

impl Interpreter<'_> {
    fn expr(&self, expr: &Expr) -> Outcome {
        let span = expr.span;
        Ok(match &expr.kind {
            ExprKind::None | ExprKind::Nothing => ConstValue::None,
            ExprKind::Bool(value) => ConstValue::Bool(*value),
            ExprKind::Int(value) => ConstValue::Int(*value),
            ExprKind::Float(value) => ConstValue::Float(self.round(*value, expr.ty)),
            ExprKind::Complex(re, im) => ConstValue::Complex(*re, *im),
            ExprKind::Str(text) => ConstValue::Str(text.clone()),
            ExprKind::Cast(inner) => self.cast(self.expr(inner)?, expr.ty, span)?,
            ExprKind::Unary { op, operand } => {
                self.unary(*op, self.expr(operand)?, expr.ty, span)?
            }
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.binary(*op, left, right, expr.ty, span)?
            }
            ExprKind::Compare { op, left, right } => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                let order = match (&left, &right) {
                    (ConstValue::Int(a), ConstValue::Int(b)) => Some(a.cmp(b)),
                    (ConstValue::Bool(a), ConstValue::Bool(b)) => Some(a.cmp(b)),
                    (ConstValue::Float(a), ConstValue::Float(b)) => a.partial_cmp(b),
                    (ConstValue::Str(a), ConstValue::Str(b)) => Some(a.cmp(b)),
                    _ => return Err(Failure::NotConstant(span)),
                };
                ConstValue::Bool(match op {
                    CompareOp::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
                    CompareOp::Ne => !order.is_some_and(std::cmp::Ordering::is_eq),
                    CompareOp::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
                    CompareOp::Le => order.is_some_and(std::cmp::Ordering::is_le),
                    CompareOp::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
                    CompareOp::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
                })
            }
            ExprKind::Logical { op, left, right } => match (op, self.expr(left)?) {
                (LogicalOp::And, ConstValue::Bool(false)) => ConstValue::Bool(false),
                (LogicalOp::Or, ConstValue::Bool(true)) => ConstValue::Bool(true),
                _ => self.expr(right)?,
            },
            ExprKind::If {
                condition,
                then,
                orelse,
            } => match self.expr(condition)? {
                ConstValue::Bool(true) => self.expr(then)?,
                _ => self.expr(orelse)?,
            },
            ExprKind::Block { stmts, value } if stmts.is_empty() => self.expr(value)?,
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                let items: Result<Vec<ConstValue>, Failure> =
                    items.iter().map(|item| self.expr(item)).collect();
                ConstValue::Items(items?)
            }
            ExprKind::Builtin {
                op: Builtin::Math(function),
                args,
            } => {
                let args: Result<Vec<ConstValue>, Failure> =
                    args.iter().map(|arg| self.expr(arg)).collect();
                self.math(*function, &args?, expr.ty, span)?
            }
            _ => return Err(Failure::NotConstant(span)),
        })
    }

    fn round(&self, value: f64, ty: Ty) -> f64 {
        match self.types.kind(ty) {
            TyKind::Float(FloatKind::F32) => f64::from(value as f32),
            _ => value,
        }
    }

    fn wrap(&self, value: i128, ty: Ty) -> i128 {
        match *self.types.kind(ty) {
            TyKind::Int { bits, signed } => {
                let (_, high) = int_range(bits, signed);
                let bottom = value & ((1i128 << bits) - 1);
                if bottom > high {
                    bottom - (1i128 << bits)
                } else {
                    bottom
                }
            }
            _ => value,
        }
    }

    fn cast(&self, value: ConstValue, ty: Ty, span: Span) -> Outcome {
        let kind = self.types.kind(ty);
        Ok(match (value, kind) {
            (ConstValue::Int(value), TyKind::Int { .. }) => ConstValue::Int(self.wrap(value, ty)),
            (ConstValue::Bool(value), TyKind::Int { .. }) => ConstValue::Int(i128::from(value)),
            (ConstValue::Int(value), TyKind::Float(_)) => {
                ConstValue::Float(self.round(value as f64, ty))
            }
            (ConstValue::Bool(value), TyKind::Float(_)) => {
                ConstValue::Float(if value { 1.0 } else { 0.0 })
            }
            (ConstValue::Float(value), TyKind::Float(_)) => {
                ConstValue::Float(self.round(value, ty))
            }
            (ConstValue::Float(value), TyKind::Int { bits, signed }) => {
                let (low, high) = int_range(*bits, *signed);
                let whole = value.trunc();
                if whole.is_nan() {
                    return Err(Failure::Raises(
                        span,
                        "ValueError: cannot convert float NaN to integer".to_owned(),
                    ));
                }
                if whole < low as f64 || whole > high as f64 {
                    return Err(Failure::Raises(
                        span,
                        "OverflowError: float out of range".to_owned(),
                    ));
                }
                ConstValue::Int(whole as i128)
            }
            (ConstValue::Int(value), TyKind::Complex(_)) => ConstValue::Complex(value as f64, 0.0),
            (ConstValue::Float(value), TyKind::Complex(_)) => ConstValue::Complex(value, 0.0),
            _ => return Err(Failure::NotConstant(span)),
        })
    }

    fn unary(&self, op: UnaryOp, value: ConstValue, ty: Ty, span: Span) -> Outcome {
        Ok(match (op, value) {
            (UnaryOp::Neg, ConstValue::Int(value)) => ConstValue::Int(self.wrap(-value, ty)),
            (UnaryOp::Neg, ConstValue::Float(value)) => ConstValue::Float(-value),
            (UnaryOp::Not, ConstValue::Bool(value)) => ConstValue::Bool(!value),
            (UnaryOp::Invert, ConstValue::Int(value)) => ConstValue::Int(self.wrap(!value, ty)),
            (UnaryOp::Abs, ConstValue::Int(value)) => ConstValue::Int(self.wrap(value.abs(), ty)),
            (UnaryOp::Abs, ConstValue::Float(value)) => ConstValue::Float(value.abs()),
            _ => return Err(Failure::NotConstant(span)),
        })
    }

    fn binary(
        &self,
        op: BinaryOp,
        left: ConstValue,
        right: ConstValue,
        ty: Ty,
        span: Span,
    ) -> Outcome {
        match (left, right) {
            (ConstValue::Int(a), ConstValue::Int(b)) => self.int_binary(op, a, b, ty, span),
            (ConstValue::Float(a), ConstValue::Float(b)) => {
                let value = match op {
                    BinaryOp::Add => a + b,
                    BinaryOp::Sub => a - b,
                    BinaryOp::Mul => a * b,
                    BinaryOp::Div => a / b,
                    BinaryOp::FloorDiv => (a / b).floor(),
                    BinaryOp::Mod => {
                        let rest = a % b;
                        if rest != 0.0 && (rest < 0.0) != (b < 0.0) {
                            rest + b
                        } else {
                            rest
                        }
                    }
                    BinaryOp::Pow => a.powf(b),
                    BinaryOp::Min => {
                        if b < a {
                            b
                        } else {
                            a
                        }
                    }
                    BinaryOp::Max => {
                        if b > a {
                            b
                        } else {
                            a
                        }
                    }
                    _ => return Err(Failure::NotConstant(span)),
                };
                Ok(ConstValue::Float(self.round(value, ty)))
            }
            (ConstValue::Float(a), ConstValue::Int(b)) if op == BinaryOp::Pow => {
                Ok(ConstValue::Float(self.round(a.powf(b as f64), ty)))
            }
            (ConstValue::Bool(a), ConstValue::Bool(b)) => Ok(ConstValue::Bool(match op {
                BinaryOp::And => a && b,
                BinaryOp::Or => a || b,
                BinaryOp::Xor => a != b,
                _ => return Err(Failure::NotConstant(span)),
            })),
            _ => Err(Failure::NotConstant(span)),
        }
    }

    fn int_binary(&self, op: BinaryOp, a: i128, b: i128, ty: Ty, span: Span) -> Outcome {
        let zero = || Failure::Raises(span, "ZeroDivisionError: division by zero".to_owned());
        if op == BinaryOp::Div {
            return if b == 0 {
                Err(zero())
            } else {
                Ok(ConstValue::Float(self.round(a as f64 / b as f64, ty)))
            };
        }
        let value = match op {
            BinaryOp::Add => a + b,
            BinaryOp::Sub => a - b,
            BinaryOp::Mul => a.wrapping_mul(b),
            BinaryOp::FloorDiv | BinaryOp::Mod if b == 0 => return Err(zero()),
            BinaryOp::FloorDiv => a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0),
            BinaryOp::Mod => {
                let rest = a % b;
                if rest != 0 && (rest < 0) != (b < 0) {
                    rest + b
                } else {
                    rest
                }
            }
            BinaryOp::Pow if b < 0 => {
                return Err(Failure::Raises(
                    span,
                    "ValueError: negative exponent".to_owned(),
                ));
            }
            BinaryOp::Pow => {
                let mut result: i128 = 1;
                let (mut base, mut exponent) = (a, b);
                while exponent > 0 {
                    if exponent & 1 == 1 {
                        result = self.wrap(result.wrapping_mul(base), ty);
                    }
                    base = self.wrap(base.wrapping_mul(base), ty);
                    exponent >>= 1;
                }
                result
            }
            BinaryOp::Shl if (0..64).contains(&b) => a.wrapping_shl(b as u32),
            BinaryOp::Shl if b >= 64 => 0,
            BinaryOp::Shr if (0..64).contains(&b) => a >> b,
            BinaryOp::Shr if b >= 64 => {
                if a < 0 {
                    -1
                } else {
                    0
                }
            }
            BinaryOp::Shl | BinaryOp::Shr => {
                return Err(Failure::Raises(
                    span,
                    "ValueError: negative shift count".to_owned(),
                ));
            }
            BinaryOp::And => a & b,
            BinaryOp::Or => a | b,
            BinaryOp::Xor => a ^ b,
            BinaryOp::Min => a.min(b),
            BinaryOp::Max => a.max(b),
            BinaryOp::Div => return Err(Failure::NotConstant(span)),
        };
        Ok(ConstValue::Int(self.wrap(value, ty)))
    }

    fn math(&self, function: MathFn, args: &[ConstValue], ty: Ty, span: Span) -> Outcome {
        let floats: Option<Vec<f64>> = args
            .iter()
            .map(|arg| match arg {
                ConstValue::Float(value) => Some(*value),
                _ => None,
            })
            .collect();
        let value = match (function, floats.as_deref()) {
            (MathFn::Sqrt, Some([x])) => x.sqrt(),
            (MathFn::Floor, Some([x])) => x.floor(),
            (MathFn::Ceil, Some([x])) => x.ceil(),
            (MathFn::Trunc, Some([x])) => x.trunc(),
            (MathFn::Exp, Some([x])) => x.exp(),
            (MathFn::Log, Some([x])) => x.ln(),
            (MathFn::Log2, Some([x])) => x.log2(),
            (MathFn::Log10, Some([x])) => x.log10(),
            (MathFn::Sin, Some([x])) => x.sin(),
            (MathFn::Cos, Some([x])) => x.cos(),
            (MathFn::Tan, Some([x])) => x.tan(),
            (MathFn::Atan, Some([x])) => x.atan(),
            (MathFn::Atan2, Some([y, x])) => y.atan2(*x),
            (MathFn::Pow, Some([x, y])) => x.powf(*y),
            (MathFn::Hypot, Some([x, y])) => x.hypot(*y),
            _ => return Err(Failure::NotConstant(span)),
        };
        Ok(ConstValue::Float(self.round(value, ty)))
    }
}
