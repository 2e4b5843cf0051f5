//! The JSON format is what `docs/diagnostics.md` promises: exactly these keys, of these types.

use mlc_diagnostics::{Diagnostic, SourceMap, Span, render};
use serde_json::{Map, Value};

const DOCUMENT: &str = include_str!("../../../docs/diagnostics.md");

type Keys = &'static [(&'static str, &'static str)];

const DIAGNOSTIC: Keys = &[
    ("code", "string"),
    ("severity", "string"),
    ("message", "string"),
    ("file", "string or null"),
    ("line", "integer"),
    ("column", "integer"),
    ("end_line", "integer"),
    ("end_column", "integer"),
    ("labels", "list of labels"),
    ("help", "list of helps"),
];

const LABEL: Keys = &[
    ("message", "string"),
    ("file", "string or null"),
    ("line", "integer"),
    ("column", "integer"),
    ("end_line", "integer"),
    ("end_column", "integer"),
];

const HELP: Keys = &[("message", "string"), ("edits", "list of edits")];

const EDIT: Keys = &[
    ("file", "string or null"),
    ("line", "integer"),
    ("column", "integer"),
    ("end_line", "integer"),
    ("end_column", "integer"),
    ("replacement", "string"),
];

/// The objects have the keys and no others; lists are looked into. Counts the objects.
fn hold(value: &Value, keys: Keys) -> usize {
    let object: &Map<String, Value> = value.as_object().expect("an object");
    let found: Vec<&str> = object.keys().map(String::as_str).collect();
    let expected: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    assert_eq!(found, expected);
    let list = |value: &Value, keys: Keys| -> usize {
        let items = value.as_array().expect("a list");
        items.iter().map(|item| hold(item, keys)).sum()
    };
    let mut count = 1;
    for (key, ty) in keys {
        let value = &object[*key];
        let fits = match *ty {
            "string" => value.is_string(),
            "string or null" => value.is_string() || value.is_null(),
            "integer" => value.is_u64(),
            "list of labels" => {
                count += list(value, LABEL);
                true
            }
            "list of helps" => {
                count += list(value, HELP);
                true
            }
            "list of edits" => {
                count += list(value, EDIT);
                true
            }
            other => panic!("`{other}` is no type"),
        };
        assert!(fits, "`{key}` is {value}, and not a {ty}");
    }
    if keys.contains(&("line", "integer")) {
        let numbers = ["line", "column", "end_line", "end_column"].map(|key| &object[key]);
        let zero = numbers.iter().all(|number| **number == 0);
        let positive = numbers.iter().all(|number| **number != 0);
        assert!(if object["file"].is_null() {
            zero
        } else {
            positive
        });
    }
    count
}

#[test]
fn every_object_has_the_keys_and_types() {
    let mut sources = SourceMap::new();
    let file = sources.add("a.mlc", "x = 1\n\ty = ä🦀 z\n");
    let crab = Span::new(file, 13, 17);
    let full = Diagnostic::error("syntax", crab, "a \"quoted\"\nmessage")
        .primary_label("here")
        .label(Span::new(file, 0, 1), "there")
        .label(Span::NONE, "nowhere")
        .help("in words")
        .fixit("insert", crab.after(), "z")
        .fixit("replace", crab, "");
    let bare = Diagnostic::warning("usage", Span::NONE, "no place");
    let note = Diagnostic::note("reused", crab, "asked for");
    let lines: Vec<String> = [&full, &bare, &note]
        .map(|diagnostic| render::json(diagnostic, &sources))
        .into();
    let mut counts = Vec::new();
    let mut severities = Vec::new();
    for line in &lines {
        assert!(!line.contains('\n'), "{line}");
        let value: Value = serde_json::from_str(line).expect("a line is one JSON value");
        counts.push(hold(&value, DIAGNOSTIC));
        severities.push(value["severity"].as_str().unwrap_or("").to_owned());
    }
    // Itself, three labels, three helps, two edits.
    assert_eq!(counts, [9, 1, 1]);
    assert_eq!(severities, ["error", "warning", "note"]);
}

#[test]
fn columns_count_characters_and_the_end_is_after_the_last() {
    let mut sources = SourceMap::new();
    let text = "x = 1\r\n\ty = ä🦀 z\n";
    let file = sources.add("a.mlc", text);
    let at = text.find('🦀').expect("it is there") as u32;
    let crab = Span::new(file, at, at + 4);
    let place = |span: Span| -> [u64; 4] {
        let line = render::json(&Diagnostic::error("syntax", span, ""), &sources);
        let value: Value = serde_json::from_str(&line).expect("a line is one JSON value");
        ["line", "column", "end_line", "end_column"].map(|key| value[key].as_u64().unwrap_or(0))
    };
    assert_eq!(place(crab), [2, 7, 2, 8]);
    assert_eq!(place(crab.after()), [2, 8, 2, 8]);
    assert_eq!(place(Span::new(file, 0, 1).to(crab)), [1, 1, 2, 8]);
}

#[test]
fn the_document_has_the_same_keys_and_types() {
    let documented = |heading: &str| -> Vec<(String, String)> {
        let section = DOCUMENT
            .split("\n## ")
            .find_map(|section| section.strip_prefix(heading));
        let rows = section.expect("the section is there").lines();
        rows.filter_map(|row| {
            let mut cells = row.strip_prefix("| `")?.split('|').map(str::trim);
            let key = cells.next()?.trim_end_matches('`').to_owned();
            Some((key, cells.next()?.to_owned()))
        })
        .collect()
    };
    for (heading, keys) in [
        ("A diagnostic\n", DIAGNOSTIC),
        ("A label\n", LABEL),
        ("A help\n", HELP),
        ("An edit\n", EDIT),
    ] {
        let expected: Vec<(String, String)> = keys
            .iter()
            .map(|(key, ty)| ((*key).to_owned(), (*ty).to_owned()))
            .collect();
        assert_eq!(documented(heading), expected, "{heading}");
    }
}
