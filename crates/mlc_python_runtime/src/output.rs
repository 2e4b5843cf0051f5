//! What compiled code prints goes to `sys.stdout`, in order with what Python prints.

use std::ffi::{c_char, c_void};
use std::io::Write;
use std::ptr::null_mut;
use std::sync::Once;

use mlc_runtime::output::mlc_rt_set_output;
use pyo3::prelude::*;

/// Sends the runtime's output to Python from now on.
pub fn redirect() {
    static ONCE: Once = Once::new();
    // SAFETY: the sink needs no context and may run on any thread of the host.
    ONCE.call_once(|| unsafe { mlc_rt_set_output(Some(sink), null_mut()) });
}

/// # Safety
/// `text` must point to `len` bytes.
unsafe extern "C" fn sink(_: *mut c_void, text: *const c_char, len: i64) {
    let Ok(len) = usize::try_from(len) else {
        return;
    };
    // SAFETY: the runtime passes a text of this length, which lives as long as the call.
    let text = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len) };
    let written = Python::try_attach(|py| {
        let write = || {
            let stdout = py.import("sys")?.getattr("stdout")?;
            stdout.call_method1("write", (String::from_utf8_lossy(text),))?;
            PyResult::Ok(())
        };
        if let Err(error) = write() {
            error.write_unraisable(py, None);
        }
    });
    if written.is_none() {
        // The interpreter is gone; a closed standard output is all that is left to fail.
        let _ = std::io::stdout().write_all(text);
    }
}
