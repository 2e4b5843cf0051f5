//! The example in `docs/diagnostics.md` is what the compiler says.

use mlc_diagnostics::{SourceMap, render};
use mlc_sema::{NoImports, Options, check};
use mlc_syntax::parse;

const DOCUMENT: &str = include_str!("../../../docs/diagnostics.md");

/// The text of the only code block in a language.
fn block(language: &str) -> &'static str {
    let open = format!("```{language}\n");
    let mut parts = DOCUMENT.split(&open);
    let text = parts.nth(1).expect("the block is there");
    assert!(parts.next().is_none(), "there is one block");
    text.split("```").next().expect("a split has a first part")
}

#[test]
fn the_json_of_the_example_is_that_of_its_program() {
    let mut sources = SourceMap::new();
    let program = block("python");
    let file = sources.add("area.mlc", program);
    let (module, mut diagnostics) = parse(file, program);
    diagnostics.extend(check(&module, &mut NoImports, &Options::default()).1);
    let rendered = render::render(render::Format::Json, &diagnostics, &sources, false);
    assert_eq!(rendered, block("json"));
}
