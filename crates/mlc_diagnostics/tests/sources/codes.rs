//! The codes that the compiler gives are those that `mlc explain` knows.

use std::collections::BTreeSet;

use mlc_diagnostics::codes;

use crate::literals::{Literal, sources};

/// The functions whose first text is a code.
const CONSTRUCTORS: &[&str] = &["error", "note", "warning", "request"];

/// Where codes are given to constructors.
const COMPILER: &[&str] = &[
    "crates/mlc_diagnostics/src",
    "crates/mlc_syntax/src",
    "crates/mlc_sema/src",
    "crates/mlc_irgen/src",
    "crates/mlc_codegen/src",
    "crates/mlc/src",
    "crates/mlc_cli/src",
    "crates/mlc_capi/src",
    "crates/mlc_python/src",
];

/// Where a message starts with its code.
const PASSES: &str = "passes/src";

/// What else messages of passes start with: advice beside an error, and a fact for tests of the compiler.
const NO_CODES: &[&str] = &["help", "alive"];

fn is_given(literal: &Literal<'_>) -> bool {
    let Some(before) = literal.before.strip_suffix('(') else {
        return false;
    };
    let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_');
    literal.after.starts_with(',') && CONSTRUCTORS.contains(&name.into_iter().next().unwrap_or(""))
}

/// `use-after-move` of `use-after-move: …`.
fn code_of_message(text: &str) -> Option<&str> {
    let (code, _) = text.split_once(": ")?;
    let is_code = code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.bytes().all(|c| c.is_ascii_lowercase() || c == b'-');
    is_code.then_some(code)
}

/// Every code in the sources, with its first place.
fn given() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in COMPILER {
        for source in sources(folder) {
            for literal in source.literals().iter().filter(|it| is_given(it)) {
                let place = format!("{}:{}", source.path.display(), literal.line);
                found.push((literal.text.to_owned(), place));
            }
        }
    }
    for source in sources(PASSES) {
        for literal in source.literals() {
            if let Some(code) = code_of_message(literal.text)
                && !NO_CODES.contains(&code)
            {
                let place = format!("{}:{}", source.path.display(), literal.line);
                found.push((code.to_owned(), place));
            }
        }
    }
    found
}

#[test]
fn every_code_that_is_given_has_a_page() {
    let wrong: Vec<String> = given()
        .into_iter()
        .filter(|(code, _)| codes::explain(code).is_none())
        .map(|(code, place)| format!("{place}: `{code}` has no page"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_of_a_code_that_is_given() {
    let given: BTreeSet<String> = given().into_iter().map(|(code, _)| code).collect();
    let unused: Vec<&str> = codes::all()
        .map(|page| page.code)
        .filter(|code| !given.contains(*code))
        .collect();
    assert!(unused.is_empty(), "nothing gives {unused:?}");
}

/// Else the tests above would not see all codes.
#[test]
fn codes_are_literals_in_the_calls_of_constructors() {
    let mut wrong = String::new();
    for folder in COMPILER {
        for source in sources(folder) {
            let text = &source.text;
            for name in CONSTRUCTORS {
                for (at, call) in text.match_indices(&format!("Diagnostic::{name}(")) {
                    let argument = text[at + call.len()..].trim_start();
                    if !argument.starts_with('"') && !argument.starts_with("code,") {
                        let line = text[..at].matches('\n').count() + 1;
                        wrong += &format!("{}:{line}: {call}…\n", source.path.display());
                    }
                }
            }
            for (at, _) in text.match_indices("code: &'static str,") {
                let name = text[..at].rsplit_once("fn ").map_or("", |(_, name)| name);
                let name = name.split('(').next().unwrap_or("");
                let is_field = text[..at].ends_with("pub ");
                if !is_field && name != "new" && !CONSTRUCTORS.contains(&name) {
                    let path = source.path.display();
                    wrong += &format!("{path}: `{name}` is no constructor that is known here\n");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
