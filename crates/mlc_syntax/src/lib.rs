//! From source text to a syntax tree with spans, and never less than that: errors come beside the tree.
//!
//! Nothing here knows of types, MLIR or files.

pub mod ast;
mod name;

pub use ast::Module;
pub use name::Name;
