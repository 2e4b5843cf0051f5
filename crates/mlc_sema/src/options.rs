//! What the caller of the checker decides: names, defines, and where imported modules come from.

use std::sync::Arc;

use mlc_syntax::Module;

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name of the module: the stem of its file.
    pub module: String,
    /// Its dotted name among the packages that it is in; relative imports start from there. Empty: it is in none.
    pub path: String,
    /// Whether it is a package: the `__init__` of a folder.
    pub package: bool,
    /// Whether `__name__` is that dotted name, as in a module that is imported, and not `"__main__"`.
    pub imported: bool,
    /// `-D NAME=value` as name and text; the text is a literal of Python's (anything else is a string).
    pub defines: Vec<(String, String)>,
    /// `--checks=none`: no run-time check counts as something that may raise.
    pub unchecked: bool,
    /// `--checks=overflow`: integer arithmetic may raise.
    pub overflow: bool,
    /// The width of a vector register of the target, for `simd_width`; 128 where nothing is said.
    pub vector_bits: u32,
    /// How many statements and iterations one evaluation at compile time may take; 30 million where nothing is said.
    pub comptime_steps: Option<u64>,
    /// How many threads may work on a long program; as many as the machine has where nothing is said.
    pub threads: Option<usize>,
}

/// Why an imported module could not be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoadError {
    /// There is none of that name.
    NotFound(NotFound),
    /// There is one, but it has errors that were reported elsewhere.
    Reported,
    /// It could not be read; the reason in words.
    Unreadable(String),
}

/// What helps to mend the import of a module that is not there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NotFound {
    /// Where it was looked for.
    pub searched: Vec<String>,
    /// The modules that are there.
    pub known: Vec<String>,
    /// A sentence about what stands in its place.
    pub note: Option<String>,
}

/// A module as a loader found it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// One number for each module, however it was reached; [`MAIN`] is the module being compiled.
    pub id: u32,
    /// Its dotted name, which is one however it was reached.
    pub path: String,
    pub module: Arc<Module>,
    /// Whether it is a package: the `__init__` of a folder.
    pub package: bool,
}

/// The number of the module being compiled.
pub const MAIN: u32 = 0;

/// What an import asks for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The dotted name from the top, also of a relative import.
    pub name: &'r str,
    /// The number of the module that imports.
    pub importer: u32,
    /// Where it was written with dots in front: then it is in the package of the importer, and nowhere else.
    pub relative: bool,
}

/// Gives the syntax trees of imported modules. The checker asks for `a` and `a.b` before it asks for `a.b.c`.
pub trait Loader {
    fn load(&mut self, request: Request<'_>) -> Result<Loaded, LoadError>;
}

/// A loader that finds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoImports;

impl Loader for NoImports {
    fn load(&mut self, _: Request<'_>) -> Result<Loaded, LoadError> {
        Err(LoadError::NotFound(NotFound::default()))
    }
}
