//! Text that C++ hands over piece by piece.

use std::ffi::{c_char, c_void};

/// What C++ calls: the sink, and a text that lives during the call.
pub(crate) type Report = extern "C" fn(*mut c_void, *const c_char, usize);

/// A [`Report`] whose sink is a `Vec<String>`: each call adds an item.
pub(crate) extern "C" fn collect(sink: *mut c_void, data: *const c_char, length: usize) {
    // SAFETY: the functions of this crate pass a `Vec<String>` as the sink, and `data` holds `length` bytes.
    unsafe {
        let text = std::slice::from_raw_parts(data.cast::<u8>(), length);
        (*sink.cast::<Vec<String>>()).push(String::from_utf8_lossy(text).into_owned());
    }
}
