//! Arithmetic on numbers at compile time, with the meaning that it has at run time.

use mlc_diagnostics::Span;

use crate::coerce::int_range;
use crate::hir::{BinaryOp, ErrorKind, FloatKind, MathFn, Ty, TyKind, UnaryOp};
use crate::interp::{Failure, Interpreter, Value};
use crate::ops::{floor_div, floor_mod};

type Outcome = Result<Value, Failure>;

fn raised(span: Span, kind: ErrorKind, message: &str) -> Failure {
    Failure::Raised {
        span,
        kind,
        message: message.to_owned(),
    }
}

impl Interpreter<'_> {
    pub fn round(&self, value: f64, ty: Ty) -> f64 {
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

    /// The result of arithmetic as a number of its type.
    fn fit(&self, value: i128, ty: Ty, span: Span) -> Outcome {
        let wrapped = self.wrap(value, ty);
        if self.overflow && wrapped != value {
            let message = "integer overflow";
            return Err(raised(span, ErrorKind::OverflowError, message));
        }
        Ok(Value::Int(wrapped))
    }

    pub fn cast(&self, value: Value, ty: Ty, span: Span) -> Outcome {
        let kind = self.types.kind(ty);
        Ok(match (value, kind) {
            (Value::Int(value), TyKind::Int { .. }) => Value::Int(self.wrap(value, ty)),
            (Value::Bool(value), TyKind::Int { .. }) => Value::Int(i128::from(value)),
            (Value::Int(value), TyKind::Float(_)) => Value::Float(self.round(value as f64, ty)),
            (Value::Bool(value), TyKind::Float(_)) => Value::Float(if value { 1.0 } else { 0.0 }),
            (Value::Float(value), TyKind::Float(_)) => Value::Float(self.round(value, ty)),
            (Value::Float(value), TyKind::Int { bits, signed }) => {
                let (low, high) = int_range(*bits, *signed);
                let whole = value.trunc();
                if whole.is_nan() {
                    return Err(raised(
                        span,
                        ErrorKind::ValueError,
                        "cannot convert float NaN to integer",
                    ));
                }
                if whole < low as f64 || whole > high as f64 {
                    return Err(raised(span, ErrorKind::OverflowError, "float out of range"));
                }
                Value::Int(whole as i128)
            }
            (Value::Int(value), TyKind::Complex(_)) => Value::Complex(value as f64, 0.0),
            (Value::Float(value), TyKind::Complex(_)) => Value::Complex(value, 0.0),
            _ => return Err(Failure::NotConstant(span)),
        })
    }

    pub fn unary(&self, op: UnaryOp, value: Value, ty: Ty, span: Span) -> Outcome {
        Ok(match (op, value) {
            (UnaryOp::Neg, Value::Int(value)) => self.fit(-value, ty, span)?,
            (UnaryOp::Neg, Value::Float(value)) => Value::Float(-value),
            (UnaryOp::Not, Value::Bool(value)) => Value::Bool(!value),
            (UnaryOp::Invert, Value::Int(value)) => Value::Int(self.wrap(!value, ty)),
            (UnaryOp::Abs, Value::Int(value)) => self.fit(value.abs(), ty, span)?,
            (UnaryOp::Abs, Value::Float(value)) => Value::Float(value.abs()),
            _ => return Err(Failure::NotConstant(span)),
        })
    }

    pub fn binary(&self, op: BinaryOp, left: Value, right: Value, ty: Ty, span: Span) -> Outcome {
        match (left, right) {
            (Value::Int(a), Value::Int(b)) => self.int_binary(op, a, b, ty, span),
            (Value::Float(a), Value::Float(b)) => {
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
                Ok(Value::Float(self.round(value, ty)))
            }
            (Value::Float(a), Value::Int(b)) if op == BinaryOp::Pow => {
                Ok(Value::Float(self.round(a.powf(b as f64), ty)))
            }
            (Value::Bool(a), Value::Bool(b)) => Ok(Value::Bool(match op {
                BinaryOp::And => a && b,
                BinaryOp::Or => a || b,
                BinaryOp::Xor => a != b,
                _ => return Err(Failure::NotConstant(span)),
            })),
            _ => Err(Failure::NotConstant(span)),
        }
    }

    fn int_binary(&self, op: BinaryOp, a: i128, b: i128, ty: Ty, span: Span) -> Outcome {
        let zero = || raised(span, ErrorKind::ZeroDivisionError, "division by zero");
        if op == BinaryOp::Div {
            return if b == 0 {
                Err(zero())
            } else {
                Ok(Value::Float(self.round(a as f64 / b as f64, ty)))
            };
        }
        let value = match op {
            BinaryOp::Add => a + b,
            BinaryOp::Sub => a - b,
            BinaryOp::Mul => a.wrapping_mul(b),
            BinaryOp::FloorDiv | BinaryOp::Mod if b == 0 => return Err(zero()),
            BinaryOp::FloorDiv => floor_div(a, b),
            BinaryOp::Mod => floor_mod(a, b),
            BinaryOp::Pow if b < 0 => {
                return Err(raised(span, ErrorKind::ValueError, "negative exponent"));
            }
            BinaryOp::Pow => {
                let mut result: i128 = 1;
                let (mut base, mut exponent, mut base_fits) = (a, b, true);
                while exponent > 0 {
                    if exponent & 1 == 1 {
                        let product = result.wrapping_mul(base);
                        result = self.wrap(product, ty);
                        if self.overflow && (!base_fits || result != product) {
                            return self.fit(i128::MAX, ty, span);
                        }
                    }
                    let square = base.wrapping_mul(base);
                    base = self.wrap(square, ty);
                    base_fits &= base == square;
                    exponent >>= 1;
                }
                result
            }
            BinaryOp::Shl if (0..64).contains(&b) => a.wrapping_shl(b as u32),
            BinaryOp::Shl if b >= 64 && a != 0 && self.overflow => i128::MAX,
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
                return Err(raised(span, ErrorKind::ValueError, "negative shift count"));
            }
            BinaryOp::And => a & b,
            BinaryOp::Or => a | b,
            BinaryOp::Xor => a ^ b,
            BinaryOp::Min => a.min(b),
            BinaryOp::Max => a.max(b),
            BinaryOp::Div => return Err(Failure::NotConstant(span)),
        };
        self.fit(value, ty, span)
    }

    pub fn math(&self, function: MathFn, args: &[Value], ty: Ty, span: Span) -> Outcome {
        let floats: Option<Vec<f64>> = args
            .iter()
            .map(|arg| match arg {
                Value::Float(value) => Some(*value),
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
        Ok(Value::Float(self.round(value, ty)))
    }
}
