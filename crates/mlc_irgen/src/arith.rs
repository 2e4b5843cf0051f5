//! Arithmetic with Python's meaning: floor division, the sign of a remainder, wide shifts, powers, true division.

mod compare;
mod complex;
mod float;
mod int;
mod overflow;
mod power;

use melior::ir::{Attribute, Type, Value};
use mlc_sema::hir::{BinaryOp, ErrorKind, FloatKind, Reduction, Ty, TyKind, UnaryOp};

use crate::{
    Error, FpMode,
    function::{Lower, Result},
};

/// What arithmetic a type has; of a vector type, its elements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Bool,
    Int { bits: u32, signed: bool },
    Float(FloatKind),
    Complex(FloatKind),
}

/// What is known of the operands of a division.
#[derive(Clone, Copy, Default)]
pub struct Known {
    /// The divisor is not 0.
    pub nonzero_divisor: bool,
    /// The divisor is neither 0 nor -1.
    pub safe_divisor: bool,
    /// Neither operand is negative.
    pub nonnegative: bool,
    /// The right operand is not negative.
    pub nonnegative_right: bool,
    /// The result fits the type.
    pub fits: bool,
}

/// `a op b`.
#[derive(Clone, Copy)]
pub struct Binary<'c, 'm> {
    pub op: BinaryOp,
    pub a: Value<'c, 'm>,
    pub b: Value<'c, 'm>,
    /// The types of the operands and of the result.
    pub left: Ty,
    pub right: Ty,
    pub ty: Ty,
    /// Matters to divisions and shifts of integers.
    pub known: Known,
}

impl<'c, 'm> Binary<'c, 'm> {
    /// Operands and result have one type.
    pub fn alike(op: BinaryOp, a: Value<'c, 'm>, b: Value<'c, 'm>, ty: Ty) -> Binary<'c, 'm> {
        Binary {
            op,
            a,
            b,
            left: ty,
            right: ty,
            ty,
            known: Known::default(),
        }
    }
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn class(&self, ty: Ty) -> Result<Class> {
        Ok(match self.types().kind(ty) {
            TyKind::Bool => Class::Bool,
            TyKind::Int { bits, signed } => Class::Int {
                bits: u32::from(*bits),
                signed: *signed,
            },
            TyKind::Float(kind) => Class::Float(*kind),
            TyKind::Complex(kind) => Class::Complex(*kind),
            TyKind::Simd { elem, .. } => return self.class(*elem),
            _ => return Err(self.no_number(ty)),
        })
    }

    fn no_number(&self, ty: Ty) -> Error {
        Error::unsupported(
            mlc_diagnostics::Span::NONE,
            &format!("this operation on `{}`", self.cx.program.types.name(ty)),
        )
    }

    /// The SSA type of a number or of a vector of them.
    pub(crate) fn number_type(&self, ty: Ty) -> Result<Type<'c>> {
        self.types().scalar(ty).ok_or_else(|| self.no_number(ty))
    }

    /// The `fastmath` attribute of float operations of this function.
    pub fn fastmath(&self) -> Vec<(&'static str, Attribute<'c>)> {
        let flags = match self.fp {
            FpMode::Strict => return vec![],
            FpMode::Reassoc => "#arith.fastmath<contract>",
            FpMode::Fast => "#arith.fastmath<reassoc,nnan,ninf,nsz,contract>",
        };
        vec![("fastmath", self.cx.parsed(flags))]
    }

    /// A float operation that carries the flags of the function.
    pub fn float_op(&self, name: &str, operands: &[Value<'c, 'm>], ty: Type<'c>) -> Value<'c, 'm> {
        self.b.value_with(name, operands, ty, &self.fastmath())
    }

    /// A constant of a number type; all lanes of a vector.
    pub fn number(&self, value: f64, ty: Ty) -> Result<Value<'c, 'm>> {
        let scalar = |elem: Ty| -> Result<Value<'c, 'm>> {
            let ty = self.types().scalar(elem).expect("the type is a scalar");
            Ok(match self.class(elem)? {
                Class::Bool | Class::Int { .. } => self.b.int(value as i64, ty),
                Class::Float(_) => self.b.float(value, ty),
                Class::Complex(kind) => {
                    let part = self.types().float(kind);
                    let (re, im) = (self.b.float(value, part), self.b.float(0.0, part));
                    self.b.value("complex.create", &[re, im], ty)
                }
            })
        };
        match self.types().kind(ty) {
            TyKind::Simd { elem, .. } => {
                let value = scalar(*elem)?;
                let ty = self.types().scalar(ty).expect("a vector is a scalar here");
                Ok(self.b.value("vector.broadcast", &[value], ty))
            }
            _ => scalar(ty),
        }
    }

    pub fn binary(&mut self, operation: Binary<'c, 'm>) -> Result<Value<'c, 'm>> {
        let Binary {
            op,
            a,
            b,
            left,
            right,
            ty,
            ..
        } = operation;
        let result = self.number_type(ty)?;
        match self.class(left)? {
            Class::Float(_) => {
                // The exponent of a power may be an integer.
                let b = self.convert(b, right, ty)?;
                self.float_binary(op, a, b, ty, result)
            }
            Class::Complex(kind) => {
                let b = self.convert(b, right, ty)?;
                self.complex_binary(op, a, b, kind, result)
            }
            Class::Bool => {
                let name = match op {
                    BinaryOp::And | BinaryOp::Mul | BinaryOp::Min => "arith.andi",
                    BinaryOp::Or | BinaryOp::Max => "arith.ori",
                    BinaryOp::Xor => "arith.xori",
                    _ => return Err(Error::Invalid("arithmetic on Bool".into())),
                };
                Ok(self.b.value(name, &[a, b], result))
            }
            Class::Int { bits, signed } => self.int_binary(&operation, (bits, signed)),
        }
    }

    /// A check that has to hold in all lanes.
    fn check_all(&mut self, condition: Value<'c, 'm>, ty: Ty, error: ErrorKind, message: &str) {
        if !self.checks {
            return;
        }
        let condition = if matches!(self.types().kind(ty), TyKind::Simd { .. }) {
            let kind = self.cx.parsed("#vector.kind<and>");
            self.b.value_with(
                "vector.reduction",
                &[condition],
                self.b.int_type(1),
                &[("kind", kind)],
            )
        } else {
            condition
        };
        self.check(condition, error, message);
    }

    /// The check that the right operand, an integer, is not negative; its width, and whether it has a sign.
    fn check_nonnegative(
        &mut self,
        operation: &Binary<'c, 'm>,
        message: &str,
    ) -> Result<(u32, bool)> {
        let &Binary {
            b, right, known, ..
        } = operation;
        let Class::Int { bits, signed } = self.class(right)? else {
            return Err(Error::Invalid("a right operand that is no integer".into()));
        };
        if signed && !known.nonnegative_right {
            let zero = self.number(0.0, right)?;
            let fine = self.compare_ints("sge", b, zero);
            self.check_all(fine, right, ErrorKind::ValueError, message);
        }
        Ok((bits, signed))
    }

    pub fn unary(
        &mut self,
        op: UnaryOp,
        a: Value<'c, 'm>,
        from: Ty,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let result = self.number_type(ty)?;
        let class = self.class(from)?;
        if let Class::Int { bits, signed } = class {
            self.check_unary_fits(op, a, ty, (bits, signed))?;
        }
        Ok(match (op, class) {
            (UnaryOp::Neg, Class::Float(_)) => self.float_op("arith.negf", &[a], result),
            (UnaryOp::Neg, Class::Complex(kind)) => {
                let (re, im) = self.complex_parts(a, kind);
                let part = self.types().float(kind);
                let [re, im] = [re, im].map(|part_of| self.b.value("arith.negf", &[part_of], part));
                self.b.value("complex.create", &[re, im], result)
            }
            (UnaryOp::Neg, _) => {
                let zero = self.number(0.0, ty)?;
                self.b.value("arith.subi", &[zero, a], result)
            }
            (UnaryOp::Not, _) | (UnaryOp::Invert, Class::Bool) => {
                let one = self.number(1.0, ty)?;
                self.b.value("arith.xori", &[a, one], result)
            }
            (UnaryOp::Invert, _) => {
                let ones = self.number(-1.0, ty)?;
                self.b.value("arith.xori", &[a, ones], result)
            }
            (UnaryOp::Abs, Class::Float(_)) => self.float_op("math.absf", &[a], result),
            (UnaryOp::Abs, Class::Complex(kind)) => self.complex_abs(a, kind)?,
            (UnaryOp::Abs, Class::Int { signed: true, .. }) => {
                self.b.value("math.absi", &[a], result)
            }
            (UnaryOp::Abs, _) => a,
        })
    }
    /// The value that changes nothing when it is combined with another one.
    pub fn identity(&self, reduction: &Reduction) -> Result<Value<'c, 'm>> {
        let ty = self.local_ty(reduction.local);
        let scalar = self.types().scalar(ty).ok_or_else(|| {
            Error::unsupported(reduction.span, "a reduction over values of this type")
        })?;
        let class = self.class(ty)?;
        let (least, greatest) = match class {
            Class::Int { bits, signed: true } => (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits)),
            Class::Int { .. } => (0, -1),
            _ => (0, 1),
        };
        let infinite = |sign: f64| self.b.float(sign * f64::INFINITY, scalar);
        Ok(match (reduction.op, class) {
            (BinaryOp::Min, Class::Float(_)) => infinite(1.0),
            (BinaryOp::Max, Class::Float(_)) => infinite(-1.0),
            (BinaryOp::Min, _) => self.b.int(greatest, scalar),
            (BinaryOp::Max, _) => self.b.int(least, scalar),
            // Minus zero: plus zero would turn a sum of minus zeros into plus zero.
            (BinaryOp::Add, Class::Float(_)) => self.b.float(-0.0, scalar),
            (BinaryOp::Mul, _) => self.number(1.0, ty)?,
            (BinaryOp::And, _) => self.b.int(-1, scalar),
            _ => self.number(0.0, ty)?,
        })
    }
}
