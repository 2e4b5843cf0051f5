//! Caught exceptions as text.

use super::builder::push;
use super::convert::repr;
use super::{Text, as_str, store};
use crate::kind::{self, KEY_ERROR};
use crate::list::List;
use crate::output::put;

/// What `repr` gives: `ValueError('message')`. The message of a `KeyError` is the `repr` of the key already.
fn shown(kind: i32, message: &str) -> String {
    let name = kind::name(kind);
    match message {
        "" => format!("{name}()"),
        _ if kind == KEY_ERROR => format!("{name}({message})"),
        _ => format!("{name}({})", repr(message)),
    }
}

/// Prints what `repr` gives of an exception.
///
/// # Safety
/// `message` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_print_exception(kind: i32, message: *const Text) {
    // SAFETY: the caller vouches for the text.
    let text = shown(kind, unsafe { as_str(*message) });
    put(|line| line.extend_from_slice(text.as_bytes()));
}

/// Appends what `repr` gives of an exception; a status.
///
/// # Safety
/// `out` must be a valid list of bytes, and `message` point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_push_exception(
    out: *mut List,
    kind: i32,
    message: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { push(out, shown(kind, as_str(*message)).as_bytes()) }
}

/// The name of a kind of errors; a status.
///
/// # Safety
/// `out` must point to where a text may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_of_kind(out: *mut Text, kind: i32) -> i32 {
    // SAFETY: the caller vouches for the pointer.
    unsafe { store(out, &[kind::name(kind)]) }
}
