//! Printing constant text. Numbers are printed by `text/scalar.rs`.

use std::ffi::c_char;

use crate::error::bytes;
use crate::output::{end_line, put};
pub use crate::text::{
    mlc_rt_print_bool, mlc_rt_print_f32, mlc_rt_print_f64, mlc_rt_print_i64, mlc_rt_print_u64,
};

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
