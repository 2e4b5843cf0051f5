//! Programs and what the checker makes of them: HIR, diagnostics, signatures.

mod arrays;
mod comprehensions;
mod comptime;
mod construct;
mod conventions;
mod diagnostics;
mod exceptions;
mod explanations;
mod functions;
mod generics;
mod imports;
mod nested;
mod optionals;
mod ownership;
mod parallel;
mod signatures;
mod structs;
mod text;
mod threads;
mod work;

use expect_test::Expect;
use mlc_diagnostics::{Diagnostic, SourceMap, render};
use mlc_sema::hir::Program;
use mlc_sema::{NoImports, Options, check, hir_dump, signature};

fn checked(text: &str) -> (Program, Vec<Diagnostic>, SourceMap) {
    let mut sources = SourceMap::new();
    let file = sources.add("test.mlc", text);
    let (module, mut diagnostics) = mlc_syntax::parse(file, text);
    let options = Options {
        module: "test".to_owned(),
        comptime_steps: Some(100_000),
        ..Options::default()
    };
    let (program, found) = check(&module, &mut NoImports, &options);
    diagnostics.extend(found);
    (program, diagnostics, sources)
}

/// The HIR of a program that is right.
fn hir(text: &str, expected: Expect) {
    let (program, diagnostics, sources) = checked(text);
    let shown: String = diagnostics
        .iter()
        .map(|diagnostic| render::short(diagnostic, &sources) + "\n")
        .collect();
    assert!(diagnostics.is_empty(), "{shown}");
    expected.assert_eq(&hir_dump::dump(&program));
}

/// The diagnostics of a program, one a line.
fn errors(text: &str, expected: Expect) {
    let (_, diagnostics, sources) = checked(text);
    let shown: String = diagnostics
        .iter()
        .map(|diagnostic| render::short(diagnostic, &sources) + "\n")
        .collect();
    expected.assert_eq(&shown);
}

/// The signatures of the functions of a program that is right.
fn signatures(text: &str, expected: Expect) {
    let (program, diagnostics, sources) = checked(text);
    let shown: String = diagnostics
        .iter()
        .map(|diagnostic| render::short(diagnostic, &sources) + "\n")
        .collect();
    assert!(diagnostics.is_empty(), "{shown}");
    let module = signature::of_program(&program);
    let lines: Vec<String> = module
        .functions
        .iter()
        .map(|function| function.render(&program) + "\n")
        .collect();
    expected.assert_eq(&lines.concat());
}
