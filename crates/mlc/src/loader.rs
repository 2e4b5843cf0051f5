//! Where imported modules come from, as the host decides.

use serde::{Deserialize, Serialize};

/// Finds the modules that a source imports. Hosts that have no files give sources from wherever they keep them:
///
/// ```
/// use mlc::{Found, Import, Missing, ModuleName, Options, Session, Source, SourceLoader};
/// use std::sync::Arc;
///
/// struct Library;
///
/// impl SourceLoader for Library {
///     fn find(&self, import: &Import<'_>) -> Result<Found, Missing> {
///         match import.name {
///             "shapes" => Ok(Found::text("shapes", "fn area(a: f64, b: f64) -> f64:\n    return a * b\n")),
///             _ => Err(Missing::default()),
///         }
///     }
/// }
///
/// let session = Session::new(Options::default())?.load_from(Arc::new(Library));
/// let source = Source::mlc("room.mlc", "import shapes\n\nfn room() -> f64:\n    return shapes.area(3.0, 4.0)\n");
/// assert!(session.compile(&source).is_ok());
/// # Ok::<(), mlc::CompileError>(())
/// ```
pub trait SourceLoader: Send + Sync {
    /// The module of that name. It is asked for `a` and `a.b` before it is asked for `a.b.c`.
    fn find(&self, import: &Import<'_>) -> Result<Found, Missing>;

    /// What the source that is compiled is called among the packages that it is in. Where nothing is said it is in none, and
    /// cannot import relatively.
    fn locate(&self, source: &str) -> Option<ModuleName> {
        let _ = source;
        None
    }

    /// What tells the source that is compiled from others ([`Found::identity`]).
    fn identity(&self, source: &str) -> String {
        source.to_owned()
    }
}

/// What a module is called by others.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ModuleName {
    /// With dots, from the outermost package.
    pub path: String,
    /// Whether it is a package: the `__init__` of a folder.
    pub package: bool,
}

/// What an import asks for.
#[derive(Clone, Copy, Debug)]
pub struct Import<'i> {
    /// With dots, from the outermost package, also of a relative import.
    pub name: &'i str,
    /// Whether it was written with dots in front: then the module is in the outermost package of the importer.
    pub relative: bool,
    /// The name of the importing source, as diagnostics show it.
    pub importer: &'i str,
    /// What the importing source is called by others.
    pub importer_name: &'i ModuleName,
}

/// A module that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The name that diagnostics show, usually the path.
    pub source: String,
    /// What tells it from others: the same for a module that is reached in two ways.
    pub identity: String,
    pub bytes: Vec<u8>,
    /// Whether modules can be in it.
    pub package: bool,
}

impl Found {
    /// A module that is no package, from its text.
    pub fn text(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Found {
        let source = name.into();
        Found {
            identity: source.clone(),
            source,
            bytes: text.into(),
            package: false,
        }
    }
}

/// Why a module was not found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Missing {
    /// The places where it was looked for, as the user is to see them.
    pub searched: Vec<String>,
    /// The modules that are there, by the last part of their names.
    pub known: Vec<String>,
    /// A sentence about what stands in its place.
    pub note: Option<String>,
    /// It is there but cannot be read; the reason in words.
    pub unreadable: Option<String>,
}
