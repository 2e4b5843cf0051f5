//! `--checks=overflow`: integer arithmetic that raises where its result does not fit its type.
//!
//! The exact result is computed at twice the width, beside the operation itself, and compared with the result that wraps.

use melior::ir::{Type, Value};
use mlc_sema::hir::{BinaryOp, ErrorKind, Ty, TyKind, UnaryOp};

use super::Binary;
use crate::function::{Lower, Result};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// What an error says of an operation.
    fn too_large(&self, what: &str, ty: Ty) -> String {
        let name = self.cx.program.types.name(ty);
        format!("integer overflow: the result of `{what}` does not fit `{name}`")
    }

    /// The check that the sum, difference, product or quotient of two integers fits its type.
    pub(super) fn check_result(
        &mut self,
        operation: &Binary<'c, 'm>,
        (bits, signed): (u32, bool),
    ) -> Result<()> {
        let &Binary {
            op,
            a,
            b,
            ty,
            known,
            ..
        } = operation;
        if !self.overflow || known.fits {
            return Ok(());
        }
        let (name, what) = match op {
            BinaryOp::Add => ("arith.addi", "+"),
            BinaryOp::Sub => ("arith.subi", "-"),
            BinaryOp::Mul => ("arith.muli", "*"),
            BinaryOp::FloorDiv if signed && !known.safe_divisor && !known.nonnegative => {
                let least = self.least(ty, bits)?;
                let minus_one = self.number(-1.0, ty)?;
                let dividend = self.compare_ints("ne", a, least);
                let divisor = self.compare_ints("ne", b, minus_one);
                let bit = self.b.bit_type(dividend);
                let fits = self.b.value("arith.ori", &[dividend, divisor], bit);
                return self.fits_or_raise(fits, "//", ty);
            }
            _ => return Ok(()),
        };
        let fits = if op == BinaryOp::Sub && !signed {
            self.compare_ints("uge", a, b)
        } else {
            let wide = self.wide_type(ty, bits);
            let extend = if signed { "arith.extsi" } else { "arith.extui" };
            let [a, b] = [a, b].map(|part| self.b.value(extend, &[part], wide));
            let exact = self.b.value(name, &[a, b], wide);
            self.is_narrow(exact, ty, (bits, signed))?
        };
        self.fits_or_raise(fits, what, ty)
    }

    /// The check that `-a` or `abs(a)` fits.
    pub(super) fn check_unary_fits(
        &mut self,
        op: UnaryOp,
        a: Value<'c, 'm>,
        ty: Ty,
        (bits, signed): (u32, bool),
    ) -> Result<()> {
        let what = match op {
            UnaryOp::Neg => "-",
            UnaryOp::Abs if signed => "abs",
            _ => return Ok(()),
        };
        if !self.overflow {
            return Ok(());
        }
        let fits = if signed {
            let least = self.least(ty, bits)?;
            self.compare_ints("ne", a, least)
        } else {
            let zero = self.number(0.0, ty)?;
            self.compare_ints("eq", a, zero)
        };
        self.fits_or_raise(fits, what, ty)
    }

    /// The check that shifting back what was shifted by `count`, which is below the width, gives `a` again. `wide`: the count
    /// was not, and only zero has all its bits left.
    pub(super) fn check_shift_fits(
        &mut self,
        (a, count, shifted, wide): (Value<'c, 'm>, Value<'c, 'm>, Value<'c, 'm>, Value<'c, 'm>),
        ty: Ty,
        signed: bool,
    ) -> Result<()> {
        if !self.overflow {
            return Ok(());
        }
        let number = self.number_type(ty)?;
        let back = if signed { "arith.shrsi" } else { "arith.shrui" };
        let back = self.b.value(back, &[shifted, count], number);
        let same = self.compare_ints("eq", back, a);
        let zero = self.number(0.0, ty)?;
        let nothing = self.compare_ints("eq", a, zero);
        let fits = self.b.select(wide, nothing, same);
        self.fits_or_raise(fits, "<<", ty)
    }

    pub(super) fn fits_or_raise(&mut self, fits: Value<'c, 'm>, what: &str, ty: Ty) -> Result<()> {
        let message = self.too_large(what, ty);
        self.check_all(fits, ty, ErrorKind::OverflowError, &message);
        Ok(())
    }

    /// Whether a number of twice the width is one of type `ty`.
    pub(super) fn is_narrow(
        &self,
        exact: Value<'c, 'm>,
        ty: Ty,
        (bits, signed): (u32, bool),
    ) -> Result<Value<'c, 'm>> {
        let narrow = self.number_type(ty)?;
        let cut = self.b.value("arith.trunci", &[exact], narrow);
        let extend = if signed { "arith.extsi" } else { "arith.extui" };
        let again = self.b.value(extend, &[cut], self.wide_type(ty, bits));
        Ok(self.compare_ints("eq", again, exact))
    }

    /// Integers of twice the width; as many lanes of a vector.
    pub(super) fn wide_type(&self, ty: Ty, bits: u32) -> Type<'c> {
        let wide = self.b.int_type(2 * bits);
        match self.types().kind(ty) {
            TyKind::Simd { lanes, .. } => Type::vector(&[u64::from(*lanes)], wide),
            _ => wide,
        }
    }

    /// The least integer of a type with a sign.
    fn least(&self, ty: Ty, bits: u32) -> Result<Value<'c, 'm>> {
        self.number(-(2f64.powi(bits as i32 - 1)), ty)
    }

    /// The sum that a parallel loop has added up at twice the width, as one of its own type.
    pub fn narrowed_sum(
        &mut self,
        exact: Value<'c, 'm>,
        ty: Ty,
        (bits, signed): (u32, bool),
    ) -> Result<Value<'c, 'm>> {
        let fits = self.is_narrow(exact, ty, (bits, signed))?;
        self.fits_or_raise(fits, "+", ty)?;
        let narrow = self.number_type(ty)?;
        Ok(self.b.value("arith.trunci", &[exact], narrow))
    }

    /// A number as one of twice the width.
    pub fn widened(
        &self,
        value: Value<'c, 'm>,
        ty: Ty,
        (bits, signed): (u32, bool),
    ) -> Value<'c, 'm> {
        let extend = if signed { "arith.extsi" } else { "arith.extui" };
        let wide = self.wide_type(ty, bits);
        self.b.value(extend, &[value], wide)
    }
}
