//! Python's format specifications: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.

use super::builder::push;
use super::{Text, as_str};
use crate::error;
use crate::float_text::FloatText;
use crate::kind::VALUE_ERROR;
use crate::list::List;

/// A specification, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Spec {
    fill: Option<char>,
    /// One of `<>^=`.
    align: Option<char>,
    /// One of `+- `.
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    /// One of `,_`.
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

fn parse(spec: &str) -> Option<Spec> {
    let chars: Vec<char> = spec.chars().collect();
    let mut out = Spec::default();
    let mut at = 0;
    let is_align = |c: &char| matches!(c, '<' | '>' | '^' | '=');
    if chars.get(1).is_some_and(is_align) {
        out.fill = Some(chars[0]);
        out.align = Some(chars[1]);
        at = 2;
    } else if chars.first().is_some_and(is_align) {
        out.align = Some(chars[0]);
        at = 1;
    }
    if let Some(&c @ ('+' | '-' | ' ')) = chars.get(at) {
        out.sign = Some(c);
        at += 1;
    }
    if chars.get(at) == Some(&'#') {
        out.alternate = true;
        at += 1;
    }
    if chars.get(at) == Some(&'0') {
        out.zero = true;
        at += 1;
    }
    let number = |at: &mut usize| {
        let mut value = None;
        while let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(10)) {
            let sum: usize = value.unwrap_or(0);
            value = Some(
                sum.saturating_mul(10)
                    .saturating_add(digit as usize)
                    .min(1 << 20),
            );
            *at += 1;
        }
        value
    };
    out.width = number(&mut at).unwrap_or(0);
    if let Some(&c @ (',' | '_')) = chars.get(at) {
        out.grouping = Some(c);
        at += 1;
    }
    if chars.get(at) == Some(&'.') {
        at += 1;
        out.precision = Some(number(&mut at)?);
    }
    if let Some(&c) = chars.get(at) {
        out.kind = Some(c);
        at += 1;
    }
    (at == chars.len()).then_some(out)
}

/// Puts a sign and digits, or a text, into the width.
fn pad(spec: &Spec, sign: &str, body: &str, default_align: char) -> String {
    let length = sign.chars().count() + body.chars().count();
    let missing = spec.width.saturating_sub(length);
    let align = spec
        .align
        .unwrap_or(if spec.zero { '=' } else { default_align });
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    let run = |count: usize| fill.to_string().repeat(count);
    match align {
        '<' => format!("{sign}{body}{}", run(missing)),
        '^' => format!(
            "{}{sign}{body}{}",
            run(missing / 2),
            run(missing - missing / 2)
        ),
        '=' => format!("{sign}{}{body}", run(missing)),
        _ => format!("{}{sign}{body}", run(missing)),
    }
}

/// Separates the digits before the point into groups.
fn group(digits: &str, separator: char, size: usize) -> String {
    let end = digits
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let mut out = String::new();
    for (at, c) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % size == 0 {
            out.push(separator);
        }
        out.push(c);
    }
    out + rest
}

fn sign_of(spec: &Spec, negative: bool) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    }
}

fn format_int(value: i128, spec: &Spec) -> Option<String> {
    let magnitude = value.unsigned_abs();
    let (prefix, mut digits, size) = match spec.kind {
        None | Some('d' | 'n') => ("", magnitude.to_string(), 3),
        Some('x') => ("0x", format!("{magnitude:x}"), 4),
        Some('X') => ("0X", format!("{magnitude:X}"), 4),
        Some('o') => ("0o", format!("{magnitude:o}"), 4),
        Some('b') => ("0b", format!("{magnitude:b}"), 4),
        Some('c') => {
            let c = char::from_u32(u32::try_from(value).ok()?)?;
            return Some(pad(spec, "", &c.to_string(), '<'));
        }
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return format_float(value as f64, spec, false);
        }
        _ => return None,
    };
    if spec.precision.is_some() {
        return None;
    }
    if let Some(separator) = spec.grouping {
        digits = group(&digits, separator, size);
    }
    let sign = format!(
        "{}{}",
        sign_of(spec, value < 0),
        if spec.alternate { prefix } else { "" }
    );
    Some(pad(spec, &sign, &digits, '>'))
}

/// The digits of a number with a number of significant ones, as C's `%g` chooses the form.
fn general(magnitude: f64, precision: usize, alternate: bool, repr: bool) -> String {
    let precision = precision.max(1);
    let scientific = format!("{magnitude:.*e}", precision - 1);
    let exponent: i32 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    let limit = if repr {
        precision as i32 - 1
    } else {
        precision as i32
    };
    let fixed = (-4..limit.max(1)).contains(&exponent);
    let mut digits = if fixed {
        format!(
            "{magnitude:.*}",
            (precision as i32 - 1 - exponent).max(0) as usize
        )
    } else {
        scientific.split('e').next().unwrap_or_default().to_owned()
    };
    if !alternate && digits.contains('.') {
        digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
    }
    if !fixed {
        digits.push_str(&exponent_text(exponent));
    } else if repr && !digits.contains('.') {
        digits.push_str(".0");
    }
    digits
}

fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{:02}", exponent.abs())
}

/// `single`: the shortest text is that of an `f32`.
fn format_float(value: f64, spec: &Spec, single: bool) -> Option<String> {
    let negative = value.is_sign_negative() && !value.is_nan();
    let magnitude = value.abs();
    let upper = matches!(spec.kind, Some('E' | 'F' | 'G'));
    let precision = spec.precision.unwrap_or(6);
    let mut digits = if magnitude.is_nan() {
        "nan".to_owned()
    } else if magnitude.is_infinite() {
        "inf".to_owned()
    } else {
        match spec.kind {
            None => match spec.precision {
                None if single => FloatText::of_f32(magnitude as f32).to_string(),
                None => FloatText::of_f64(magnitude).to_string(),
                Some(precision) => general(magnitude, precision, spec.alternate, true),
            },
            Some('f' | 'F') => format!("{magnitude:.precision$}"),
            Some('%') => format!("{:.precision$}", magnitude * 100.0),
            Some('e' | 'E') => {
                let text = format!("{magnitude:.precision$e}");
                let (digits, exponent) = text.split_once('e')?;
                format!("{digits}{}", exponent_text(exponent.parse().ok()?))
            }
            Some('g' | 'G' | 'n') => general(magnitude, precision, spec.alternate, false),
            _ => return None,
        }
    };
    if upper {
        digits = digits.to_uppercase();
    }
    if let Some(separator) = spec.grouping {
        digits = group(&digits, separator, 3);
    }
    if spec.kind == Some('%') {
        digits.push('%');
    }
    Some(pad(spec, sign_of(spec, negative), &digits, '>'))
}

fn format_text(value: &str, spec: &Spec) -> Option<String> {
    if !matches!(spec.kind, None | Some('s')) || spec.sign.is_some() || spec.align == Some('=') {
        return None;
    }
    let cut: String = match spec.precision {
        Some(count) => value.chars().take(count).collect(),
        None => value.to_owned(),
    };
    Some(pad(spec, "", &cut, '<'))
}

/// Appends what a specification makes of a value, or raises `ValueError`.
///
/// # Safety
/// `out` must be a valid list of bytes and `spec` point to a text.
unsafe fn apply(
    out: *mut List,
    spec: *const Text,
    format: impl FnOnce(&Spec) -> Option<String>,
) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe {
        let spec = as_str(*spec);
        match parse(spec).as_ref().and_then(format) {
            Some(made) => push(out, made.as_bytes()),
            None => error::raise(VALUE_ERROR, format!("Invalid format specifier '{spec}'")),
        }
    }
}

/// # Safety
/// `out` must be a valid list of bytes and `spec` point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_format_i64(
    out: *mut List,
    value: i64,
    spec: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { apply(out, spec, |spec| format_int(i128::from(value), spec)) }
}

/// # Safety
/// `out` must be a valid list of bytes and `spec` point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_format_u64(
    out: *mut List,
    value: u64,
    spec: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { apply(out, spec, |spec| format_int(i128::from(value), spec)) }
}

/// # Safety
/// `out` must be a valid list of bytes and `spec` point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_format_f64(
    out: *mut List,
    value: f64,
    spec: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { apply(out, spec, |spec| format_float(value, spec, false)) }
}

/// # Safety
/// `out` must be a valid list of bytes and `spec` point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_format_f32(
    out: *mut List,
    value: f32,
    spec: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { apply(out, spec, |spec| format_float(f64::from(value), spec, true)) }
}

/// # Safety
/// `out` must be a valid list of bytes, the others point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_format_text(
    out: *mut List,
    value: *const Text,
    spec: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for all.
    unsafe {
        let value = as_str(*value);
        apply(out, spec, |spec| format_text(value, spec))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(value: i128, spec: &str) -> Option<String> {
        format_int(value, &parse(spec)?)
    }

    fn float(value: f64, spec: &str) -> Option<String> {
        format_float(value, &parse(spec)?, false)
    }

    // Every expectation is what CPython 3.11 gives.
    #[test]
    fn formats_integers() {
        for (value, spec, expected) in [
            (42, "", "42"),
            (42, "5", "   42"),
            (-42, "05", "-0042"),
            (42, "<5d", "42   "),
            (42, "*^7", "**42***"),
            (255, "#x", "0xff"),
            (1234567, ",", "1,234,567"),
            (5, "+d", "+5"),
            (5, "b", "101"),
            (5, ".2f", "5.00"),
        ] {
            assert_eq!(int(value, spec).as_deref(), Some(expected), "{spec:?}");
        }
        assert_eq!(int(1, "q"), None);
    }

    #[test]
    fn formats_floats() {
        for (value, spec, expected) in [
            (2.34567, ".2f", "2.35"),
            (2.34567, "8.3f", "   2.346"),
            (1234.5, ",.1f", "1,234.5"),
            (0.25, ".0%", "25%"),
            (12345.678, "e", "1.234568e+04"),
            (0.0001234, "g", "0.0001234"),
            (1e10, "g", "1e+10"),
            (-2.5, "", "-2.5"),
            (2.0, ".3", "2.0"),
            (1e20, ".3", "1e+20"),
            (f64::INFINITY, "F", "INF"),
        ] {
            assert_eq!(float(value, spec).as_deref(), Some(expected), "{spec:?}");
        }
    }
}
