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

impl FloatText {
    pub fn of_f64(value: f64) -> FloatText {
        of(
            value.is_nan(),
            value.is_infinite(),
            value.is_sign_negative(),
            format_args!("{value:e}"),
        )
    }

    pub fn of_f32(value: f32) -> FloatText {
        of(
            value.is_nan(),
            value.is_infinite(),
            value.is_sign_negative(),
            format_args!("{value:e}"),
        )
    }
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
