//! What the caller of the checker decides: defines, and where imported modules come from.

use std::sync::Arc;

use mlc_syntax::Module;

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name of the module: the stem of its file.
    pub module: String,
    /// `-D NAME=value` as name and text; the text is a literal of Python's (anything else is a string).
    pub defines: Vec<(String, String)>,
    /// `--checks=none`: no run-time check counts as something that may raise.
    pub unchecked: bool,
    /// How many statements and iterations one evaluation at compile time may take; 30 million where nothing is said.
    pub comptime_steps: Option<u64>,
}

/// Why an imported module could not be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoadError {
    /// There is none of that name.
    NotFound,
    /// There is one, but it has errors that were reported elsewhere.
    Reported,
    /// It could not be read; the reason in words.
    Unreadable(String),
}

/// Gives the syntax trees of imported modules. The checker asks once for each distinct `level` and `path`.
pub trait Loader {
    /// `path` is dotted; `level` counts the dots in front of a relative import, whose folder is that of `importer`
    /// (the dotted path of the importing module, empty for the one being compiled).
    fn load(&mut self, importer: &str, level: u32, path: &str) -> Result<Arc<Module>, LoadError>;
}

/// A loader that finds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoImports;

impl Loader for NoImports {
    fn load(&mut self, _: &str, _: u32, _: &str) -> Result<Arc<Module>, LoadError> {
        Err(LoadError::NotFound)
    }
}
