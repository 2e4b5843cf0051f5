//! Source files, byte spans into them, and the way from a byte offset to a line and a column.

use std::sync::{Arc, OnceLock};

use crate::Diagnostic;

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// No place in any source: what is rendered has no location.
    pub const NONE: Span = Span {
        file: FileId(u32::MAX),
        start: 0,
        end: 0,
    };

    pub fn new(file: FileId, start: u32, end: u32) -> Span {
        Span { file, start, end }
    }

    /// The smallest span that covers both; `self` where they lie in different files.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The empty span just before this one.
    #[must_use]
    pub fn before(self) -> Span {
        Span {
            end: self.start,
            ..self
        }
    }

    /// The empty span just behind this one.
    #[must_use]
    pub fn after(self) -> Span {
        Span {
            start: self.end,
            ..self
        }
    }

    pub fn is_none(self) -> bool {
        self.file == Span::NONE.file
    }
}

/// A position as a person counts: both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

#[derive(Debug)]
struct SourceFile {
    name: String,
    text: Arc<str>,
    /// Byte offsets at which lines start; made when the first position is asked for.
    line_starts: OnceLock<Vec<u32>>,
    /// How many characters start before each multiple of [`STRIDE`] bytes: a line may be as long as the file.
    characters: OnceLock<Vec<u32>>,
}

/// The bytes from one entry of [`SourceFile::characters`] to the next.
const STRIDE: usize = 64;

impl SourceFile {
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for (at, &byte) in bytes.iter().enumerate() {
                let ends_line =
                    byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
                if ends_line {
                    starts.push(at as u32 + 1);
                }
            }
            starts
        })
    }

    /// How many characters start before a byte offset.
    fn characters_before(&self, at: usize) -> u32 {
        let starts =
            |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u32;
        let bytes = self.text.as_bytes();
        let table = self.characters.get_or_init(|| {
            let mut count = 0;
            let mut table = vec![0];
            for chunk in bytes.chunks_exact(STRIDE) {
                count += starts(chunk);
                table.push(count);
            }
            table
        });
        let entry = at / STRIDE;
        table[entry] + starts(&bytes[entry * STRIDE..at])
    }

    /// The nearest offset at or before `offset` that lies in the text, between two characters.
    fn clamp(&self, offset: u32) -> usize {
        let mut at = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// Every source text of one compilation.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a file under the name that diagnostics show.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            characters: OnceLock::new(),
        });
        id
    }

    /// Adds a file from its bytes. What is not UTF-8 is shown as `U+FFFD` in the excerpt of the
    /// diagnostic that then comes back.
    #[expect(
        clippy::result_large_err,
        reason = "one file fails once; a box would only be in the way"
    )]
    pub fn add_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: Vec<u8>,
    ) -> Result<FileId, Diagnostic> {
        let id = FileId(self.files.len() as u32);
        match decode(id, bytes) {
            Ok(text) => Ok(self.add(name, text)),
            Err((lossy, diagnostic)) => {
                self.add(name, lossy);
                Err(diagnostic)
            }
        }
    }

    fn file(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// The whole text; empty for a file that is not in the map.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| &file.text)
    }

    /// The whole text, shared; the map may be changed while it is held.
    pub fn shared_text(&self, file: FileId) -> Arc<str> {
        self.file(file)
            .map_or_else(|| Arc::from(""), |file| Arc::clone(&file.text))
    }

    pub fn name(&self, file: FileId) -> &str {
        self.file(file).map_or("<unknown>", |file| &file.name)
    }

    /// The file that was added last under `name`.
    pub fn find(&self, name: &str) -> Option<FileId> {
        let at = self.files.iter().rposition(|file| file.name == name)?;
        Some(FileId(at as u32))
    }

    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// The position of a byte offset; offsets outside the text count as its end.
    pub fn line_column(&self, file: FileId, offset: u32) -> LineColumn {
        let Some(source) = self.file(file) else {
            return LineColumn { line: 1, column: 1 };
        };
        let at = source.clamp(offset);
        let starts = source.line_starts();
        let line = starts.partition_point(|&start| start as usize <= at);
        let start = starts[line - 1] as usize;
        let column = source.characters_before(at) - source.characters_before(start) + 1;
        LineColumn {
            line: line as u32,
            column,
        }
    }

    /// Where a span starts.
    pub fn start(&self, span: Span) -> LineColumn {
        self.line_column(span.file, span.start)
    }

    /// Where a span ends (the position behind its last character).
    pub fn end(&self, span: Span) -> LineColumn {
        self.line_column(span.file, span.end.max(span.start))
    }

    /// The byte offset of a position, clamped into its line and the text.
    pub fn offset(&self, file: FileId, at: LineColumn) -> u32 {
        let Some(source) = self.file(file) else {
            return 0;
        };
        let starts = source.line_starts();
        let line = (at.line.max(1) as usize - 1).min(starts.len() - 1);
        let text = self.line_text(file, line as u32 + 1);
        let column = at.column.max(1) as usize - 1;
        let within = text
            .char_indices()
            .nth(column)
            .map_or(text.len(), |(byte, _)| byte);
        starts[line] + within as u32
    }

    /// The text of a line, counted from 1, without its end; empty behind the last line.
    pub fn line_text(&self, file: FileId, line: u32) -> &str {
        let Some(source) = self.file(file) else {
            return "";
        };
        let starts = source.line_starts();
        let index = line.max(1) as usize - 1;
        let Some(&start) = starts.get(index) else {
            return "";
        };
        let end = starts
            .get(index + 1)
            .map_or(source.text.len(), |&next| next as usize);
        source.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// The text under a span, clamped into the file.
    pub fn snippet(&self, span: Span) -> &str {
        self.file(span.file)
            .map_or("", |source| &source.text[self.byte_range(span)])
    }

    /// A span as a range that is safe to slice its file's text with.
    pub(crate) fn byte_range(&self, span: Span) -> std::ops::Range<usize> {
        let Some(source) = self.file(span.file) else {
            return 0..0;
        };
        let start = source.clamp(span.start);
        start..source.clamp(span.end).max(start)
    }
}

/// Source text from bytes: UTF-8 only. The error carries the text with every invalid sequence
/// replaced, in which the diagnostic's span is still right.
#[expect(
    clippy::result_large_err,
    reason = "one file fails once; a box would only be in the way"
)]
pub fn decode(file: FileId, bytes: Vec<u8>) -> Result<String, (String, Diagnostic)> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes()[at];
        let span = Span::new(file, at as u32, at as u32 + 1);
        let diagnostic = Diagnostic::error(
            "invalid-utf8",
            span,
            format!("source is not valid UTF-8: byte 0x{byte:02x} at offset {at}"),
        )
        .help("mlc reads source text as UTF-8 only; save the file in that encoding");
        (
            String::from_utf8_lossy(error.as_bytes()).into_owned(),
            diagnostic,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_wherever_a_line_starts() {
        for character in ["a", "é", "語", "🙂"] {
            let line = character.repeat(500);
            let text = format!("x\n{line}\r\n{line}");
            let mut sources = SourceMap::new();
            let file = sources.add("long.mlc", text);
            for (line, start) in [(2, 2), (3, line.len() + 4)] {
                for column in 0..=500 {
                    let offset = start + column * character.len();
                    let column = column as u32 + 1;
                    let at = sources.line_column(file, offset as u32);
                    assert_eq!(at, LineColumn { line, column });
                }
            }
        }
    }
}
