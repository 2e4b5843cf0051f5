//! Texts that are put together piece by piece: bytes are appended to a list, which a text is made of at the end.
//!
//! Functions that append return 0 or the status of the error that they left pending.

use std::ffi::c_void;

use super::convert::repr;
use super::{Text, as_str, store};
use crate::error;
use crate::list::{List, mlc_rt_list_reserve};
use crate::output::put;

/// Appends bytes to a list of them; the status.
///
/// # Safety
/// `out` must be a valid list of bytes that nothing else uses during the call.
pub(super) unsafe fn push(out: *mut List, bytes: &[u8]) -> i32 {
    if bytes.is_empty() {
        return 0;
    }
    // SAFETY: the caller vouches for the list, and the bytes fit once room was made.
    unsafe {
        let needed = (*out).len.saturating_add(bytes.len() as i64);
        let status = mlc_rt_list_reserve(out, needed, 1);
        if status != 0 {
            return status;
        }
        let end = (*out).data.cast::<u8>().add((*out).len as usize);
        bytes.as_ptr().copy_to_nonoverlapping(end, bytes.len());
        (*out).len = needed;
    }
    0
}

/// Appends a text.
///
/// # Safety
/// `out` must be a valid list of bytes and `text` point to a text; so it is in all functions here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_push(out: *mut List, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { push(out, as_str(*text).as_bytes()) }
}

/// Appends what `repr` gives of a text.
///
/// # Safety
/// As for [`mlc_rt_text_push`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_push_repr(out: *mut List, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for both.
    unsafe { push(out, repr(as_str(*text)).as_bytes()) }
}

/// Makes a text of the bytes that were appended.
///
/// # Safety
/// `out` must point to where a text may be written, and `list` be a valid list of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_finish(out: *mut Text, list: *const List) -> i32 {
    // SAFETY: the caller vouches for both; a list without a buffer has no elements.
    unsafe {
        let (data, len): (*mut c_void, i64) = ((*list).data, (*list).len);
        let bytes = if data.is_null() || len <= 0 {
            &[]
        } else {
            std::slice::from_raw_parts(data.cast::<u8>(), len as usize)
        };
        store(out, &[std::str::from_utf8(bytes).unwrap_or_default()])
    }
}

/// Raises an error; its status. The text says its message, or more, as in [`mlc_exceptions::Told`].
///
/// # Safety
/// `message` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_raise(kind: i32, message: *const Text) -> i32 {
    // SAFETY: the caller vouches for the text.
    let text = unsafe { as_str(*message) };
    error::raise_told(kind, text.as_bytes(), b"", 0)
}

/// Writes what `repr` gives of a text to standard output.
///
/// # Safety
/// `text` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_print_repr(text: *const Text) {
    // SAFETY: the caller vouches for the text.
    let text = repr(unsafe { as_str(*text) });
    put(|line| line.extend_from_slice(text.as_bytes()));
}
