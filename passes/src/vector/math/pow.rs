//! `pow` of `f32`, by way of `f64`: 2^(y log2 x), whose error is far below the last place of `f32`.
//!
//! Bases that are not positive and finite, and exponents that are not finite, are left to the C library, which knows
//! the special cases of IEEE 754 section 9.2.

use super::{
    exp::exp2,
    lanes::{Compare, Lanes},
    log::log2_core,
};
use mlc_mlir::rewrite::Val;

/// pow for a positive and finite x and a finite y, within 1 ULP.
pub fn pow_32<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>, y: Val<'c, 'a>) -> Val<'c, 'a> {
    let wide = lanes.with_bits(64);
    let logarithm = log2_core(&wide, lanes.widen(x));
    let exponent = wide.mul(lanes.widen(y), logarithm);
    lanes.narrow(exp2(&wide, exponent))
}

/// The lanes for which `pow_32` is right.
pub fn is_ordinary<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>, y: Val<'c, 'a>) -> Val<'c, 'a> {
    let infinity = lanes.float(f64::INFINITY);
    let positive = lanes.compare(Compare::Greater, x, lanes.float(0.0));
    let finite = lanes.compare(Compare::Less, x, infinity);
    let exponent = lanes.compare(Compare::Less, lanes.abs(y), infinity);
    lanes.masks(
        "arith.andi",
        lanes.masks("arith.andi", positive, finite),
        exponent,
    )
}
