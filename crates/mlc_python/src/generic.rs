//! Functions and structs of a module that Python compiles for types, when it calls them.

use mlc::Source;
use mlc_interface::{FunctionKind, Generic};
use mlc_python_runtime::module::Instance;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::import::Filled;

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
pub fn attach(target: &Bound<'_, PyModule>, loaded: Filled, home: &Home) -> PyResult<()> {
    let py = target.py();
    let interface = loaded.interface;
    if interface.generics.is_empty() && interface.generic_structs.is_empty() {
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
        loaded.values,
        home.options,
    );
    let home = py.import("mlc._generic")?.getattr("Home")?.call1(given)?;
    for item in &interface.generics {
        let made = home.call_method1("function", described(item))?;
        target.setattr(item.name.as_str(), made)?;
    }
    for item in &interface.generic_structs {
        let methods = item.methods.iter();
        let methods: Vec<_> = methods
            .map(|method| {
                let kind = match method.kind {
                    FunctionKind::StaticMethod => "static",
                    FunctionKind::Property => "property",
                    FunctionKind::Setter => "setter",
                    _ => "method",
                };
                (kind, method.is_typed, described(&method.function))
            })
            .collect();
        let construct = described(&item.construct);
        let given = (
            construct,
            item.has_init,
            &item.parameters,
            methods,
            &item.names,
        );
        home.call_method1("struct", given)?;
    }
    for instance in &loaded.instances {
        if instance.home.is_none() {
            adopt(target.as_any(), instance, target)?;
        }
    }
    Ok(())
}

/// Gives the type of a generic struct to the module that defines it, if Python has that. `maker` is the module that made the type.
pub fn adopt(
    home: &Bound<'_, PyAny>,
    instance: &Instance,
    maker: &Bound<'_, PyModule>,
) -> PyResult<()> {
    let base = instance.name.split('[').next().unwrap_or_default();
    if let Some(generic) = home.getattr_opt(base)?
        && generic.hasattr("_adopt")?
    {
        generic.call_method1("_adopt", (&instance.name, &instance.ty, maker))?;
    }
    Ok(())
}

/// A parameter: its name, kind, type and default.
type Described<'a> = (&'a str, String, &'a Option<String>, &'a Option<String>);

fn described(item: &Generic) -> (&str, &Option<String>, Vec<Described<'_>>) {
    let params = item.params.iter().map(|param| {
        let kind = format!("{:?}", param.kind);
        (param.name.as_str(), kind, &param.annotation, &param.default)
    });
    (&item.name, &item.doc, params.collect())
}
