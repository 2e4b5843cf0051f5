//! The examples of `mlc explain`: each parses or fails to as its page says.

use mlc_diagnostics::{FileId, codes};
use mlc_syntax::parse;

fn codes_of(text: &str) -> Vec<&'static str> {
    let (_, diagnostics) = parse(FileId(0), text);
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn wrong_examples_of_the_parser_give_their_code_once() {
    for page in codes::of_syntax() {
        if !page.wrong.is_empty() {
            assert_eq!(codes_of(page.wrong), [page.code], "{}", page.wrong);
        }
    }
}

#[test]
fn every_other_example_parses() {
    let of_syntax: Vec<_> = codes::of_syntax().iter().map(|page| page.code).collect();
    for page in codes::all() {
        assert_eq!(codes_of(page.mend), [""; 0], "{}", page.mend);
        if !of_syntax.contains(&page.code) {
            assert_eq!(codes_of(page.wrong), [""; 0], "{}", page.wrong);
        }
    }
}
