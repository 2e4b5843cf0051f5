//! The CPUs that LLVM knows.

use crate::report::{Report, collect};
use std::ffi::{CStr, c_char, c_void};

unsafe extern "C" {
    fn mlcIsCpu(triple: *const c_char, cpu: *const c_char) -> bool;
    fn mlcCpuHas(
        triple: *const c_char,
        cpu: *const c_char,
        features: *const c_char,
        feature: *const c_char,
    ) -> bool;
    fn mlcCpuNames(triple: *const c_char, report: Report, sink: *mut c_void);
}

/// Whether 64-bit code can be generated for a CPU of that name. The target must have been initialized.
pub fn is_cpu(triple: &CStr, cpu: &CStr) -> bool {
    // SAFETY: both are C strings, read during the call.
    unsafe { mlcIsCpu(triple.as_ptr(), cpu.as_ptr()) }
}

/// The names of all CPUs of a target, which must have been initialized.
pub fn cpu_names(triple: &CStr) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    // SAFETY: `collect` expects the vector that it is given.
    unsafe { mlcCpuNames(triple.as_ptr(), collect, (&raw mut names).cast()) };
    names
}

/// Whether a CPU has a feature such as `+avx2`; `features` are those that differ from the CPU's own.
/// The target must have been initialized.
pub fn cpu_has(triple: &CStr, cpu: &CStr, features: &CStr, feature: &CStr) -> bool {
    // SAFETY: all are C strings, read during the call.
    unsafe {
        mlcCpuHas(
            triple.as_ptr(),
            cpu.as_ptr(),
            features.as_ptr(),
            feature.as_ptr(),
        )
    }
}
