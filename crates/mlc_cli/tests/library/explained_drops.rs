//! `--explain-drops` says of each variable that owns memory where its value ends: destroyed, reused or moved.

use std::path::Path;

use mlc::{Format, Options, Session, Source};

/// Programs with values of every kind.
const PROGRAMS: &[&str] = &[
    "assigned_in_try",
    "destructors",
    "everyday",
    "exceptions",
    "kmeans",
    "lent_parts",
    "list_methods",
    "moved_again",
    "ownership",
    "parallel_records",
    "quicksort",
    "recursive_structs",
    "slice_assignment",
    "small_parts",
    "string_texts",
    "struct_methods_inside",
    "structs",
    "tuples",
    "tuples_in_lists",
];

/// A remark: its line, and the name that it begins with.
struct Remark<'a> {
    line: usize,
    name: &'a str,
}

/// A remark as a line of text: `FILE:LINE:COLUMN: note[CODE]: [where it is handed over, ]`NAME` …`.
fn remark(text: &str) -> Option<Remark<'_>> {
    let line = text.split(':').nth(1)?.parse().ok()?;
    let name = text.split('`').nth(1)?;
    Some(Remark { line, name })
}

#[test]
fn every_variable_that_owns_memory_is_explained() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run");
    let mut missing = Vec::new();
    for program in PROGRAMS {
        let path = tests.join(program).with_extension("mlc");
        let text = std::fs::read_to_string(&path).expect("a test");
        missing.extend(unexplained(program, &text));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The variables of a program of which nothing is said.
fn unexplained(name: &str, text: &str) -> Vec<String> {
    let line_of = |offset: u32| 1 + text[..offset as usize].matches('\n').count();
    let session = Session::new(Options::default()).expect("the options are fine");
    let compiled = (session.compile(&Source::mlc(format!("{name}.mlc"), text)))
        .unwrap_or_else(|error| panic!("{name}: {}", error.render(Format::Short, false)));
    let said = compiled.explain_drops(Format::Short, false);
    let said = said.expect("the program is right");
    let remarks: Vec<Remark> = said.lines().filter_map(remark).collect();
    let program = compiled.checked().expect("it is a program");
    let here = |span: &mlc_diagnostics::Span| !span.is_none() && span.file.0 == 0;
    let functions: Vec<_> = (program.functions.iter())
        .filter(|function| here(&function.span))
        .collect();
    let mut missing = Vec::new();
    for function in &functions {
        // Up to the next function that is not a part of this one; statements of the top level stand between functions.
        let start = function.span.start;
        let is_top = program
            .init
            .is_some_and(|init| function.symbol == program.functions[init.0 as usize].symbol);
        let end = (functions.iter())
            .filter(|other| !is_top && other.span.start > start)
            .filter(|other| !other.name.starts_with(&format!("{}.", function.name)))
            .map(|other| other.span.start)
            .min();
        let end = end.map_or(usize::MAX, line_of);
        for local in &function.locals {
            let is_owner = local.mode == mlc_sema::hir::Mode::Owner
                && program.types.is_owning(local.ty)
                && here(&local.span)
                && !local.name.starts_with('$');
            let line = if is_owner {
                line_of(local.span.start)
            } else {
                0
            };
            let is_said =
                |remark: &Remark| remark.name == local.name && (line..end).contains(&remark.line);
            if is_owner && !remarks.iter().any(is_said) {
                missing.push(format!("{name}.mlc:{line}: `{}`", local.name));
            }
        }
    }
    missing
}
