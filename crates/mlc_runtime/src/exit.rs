//! What runs when the process ends.

use std::ffi::c_void;
use std::ptr::null_mut;

unsafe extern "C" {
    /// What `atexit` calls; `atexit` itself is in no shared object.
    fn __cxa_atexit(
        function: extern "C" fn(*mut c_void),
        argument: *mut c_void,
        dso_handle: *mut c_void,
    ) -> i32;
}

/// Calls the function, with a null pointer, when the process ends; the last that was named comes first.
pub(crate) fn call(function: extern "C" fn(*mut c_void)) {
    // SAFETY: the function has the right type and lives as long as the program.
    unsafe { __cxa_atexit(function, null_mut(), null_mut()) };
}
