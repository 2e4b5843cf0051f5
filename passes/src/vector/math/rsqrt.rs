//! `rsqrt` of `f64`: 1 / sqrt(x) and one correction for what both roundings lost.
//!
//! With s = sqrt(x) (1 + d) and y = 1 / s (1 + e), the remainders s^2 - x and 1 - y s are exact by fused multiply-adds
//! and give d and e to first order (Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed., section 4.8). The
//! two roundings alone may lose 1.5 ULP.

use super::lanes::{Compare, Lanes};
use mlc_mlir::rewrite::Val;

/// rsqrt, within 0.51 ULP.
pub fn rsqrt_64<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let one = lanes.float(1.0);
    let power = |exponent| lanes.float(f64::powi(2.0, exponent));
    // The remainder of a tiny root would underflow.
    let tiny = lanes.compare(Compare::Less, x, power(-900));
    let scaled = lanes.select(tiny, lanes.mul(x, power(108)), x);
    let root = lanes.sqrt(scaled);
    let y = lanes.div(one, root);
    let root_error = lanes.fma(root, root, lanes.neg(scaled));
    let division_error = lanes.fma(lanes.neg(y), root, one);
    let half = lanes.mul(lanes.mul(root_error, lanes.float(0.5)), y);
    let relative = lanes.fma(half, y, division_error);
    let corrected = lanes.fma(y, relative, y);
    // Of zero, infinity and what is negative the first result stands.
    let finite = lanes.compare(Compare::Less, y, lanes.float(f64::INFINITY));
    let positive = lanes.compare(Compare::Greater, y, lanes.float(0.0));
    let usual = lanes.masks("arith.andi", finite, positive);
    let result = lanes.select(usual, corrected, y);
    lanes.mul(result, lanes.select(tiny, power(54), one))
}
