//! `tests/diagnostics/<name>.mlc` with `<name>.stderr`: the whole text that `mlc check` prints about a program. Textual IR
//! of other front ends is `<name>.mlir`; its comments begin with `//`, also those below.
//!
//! Options come from a first line `# options: …`. `MLC_BLESS=1` writes what came into the `.stderr` file.
//!
//! A file may hold many small programs. Each begins with a line `# case: NAME` (a wrong one, whose text stands behind
//! the same line of the `.stderr` file) or `# accepted: NAME` (a right one, of which nothing is said; where it ends with
//! a line `# output:` and comments, `mlc run` prints those). Every one that goes wrong is reported.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::command::{self, Outcome};
use crate::programs::output_comments;
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
        .and_then(|line| comment(line)?.strip_prefix("options:"))
        .unwrap_or_default();
    let name = file
        .strip_prefix(&environment.root)
        .expect("tests lie below the root");
    let said = match cases(&text) {
        // From the root, so that the text names the file the same on every machine.
        None => wrong(run_program(
            environment,
            "check",
            scratch.path(),
            &environment.root,
            name,
            options,
        )?)?,
        Some(cases) => check_cases(environment, scratch.path(), name, options, &cases)?,
    };
    let expected_file = file.with_extension("stderr");
    if std::env::var_os("MLC_BLESS").is_some_and(|value| value == "1") {
        return std::fs::write(&expected_file, &said).map_err(|error| error.to_string());
    }
    let expected = std::fs::read_to_string(&expected_file).map_err(|error| {
        format!(
            "{}: {error}; MLC_BLESS=1 writes it",
            expected_file.display()
        )
    })?;
    if expected == said {
        return Ok(());
    }
    Err(format!(
        "the text differs; if the new one is right, run again with MLC_BLESS=1\n--- expected\n{expected}--- found\n{said}"
    ))
}

/// One program of a file that holds several.
struct Case<'a> {
    /// The line that begins it.
    title: &'a str,
    accepted: bool,
    /// How many lines of the file stand before its first one.
    lines_before: usize,
    text: String,
}

/// The programs of a file that holds several; `None` where it is one program.
fn cases(text: &str) -> Option<Vec<Case<'_>>> {
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let comment = comment(line).unwrap_or_default();
        let accepted = comment.starts_with("accepted: ");
        if accepted || comment.starts_with("case: ") {
            cases.push(Case {
                title: line,
                accepted,
                lines_before: number + 1,
                text: String::new(),
            });
        } else if let Some(case) = cases.last_mut() {
            case.text.push_str(line);
            case.text.push('\n');
        }
    }
    (!cases.is_empty()).then_some(cases)
}

/// What a line says that is a comment.
fn comment(line: &str) -> Option<&str> {
    ["# ", "// "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
}

/// Checks every program by itself, under the name of the file and at the lines where it stands there. Returns what
/// was said of the wrong ones.
fn check_cases(
    environment: &Environment,
    scratch: &Path,
    name: &Path,
    options: &str,
    cases: &[Case],
) -> Result<String, String> {
    let file = scratch.join(name);
    let folder = file.parent().expect("a file of tests lies in a folder");
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let (mut said, mut bad) = (String::new(), String::new());
    for case in cases {
        let text = "\n".repeat(case.lines_before) + &case.text;
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        let output = output_comments(&case.text).filter(|_| case.accepted);
        let command = if output.is_some() { "run" } else { "check" };
        let outcome = run_program(environment, command, scratch, scratch, name, options)?;
        let title = case.title;
        if !case.accepted {
            match wrong(outcome) {
                Ok(text) => {
                    let _ = writeln!(said, "{title}\n{text}");
                }
                Err(error) => {
                    let _ = writeln!(bad, "{title}\n{error}");
                }
            }
        } else if !outcome.succeeded() || !outcome.stderr.is_empty() {
            let _ = writeln!(bad, "{title}\nit is right, but: {}", outcome.stderr);
        } else if outcome.stdout != output.unwrap_or_default() {
            let _ = writeln!(bad, "{title}\nit printed:\n{}", outcome.stdout);
        }
    }
    if bad.is_empty() { Ok(said) } else { Err(bad) }
}

fn run_program(
    environment: &Environment,
    command: &str,
    scratch: &Path,
    folder: &Path,
    name: &Path,
    options: &str,
) -> Result<Outcome, String> {
    let mut mlc = Command::new(&environment.mlc);
    mlc.arg(command)
        .args(options.split_whitespace())
        .arg(name)
        .current_dir(folder)
        .env("NO_COLOR", "1");
    command::run(mlc, scratch, environment.limit).map_err(|error| error.to_string())
}

/// What is said of a wrong program.
fn wrong(outcome: Outcome) -> Result<String, String> {
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
    Ok(outcome.stderr)
}
