//! Passes from one dialect to another.

mod emit;
mod glue;
mod layout;
mod runtime;

pub mod exits;
pub mod own;
pub mod results;
