//! Imported modules from files: beside the importing file, then in the folders of a search path.

use crate::{Found, Import, Missing, ModuleName, SourceLoader};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file of a package, in its folder.
const PACKAGE: &str = "__init__.mlc";
/// What makes a folder a package for Python; it holds modules of both languages.
const PYTHON_PACKAGE: &str = "__init__.py";

/// Finds `a.b` as `a/b.mlc` or `a/b/__init__.mlc`, where `a` is a package: a folder with `__init__.mlc` (or with Python's
/// `__init__.py`, and then without statements of its own). The folder of the importing file comes first, then the one around its
/// outermost package, then the folders of the search path.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileLoader {
    search: Vec<PathBuf>,
}

impl FileLoader {
    /// With a search path: `-I` and `MLC_PATH` of the command, `sys.path` of Python.
    pub fn new(search: impl IntoIterator<Item = PathBuf>) -> FileLoader {
        FileLoader {
            search: search.into_iter().collect(),
        }
    }

    pub fn search(&self) -> &[PathBuf] {
        &self.search
    }

    /// The folders in which the outermost name of an import is looked for.
    fn roots(&self, import: &Import<'_>) -> Vec<PathBuf> {
        let beside = root_of(import.importer, import.importer_name);
        match (beside, import.relative) {
            (Some(root), true) => vec![root],
            (None, true) => Vec::new(),
            (root, false) => {
                let beside = root.is_some().then(|| Path::new(import.importer).parent());
                let beside = beside.flatten().map(Path::to_owned);
                let mut roots: Vec<PathBuf> = Vec::new();
                for folder in beside
                    .into_iter()
                    .chain(root)
                    .chain(self.search.iter().cloned())
                {
                    if !roots.contains(&folder) {
                        roots.push(folder);
                    }
                }
                roots
            }
        }
    }
}

impl SourceLoader for FileLoader {
    fn find(&self, import: &Import<'_>) -> Result<Found, Missing> {
        let roots = self.roots(import);
        let (package, name) = match import.name.rsplit_once('.') {
            Some((package, name)) => (Some(package), name),
            None => (None, import.name),
        };
        let Some(package) = package else {
            for root in &roots {
                if let Some(found) = in_folder(root, name) {
                    return found.read();
                }
            }
            return Err(missing(&roots, name));
        };
        if let (true, [root]) = (import.relative, roots.as_slice()) {
            let mut folder = root.clone();
            folder.extend(package.split('.'));
            return match in_folder(&folder, name) {
                Some(found) => found.read(),
                None => Err(missing(&[folder], name)),
            };
        }
        // The first folder that has the outermost name has all that is in it.
        let (first, rest) = package.split_once('.').unwrap_or((package, ""));
        let holder = roots
            .iter()
            .find_map(|root| Some((root, in_folder(root, first)?)));
        let Some((root, _)) = holder else {
            return Err(missing(&roots, name));
        };
        let mut folder = root.join(first);
        folder.extend(rest.split('.').filter(|part| !part.is_empty()));
        if package_file(&folder).is_none() {
            return Err(Missing {
                note: Some(format!("`{package}` is not a package")),
                ..Missing::default()
            });
        }
        match in_folder(&folder, name) {
            Some(found) => found.read(),
            None => Err(missing(std::slice::from_ref(&folder), name)),
        }
    }

    fn locate(&self, source: &str) -> Option<ModuleName> {
        let file = Path::new(source);
        if !file.is_file() {
            return None;
        }
        let stem = file.file_stem()?.to_str()?;
        let package = file.file_name().is_some_and(|name| name == PACKAGE);
        let mut parts = Vec::new();
        if !package {
            parts.push(stem.to_owned());
        }
        let mut folder = std::path::absolute(file).ok()?.parent()?.to_owned();
        while is_package(&folder) {
            let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
                break;
            };
            parts.push(name.to_owned());
            if !folder.pop() {
                break;
            }
        }
        parts.reverse();
        Some(ModuleName {
            path: parts.join("."),
            package,
        })
    }

    fn identity(&self, source: &str) -> String {
        identity(Path::new(source))
    }
}

/// A file, or folder, that is the module of a name.
struct Candidate {
    file: PathBuf,
    package: bool,
}

impl Candidate {
    fn read(self) -> Result<Found, Missing> {
        // Of a package of Python's, Python runs its own half.
        let foreign = self.file.extension().is_some_and(|ending| ending == "py");
        let bytes = if foreign {
            Vec::new()
        } else {
            fs::read(&self.file).map_err(|error| Missing {
                unreadable: Some(reason(&self.file, &error)),
                ..Missing::default()
            })?
        };
        Ok(Found {
            source: self.file.display().to_string(),
            identity: identity(&self.file),
            bytes,
            package: self.package,
        })
    }
}

fn reason(file: &Path, error: &io::Error) -> String {
    let file = file.display();
    match error.kind() {
        io::ErrorKind::PermissionDenied => format!("`{file}` may not be read"),
        _ => format!("`{file}`: {error}"),
    }
}

/// The module of that name in a folder. Of a package and a file of one name the package is taken, as Python does.
fn in_folder(folder: &Path, name: &str) -> Option<Candidate> {
    if let Some(file) = package_file(&folder.join(name)) {
        return Some(Candidate {
            file,
            package: true,
        });
    }
    let file = folder.join(format!("{name}.mlc"));
    if file.is_file() {
        return Some(Candidate {
            file,
            package: false,
        });
    }
    None
}

/// The file that makes a folder a package.
fn package_file(folder: &Path) -> Option<PathBuf> {
    let files = [PACKAGE, PYTHON_PACKAGE].map(|name| folder.join(name));
    files.into_iter().find(|file| file.is_file())
}

fn is_package(folder: &Path) -> bool {
    package_file(folder).is_some()
}

fn identity(file: &Path) -> String {
    match file.canonicalize() {
        Ok(path) => path.display().to_string(),
        Err(_) => file.display().to_string(),
    }
}

/// The folder from which a file is imported by its name: outside of all its packages. `None` for text that is no file.
fn root_of(source: &str, name: &ModuleName) -> Option<PathBuf> {
    let file = Path::new(source);
    if !file.is_file() {
        return None;
    }
    let mut root = file.parent()?.to_owned();
    let parts = name.path.split('.').count();
    let up = if name.package { parts } else { parts - 1 };
    for _ in 0..up {
        root = outside(&root);
    }
    Some(root)
}

/// The folder around a folder, written as it was.
fn outside(folder: &Path) -> PathBuf {
    match folder.components().next_back() {
        Some(std::path::Component::Normal(_)) => folder.parent().unwrap_or(folder).to_owned(),
        _ => folder.join(".."),
    }
}

fn missing(folders: &[PathBuf], name: &str) -> Missing {
    let shown = |folder: &PathBuf| match folder.to_string_lossy() {
        text if text.is_empty() => ".".to_owned(),
        text => text.into_owned(),
    };
    let plain = folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|folder| folder.is_dir());
    Missing {
        searched: folders.iter().map(shown).collect(),
        known: folders
            .iter()
            .flat_map(|folder| modules_in(folder))
            .collect(),
        note: plain.map(|folder| {
            format!(
                "`{}` is a folder but no package: it has no `{PACKAGE}`",
                folder.display()
            )
        }),
        unreadable: None,
    }
}

/// The names of the modules in a folder.
fn modules_in(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "mlc") {
                return Some(path.file_stem()?.to_str()?.to_owned());
            }
            (path.is_dir() && is_package(&path))
                .then(|| entry.file_name().to_str().map(str::to_owned))?
        })
        .filter(|name| name != "__init__")
        .collect();
    names.sort();
    names
}
