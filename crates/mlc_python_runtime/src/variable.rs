//! A module's top-level variable, as the attribute of the Python module that it is.

use pyo3::prelude::*;

use crate::layout::Type;
use crate::place::Place;

/// Reads and writes one variable.
#[pyclass(frozen, module = "mlc")]
pub struct Variable {
    name: String,
    ty: Type,
    place: Place,
}

impl Variable {
    pub fn new(name: &str, ty: Type, place: Place) -> Variable {
        Variable {
            name: name.to_owned(),
            ty,
            place,
        }
    }
}

#[pymethods]
impl Variable {
    fn get<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.place.load(py, &self.ty)
    }

    fn set(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let stored = self.place.store(&self.ty, value);
        stored.map_err(|error| crate::error::with_prefix(value.py(), &self.name, error))
    }
}
