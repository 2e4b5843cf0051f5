//! What compiled modules are called through in a Python process: conversions, calls, structs as types.
//!
//! It works from a module's [description](mlc_interface::Interface) and its machine code alone and knows nothing of the
//! compiler, so that the package `mlc` and stand-alone extension modules share it. The conversions are driven by types as
//! data; nothing is generated for a function but the entry through which it is called.

mod array;
mod arrow;
mod bind;
pub mod buffer;
mod call;
mod callback;
mod class;
mod construct;
mod dlpack;
mod drop;
mod ended;
pub mod error;
#[cfg(feature = "extension")]
mod extension;
mod fast;
mod function;
mod in_use;
pub mod interpreter;
mod interrupt;
mod layout;
mod load;
mod memory;
pub mod module;
mod numpy;
mod output;
mod overlap;
mod place;
pub mod scalar;
mod sequence;
mod signature;
mod store;
mod variable;
mod views;
mod write_back;

pub use function::Code;
