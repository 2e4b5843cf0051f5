//! Why a source is found in the cache or not.

use super::{
    Cache, Wanted, entry, file,
    folder::Folder,
    key::{Form, Key},
};
use crate::{Options, Source, SourceLoader};
use std::{fmt, path::PathBuf};

/// What the cache holds for a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CacheReport {
    /// The folders in which it is looked for, in order.
    pub folders: Vec<PathBuf>,
    pub files: Vec<CachedFile>,
}

/// A file of the cache.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CachedFile {
    pub path: PathBuf,
    /// The function of Python that it holds, where it is no module.
    pub function: Option<String>,
    /// Why it is not taken, in words; nothing where it is.
    pub reasons: Vec<String>,
}

impl CacheReport {
    pub fn hits(&self) -> bool {
        self.files.iter().any(|file| file.reasons.is_empty())
    }
}

impl fmt::Display for CacheReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", if self.hits() { "hit" } else { "miss" })?;
        for folder in &self.folders {
            writeln!(formatter, "looked in {}", folder.display())?;
        }
        if self.files.is_empty() {
            writeln!(formatter, "  nothing is kept for this source")?;
        }
        for file in &self.files {
            let state = if file.reasons.is_empty() {
                "is taken"
            } else {
                "is not taken:"
            };
            let path = file.path.display();
            match &file.function {
                Some(function) => writeln!(formatter, "{path}, of `{function}`, {state}")?,
                None => writeln!(formatter, "{path} {state}")?,
            }
            for reason in &file.reasons {
                writeln!(formatter, "  {reason}")?;
            }
        }
        Ok(())
    }
}

impl Cache {
    /// What is kept for a source as a module, and why each file is taken or not.
    pub fn explain(
        &self,
        options: &Options,
        loader: &dyn SourceLoader,
        source: &Source,
    ) -> CacheReport {
        Wanted::module(self, source, options).explain(loader)
    }

    /// The same for the jitted functions of a file of Python's, as far as their texts are what they were: those are known where the
    /// functions are called.
    pub fn explain_functions(&self, options: &Options, file: &Source) -> CacheReport {
        let (_, folders) = self.of_module(file);
        let now = Key::new(file, options, &Form::Module);
        let paths = folders.iter().flat_map(Folder::all);
        let files = paths.filter_map(|path| {
            let (entry, _) = entry::parse(&file::read(&path).ok()?)?;
            let fact = |name: &str| value(&entry.facts, name);
            let of = std::path::absolute(fact("file")?).ok()?;
            if of != std::path::Path::new(file.name()) {
                return None;
            }
            let before: Vec<_> = (entry.facts.iter())
                .filter(|(name, _)| OF_COMPILER.contains(&name.as_str()))
                .cloned()
                .collect();
            let now = (now.facts().iter()).filter(|(name, _)| value(&before, name).is_some());
            let now: Vec<_> = now.cloned().collect();
            Some(CachedFile {
                function: fact("module"),
                reasons: differences(&before, &now),
                path,
            })
        });
        CacheReport {
            files: files.collect(),
            folders: (folders.iter().map(|folder| folder.path().to_owned())).collect(),
        }
    }

    /// The same for a source as a program that is run.
    pub fn explain_program(
        &self,
        options: &Options,
        loader: &dyn SourceLoader,
        source: &Source,
    ) -> CacheReport {
        Wanted::program(self, source, options, loader).explain(loader)
    }
}

impl Wanted {
    fn explain(&self, loader: &dyn SourceLoader) -> CacheReport {
        let Wanted { key, name, folders } = self;
        let paths = folders.iter().flat_map(|folder| folder.all_of(name));
        let files = paths.map(|path| {
            let reasons = reasons(&path, key, loader);
            CachedFile {
                path,
                function: None,
                reasons,
            }
        });
        CacheReport {
            files: files.collect(),
            folders: folders
                .iter()
                .map(|folder| folder.path().to_owned())
                .collect(),
        }
    }
}

fn reasons(path: &std::path::Path, key: &Key, loader: &dyn SourceLoader) -> Vec<String> {
    let bytes = match file::read(path) {
        Ok(bytes) => bytes,
        Err(reason) => return vec![reason],
    };
    let Some((entry, _)) = entry::parse(&bytes) else {
        return vec!["it is damaged".to_owned()];
    };
    let mut reasons = differences(&entry.facts, key.facts());
    let changes = entry
        .dependencies
        .iter()
        .filter_map(|dependency| dependency.change(loader));
    for change in changes {
        if !reasons.contains(&change) {
            reasons.push(change);
        }
    }
    reasons
}

/// The facts that say which compiler made a file, on which machine.
const OF_COMPILER: &[&str] = &[
    "form",
    "compiler",
    "build",
    "LLVM",
    "runtime ABI",
    "this CPU",
    "its features",
];

fn value(facts: &[(String, String)], name: &str) -> Option<String> {
    let mut found = facts.iter().rev().filter(|(known, _)| known == name);
    found.next().map(|(_, value)| value.clone())
}

/// What is not as it was when the module was compiled.
fn differences(before: &[(String, String)], now: &[(String, String)]) -> Vec<String> {
    let mut names: Vec<&String> = before.iter().map(|(name, _)| name).collect();
    names.extend(
        now.iter()
            .map(|(name, _)| name)
            .filter(|name| value(before, name).is_none()),
    );
    names.dedup();
    let mut reasons = Vec::new();
    for name in names {
        let reason = match (value(before, name), value(now, name)) {
            (Some(before), Some(now)) if before == now => continue,
            (Some(_), Some(_)) if name == "source" => "the source has changed".to_owned(),
            (Some(before), Some(now)) if name == "its features" => feature_change(&before, &now),
            (Some(before), Some(now)) => format!("{name}: was `{before}`, is `{now}`"),
            (Some(before), None) => format!("{name}: was `{before}`, is not given"),
            (None, Some(now)) => format!("{name}: was not given, is `{now}`"),
            (None, None) => continue,
        };
        reasons.push(reason);
    }
    if reasons.is_empty() && before != now {
        reasons.push("the options stand in another order".to_owned());
    }
    reasons
}

fn feature_change(before: &str, now: &str) -> String {
    let only = |these: &str, those: &str| -> Vec<String> {
        let those: Vec<&str> = those.split(',').collect();
        these
            .split(',')
            .filter(|one| !those.contains(one))
            .map(str::to_owned)
            .collect()
    };
    format!(
        "the CPU has other features: were {}, are {}",
        only(before, now).join(" "),
        only(now, before).join(" ")
    )
}
