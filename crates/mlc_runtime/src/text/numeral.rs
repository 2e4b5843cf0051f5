//! Numbers from texts, as CPython reads them.

use std::borrow::Cow;

use super::convert::repr;
use super::make::is_space;
use super::{Text, as_str};
use crate::error;
use crate::kind::{OVERFLOW_ERROR, VALUE_ERROR};

/// `int(text, base)`; `ValueError` where it is no number, `OverflowError` where an integer of that many bits, with a sign where
/// `signed` is not zero, does not hold it. What is written are the 64 bits that the number ends with.
///
/// # Safety
/// `text` must point to a text, and `out` to where a number may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_to_int(
    out: *mut i64,
    text: *const Text,
    base: i64,
    bits: i64,
    signed: i64,
) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let text = unsafe { as_str(*text) };
    if base != 0 && !(2..=36).contains(&base) {
        return error::raise(VALUE_ERROR, "int() base must be >= 2 and <= 36, or 0");
    }
    let number = plain(text);
    let Some((negative, digits, radix)) = integer_digits(&number, base as u32) else {
        let message = format!("invalid literal for int() with base {base}: {}", repr(text));
        return error::raise(VALUE_ERROR, message);
    };
    let magnitude = i128::from_str_radix(&digits, radix).unwrap_or(i128::MAX);
    let value = if negative { -magnitude } else { magnitude };
    let (low, high) = match signed {
        0 => (0, (1i128 << bits) - 1),
        _ => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
    };
    if !(low..=high).contains(&value) {
        let unsigned = if signed == 0 { " without a sign" } else { "" };
        let message = format!("{number} does not fit {bits} bits{unsigned}");
        return error::raise(OVERFLOW_ERROR, message);
    }
    // SAFETY: the caller vouches for `out`.
    unsafe { *out = value as i64 };
    0
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
/// As for [`mlc_rt_str_to_int`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_to_f64(out: *mut f64, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let text = unsafe { as_str(*text) };
    match float_of(&plain(text)) {
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

/// The text without white space around it, and with the digits of every script as those of ASCII.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(is_space);
    if text.is_ascii() {
        return text.into();
    }
    text.chars().map(|c| digit_of(c).unwrap_or(c)).collect()
}

/// The digit of ASCII that stands for a decimal digit of another script.
fn digit_of(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= code)].last()?;
    char::from_digit(code - zero, 10)
}

/// The zeros of other scripts, each followed by the other nine digits (Unicode 14, category Nd).
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
    0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

#[cfg(test)]
mod tests {
    use super::{digit_of, plain};

    #[test]
    fn digits_of_every_script_count() {
        assert_eq!(plain(" \u{663}.\u{665}\u{2003}"), "3.5");
        assert_eq!(digit_of('\u{1fbf9}'), Some('9'));
        for c in ['a', '\u{b2}', '\u{65f}', '\u{66a}', '\u{10ffff}'] {
            assert_eq!(digit_of(c), None, "{c:?}");
        }
    }
}
