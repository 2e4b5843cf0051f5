//! `exp`, `exp2` and `expm1`.
//!
//! exp(x) = 2^k exp(r) with k = round(x / ln 2) and r = x - k ln 2 in two parts, |r| <= ln 2 / 2
//! (Cody and Waite, Software Manual for the Elementary Functions, 1980, chapter 6); exp(r) = 1 + r + r^2 q(r) with q
//! interpolated at Chebyshev nodes (Muller, Elementary Functions, 3rd ed., chapter 3).

use super::lanes::{Compare, Lanes};
use mlc_mlir::rewrite::Val;

/// (exp(r) - 1 - r) / r^2 on |r| <= ln 2 / 2, within 2^-59.
const Q_64: &[f64] = &[
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326136,
    0.0013888888888883748,
    0.00019841269874820627,
    2.4801587325547743e-05,
    2.7557255400206422e-06,
    2.75572736431103e-07,
    2.5105217004720745e-08,
    2.0914686968086876e-09,
];

/// The same within 2^-29, for `f32`.
const Q_32: &[f64] = &[
    0.5,
    0.1666666716337204,
    0.04166646674275398,
    0.00833331048488617,
    0.0013933649752289057,
    0.00019890991097781807,
];

/// ln 2 = high + low; the product of the high part and any k is exact.
fn ln_2(bits: u32) -> (f64, f64) {
    if bits == 32 {
        (0.693115234375, 3.194618329871446e-05)
    } else {
        (0.6931471805582987, 1.6465949582897082e-12)
    }
}

/// exp, within 1 ULP.
pub fn exp<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    // Beyond the bounds the result is zero or infinite.
    let (lower, upper) = if lanes.bits == 32 {
        (-104.0, 89.0)
    } else {
        (-746.0, 710.0)
    };
    let bounded = lanes.clamp(x, lower, upper);
    let (k, power) = lanes.scaled_round(bounded, std::f64::consts::LOG2_E);
    let (high, low) = ln_2(lanes.bits);
    let minus_k = lanes.neg(k);
    let high = lanes.fma(minus_k, lanes.float(high), bounded);
    let r = lanes.fma(minus_k, lanes.float(low), high);
    // What rounding took from r.
    let lost = lanes.fma(minus_k, lanes.float(low), lanes.sub(high, r));
    let result = lanes.scale_by_power(one_plus(lanes, r, lost), power);
    lanes.select(lanes.is_nan(x), x, result)
}

/// exp2, within 1 ULP.
pub fn exp2<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let (lower, upper) = if lanes.bits == 32 {
        (-150.0, 128.0)
    } else {
        (-1076.0, 1024.0)
    };
    let bounded = lanes.clamp(x, lower, upper);
    let (k, power) = lanes.scaled_round(bounded, 1.0);
    let fraction = lanes.sub(bounded, k);
    // fraction * ln 2 as a product and what rounding took from it.
    let (ln_2_high, ln_2_low) = if lanes.bits == 32 {
        let high = f64::from(std::f32::consts::LN_2);
        (high, std::f64::consts::LN_2 - high)
    } else {
        (std::f64::consts::LN_2, 2.3190468138462996e-17)
    };
    let high = lanes.float(ln_2_high);
    let r = lanes.mul(fraction, high);
    let lost = lanes.fma(fraction, high, lanes.neg(r));
    let lost = lanes.fma(fraction, lanes.float(ln_2_low), lost);
    let result = lanes.scale_by_power(one_plus(lanes, r, lost), power);
    lanes.select(lanes.is_nan(x), x, result)
}

/// exp(r + lost) for a small r.
fn one_plus<'c, 'a>(lanes: &Lanes<'c, 'a>, r: Val<'c, 'a>, lost: Val<'c, 'a>) -> Val<'c, 'a> {
    let q = lanes.polynomial(r, if lanes.bits == 32 { Q_32 } else { Q_64 });
    let tail = lanes.fma(lanes.mul(r, r), q, lost);
    lanes.add(lanes.float(1.0), lanes.add(r, tail))
}

/// expm1 of `f32`, within 1 ULP, by way of `f64`.
pub fn expm1_32<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let wide = lanes.with_bits(64);
    let w = lanes.widen(x);
    let direct = wide.sub(exp(&wide, w), wide.float(1.0));
    // x + x^2 / 2, where the subtraction would leave little.
    let series = wide.fma(wide.mul(w, w), wide.float(0.5), w);
    let small = wide.compare(Compare::Less, wide.abs(w), wide.float(1.0 / 8192.0));
    // The series would lose the sign of -0.
    let zero = lanes.compare(Compare::Equal, x, lanes.float(0.0));
    lanes.select(zero, x, lanes.narrow(wide.select(small, series, direct)))
}
