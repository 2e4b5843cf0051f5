//! The one interpreter of a process that compiled modules are for: what they know of Python's types, and the memory of their top-level
//! values, is kept for the whole process.

use std::ffi::CString;

use pyo3::ffi;

/// Whether the thread runs in the main interpreter; where not, an `ImportError` is set. It comes first of all in the making of a module,
/// so that nothing of a sub-interpreter's is kept: no object is made through `pyo3`, which would free it in the main interpreter.
///
/// # Safety
/// The thread must be attached.
pub unsafe fn is_main(module: &str) -> bool {
    // SAFETY: the thread is attached to an interpreter.
    let number = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    // The main interpreter is the first.
    if number == 0 {
        return true;
    }
    let message = format!(
        "`{module}` cannot be imported in a sub-interpreter: its values are those of the process; use it in the main interpreter"
    );
    let message = CString::new(message).unwrap_or_default();
    // SAFETY: the thread is attached; Python copies the text.
    unsafe { ffi::PyErr_SetString(ffi::PyExc_ImportError, message.as_ptr()) };
    false
}
