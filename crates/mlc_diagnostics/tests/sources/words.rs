//! Messages speak of the program, and not of the compiler's inside.

use std::collections::BTreeSet;

use mlc_diagnostics::codes;

use crate::literals::sources;

/// Whose every text may reach a user.
const FRONT_END: &[&str] = &[
    "crates/mlc_diagnostics/src",
    "crates/mlc_syntax/src",
    "crates/mlc_sema/src",
];

/// What IR is written in. A prefix of operations ends in a period, after which the operation follows.
const OF_THE_IR: &[&str] = &[
    "own.",
    "par.",
    "scf.",
    "memref.",
    "arith.",
    "linalg.",
    "vector.",
    "func.",
    "llvm.",
    "cf.",
    "!own",
    "!par",
    "!llvm",
    "memref",
    "scf",
    "iter_args",
];

/// The hyphenated texts of the passes that are no code: the passes' names and attributes.
fn names_of_passes() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources("passes/src") {
        for literal in source.literals() {
            let is_name = literal.text.split('-').count() > 1
                && literal.text.split('-').all(|word| {
                    !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric())
                });
            if is_name && codes::explain(literal.text).is_none() {
                names.insert(literal.text.to_owned());
            }
        }
    }
    names
}

/// Whether `word` stands in `text` by itself, or, where it ends in a period, before a name.
fn has(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(word).any(|(at, _)| {
        let starts = !text[..at].ends_with(is_part);
        let rest = &text[at + word.len()..];
        starts
            && match word.ends_with('.') {
                true => rest.starts_with(|c: char| c.is_ascii_lowercase()),
                false => !rest.starts_with(is_part),
            }
    })
}

#[test]
fn no_text_of_the_front_end_names_ir_or_a_pass() {
    let passes = names_of_passes();
    for known in ["own-check", "par-check", "own-insert-drops"] {
        assert!(passes.contains(known), "`{known}` was not found");
    }
    let mut wrong = String::new();
    for folder in FRONT_END {
        for source in sources(folder) {
            for literal in source.literals() {
                let words = OF_THE_IR.iter().copied();
                for word in words.chain(passes.iter().map(String::as_str)) {
                    if has(literal.text, word) {
                        let place = format!("{}:{}", source.path.display(), literal.line);
                        wrong += &format!("{place}: `{word}` in {:?}\n", literal.text);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn words_are_told_from_parts_of_words() {
    assert!(has("`own.move` of it", "own."));
    assert!(has("a `memref`", "memref"));
    assert!(!has("a string of its own.", "own."));
    assert!(!has("known.name", "own."));
    assert!(!has("a memref_like thing", "memref"));
}
