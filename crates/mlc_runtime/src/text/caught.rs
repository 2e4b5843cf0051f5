//! The messages of caught errors, which remember what else there was to the errors.
//!
//! A caught error is its kind and its message. In a program that uses Python the buffer of the message is one of its own, is marked
//! in its count, and leads as long as it lives to the place of the error and to the exception that it was in Python.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use mlc_exceptions::Told;

use super::{Text, allocate, as_str, store};
use crate::error::{self, Error};
use crate::kind::MEMORY_ERROR;
use crate::python::{self, Origin};

/// Added to the count of a message that leads to an error.
pub(super) const CAUGHT: i64 = 1 << 62;

/// Errors by the addresses of their messages. Nothing here ends a reference to an object, or makes one: that waits for Python's
/// lock, whose holder may wait for this one.
static ERRORS: Mutex<BTreeMap<usize, Error>> = Mutex::new(BTreeMap::new());

/// Takes the pending error: what it says becomes a text of [`Told`], and none is pending any more.
///
/// # Safety
/// `out` must point to where a text may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_caught(out: *mut Text) {
    let Some(mut error) = error::take() else {
        // SAFETY: the caller vouches for the place.
        unsafe { *out = std::ptr::null_mut() };
        return;
    };
    let message = std::mem::take(&mut error.message);
    let told = Told {
        message: &String::from_utf8_lossy(&message),
        arguments: error.arguments.as_deref(),
    };
    let text = told.text().into_owned();
    // Without memory for the text, it is empty.
    // SAFETY: the caller vouches for the place, and the buffer is new.
    unsafe {
        let remembers = error.origin.is_some() || python::is_used();
        let status = match remembers {
            true => allocate(out, &[&text], text.len()),
            false => store(out, &[&text]),
        };
        if status == MEMORY_ERROR {
            *out = std::ptr::null_mut();
        } else if remembers {
            (**out).references.fetch_add(CAUGHT, Ordering::Relaxed);
            if let Ok(mut errors) = ERRORS.lock() {
                errors.insert((*out).addr(), error);
            }
        }
    }
}

/// A caught error as it was raised.
///
/// # Safety
/// `message` must be null or point to a live buffer.
pub(crate) unsafe fn caught(kind: i32, message: Text) -> Error {
    // SAFETY: the caller vouches for the buffer.
    let told = Told::of(unsafe { as_str(message) });
    let mut error = Error {
        kind,
        message: told.message.as_bytes().to_vec().into(),
        arguments: told.arguments.map(str::to_owned),
        file: b"".into(),
        line: 0,
        origin: None,
    };
    // SAFETY: as above.
    if message.is_null() || unsafe { (*message).references.load(Ordering::Relaxed) } < CAUGHT {
        return error;
    }
    let mut object = None;
    if let Ok(errors) = ERRORS.lock()
        && let Some(known) = errors
            .get(&message.addr())
            .filter(|known| known.kind == kind)
    {
        error.file = known.file.clone();
        error.line = known.line;
        object = known.origin.as_ref().map(Origin::object);
    }
    // SAFETY: the message, which its caller holds, keeps the object.
    error.origin = object.map(|object| unsafe { Origin::share(object) });
    error
}

/// The end of a message that leads to an error.
pub(super) fn forget(message: Text) {
    let ended = ERRORS
        .lock()
        .map(|mut errors| errors.remove(&message.addr()));
    drop(ended);
}

/// Raises a caught error again, from another line: where it was an exception of Python, that. Its status.
///
/// # Safety
/// `message` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_text_reraise(kind: i32, message: *const Text) -> i32 {
    // SAFETY: the caller vouches for the text.
    let again = unsafe { caught(kind, *message) };
    error::set(Error {
        file: b"".into(),
        line: 0,
        ..again
    })
}
