//! `tests/diagnostics/<name>.mlc` with `<name>.stderr`: the whole text that `mlc check` prints about a program.
//!
//! Options come from a first line `# options: …`. `MLC_BLESS=1` writes what came into the `.stderr` file.

use std::path::Path;
use std::process::Command;

use crate::command;
use crate::script::Environment;

/// Checks one file; `Err` is the report of what differs.
pub fn check(environment: &Environment, file: &Path) -> Result<(), String> {
    let scratch =
        tempfile::tempdir().map_err(|error| format!("no folder for the test: {error}"))?;
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("cannot read the program: {error}"))?;
    let options = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# options:"))
        .unwrap_or_default();
    let name = file
        .strip_prefix(&environment.root)
        .expect("tests lie below the root");
    let mut mlc = Command::new(&environment.mlc);
    // From the root, so that the text names the file the same on every machine.
    mlc.arg("check")
        .args(options.split_whitespace())
        .arg(name)
        .current_dir(&environment.root)
        .env("NO_COLOR", "1");
    let outcome =
        command::run(mlc, scratch.path(), environment.limit).map_err(|error| error.to_string())?;

    if outcome.status.and_then(|status| status.code()) != Some(1) {
        let ending = outcome.ending();
        return Err(format!(
            "a wrong program ends with exit status 1, this one: {ending}\n{}",
            outcome.stderr
        ));
    }
    if !outcome.stdout.is_empty() {
        return Err(format!(
            "diagnostics go to stderr, but stdout has:\n{}",
            outcome.stdout
        ));
    }
    let expected_file = file.with_extension("stderr");
    if std::env::var_os("MLC_BLESS").is_some_and(|value| value == "1") {
        return std::fs::write(&expected_file, &outcome.stderr).map_err(|error| error.to_string());
    }
    let expected = std::fs::read_to_string(&expected_file).map_err(|error| {
        format!(
            "{}: {error}; MLC_BLESS=1 writes it",
            expected_file.display()
        )
    })?;
    if expected == outcome.stderr {
        return Ok(());
    }
    Err(format!(
        "the text differs; if the new one is right, run again with MLC_BLESS=1\n--- expected\n{expected}--- found\n{}",
        outcome.stderr
    ))
}
