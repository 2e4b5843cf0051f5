//! Where what is made of a source is kept, and under which name.

use super::{Cache, folder::Folder};
use crate::{ContentHash, Source};
use std::path::{Path, PathBuf};

impl Cache {
    /// The name under which the module of a source is kept, and the folders in which it may be, the preferred one first: of a file those
    /// of its own folder, of a text one for all texts.
    pub(crate) fn of_module(&self, source: &Source) -> (String, Vec<Folder>) {
        let user = self.user_folder();
        let folders = match folder_of(source.name()) {
            Some(beside) => [
                Some(Folder::beside(&beside)),
                user.map(|user| Folder::for_user(user, &beside)),
            ],
            None => [user.map(|user| Folder::of_all(user, "texts")), None],
        };
        (source.cache_name(), folders.into_iter().flatten().collect())
    }

    /// The same of a source that is run as a program: it leaves nothing beside itself, as a script of Python's does not.
    pub(crate) fn of_program(&self, source: &Source) -> (String, Vec<Folder>) {
        let path = std::path::absolute(source.name()).unwrap_or_default();
        let hash = ContentHash::of(path.as_os_str().as_encoded_bytes());
        let name = format!("{}-{}", source.cache_name(), hash.short(12));
        let user = self.user_folder();
        let folder = user.map(|user| Folder::of_all(user, "programs"));
        (name, folder.into_iter().collect())
    }
}

/// The folder of the file that a source is, if it is one.
fn folder_of(name: &str) -> Option<PathBuf> {
    let path = std::path::absolute(name).ok()?;
    path.is_file().then(|| path.parent().map(Path::to_owned))?
}
