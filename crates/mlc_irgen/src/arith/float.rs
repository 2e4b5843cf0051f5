//! Arithmetic of floats.

use melior::ir::{Type, Value};
use mlc_sema::hir::{BinaryOp, Ty};

use crate::{
    Error,
    function::{Lower, Result},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub(super) fn float_binary(
        &mut self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        ty: Ty,
        result: Type<'c>,
    ) -> Result<Value<'c, 'm>> {
        let exact = |name: &str, a, b| self.b.value(name, &[a, b], result);
        Ok(match op {
            BinaryOp::Add => self.float_op("arith.addf", &[a, b], result),
            BinaryOp::Sub => self.float_op("arith.subf", &[a, b], result),
            BinaryOp::Mul => self.float_op("arith.mulf", &[a, b], result),
            BinaryOp::Div => self.float_op("arith.divf", &[a, b], result),
            BinaryOp::Pow => self.float_op("math.powf", &[a, b], result),
            BinaryOp::Min => {
                let less = self.compare_floats("olt", b, a);
                self.b.select(less, b, a)
            }
            BinaryOp::Max => {
                let greater = self.compare_floats("ogt", b, a);
                self.b.select(greater, b, a)
            }
            // CPython's float_rem and float_floor_div (Objects/floatobject.c).
            BinaryOp::Mod => {
                let zero = self.number(0.0, ty)?;
                let rest = exact("arith.remf", a, b);
                let differs = self.signs_differ(rest, b, zero);
                let moved = exact("arith.addf", rest, b);
                let some = self.b.select(differs, moved, rest);
                let none = exact("math.copysign", zero, b);
                let is_zero = self.compare_floats("oeq", rest, zero);
                self.b.select(is_zero, none, some)
            }
            BinaryOp::FloorDiv => {
                let (zero, one, half) = (
                    self.number(0.0, ty)?,
                    self.number(1.0, ty)?,
                    self.number(0.5, ty)?,
                );
                let rest = exact("arith.remf", a, b);
                let whole = exact("arith.subf", a, rest);
                let quotient = exact("arith.divf", whole, b);
                let differs = self.signs_differ(rest, b, zero);
                let lower = exact("arith.subf", quotient, one);
                let quotient = self.b.select(differs, lower, quotient);
                let floor = self.b.value("math.floor", &[quotient], result);
                let fraction = exact("arith.subf", quotient, floor);
                let above = self.compare_floats("ogt", fraction, half);
                let next = exact("arith.addf", floor, one);
                let some = self.b.select(above, next, floor);
                let ratio = exact("arith.divf", a, b);
                let none = exact("math.copysign", zero, ratio);
                let is_zero = self.compare_floats("oeq", quotient, zero);
                let finite = self.b.select(is_zero, none, some);
                // By zero, as IEEE division: infinite or no number.
                let by_zero = self.compare_floats("oeq", b, zero);
                self.b.select(by_zero, ratio, finite)
            }
            BinaryOp::Shl | BinaryOp::Shr | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                return Err(Error::Invalid("a bitwise operation on floats".into()));
            }
        })
    }

    /// Whether a remainder is not zero and has another sign than the divisor.
    fn signs_differ(
        &self,
        rest: Value<'c, 'm>,
        divisor: Value<'c, 'm>,
        zero: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let some = self.compare_floats("one", rest, zero);
        let a = self.compare_floats("olt", rest, zero);
        let b = self.compare_floats("olt", divisor, zero);
        let bit = self.b.bit_type(rest);
        let differ = self.b.value("arith.xori", &[a, b], bit);
        self.b.value("arith.andi", &[some, differ], bit)
    }
}
