//! Texts as they are written in programs and in output.

use std::ffi::c_char;

use super::{Text, as_str, store};
use crate::error;
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
