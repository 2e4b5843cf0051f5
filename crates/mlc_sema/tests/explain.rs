//! The examples of `mlc explain` for names, types and compile time do what their pages say.

use mlc_diagnostics::{FileId, codes};
use mlc_sema::{NoImports, Options, check};
use mlc_syntax::parse;

fn codes_of(text: &str) -> Vec<&'static str> {
    let (module, mut diagnostics) = parse(FileId(0), text);
    diagnostics.extend(check(&module, &mut NoImports, &Options::default()).1);
    diagnostics.iter().map(|found| found.code).collect()
}

#[test]
fn wrong_examples_give_their_code_once_and_right_ones_none() {
    for page in codes::of_types() {
        if !page.wrong.is_empty() {
            assert_eq!(codes_of(page.wrong), [page.code], "{}", page.wrong);
            assert_eq!(codes_of(page.mend), [""; 0], "{}", page.mend);
        }
    }
}
