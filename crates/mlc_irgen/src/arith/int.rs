//! Arithmetic of integers, which wraps: floor division, the sign of a remainder, wide shifts, true division.

use melior::ir::Value;
use mlc_sema::hir::{BinaryOp, ErrorKind, Ty, TyKind};

use super::Binary;
use crate::function::{Lower, Result};

/// Integers up to it are exact as `f64`.
const EXACT: i64 = 1 << 53;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub(super) fn int_binary(
        &mut self,
        operation: &Binary<'c, 'm>,
        (bits, signed): (u32, bool),
    ) -> Result<Value<'c, 'm>> {
        let &Binary { op, a, b, ty, .. } = operation;
        self.check_result(operation, (bits, signed))?;
        let name = match (op, signed) {
            (BinaryOp::Add, _) => "arith.addi",
            (BinaryOp::Sub, _) => "arith.subi",
            (BinaryOp::Mul, _) => "arith.muli",
            (BinaryOp::And, _) => "arith.andi",
            (BinaryOp::Or, _) => "arith.ori",
            (BinaryOp::Xor, _) => "arith.xori",
            (BinaryOp::Min, true) => "arith.minsi",
            (BinaryOp::Min, false) => "arith.minui",
            (BinaryOp::Max, true) => "arith.maxsi",
            (BinaryOp::Max, false) => "arith.maxui",
            (BinaryOp::FloorDiv | BinaryOp::Mod, _) => {
                return self.int_division(operation, signed);
            }
            (BinaryOp::Shl | BinaryOp::Shr, _) => return self.shift(operation, (bits, signed)),
            (BinaryOp::Pow, _) => return self.int_power(operation, (bits, signed)),
            (BinaryOp::Div, _) => return self.true_division(operation, (bits, signed)),
        };
        let result = self.number_type(ty)?;
        Ok(self.b.value(name, &[a, b], result))
    }

    /// The check that the divisor of `operation` is not zero; what it says.
    fn check_divisor(
        &mut self,
        operation: &Binary<'c, 'm>,
        message: &str,
    ) -> Result<Option<Value<'c, 'm>>> {
        if operation.known.nonzero_divisor {
            return Ok(None);
        }
        let zero = self.number(0.0, operation.right)?;
        let some = self.compare_ints("ne", operation.b, zero);
        self.check_all(some, operation.right, ErrorKind::ZeroDivisionError, message);
        Ok(Some(some))
    }

    /// `//` and `%` of integers. The one quotient that overflows (the least number by -1) wraps.
    fn int_division(&mut self, operation: &Binary<'c, 'm>, signed: bool) -> Result<Value<'c, 'm>> {
        let &Binary {
            op,
            a,
            mut b,
            ty,
            known,
            ..
        } = operation;
        let result = self.number_type(ty)?;
        let (zero, one) = (self.number(0.0, ty)?, self.number(1.0, ty)?);
        let message = if op == BinaryOp::Mod {
            "integer modulo by zero"
        } else {
            "integer division or modulo by zero"
        };
        if let Some(some) = self.check_divisor(operation, message)? {
            // The remainder of MLIR may be moved before the check: it must not trap there.
            b = self.b.select(some, b, one);
        }
        if !signed || known.nonnegative {
            let name = if op == BinaryOp::Mod {
                "arith.remui"
            } else {
                "arith.divui"
            };
            return Ok(self.b.value(name, &[a, b], result));
        }
        let by_minus_one = if known.safe_divisor {
            None
        } else {
            let minus_one = self.number(-1.0, ty)?;
            Some(self.compare_ints("eq", b, minus_one))
        };
        // Where the divisor was -1, dividing by 1 has the right remainder, and the quotient is negated.
        let divisor = by_minus_one.map_or(b, |by_minus_one| self.b.select(by_minus_one, one, b));
        let rest = self.b.value("arith.remsi", &[a, divisor], result);
        let some = self.compare_ints("ne", rest, zero);
        let mixed = self.b.value("arith.xori", &[rest, divisor], result);
        let mixed = self.compare_ints("slt", mixed, zero);
        let adjust = self
            .b
            .value("arith.andi", &[some, mixed], self.b.bit_type(a));
        if op == BinaryOp::Mod {
            let moved = self.b.value("arith.addi", &[rest, divisor], result);
            return Ok(self.b.select(adjust, moved, rest));
        }
        let quotient = self.b.value("arith.divsi", &[a, divisor], result);
        let lower = self.b.value("arith.subi", &[quotient, one], result);
        let quotient = self.b.select(adjust, lower, quotient);
        Ok(match by_minus_one {
            None => quotient,
            Some(by_minus_one) => {
                let negated = self.b.value("arith.subi", &[zero, a], result);
                self.b.select(by_minus_one, negated, quotient)
            }
        })
    }

    fn shift(
        &mut self,
        operation: &Binary<'c, 'm>,
        (bits, signed): (u32, bool),
    ) -> Result<Value<'c, 'm>> {
        let &Binary {
            op,
            a,
            b: count,
            right,
            ty,
            ..
        } = operation;
        let result = self.number_type(ty)?;
        let (count_bits, _) = self.check_nonnegative(operation, "negative shift count")?;
        // The comparison is made at the width of the count, so that its high bits count.
        let limit = self.number(f64::from(bits), right)?;
        let wide = self.compare_ints("uge", count, limit);
        let count = if count_bits == bits {
            count
        } else if count_bits < bits {
            self.b.value("arith.extui", &[count], result)
        } else {
            self.b.value("arith.trunci", &[count], result)
        };
        let zero = self.number(0.0, ty)?;
        if op == BinaryOp::Shr && signed {
            let most = self.number(f64::from(bits - 1), ty)?;
            let count = self.b.select(wide, most, count);
            return Ok(self.b.value("arith.shrsi", &[a, count], result));
        }
        let name = if op == BinaryOp::Shl {
            "arith.shli"
        } else {
            "arith.shrui"
        };
        let safe = self.b.select(wide, zero, count);
        let shifted = self.b.value(name, &[a, safe], result);
        if op == BinaryOp::Shl {
            self.check_shift_fits((a, safe, shifted, wide), ty, signed)?;
        }
        Ok(self.b.select(wide, zero, shifted))
    }

    /// The quotient of two integers as a float, rounded once.
    fn true_division(
        &mut self,
        operation: &Binary<'c, 'm>,
        (bits, signed): (u32, bool),
    ) -> Result<Value<'c, 'm>> {
        let &Binary { a, b, left, ty, .. } = operation;
        self.check_divisor(operation, "division by zero")?;
        let is_vector = matches!(self.types().kind(ty), TyKind::Simd { .. });
        let wide = if is_vector { ty } else { Ty::F64 };
        // Numbers below 2^53 are exact as floats, so that their quotient is rounded once. A narrower result is rounded from
        // one that is nearly exact.
        let simple = |lower: &mut Self| -> Result<Value<'c, 'm>> {
            let a = lower.convert(a, left, wide)?;
            let b = lower.convert(b, left, wide)?;
            let ty = lower.number_type(wide)?;
            Ok(lower.b.value("arith.divf", &[a, b], ty))
        };
        if bits < 64 || is_vector || self.fp != crate::FpMode::Strict {
            let quotient = simple(self)?;
            return self.convert(quotient, wide, ty);
        }
        let long = self.b.int_type(64);
        let offset = self.b.int(if signed { EXACT } else { 0 }, long);
        let limit = self.b.int(if signed { 2 * EXACT } else { EXACT }, long);
        let mut exact = self.b.bool(true);
        for operand in [a, b] {
            let moved = self.b.value("arith.addi", &[operand, offset], long);
            let small = self.compare_ints("ule", moved, limit);
            exact = self
                .b
                .value("arith.andi", &[exact, small], self.b.int_type(1));
        }
        let symbol = if signed {
            "mlc_rt_divide_i64"
        } else {
            "mlc_rt_divide_u64"
        };
        let wide_type = self.number_type(wide)?;
        let quotient = self.if_values(
            exact,
            &[],
            &[wide_type],
            |lower| Ok(vec![simple(lower)?]),
            |lower| Ok(lower.call_runtime(symbol, &[a, b], &[wide_type])),
        )?[0];
        self.convert(quotient, wide, ty)
    }
}
