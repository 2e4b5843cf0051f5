//! Floating-point numbers as CPython's `repr` writes them.
//!
//! The digits are the shortest that read back as the same number at its own width, which `core` computes (Grisu with
//! Dragon as the fallback); CPython adds when to use an exponent: from 1e16 up and below 1e-4
//! (`float_repr_style` short, format code `r`).

use std::fmt::{self, Write as _};

/// A number's text, ready to be displayed.
pub struct FloatText(Form);

enum Form {
    /// Not a number and the infinities.
    Word(&'static str),
    Digits {
        negative: bool,
        /// The significant digits, without a point; `len` of them.
        digits: [u8; MOST_DIGITS],
        len: usize,
        /// Of the first digit, in base 10.
        exponent: i32,
    },
}

/// An `f64` never needs more significant digits.
const MOST_DIGITS: usize = 17;
const LOWEST_FIXED_EXPONENT: i32 = -4;
const FIRST_SCIENTIFIC_EXPONENT: i32 = 16;

/// The type that a number has in the program, which decides how many digits tell it from its neighbors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    F64,
    F32,
    F16,
    Bf16,
}

impl FloatText {
    pub fn of_f64(value: f64) -> FloatText {
        of_shortest(value, value)
    }

    pub fn of_f32(value: f32) -> FloatText {
        of_shortest(value, f64::from(value))
    }

    /// The text of a value of that width.
    pub fn of_width(value: f64, width: Width) -> FloatText {
        match width {
            Width::F64 => FloatText::of_f64(value),
            Width::F32 => FloatText::of_f32(value as f32),
            Width::F16 => of_narrow(value, 10, -14),
            Width::Bf16 => of_narrow(value, 7, -126),
        }
    }
}

/// The text of a number that Rust writes at its own width, and that is `exact`.
fn of_shortest(value: impl fmt::LowerExp, exact: f64) -> FloatText {
    let of = |text: fmt::Arguments<'_>| {
        of(
            exact.is_nan(),
            exact.is_infinite(),
            exact.is_sign_negative(),
            text,
        )
    };
    let text = of(format_args!("{value:e}"));
    match text.0 {
        Form::Digits { len, exponent, .. } if may_be_halfway(exact, len as i32 - 1 - exponent) => {
            of(format_args!("{value:.*e}", len - 1))
        }
        _ => text,
    }
}

/// Whether a number may be as near to two neighboring decimals with so many places behind the point. Both may be shortest;
/// CPython takes the one whose last digit is even, which is what rounding to as many digits gives.
fn may_be_halfway(value: f64, places: i32) -> bool {
    // Then `value * 10^places` is half of an odd integer, and a power of 5 makes nothing even or odd. An integer so large
    // that its last digits do not matter has more factors of 2 than that.
    (0..=60).contains(&places) && (value * f64::powi(2.0, places + 1) % 2.0).abs() == 1.0
}

/// The shortest digits that round to a value with so many bits of mantissa and that least exponent.
fn of_narrow(value: f64, mantissa: i32, least_exponent: i32) -> FloatText {
    if !value.is_finite() || value == 0.0 {
        return FloatText::of_f64(value);
    }
    let bits = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let quantum = f64::powi(2.0, bits.max(least_exponent) - mantissa);
    for digits in 0..MOST_DIGITS {
        let text = format!("{value:.digits$e}");
        let read: f64 = text.parse().unwrap_or(value);
        if (read / quantum).round_ties_even() * quantum == value {
            return of(false, false, value < 0.0, format_args!("{text}"));
        }
    }
    FloatText::of_f64(value)
}

fn of(nan: bool, infinite: bool, negative: bool, scientific: fmt::Arguments<'_>) -> FloatText {
    FloatText(match (nan, infinite, negative) {
        (true, _, _) => Form::Word("nan"),
        (_, true, false) => Form::Word("inf"),
        (_, true, true) => Form::Word("-inf"),
        _ => {
            let mut reader = Reader {
                digits: [b'0'; MOST_DIGITS],
                len: 0,
                exponent: 0,
                in_exponent: None,
            };
            // Reader takes everything, so this cannot fail.
            let _ = reader.write_fmt(scientific);
            let sign = if reader.in_exponent == Some(true) {
                -1
            } else {
                1
            };
            Form::Digits {
                negative,
                digits: reader.digits,
                len: reader.len,
                exponent: sign * reader.exponent,
            }
        }
    })
}

/// Takes Rust's `1.25e-7` apart as it is written.
struct Reader {
    digits: [u8; MOST_DIGITS],
    len: usize,
    exponent: i32,
    /// Whether the exponent is negative, once it has begun.
    in_exponent: Option<bool>,
}

impl fmt::Write for Reader {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match (byte, &mut self.in_exponent) {
                (b'e', state) => *state = Some(false),
                (b'-', Some(negative)) => *negative = true,
                (b'0'..=b'9', Some(_)) => {
                    self.exponent = self.exponent * 10 + i32::from(byte - b'0')
                }
                (b'0'..=b'9', None) if self.len < MOST_DIGITS => {
                    self.digits[self.len] = byte;
                    self.len += 1;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl fmt::Display for FloatText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, digits, exponent) = match &self.0 {
            Form::Word(word) => return f.write_str(word),
            Form::Digits {
                negative,
                digits,
                len,
                exponent,
            } => (*negative, &digits[..*len], *exponent),
        };
        if negative {
            f.write_char('-')?;
        }
        if (LOWEST_FIXED_EXPONENT..FIRST_SCIENTIFIC_EXPONENT).contains(&exponent) {
            fixed(f, digits, exponent)
        } else {
            scientific(f, digits, exponent)
        }
    }
}

/// A complex number as CPython's `repr` writes it.
pub struct ComplexText {
    pub re: f64,
    pub im: f64,
    pub width: Width,
}

impl ComplexText {
    /// One part, which has no `.0`; `signed`: also where it is positive.
    fn part(value: f64, width: Width, signed: bool) -> String {
        let text = FloatText::of_width(value, width).to_string();
        let text = text.strip_suffix(".0").unwrap_or(&text);
        let plus = if signed && !text.starts_with('-') {
            "+"
        } else {
            ""
        };
        format!("{plus}{text}")
    }
}

impl fmt::Display for ComplexText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &ComplexText { re, im, width } = self;
        if re == 0.0 && re.is_sign_positive() {
            return write!(f, "{}j", ComplexText::part(im, width, false));
        }
        let re = ComplexText::part(re, width, false);
        write!(f, "({re}{}j)", ComplexText::part(im, width, true))
    }
}

fn fixed(f: &mut fmt::Formatter<'_>, digits: &[u8], exponent: i32) -> fmt::Result {
    let Ok(whole) = usize::try_from(exponent + 1) else {
        f.write_str("0.")?;
        zeros(f, usize::try_from(-exponent - 1).unwrap_or(0))?;
        return put(f, digits);
    };
    if whole == 0 {
        f.write_str("0.")?;
        put(f, digits)
    } else if digits.len() <= whole {
        put(f, digits)?;
        zeros(f, whole - digits.len())?;
        f.write_str(".0")
    } else {
        put(f, &digits[..whole])?;
        f.write_char('.')?;
        put(f, &digits[whole..])
    }
}

fn scientific(f: &mut fmt::Formatter<'_>, digits: &[u8], exponent: i32) -> fmt::Result {
    put(f, &digits[..1])?;
    if digits.len() > 1 {
        f.write_char('.')?;
        put(f, &digits[1..])?;
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    write!(f, "e{sign}{:02}", exponent.abs())
}

fn put(f: &mut fmt::Formatter<'_>, digits: &[u8]) -> fmt::Result {
    digits
        .iter()
        .try_for_each(|&digit| f.write_char(char::from(digit)))
}

fn zeros(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    (0..count).try_for_each(|_| f.write_char('0'))
}
