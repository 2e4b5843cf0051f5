//! Text that no person would write: there is a tree and an answer, in little time and stack.

use std::time::Duration;

use mlc_diagnostics::{Diagnostic, FileId, codes as pages};
use mlc_syntax::{Module, parse_on};

/// The time that this thread has run: what else the machine does is not counted. No other thread may work for it.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux says it");
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first number is the time"))
}

/// The bound is some times what is needed without optimization, and far below what quadratic time takes.
fn errors(text: &str) -> Vec<Diagnostic> {
    let start = cpu_time();
    let (_, diagnostics) = parse_on(Some(1), FileId(0), text);
    let took = cpu_time() - start;
    assert!(took < Duration::from_secs(3), "took {took:?}");
    diagnostics
}

fn codes(text: &str) -> Vec<&'static str> {
    errors(text)
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

fn tree(text: &str) -> Module {
    let (module, diagnostics) = parse_on(Some(1), FileId(0), text);
    assert_eq!(diagnostics, []);
    module
}

#[test]
fn nothing_is_an_empty_module() {
    for text in [
        "",
        "\n",
        "   ",
        "\u{feff}",
        "# only a comment",
        "\r\n\r\n",
        "\\\n",
    ] {
        assert!(tree(text).body.is_empty(), "{text:?}");
    }
}

#[test]
fn deep_brackets_are_an_error() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("a[", "]"),
        ("-(", ")"),
    ] {
        let text = format!(
            "x = {}1{}\ny = 2\n",
            open.repeat(10_000),
            close.repeat(10_000)
        );
        assert_eq!(codes(&text), ["nesting-too-deep"], "{open}");
    }
    assert_eq!(codes(&"(".repeat(10_000)), ["unclosed-bracket"]);
    assert_eq!(codes(&")".repeat(1_000)).len(), 1_000);
}

#[test]
fn deep_prefixes_and_tails_are_an_error() {
    for text in [
        format!("x = {}1\n", "-".repeat(10_000)),
        format!("x = {}1\n", "not ".repeat(10_000)),
        format!("x = {}1\n", "lambda: ".repeat(10_000)),
        format!("x = {}1\n", "2 ** ".repeat(10_000)),
        format!("x = {}1\n", "1 if 1 else ".repeat(10_000)),
        format!("x = 1{}\n", " + 1".repeat(10_000)),
        format!("x = f{}\n", "()".repeat(10_000)),
        format!("x = f{}\n", ".a".repeat(10_000)),
        format!("x: T{}\n", "?".repeat(10_000)),
        format!("x = {}1\n", "a and ".repeat(10_000)),
        format!("x = {}1\n", "a < ".repeat(10_000)),
        format!("x = {}1{}\n", "[".repeat(100), " for i in y]".repeat(100)),
        format!("if a:\n    pass\n{}", "elif b:\n    pass\n".repeat(10_000)),
        format!(
            "match x:\n    case {}:\n        pass\n",
            "(".repeat(5_000) + &")".repeat(5_000)
        ),
    ] {
        assert_eq!(codes(&text), ["nesting-too-deep"], "{}", &text[..30]);
    }
}

#[test]
fn deep_blocks_are_an_error() {
    let mut text = String::new();
    for depth in 0..1_000 {
        text += &format!("{}if x:\n", " ".repeat(depth));
    }
    text += &format!("{}pass\ny = 1\n", " ".repeat(1_000));
    assert_eq!(codes(&text), ["nesting-too-deep"]);
    let text: String = (0..1_000)
        .map(|depth| format!("{}x\n", " ".repeat(depth)))
        .collect();
    assert!(codes(&text).iter().all(|code| *code == "unexpected-indent"));
}

#[test]
fn long_flat_text_is_fine() {
    tree(&format!("x = [{}]\n", "1, ".repeat(100_000)));
    tree(&format!("x = {}1\n", "a and ".repeat(1_000)));
    tree(&format!(
        "if a:\n    pass\n{}",
        "elif b:\n    pass\n".repeat(499)
    ));
    tree(&format!("x = {}\n", "\"a\" ".repeat(100_000)));
    tree(&"x = 1; ".repeat(100_000));
}

#[test]
fn time_is_linear_in_errors() {
    for text in [
        "x = (\n".repeat(50_000),
        "x = ]\n".repeat(50_000),
        "x = [1, (2\n".repeat(50_000),
        "def f(:\n    x = (\n".repeat(30_000),
        "if x\n".repeat(50_000),
        "x = 'abc\n".repeat(50_000),
        "x = \"\"\"abc\n".repeat(50_000),
        "x = 1 2\n".repeat(50_000),
        "$ ".repeat(50_000),
        "f'{'\n".repeat(50_000),
        "f\"{x!}\"".repeat(50_000),
        "\tx\n".repeat(50_000),
        "match (x\n".repeat(50_000),
        "with (x\n".repeat(50_000),
        "case (x\n".repeat(50_000),
        "x = 1 2; ".repeat(50_000),
        "f(x = y z, ".repeat(50_000),
        " else: ".repeat(50_000),
        "case x: ".repeat(50_000),
        "\\d".repeat(50_000),
        format!("'{}'", "\\d".repeat(50_000)),
    ] {
        errors(&text);
    }
}

/// Bytes that look like source, in an order that no grammar knows. The generator is xorshift.
#[test]
fn shuffled_tokens_never_panic() {
    let pieces = [
        "fn",
        "f",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        ";",
        "\n",
        "\n    ",
        "\n        ",
        "x",
        "=",
        "==",
        "1",
        "2.5",
        "'s'",
        "f'{x}'",
        "f'{",
        "}'",
        "\"\"\"",
        "'",
        "if",
        "else",
        "elif",
        "for",
        "in",
        "parallel",
        "atomic",
        "comptime",
        "struct",
        "match",
        "case",
        "try",
        "except",
        "finally",
        "with",
        "as",
        "import",
        "from",
        ".",
        "...",
        "*",
        "**",
        "/",
        "-",
        "+",
        "^",
        "?",
        "->",
        "@",
        "lambda",
        "not",
        "and",
        "or",
        "is",
        "del",
        "var",
        "owned",
        "return",
        "yield",
        "class",
        "async",
        "await",
        ":=",
        "+=",
        "\\",
        "\t",
        "é",
        "→",
        "#",
        "_",
        "raise",
        "assert",
        "global",
        "while",
        "\r",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..5_000 {
        let mut text = String::new();
        for _ in 0..random(60) {
            text += pieces[random(pieces.len())];
            if random(3) > 0 {
                text.push(' ');
            }
        }
        let (module, diagnostics) = parse_on(Some(1), FileId(0), &text);
        for diagnostic in &diagnostics {
            assert!(
                pages::explain(diagnostic.code).is_some(),
                "{}",
                diagnostic.code
            );
            let span = diagnostic.primary;
            assert!(
                span.start <= span.end && span.end as usize <= text.len(),
                "{text:?}"
            );
            assert!(text.is_char_boundary(span.start as usize), "{text:?}");
            assert!(text.is_char_boundary(span.end as usize), "{text:?}");
        }
        drop(module);
    }
}
