//! The dialects `own` (values with one owner) and `par` (loops of independent iterations).
//!
//! Each folder beside this one is a dialect: its definition (`.td`), its verifiers (`.cpp`), its
//! Rust half (`.rs`) and its specification (`README.md`). The op builders are generated from the
//! same definition as the C++ classes.

use mlir_sys::MlirDialectRegistry;

#[path = "../own/own.rs"]
pub mod own;
#[path = "../par/par.rs"]
pub mod par;

unsafe extern "C" {
    fn mlcOwnRegister(registry: *mut std::ffi::c_void);
    fn mlcParRegister(registry: *mut std::ffi::c_void);
}

/// Adds both dialects to a registry.
pub fn register(registry: MlirDialectRegistry) {
    let raw = registry.ptr;
    // SAFETY: `registry` is a live `mlir::DialectRegistry`, which both functions only insert into.
    unsafe {
        mlcOwnRegister(raw);
        mlcParRegister(raw);
    }
}
