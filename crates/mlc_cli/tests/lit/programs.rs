//! `tests/run/<name>.mlc`: a program, run by `mlc run` at -O0 and -O3, with its expected output.
//!
//! The output stands in `<name>.out`, or in the comments that follow a line `# output:` at the end of the program.
//! Before it these comments may stand: `# python` as the first line (the program runs under CPython too, with the same
//! output), `# args: …`, `# options: …` (of `mlc run`), `# threads: 1 8` (it runs with each of these numbers of threads, at
//! -O0 with the first of them only), `# exit: N`, and `# stderr: …`, a text that stderr must contain.

use std::path::Path;
use std::process::Command;

use crate::command::{self, Outcome};
use crate::script::Environment;

/// What a program of `tests/run` says about its own run.
#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    pub python: bool,
    pub arguments: Vec<String>,
    pub options: Vec<String>,
    /// Numbers of threads; as many as the machine has where there are none.
    pub threads: Vec<String>,
    pub exit: i32,
    pub stderr: Vec<String>,
    pub output: String,
}

impl Program {
    pub fn parse(file: &Path, text: &str) -> Result<Program, String> {
        let words = |key: &str| -> Vec<String> {
            values(text, key)
                .flat_map(str::split_whitespace)
                .map(str::to_owned)
                .collect()
        };
        let exit = match values(text, "# exit:").next() {
            Some(value) => value
                .parse()
                .map_err(|_| format!("`# exit: {value}` is no number"))?,
            None => 0,
        };
        let beside = std::fs::read_to_string(file.with_extension("out")).ok();
        let output = match (beside, output_comments(text)) {
            (Some(output), None) | (None, Some(output)) => output,
            (None, None) => {
                return Err("no expected output: neither `# output:` nor a .out file".to_owned());
            }
            (Some(_), Some(_)) => return Err("the expected output stands in two places".to_owned()),
        };
        Ok(Program {
            python: text
                .lines()
                .next()
                .is_some_and(|line| line.trim() == "# python"),
            arguments: words("# args:"),
            options: words("# options:"),
            threads: words("# threads:"),
            exit,
            stderr: values(text, "# stderr:").map(str::to_owned).collect(),
            output,
        })
    }
}

fn values<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .filter_map(move |line| line.strip_prefix(key))
        .map(str::trim)
}

/// The text in the comments behind a line `# output:`.
pub fn output_comments(text: &str) -> Option<String> {
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim_end() != "# output:");
    lines.next()?;
    let mut output = String::new();
    for line in lines {
        let Some(line) = line.strip_prefix('#') else {
            break;
        };
        output.push_str(line.strip_prefix(' ').unwrap_or(line));
        output.push('\n');
    }
    Some(output)
}

/// Runs a program in every way that it allows; `Err` reports the first run that went wrong.
pub fn check(environment: &Environment, file: &Path, program: &Program) -> Result<(), String> {
    let first = program.threads.first();
    let more = program.threads.iter().skip(1);
    let runs = [("-O0", first), ("-O3", first)].into_iter();
    for (level, threads) in runs.chain(more.map(|threads| ("-O3", Some(threads)))) {
        let mut mlc = Command::new(&environment.mlc);
        mlc.args(["run", level])
            .args(&program.options)
            .arg(file)
            .args(&program.arguments);
        let mut way = format!("mlc run {level}");
        if let Some(threads) = threads {
            mlc.env("MLC_NUM_THREADS", threads);
            way += &format!(" on {threads} threads");
        }
        compare(environment, &way, mlc, program)?;
    }
    if program.python {
        let mut python = Command::new(&environment.python);
        python.arg(file).args(&program.arguments);
        compare(environment, "CPython", python, program)?;
    }
    Ok(())
}

fn compare(
    environment: &Environment,
    way: &str,
    mut command: Command,
    program: &Program,
) -> Result<(), String> {
    let scratch =
        tempfile::tempdir().map_err(|error| format!("no folder for the test: {error}"))?;
    command
        .current_dir(scratch.path())
        .env("NO_COLOR", "1")
        .env("MLC_PYTHON", &environment.python)
        .env("PATH", environment.path());
    let outcome: Outcome = command::run(command, scratch.path(), environment.limit)
        .map_err(|error| format!("{way}: {error}"))?;
    let report = |what: String| {
        Err(format!(
            "{way}: {what}\n--- expected output\n{}--- output\n{}--- stderr\n{}",
            program.output, outcome.stdout, outcome.stderr
        ))
    };
    if outcome.status.and_then(|status| status.code()) != Some(program.exit) {
        return report(format!(
            "expected exit status {}, found: {}",
            program.exit,
            outcome.ending()
        ));
    }
    if outcome.stdout != program.output {
        return report("the output differs".to_owned());
    }
    match program
        .stderr
        .iter()
        .find(|text| !outcome.stderr.contains(text.as_str()))
    {
        Some(text) => report(format!("stderr does not contain `{text}`")),
        None => Ok(()),
    }
}
