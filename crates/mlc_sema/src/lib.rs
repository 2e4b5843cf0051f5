//! From the syntax tree to the HIR: names are resolved, types inferred and checked, generics instantiated, parameter
//! conventions inferred, compile-time code evaluated, sugar removed.
//!
//! Nothing here knows of MLIR, reads a file or prints: imports come through a [`Loader`] that is passed in.

mod error_kind;
pub mod hir;
pub mod hir_dump;
mod options;
mod types;

pub use options::{LoadError, Loader, NoImports, Options};
