//! Long programs: what several threads make of them is what one makes.

use mlc_diagnostics::{Diagnostic, FileId};
use mlc_sema::hir::Program;
use mlc_sema::{NoImports, Options, check};
use mlc_syntax::{Module, parse_on};

#[path = "../../../mlc_syntax/benches/source.rs"]
mod source;

/// What a body may ask for that nothing has asked for before it: instances, types, constants, functions within it, results that
/// are inferred, functions of the library, memory of the module.
const NEW: &str = r#"
def twice_{N}(x):
    return x + x

fn first_{N}[T](items: [T], other: T) -> T:
    return items[0] if len(items) > 0 else other

fn shared_{N}(a: Int, b: f64) -> f64:
    pair = (a, b, {N} % 7 == 0)
    triples = [(a, a + 1, b)]
    maybe: Int? = None
    if pair[2]:
        maybe = a
    fn inner(y: Int) -> Int:
        return y + a
    scale = lambda z: z * b
    found = first_{N}([1, 2, 3], inner(a)) + first_{N}([a], 4)
    words = sorted(["b{N}", "a"])
    return scale(twice_{N}(b)) + f64(found + len(triples) + len(words)) + f64(twice_{N}(a))

comptime TABLE_{N} = [k * {N} for k in range(4)]

fn counted_{N}(at: Int) -> Int:
    global count
    count += 1
    empty = []
    empty.append(at)
    return empty[0] + count

fn new_type_{N}() -> Int:
    extent: [f32; 2, {N} + 1] = zeros((2, {N} + 1))
    return extent.shape[1]

fn new_instance_{N}(a: Int) -> Int:
    return first_{N}([1, a], 2)

fn new_constant_{N}(at: Int) -> Int:
    return TABLE_{N}[at % 4]

fn new_result_{N}(a: Int) -> Int:
    return late_{N}(a)

fn late_{N}(a: Int):
    return a + {N}
"#;

fn program(parts: usize) -> String {
    let mut text = source::source(parts * 60) + "\ncount = 0\n";
    for index in 0..parts {
        text += &NEW.replace("{N}", &index.to_string());
    }
    text
}

type Checked = (Module, Program, Vec<Diagnostic>);

fn checked(text: &str, threads: usize) -> Checked {
    let (module, mut diagnostics) = parse_on(Some(threads), FileId(0), text);
    let options = Options {
        threads: Some(threads),
        ..Options::default()
    };
    let (program, found) = check(&module, &mut NoImports, &options);
    diagnostics.extend(found);
    (module, program, diagnostics)
}

#[track_caller]
fn same((module, program, diagnostics): &Checked, other: &Checked) {
    assert_eq!(*diagnostics, other.2);
    assert!(*module == other.0, "the trees differ");
    let parts = |program: &Program| {
        let functions = (program.functions.iter()).map(|function| format!("{function:?}"));
        let functions: Vec<String> = functions.collect();
        let rest = format!(
            "{:?} {:?} {:?}",
            program.structs, program.globals, program.constants
        );
        (functions, rest)
    };
    let (one, other) = (parts(program), parts(&other.1));
    assert_eq!(one.0.len(), other.0.len());
    for (one, other) in one.0.iter().zip(&other.0) {
        assert_eq!(one, other);
    }
    assert_eq!(one.1, other.1);
}

#[test]
fn long_programs_are_the_same_on_any_number_of_threads() {
    let text = program(70);
    let alone = checked(&text, 1);
    assert_eq!(alone.2, []);
    for threads in [2, 3, 8] {
        same(&alone, &checked(&text, threads));
    }
}

#[test]
fn what_is_wrong_with_long_programs_is_the_same_on_any_number_of_threads() {
    let right = program(70);
    for (what, with) in [
        // Of the tree.
        (
            "fn is_valid_60(index: Int, value: f32) -> Bool:",
            "@strict\n@",
        ),
        (
            "    return index >= 0 and lower < f64(value) <= upper\n\nfn summary_50",
            "    return (\n\nfn summary_50",
        ),
        ("fn run_7(", "else:\nfn run_7("),
        ("fn run_35(", "x = 1 \\\nfn run_35("),
        // Of types, at the front, in the middle and at the end.
        ("p = Particle3(", "p = Particle3(1, "),
        ("p = Particle44(", "p = Particle44(1, "),
        ("twice_69(b)", "twice_69(words)"),
        ("first_57([a], 4)", "first_57([a], b)"),
        ("return TABLE_5[", "return words_5[TABLE_5["),
    ] {
        assert!(right.contains(what), "{what}");
        let wrong = right.replacen(what, with, 1);
        let alone = checked(&wrong, 1);
        assert!(alone.2.iter().any(Diagnostic::is_error), "{with}");
        for threads in [2, 5] {
            same(&alone, &checked(&wrong, threads));
        }
    }
}
