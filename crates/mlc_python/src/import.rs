//! What `mlc.importer` calls: a file's module, from the cache or compiled, poured into a module object of Python's.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use mlc::{Cache, Interface, ModuleName, Sharing, Source, SourceLoader, Values};
use mlc_python_runtime::Code;
use mlc_python_runtime::module::{self, Instance, Settings};
use pyo3::exceptions::PyModuleNotFoundError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyType};

use crate::activity::Compiling;
use crate::compile::{Choices, Loaded, search_path};
use crate::error::compile_error;
use crate::generic::{Home, adopt, attach};
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
    let loaded = load(target, &source, choices, loader, Sharing::All, None);
    let loaded = loaded.and_then(|loaded| {
        let cached = loaded.cached;
        attach(target, loaded, &home)?;
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

/// The module of a source that was made of a part of a file, which `filename` names, whether it came from the cache, and the type of the
/// first parameter of its first function, where that is a generic struct. `name` tells the parts apart. `modules` are further ones that the
/// source imports: names with the files and the texts. `home` is a module that was made before, whose types and values the source shares,
/// with the name by which it imports that.
///
/// Raises `CompileError` where the source does not compile.
#[pyfunction]
#[pyo3(signature = (text, filename, name, options, modules, home=None))]
pub fn import_text<'py>(
    py: Python<'py>,
    text: &str,
    filename: &str,
    name: String,
    options: &Bound<'_, PyDict>,
    modules: HashMap<String, (String, String)>,
    home: Option<(String, Bound<'py, PyModule>, Bound<'py, OwnValues>)>,
) -> PyResult<(Bound<'py, PyModule>, bool, Option<Py<PyType>>)> {
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
    let sharing = match &home {
        Some((.., values)) => Sharing::With(values.get().0.clone()),
        None => Sharing::All,
    };
    let home = home.map(|(name, module, _)| (name, module));
    let loaded = load(&module, &source, choices, loader, sharing, home)?;
    let first = (loaded.interface.functions.first()).and_then(|item| item.params.first());
    let first = first.and_then(|param| match param.ty {
        mlc_interface::Type::Struct(position) => loaded.interface.structs.get(position),
        _ => None,
    });
    let of_first = |instance: &Instance| {
        first.is_some_and(|item| item.name == instance.name && item.home == instance.home)
    };
    let ty = loaded.instances.into_iter().find(of_first);
    Ok((module, loaded.cached, ty.map(|instance| instance.ty)))
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

/// The top-level values that a module has for itself, for what is compiled for it later.
#[pyclass(frozen, module = "mlc")]
pub struct OwnValues(pub Values);

/// What a module object was filled with.
pub struct Filled {
    pub interface: Interface,
    pub values: OwnValues,
    /// The types of generic structs.
    pub instances: Vec<Instance>,
    /// Whether it came from the cache.
    pub cached: bool,
}

/// Fills the module object with what the source makes, from the cache or compiled. `home` is a module that the source imports by
/// this name, which has the types of its structs.
pub fn load(
    target: &Bound<'_, PyModule>,
    source: &Source,
    choices: Choices,
    loader: Arc<dyn SourceLoader>,
    sharing: Sharing,
    home: Option<(String, Bound<'_, PyModule>)>,
) -> PyResult<Filled> {
    let py = target.py();
    let activity = Compiling::start(source.name());
    let cache = Cache::of_user();
    let loaded = py.detach(|| cache.load(&choices.options, &loader, source, sharing));
    drop(activity);
    let loaded = loaded.map_err(|error| compile_error(py, &error))?;
    let values = OwnValues(loaded.code.values());
    let entries = Arc::new(Loaded(loaded.code));
    let kept: Code = entries.clone();
    let settings = Settings {
        strict: choices.strict,
    };
    let homes = |py: Python<'_>, module: &str, name: &str| match &home {
        Some((given, home)) if given == module => attribute(home, name),
        _ => match imported(py, module)? {
            Some(home) => attribute(&home, name),
            None => Ok(None),
        },
    };
    // SAFETY: code and description are those of one compilation.
    let instances = unsafe {
        module::fill(
            target,
            &loaded.interface,
            &*entries,
            &kept,
            settings,
            &homes,
        )?
    };
    for instance in &instances {
        let Some(name) = &instance.home else { continue };
        let module = match &home {
            Some((given, home)) if given == name => Some(home.clone().into_any()),
            _ => imported(py, name)?,
        };
        if let Some(module) = module {
            adopt(&module, instance, target)?;
        }
    }
    Ok(Filled {
        interface: loaded.interface,
        values,
        instances,
        cached: loaded.cached,
    })
}

/// The module that Python has, or that the import hook, where it is in use, gives it.
fn imported<'py>(py: Python<'py>, module: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let modules = py.import("sys")?.getattr("modules")?;
    let modules = modules.cast::<PyDict>()?;
    match modules.get_item(module)? {
        Some(found) => Ok(Some(found)),
        None if modules.contains("mlc.importer")? => match py.import(module) {
            Ok(found) => Ok(Some(found.into_any())),
            Err(error) if error.is_instance_of::<PyModuleNotFoundError>(py) => Ok(None),
            Err(error) => Err(error),
        },
        None => Ok(None),
    }
}

/// The type of a struct; that of a generic one for types is with the struct.
fn attribute(module: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<Py<PyAny>>> {
    let base = name.split('[').next().unwrap_or_default();
    let found = module.getattr_opt(base)?;
    if base == name {
        return Ok(found.map(Bound::unbind));
    }
    let known = match found {
        Some(generic) => generic.getattr_opt("_known")?,
        None => None,
    };
    match known {
        Some(known) => Ok(known.cast::<PyDict>()?.get_item(name)?.map(Bound::unbind)),
        None => Ok(None),
    }
}
