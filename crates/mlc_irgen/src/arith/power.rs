//! Powers of integers.

use melior::ir::{BlockLike, Type, Value};
use mlc_sema::hir::Ty;

use super::Binary;
use crate::{
    builder::Builder,
    function::{Lower, Result},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Integer power, which wraps: a function of the module that squares and multiplies.
    pub(super) fn int_power(
        &mut self,
        operation: &Binary<'c, 'm>,
        (bits, signed): (u32, bool),
    ) -> Result<Value<'c, 'm>> {
        let &Binary { a, b, ty, .. } = operation;
        let (exponent_bits, exponent_signed) =
            self.check_nonnegative(operation, "an integer to a negative power is no integer")?;
        let wide = self.b.int_type(64);
        let to_wide = |value, bits: u32, signed: bool| match (bits < 64, signed) {
            (false, _) => value,
            (true, true) => self.b.value("arith.extsi", &[value], wide),
            (true, false) => self.b.value("arith.extui", &[value], wide),
        };
        let base = to_wide(a, bits, signed);
        let exponent = to_wide(b, exponent_bits, exponent_signed);
        if self.overflow {
            return self.checked_power(base, exponent, ty, (bits, signed));
        }
        let symbol = "mlc.ipow";
        if let Some(mut b) = self.cx.helper(symbol, &[wide, wide], &[wide]) {
            power_body(&mut b, wide);
        }
        let call = self.b.value_with(
            "func.call",
            &[base, exponent],
            wide,
            &[("callee", self.b.symbol(symbol))],
        );
        Ok(if bits < 64 {
            let result = self.number_type(ty)?;
            self.b.value("arith.trunci", &[call], result)
        } else {
            call
        })
    }
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// As above, and raises where the power does not fit.
    fn checked_power(
        &mut self,
        base: Value<'c, 'm>,
        exponent: Value<'c, 'm>,
        ty: Ty,
        (bits, signed): (u32, bool),
    ) -> Result<Value<'c, 'm>> {
        let (wide, bit) = (self.b.int_type(64), self.b.int_type(1));
        let symbol = if signed {
            "mlc.ipow.signed"
        } else {
            "mlc.ipow.unsigned"
        };
        if let Some(mut b) = self.cx.helper(symbol, &[wide, wide], &[wide, bit]) {
            checked_power_body(&mut b, signed);
        }
        let callee = [("callee", self.b.symbol(symbol))];
        let call = (self.b).results("func.call", &[base, exponent], &[wide, bit], &callee);
        let (mut power, mut fits) = (call[0], call[1]);
        if bits < 64 {
            let result = self.number_type(ty)?;
            let extend = extension(signed);
            let cut = self.b.value("arith.trunci", &[power], result);
            let again = self.b.value(extend, &[cut], wide);
            let narrow = self.compare_ints("eq", again, power);
            fits = self.b.value("arith.andi", &[fits, narrow], bit);
            power = cut;
        }
        self.fits_or_raise(fits, "**", ty)?;
        Ok(power)
    }
}

fn extension(signed: bool) -> &'static str {
    if signed { "arith.extsi" } else { "arith.extui" }
}

/// A product of 64-bit integers, and whether it fits.
fn multiplied<'c, 'm>(
    b: &Builder<'c, 'm>,
    left: Value<'c, 'm>,
    right: Value<'c, 'm>,
    signed: bool,
) -> (Value<'c, 'm>, Value<'c, 'm>) {
    let (wide, double) = (b.int_type(64), b.int_type(128));
    let [left, right] = [left, right].map(|part| b.value(extension(signed), &[part], double));
    let exact = b.value("arith.muli", &[left, right], double);
    let product = b.value("arith.trunci", &[exact], wide);
    let again = b.value(extension(signed), &[product], double);
    (product, b.compare_ints("eq", again, exact))
}

/// As [`power_body`], with whether all products fitted that are part of the result.
fn checked_power_body<'c>(b: &mut Builder<'c, '_>, signed: bool) {
    let outer = *b;
    let argument = |at| {
        let argument = outer.block.argument(at);
        Value::from(argument.expect("the function has two parameters"))
    };
    let (base, exponent) = (argument(0), argument(1));
    let (wide, bit) = (b.int_type(64), b.int_type(1));
    let (zero, one, fits) = (b.int(0, wide), b.int(1, wide), b.bool(true));
    let types = [wide, wide, wide, bit, bit];
    let start = [base, exponent, one, fits, fits];
    let op = b.structured("scf.while", &start, &types, &[], 2);
    let state = b.enter(op, 0, &types);
    let more = b.compare_ints("sgt", state[1], zero);
    let forward = [&[more], state.as_slice()].concat();
    b.op("scf.condition", &forward, &[]);
    let state = b.enter(op, 1, &types);
    let lowest = b.value("arith.andi", &[state[1], one], wide);
    let odd = b.compare_ints("ne", lowest, zero);
    let (product, product_fits) = multiplied(b, state[2], state[0], signed);
    let both = b.value("arith.andi", &[state[3], product_fits], bit);
    let after = b.value("arith.andi", &[state[4], both], bit);
    let (square, square_fits) = multiplied(b, state[0], state[0], signed);
    let next = [
        square,
        b.value("arith.shrsi", &[state[1], one], wide),
        b.select(odd, product, state[2]),
        b.value("arith.andi", &[state[3], square_fits], bit),
        b.select(odd, after, state[4]),
    ];
    b.op("scf.yield", &next, &[]);
    *b = outer;
    let results = b.results_of(op);
    b.op("func.return", &[results[2], results[4]], &[]);
}

/// ```text
/// result = 1
/// while exponent > 0: result *= base if exponent & 1; base *= base; exponent >>= 1
/// ```
fn power_body<'c>(b: &mut Builder<'c, '_>, wide: Type<'c>) {
    let outer = *b;
    let argument = |at| {
        let argument = outer.block.argument(at);
        Value::from(argument.expect("the function has two parameters"))
    };
    let (base, exponent) = (argument(0), argument(1));
    let (zero, one) = (b.int(0, wide), b.int(1, wide));
    let types = [wide, wide, wide];
    let op = b.structured("scf.while", &[base, exponent, one], &types, &[], 2);
    let state = b.enter(op, 0, &types);
    let more = b.compare_ints("sgt", state[1], zero);
    b.op("scf.condition", &[more, state[0], state[1], state[2]], &[]);
    let state = b.enter(op, 1, &types);
    let bit = b.value("arith.andi", &[state[1], one], wide);
    let odd = b.compare_ints("ne", bit, zero);
    let product = b.value("arith.muli", &[state[2], state[0]], wide);
    let product = b.select(odd, product, state[2]);
    let square = b.value("arith.muli", &[state[0], state[0]], wide);
    let half = b.value("arith.shrsi", &[state[1], one], wide);
    b.op("scf.yield", &[square, half, product], &[]);
    *b = outer;
    let result = b.results_of(op)[2];
    b.op("func.return", &[result], &[]);
}
