//! Files that are trusted, and files that appear whole or not at all.

use super::{entry::Entry, folder::Folder, key::Key};
use crate::ContentHash;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// How many modules of one source are kept: for other options, or from before an import changed.
const KEPT: usize = 8;
/// How many modules of all sources of a folder are kept; functions under `@mlc.jit` have one for each list of types.
const KEPT_OF_ALL: usize = 1024;

/// The bytes of a file that nobody else can have written. What is loaded from it runs with the rights of this process.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: io::Error| format!("it cannot be read: {error}");
    // A link could lead to a file that its owner never meant to be run.
    let flags =
        rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC | rustix::fs::OFlags::NONBLOCK;
    let opened = rustix::fs::open(path, flags, rustix::fs::Mode::empty());
    let mut file = File::from(opened.map_err(|error| failed(error.into()))?);
    let facts = file.metadata().map_err(failed)?;
    if !facts.is_file() {
        return Err("it is not a file".to_owned());
    }
    if facts.uid() != rustix::process::geteuid().as_raw() {
        return Err("it belongs to another user".to_owned());
    }
    if facts.mode() & 0o022 != 0 {
        return Err("others may write to it".to_owned());
    }
    let mut bytes = Vec::with_capacity(facts.len() as usize);
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Keeps a module; nothing is said where that is not possible.
pub(crate) fn store(folder: &Folder, name: &str, key: &Key, entry: &Entry, object: &[u8]) {
    if let Err(error) = try_store(folder, name, key, entry, object) {
        tracing::debug!(%error, folder = %folder.path().display(), "not kept in the cache");
    }
}

fn try_store(
    folder: &Folder,
    name: &str,
    key: &Key,
    entry: &Entry,
    object: &[u8],
) -> io::Result<()> {
    // Whoever was ended while writing has left one; who writes now holds the lock.
    for left in folder.temporaries_of(name) {
        let _ = fs::remove_file(left);
    }
    let led = serde_json::to_vec(&entry.dependencies).unwrap_or_default();
    let led = ContentHash::of(&led).short(8);
    let path = folder
        .path()
        .join(format!("{name}.{}.{led}.mlcc", key.short()));
    let mut temporary = tempfile::Builder::new()
        .prefix(&Folder::temporary_prefix(name))
        .tempfile_in(folder.path())?;
    temporary.write_all(&entry.to_bytes(object))?;
    temporary.persist(&path)?;
    evict(folder, folder.all_of(name), &path, KEPT);
    evict(folder, folder.all(), &path, KEPT_OF_ALL);
    Ok(())
}

/// Removes the oldest modules of several. A wrong clock costs a compilation, no more.
fn evict(folder: &Folder, mut others: Vec<PathBuf>, newest: &Path, kept: usize) {
    if others.len() <= kept {
        return;
    }
    let written = |path: &Path| {
        let time = fs::metadata(path).and_then(|facts| facts.modified());
        time.unwrap_or(SystemTime::UNIX_EPOCH)
    };
    others.retain(|path| path != newest);
    others.sort_by_key(|path| std::cmp::Reverse(written(path)));
    for old in others.iter().skip(kept - 1) {
        folder.remove(old);
    }
}
