//! `mlc.compile`: from a source to a Python module of its functions.

use std::collections::HashMap;
use std::ffi::c_void;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use mlc::{ModuleName, Sharing, SourceLoader};
use mlc_python_runtime::error::remember_source;
use mlc_python_runtime::module::Entries;
use mlc_python_runtime::scalar::type_name;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyModule, PyString};

use crate::error::compile_error;
use crate::generic::{Home, attach};
use crate::import::load;
use crate::parts::Parts;

/// Compile a source in the mlc language to a module of its functions.
///
/// `source` is the path of a file or the source itself: a `str` with a line break, or one that does not end in
/// `.mlc`, is a source. `defines` gives compile-time names their values. `fp` is `strict`, `reassoc` or `fast`,
/// `checks` is `none`, `bounds` or `overflow`. With `strict`, an array that does not lie in row-major order is an error; without, it
/// is copied for the call, and back where the function writes to it.
///
/// Modules that the source imports are found beside it and on `sys.path`. What is compiled is kept in the cache: of a file where imported
/// modules are, of a text in the user's folder. Every call makes a module with top-level values of its own.
///
/// Raises `CompileError`, which carries the compiler's messages, where the source does not compile.
/// `filename` is the name of a source that is given as text, for messages.
#[pyfunction]
#[pyo3(signature = (source, target="cpu", defines=None, fp="reassoc", checks="bounds", strict=false, filename=None))]
pub fn compile<'py>(
    source: &Bound<'py, PyAny>,
    target: &str,
    defines: Option<&Bound<'py, PyDict>>,
    fp: &str,
    checks: &str,
    strict: bool,
    filename: Option<String>,
) -> PyResult<Bound<'py, PyModule>> {
    let py = source.py();
    let choices = Choices::new(target, defines, fp, checks, strict)?;
    let parts = Arc::new(Parts::new(search_path(py)?, HashMap::new()));
    let given = Given::read(source, filename)?;
    let source = given.source(&*parts);
    let module = PyModule::new(py, &source.module_name())?;
    if given.is_file {
        module.setattr("__file__", source.name())?;
    } else if given.name.is_none() {
        remember_source(py, source.name(), &String::from_utf8_lossy(&given.text))?;
    }
    let loaded = load(&module, &source, choices, parts, Sharing::Imports, None)?;
    let options = PyDict::new(py);
    for (name, word) in [("target", target), ("fp", fp), ("checks", checks)] {
        options.set_item(name, word)?;
    }
    options.set_item("strict", strict)?;
    options.set_item(
        "defines",
        defines.map_or_else(|| PyDict::new(py), Clone::clone),
    )?;
    let home = Home {
        source: &source,
        name: &source.module_name(),
        package: false,
        shared: false,
        options: &options,
    };
    attach(&module, loaded, &home)?;
    Ok(module)
}

/// Compile a source to one of the forms that `mlc compile --emit` makes, as bytes.
///
/// `form` is a stage (`own`, `par`, `linalg`, `vector`, `llvm`), `llvm-ir`, `asm`, `obj`, `shared`, `pyext`, `header` or `pyi`; the other
/// parameters are those of `compile`, and `modules` further sources that this one imports: names with the files and the texts.
///
/// Raises `CompileError` where the source does not compile, or not to this form.
#[pyfunction]
#[pyo3(signature = (source, form, target="cpu", defines=None, fp="reassoc", checks="bounds", filename=None, modules=None))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the keywords of the function in Python"
)]
pub fn emit<'py>(
    source: &Bound<'py, PyAny>,
    form: &str,
    target: &str,
    defines: Option<&Bound<'py, PyDict>>,
    fp: &str,
    checks: &str,
    filename: Option<String>,
    modules: Option<HashMap<String, (String, String)>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = source.py();
    let form: mlc::Emit = word(form)?;
    let Choices { options, .. } = Choices::new(target, defines, fp, checks, false)?;
    let parts = Parts::new(search_path(py)?, modules.unwrap_or_default());
    let source = Given::read(source, filename)?.source(&parts);
    let failed = |error| compile_error(py, &error);
    let session = mlc::Session::new(options).map_err(failed)?;
    let session = session.load_from(Arc::new(parts));
    let emitted = py.detach(|| session.compile(&source)?.emit(form));
    Ok(PyBytes::new(py, &emitted.map_err(failed)?))
}

/// What the keywords of `mlc.compile` decide.
pub struct Choices {
    pub options: mlc::Options,
    pub strict: bool,
}

impl Choices {
    fn new(
        target: &str,
        defines: Option<&Bound<'_, PyDict>>,
        fp: &str,
        checks: &str,
        strict: bool,
    ) -> PyResult<Choices> {
        let mut options = mlc::Options::default();
        options.target = word(target)?;
        options.fp = word(fp)?;
        options.checks = word(checks)?;
        options.defines = defines.map(literals).transpose()?.unwrap_or_default();
        Ok(Choices { options, strict })
    }

    /// From a `dict` of those keywords that are given.
    pub fn from_keywords(keywords: &Bound<'_, PyDict>) -> PyResult<Choices> {
        let mut options = mlc::Options::default();
        let mut strict = false;
        for (name, value) in keywords.iter() {
            let name: String = name.extract()?;
            match name.as_str() {
                "target" => options.target = word(&value.extract::<String>()?)?,
                "fp" => options.fp = word(&value.extract::<String>()?)?,
                "checks" => options.checks = word(&value.extract::<String>()?)?,
                "defines" => options.defines = literals(value.cast::<PyDict>()?)?,
                "strict" => strict = value.extract()?,
                _ => {
                    return Err(PyTypeError::new_err(format!(
                        "mlc: there is no option `{name}`; there are `target`, `defines`, `fp`, `checks`, `strict`"
                    )));
                }
            }
        }
        Ok(Choices { options, strict })
    }
}

/// Imported modules are found as Python's are.
pub fn search_path(py: Python<'_>) -> PyResult<mlc::FileLoader> {
    let folders = py.import("sys")?.getattr("path")?;
    let mut search = Vec::new();
    for folder in folders.try_iter()? {
        // Python leaves out what is no text, too.
        if let Ok(folder) = folder?.extract::<PathBuf>() {
            search.push(folder);
        }
    }
    Ok(mlc::FileLoader::new(search))
}

/// Machine code in this process, by its symbols.
pub struct Loaded(pub mlc::JitModule);

impl Entries for Loaded {
    fn entry(&self, symbol: &str) -> *const c_void {
        self.0.entry(symbol).unwrap_or(std::ptr::null())
    }

    fn variable(&self, symbol: &str) -> Option<(*mut c_void, Arc<AtomicUsize>)> {
        self.0.variable(symbol)
    }

    fn is_to_run(&self) -> bool {
        self.0.is_to_run()
    }
}

fn word<T: FromStr<Err = mlc::UnknownWord>>(word: &str) -> PyResult<T> {
    word.parse()
        .map_err(|error: mlc::UnknownWord| PyValueError::new_err(format!("mlc.compile: {error}")))
}

/// `defines` as names with Python literals.
fn literals(defines: &Bound<'_, PyDict>) -> PyResult<Vec<(String, String)>> {
    let mut found = Vec::with_capacity(defines.len());
    for (name, value) in defines.iter() {
        let name: String = name.extract().map_err(|_| {
            PyTypeError::new_err("mlc.compile: parameter `defines`: expected names as keys")
        })?;
        let literal = value.is_instance_of::<PyBool>()
            || value.is_instance_of::<PyInt>()
            || value.is_instance_of::<PyFloat>()
            || value.is_instance_of::<PyString>();
        if !literal {
            return Err(PyTypeError::new_err(format!(
                "mlc.compile: parameter `defines`: expected an int, a float, a bool or a str for `{name}`, found {}",
                value.get_type().name()?
            )));
        }
        found.push((name, value.repr()?.to_string()));
    }
    Ok(found)
}

/// A source as `mlc.compile` got it.
struct Given {
    /// The path of a file, or what a text is called.
    name: Option<String>,
    text: Vec<u8>,
    is_file: bool,
}

impl Given {
    fn read(source: &Bound<'_, PyAny>, filename: Option<String>) -> PyResult<Given> {
        let py = source.py();
        if let Ok(text) = source.cast::<PyString>() {
            let text = text.to_cow()?;
            if text.contains('\n') || !text.ends_with(".mlc") {
                return Ok(Given {
                    name: filename,
                    text: text.as_bytes().to_vec(),
                    is_file: false,
                });
            }
        }
        let path = py
            .import("os")?
            .call_method1("fspath", (source,))
            .map_err(|error| {
                if !error.is_instance_of::<PyTypeError>(py) {
                    return error;
                }
                PyTypeError::new_err(format!(
                    "mlc.compile: parameter `source`: expected a path or a source, found {}",
                    type_name(source)
                ))
            })?;
        // Python's own `open`, for its exceptions: a missing file, a folder, no permission.
        let file = py.import("io")?.call_method1("open", (&path, "rb"))?;
        let text: Vec<u8> = file
            .call_method0("read")?
            .cast::<pyo3::types::PyBytes>()?
            .as_bytes()
            .to_vec();
        file.call_method0("close")?;
        // As the import hook has it, so that both find one module in the cache.
        let path = py.import("os.path")?.call_method1("abspath", (path,))?;
        Ok(Given {
            name: Some(path.str()?.to_string()),
            text,
            is_file: true,
        })
    }

    /// The source, as a module of the name that an import would give it.
    fn source(&self, loader: &dyn SourceLoader) -> mlc::Source {
        let text = self.text.clone();
        let source = match &self.name {
            Some(name) => mlc::Source::mlc(name.as_str(), text),
            None => mlc::Source::text(text),
        };
        let located = self.is_file.then(|| loader.locate(source.name())).flatten();
        let name = located.unwrap_or_else(|| ModuleName {
            path: source.module_name(),
            package: false,
        });
        let source = source.imported_as(name);
        if self.is_file || self.name.is_none() {
            return source;
        }
        // A text that goes by the name of a file, which keeps modules of its own.
        let hash = mlc::ContentHash::of(&self.text);
        let label = format!("{}-{hash:.12}", source.module_name());
        source.kept_as(label)
    }
}
