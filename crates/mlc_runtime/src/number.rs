//! Operations on numbers that take more than a few instructions, with CPython's results.

use crate::error;
use crate::kind::{OVERFLOW_ERROR, VALUE_ERROR};

/// The decimal exponent of the first digit of a finite number that is not zero.
fn decimal_exponent(value: f64) -> i32 {
    let text = format!("{value:e}");
    let exponent = text.split_once('e').map(|(_, exponent)| exponent);
    exponent.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// `round(value, digits)`: correctly rounded, ties to even (`double_round` in CPython's `floatobject.c`).
fn rounded(value: f64, digits: i64, most_digits: i64) -> String {
    let exponent = i64::from(decimal_exponent(value));
    if digits >= 0 {
        // Rust rounds the exact value, ties to even.
        return format!("{value:.0$}", digits.min(most_digits) as usize);
    }
    let kept = exponent + 1 + digits;
    match kept {
        1.. => format!("{value:.0$e}", (kept - 1) as usize),
        // Half of the unit or more: a tie goes to zero, which is even.
        0 if value.abs() > half_of_unit(digits) => {
            let sign = if value < 0.0 { "-" } else { "" };
            format!("{sign}1e{}", -digits)
        }
        _ => if value < 0.0 { "-0.0" } else { "0.0" }.to_owned(),
    }
}

/// Half of ten to the power `-digits`.
fn half_of_unit(digits: i64) -> f64 {
    format!("5e{}", -digits - 1)
        .parse()
        .unwrap_or(f64::INFINITY)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_round_f64(value: f64, digits: i64) -> f64 {
    /// No `f64` has more digits behind its point than that.
    const MOST: i64 = 1100;
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    rounded(value, digits, MOST).parse().unwrap_or(value)
}

/// At its own width: the result is the `f32` nearest to the decimal number.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_round_f32(value: f32, digits: i64) -> f32 {
    const MOST: i64 = 160;
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    rounded(value.into(), digits, MOST).parse().unwrap_or(value)
}

/// `round(value, digits)` of an integer: to a multiple of a power of ten, ties to the even one. Wraps.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_round_i64(value: i64, digits: i64) -> i64 {
    if digits >= 0 {
        return value;
    }
    let Some(unit) = u32::try_from(-i128::from(digits))
        .ok()
        .and_then(|power| 10_i128.checked_pow(power))
    else {
        return 0;
    };
    let value = i128::from(value);
    let (below, rest) = (value.div_euclid(unit), value.rem_euclid(unit));
    let up = match (2 * rest).cmp(&unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => below % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    ((below + i128::from(up)) * unit) as i64
}

/// `a / b` rounded once; `b` is not zero.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_divide_i64(a: i64, b: i64) -> f64 {
    let magnitude = quotient(a.unsigned_abs(), b.unsigned_abs());
    if (a < 0) != (b < 0) {
        -magnitude
    } else {
        magnitude
    }
}

/// `a / b` rounded once; `b` is not zero.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_divide_u64(a: u64, b: u64) -> f64 {
    quotient(a, b)
}

fn quotient(a: u64, b: u64) -> f64 {
    const EXACT: u64 = 1 << 53;
    if b == 0 || (a <= EXACT && b <= EXACT) {
        return a as f64 / b as f64;
    }
    // 62 bits or more of quotient, and a bit that says whether something was cut off, round as the exact quotient does.
    let shift = 63 + a.leading_zeros() - b.leading_zeros();
    let (wide, b) = (u128::from(a) << shift, u128::from(b));
    let sticky = (wide / b) | u128::from(wide % b != 0);
    sticky as f64 / f64::powi(2.0, shift as i32)
}

/// `pow(base, exponent, modulus)`; `ValueError` for a modulus of zero or a base without an inverse.
///
/// # Safety
/// `out` must point to where a number may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_pow_mod(
    out: *mut i64,
    base: i64,
    exponent: i64,
    modulus: i64,
) -> i32 {
    if modulus == 0 {
        return error::raise(VALUE_ERROR, "pow() 3rd argument cannot be 0");
    }
    let size = i128::from(modulus).abs();
    let mut factor = i128::from(base).rem_euclid(size);
    if exponent < 0 {
        match inverse(factor, size) {
            Some(inverse) => factor = inverse,
            None => {
                let message = "base is not invertible for the given modulus";
                return error::raise(VALUE_ERROR, message);
            }
        }
    }
    let mut left = exponent.unsigned_abs();
    let mut result = 1 % size;
    while left > 0 {
        if left & 1 == 1 {
            result = result * factor % size;
        }
        factor = factor * factor % size;
        left >>= 1;
    }
    // The result has the sign of the modulus.
    if modulus < 0 && result > 0 {
        result -= size;
    }
    let Ok(result) = i64::try_from(result) else {
        return error::raise(OVERFLOW_ERROR, "the result does not fit 64 bits");
    };
    // SAFETY: the caller vouches for `out`.
    unsafe { *out = result };
    0
}

/// The extended algorithm of Euclid.
fn inverse(value: i128, modulus: i128) -> Option<i128> {
    let (mut old, mut new) = (value, modulus);
    let (mut old_factor, mut new_factor) = (1, 0);
    while new != 0 {
        let quotient = old / new;
        (old, new) = (new, old - quotient * new);
        (old_factor, new_factor) = (new_factor, old_factor - quotient * new_factor);
    }
    (old == 1).then(|| old_factor.rem_euclid(modulus))
}

/// Real and imaginary part.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    const ONE: Complex = Complex { re: 1.0, im: 0.0 };

    fn times(self, other: Complex) -> Complex {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    /// Smith's quotient (`_Py_c_quot`); by zero it is no number.
    fn divided_by(self, other: Complex) -> Complex {
        if other.re.abs() >= other.im.abs() {
            let ratio = other.im / other.re;
            let size = other.re + other.im * ratio;
            Complex {
                re: (self.re + self.im * ratio) / size,
                im: (self.im - self.re * ratio) / size,
            }
        } else {
            let ratio = other.re / other.im;
            let size = other.re * ratio + other.im;
            Complex {
                re: (self.re * ratio + self.im) / size,
                im: (self.im * ratio - self.re) / size,
            }
        }
    }

    /// By squaring (`c_powu`).
    fn power(self, exponent: u32) -> Complex {
        let (mut result, mut square, mut mask) = (Complex::ONE, self, 1);
        while exponent >= mask {
            if exponent & mask != 0 {
                result = result.times(square);
            }
            mask <<= 1;
            square = square.times(square);
        }
        result
    }
}

/// `a ** b` of complex numbers, as `complex_pow` in CPython's `complexobject.c`; the result is stored.
///
/// # Safety
/// `out` must point to where a complex number may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_complex_pow(
    out: *mut Complex,
    re: f64,
    im: f64,
    b_re: f64,
    b_im: f64,
) {
    let (a, b) = (Complex { re, im }, Complex { re: b_re, im: b_im });
    let small = b.im == 0.0 && b.re.fract() == 0.0 && b.re.abs() <= 100.0;
    let result = if small && b.re > 0.0 {
        a.power(b.re as u32)
    } else if small {
        Complex::ONE.divided_by(a.power(-b.re as u32))
    } else if a.re == 0.0 && a.im == 0.0 {
        Complex { re: 0.0, im: 0.0 }
    } else {
        let size = a.re.hypot(a.im);
        let angle = a.im.atan2(a.re);
        let mut length = size.powf(b.re);
        let mut phase = angle * b.re;
        if b.im != 0.0 {
            length /= (angle * b.im).exp();
            phase += b.im * size.ln();
        }
        Complex {
            re: length * phase.cos(),
            im: length * phase.sin(),
        }
    };
    // SAFETY: the caller vouches for `out`.
    unsafe { *out = result };
}
