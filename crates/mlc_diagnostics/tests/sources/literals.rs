//! The string literals of Rust files, with what stands before them.

use std::path::{Path, PathBuf};

/// One file of the compiler.
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

/// A literal as it is written, without its quotes; escapes are kept.
pub struct Literal<'s> {
    pub text: &'s str,
    pub line: usize,
    /// The text of the file up to the literal, without blanks at its end.
    pub before: &'s str,
    /// The text after it, without blanks at its start.
    pub after: &'s str,
}

/// Every `*.rs` file below a folder of the repository, but for files of tests.
pub fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    collect(&root.join(folder), &mut found);
    assert!(!found.is_empty(), "no sources in `{folder}`");
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
            found.push(Source { path, text });
        }
    }
}

impl Source {
    pub fn literals(&self) -> Vec<Literal<'_>> {
        let text = self.text.as_str();
        let mut literals = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with("//") {
                at += rest.find('\n').unwrap_or(rest.len());
            } else if let Some((open, close)) = quotes(rest, text[..at].chars().next_back()) {
                let inner = &rest[open..];
                let length = match close.as_str() {
                    "\"" => end_of_escaped(inner),
                    close => inner.find(close).unwrap_or(inner.len()),
                };
                let end = at + open + length + close.len();
                literals.push(Literal {
                    text: &inner[..length],
                    line: text[..at].matches('\n').count() + 1,
                    before: text[..at].trim_end(),
                    after: text.get(end..).unwrap_or("").trim_start(),
                });
                at = end;
            } else {
                at += character_literal(rest)
                    .unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
            }
        }
        literals
    }
}

/// Where the text of a string that starts here begins, and what closes it.
fn quotes(rest: &str, previous: Option<char>) -> Option<(usize, String)> {
    if rest.starts_with('"') {
        return Some((1, "\"".to_owned()));
    }
    if previous.is_some_and(|c| c.is_alphanumeric() && c != 'b' || c == '_') {
        return None;
    }
    let hashes = rest.strip_prefix('r')?;
    let count = hashes.len() - hashes.trim_start_matches('#').len();
    hashes[count..]
        .starts_with('"')
        .then(|| (count + 2, format!("\"{}", "#".repeat(count))))
}

fn end_of_escaped(inner: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    inner.len()
}

/// The length of `'x'` or `'\…'`; `None` at anything else, lifetimes among it.
fn character_literal(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escape) = inner.strip_prefix('\\') {
        let named = escape.chars().next()?.len_utf8();
        return Some(2 + named + escape[named..].find('\'')? + 1);
    }
    let length = inner.chars().next()?.len_utf8();
    inner[length..].starts_with('\'').then_some(length + 2)
}

#[test]
fn literals_are_found_between_what_looks_like_them() {
    let text = r####"
        // "comment"
        let quote = ['"', '\'', '\\', '\u{22}'];
        fn f<'a>(x: &'a str) { error("one", r#"t"wo"#, "th\"ree"); }
    "####;
    let source = Source {
        path: PathBuf::new(),
        text: text.to_owned(),
    };
    let found = source.literals();
    let texts: Vec<&str> = found.iter().map(|literal| literal.text).collect();
    assert_eq!(texts, ["one", "t\"wo", "th\\\"ree"]);
    assert_eq!(found[0].line, 4);
    assert!(found[0].before.ends_with("error(") && found[0].after.starts_with(','));
}
