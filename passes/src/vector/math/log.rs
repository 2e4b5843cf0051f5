//! `log`, `log2`, `log10` and `log1p`.
//!
//! x = 2^k m with sqrt(1/2) <= m < sqrt(2). In `f64` log(m) = 2 atanh(s) with s = (m - 1) / (m + 1), summed as Sun's
//! fdlibm sums it (e_log.c, 1993); in `f32` log(1 + f) = f - f^2 / 2 + f^3 p(f), as Moshier's Cephes does (logf.c).
//! The polynomials are interpolated at Chebyshev nodes.

use super::lanes::{Compare, Lanes};
use mlc_mlir::rewrite::Val;

/// (2 atanh(s) - 2 s) / s^3 in z = s^2, where |s| <= 3 - 2 sqrt(2); within 2^-51, which s^3 makes 2^-59.
const ATANH_64: &[f64] = &[
    0.666666666666667,
    0.399999999998992,
    0.2857142862611452,
    0.22222211112104948,
    0.1818289077802613,
    0.15331666676597175,
    0.146171283998073,
];

/// (log(1 + f) - f + f^2 / 2) / f^3, within 2^-25.
const LOG1P_32: &[f64] = &[
    0.3333333134651184,
    -0.2499999701976776,
    0.20000715553760529,
    -0.1666780263185501,
    0.14249058067798615,
    -0.12425687164068222,
    0.11685419827699661,
    -0.11479733884334564,
    0.06971611827611923,
];

/// x = 2^k m: k as a float, and m - 1. Any bits for what is not positive and finite.
fn split<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> (Val<'c, 'a>, Val<'c, 'a>) {
    let stored = lanes.stored_bits();
    let (smallest, sqrt_half) = if lanes.bits == 32 {
        (
            f64::from(f32::MIN_POSITIVE),
            i64::from(std::f32::consts::FRAC_1_SQRT_2.to_bits()),
        )
    } else {
        (
            f64::MIN_POSITIVE,
            std::f64::consts::FRAC_1_SQRT_2.to_bits() as i64,
        )
    };
    // Subnormals get a full significand first.
    let subnormal = lanes.compare(Compare::Less, x, lanes.float(smallest));
    let normal = lanes.mul(x, lanes.float(((stored + 2) as f64).exp2()));
    let normal = lanes.select(subnormal, normal, x);
    let bits = lanes.bits_of(normal);
    let k = lanes.ints("arith.subi", bits, lanes.int(sqrt_half));
    let k = lanes.ints("arith.shrsi", k, lanes.int(stored));
    let m = lanes.ints(
        "arith.subi",
        bits,
        lanes.ints("arith.shli", k, lanes.int(stored)),
    );
    let m = lanes.float_of_bits(m);
    let k = lanes.int_to_float(k);
    let less = lanes.sub(k, lanes.float((stored + 2) as f64));
    let k = lanes.select(subnormal, less, k);
    (k, lanes.sub(m, lanes.float(1.0)))
}

/// The results where x is not positive and finite.
fn specials<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>, result: Val<'c, 'a>) -> Val<'c, 'a> {
    let zero = lanes.float(0.0);
    let infinity = lanes.float(f64::INFINITY);
    let finite = lanes.compare(Compare::Less, x, infinity);
    // NaN and infinity are their own logarithms.
    let result = lanes.select(finite, result, x);
    let negative = lanes.compare(Compare::Less, x, zero);
    let result = lanes.select(negative, lanes.float(f64::NAN), result);
    let is_zero = lanes.compare(Compare::Equal, x, zero);
    lanes.select(is_zero, lanes.float(f64::NEG_INFINITY), result)
}

/// log, within 1 ULP.
pub fn log<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let (k, f) = split(lanes, x);
    let result = if lanes.bits == 32 {
        let p = lanes.polynomial(f, LOG1P_32);
        let square = lanes.mul(f, f);
        let tail = lanes.mul(lanes.mul(square, f), p);
        let tail = lanes.fma(k, lanes.float(1.428606765330187e-06), tail);
        let tail = lanes.fma(square, lanes.float(-0.5), tail);
        // The high part of ln 2 has 15 bits: its product with k is exact.
        lanes.fma(k, lanes.float(0.693145751953125), lanes.add(f, tail))
    } else {
        natural_64(lanes, k, f)
    };
    specials(lanes, x, result)
}

/// k ln 2 + log(1 + f).
fn natural_64<'c, 'a>(lanes: &Lanes<'c, 'a>, k: Val<'c, 'a>, f: Val<'c, 'a>) -> Val<'c, 'a> {
    let s = lanes.div(f, lanes.add(lanes.float(2.0), f));
    let z = lanes.mul(s, s);
    let r = lanes.mul(z, lanes.polynomial(z, ATANH_64));
    let half_square = lanes.mul(lanes.mul(f, f), lanes.float(0.5));
    let low = lanes.mul(k, lanes.float(1.9082149292705877e-10));
    let inner = lanes.fma(s, lanes.add(half_square, r), low);
    let tail = lanes.sub(lanes.sub(half_square, inner), f);
    lanes.sub(lanes.mul(k, lanes.float(0.693_147_180_369_123_8)), tail)
}

/// A logarithm of `f32` to another base, by way of `f64`: `factor` is 1 / ln(base), `exponent` the logarithm of 2.
/// Within 1 ULP.
pub fn log_base_32<'c, 'a>(
    lanes: &Lanes<'c, 'a>,
    x: Val<'c, 'a>,
    factor: f64,
    exponent: f64,
) -> Val<'c, 'a> {
    let wide = lanes.with_bits(64);
    let (k, f) = split(&wide, lanes.widen(x));
    let zero = wide.float(0.0);
    let natural = natural_64(&wide, zero, f);
    let result = wide.fma(
        k,
        wide.float(exponent),
        wide.mul(natural, wide.float(factor)),
    );
    specials(lanes, x, lanes.narrow(result))
}

/// log2 of positive, finite and normal `f64`, within some ULP.
pub fn log2_core<'c, 'a>(wide: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let (k, f) = split(wide, x);
    let natural = natural_64(wide, wide.float(0.0), f);
    wide.fma(natural, wide.float(std::f64::consts::LOG2_E), k)
}

/// log1p of `f32`, within 1 ULP, by way of `f64`, where 1 + x is exact but for tiny x.
pub fn log1p_32<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let wide = lanes.with_bits(64);
    let w = lanes.widen(x);
    let direct = log(&wide, wide.add(wide.float(1.0), w));
    let series = wide.fma(wide.mul(w, w), wide.float(-0.5), w);
    let small = wide.compare(Compare::Less, wide.abs(w), wide.float(1.0 / 8192.0));
    lanes.narrow(wide.select(small, series, direct))
}
