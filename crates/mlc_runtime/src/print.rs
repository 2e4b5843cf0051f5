//! Printing values as CPython prints them.

use std::ffi::c_char;
use std::io::Write;

use crate::error::bytes;
use crate::float_text::FloatText;
use crate::output::{end_line, put};

/// Writing to a vector cannot fail.
fn put_display(value: impl std::fmt::Display) {
    put(|line| {
        let _ = write!(line, "{value}");
    });
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_print_i64(value: i64) {
    put_display(value);
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_print_u64(value: u64) {
    put_display(value);
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_print_f64(value: f64) {
    put_display(FloatText::of_f64(value));
}

/// Prints the shortest text that reads back as the same `f32`.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_print_f32(value: f32) {
    put_display(FloatText::of_f32(value));
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_print_bool(value: bool) {
    put_display(if value { "True" } else { "False" });
}

/// Prints `len` bytes of UTF-8 as they are.
///
/// # Safety
/// `text` must point to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_print_str(text: *const c_char, len: i64) {
    // SAFETY: the caller vouches for the text.
    let text = unsafe { bytes(text, len) };
    put(|line| line.extend_from_slice(text));
}

/// Ends the line.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_print_newline() {
    end_line();
}
