//! Compiled modules kept in files: in `__mlccache__` beside the source, or in the user's cache folder where that cannot be written.
//!
//! A cached module is taken where everything that it was made from is what it was: the source, each import (asked again, so
//! that a new file which would be found first counts as well as a changed one), the options, the CPU, this build of the
//! compiler. No time stamp is ever looked at. A file that is damaged, or that others may have written, counts as none.
//!
//! Nothing here fails: where files cannot be written the module is compiled each time.

mod entry;
mod explain;
mod file;
mod folder;
mod key;
mod lock;
#[cfg(test)]
mod tests;

pub use explain::{CacheReport, CachedFile};

use crate::{
    CompileError, Dependency, Interface, JitModule, Options, Session, Source, SourceLoader,
    guard::guard, state::Sharing,
};
use entry::Entry;
use folder::Folder;
use key::Key;
use lock::Lock;
use std::path::{Path, PathBuf};

/// The folder beside a source that its compiled modules are kept in.
pub const FOLDER: &str = "__mlccache__";

/// Where compiled modules are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cache {
    /// The user's cache folder, if there is one.
    user: Option<PathBuf>,
}

/// A module that can be called.
#[derive(Debug)]
pub struct Module {
    pub interface: Interface,
    pub code: JitModule,
    /// Whether it came from the cache.
    pub cached: bool,
}

impl Cache {
    /// With a user's cache folder of the host's choice.
    pub fn new(user: Option<PathBuf>) -> Cache {
        Cache { user }
    }

    /// With the folder that the environment names: `MLC_CACHE_DIR`, or `mlc` in `XDG_CACHE_HOME` or in `~/.cache`.
    pub fn of_user() -> Cache {
        let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let own = named("MLC_CACHE_DIR").map(PathBuf::from);
        let user = own.or_else(|| {
            let shared = named("XDG_CACHE_HOME").map(PathBuf::from);
            let shared = shared.filter(|folder| folder.is_absolute());
            let home = || Some(PathBuf::from(named("HOME")?).join(".cache"));
            Some(shared.or_else(home)?.join("mlc"))
        });
        Cache { user }
    }

    /// The user's cache folder.
    pub fn user_folder(&self) -> Option<&Path> {
        self.user.as_deref()
    }

    /// The folders in which modules of a source may be, the preferred one first.
    fn folders(&self, source: &Source) -> Vec<Folder> {
        let Some(file) = absolute_file(source.name()) else {
            return Vec::new();
        };
        let Some(beside) = file.parent() else {
            return Vec::new();
        };
        let user = self
            .user
            .as_ref()
            .map(|user| Folder::for_user(user, beside));
        [Some(Folder::beside(beside)), user]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The module of a source, from the cache or compiled and kept there. Of several processes that want one module at once, one
    /// compiles.
    pub fn load(
        &self,
        options: &Options,
        loader: &std::sync::Arc<dyn SourceLoader>,
        source: &Source,
    ) -> Result<Module, CompileError> {
        let key = Key::new(source, options);
        let folders = self.folders(source);
        let name = source.cache_name();
        let find = || {
            folders
                .iter()
                .find_map(|folder| find(folder, &name, &key, &**loader))
        };
        if let Some(module) = find() {
            return Ok(module);
        }
        let writable = folders.iter().find(|folder| folder.can_be_written());
        let lock = writable.map(|folder| Lock::take(folder, &name));
        // Another process may have compiled it while this one waited.
        if let Some(module) = find() {
            return Ok(module);
        }
        let session = Session::new(options.clone())?.load_from(std::sync::Arc::clone(loader));
        let compiled = session.compile(source)?;
        guard(|| {
            let interface = compiled.interface().unwrap_or_default();
            let (object, symbols) = compiled.host_object()?;
            if let Some(folder) = writable {
                let entry = Entry {
                    facts: key.facts().to_vec(),
                    dependencies: compiled.dependencies().to_vec(),
                    interface: interface.clone(),
                    symbols: symbols.clone(),
                };
                file::store(folder, &name, &key, &entry, &object);
            }
            drop(lock);
            Ok(Module {
                interface,
                code: JitModule::load(&object, symbols, Sharing::All)?,
                cached: false,
            })
        })
    }

    /// Removes what is kept for a source; how many files there were.
    pub fn clear(&self, source: &Source) -> usize {
        let name = source.cache_name();
        let folders = self.folders(source);
        folders.iter().map(|folder| folder.clear(&name)).sum()
    }

    /// Removes everything in the user's cache folder; how many files there were.
    pub fn clear_user(&self) -> usize {
        self.user
            .as_ref()
            .map_or(0, |user| folder::clear_below(user))
    }

    /// Removes every `__mlccache__` in a folder and below it; how many files there were.
    pub fn clear_below(&self, folder: &Path) -> usize {
        folder::clear_caches_below(folder)
    }
}

/// A module in a folder that is what compiling would give.
fn find(folder: &Folder, name: &str, key: &Key, loader: &dyn SourceLoader) -> Option<Module> {
    folder.entries_of(name, key).into_iter().find_map(|path| {
        let bytes = file::read(&path).ok()?;
        let (entry, object) = entry::parse(&bytes)?;
        if entry.facts != key.facts() || !unchanged(&entry.dependencies, loader) {
            return None;
        }
        let code = JitModule::load(object, entry.symbols, Sharing::All).ok()?;
        Some(Module {
            interface: entry.interface,
            code,
            cached: true,
        })
    })
}

fn unchanged(dependencies: &[Dependency], loader: &dyn SourceLoader) -> bool {
    let same = |dependency: &Dependency| dependency.ask(loader) == dependency.found;
    dependencies.iter().all(same)
}

/// The file that a source is, if it is one.
fn absolute_file(name: &str) -> Option<PathBuf> {
    let path = std::path::absolute(name).ok()?;
    path.is_file().then_some(path)
}
