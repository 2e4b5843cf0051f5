//! What `mlc.importer` calls: a file's module, from the cache or compiled, poured into a module object of Python's.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use mlc::{Cache, Interface, ModuleName, Sharing, Source, SourceLoader};
use mlc_python_runtime::Code;
use mlc_python_runtime::module::{self, Settings};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::activity::Compiling;
use crate::compile::{Choices, Loaded, search_path};
use crate::error::compile_error;
use crate::generic::{Home, attach};
use crate::parts::Parts;

/// Fill the module object of a file: `name` is what it is imported as, `options` those of `mlc.compile`. Return whether it came from the
/// cache.
///
/// Raises `CompileError`, an `ImportError`, where the source does not compile.
#[pyfunction]
pub fn import_file(
    target: &Bound<'_, PyModule>,
    path: PathBuf,
    name: String,
    package: bool,
    options: &Bound<'_, PyDict>,
) -> PyResult<bool> {
    let py = target.py();
    let choices = Choices::from_keywords(options)?;
    let file = path.display().to_string();
    // Python's own `open`, for its exceptions.
    let text: Vec<u8> = py
        .import("io")?
        .call_method1("open_code", (&file,))
        .and_then(|file| {
            let text = file.call_method0("read")?.extract::<Vec<u8>>();
            file.call_method0("close")?;
            text
        })?;
    let full_name = ModuleName {
        path: name.clone(),
        package,
    };
    let source = Source::mlc(file.as_str(), text).imported_as(full_name);
    let loader = Arc::new(search_path(py)?);
    let home = Home {
        source: &source,
        name: &name,
        package,
        shared: true,
        options,
    };
    let loaded = load(target, &source, choices, loader, Sharing::All);
    let loaded = loaded.and_then(|(interface, cached)| {
        attach(target, &interface, &home)?;
        Ok(cached)
    });
    loaded.map_err(|error| {
        // What an `ImportError` says besides its text.
        let value = error.value(py);
        match value
            .setattr("name", &name)
            .and_then(|()| value.setattr("path", &file))
        {
            Ok(()) => error,
            Err(failed) => failed,
        }
    })
}

/// The module of a source that was made of a part of a file, which `filename` names, and whether it came from the cache; `name` tells the
/// parts apart. `modules` are further ones that the source imports: names with the files and the texts.
///
/// Raises `CompileError` where the source does not compile.
#[pyfunction]
pub fn import_text<'py>(
    py: Python<'py>,
    text: &str,
    filename: &str,
    name: String,
    options: &Bound<'_, PyDict>,
    modules: HashMap<String, (String, String)>,
) -> PyResult<(Bound<'py, PyModule>, bool)> {
    let module = PyModule::new(py, &name)?;
    let full_name = ModuleName {
        path: name,
        package: false,
    };
    let label = label(&full_name.path, text);
    let source = Source::mlc(filename, text.as_bytes().to_vec())
        .imported_as(full_name)
        .kept_as(label);
    let loader = Arc::new(Parts::new(search_path(py)?, modules));
    let choices = Choices::from_keywords(options)?;
    let (_, cached) = load(&module, &source, choices, loader, Sharing::All)?;
    Ok((module, cached))
}

/// What a part of a file is kept as: each function, and of it each list of types and constants, by itself.
fn label(name: &str, text: &str) -> String {
    let mut head = String::from(name);
    let heads = ["def ", "comptime "];
    for line in text
        .lines()
        .filter(|line| heads.iter().any(|head| line.starts_with(head)))
    {
        head.push('\n');
        head.push_str(line);
    }
    let own = name.rsplit('.').next().unwrap_or_default();
    format!(
        "{own}-{:.12}",
        mlc::ContentHash::of(head.as_bytes()).to_string()
    )
}

/// Fills the module object with what the source makes, from the cache or compiled; what that is, and whether it came from there.
pub fn load(
    target: &Bound<'_, PyModule>,
    source: &Source,
    choices: Choices,
    loader: Arc<dyn SourceLoader>,
    sharing: Sharing,
) -> PyResult<(Interface, bool)> {
    let py = target.py();
    let activity = Compiling::start(source.name());
    let cache = Cache::of_user();
    let loaded = py.detach(|| cache.load(&choices.options, &loader, source, sharing));
    drop(activity);
    let loaded = loaded.map_err(|error| compile_error(py, &error))?;
    let entries = Arc::new(Loaded(loaded.code));
    let kept: Code = entries.clone();
    let settings = Settings {
        strict: choices.strict,
    };
    // SAFETY: code and description are those of one compilation.
    unsafe { module::fill(target, &loaded.interface, &*entries, &kept, settings)? };
    Ok((loaded.interface, loaded.cached))
}
