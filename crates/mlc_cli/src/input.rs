//! The source that a command works on.

use crate::{args::BuildArgs, report::Failure};
use mlc::Source;
use std::{
    fs,
    io::{ErrorKind, Read, stdin},
    path::Path,
};

/// What diagnostics call standard input.
pub const STDIN: &str = "<stdin>";

/// Reads a source; `-` is standard input.
pub fn read(file: &Path, build: &BuildArgs) -> Result<Source, Failure> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        stdin().read_to_end(&mut bytes).map_err(|error| {
            Failure::usage(format!("standard input cannot be read: {error}"), build)
        })?;
        return Ok(Source::from_name(STDIN, bytes));
    }
    let name = file.display();
    match fs::read(file) {
        Ok(bytes) => Ok(Source::from_name(name.to_string(), bytes)),
        Err(error) => Err(Failure::usage(
            match error.kind() {
                ErrorKind::NotFound => format!("`{name}` does not exist"),
                ErrorKind::IsADirectory => format!("`{name}` is a folder; expected a file"),
                ErrorKind::PermissionDenied => format!("`{name}` may not be read"),
                _ => format!("`{name}` cannot be read: {error}"),
            },
            build,
        )),
    }
}
