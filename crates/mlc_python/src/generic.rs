//! Functions of a module that Python compiles for the types of their arguments, when it calls them.

use mlc::{Interface, Source};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::import::OwnValues;

/// What is known of the module that they are of.
pub struct Home<'a, 'py> {
    pub source: &'a Source,
    /// What it is imported as.
    pub name: &'a str,
    pub package: bool,
    /// Whether all who import it see one state.
    pub shared: bool,
    /// Those of `mlc.compile`.
    pub options: &'a Bound<'py, PyDict>,
}

/// Makes them attributes of the module.
pub fn attach(
    target: &Bound<'_, PyModule>,
    interface: &Interface,
    home: &Home,
    values: OwnValues,
) -> PyResult<()> {
    let py = target.py();
    if interface.generics.is_empty() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(home.source.bytes());
    let given = (
        home.name,
        home.source.name(),
        text.as_ref(),
        home.package,
        home.shared,
        target,
        values,
        home.options,
    );
    let module = py.import("mlc._generic")?;
    let home = module.getattr("Home")?.call1(given)?;
    for item in &interface.generics {
        let params: Vec<_> = (item.params.iter())
            .map(|param| (&param.name, format!("{:?}", param.kind), &param.default))
            .collect();
        let made = module
            .getattr("Generic")?
            .call1((&home, &item.name, &item.doc, params))?;
        target.setattr(item.name.as_str(), made)?;
    }
    Ok(())
}
