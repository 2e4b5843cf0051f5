//! How deeply the brackets of textual IR nest. MLIR parses, prints and compares what is in brackets by recursion, which
//! ends the process where the stack does; so a text that nests too deeply is turned away before it is parsed.
//!
//! What an alias stands for counts where the alias is used: `!a = tuple<i1>`, `!b = tuple<!a>`, … nest as well.

use std::collections::HashMap;

/// How deeply brackets may nest: far beyond any program, and well within a stack of 8 MiB.
pub const DEEPEST: usize = 600;

/// Where a text nests too deeply, both counted from one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub fn message(self) -> String {
        format!("brackets nest more than {DEEPEST} deep")
    }
}

/// The first place where a text nests too deeply.
pub fn too_deep(text: &[u8]) -> Option<Place> {
    let mut scanner = Scanner::default();
    let mut at = 0;
    while at < text.len() {
        let next = scanner.token(text, at);
        if scanner.depth() > DEEPEST {
            let line_start = text[..at].iter().rposition(|byte| *byte == b'\n');
            return Some(Place {
                line: 1 + text[..at].iter().filter(|byte| **byte == b'\n').count(),
                column: at - line_start.map_or(0, |start| start + 1) + 1,
            });
        }
        at = next;
    }
    None
}

#[derive(Default)]
struct Scanner<'t> {
    /// The brackets that are open.
    open: Vec<u8>,
    /// Signs in a row, each of which negates the rest.
    signs: usize,
    /// How deep the alias is that was just read.
    alias: usize,
    /// The alias that is being defined, and how deep it is by now.
    defined: Option<(&'t [u8], usize)>,
    aliases: HashMap<&'t [u8], usize>,
}

impl<'t> Scanner<'t> {
    fn depth(&self) -> usize {
        self.open.len() + self.signs + self.alias
    }

    /// Reads a token; returns where the next one starts.
    fn token(&mut self, text: &'t [u8], at: usize) -> usize {
        let rest = &text[at..];
        let second = rest.get(1).copied().unwrap_or_default();
        self.alias = 0;
        if rest[0] != b'-' && !rest[0].is_ascii_whitespace() {
            self.signs = 0;
        }
        match rest[0] {
            b'/' if second == b'/' => return at + length_until(rest, b"\n"),
            b'"' => return at + string_length(rest),
            b'-' if second == b'>' => return at + 2,
            b'-' => self.signs += 1,
            // `%i<%n` and `a <= b` compare.
            b'<' if second != b'%' && second != b'=' => self.open.push(b'>'),
            b'(' => self.open.push(b')'),
            b'[' => self.open.push(b']'),
            b'{' => self.open.push(b'}'),
            // What was open in between is closed with it.
            close @ (b')' | b']' | b'}' | b'>') => {
                if let Some(opened) = self.open.iter().rposition(|open| *open == close) {
                    self.open.truncate(opened);
                }
            }
            b'!' | b'#' => return at + self.name(rest),
            b'\n' if self.open.is_empty() => self.end_definition(),
            _ => {}
        }
        if let Some((_, deepest)) = &mut self.defined {
            *deepest = (self.open.len() + self.signs).max(*deepest);
        }
        at + 1
    }

    /// An alias, where it is defined or used, or what looks like one; returns how long it is.
    fn name(&mut self, rest: &'t [u8]) -> usize {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_$.-".contains(byte);
        let length = 1 + rest[1..].iter().take_while(|byte| is_part(byte)).count();
        let name = &rest[..length];
        let after = rest[length..].iter().find(|byte| **byte != b' ');
        if self.open.is_empty() && after == Some(&b'=') {
            self.end_definition();
            self.defined = Some((name, 0));
            return length;
        }
        self.alias = self.aliases.get(name).copied().unwrap_or_default();
        let depth = self.depth();
        if let Some((_, deepest)) = &mut self.defined {
            *deepest = depth.max(*deepest);
        }
        length
    }

    fn end_definition(&mut self) {
        if let Some((name, deepest)) = self.defined.take() {
            self.aliases.insert(name, deepest);
        }
    }
}

/// How far it is to the first of some bytes, or to the end.
fn length_until(text: &[u8], bytes: &[u8]) -> usize {
    let found = text.iter().position(|byte| bytes.contains(byte));
    found.unwrap_or(text.len())
}

/// The length of a string, with its quotes; it ends with its line at the latest.
fn string_length(text: &[u8]) -> usize {
    let mut length = 1;
    while let Some(byte) = text.get(length) {
        match byte {
            b'"' => return length + 1,
            b'\n' => return length,
            b'\\' => length += 2,
            _ => length += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(open: &str, close: &str, times: usize) -> String {
        format!("{}1{}", open.repeat(times), close.repeat(times))
    }

    #[test]
    fn brackets_of_all_kinds_count_together() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("!own.list<", ">"),
            ("-", ""),
        ] {
            let text = format!("module {{}}\n{}\n", nested(open, close, DEEPEST));
            assert_eq!(too_deep(text.as_bytes()), None, "{open}");
            let text = format!("module {{}}\n {}\n", nested(open, close, DEEPEST + 1));
            assert_eq!(
                too_deep(text.as_bytes()).map(|place| place.line),
                Some(2),
                "{open}"
            );
        }
        let text = nested("([{<", ">}])", DEEPEST / 4 + 1);
        assert!(too_deep(text.as_bytes()).is_some());
    }

    #[test]
    fn a_long_text_that_does_not_nest_is_taken() {
        for line in [
            "%a = f() -> (i1)\n",
            "// (((\n",
            "\"(((\\\"(\"\n",
            "check_index %i<%n\n",
            "(d0 <= 1)\n",
        ] {
            let text = line.repeat(4 * DEEPEST);
            assert_eq!(too_deep(text.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn aliases_count_where_they_are_used() {
        let mut text = String::from("!t0 = i1\n");
        for number in 0..DEEPEST {
            text += &format!("!t{} = tuple<!t{number}>\n", number + 1);
        }
        assert_eq!(too_deep(text.as_bytes()), None);
        text += &format!("func.func private @f(!t{DEEPEST})\n");
        let place = too_deep(text.as_bytes()).expect("it is too deep");
        assert_eq!((place.line, place.column), (DEEPEST + 2, 22));
    }
}
