//! LLVM's last words.

use llvm_sys::error_handling::LLVMInstallFatalErrorHandler;
use std::{
    ffi::{CStr, c_char},
    sync::OnceLock,
};

static REPORT: OnceLock<fn(&str) -> !> = OnceLock::new();

extern "C" fn on_fatal_error(reason: *const c_char) {
    // SAFETY: LLVM passes a C string.
    let reason = unsafe { CStr::from_ptr(reason) }.to_string_lossy();
    if let Some(report) = REPORT.get() {
        report(&reason);
    }
}

/// What to do where LLVM cannot go on: without this it ends the process in its own way. The first call counts.
pub fn on_fatal(report: fn(&str) -> !) {
    REPORT.get_or_init(|| {
        // SAFETY: the handler is a static function.
        unsafe { LLVMInstallFatalErrorHandler(Some(on_fatal_error)) };
        report
    });
}
