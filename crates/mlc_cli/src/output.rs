//! Files that appear whole or not at all.

use crate::{args::BuildArgs, report::Failure};
use mlc::Emit;
use std::{
    fs::{self, Permissions},
    io::{ErrorKind, Write, stdout},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Where the things that are asked for go: to standard output, or each to a file.
pub enum Destination {
    Stdout,
    /// The very name.
    File(PathBuf),
    /// The name without its ending.
    Stem(PathBuf),
}

impl Destination {
    /// From `-o`, or the name of the source.
    pub fn new(
        output: Option<&Path>,
        source: &Path,
        emits: &[Emit],
        build: &BuildArgs,
    ) -> Result<Destination, Failure> {
        match output {
            Some(output) if output == Path::new("-") && emits.len() > 1 => Err(Failure::usage(
                "several things cannot go to standard output",
                build,
            )),
            Some(output) if output == Path::new("-") => Ok(Destination::Stdout),
            Some(output) if emits.len() == 1 => Ok(Destination::File(output.to_owned())),
            Some(output) => Ok(Destination::Stem(stem(output, emits))),
            None if source == Path::new("-") => Ok(Destination::Stdout),
            None => {
                let name = source.file_name().map(PathBuf::from).unwrap_or_default();
                Ok(Destination::Stem(name.with_extension("")))
            }
        }
    }

    /// The file of one thing; `None` is standard output.
    pub fn file(&self, emit: Emit) -> Option<PathBuf> {
        match self {
            Destination::Stdout => None,
            Destination::File(file) => Some(file.clone()),
            Destination::Stem(stem) => {
                let mut name = stem.clone().into_os_string();
                name.push(emit.extension());
                Some(name.into())
            }
        }
    }
}

/// A name for several things: without the ending, where it is that of one of them.
fn stem(output: &Path, emits: &[Emit]) -> PathBuf {
    let text = output.to_string_lossy();
    let ending = emits
        .iter()
        .map(|emit| emit.extension())
        .filter(|ending| !ending.is_empty() && text.ends_with(ending));
    match ending.max_by_key(|ending| ending.len()) {
        Some(ending) => PathBuf::from(&text[..text.len() - ending.len()]),
        None => output.to_owned(),
    }
}

/// Writes one thing to a file, or to standard output where there is none.
pub fn write(
    file: Option<&Path>,
    emit: Emit,
    bytes: &[u8],
    build: &BuildArgs,
) -> Result<(), Failure> {
    let Some(file) = file else {
        let mut out = stdout().lock();
        return match out.write_all(bytes).and_then(|()| out.flush()) {
            // The reader has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::usage(format!("cannot write: {error}"), build)),
            Ok(()) => Ok(()),
        };
    };
    let runs = matches!(emit, Emit::Exe | Emit::Shared | Emit::Pyext);
    let written = if fs::metadata(file).is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
        // A device such as `/dev/null`, which must not be replaced.
        fs::write(file, bytes)
    } else {
        replace(file, bytes, if runs { 0o777 } else { 0o666 })
    };
    written.map_err(|error| {
        Failure::usage(
            format!("`{}` cannot be written: {error}", file.display()),
            build,
        )
    })
}

fn replace(file: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    if file.is_dir() {
        return Err(std::io::Error::new(
            ErrorKind::IsADirectory,
            "it is a folder",
        ));
    }
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // With the permissions that `open` gives, less the process's mask.
    let mut temporary = tempfile::Builder::new()
        .prefix(".mlc-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.persist(file)?;
    Ok(())
}

/// Prints text for a person. Nothing is done about a reader that has seen enough.
pub fn print(text: &str) {
    let _ = stdout().write_all(text.as_bytes());
}
