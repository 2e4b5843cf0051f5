//! The texts of objects of Python.

use super::{Gil, Object, Owned, exception};
use crate::text::{Text, as_str, store};

/// Stores the text of the `str` that `make` gives; a status.
///
/// # Safety
/// `out` must point to where a text may be written.
unsafe fn store_text(out: *mut Text, make: impl FnOnce(&Gil) -> Object) -> i32 {
    let gil = match Gil::hold() {
        Ok(gil) => gil,
        Err(status) => return status,
    };
    // SAFETY: the `str` is live until its characters are copied; the caller vouches for the place.
    unsafe {
        let made = Owned::new(gil.api, make(&gil));
        match made
            .as_ref()
            .and_then(|made| gil.api.characters(made.object))
        {
            Some(text) => store(out, &[text]),
            None => exception::raise(gil.api),
        }
    }
}

/// `str(object)`
///
/// # Safety
/// `object` must point to one, and `out` to where a text may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_str(out: *mut Text, object: *const Object) -> i32 {
    // SAFETY: the caller vouches for the operands.
    unsafe { store_text(out, |gil| (gil.api.PyObject_Str)(gil.api.object(object))) }
}

/// `repr(object)`
///
/// # Safety
/// `object` must point to one, and `out` to where a text may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_repr(out: *mut Text, object: *const Object) -> i32 {
    // SAFETY: the caller vouches for the operands.
    unsafe { store_text(out, |gil| (gil.api.PyObject_Repr)(gil.api.object(object))) }
}

/// `format(object, spec)`
///
/// # Safety
/// The operands must point to an object and a text, and `out` to where a text may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_format(
    out: *mut Text,
    object: *const Object,
    spec: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the operands.
    unsafe {
        store_text(out, |gil| {
            match Owned::new(gil.api, gil.api.text(as_str(*spec))) {
                Some(spec) => (gil.api.PyObject_Format)(gil.api.object(object), spec.object),
                None => std::ptr::null_mut(),
            }
        })
    }
}
