//! From the syntax tree to the HIR: names are resolved, types inferred and checked, generics instantiated, parameter
//! conventions inferred, compile-time code evaluated, sugar removed.
//!
//! Nothing here knows of MLIR, reads a file or prints: imports come through a [`Loader`] that is passed in.

mod annotations;
mod array_builders;
mod array_methods;
mod arrays;
mod assign;
mod builtins;
mod c_names;
mod call;
mod check;
mod checker;
mod coerce;
mod compact;
mod comptime;
mod conventions;
mod declare;
mod diag;
mod expr;
mod fstring;
mod func;
mod habits;
pub mod hir;
pub mod hir_dump;
mod imports;
mod indices;
mod instance;
mod interp;
mod iterate;
mod library;
mod literals;
mod liveness;
mod loops;
mod math;
mod methods;
mod module_values;
mod modules;
mod names;
mod narrowing;
mod nested;
mod ops;
mod options;
mod parallel;
mod passed;
mod places;
mod print;
mod progression;
mod python;
mod python_use;
mod raises;
pub mod relocations;
mod results;
pub mod signature;
mod simd;
mod slice_views;
mod stmt;
mod structs;
mod synthesized;
mod tuples;
mod types;
pub mod walk;
mod widths;
pub mod work;

pub use check::check;
pub use options::{LoadError, Loaded, Loader, MAIN, NoImports, NotFound, Options, Request};
