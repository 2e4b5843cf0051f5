//! Texts of other values, and values of texts.

use std::ffi::c_char;

use super::make::is_space;
use super::{Text, as_str, store};
use crate::error;
use crate::float_text::FloatText;
use crate::kind::{OVERFLOW_ERROR, VALUE_ERROR};
use crate::output::put;

macro_rules! of {
    ($name:ident, $ty:ty, $value:ident => $text:expr) => {
        /// What `str` gives.
        ///
        /// # Safety
        /// `out` must point to where a text may be written.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(out: *mut Text, $value: $ty) -> i32 {
            // SAFETY: the caller vouches for the pointer.
            unsafe { store(out, &[&$text]) }
        }
    };
}

of!(mlc_rt_str_of_i64, i64, value => value.to_string());
of!(mlc_rt_str_of_u64, u64, value => value.to_string());
of!(mlc_rt_str_of_f64, f64, value => FloatText::of_f64(value).to_string());
of!(mlc_rt_str_of_f32, f32, value => FloatText::of_f32(value).to_string());
of!(mlc_rt_str_of_bool, bool, value => if value { "True" } else { "False" });

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

/// `int(text)` in base ten; `ValueError` where it is no number, `OverflowError` where it needs more than 64 bits.
///
/// # Safety
/// `text` must point to a text, and `out` to where a number may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_to_i64(out: *mut i64, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let text = unsafe { as_str(*text) };
    let digits = text.trim_matches(is_space);
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    if !is_digits(unsigned) {
        let message = format!("invalid literal for int() with base 10: {}", repr(text));
        return error::raise(VALUE_ERROR, message);
    }
    match digits.replace('_', "").parse::<i64>() {
        Ok(value) => {
            // SAFETY: the caller vouches for `out`.
            unsafe { *out = value };
            0
        }
        Err(_) => error::raise(OVERFLOW_ERROR, format!("{digits} does not fit 64 bits")),
    }
}

/// Digits, with single underscores between them.
fn is_digits(text: &str) -> bool {
    !text.is_empty()
        && text
            .split('_')
            .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `float(text)`; `ValueError` where it is no number.
///
/// # Safety
/// As for [`mlc_rt_str_to_i64`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_to_f64(out: *mut f64, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let text = unsafe { as_str(*text) };
    let number = text.trim_matches(is_space);
    let grouped = number.split('_').collect::<Vec<_>>();
    let between_digits = grouped.windows(2).all(|pair| {
        pair[0].ends_with(|c: char| c.is_ascii_digit())
            && pair[1].starts_with(|c: char| c.is_ascii_digit())
    });
    match grouped.concat().parse::<f64>() {
        Ok(value) if between_digits => {
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
