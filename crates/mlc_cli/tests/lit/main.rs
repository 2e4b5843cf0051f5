//! The tests that run the command `mlc` on files: one test a file of `tests/`, one process a command.
//!
//! Four kinds, told apart by where a file lies and what it says:
//!
//! - a file with `RUN:` lines is a lit test, as in LLVM ([`directives`], [`script`]);
//! - `tests/diagnostics/<name>.mlc` with `<name>.stderr`: what `mlc check` says about a wrong program ([`diagnostics`]);
//! - `tests/run/<name>.mlc`: a program with its expected output ([`programs`]);
//! - every `*.md`: the paths that it names exist ([`documents`]), and its programs do what it says ([`document_examples`]).
//!
//! What a test needs and this machine lacks (`REQUIRES: cuda`) shows as *ignored*.

mod command;
mod diagnostics;
mod directives;
mod discover;
mod document_examples;
mod documents;
mod features;
mod programs;
mod script;
mod selftest;

use std::path::Path;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .and_then(Path::parent)
        .expect("the crate lies two folders below the repository's root")
        .to_owned();
    let features = features::Features::of_this_machine(&root);
    let environment = script::Environment::new(&root, &features);

    let mut trials: Vec<Trial> = Vec::new();
    let (mut tests, strays) = discover::tests_below(&root.join("tests"));
    tests.extend(discover::examples_below(&root.join("examples")));
    for test in tests {
        trials.push(test.into_trial(&environment, &features));
    }
    trials.push(discover::no_strays_trial(strays));
    let documents = documents::markdown_files(&root);
    trials.extend(documents::trials(&root, &documents));
    trials.extend(document_examples::trials(&environment, &documents));
    trials.extend(selftest::trials(&environment, &features));
    libtest_mimic::run(&arguments, trials).exit();
}
