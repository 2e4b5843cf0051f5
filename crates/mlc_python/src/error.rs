//! Errors of compilation on their way to Python.

use pyo3::prelude::*;
use pyo3::types::PyList;

/// One message of the compiler, as data.
#[pyclass(frozen, get_all, module = "mlc")]
pub struct Diagnostic {
    code: String,
    severity: &'static str,
    message: String,
    /// `None` where there is no source, and so with the positions.
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    /// Second places, as `(file, line, column, end_line, end_column, message)`.
    labels: Vec<(String, u32, u32, u32, u32, String)>,
    help: Vec<String>,
}

#[pymethods]
impl Diagnostic {
    fn __repr__(&self) -> String {
        match (&self.file, self.line, self.column) {
            (Some(file), Some(line), Some(column)) => {
                format!(
                    "<{}[{}] {file}:{line}:{column}: {}>",
                    self.severity, self.code, self.message
                )
            }
            _ => format!("<{}[{}]: {}>", self.severity, self.code, self.message),
        }
    }
}

impl From<&mlc::Diagnostic> for Diagnostic {
    fn from(from: &mlc::Diagnostic) -> Diagnostic {
        let place = from.place.as_ref();
        let label = |label: &mlc::Label| {
            let place = &label.place;
            let message = label.message.clone();
            (
                place.file.clone(),
                place.line,
                place.column,
                place.end_line,
                place.end_column,
                message,
            )
        };
        Diagnostic {
            code: from.code.clone(),
            severity: from.severity.as_str(),
            message: from.message.clone(),
            file: place.map(|place| place.file.clone()),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            end_line: place.map(|place| place.end_line),
            end_column: place.map(|place| place.end_column),
            labels: from.labels.iter().map(label).collect(),
            help: from.help.clone(),
        }
    }
}

/// `mlc.CompileError`: its text is what a terminal shows, `.diagnostics` the same as data.
pub fn compile_error(py: Python<'_>, error: &mlc::CompileError) -> PyErr {
    let text = error.render(mlc::Format::Human, false);
    let diagnostics = error.diagnostics();
    let made = diagnostics
        .iter()
        .map(|diagnostic| Bound::new(py, Diagnostic::from(diagnostic)))
        .collect::<PyResult<Vec<_>>>()
        .and_then(|diagnostics| PyList::new(py, diagnostics))
        .and_then(|diagnostics| {
            py.import("mlc._errors")?
                .getattr("CompileError")?
                .call1((text.trim_end(), diagnostics))
        });
    match made {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}
