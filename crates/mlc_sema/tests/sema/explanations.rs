//! The examples of `mlc explain`: the wrong one gives its code, the right one no error.

use mlc_diagnostics::codes;

use crate::checked;

/// Codes that a later stage gives, on the IR.
const BY_THE_IR: &[&str] = &[
    "use-after-move",
    "move-while-borrowed",
    "borrow-conflict",
    "move-out-of-borrow",
    "shared-items",
    "write-through-shared-borrow",
    "return-of-local-borrow",
    "partly-moved",
    "not-copyable",
    "move-out-of-destructor",
    "view-with-gaps",
    "race",
];

#[test]
fn every_example_gives_its_code_and_its_mend_none() {
    let mut wrong = String::new();
    for page in codes::all() {
        let (_, diagnostics, _) = checked(page.wrong);
        let given: Vec<&str> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect();
        let later = BY_THE_IR.contains(&page.code);
        if !page.wrong.is_empty() && !later && !given.contains(&page.code) {
            wrong += &format!("{}: the example gives {given:?}\n", page.code);
        }
        let (_, diagnostics, _) = checked(page.mend);
        if let Some(diagnostic) = diagnostics.first() {
            wrong += &format!(
                "{}: the mend gives {}: {}\n",
                page.code, diagnostic.code, diagnostic.message
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
