//! Source text, spans and diagnostics as data; renderers turn them into text once, at the edge.
//!
//! Nothing here reads a file, prints or exits: a renderer returns a `String`.

pub mod codes;
mod diagnostic;
pub mod render;
mod source;
mod suggest;

pub use diagnostic::{Diagnostic, Edit, FixIt, Label, Severity};
pub use source::{FileId, LineColumn, SourceMap, Span, decode};
pub use suggest::closest;
