//! Destructors of structs: what surrounds a call of one.
//!
//! A destructor may run while an error is on its way out, and may raise and catch errors of its own. The pending error is
//! therefore put aside. One that leaves the destructor has no caller to go to: it is reported and forgotten, as CPython does.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::io::Write;

use crate::boxes::mlc_rt_box_new;
use crate::error::{self, Error, bytes};
use crate::output::mlc_rt_flush;
use crate::report::{mlc_rt_report_uncaught, traceback};

thread_local! {
    /// The errors that were pending where destructors that now run were called, the innermost last.
    static ASIDE: RefCell<Vec<Option<Error>>> = const { RefCell::new(Vec::new()) };
}

/// Moves a value into a cell of its own, which a destructor takes over. Without memory for it the process ends.
///
/// # Safety
/// `place` must hold `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_destructor_cell(place: *const c_void, size: i64) -> *mut c_void {
    let cell = mlc_rt_box_new(size);
    if cell.is_null() {
        let status = mlc_rt_report_uncaught();
        std::process::exit(status);
    }
    // SAFETY: both hold `size` bytes, by the caller's word and as just allocated.
    unsafe { (cell.cast::<u8>()).copy_from_nonoverlapping(place.cast(), size as usize) };
    cell
}

/// Puts the pending error aside.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_destructor_enter() {
    let pending = error::take();
    ASIDE.with_borrow_mut(|aside| aside.push(pending));
}

/// Reports an error that left the destructor `name`, and makes the one pending again that was before.
///
/// # Safety
/// `name` must point to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_destructor_leave(name: *const c_char, len: i64) {
    if let Some(error) = error::take() {
        // SAFETY: the caller vouches for the text.
        let name = unsafe { bytes(name, len) };
        mlc_rt_flush();
        // Nothing can be done about a closed standard error.
        let _ = std::io::stderr().write_all(&ignored(name, &error));
    }
    if let Some(pending) = ASIDE.with_borrow_mut(Vec::pop).flatten() {
        error::set(pending);
    }
}

/// What is said of an error that left a destructor.
pub fn ignored(name: &[u8], error: &Error) -> Vec<u8> {
    let mut text = b"Exception ignored in: <function ".to_vec();
    text.extend_from_slice(name);
    text.extend_from_slice(b">\n");
    text.extend_from_slice(&traceback(error));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    #[test]
    fn an_error_on_its_way_out_stays_pending_and_another_is_forgotten() {
        error::raise(kind::VALUE_ERROR, "outer");
        mlc_rt_destructor_enter();
        assert_eq!(error::mlc_rt_error_kind(), 0);
        error::raise(kind::INDEX_ERROR, "inner");
        // SAFETY: the text has this length.
        unsafe { mlc_rt_destructor_leave(c"File.__del__".as_ptr(), 12) };
        let pending = error::take().map(|error| (error.kind, error.message));
        assert_eq!(pending, Some((kind::VALUE_ERROR, b"outer"[..].into())));
    }

    #[test]
    fn what_is_ignored_is_named() {
        let error = Error {
            kind: kind::VALUE_ERROR,
            message: b"no"[..].into(),
            arguments: None,
            file: b"a.mlc"[..].into(),
            line: 3,
            origin: None,
        };
        let text = String::from_utf8(ignored(b"File.__del__", &error)).unwrap();
        let expected = "Exception ignored in: <function File.__del__>\nTraceback (most recent call last):\n  \
                        File \"a.mlc\", line 3\nValueError: no\n";
        assert_eq!(text, expected);
    }
}
