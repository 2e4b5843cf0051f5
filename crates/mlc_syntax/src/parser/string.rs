//! String literals: prefixes and escapes.

use mlc_diagnostics::{Diagnostic, Span};

use super::{Parsed, Parser};
use crate::ast::{Expr, ExprKind, FStringPart};
use crate::token::{Token, TokenKind};

/// How a literal's text is to be read, and where it lies.
#[derive(Clone, Copy)]
pub(super) struct Literal {
    pub(super) raw: bool,
    pub(super) format: bool,
    pub(super) bytes: bool,
    pub(super) triple: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Parser<'_> {
    /// One or more adjacent literals, which are one string.
    pub(super) fn string(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let mut text = String::new();
        let mut parts = Vec::new();
        let mut format = false;
        while self.at(TokenKind::Str) {
            let token = self.bump();
            let literal = self.literal(token);
            if literal.bytes {
                let span = self.span_of(token);
                self.report_and_go_on(
                    Diagnostic::error(
                        "unsupported-feature",
                        span,
                        "byte strings are not part of mlc",
                    )
                    .help("write a string, or a list of `u8`"),
                );
            }
            if literal.format {
                format = true;
                self.format_parts(literal, &mut text, &mut parts)?;
            } else {
                self.unescape(literal, &mut text);
            }
        }
        let kind = if format {
            push_text(&mut parts, text);
            ExprKind::FString(parts)
        } else {
            ExprKind::Str(text.into())
        };
        Ok(self.expr_from(start, kind))
    }

    fn literal(&self, token: Token) -> Literal {
        let text = self.slice(token);
        let prefix = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let has = |letter: u8| {
            text.as_bytes()[..prefix]
                .iter()
                .any(|byte| byte.to_ascii_lowercase() == letter)
        };
        let quote = &text[prefix..];
        let triple = quote.len() >= 6 && (quote.starts_with("\"\"\"") || quote.starts_with("'''"));
        let quotes = if triple { 3 } else { 1 };
        Literal {
            raw: has(b'r'),
            format: has(b'f'),
            bytes: has(b'b'),
            triple,
            start: token.start as usize + prefix + quotes,
            end: token.end as usize - quotes,
        }
    }

    /// Appends the literal's text with its escapes resolved and line ends as `\n`.
    pub(super) fn unescape(&mut self, literal: Literal, out: &mut String) {
        let text = self.text;
        let mut at = literal.start;
        while at < literal.end {
            let rest = &text[at..literal.end];
            let plain = rest.find(['\\', '\r']).unwrap_or(rest.len());
            out.push_str(&rest[..plain]);
            at += plain;
            if at >= literal.end {
                break;
            }
            if text.as_bytes()[at] == b'\r' {
                out.push('\n');
                at += if rest[plain..].starts_with("\r\n") {
                    2
                } else {
                    1
                };
            } else if literal.raw {
                out.push('\\');
                at += 1;
            } else {
                at = self.escape(at, literal.end, out);
            }
        }
    }

    /// Resolves the escape at `at`; where it ends.
    fn escape(&mut self, at: usize, end: usize, out: &mut String) -> usize {
        let text = self.text;
        let rest = &text[at + 1..end];
        let Some(letter) = rest.chars().next() else {
            out.push('\\');
            return at + 1;
        };
        let after = at + 1 + letter.len_utf8();
        match letter {
            '\n' => {}
            '\r' => return after + usize::from(rest.starts_with("\r\n")),
            '\\' | '\'' | '"' => out.push(letter),
            'a' => out.push('\x07'),
            'b' => out.push('\x08'),
            'f' => out.push('\x0c'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'v' => out.push('\x0b'),
            '0'..='7' => {
                let digits = rest
                    .bytes()
                    .take(3)
                    .take_while(|byte| matches!(byte, b'0'..=b'7'))
                    .count();
                let value = u32::from_str_radix(&rest[..digits], 8).unwrap_or(0);
                out.extend(char::from_u32(value));
                return at + 1 + digits;
            }
            'x' => return self.hex_escape(at, end, 2, out),
            'u' => return self.hex_escape(at, end, 4, out),
            'U' => return self.hex_escape(at, end, 8, out),
            'N' => {
                let span = self.byte_span(at, after);
                self.report_and_go_on(
                    Diagnostic::error(
                        "invalid-escape",
                        span,
                        "character names in strings are not part of mlc",
                    )
                    .help("write the character itself or its number, `\\u2192`"),
                );
            }
            _ => {
                let span = self.byte_span(at, after);
                self.report_and_go_on(
                    Diagnostic::warning(
                        "invalid-escape",
                        span,
                        format!("`\\{letter}` is no escape and stands for itself"),
                    )
                    .fixit(
                        "double the backslash",
                        self.byte_span(at, at + 1),
                        "\\\\",
                    ),
                );
                out.push('\\');
                out.push(letter);
            }
        }
        after
    }

    fn hex_escape(&mut self, at: usize, end: usize, digits: usize, out: &mut String) -> usize {
        let from = at + 2;
        let found = self.text.as_bytes()[from..end]
            .iter()
            .take(digits)
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let to = from + found;
        let value = u32::from_str_radix(&self.text[from..to], 16).ok();
        let problem = if found < digits {
            Some(format!(
                "expected {digits} hexadecimal digits, found {found}"
            ))
        } else if let Some(character) = value.and_then(char::from_u32) {
            out.push(character);
            None
        } else {
            Some(format!("`{}` is no character", &self.text[at..to]))
        };
        if let Some(message) = problem {
            let span = self.byte_span(at, to);
            self.report_and_go_on(Diagnostic::error("invalid-escape", span, message));
        }
        to
    }

    pub(super) fn byte_span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }
}

/// Adds literal text, if there is any.
pub(super) fn push_text(parts: &mut Vec<FStringPart>, text: String) {
    if !text.is_empty() {
        parts.push(FStringPart::Text(text.into()));
    }
}
