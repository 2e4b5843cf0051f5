//! Programs in a process of their own: what a sanitizer instruments needs its runtime from the start of the process.

use crate::CompileError;
use std::{
    fs, io,
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    process::Command,
};

/// Runs the bytes of an executable under the name `name`, with the standard streams of this process. Returns the exit
/// status: where a signal ended the program, 128 and its number, as a shell has it.
pub(crate) fn run(executable: &[u8], name: &str, args: &[String]) -> Result<i32, CompileError> {
    run_file(executable, name, args)
        .map_err(|error| CompileError::request("usage", format!("`{name}` cannot be run: {error}")))
}

fn run_file(executable: &[u8], name: &str, args: &[String]) -> io::Result<i32> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("program");
    fs::write(&file, executable)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o700))?;
    let status = Command::new(&file).arg0(name).args(args).status()?;
    let by_signal = status.signal().map(|signal| 128 + signal);
    Ok(status.code().or(by_signal).unwrap_or(1))
}
