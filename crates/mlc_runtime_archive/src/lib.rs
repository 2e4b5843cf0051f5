//! The runtime as a static library, to be linked into what `mlc` emits.
//!
//! The compiler carries these bytes along, so that it can link artefacts on machines that have neither Rust nor a C
//! toolchain. `crates/mlc_runtime/README.md` says how to link them.

/// The contents of `libmlc_runtime.a`.
pub static ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libmlc_runtime.a"));

pub use mlc_runtime::ABI_VERSION;
