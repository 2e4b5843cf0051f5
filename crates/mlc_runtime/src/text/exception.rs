//! Caught exceptions as text. The program holds the kind of one and a text of [`Told`].

use mlc_exceptions::Told;

use super::arguments::{split, unquoted};
use super::builder::push;
use super::convert::repr;
use super::{Text, as_str, store};
use crate::error;
use crate::kind::{self, INDEX_ERROR, TYPE_ERROR};
use crate::list::List;
use crate::output::put;

/// The `repr` of each argument, with commas between.
fn arguments(kind: i32, text: &str) -> String {
    Told::of(text)
        .arguments(kind::known(kind), repr)
        .into_owned()
}

/// What `repr` gives: `ValueError('message')`.
fn shown(kind: i32, text: &str) -> String {
    format!("{}({})", kind::name(kind), arguments(kind, text))
}

/// Prints what `repr` gives of an exception.
///
/// # Safety
/// `text` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_print_exception(kind: i32, text: *const Text) {
    // SAFETY: the caller vouches for the text.
    let text = shown(kind, unsafe { as_str(*text) });
    put(|line| line.extend_from_slice(text.as_bytes()));
}

/// Appends what `repr` gives of an exception; a status.
///
/// # Safety
/// `out` must be a valid list of bytes, and `text` point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_push_exception(
    out: *mut List,
    kind: i32,
    text: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { push(out, shown(kind, as_str(*text)).as_bytes()) }
}

/// What `str` gives of an exception; a status.
///
/// # Safety
/// `text` must point to a text, and `out` to where one may be written; so it is in all functions here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_exception_message(out: *mut Text, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { store(out, &[Told::of(as_str(*text)).message]) }
}

/// What `repr` gives of the tuple of the arguments; a status.
///
/// # Safety
/// As for [`mlc_rt_exception_message`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_exception_arguments(
    out: *mut Text,
    kind: i32,
    text: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let arguments = arguments(kind, as_str(*text));
        let end = match split(&arguments).len() {
            1 => ",)",
            _ => ")",
        };
        store(out, &["(", &arguments, end])
    }
}

/// The number of arguments.
///
/// # Safety
/// `text` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_exception_count(kind: i32, text: *const Text) -> i64 {
    // SAFETY: the caller vouches for the text.
    let arguments = arguments(kind, unsafe { as_str(*text) });
    split(&arguments).len() as i64
}

/// One of the arguments, where that is a text; a negative index counts from the end. `IndexError`, `TypeError`.
///
/// # Safety
/// As for [`mlc_rt_exception_message`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_exception_argument(
    out: *mut Text,
    kind: i32,
    text: *const Text,
    index: i64,
) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let arguments = arguments(kind, unsafe { as_str(*text) });
    let arguments = split(&arguments);
    let from_end = if index < 0 { arguments.len() as i64 } else { 0 };
    let found = usize::try_from(index.saturating_add(from_end));
    let Some(argument) = found.ok().and_then(|at| arguments.get(at)) else {
        return error::raise(INDEX_ERROR, "tuple index out of range");
    };
    match unquoted(argument) {
        // SAFETY: as above.
        Some(text) => unsafe { store(out, &[&text]) },
        None => error::raise(
            TYPE_ERROR,
            format!("expected a String as argument of the exception, found {argument}"),
        ),
    }
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
