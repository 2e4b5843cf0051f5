//! The Python package `mlc`: compiles sources to modules, which [`mlc_python_runtime`] makes callable.

mod activity;
mod compile;
mod error;
mod generic;
mod import;
mod parts;

use mlc_python_runtime::{buffer::Buffer, error::race_error, interpreter};
use pyo3::prelude::*;

/// The compiled half of the package `mlc`.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    // SAFETY: the thread is attached, as `py` says.
    if !unsafe { interpreter::is_main("mlc") } {
        return Err(PyErr::fetch(py));
    }
    module.add_function(wrap_pyfunction!(activity::activity, module)?)?;
    module.add_function(wrap_pyfunction!(activity::watch_loops, module)?)?;
    module.add_function(wrap_pyfunction!(compile::compile, module)?)?;
    module.add_function(wrap_pyfunction!(compile::emit, module)?)?;
    module.add_function(wrap_pyfunction!(import::import_file, module)?)?;
    module.add_function(wrap_pyfunction!(import::import_text, module)?)?;
    module.add_class::<error::Diagnostic>()?;
    module.add_class::<Buffer>()?;
    module.add("RaceError", race_error(py)?)
}
