//! What compiled mlc programs call while they run: memory, lists, the thread pool, errors and output.
//!
//! The one interface is C, named `mlc_rt_*` and described in `include/mlc_runtime.h`; the Rust items here serve the
//! JIT, which registers [`mlc_rt_symbols`], and hosts that turn a pending error into an exception of their own.
//! This crate depends on no compiler crate, so that it can be linked into every artefact that mlc emits.

pub mod alloc;
pub mod bf16;
pub mod boxes;
mod deep;
pub mod destructor;
#[cfg(all(feature = "entry", target_arch = "x86_64"))]
mod entry;
pub mod error;
mod exit;
pub mod float_text;
pub mod fork;
mod futex;
mod gamma;
pub mod interrupt;
pub mod kind;
pub mod leaks;
mod lgamma_zeros;
pub mod list;
pub mod math;
pub mod matmul;
pub mod narrow;
mod number;
pub mod output;
pub mod pool;
pub mod print;
pub mod progress;
pub mod python;
pub mod race;
pub mod renew;
pub mod report;
mod sanitizer;
pub mod shapes;
mod sort;
pub mod stack;
mod symbols;
pub mod text;
mod timsort;

pub use symbols::mlc_rt_symbols;

/// The version of the interface; it changes with every change that old artefacts would not survive.
pub const ABI_VERSION: u32 = 1;

/// The version of the interface that this runtime implements.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_abi_version() -> u32 {
    ABI_VERSION
}
