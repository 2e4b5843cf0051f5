//! Complex numbers from texts.

use super::make::is_space;
use super::numeral::{float_of, plain};
use super::{Text, as_str};
use crate::error;
use crate::kind::VALUE_ERROR;

/// `complex(text)`: real and imaginary part; `ValueError` where it is no number.
///
/// # Safety
/// `text` must point to a text, and `out` to two numbers that may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_to_c128(out: *mut [f64; 2], text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointer.
    match parsed(unsafe { as_str(*text) }) {
        Some(parts) => {
            // SAFETY: the caller vouches for `out`.
            unsafe { *out = parts };
            0
        }
        None => error::raise(VALUE_ERROR, "complex() arg is a malformed string"),
    }
}

/// What CPython's `complex` takes: `x`, `yj`, `x+yj`, with `1` for `y` where only a sign is written, and perhaps in parentheses.
fn parsed(text: &str) -> Option<[f64; 2]> {
    let text = plain(text);
    let text = match text.strip_prefix('(') {
        Some(inside) => inside.strip_suffix(')')?.trim_matches(is_space),
        None => &text,
    };
    let Some(parts) = text.strip_suffix(['j', 'J']) else {
        return Some([number(text)?, 0.0]);
    };
    // The sign of the imaginary part is the last one that does not belong to an exponent.
    let mut signs = parts.char_indices().rev().filter(|&(at, c)| {
        matches!(c, '+' | '-') && !(parts[..at].ends_with(['e', 'E']) && exponent(&parts[..at]))
    });
    let (real, imaginary) = parts.split_at(signs.next().map_or(0, |(at, _)| at));
    let real = if real.is_empty() { 0.0 } else { number(real)? };
    let imaginary = match imaginary {
        "" | "+" => 1.0,
        "-" => -1.0,
        digits => number(digits)?,
    };
    Some([real, imaginary])
}

/// Whether an `e` at the end starts an exponent: a digit or a point stands before it.
fn exponent(text: &str) -> bool {
    text[..text.len() - 1].ends_with(|c: char| c.is_ascii_digit() || c == '.')
}

fn number(text: &str) -> Option<f64> {
    // White space inside is none of a number's.
    (!text.contains(is_space)).then(|| float_of(text))?
}

#[cfg(test)]
mod tests {
    use super::parsed;

    #[test]
    fn numbers_are_those_of_cpython() {
        let cases = [
            ("1+2j", [1.0, 2.0]),
            (" ( -1e+3-2.5E-1J ) ", [-1000.0, -0.25]),
            ("j", [0.0, 1.0]),
            ("-j", [0.0, -1.0]),
            ("3-j", [3.0, -1.0]),
            ("+1.5", [1.5, 0.0]),
            ("1_0j", [0.0, 10.0]),
        ];
        for (text, expected) in cases {
            assert_eq!(parsed(text), Some(expected), "{text}");
        }
        for text in ["", "1 + 2j", "1+2", "1j+2", "abc", "(1", "1)", "--1j", "ej"] {
            assert_eq!(parsed(text), None, "{text}");
        }
        let infinite = parsed("inf+nanj").unwrap();
        assert!(infinite[0] == f64::INFINITY && infinite[1].is_nan());
    }
}
