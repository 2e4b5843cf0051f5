//! Conversions between number types, and between integers and `index`.

use melior::ir::{
    Type, TypeLike, Value, ValueLike,
    operation::{OperationLike, OperationResult},
};
use mlc_sema::hir::{CompareOp, ErrorKind, FloatKind, Ty};

use crate::{
    Error,
    arith::Class,
    function::{Lower, Result},
    parallel::constant_of,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// An `Int` as an `index`.
    pub fn to_index(&self, value: Value<'c, 'm>) -> Value<'c, 'm> {
        if value.r#type().is_index() {
            return value;
        }
        if let Some(constant) = constant_of(value) {
            return self.b.index(constant);
        }
        // What came from an index goes back to it.
        if let Ok(result) = OperationResult::try_from(value) {
            let op = result.owner();
            let name = op.name();
            if name.as_string_ref().as_str() == Ok("arith.index_cast")
                && let Ok(operand) = op.operand(0)
                && operand.r#type().is_index()
            {
                return operand;
            }
        }
        self.b
            .value("arith.index_cast", &[value], self.b.index_type())
    }

    /// An `index` as an `Int`.
    pub fn int_of_index(&self, value: Value<'c, 'm>) -> Value<'c, 'm> {
        self.b
            .value("arith.index_cast", &[value], self.b.int_type(64))
    }

    /// A number as a number of another type, without the checks of a conversion to an integer.
    pub fn convert(&mut self, value: Value<'c, 'm>, from: Ty, to: Ty) -> Result<Value<'c, 'm>> {
        if from == to {
            return Ok(value);
        }
        let target = self
            .types()
            .scalar(to)
            .ok_or_else(|| Error::Invalid("a conversion to no number".into()))?;
        let one = |name: &str| self.b.value(name, &[value], target);
        Ok(match (self.class(from)?, self.class(to)?) {
            (Class::Bool, Class::Int { .. }) => one("arith.extui"),
            (Class::Bool | Class::Int { signed: false, .. }, Class::Float(_)) => {
                one("arith.uitofp")
            }
            (Class::Int { .. }, Class::Float(_)) => one("arith.sitofp"),
            (Class::Int { bits, signed }, Class::Int { bits: wanted, .. }) => {
                if wanted == bits {
                    value
                } else if wanted < bits {
                    one("arith.trunci")
                } else if signed {
                    one("arith.extsi")
                } else {
                    one("arith.extui")
                }
            }
            (Class::Int { .. }, Class::Bool) => {
                let zero = self.number(0.0, from)?;
                self.compare_ints("ne", value, zero)
            }
            (Class::Float(_), Class::Bool) => {
                let zero = self.number(0.0, from)?;
                self.compare_floats("une", value, zero)
            }
            (Class::Float(a), Class::Float(b)) => {
                if a.bytes() < b.bytes() {
                    one("arith.extf")
                } else if a.bytes() > b.bytes() {
                    one("arith.truncf")
                } else if a == b {
                    value
                } else {
                    // f16 and bf16: through f32, which holds both.
                    let wide = self
                        .b
                        .value("arith.extf", &[value], Type::float32(self.cx.context));
                    self.b.value("arith.truncf", &[wide], target)
                }
            }
            (Class::Float(_), Class::Int { signed: true, .. }) => one("arith.fptosi"),
            (Class::Float(_), Class::Int { signed: false, .. }) => one("arith.fptoui"),
            (Class::Complex(a), Class::Complex(b)) => {
                let (a, b) = (real_type(a), real_type(b));
                let part = self.types().scalar(a).expect("a float is a scalar");
                let re = self.b.value("complex.re", &[value], part);
                let im = self.b.value("complex.im", &[value], part);
                let (re, im) = (self.convert(re, a, b)?, self.convert(im, a, b)?);
                self.b.value("complex.create", &[re, im], target)
            }
            (_, Class::Complex(kind)) => {
                let part = real_type(kind);
                let re = self.convert(value, from, part)?;
                let im = self.number(0.0, part)?;
                self.b.value("complex.create", &[re, im], target)
            }
            (Class::Complex(_), Class::Bool) => {
                let zero = self.number(0.0, from)?;
                self.compare(CompareOp::Ne, value, zero, from)?
            }
            _ => return Err(Error::Invalid("a conversion that is not defined".into())),
        })
    }

    /// A conversion as the program writes it: from a float to an integer it truncates and may raise.
    pub fn cast(&mut self, value: Value<'c, 'm>, from: Ty, to: Ty) -> Result<Value<'c, 'm>> {
        if let (Class::Float(_), Class::Int { bits, signed }) = (self.class(from)?, self.class(to)?)
            && self.checks
            && self.types().scalar(from).is_some_and(|ty| !ty.is_vector())
        {
            let is_number = self.compare_floats("ord", value, value);
            self.check(
                is_number,
                ErrorKind::ValueError,
                "cannot convert float NaN to integer",
            );
            // The bounds are powers of two, so they are exact in f64; what is above the range of the
            // float type is not reached.
            let wide = self.convert(value, from, Ty::F64)?;
            let (low, high) = if signed {
                (-(2f64.powi(bits as i32 - 1)), 2f64.powi(bits as i32 - 1))
            } else {
                (0.0, 2f64.powi(bits as i32))
            };
            let whole = self
                .b
                .value("math.trunc", &[wide], Type::float64(self.cx.context));
            let (low, high) = (self.number(low, Ty::F64)?, self.number(high, Ty::F64)?);
            let above = self.compare_floats("oge", whole, low);
            let below = self.compare_floats("olt", whole, high);
            let fits = self
                .b
                .value("arith.andi", &[above, below], self.b.int_type(1));
            self.check(
                fits,
                ErrorKind::OverflowError,
                "float is out of the range of the integer type",
            );
        }
        self.convert(value, from, to)
    }
}

/// The type of the parts of a complex number.
pub fn real_type(kind: FloatKind) -> Ty {
    match kind {
        FloatKind::F16 => Ty::F16,
        FloatKind::Bf16 => Ty::BF16,
        FloatKind::F32 => Ty::F32,
        FloatKind::F64 => Ty::F64,
    }
}
