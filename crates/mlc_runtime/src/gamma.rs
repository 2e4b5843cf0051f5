//! `gamma` and `lgamma` where `pxfm` is not exact: signs of zeros, the ends of the range, and near the zeros of `lgamma`.

use crate::lgamma_zeros::{ZEROS, Zero};

/// The gamma function; infinite at zero, with its sign, and NaN at negative integers.
pub fn tgamma(x: f64) -> f64 {
    if x.abs() < 1e-17 {
        return 1.0 / x;
    }
    if x > 171.6235 && x < 171.625 {
        return just_in_range(x);
    }
    let is_pole = x < 0.0 && x == x.floor();
    if x > -20.0 && x < 30.0 && !is_pole {
        return by_recurrence(x);
    }
    let value = pxfm::f_tgamma(x);
    if value != 0.0 {
        return value;
    }
    // What underflows keeps the sign that the function has there: it changes at every negative integer.
    if x.floor() % 2.0 == 0.0 { 0.0 } else { -0.0 }
}

/// A number as a sum of two (Dekker, A Floating-Point Technique for Extending the Available Precision, 1971).
#[derive(Clone, Copy)]
struct Sum(f64, f64);

impl Sum {
    fn of(a: f64, b: f64) -> Sum {
        let sum = a + b;
        let from_b = sum - a;
        Sum(sum, (a - (sum - from_b)) + (b - from_b))
    }

    fn plus(self, other: Sum) -> Sum {
        let Sum(high, low) = Sum::of(self.0, other.0);
        Sum::of(high, low + (self.1 + other.1))
    }

    fn times(self, other: Sum) -> Sum {
        let product = self.0 * other.0;
        let lost = self.0.mul_add(other.0, -product);
        Sum::of(product, lost + (self.0 * other.1 + self.1 * other.0))
    }

    fn over(self, other: Sum) -> f64 {
        let quotient = self.0 / other.0;
        let rest = (-quotient).mul_add(other.0, self.0) + (self.1 - quotient * other.1);
        quotient + rest / other.0
    }
}

/// The Taylor series of the gamma function at 2.5; the first terms as sums.
const FIRST: [Sum; 6] = [
    Sum(1.329340388179137, -1.9882475174356644e-18),
    Sum(0.9347345216260855, 3.2748034287203854e-17),
    Sum(0.6545585779813368, 1.778589305524669e-18),
    Sum(0.2538712468411429, -2.1731472342026454e-17),
    Sum(0.1096732340021601, 2.9941119355684398e-18),
    Sum(0.028360780594840238, -3.232709727081833e-19),
];
const REST: [f64; 23] = [
    0.01039240342591023,
    0.001607400484878594,
    0.0007544741287691755,
    3.941785559266295e-06,
    6.132997513421745e-05,
    -1.2801653963139646e-05,
    7.253888627002649e-06,
    -2.5602441271716044e-06,
    1.0821483256950238e-06,
    -4.253428963750673e-07,
    1.7154210278850256e-07,
    -6.85194385406687e-08,
    2.744703347695595e-08,
    -1.0981405186094033e-08,
    4.394373022367195e-09,
    -1.7581398835738125e-09,
    7.033822909651249e-10,
    -2.8138741638655143e-10,
    1.1256500282415303e-10,
    -4.502885175499661e-11,
    1.801235724892427e-11,
    -7.205176079049684e-12,
    2.882137084246863e-12,
];

/// From its values between 2 and 3, by gamma(x + 1) = x gamma(x).
fn by_recurrence(x: f64) -> f64 {
    let steps = x.floor() - 2.0;
    let near = Sum::of(x, -steps);
    let t = near.plus(Sum(-2.5, 0.0));
    let rest = REST.iter().rev().fold(0.0, |sum, term| sum * t.0 + term);
    let base = FIRST
        .iter()
        .rev()
        .fold(Sum(rest, 0.0), |sum, term| sum.times(t).plus(*term));
    let mut factors = Sum(1.0, 0.0);
    let shift = |from: f64| move |k: i32| Sum::of(from, f64::from(k));
    if steps >= 0.0 {
        // x - 1, x - 2, … down to what was near 2.
        let down = shift(x);
        (1..=steps as i32).for_each(|k| factors = factors.times(down(-k)));
        let value = base.times(factors);
        return value.0 + value.1;
    }
    let up = shift(x);
    (0..-steps as i32).for_each(|k| factors = factors.times(up(k)));
    base.over(factors)
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
