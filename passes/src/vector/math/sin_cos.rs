//! `sin`, `cos` and `tan`.
//!
//! x = n pi/2 + r with pi/2 in two or three parts (Cody and Waite 1980, chapter 8), |r| <= pi/4; the kernels are sums
//! as in Sun's fdlibm (k_sin.c, k_cos.c, 1993) over polynomials interpolated at Chebyshev nodes. Arguments beyond
//! `LIMIT` are left to the C library, which reduces them by Payne and Hanek's method.

use super::lanes::{Compare, Lanes};
use mlc_mlir::rewrite::Val;

/// (sin(r) - r) / r^3 and (cos(r) - 1 + r^2 / 2) / r^4 in r^2, for |r| <= pi/4: within 2^-55 and 2^-59.
const SIN_64: &[f64] = &[
    -0.16666666666666666,
    0.008333333333330946,
    -0.0001984126983675497,
    2.755731610068303e-06,
    -2.5051131455427946e-08,
    1.591810123027412e-10,
];
const COS_64: &[f64] = &[
    0.041666666666666664,
    -0.0013888888888887395,
    2.4801587298763433e-05,
    -2.7557317270560326e-07,
    2.0876146024689747e-09,
    -1.1382614868556325e-11,
];

/// The same for `f32`: within 2^-35 and 2^-38.
const SIN_32: &[f64] = &[
    -0.1666666716337204,
    0.008333331905305386,
    -0.00019840085587929934,
    2.7249864160694415e-06,
];
const COS_32: &[f64] = &[
    0.0416666679084301,
    -0.00138888880610466,
    2.480059993104078e-05,
    -2.7300907845528855e-07,
];

/// pi/2 in parts of 53 bits each.
const HALF_PI: [f64; 3] = [
    std::f64::consts::FRAC_PI_2,
    6.123233995736766e-17,
    -1.4973849048591698e-33,
];

/// Up to this magnitude the reduction here is exact enough.
pub fn limit(bits: u32) -> f64 {
    if bits == 32 { 1e8 } else { 1e5 }
}

/// An argument in terms of quarter turns.
struct Reduced<'c, 'a> {
    /// The number of quarter turns, as integers of the lanes' width.
    quarters: Val<'c, 'a>,
    r: Val<'c, 'a>,
    /// What rounding took from r; `f64` only.
    lost: Option<Val<'c, 'a>>,
}

fn reduce<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Reduced<'c, 'a> {
    if lanes.bits == 32 {
        // In f64 two parts are exact enough for every f32 up to the limit.
        let wide = lanes.with_bits(64);
        let w = lanes.widen(x);
        let (n, quarters) = wide.scaled_round(w, std::f64::consts::FRAC_2_PI);
        let minus_n = wide.neg(n);
        let r = wide.fma(minus_n, wide.float(HALF_PI[0]), w);
        let r = wide.fma(minus_n, wide.float(HALF_PI[1]), r);
        return Reduced {
            quarters: lanes.narrow_ints(quarters),
            r: lanes.narrow(r),
            lost: None,
        };
    }
    let (n, quarters) = lanes.scaled_round(x, std::f64::consts::FRAC_2_PI);
    let minus_n = lanes.neg(n);
    // Exact: the difference is a small multiple of the last place of both.
    let first = lanes.fma(minus_n, lanes.float(HALF_PI[0]), x);
    let part = lanes.float(HALF_PI[1]);
    let product = lanes.mul(minus_n, part);
    let product_lost = lanes.fma(minus_n, part, lanes.neg(product));
    let (r, lost) = lanes.two_sum(first, product);
    let lost = lanes.add(lost, product_lost);
    let lost = lanes.fma(minus_n, lanes.float(HALF_PI[2]), lost);
    Reduced {
        quarters,
        r,
        lost: Some(lost),
    }
}

/// sin(r) and cos(r).
fn kernels<'c, 'a>(lanes: &Lanes<'c, 'a>, reduced: &Reduced<'c, 'a>) -> (Val<'c, 'a>, Val<'c, 'a>) {
    let r = reduced.r;
    let z = lanes.mul(r, r);
    let (sin, cos) = if lanes.bits == 32 {
        (SIN_32, COS_32)
    } else {
        (SIN_64, COS_64)
    };
    let sin = lanes.mul(z, lanes.polynomial(z, sin));
    let mut sin = lanes.mul(sin, r);
    let half = lanes.mul(z, lanes.float(0.5));
    let one = lanes.float(1.0);
    let head = lanes.sub(one, half);
    // What rounding took from 1 - z/2.
    let mut tail = lanes.sub(lanes.sub(one, head), half);
    let cos = lanes.mul(lanes.mul(z, z), lanes.polynomial(z, cos));
    if let Some(lost) = reduced.lost {
        // sin(r + lost) = sin(r) + lost cos(r), cos(r + lost) = cos(r) - lost sin(r).
        sin = lanes.add(sin, lanes.mul(lost, head));
        tail = lanes.sub(tail, lanes.mul(lost, r));
    }
    let sin = lanes.add(r, sin);
    let cos = lanes.add(head, lanes.add(tail, cos));
    (sin, cos)
}

/// sin of arguments up to the limit: within 1 ULP, 2 in `f32`. `turns` quarter turns ahead: 1 gives cos.
pub fn sine_ahead<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>, turns: i64) -> Val<'c, 'a> {
    let bounded = inside(lanes, x);
    let reduced = reduce(lanes, bounded);
    let (sin, cos) = kernels(lanes, &reduced);
    let quarters = if turns == 0 {
        reduced.quarters
    } else {
        lanes.ints("arith.addi", reduced.quarters, lanes.int(turns))
    };
    let odd = lanes.is_set(lanes.ints("arith.andi", quarters, lanes.int(1)));
    let value = lanes.select(odd, cos, sin);
    let sign = lanes.ints("arith.andi", quarters, lanes.int(2));
    let to_top = i64::from(lanes.bits) - 2;
    let value = lanes.flip_sign(value, lanes.ints("arith.shli", sign, lanes.int(to_top)));
    if turns == 0 {
        // The sum of 0 and -0 would lose the sign.
        let zero = lanes.compare(Compare::Equal, x, lanes.float(0.0));
        lanes.select(zero, x, value)
    } else {
        value
    }
}

/// tan of `f32` up to the limit, by way of `f64`, within 1 ULP.
pub fn tan_32<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let wide = lanes.with_bits(64);
    let w = lanes.widen(inside(lanes, x));
    let (n, quarters) = wide.scaled_round(w, std::f64::consts::FRAC_2_PI);
    let minus_n = wide.neg(n);
    let r = wide.fma(minus_n, wide.float(HALF_PI[0]), w);
    let r = wide.fma(minus_n, wide.float(HALF_PI[1]), r);
    let (sin, cos) = kernels(
        &wide,
        &Reduced {
            quarters,
            r,
            lost: None,
        },
    );
    let odd = wide.is_set(wide.ints("arith.andi", quarters, wide.int(1)));
    let above = wide.select(odd, wide.neg(cos), sin);
    let below = wide.select(odd, sin, cos);
    let value = lanes.narrow(wide.div(above, below));
    let zero = lanes.compare(Compare::Equal, x, lanes.float(0.0));
    lanes.select(zero, x, value)
}

/// x, and 0 in lanes that the reduction here is not for.
fn inside<'c, 'a>(lanes: &Lanes<'c, 'a>, x: Val<'c, 'a>) -> Val<'c, 'a> {
    let limit = lanes.float(limit(lanes.bits));
    let fits = lanes.compare(Compare::LessEqual, lanes.abs(x), limit);
    lanes.select(fits, x, lanes.float(0.0))
}
