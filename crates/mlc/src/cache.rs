//! Compiled modules kept in files: in `__mlccache__` beside the source, or in the user's cache folder where that cannot be written.
//! Programs that are run, and modules of texts that are no files, are kept in the user's folder.
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
mod place;
mod program;
#[cfg(test)]
mod tests;

pub use explain::{CacheReport, CachedFile};

use crate::{
    CompileError, Compiled, Dependency, Interface, JitModule, Options, Session, Sharing, Source,
    SourceLoader, guard::guard, jit::Symbols,
};
use entry::Entry;
use folder::Folder;
use key::{Form, Key};
use lock::Lock;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

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

    /// The module of a source, from the cache or compiled and kept there. Of several processes that want one module at once, one
    /// compiles.
    pub fn load(
        &self,
        options: &Options,
        loader: &Arc<dyn SourceLoader>,
        source: &Source,
        sharing: Sharing,
    ) -> Result<Module, CompileError> {
        let take = |entry: Entry, object: &[u8]| {
            let code = JitModule::load(object, entry.symbols, &sharing).ok()?;
            Some(Module {
                interface: entry.interface,
                code,
                cached: true,
            })
        };
        let make = |shelf: Shelf<'_>| {
            let session = Session::new(options.clone())?.load_from(Arc::clone(loader));
            let compiled = session.compile(source)?;
            guard(|| {
                let interface = compiled.interface().unwrap_or_default();
                let (object, symbols) = compiled.host_object()?;
                shelf.keep(&compiled, &interface, &symbols, &object);
                Ok(Module {
                    interface,
                    code: JitModule::load(&object, symbols, &sharing)?,
                    cached: false,
                })
            })
        };
        self.find_or_make(
            &Wanted::module(self, source, options),
            &**loader,
            take,
            make,
        )
    }

    /// What is kept, or made by one process of several.
    fn find_or_make<T>(
        &self,
        wanted: &Wanted,
        loader: &dyn SourceLoader,
        take: impl Fn(Entry, &[u8]) -> Option<T>,
        make: impl FnOnce(Shelf<'_>) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let find = || {
            let mut folders = wanted.folders.iter();
            folders.find_map(|folder| find(folder, &wanted.name, &wanted.key, loader, &take))
        };
        if let Some(found) = find() {
            return Ok(found);
        }
        let writable = wanted.folders.iter().find(|folder| folder.can_be_written());
        let lock = writable.map(|folder| Lock::take(folder, &wanted.name));
        // Another process may have compiled it while this one waited.
        if let Some(found) = find() {
            return Ok(found);
        }
        make(Shelf {
            wanted,
            folder: writable,
            _lock: lock,
        })
    }

    /// Removes what is kept for a source, as a module and as a program; how many files there were.
    pub fn clear(&self, source: &Source) -> usize {
        let (module, modules) = self.of_module(source);
        let (program, programs) = self.of_program(source);
        let modules = modules.iter().map(|folder| folder.clear(&module));
        let programs = programs.iter().map(|folder| folder.clear(&program));
        modules.chain(programs).sum()
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

/// What is looked for.
struct Wanted {
    key: Key,
    /// The name of its files, before the key.
    name: String,
    /// Where they may be, the preferred folder first.
    folders: Vec<Folder>,
}

impl Wanted {
    fn module(cache: &Cache, source: &Source, options: &Options) -> Wanted {
        let (name, folders) = cache.of_module(source);
        let key = Key::new(source, options, &Form::Module);
        Wanted { key, name, folders }
    }
}

/// Where what was made is put; who has it is the one who makes it.
struct Shelf<'a> {
    wanted: &'a Wanted,
    /// None where nothing can be written.
    folder: Option<&'a Folder>,
    _lock: Option<Lock>,
}

impl Shelf<'_> {
    fn keep(self, compiled: &Compiled, interface: &Interface, symbols: &Symbols, object: &[u8]) {
        let Some(folder) = self.folder else { return };
        let entry = Entry {
            facts: self.wanted.key.facts().to_vec(),
            dependencies: compiled.dependencies().to_vec(),
            interface: interface.clone(),
            symbols: symbols.clone(),
        };
        file::store(folder, &self.wanted.name, &self.wanted.key, &entry, object);
    }
}

/// What a folder holds that is what compiling would give.
fn find<T>(
    folder: &Folder,
    name: &str,
    key: &Key,
    loader: &dyn SourceLoader,
    take: impl Fn(Entry, &[u8]) -> Option<T>,
) -> Option<T> {
    folder.entries_of(name, key).into_iter().find_map(|path| {
        let bytes = file::read(&path).ok()?;
        let (entry, object) = entry::parse(&bytes)?;
        if entry.facts != key.facts() || !unchanged(&entry.dependencies, loader) {
            return None;
        }
        take(entry, object)
    })
}

fn unchanged(dependencies: &[Dependency], loader: &dyn SourceLoader) -> bool {
    let same = |dependency: &Dependency| dependency.ask(loader) == dependency.found;
    dependencies.iter().all(same)
}
