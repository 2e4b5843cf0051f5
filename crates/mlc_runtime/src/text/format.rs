//! `format(value, spec)`: Python's mini-language for numbers and texts ("Format Specification Mini-Language" in the
//! library reference, and `formatter_unicode.c` where that is silent).

mod digits;
mod number;
mod spec;
#[cfg(test)]
mod tests;

use super::builder::push;
use super::{Text, as_str};
use crate::error;
use crate::kind::VALUE_ERROR;
use crate::list::List;
use spec::Spec;

/// Appends a formatted text to the bytes at `out`, or raises the `ValueError` of a spec that does not fit the value.
///
/// # Safety
/// `out` must be a valid list of bytes.
unsafe fn finish(out: *mut List, formatted: Result<String, String>) -> i32 {
    match formatted {
        // SAFETY: the caller vouches for the list.
        Ok(text) => unsafe { push(out, text.as_bytes()) },
        Err(message) => error::raise(VALUE_ERROR, message),
    }
}

macro_rules! formatter {
    ($name:ident, $ty:ty, $value:ident, $spec:ident => $formatted:expr) => {
        /// Appends `format(value, spec)`.
        ///
        /// # Safety
        /// `out` must be a valid list of bytes, and `spec` point to a text.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(out: *mut List, $value: $ty, spec: *const Text) -> i32 {
            // SAFETY: the caller vouches for the pointers.
            unsafe {
                let $spec = as_str(*spec);
                finish(out, $formatted)
            }
        }
    };
}

formatter!(mlc_rt_text_format_i64, i64, value, spec => number::integer(value.into(), spec));
formatter!(mlc_rt_text_format_u64, u64, value, spec => number::integer(value.into(), spec));
formatter!(mlc_rt_text_format_f64, f64, value, spec => number::float(value.into(), spec));
formatter!(mlc_rt_text_format_f32, f32, value, spec => number::float(value.into(), spec));
formatter!(mlc_rt_text_format_bool, bool, value, spec => number::boolean(value, spec));

/// Appends `format(text, spec)`.
///
/// # Safety
/// `out` must be a valid list of bytes, and the others point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_format_text(
    out: *mut List,
    text: *const Text,
    spec: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { finish(out, of_text(as_str(*text), as_str(*spec))) }
}

fn of_text(text: &str, spec: &str) -> Result<String, String> {
    let spec = Spec::parse(spec)?;
    if let Some(kind) = spec.kind.filter(|kind| *kind != 's') {
        return Err(spec::unknown_code(kind, "str"));
    }
    let refused = [
        (spec.sign == Some(' '), "Space"),
        (spec.sign.is_some(), "Sign"),
        (spec.no_negative_zero, "Negative zero coercion (z)"),
        (spec.alternate, "Alternate form (#)"),
    ];
    if let Some((_, what)) = refused.iter().find(|(given, _)| *given) {
        return Err(format!("{what} not allowed in string format specifier"));
    }
    if let Some(separator) = spec.separator {
        return Err(format!("Cannot specify '{separator}' with 's'."));
    }
    if spec.align == Some('=') {
        return Err("'=' alignment not allowed in string format specifier".into());
    }
    let shown: String = match spec.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text.to_owned(),
    };
    Ok(spec.padded(&shown, '<'))
}
