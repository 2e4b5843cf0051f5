//! Text to tokens: indentation, line joining, and the extents of words, numbers and strings.
//!
//! One pass over the bytes. A bracket that is never closed would swallow the rest of the file; where
//! one is found out, the lexer goes back to the first line that can be a statement of its own.

mod number;
mod operator;
mod unclosed;

use std::ops::Range;

use mlc_diagnostics::{Diagnostic, Edit, FileId, Span};

use crate::token::{Token, TokenKind, keyword};

/// What a text consists of. `tokens` ends with [`TokenKind::End`].
#[derive(Debug)]
pub struct Lexed {
    pub tokens: Vec<Token>,
    /// In the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// The tokens of a whole file, which must be shorter than 4 GiB.
pub fn lex(file: FileId, text: &str) -> Lexed {
    lex_piece(file, text, 0..text.len())
}

/// The tokens of some lines of a file: all of it, or from and up to where a statement starts that stands in no other.
pub(crate) fn lex_piece(file: FileId, text: &str, piece: Range<usize>) -> Lexed {
    let mut lexer = Lexer::new(file, text, piece.start, piece.end);
    if piece.start == 0 && text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    lexer.run();
    lexer.finish()
}

/// The tokens of an expression inside a string. Line ends in it are blanks.
pub(crate) fn lex_fragment(file: FileId, text: &str, start: usize, end: usize) -> Lexed {
    let mut lexer = Lexer::new(file, text, start, end);
    lexer.fragment = true;
    lexer.run();
    lexer.finish()
}

struct Lexer<'s> {
    file: FileId,
    text: &'s str,
    /// The text up to where this lexer reads.
    bytes: &'s [u8],
    at: usize,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    /// Columns of the open blocks, from the outermost.
    indents: Vec<u32>,
    brackets: Vec<Bracket>,
    /// Leading blanks with a tab in them, and what they should be.
    tabs: Vec<Edit>,
    fragment: bool,
    rewinds: u32,
}

/// An open bracket and the index of its token.
struct Bracket {
    kind: TokenKind,
    token: usize,
}

/// A tab in indentation counts up to the next multiple of this.
const TAB_WIDTH: u32 = 4;

impl<'s> Lexer<'s> {
    fn new(file: FileId, text: &'s str, start: usize, end: usize) -> Lexer<'s> {
        Lexer {
            file,
            text,
            bytes: &text.as_bytes()[..end],
            at: start,
            // Dense text has a token for every three bytes or so: copies of a table that grows would cost more than what is left over.
            tokens: Vec::with_capacity((end - start) / 3 + 4),
            diagnostics: Vec::new(),
            indents: Vec::new(),
            brackets: Vec::new(),
            tabs: Vec::new(),
            fragment: false,
            rewinds: 0,
        }
    }

    fn finish(mut self) -> Lexed {
        if let Some(first) = self.tabs.first() {
            let span = first.span;
            let message = match self.tabs.len() {
                1 => "replace the tab with spaces".to_owned(),
                lines => format!("replace the tabs of all {lines} lines with spaces"),
            };
            self.diagnostics.push(
                Diagnostic::error("tab-indentation", span, "tab in indentation")
                    .fixit_edits(message, std::mem::take(&mut self.tabs)),
            );
        }
        self.diagnostics
            .sort_by_key(|diagnostic| diagnostic.primary.start);
        Lexed {
            tokens: self.tokens,
            diagnostics: self.diagnostics,
        }
    }

    fn peek(&self) -> u8 {
        self.byte(0)
    }

    /// The byte `ahead` of the current one; 0 behind the end.
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Over all bytes up to one that ends the run.
    fn skip_until(&mut self, ends: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends_at = rest.iter().position(|&byte| ends(byte));
        self.at += ends_at.unwrap_or(rest.len());
    }

    fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token {
            kind,
            start: start as u32,
            end: self.at as u32,
        });
    }

    fn run(&mut self) {
        if !self.fragment {
            self.line_start();
        }
        loop {
            while matches!(self.peek(), b' ' | b'\t' | b'\x0c') {
                self.at += 1;
            }
            if self.done() {
                let rewound = !self.brackets.is_empty() && self.unclosed_bracket(self.at);
                if rewound {
                    continue;
                }
                break;
            }
            self.token();
        }
        if !self.fragment {
            let inside_line = self
                .tokens
                .last()
                .is_some_and(|token| !matches!(token.kind, TokenKind::Newline | TokenKind::Dedent));
            if inside_line {
                self.push(TokenKind::Newline, self.at);
            }
            while self.indents.pop().is_some() {
                self.push(TokenKind::Dedent, self.at);
            }
        }
        self.push(TokenKind::End, self.at);
    }

    fn token(&mut self) {
        let start = self.at;
        match self.peek() {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_ascii_digit() => self.number(),
            b'"' | b'\'' => self.string(start),
            b'\n' | b'\r' => self.newline(),
            b'#' => self.comment(),
            b'\\' => self.continuation(),
            _ => self.operator(),
        }
    }

    fn comment(&mut self) {
        if self.fragment {
            let span = self.span(self.at, self.at + 1);
            self.error("invalid-fstring", span, "comment in an f-string expression");
        }
        self.skip_until(|byte| matches!(byte, b'\n' | b'\r'));
    }

    /// Over one line end, `\n`, `\r\n` or `\r`.
    fn skip_line_end(&mut self) {
        if self.peek() == b'\r' && self.byte(1) == b'\n' {
            self.at += 1;
        }
        self.at += 1;
    }

    fn newline(&mut self) {
        let start = self.at;
        self.skip_line_end();
        if self.fragment {
            return;
        }
        if self.brackets.is_empty() {
            self.tokens.push(Token {
                kind: TokenKind::Newline,
                start: start as u32,
                end: start as u32,
            });
            self.line_start();
        } else {
            self.line_inside_brackets();
        }
    }

    /// A backslash joins a line with the next.
    fn continuation(&mut self) {
        let start = self.at;
        self.at += 1;
        if matches!(self.peek(), b'\n' | b'\r') && !self.fragment {
            self.skip_line_end();
            return;
        }
        let message = if self.fragment {
            "backslash in an f-string expression"
        } else {
            "unexpected character after a line continuation"
        };
        let span = self.span(start, self.at);
        self.error("unexpected-character", span, message);
        self.push(TokenKind::Error, start);
    }

    /// At the start of a logical line: over blank lines, then the indentation.
    fn line_start(&mut self) {
        loop {
            let start = self.at;
            let (column, tabs) = self.leading_blanks();
            match self.peek() {
                b'#' => self.comment(),
                b'\n' | b'\r' => self.skip_line_end(),
                0 if self.done() => return,
                b'\\' if matches!(self.byte(1), b'\n' | b'\r') => {
                    self.at += 1;
                    self.skip_line_end();
                }
                _ => {
                    if tabs {
                        self.tabs.push(Edit {
                            span: self.span(start, self.at),
                            replacement: " ".repeat(column as usize),
                        });
                    }
                    self.indentation(column);
                    return;
                }
            }
        }
    }

    /// Over leading blanks: the column they lead to, and whether there is a tab among them.
    fn leading_blanks(&mut self) -> (u32, bool) {
        let mut column = 0;
        let mut tabs = false;
        loop {
            let start = self.at;
            self.skip_until(|byte| byte != b' ');
            column += (self.at - start) as u32;
            match self.peek() {
                b'\t' => {
                    column = (column / TAB_WIDTH + 1) * TAB_WIDTH;
                    tabs = true;
                }
                b'\x0c' => column = 0,
                _ => return (column, tabs),
            }
            self.at += 1;
        }
    }

    fn indentation(&mut self, column: u32) {
        let current = self.indents.last().copied().unwrap_or(0);
        if column == current {
            return;
        }
        if column > current {
            self.indents.push(column);
            self.push(TokenKind::Indent, self.at);
            return;
        }
        while self.indents.last().is_some_and(|&open| open > column) {
            self.indents.pop();
            self.push(TokenKind::Dedent, self.at);
        }
        let outer = self.indents.last().copied().unwrap_or(0);
        if outer < column {
            let width = self.text[self.at..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
            let span = self.span(self.at, self.at + width);
            self.diagnostics.push(
                Diagnostic::error(
                    "inconsistent-indentation",
                    span,
                    "unindent does not match any open block",
                )
                .help(format!(
                    "the block that is still open starts in column {}",
                    outer + 1
                )),
            );
        }
    }

    fn word(&mut self) {
        let start = self.at;
        self.skip_until(|byte| !is_word_byte(byte));
        if self.peek() >= 0x80 {
            self.wide_word(start);
            return;
        }
        let word = &self.bytes[start..self.at];
        if matches!(self.peek(), b'"' | b'\'') && is_string_prefix(word) {
            self.string(start);
            return;
        }
        self.push(keyword(word).unwrap_or(TokenKind::Name), start);
    }

    /// A word with characters outside ASCII, or a character that stands nowhere.
    fn wide_word(&mut self, start: usize) {
        let end = self.bytes.len();
        for character in self.text[self.at..end].chars() {
            let fits = if self.at == start {
                unicode_ident::is_xid_start(character)
            } else {
                character == '_' || unicode_ident::is_xid_continue(character)
            };
            if !fits {
                break;
            }
            self.at += character.len_utf8();
        }
        if self.at > start {
            self.push(TokenKind::Name, start);
        } else {
            self.unexpected_character();
        }
    }

    /// A string whose quote is the current byte and whose prefix starts at `start`.
    fn string(&mut self, start: usize) {
        let quote = self.peek();
        let triple = self.byte(1) == quote && self.byte(2) == quote;
        self.at += if triple { 3 } else { 1 };
        loop {
            match self.peek() {
                0 if self.done() => break,
                b'\\' => {
                    let escaped_crlf = self.byte(1) == b'\r' && self.byte(2) == b'\n';
                    self.at = (self.at + if escaped_crlf { 3 } else { 2 }).min(self.bytes.len());
                }
                b'\n' | b'\r' if !triple => break,
                byte if byte == quote => {
                    if !triple {
                        self.at += 1;
                        self.push(TokenKind::Str, start);
                        return;
                    }
                    if self.byte(1) == quote && self.byte(2) == quote {
                        self.at += 3;
                        self.push(TokenKind::Str, start);
                        return;
                    }
                    self.at += 1;
                }
                _ => {
                    self.at += 1;
                    self.skip_until(|byte| byte == quote || matches!(byte, b'\\' | b'\n' | b'\r'));
                }
            }
        }
        let opening = self.text[start..].find(quote as char).unwrap_or(0) + 1;
        let opening = opening + if triple { 2 } else { 0 };
        let span = self.span(start, start + opening);
        let quotes = &self.text[span.end as usize - if triple { 3 } else { 1 }..span.end as usize];
        let message = format!("string is not closed: expected `{quotes}`");
        self.error("unterminated-string", span, message);
        self.push(TokenKind::Error, start);
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }
}

fn is_word_byte(byte: u8) -> bool {
    WORD_BYTES[byte as usize]
}

static WORD_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    table
};

fn is_string_prefix(word: &[u8]) -> bool {
    let mut lower = [0; 2];
    let Some(lower) = lower.get_mut(..word.len()) else {
        return false;
    };
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    matches!(
        &*lower,
        b"r" | b"b" | b"u" | b"f" | b"br" | b"rb" | b"fr" | b"rf"
    )
}
