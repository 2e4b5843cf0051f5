use expect_test::{Expect, expect};

use super::{Format, human, render};
use crate::{Diagnostic, FileId, SourceMap, Span};

fn check(format: Format, diagnostic: &Diagnostic, sources: &SourceMap, expected: &Expect) {
    expected.assert_eq(&render(
        format,
        std::slice::from_ref(diagnostic),
        sources,
        false,
    ));
}

fn moved() -> (SourceMap, Diagnostic) {
    let mut sources = SourceMap::new();
    let text = "\n\n\n\n\n\n\n\n\nb = a\nprint(b)\nprint(ä, a)\n";
    let file = sources.add("moved.mlc", text);
    let at = |part: &str, from: usize| {
        let start = text[from..].find(part).unwrap_or(0) + from;
        Span::new(file, start as u32, (start + part.len()) as u32)
    };
    let diagnostic = Diagnostic::error("use-after-move", at("a)", 30).before(), "`a` was moved")
        .primary_label("used here")
        .label(at("a", 12), "moved here")
        .help("`b` is the value's owner now")
        .fixit("copy it", at("a", 12), "copy(a)");
    (sources, diagnostic)
}

#[test]
fn human_shows_both_places_and_the_mend() {
    let (sources, diagnostic) = moved();
    check(
        Format::Human,
        &diagnostic,
        &sources,
        &expect![[r#"
        error[use-after-move]: `a` was moved
         --> moved.mlc:12:10
           |
        10 | b = a
           |     - moved here
        11 | print(b)
        12 | print(ä, a)
           |          ^ used here
           |
           = help: `b` is the value's owner now
        help: copy it
           |
        10 - b = a
        10 + b = copy(a)
           |

    "#]],
    );
}

#[test]
fn short_is_one_line() {
    let (sources, diagnostic) = moved();
    check(
        Format::Short,
        &diagnostic,
        &sources,
        &expect![[r#"
        moved.mlc:12:10: error[use-after-move]: `a` was moved
    "#]],
    );
}

#[test]
fn json_is_one_object() {
    let (sources, diagnostic) = moved();
    check(
        Format::Json,
        &diagnostic,
        &sources,
        &expect![[r#"
            {"code":"use-after-move","severity":"error","message":"`a` was moved","file":"moved.mlc","line":12,"column":10,"end_line":12,"end_column":10,"labels":[{"message":"used here","file":"moved.mlc","line":12,"column":10,"end_line":12,"end_column":10},{"message":"moved here","file":"moved.mlc","line":10,"column":5,"end_line":10,"end_column":6}],"help":[{"message":"`b` is the value's owner now","edits":[]},{"message":"copy it","edits":[{"file":"moved.mlc","line":10,"column":5,"end_line":10,"end_column":6,"replacement":"copy(a)"}]}]}
        "#]],
    );
}

#[test]
fn without_a_place_there_is_only_the_message() {
    let diagnostic = Diagnostic::warning("missing-file", Span::NONE, "there is no `x.mlc`");
    let sources = SourceMap::new();
    check(
        Format::Human,
        &diagnostic,
        &sources,
        &expect![[r#"
        warning[missing-file]: there is no `x.mlc`

    "#]],
    );
    check(
        Format::Short,
        &diagnostic,
        &sources,
        &expect![[r#"
        warning[missing-file]: there is no `x.mlc`
    "#]],
    );
    check(
        Format::Json,
        &diagnostic,
        &sources,
        &expect![[r#"
            {"code":"missing-file","severity":"warning","message":"there is no `x.mlc`","file":null,"line":0,"column":0,"end_line":0,"end_column":0,"labels":[],"help":[]}
        "#]],
    );
}

#[test]
fn the_second_line_starts_with_one_blank() {
    for lines in [0, 8, 9, 98, 99, 12_345] {
        let mut sources = SourceMap::new();
        let file = sources.add("a.mlc", "\n".repeat(lines) + "x y\n");
        let span = Span::new(file, lines as u32 + 2, lines as u32 + 3);
        let text = human(&Diagnostic::error("syntax", span, "no"), &sources, false);
        let expected = format!("error[syntax]: no\n --> a.mlc:{}:3\n", lines + 1);
        assert!(text.starts_with(&expected), "{text}");
    }
}

/// Every span over texts of every awkward kind, in every format.
#[test]
fn no_span_makes_a_renderer_panic() {
    let texts = [
        "",
        "\n",
        "\r",
        "\r\n",
        "a",
        "\t\ta\tb",
        "ä→🦀e\u{301}\n漢字",
        "a\rb\rc",
        "\u{0}\u{7}\u{1b}[1m",
        "\u{feff}x",
        "a\r\nb\r\n",
        "\u{200b}\u{202e}abc",
    ];
    for text in texts {
        let mut sources = SourceMap::new();
        let file = sources.add("a\nb.mlc", text);
        let length = text.len() as u32;
        for start in (0..=length + 2).chain([u32::MAX]) {
            for end in (0..=length + 2).chain([u32::MAX]) {
                let span = Span::new(file, start, end);
                let unknown = Span::new(FileId(7), start, end);
                let diagnostic = Diagnostic::error("syntax", span, "line\nbreak")
                    .primary_label("here")
                    .label(Span::new(file, end, start), "there")
                    .label(unknown, "nowhere")
                    .help("")
                    .fixit("replace", span, "x\ny")
                    .fixit("insert", unknown, "");
                for format in [Format::Human, Format::Short, Format::Json] {
                    for color in [false, true] {
                        let one = std::slice::from_ref(&diagnostic);
                        assert!(!render(format, one, &sources, color).is_empty());
                    }
                }
            }
        }
    }
}

#[test]
fn invalid_utf8_is_named_and_placed() {
    let mut sources = SourceMap::new();
    let bytes = b"x = 1\ny = \"\xff\xfe\"\n".to_vec();
    match sources.add_bytes("latin.mlc", bytes) {
        Ok(_) => panic!("the bytes are not UTF-8"),
        Err(diagnostic) => check(
            Format::Human,
            &diagnostic,
            &sources,
            &expect![[r#"
            error[invalid-utf8]: source is not valid UTF-8: byte 0xff at offset 11
             --> latin.mlc:2:6
              |
            2 | y = "��"
              |      ^
              |
              = help: mlc reads source text as UTF-8 only; save the file in that encoding

        "#]],
        ),
    }
}
