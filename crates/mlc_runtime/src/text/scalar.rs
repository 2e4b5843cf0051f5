//! Numbers as text: printed, appended to a list of bytes, or as texts of their own.

use std::io::Write;

use super::builder::push;
use super::{Text, store};
use crate::float_text::{ComplexText, FloatText, Width};
use crate::list::List;
use crate::output::put;

macro_rules! scalar {
    ($print:ident, $push:ident, $of:ident, ($($value:ident: $ty:ty),*) => $display:expr) => {
        /// Prints what `str` gives.
        #[unsafe(no_mangle)]
        pub extern "C" fn $print($($value: $ty),*) {
            put(|line| {
                // Writing to a vector cannot fail.
                let _ = write!(line, "{}", $display);
            });
        }

        /// Appends what `str` gives; a status.
        ///
        /// # Safety
        /// `out` must be a valid list of bytes.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $push(out: *mut List, $($value: $ty),*) -> i32 {
            let mut buffer = Vec::with_capacity(32);
            let _ = write!(buffer, "{}", $display);
            // SAFETY: the caller vouches for the list.
            unsafe { push(out, &buffer) }
        }

        /// What `str` gives; a status.
        ///
        /// # Safety
        /// `out` must point to where a text may be written.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $of(out: *mut Text, $($value: $ty),*) -> i32 {
            // SAFETY: the caller vouches for the pointer.
            unsafe { store(out, &[&$display.to_string()]) }
        }
    };
}

fn float(value: f32, width: Width) -> FloatText {
    FloatText::of_width(value.into(), width)
}

fn complex(re: f64, im: f64, width: Width) -> ComplexText {
    ComplexText { re, im, width }
}

scalar!(mlc_rt_print_i64, mlc_rt_text_push_i64, mlc_rt_str_of_i64, (value: i64) => value);
scalar!(mlc_rt_print_u64, mlc_rt_text_push_u64, mlc_rt_str_of_u64, (value: u64) => value);
scalar!(mlc_rt_print_f64, mlc_rt_text_push_f64, mlc_rt_str_of_f64, (value: f64) => FloatText::of_f64(value));
scalar!(mlc_rt_print_f32, mlc_rt_text_push_f32, mlc_rt_str_of_f32, (value: f32) => FloatText::of_f32(value));
scalar!(mlc_rt_print_f16, mlc_rt_text_push_f16, mlc_rt_str_of_f16, (value: f32) => float(value, Width::F16));
scalar!(mlc_rt_print_bf16, mlc_rt_text_push_bf16, mlc_rt_str_of_bf16, (value: f32) => float(value, Width::Bf16));
scalar!(mlc_rt_print_bool, mlc_rt_text_push_bool, mlc_rt_str_of_bool, (value: bool) => if value { "True" } else { "False" });
scalar!(mlc_rt_print_c128, mlc_rt_text_push_c128, mlc_rt_str_of_c128, (re: f64, im: f64) => complex(re, im, Width::F64));
scalar!(mlc_rt_print_c64, mlc_rt_text_push_c64, mlc_rt_str_of_c64, (re: f32, im: f32) => complex(re.into(), im.into(), Width::F32));
