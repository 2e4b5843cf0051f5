//! f-strings: text and values in braces.

use mlc_diagnostics::Diagnostic;

use super::string::{Literal, push_text};
use super::{Parsed, Parser};
use crate::ast::{Conversion, Expr, FStringPart, FStringValue};
use crate::lexer::lex_fragment;
use crate::token::TokenKind;

/// How deeply f-strings may nest in one another's expressions, format specifiers included.
const MAX_FSTRINGS: u32 = 8;

impl Parser<'_> {
    /// Appends an f-string's parts; `text` is what has been read since the last value.
    pub(super) fn format_parts(
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
                "expected an expression after `{` in an f-string"
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
    for (at, byte) in bytes[..end].iter().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    end
}
