//! Errors of running programs on their way to Python.

use mlc_runtime::kind::KEYBOARD_INTERRUPT;
use mlc_runtime::python::{EXCEPTIONS, EXCEPTIONS_MODULE};
use pyo3::exceptions::{PyException, PySystemError, PyUnicodeDecodeError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule, PyType};

/// The exceptions that are no built-ins, and how one is made; Python, because only that makes traceback entries.
fn exceptions(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let made = MODULE.get_or_try_init(py, || {
        // Compiled code that raises in a callback shares it.
        let modules = py
            .import("sys")?
            .getattr("modules")?
            .cast_into::<PyDict>()?;
        if let Some(known) = modules.get_item(EXCEPTIONS_MODULE)? {
            return Ok(known.cast_into::<PyModule>()?.unbind());
        }
        let (code, name) = (c_str(EXCEPTIONS)?, c_str(EXCEPTIONS_MODULE)?);
        let module = PyModule::from_code(py, &code, c"<mlc>", &name)?;
        Ok::<_, PyErr>(module.unbind())
    })?;
    Ok(made.bind(py))
}

/// A source text of this crate as CPython takes it.
pub fn c_str(text: &str) -> PyResult<std::ffi::CString> {
    std::ffi::CString::new(text).map_err(|_| PySystemError::new_err("a NUL character in a source"))
}

/// `RaceError`, the one exception that Python does not have.
pub fn race_error(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    exceptions(py)?.getattr("RaceError")
}

/// Keeps the text of a source that has no file, for tracebacks.
pub fn remember_source(py: Python<'_>, name: &str, text: &str) -> PyResult<()> {
    let sources = exceptions(py)?.getattr("sources")?;
    sources.cast_into::<PyDict>()?.set_item(name, text)
}

/// The exception for this thread's pending error in `function`, with the line of the source as its innermost traceback entry.
pub fn take_pending(py: Python<'_>, function: &str) -> PyErr {
    let Some(error) = mlc_runtime::error::take() else {
        return PySystemError::new_err(format!("{function}: failed without an error"));
    };
    if error.kind == KEYBOARD_INTERRUPT
        && let Err(raised) = py.check_signals()
    {
        // Python's own handler has the last word on its signal.
        return raised;
    }
    let file = String::from_utf8_lossy(&error.file);
    if let Some(origin) = &error.origin {
        // SAFETY: the exception lives as long as its origin.
        let raised = unsafe { Bound::from_borrowed_ptr(py, origin.object().cast()) };
        let arguments = (raised, file.as_ref(), error.line, function);
        return match exceptions(py).and_then(|module| module.call_method1("again", arguments)) {
            Ok(error) => PyErr::from_value(error),
            Err(error) => error,
        };
    }
    let name = mlc_runtime::kind::name(error.kind);
    let message = String::from_utf8_lossy(&error.message);
    let told = error.arguments.as_deref();
    let arguments = (
        name,
        message.as_ref(),
        file.as_ref(),
        error.line,
        function,
        told,
    );
    match exceptions(py).and_then(|module| module.call_method1("make", arguments)) {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

/// The same error with a name in front of its text. One that Python code raised, such as the `__float__` of an argument,
/// and one that is not made of a text, go through as they are.
#[cold]
pub fn with_prefix(py: Python<'_>, name: &str, error: PyErr) -> PyErr {
    if is_of_python_code(py, &error) || !is_made_of_a_text(&error.get_type(py)) {
        return error;
    }
    let text = format!("{name}: {}", error.value(py));
    PyErr::from_type(error.get_type(py), text)
}

/// Whether code in Python raised the error, and not a conversion of ours or of CPython's.
pub fn is_of_python_code(py: Python<'_>, error: &PyErr) -> bool {
    error.traceback(py).is_some()
}

fn is_made_of_a_text(ty: &Bound<'_, PyType>) -> bool {
    let py = ty.py();
    (ty.module()).is_ok_and(|module| module == "builtins")
        && ty.is_subclass_of::<PyException>().unwrap_or(false)
        && !ty.is(py.get_type::<PyUnicodeEncodeError>())
        && !ty.is(py.get_type::<PyUnicodeDecodeError>())
}
