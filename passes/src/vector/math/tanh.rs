//! `tanh` of `f32`, by way of `f64`: (e - 1) / (e + 1) with e = exp(2 x), and x - x^3 / 3 where that would cancel.

use super::{
    exp::exp,
    lanes::{Compare, Lanes},
};
use mlc_mlir::rewrite::Val;

/// tanh, within 1 ULP.
pub fn tanh_32<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let wide = lanes.with_bits(64);
    // Beyond 10 the result is 1.
    let w = lanes.widen(lanes.clamp(x, -10.0, 10.0));
    let e = exp(&wide, wide.add(w, w));
    let one = wide.float(1.0);
    let direct = wide.div(wide.sub(e, one), wide.add(e, one));
    let cube = wide.mul(wide.mul(w, w), w);
    let series = wide.fma(cube, wide.float(-1.0 / 3.0), w);
    let small = wide.compare(Compare::Less, wide.abs(w), wide.float(1.0 / 1024.0));
    let result = lanes.narrow(wide.select(small, series, direct));
    // The series would lose the sign of -0; NaN was bounded above.
    let zero = lanes.compare(Compare::Equal, x, lanes.float(0.0));
    let itself = lanes.masks("arith.ori", zero, lanes.is_nan(x));
    lanes.select(itself, x, result)
}
