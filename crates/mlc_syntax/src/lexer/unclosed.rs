//! Brackets that do not match, and the way back from one that is never closed.

use mlc_diagnostics::Diagnostic;

use super::{Bracket, Lexer, is_word_byte};
use crate::token::{Token, TokenKind, keyword};

/// After so many unclosed brackets the lexer no longer goes back, so that its time stays linear.
const MAX_REWINDS: u32 = 20;

impl Lexer<'_> {
    /// Closes a bracket; whether the token belongs in the list.
    pub(super) fn close(&mut self, closer: TokenKind, start: usize) -> bool {
        let opener = match closer {
            TokenKind::RightParen => TokenKind::LeftParen,
            TokenKind::RightBracket => TokenKind::LeftBracket,
            _ => TokenKind::LeftBrace,
        };
        if self.brackets.last().is_some_and(|top| top.kind == opener) {
            self.brackets.pop();
            return true;
        }
        let span = self.span(start, start + 1);
        let closer_text = closer.text();
        let Some(top) = self.brackets.last() else {
            let message = format!("unmatched `{closer_text}`");
            self.error("mismatched-bracket", span, message);
            self.push(TokenKind::Error, start);
            return false;
        };
        let open = self.tokens[top.token];
        let open_span = self.span(open.start as usize, open.end as usize);
        let open_text = open.kind.text();
        let diagnostic = match self.brackets.iter().rposition(|open| open.kind == opener) {
            Some(below) => {
                self.brackets.truncate(below);
                Diagnostic::error(
                    "mismatched-bracket",
                    open_span,
                    format!("`{open_text}` is not closed"),
                )
                .label(span, format!("`{closer_text}` closes what is around it"))
            }
            None => {
                self.brackets.pop();
                Diagnostic::error(
                    "mismatched-bracket",
                    span,
                    format!("`{closer_text}` does not match `{open_text}`"),
                )
                .label(open_span, "opened here")
            }
        };
        self.diagnostics.push(diagnostic);
        self.push(TokenKind::Error, start);
        false
    }

    /// At the start of a line inside brackets. A word that only a statement can start with, no
    /// further in than the block, shows that a bracket is not closed.
    pub(super) fn line_inside_brackets(&mut self) {
        let line = self.at;
        let (column, _) = self.leading_blanks();
        let current = self.indents.last().copied().unwrap_or(0);
        if column > current || !self.peek().is_ascii_lowercase() {
            return;
        }
        let word_length = self.bytes[self.at..]
            .iter()
            .take_while(|&&byte| is_word_byte(byte))
            .count();
        let (word, rest) = self.bytes[self.at..].split_at(word_length);
        let starts_statement = match word {
            b"fn" | b"struct" => {
                rest.first() == Some(&b' ')
                    && rest
                        .get(1)
                        .is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'_')
            }
            _ => keyword(word).is_some_and(TokenKind::starts_statement_only),
        };
        if starts_statement {
            self.unclosed_bracket(line);
        }
    }

    /// Reports the open brackets, ends their statement before the first line that can stand alone,
    /// and goes on from there, at the latest from `limit`. Whether there is text left to read.
    pub(super) fn unclosed_bracket(&mut self, limit: usize) -> bool {
        let (Some(outer), Some(inner)) = (self.brackets.first(), self.brackets.last()) else {
            return false;
        };
        let Bracket { token: first, .. } = *outer;
        let open = self.tokens[inner.token];
        let span = self.span(open.start as usize, open.end as usize);
        let message = format!("`{}` is never closed", open.kind.text());
        self.brackets.clear();
        if self.fragment {
            self.error("unclosed-bracket", span, message);
            return false;
        }
        let mut resume = limit;
        if self.rewinds < MAX_REWINDS {
            self.rewinds += 1;
            if let Some((token, line)) = self.statement_after(first) {
                resume = line;
                self.tokens.truncate(token);
                self.diagnostics
                    .retain(|diagnostic| (diagnostic.primary.start as usize) < line);
                self.tabs.retain(|edit| (edit.span.start as usize) < line);
            }
        }
        self.error("unclosed-bracket", span, message);
        self.at = resume;
        let end = self.tokens.last().map_or(resume as u32, |token| token.end);
        self.tokens.push(Token {
            kind: TokenKind::Newline,
            start: end,
            end,
        });
        self.line_start();
        !self.done()
    }

    /// The first token behind token `first` that starts a line no further in than the block, and
    /// the offset of that line.
    fn statement_after(&self, first: usize) -> Option<(usize, usize)> {
        let block = self.indents.last().copied().unwrap_or(0) as usize;
        (first + 1..self.tokens.len()).find_map(|index| {
            let token = self.tokens[index];
            let start = token.start as usize;
            let blanks = self.bytes[..start]
                .iter()
                .rev()
                .take(block + 1)
                .take_while(|&&byte| matches!(byte, b' ' | b'\t'))
                .count();
            let line = start - blanks;
            let alone = blanks <= block
                && line > 0
                && matches!(self.bytes[line - 1], b'\n' | b'\r')
                && (token.kind.starts_expression() || token.kind.is_keyword());
            alone.then_some((index, line))
        })
    }
}
