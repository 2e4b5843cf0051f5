//! The imports of one compilation: what the host's loader finds, parsed once each.

use crate::{Dependency, Import, Missing, ModuleName, SourceLoader, dependency::Reached};
use mlc_diagnostics::{Diagnostic, FileId, SourceMap};
use mlc_sema::{LoadError, Loaded, Loader, NotFound, Request};
use std::{collections::HashMap, sync::Arc};

/// Finds modules, and keeps what they depend on.
pub(crate) struct Imports<'i> {
    loader: &'i dyn SourceLoader,
    sources: &'i mut SourceMap,
    /// The source that is compiled, then the others, by their numbers.
    modules: Vec<(FileId, ModuleName)>,
    /// `None` for one with errors.
    known: HashMap<String, Option<Loaded>>,
    pub diagnostics: Vec<Diagnostic>,
    pub dependencies: Vec<Dependency>,
}

impl<'i> Imports<'i> {
    pub fn new(
        loader: &'i dyn SourceLoader,
        sources: &'i mut SourceMap,
        main: FileId,
        name: ModuleName,
        tree: &Arc<mlc_syntax::Module>,
    ) -> Imports<'i> {
        let identity = loader.identity(sources.name(main));
        let loaded = Loaded {
            id: mlc_sema::MAIN,
            path: name.path.clone(),
            module: Arc::clone(tree),
            package: name.package,
        };
        Imports {
            loader,
            sources,
            modules: vec![(main, name)],
            known: HashMap::from([(identity, Some(loaded))]),
            diagnostics: Vec::new(),
            dependencies: Vec::new(),
        }
    }

    fn add(&mut self, found: crate::Found, wanted: &str) -> Option<Loaded> {
        let file = match self.sources.add_bytes(found.source, found.bytes) {
            Ok(file) => file,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let (tree, diagnostics) = mlc_syntax::parse(file, self.sources.text(file));
        let failed = diagnostics.iter().any(Diagnostic::is_error);
        self.diagnostics.extend(diagnostics);
        let id = self.modules.len() as u32;
        let located = self.loader.locate(self.sources.name(file));
        let name = located.unwrap_or_else(|| ModuleName {
            path: wanted.to_owned(),
            package: found.package,
        });
        let path = name.path.clone();
        self.modules.push((file, name));
        (!failed).then(|| Loaded {
            id,
            path,
            module: Arc::new(tree),
            package: found.package,
        })
    }
}

impl Loader for Imports<'_> {
    fn load(&mut self, request: Request<'_>) -> Result<Loaded, LoadError> {
        let (file, name) = &self.modules[request.importer as usize];
        let import = Import {
            name: request.name,
            relative: request.relative,
            importer: self.sources.name(*file),
            importer_name: name,
        };
        let answer = self.loader.find(&import);
        self.dependencies.push(Dependency {
            importer: import.importer.to_owned(),
            importer_name: name.clone(),
            name: request.name.to_owned(),
            relative: request.relative,
            found: (answer.as_ref().ok()).map(|found| Reached::new(found, self.loader)),
        });
        let found = match answer {
            Ok(found) => found,
            Err(missing) => {
                let Missing {
                    searched,
                    known,
                    note,
                    unreadable,
                } = missing;
                return Err(match unreadable {
                    Some(reason) => LoadError::Unreadable(reason),
                    None => LoadError::NotFound(NotFound {
                        searched,
                        known,
                        note,
                    }),
                });
            }
        };
        let loaded = match self.known.get(&found.identity) {
            Some(loaded) => loaded.clone(),
            None => {
                let identity = found.identity.clone();
                let loaded = self.add(found, request.name);
                self.known.insert(identity, loaded.clone());
                loaded
            }
        };
        loaded.ok_or(LoadError::Reported)
    }
}

/// A host that has no modules to give.
pub(crate) struct NoModules;

impl SourceLoader for NoModules {
    fn find(&self, _: &Import<'_>) -> Result<crate::Found, Missing> {
        Err(Missing::default())
    }
}
