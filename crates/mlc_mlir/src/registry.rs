//! Registration of upstream dialects and passes.

use melior::dialect::DialectRegistry;
use std::{ffi::c_void, sync::Once};

unsafe extern "C" {
    fn mlcRegisterCompileDialects(registry: *mut c_void);
    fn mlcRegisterAllPasses();
}

/// Adds the upstream dialects that the pipelines use. Cheaper than all of them: a context that
/// loads these is ready in a few milliseconds.
pub fn register_compile_dialects(registry: &DialectRegistry) {
    // SAFETY: the registry is live, and the function only inserts into it.
    unsafe { mlcRegisterCompileDialects(registry.to_raw().ptr) }
}

/// Makes every upstream pass known to textual pipelines, once in a process.
pub fn register_upstream_passes() {
    static ONCE: Once = Once::new();
    // SAFETY: `Once` keeps two threads from registering at the same time.
    ONCE.call_once(|| unsafe { mlcRegisterAllPasses() });
}
