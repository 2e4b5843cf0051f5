//! Powers of integers.

use melior::ir::{BlockLike, Type, Value};

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
