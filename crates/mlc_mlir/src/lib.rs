//! The door to MLIR and lld: what the C API does not offer, as safe Rust.
//!
//! Layers: `shim.cpp` is raw C++ behind `extern "C"`; the modules here make it safe. Nothing in
//! this crate knows of mlc's own dialects or passes: those are handed in.

mod cpu;
mod jit;
mod link;
mod nesting;
mod opt;
mod parse;
mod pass;
mod registry;
mod report;
pub mod rewrite;

pub use cpu::{cpu_has, cpu_names, is_cpu};
pub use jit::Jit;
pub use link::{LinkError, link};
pub use opt::opt_main;
pub use parse::parse_module;
pub use pass::{
    Pass, PassError, PassResult, emit_error, emit_error_with_notes, emit_remark, register_pass,
    set_pass_dialects,
};
pub use registry::{register_compile_dialects, register_upstream_passes};
