//! Libraries and executables from objects, with the linker and the runtime that the compiler carries along.
//!
//! What a link needs of the system are the shared objects that every program there is loaded with.

use crate::Sanitizer;
use mlc_runtime_archive::{
    ARCHIVE, DYNAMIC_LINKER, ENTRY, LINK_FLAGS, NO_UNDEFINED, PYTHON_ARCHIVE, SHARED_LIBRARIES,
    version_script,
};
use std::{
    ffi::CString,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// Why nothing was linked.
#[derive(Debug)]
pub enum LinkError {
    /// The system refused a file, or lacks a library.
    System(String),
    /// A name that the program refers to is nowhere defined.
    Undefined(Vec<String>),
    /// The runtime of a sanitizer is not installed.
    NoSanitizer(String),
    /// The linker failed for a reason of its own.
    Linker(String),
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> LinkError {
        LinkError::System(format!("a temporary file could not be written: {error}"))
    }
}

/// A shared library that exports `functions`, and the runtime with them. The bytes of the file. It has no `SONAME`, so that
/// programs find it under the name of its file, whatever that is.
pub fn shared_library(
    object: &[u8],
    functions: &[String],
    strip: bool,
    sanitizer: Option<Sanitizer>,
) -> Result<Vec<u8>, LinkError> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("exports");
    fs::write(
        &script,
        version_script(functions.iter().map(String::as_str)),
    )?;
    let args = vec![
        c"-shared".to_owned(),
        c"--version-script".to_owned(),
        path(&script),
    ];
    link(folder.path(), object, args, strip, sanitizer)
}

/// A Python extension module whose object defines the function `init`. The bytes of the file. What it needs of Python it finds in the
/// process that imports it.
pub fn extension(object: &[u8], init: &str, strip: bool) -> Result<Vec<u8>, LinkError> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("exports");
    fs::write(&script, format!("{{ global: \"{init}\"; local: *; }};\n"))?;
    let args = vec![
        c"-shared".to_owned(),
        c"--version-script".to_owned(),
        path(&script),
    ];
    let flags = LINK_FLAGS.iter().filter(|flag| **flag != NO_UNDEFINED);
    link_with(folder.path(), object, PYTHON_ARCHIVE, args, flags, strip)
}

/// An executable whose object defines `main`. The bytes of the file.
pub fn executable(
    object: &[u8],
    strip: bool,
    sanitizer: Option<Sanitizer>,
) -> Result<Vec<u8>, LinkError> {
    let folder = tempfile::tempdir()?;
    let mut args = vec![
        c"-pie".to_owned(),
        c"--dynamic-linker".to_owned(),
        text(DYNAMIC_LINKER),
    ];
    args.extend([c"--entry".to_owned(), text(ENTRY)]);
    link(folder.path(), object, args, strip, sanitizer)
}

fn link(
    folder: &Path,
    object: &[u8],
    mut args: Vec<CString>,
    strip: bool,
    sanitizer: Option<Sanitizer>,
) -> Result<Vec<u8>, LinkError> {
    if let Some(sanitizer) = sanitizer {
        // First of all libraries: it takes the C library's functions over. The program finds it where it is now.
        let runtime = sanitizer.runtime()?;
        let folder = runtime.parent().unwrap_or(Path::new("/"));
        args.extend([c"--rpath".to_owned(), path(folder), path(&runtime)]);
    }
    link_with(folder, object, ARCHIVE, args, LINK_FLAGS.iter(), strip)
}

fn link_with<'a>(
    folder: &Path,
    object: &[u8],
    runtime: &[u8],
    mut args: Vec<CString>,
    flags: impl Iterator<Item = &'a &'a str>,
    strip: bool,
) -> Result<Vec<u8>, LinkError> {
    let (input, archive) = (folder.join("module.o"), folder.join("libruntime.a"));
    let output = folder.join("output");
    fs::write(&input, object)?;
    fs::write(&archive, runtime)?;
    args.extend(flags.map(|flag| text(flag)));
    if strip {
        args.push(c"--strip-debug".to_owned());
    }
    args.extend([
        c"-o".to_owned(),
        path(&output),
        path(&input),
        path(&archive),
    ]);
    args.extend(system_libraries()?.iter().map(|library| path(library)));
    mlc_mlir::link(&args).map_err(|error| classify(&error.0))?;
    Ok(fs::read(&output)?)
}

/// The system's own libraries, as files. Only the C library must be there: the linker says what else is missing.
fn system_libraries() -> Result<Vec<PathBuf>, LinkError> {
    const FOLDERS: [&str; 6] = [
        "/lib/x86_64-linux-gnu",
        "/usr/lib/x86_64-linux-gnu",
        "/lib64",
        "/usr/lib64",
        "/usr/lib",
        "/lib",
    ];
    let folder = FOLDERS
        .iter()
        .map(Path::new)
        .find(|folder| folder.join("libc.so.6").exists());
    let Some(folder) = folder else {
        let looked = FOLDERS.join(", ");
        return Err(LinkError::System(format!(
            "there is no libc.so.6 in {looked}"
        )));
    };
    let files = SHARED_LIBRARIES.iter().map(|name| folder.join(name));
    Ok(files.filter(|file| file.exists()).collect())
}

/// Finds `undefined symbol: NAME` in what lld said.
fn classify(said: &str) -> LinkError {
    const MARK: &str = "undefined symbol: ";
    let names = said
        .lines()
        .filter_map(|line| Some(line.split_once(MARK)?.1.trim().to_owned()));
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        LinkError::Linker(said.trim().to_owned())
    } else {
        LinkError::Undefined(names)
    }
}

fn text(argument: &str) -> CString {
    // No argument of ours holds a zero byte.
    CString::new(argument).unwrap_or_default()
}

fn path(file: &Path) -> CString {
    // A path of the system's holds no zero byte.
    CString::new(file.as_os_str().as_bytes()).unwrap_or_default()
}
