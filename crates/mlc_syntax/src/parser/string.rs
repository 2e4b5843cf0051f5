//! String literals: prefixes, escapes, and f-strings.

use mlc_diagnostics::{Diagnostic, Span};

use super::{Parsed, Parser};
use crate::ast::{Conversion, Expr, ExprKind, FStringPart, FStringValue};
use crate::lexer::lex_fragment;
use crate::token::{Token, TokenKind};

/// How deeply f-strings may nest in one another's expressions, format specifiers included.
const MAX_FSTRINGS: u32 = 8;

/// How a literal's text is to be read, and where it lies.
#[derive(Clone, Copy)]
struct Literal {
    raw: bool,
    format: bool,
    bytes: bool,
    triple: bool,
    start: usize,
    end: usize,
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
    fn unescape(&mut self, literal: Literal, out: &mut String) {
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

    fn byte_span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    /// Appends an f-string's parts; `text` is what has been read since the last value.
    fn format_parts(
        &mut self,
        literal: Literal,
        text: &mut String,
        parts: &mut Vec<FStringPart>,
    ) -> Parsed<()> {
        if self.fstrings >= MAX_FSTRINGS {
            let span = self.byte_span(literal.start, literal.end);
            return Err(self.report(Diagnostic::error(
                "nesting-too-deep",
                span,
                format!("f-strings nest more than {MAX_FSTRINGS} deep"),
            )));
        }
        self.fstrings += 1;
        let result = self.format_parts_inner(literal, text, parts);
        self.fstrings -= 1;
        result
    }

    fn format_parts_inner(
        &mut self,
        literal: Literal,
        text: &mut String,
        parts: &mut Vec<FStringPart>,
    ) -> Parsed<()> {
        let source = self.text;
        let mut at = literal.start;
        while at < literal.end {
            let rest = &source[at..literal.end];
            let plain = rest.find(['{', '}']).unwrap_or(rest.len());
            self.unescape(
                Literal {
                    start: at,
                    end: at + plain,
                    ..literal
                },
                text,
            );
            at += plain;
            if at >= literal.end {
                break;
            }
            let brace = &source[at..at + 1];
            if source[at + 1..literal.end].starts_with(brace) {
                text.push_str(brace);
                at += 2;
            } else if brace == "{" {
                push_text(parts, std::mem::take(text));
                let (value, end) = self.format_value(at, literal)?;
                parts.push(FStringPart::Value(Box::new(value)));
                at = end;
            } else {
                let span = self.byte_span(at, at + 1);
                return Err(self.report(
                    Diagnostic::error("invalid-fstring", span, "`}` alone in an f-string").fixit(
                        "write `}}` for the character",
                        span,
                        "}}",
                    ),
                ));
            }
        }
        Ok(())
    }

    /// `{value=!r:spec}` at `open`; and where it ends.
    fn format_value(&mut self, open: usize, literal: Literal) -> Parsed<(FStringValue, usize)> {
        let source = self.text;
        let bytes = source.as_bytes();
        let start = open + 1;
        let value_end = self.value_extent(start, literal.end);
        let byte = |at: usize| if at < literal.end { bytes[at] } else { 0 };
        if source[start..value_end].trim().is_empty() {
            let message = if byte(value_end) == b'}' {
                "empty braces in an f-string"
            } else {
                "expected an expression behind `{` in an f-string"
            };
            let span = self.byte_span(open, (value_end + 1).min(literal.end));
            return Err(self.report(
                Diagnostic::error("invalid-fstring", span, message)
                    .help("write `{{` for the character"),
            ));
        }
        let value = self.fragment(start, value_end)?;
        let mut at = value_end;
        let mut debug = None;
        if byte(at) == b'=' {
            at += 1;
            while byte(at).is_ascii_whitespace() {
                at += 1;
            }
            debug = Some(Box::from(&source[start..at]));
        }
        let mut conversion = None;
        if byte(at) == b'!' {
            conversion = Some(match byte(at + 1) {
                b's' => Conversion::Str,
                b'r' => Conversion::Repr,
                b'a' => Conversion::Ascii,
                _ => {
                    let span = self.byte_span(at, at + 1);
                    return Err(self.report(Diagnostic::error(
                        "invalid-fstring",
                        span,
                        "expected `!s`, `!r` or `!a`",
                    )));
                }
            });
            at += 2;
        }
        let mut spec = Vec::new();
        if byte(at) == b':' {
            let end = spec_extent(bytes, at + 1, literal.end);
            let mut text = String::new();
            let inner = Literal {
                start: at + 1,
                end,
                ..literal
            };
            self.format_parts(inner, &mut text, &mut spec)?;
            push_text(&mut spec, text);
            at = end;
        }
        if byte(at) != b'}' {
            let span = self.byte_span(open, open + 1);
            let mut diagnostic = Diagnostic::error(
                "invalid-fstring",
                span,
                "`{` is not closed in this f-string",
            );
            if !literal.triple && at >= literal.end {
                diagnostic = diagnostic.help("inside the braces use the other kind of quotes");
            }
            return Err(self.report(diagnostic));
        }
        let value = FStringValue {
            value,
            debug,
            conversion,
            spec,
            span: self.byte_span(open, at + 1),
        };
        Ok((value, at + 1))
    }

    /// Where the expression that starts at `start` ends: before `}`, `!r`, `:` or a lone `=`.
    fn value_extent(&self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut depth = 0u32;
        let mut at = start;
        while at < end {
            let next = if at + 1 < end { bytes[at + 1] } else { 0 };
            match bytes[at] {
                b'(' | b'[' | b'{' => depth += 1,
                b'}' | b':' if depth == 0 => return at,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'!' | b'=' | b'<' | b'>' if next == b'=' => at += 1,
                b'!' if depth == 0 => return at,
                b'=' if depth == 0 => return at,
                quote @ (b'"' | b'\'') => {
                    at += 1;
                    while at < end && bytes[at] != quote {
                        at += 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        end
    }

    /// Parses a part of the text as an expression.
    fn fragment(&mut self, start: usize, end: usize) -> Parsed<Expr> {
        let lexed = lex_fragment(self.file, self.text, start, end);
        let failed = !lexed.diagnostics.is_empty();
        self.diagnostics.extend(lexed.diagnostics);
        if failed {
            self.reported = true;
        }
        let outer_tokens = std::mem::replace(&mut self.tokens, lexed.tokens);
        let outer_at = std::mem::replace(&mut self.at, 0);
        let result = self.expr_list().and_then(|value| {
            if self.at(TokenKind::End) {
                Ok(value)
            } else {
                Err(self.expected("an operator or `}`"))
            }
        });
        self.tokens = outer_tokens;
        self.at = outer_at;
        result
    }
}

/// Where a format specifier ends: at the `}` that closes its value.
fn spec_extent(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut depth = 0u32;
    for at in start..end {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' if depth == 0 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    end
}

fn push_text(parts: &mut Vec<FStringPart>, text: String) {
    if !text.is_empty() {
        parts.push(FStringPart::Text(text.into()));
    }
}
