//! What a compilation depends on besides its own source: where each import led, and what was found there.

use crate::{ContentHash, Found, Import, ModuleName, SourceLoader};
use serde::{Deserialize, Serialize};

/// An import, as it was answered. Asked again it may lead elsewhere: because a file has changed, has gone, or a new one is found
/// before it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dependency {
    /// The name of the importing source, as diagnostics show it.
    pub importer: String,
    pub importer_name: ModuleName,
    /// With dots, from the outermost package.
    pub name: String,
    pub relative: bool,
    /// `None`: there was no such module, and the import meant something else.
    pub found: Option<Reached>,
}

/// Where an import led.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reached {
    /// The name that diagnostics show, usually the path.
    pub source: String,
    pub identity: String,
    /// What it is called, where its place says that.
    pub name: Option<ModuleName>,
    pub package: bool,
    pub content: ContentHash,
}

impl Reached {
    pub(crate) fn new(found: &Found, loader: &dyn SourceLoader) -> Reached {
        Reached {
            name: loader.locate(&found.source),
            source: found.source.clone(),
            identity: found.identity.clone(),
            package: found.package,
            content: ContentHash::of(&found.bytes),
        }
    }
}

impl Dependency {
    /// Where the import leads now.
    pub fn ask(&self, loader: &dyn SourceLoader) -> Option<Reached> {
        let import = Import {
            name: &self.name,
            relative: self.relative,
            importer: &self.importer,
            importer_name: &self.importer_name,
        };
        let found = loader.find(&import).ok()?;
        Some(Reached::new(&found, loader))
    }

    /// What is different now, in words; nothing where the answer is the same.
    pub fn change(&self, loader: &dyn SourceLoader) -> Option<String> {
        let now = self.ask(loader);
        if now == self.found {
            return None;
        }
        let name = &self.name;
        Some(match (&self.found, now) {
            (Some(before), Some(now)) if before.source != now.source => {
                format!(
                    "`import {name}` led to `{}`, now to `{}`",
                    before.source, now.source
                )
            }
            (Some(before), Some(now)) if before.content != now.content => {
                format!("`{}` has changed", before.source)
            }
            (Some(before), Some(_)) => format!("`{}` is another file", before.source),
            (Some(before), None) => format!("`{}` is gone or cannot be read", before.source),
            (None, Some(now)) => format!("`{}` is new, and is found as `{name}`", now.source),
            (None, None) => return None,
        })
    }
}
