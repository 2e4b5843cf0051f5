//! A folder of compiled modules, and the names of the files in it.

use super::{FOLDER, key::Key};
use crate::ContentHash;
use rustix::fs::{Access, AtFlags, CWD};
use std::{
    fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// What the name of a module's file ends in.
const ENDING: &str = ".mlcc";

/// One that may not be there yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The one beside the sources in `folder`.
    pub fn beside(folder: &Path) -> Folder {
        Folder {
            path: folder.join(FOLDER),
        }
    }

    /// The one in the user's cache for the sources in `folder`.
    pub fn for_user(user: &Path, folder: &Path) -> Folder {
        let name = ContentHash::of(folder.as_os_str().as_encoded_bytes()).short(16);
        Folder {
            path: user.join(name),
        }
    }

    /// One in the user's cache for sources of all folders, and of none.
    pub fn of_all(user: &Path, name: &str) -> Folder {
        Folder {
            path: user.join(name),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a file can be made there; makes the folder.
    pub fn can_be_written(&self) -> bool {
        let in_user_cache = self.path.file_name().is_some_and(|name| name != FOLDER);
        // Beside the source its folder has to be there; the user's cache may be made whole.
        let mut builder = fs::DirBuilder::new();
        let made = if in_user_cache {
            builder.recursive(true).mode(0o700).create(&self.path)
        } else {
            builder.create(&self.path)
        };
        let there = made.is_ok() || self.path.is_dir();
        let wanted = Access::WRITE_OK | Access::EXEC_OK;
        // As the one who this process acts as.
        there && rustix::fs::accessat(CWD, &self.path, wanted, AtFlags::EACCESS).is_ok()
    }

    /// The files that may hold the module of a key: one for each set of answers to its imports.
    pub fn entries_of(&self, name: &str, key: &Key) -> Vec<PathBuf> {
        self.named(&format!("{name}.{}.", key.short()), ENDING)
    }

    /// All files of a module.
    pub fn all_of(&self, name: &str) -> Vec<PathBuf> {
        self.named(&format!("{name}."), ENDING)
    }

    /// The files of all modules.
    pub fn all(&self) -> Vec<PathBuf> {
        self.named("", ENDING)
    }

    /// Files that were being written.
    pub fn temporaries_of(&self, name: &str) -> Vec<PathBuf> {
        self.named(&Folder::temporary_prefix(name), "")
    }

    pub fn temporary_prefix(name: &str) -> String {
        format!(".{name}.")
    }

    /// Removes the files of a module; how many modules there were.
    pub fn clear(&self, name: &str) -> usize {
        for file in self.temporaries_of(name) {
            let _ = fs::remove_file(file);
        }
        let removed = self
            .all_of(name)
            .into_iter()
            .filter(|file| fs::remove_file(file).is_ok());
        let removed = removed.count();
        // Only where nothing is left in it.
        let _ = fs::remove_file(self.lock_of(name));
        let _ = fs::remove_dir(&self.path);
        removed
    }

    /// The file whose lock says that somebody compiles the module.
    pub fn lock_of(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.lock"))
    }

    /// Removes a module's file, and with the last of a module its lock. Somebody who has that compiles it beside others, no more.
    pub fn remove(&self, file: &Path) {
        let _ = fs::remove_file(file);
        let name = file.file_name().map(|name| name.to_string_lossy());
        let name = name.as_deref().unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default();
        if self.all_of(name).is_empty() {
            let _ = fs::remove_file(self.lock_of(name));
        }
    }

    fn named(&self, start: &str, end: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = entries
            .filter(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.starts_with(start) && name.ends_with(end)
            })
            .map(|entry| entry.path())
            .collect();
        found.sort();
        found
    }
}

/// Removes all modules in the folders of a user's cache.
pub(crate) fn clear_below(user: &Path) -> usize {
    subfolders(user).iter().map(|folder| remove(folder)).sum()
}

/// Removes every folder of modules beside sources.
pub(crate) fn clear_caches_below(root: &Path) -> usize {
    let mut removed = 0;
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        if folder.file_name().is_some_and(|name| name == FOLDER) {
            removed += remove(&folder);
        } else {
            open.extend(subfolders(&folder));
        }
    }
    removed
}

/// Folders in a folder, without those that links lead to.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}

/// Removes the files of ours in a folder, and the folder where nothing else is in it; how many modules there were.
fn remove(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut removed = 0;
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let module = name.ends_with(ENDING);
        let ours = module || name.ends_with(".lock") || name.starts_with('.');
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if ours && is_file && fs::remove_file(entry.path()).is_ok() && module {
            removed += 1;
        }
    }
    let _ = fs::remove_dir(folder);
    removed
}
