//! The digits of numbers as the format codes want them, without sign and padding.

use crate::float_text::{FloatText, Width};

/// The text of a number that is not negative, in the two parts between which separators end.
#[derive(Debug, PartialEq, Eq)]
pub struct Digits {
    /// The digits before the point.
    pub whole: String,
    /// All that follows.
    pub rest: String,
}

/// The precision of the codes that have one where none is written.
const PRECISION: usize = 6;

/// A number to format, which knows how wide it was.
#[derive(Debug, Clone, Copy)]
pub struct Float {
    pub value: f64,
    pub width: Width,
}

impl From<f64> for Float {
    fn from(value: f64) -> Float {
        let width = Width::F64;
        Float { value, width }
    }
}

impl From<f32> for Float {
    fn from(value: f32) -> Float {
        Float {
            value: value.into(),
            width: Width::F32,
        }
    }
}

/// The digits of the magnitude. `kind` is one of `eEfFgGn%`, or absent.
pub fn of_float(
    number: Float,
    kind: Option<char>,
    precision: Option<usize>,
    alternate: bool,
) -> Digits {
    let scale = if kind == Some('%') { 100.0 } else { 1.0 };
    let value = number.value.abs() * scale;
    let text = if !value.is_finite() {
        let word = if value.is_nan() { "nan" } else { "inf" };
        let percent = if kind == Some('%') { "%" } else { "" };
        format!("{word}{percent}")
    } else {
        let given = precision.unwrap_or(PRECISION);
        match kind {
            Some('f' | 'F') => fixed(value, given, alternate),
            Some('%') => fixed(value, given, alternate) + "%",
            Some('e' | 'E') => scientific(value, given, alternate),
            Some(_) => general(value, given, alternate, false),
            None => match precision {
                Some(precision) => general(value, precision, alternate, true),
                None => shortest(number, alternate),
            },
        }
    };
    let text = match kind {
        Some('E' | 'F' | 'G') => text.to_uppercase(),
        _ => text,
    };
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (whole, rest) = text.split_at(end.unwrap_or(text.len()));
    Digits {
        whole: whole.to_owned(),
        rest: rest.to_owned(),
    }
}

fn shortest(number: Float, alternate: bool) -> String {
    let value = number.value.abs();
    let text = FloatText::of_width(value, number.width).to_string();
    match text.split_once('e') {
        Some((mantissa, exponent)) if alternate && !mantissa.contains('.') => {
            format!("{mantissa}.e{exponent}")
        }
        _ => text,
    }
}

/// Rust rounds exactly, ties to even, as C's `printf` does.
fn fixed(value: f64, precision: usize, alternate: bool) -> String {
    let point = if alternate && precision == 0 { "." } else { "" };
    format!("{value:.precision$}{point}")
}

fn scientific(value: f64, precision: usize, alternate: bool) -> String {
    let (mantissa, exponent) = parts(value, precision);
    let point = if alternate && precision == 0 { "." } else { "" };
    format!("{mantissa}{point}{}", exponent_text(exponent))
}

/// The mantissa with `precision` digits after its point, and the exponent.
fn parts(value: f64, precision: usize) -> (String, i32) {
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or(0))
}

fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{:02}", exponent.abs())
}

/// Code `g`; without a code (`point`) there is at least one digit after the point.
fn general(value: f64, precision: usize, alternate: bool, point: bool) -> String {
    let precision = precision.max(1);
    let (mantissa, exponent) = parts(value, precision - 1);
    let most = precision as i64 - i64::from(point);
    let is_fixed = exponent >= -4 && i64::from(exponent) < most.max(i64::from(!point));
    let mut text = if is_fixed {
        let decimals = (precision as i64 - 1 - i64::from(exponent)).max(0) as usize;
        format!("{value:.decimals$}")
    } else {
        mantissa
    };
    if alternate {
        if !text.contains('.') {
            text.push('.');
        }
    } else if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if !is_fixed {
        text += &exponent_text(exponent);
    } else if point && !text.contains('.') {
        text += ".0";
    } else if point && text.ends_with('.') {
        text.push('0');
    }
    text
}

/// Digits in groups with separators between them, and zeros in front until they are as wide as asked.
pub fn grouped(digits: &str, separator: Option<char>, size: usize, width: usize) -> String {
    let Some(separator) = separator else {
        let zeros = width.saturating_sub(digits.len());
        return "0".repeat(zeros) + digits;
    };
    // From the last digit to the first, as CPython's `_PyUnicode_InsertThousandsGrouping`.
    let mut reversed = String::new();
    let mut left = digits.chars().rev().peekable();
    let mut missing = width;
    loop {
        for _ in 0..size {
            if left.peek().is_none() && missing == 0 {
                break;
            }
            reversed.push(left.next().unwrap_or('0'));
            missing = missing.saturating_sub(1);
        }
        if left.peek().is_none() && missing == 0 {
            return reversed.chars().rev().collect();
        }
        reversed.push(separator);
        // A separator is never first: a digit follows, however little width is left.
        missing = missing
            .saturating_sub(1)
            .max(usize::from(left.peek().is_none()));
    }
}
