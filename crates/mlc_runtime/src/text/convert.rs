//! Texts of other values, and values of texts.

use std::ffi::c_char;

use super::make::is_space;
use super::{Text, as_str, store};
use crate::error;
use crate::kind::{OVERFLOW_ERROR, VALUE_ERROR};
use crate::output::put;

/// A text of `len` bytes of UTF-8; bytes that are no UTF-8 become replacement characters.
///
/// # Safety
/// `out` must point to where a text may be written, and `bytes` to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_new(out: *mut Text, bytes: *const c_char, len: i64) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { store(out, &[&String::from_utf8_lossy(error::bytes(bytes, len))]) }
}

/// What `repr` gives of a text: quoted, with what cannot be printed escaped.
///
/// # Safety
/// `text` must point to a text, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_repr(out: *mut Text, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { store(out, &[&repr(as_str(*text))]) }
}

/// Python prefers single quotes, and takes double ones where that saves escaping.
pub(super) fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                out.push_str(&match code {
                    0..=0xff => format!("\\x{code:02x}"),
                    0x100..=0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                });
            }
        }
    }
    out.push(quote);
    out
}

/// Controls, and white space other than the space itself, are not printed as they are.
fn is_printable(c: char) -> bool {
    c == ' ' || !(c.is_control() || c.is_whitespace() || is_format(c))
}

/// Characters of Unicode's category Cf that are common in texts, the soft hyphen among them.
fn is_format(c: char) -> bool {
    matches!(u32::from(c),
        0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0001 | 0xe0020..=0xe007f | 0xe000..=0xf8ff)
}

/// Writes a text to standard output.
///
/// # Safety
/// `text` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_print_text(text: *const Text) {
    // SAFETY: the caller vouches for the text.
    let text = unsafe { as_str(*text) };
    put(|line| line.extend_from_slice(text.as_bytes()));
}

/// `int(text, base)`; `ValueError` where it is no number, `OverflowError` where it needs more than 64 bits.
///
/// # Safety
/// `text` must point to a text, and `out` to where a number may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_to_i64(out: *mut i64, text: *const Text, base: i64) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let text = unsafe { as_str(*text) };
    if base != 0 && !(2..=36).contains(&base) {
        return error::raise(VALUE_ERROR, "int() base must be >= 2 and <= 36, or 0");
    }
    let Some((negative, digits, radix)) = integer_digits(text.trim_matches(is_space), base as u32)
    else {
        let message = format!("invalid literal for int() with base {base}: {}", repr(text));
        return error::raise(VALUE_ERROR, message);
    };
    let magnitude = i128::from_str_radix(&digits, radix).unwrap_or(i128::MAX);
    match i64::try_from(if negative { -magnitude } else { magnitude }) {
        Ok(value) => {
            // SAFETY: the caller vouches for `out`.
            unsafe { *out = value };
            0
        }
        Err(_) => {
            let number = text.trim_matches(is_space);
            error::raise(OVERFLOW_ERROR, format!("{number} does not fit 64 bits"))
        }
    }
}

/// Whether it is negative, its digits, and their base.
fn integer_digits(text: &str, base: u32) -> Option<(bool, String, u32)> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let prefix = unsigned.get(..2).unwrap_or_default().to_ascii_lowercase();
    let named = match prefix.as_str() {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => 0,
    };
    let (digits, radix) = if named != 0 && (base == 0 || base == named) {
        let digits = &unsigned[2..];
        (digits.strip_prefix('_').unwrap_or(digits), named)
    } else {
        (unsigned, if base == 0 { 10 } else { base })
    };
    let grouped = (digits.split('_'))
        .all(|group| !group.is_empty() && group.chars().all(|digit| digit.is_digit(radix)));
    let digits = digits.replace('_', "");
    // Without a base, a number does not start with zero.
    let octal =
        base == 0 && named == 0 && digits.starts_with('0') && !digits.trim_matches('0').is_empty();
    (grouped && !octal).then_some((negative, digits, radix))
}

/// `float(text)`; `ValueError` where it is no number.
///
/// # Safety
/// As for [`mlc_rt_str_to_i64`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_to_f64(out: *mut f64, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let text = unsafe { as_str(*text) };
    match float_of(text.trim_matches(is_space)) {
        Some(value) => {
            // SAFETY: the caller vouches for `out`.
            unsafe { *out = value };
            0
        }
        _ => {
            let message = format!("could not convert string to float: {}", repr(text));
            error::raise(VALUE_ERROR, message)
        }
    }
}

/// The number that a text without white space around it is.
pub(super) fn float_of(number: &str) -> Option<f64> {
    let grouped = number.split('_').collect::<Vec<_>>();
    let between_digits = grouped.windows(2).all(|pair| {
        pair[0].ends_with(|c: char| c.is_ascii_digit())
            && pair[1].starts_with(|c: char| c.is_ascii_digit())
    });
    let value = grouped.concat().parse().ok()?;
    between_digits.then_some(value)
}
