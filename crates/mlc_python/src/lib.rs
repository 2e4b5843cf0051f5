//! The Python package `mlc`: compiles sources to modules, which [`mlc_python_runtime`] makes callable.

mod activity;
mod compile;
mod error;
mod import;
mod parts;

use pyo3::prelude::*;

/// The compiled half of the package `mlc`.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::activity::{activity, watch_loops};
    #[pymodule_export]
    use crate::compile::{compile, emit};
    #[pymodule_export]
    use crate::error::Diagnostic;
    #[pymodule_export]
    use crate::import::{import_file, import_text};
    #[pymodule_export]
    use mlc_python_runtime::buffer::Buffer;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add(
            "RaceError",
            mlc_python_runtime::error::race_error(module.py())?,
        )
    }
}
