//! The programs of the documents do what is said of them.
//!
//! A block that begins with ```` ```mlc ```` is a right program, which `mlc run` runs; where it ends with a line `# output:` and
//! comments, it prints those. One that begins with ```` ```mlc error=CODE ```` is wrong, and `mlc check` says so with that code.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};

use crate::command;
use crate::programs::output_comments;
use crate::script::Environment;

/// One test for each document that has such programs.
pub fn trials(environment: &Environment, documents: &[String]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for name in documents {
        // One that cannot be read fails the test of its paths.
        let text = std::fs::read_to_string(environment.root.join(name)).unwrap_or_default();
        if examples(&text).is_empty() {
            continue;
        }
        let environment = environment.clone();
        trials.push(Trial::test(format!("programs of {name}"), move || {
            let mut bad = String::new();
            for example in examples(&text) {
                if let Err(message) = check(&environment, &example) {
                    let _ = writeln!(bad, "the program at line {}: {message}", example.line);
                }
            }
            match bad.is_empty() {
                true => Ok(()),
                false => Err(Failed::from(bad)),
            }
        }));
    }
    trials
}

struct Example {
    line: usize,
    /// The code of the error that the program is an example of.
    error: Option<String>,
    text: String,
}

fn examples(document: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<Example> = None;
    for (number, line) in document.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => examples.extend(open.take()),
            (Some(example), None) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
            (None, Some(info)) => {
                let mut words = info.split_whitespace();
                open = (words.next() == Some("mlc")).then(|| Example {
                    line: number + 1,
                    error: words
                        .find_map(|word| word.strip_prefix("error="))
                        .map(str::to_owned),
                    text: String::new(),
                });
            }
            (None, None) => {}
        }
    }
    examples
}

fn check(environment: &Environment, example: &Example) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = scratch.path().join("example.mlc");
    std::fs::write(&file, &example.text).map_err(|error| error.to_string())?;
    let action = match example.error {
        Some(_) => "check",
        None => "run",
    };
    let mut mlc = Command::new(&environment.mlc);
    mlc.arg(action).arg(&file).current_dir(scratch.path());
    let outcome = command::run(mlc, Path::new(scratch.path()), environment.limit)
        .map_err(|error| error.to_string())?;
    match &example.error {
        Some(code) if outcome.stderr.contains(&format!("error[{code}]")) => Ok(()),
        Some(code) => Err(format!("no error[{code}]: {}", outcome.stderr)),
        None if !outcome.succeeded() => Err(format!("{}: {}", outcome.ending(), outcome.stderr)),
        None => match output_comments(&example.text) {
            Some(expected) if expected != outcome.stdout => Err(format!(
                "it prints\n{}where the document says\n{expected}",
                outcome.stdout
            )),
            _ => Ok(()),
        },
    }
}
