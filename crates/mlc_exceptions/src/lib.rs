//! The built-in exceptions, as the compiler and the runtime of what it compiles both know them: their names, numbers and
//! hierarchy, and how the arguments of one travel in a text.

mod kind;
mod told;

pub use kind::ErrorKind;
pub use told::{ARGUMENTS, MESSAGE, Told};
