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
use crate::float_text::Width;
use crate::kind::VALUE_ERROR;
use crate::list::List;
use digits::Float;
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
    ($name:ident, ($($value:ident: $ty:ty),*), $spec:ident => $formatted:expr) => {
        /// Appends `format(value, spec)`.
        ///
        /// # Safety
        /// `out` must be a valid list of bytes, and `spec` point to a text.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(out: *mut List, $($value: $ty,)* spec: *const Text) -> i32 {
            // SAFETY: the caller vouches for the pointers.
            unsafe {
                let $spec = as_str(*spec);
                finish(out, $formatted)
            }
        }
    };
}

fn narrow(value: f32, width: Width, spec: &str) -> Result<String, String> {
    let value = value.into();
    number::float(Float { value, width }, spec)
}

formatter!(mlc_rt_text_format_i64, (value: i64), spec => number::integer(value.into(), spec));
formatter!(mlc_rt_text_format_u64, (value: u64), spec => number::integer(value.into(), spec));
formatter!(mlc_rt_text_format_f64, (value: f64), spec => number::float(value.into(), spec));
formatter!(mlc_rt_text_format_f32, (value: f32), spec => number::float(value.into(), spec));
formatter!(mlc_rt_text_format_f16, (value: f32), spec => narrow(value, Width::F16, spec));
formatter!(mlc_rt_text_format_bf16, (value: f32), spec => narrow(value, Width::Bf16, spec));
formatter!(mlc_rt_text_format_bool, (value: bool), spec => number::boolean(value, spec));
formatter!(mlc_rt_text_format_c128, (re: f64, im: f64), spec => number::complex(re, im, Width::F64, spec));
formatter!(mlc_rt_text_format_c64, (re: f32, im: f32), spec => number::complex(re.into(), im.into(), Width::F32, spec));

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
