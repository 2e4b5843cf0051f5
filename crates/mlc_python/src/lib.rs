//! The Python package `mlc`: compiles sources and calls what they export, with NumPy arrays and without copies.
//!
//! The conversions are driven by tables ([`signature`]) that come from the compiler; nothing is generated for a function
//! but the entry through which it is called.

mod argument;
mod bind;
mod buffer;
mod call;
mod compile;
mod error;
mod exported;
mod function;
mod layout;
mod output;
mod overlap;
mod result;
mod scalar;
mod signature;
mod write_back;

use pyo3::prelude::*;

/// The compiled half of the package `mlc`.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::buffer::Buffer;
    #[pymodule_export]
    use crate::compile::compile;
    #[pymodule_export]
    use crate::error::Diagnostic;
}
