//! `gamma` and `lgamma` where `pxfm` is not exact: signs of zeros, the ends of the range, and near the zeros of `lgamma`.

use crate::lgamma_zeros::{ZEROS, Zero};

/// The gamma function; infinite at zero, with its sign, and NaN at negative integers.
pub fn tgamma(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0 / x;
    }
    if x > 171.6235 && x < 171.625 {
        return just_in_range(x);
    }
    let value = pxfm::f_tgamma(x);
    if value != 0.0 {
        return value;
    }
    // What underflows keeps the sign that the function has there: it changes at every negative integer.
    if x.floor() % 2.0 == 0.0 { 0.0 } else { -0.0 }
}

/// The Taylor series at 171.624, for the arguments just below those whose result is infinite.
fn just_in_range(x: f64) -> f64 {
    const AT: f64 = 171.624;
    const VALUE: [f64; 2] = [1.7942117599248104e308, -1.759878666783849e291];
    /// The derivatives over the factorials and the value.
    const TERMS: [f64; 6] = [
        5.14238986277705,
        13.225008599915387,
        22.67939455456027,
        29.175870971207885,
        30.033201841877705,
        25.768756891599057,
    ];
    let d = x - AT;
    let sum = TERMS.iter().rev().fold(0.0, |sum, term| (sum + term) * d);
    VALUE[0] + VALUE[0].mul_add(sum, VALUE[1])
}

/// log |gamma(x)|; infinite at zero and at negative integers.
pub fn lgamma(x: f64) -> f64 {
    if x > 1e300 {
        return huge(x);
    }
    if (-15.5..-2.4).contains(&x)
        && let Some(zero) = ZEROS
            .iter()
            .find(|zero| (x - zero.at[0]).abs() < zero.radius)
    {
        return near_zero(zero, x);
    }
    pxfm::f_lgamma(x)
}

/// x (log x - 1), which is all that is left of Stirling's formula.
fn huge(x: f64) -> f64 {
    if x.is_infinite() {
        return x;
    }
    let exponent = ((x.to_bits() >> 52) as f64) - 1023.0;
    let significand = f64::from_bits(x.to_bits() & (u64::MAX >> 12) | 1.0_f64.to_bits());
    // The logarithm of 2 in two parts; the product of the first with an exponent is exact.
    let head = exponent * 0.693_147_180_369_123_8 - 1.0;
    let rest = exponent.mul_add(1.9082149292705877e-10, pxfm::f_log(significand));
    let logarithm = head + rest;
    let lost = rest - (logarithm - head);
    let product = x * logarithm;
    if product.is_infinite() {
        return product;
    }
    product + (x.mul_add(logarithm, -product) + x * lost)
}

fn near_zero(zero: &Zero, x: f64) -> f64 {
    // The first difference is exact.
    let far = x - zero.at[0];
    let d = far - zero.at[1];
    let lost = ((far - d) - zero.at[1]) - zero.at[2];
    let product = zero.slope[0] * d;
    let tail = zero.slope[0].mul_add(d, -product) + (zero.slope[0] * lost + zero.slope[1] * d);
    let rest = zero.rest.iter().rev().fold(0.0, |sum, term| sum * d + term);
    product + (d * d).mul_add(rest, tail)
}
