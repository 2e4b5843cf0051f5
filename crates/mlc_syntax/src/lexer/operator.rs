//! Operators, brackets, and characters that stand nowhere.

use mlc_diagnostics::Diagnostic;

use super::{Bracket, Lexer};
use crate::token::TokenKind;

impl Lexer<'_> {
    pub(super) fn operator(&mut self) {
        use TokenKind::*;
        let start = self.at;
        let (second, third) = (self.byte(1), self.byte(2));
        let equals = second == b'=';
        let (kind, length) = match self.peek() {
            b'(' => (LeftParen, 1),
            b')' => (RightParen, 1),
            b'[' => (LeftBracket, 1),
            b']' => (RightBracket, 1),
            b'{' => (LeftBrace, 1),
            b'}' => (RightBrace, 1),
            b',' => (Comma, 1),
            b':' if equals => (ColonEqual, 2),
            b':' => (Colon, 1),
            b';' => (Semicolon, 1),
            b'.' if second == b'.' && third == b'.' => (Ellipsis, 3),
            b'.' => (Dot, 1),
            b'?' => (Question, 1),
            b'=' if equals => (EqualEqual, 2),
            b'=' => (Equal, 1),
            b'+' if equals => (PlusEqual, 2),
            b'+' => (Plus, 1),
            b'-' if equals => (MinusEqual, 2),
            b'-' if second == b'>' => (Arrow, 2),
            b'-' => (Minus, 1),
            b'*' if second == b'*' && third == b'=' => (StarStarEqual, 3),
            b'*' if second == b'*' => (StarStar, 2),
            b'*' if equals => (StarEqual, 2),
            b'*' => (Star, 1),
            b'/' if second == b'/' && third == b'=' => (SlashSlashEqual, 3),
            b'/' if second == b'/' => (SlashSlash, 2),
            b'/' if equals => (SlashEqual, 2),
            b'/' => (Slash, 1),
            b'%' if equals => (PercentEqual, 2),
            b'%' => (Percent, 1),
            b'@' if equals => (AtEqual, 2),
            b'@' => (At, 1),
            b'<' if second == b'<' && third == b'=' => (LeftShiftEqual, 3),
            b'<' if second == b'<' => (LeftShift, 2),
            b'<' if equals => (LessEqual, 2),
            b'<' => (Less, 1),
            b'>' if second == b'>' && third == b'=' => (RightShiftEqual, 3),
            b'>' if second == b'>' => (RightShift, 2),
            b'>' if equals => (GreaterEqual, 2),
            b'>' => (Greater, 1),
            b'|' if second == b'|' => return self.foreign(2, Or),
            b'|' if equals => (PipeEqual, 2),
            b'|' => (Pipe, 1),
            b'^' if equals => (CaretEqual, 2),
            b'^' => (Caret, 1),
            b'&' if second == b'&' => return self.foreign(2, And),
            b'&' if equals => (AmpersandEqual, 2),
            b'&' => (Ampersand, 1),
            b'~' => (Tilde, 1),
            b'!' if equals => (NotEqual, 2),
            b'!' => return self.foreign(1, Not),
            _ => return self.unexpected_character(),
        };
        self.at += length;
        match kind {
            LeftParen | LeftBracket | LeftBrace => self.brackets.push(Bracket {
                kind,
                token: self.tokens.len(),
            }),
            RightParen | RightBracket | RightBrace if !self.close(kind, start) => return,
            _ => {}
        }
        self.push(kind, start);
    }

    /// An operator of C's family, taken for the word that it means.
    fn foreign(&mut self, length: usize, kind: TokenKind) {
        let start = self.at;
        self.at += length;
        let span = self.span(start, self.at);
        let word = kind.text();
        let blank = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        let before = if start == 0 || blank(self.bytes.get(start - 1)) || kind == TokenKind::Not {
            ""
        } else {
            " "
        };
        let after = if blank(self.bytes.get(self.at)) {
            ""
        } else {
            " "
        };
        self.diagnostics.push(
            Diagnostic::error(
                "unexpected-character",
                span,
                format!("`{}` is not an operator", &self.text[start..self.at]),
            )
            .fixit(
                format!("write `{word}`"),
                span,
                format!("{before}{word}{after}"),
            ),
        );
        self.push(kind, start);
    }

    /// One message for a run of characters that stand nowhere.
    pub(super) fn unexpected_character(&mut self) {
        let start = self.at;
        let end = self.bytes.len();
        let Some(first) = self.text[start..end].chars().next() else {
            return;
        };
        for character in self.text[start..end].chars() {
            let stands = character.is_ascii_graphic() && !matches!(character, '$' | '`')
                || matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0c')
                || unicode_ident::is_xid_start(character);
            if stands {
                break;
            }
            self.at += character.len_utf8();
        }
        let span = self.span(start, start + first.len_utf8());
        let shown = match first {
            '$' | '`' => format!("`{first}`"),
            _ if first.is_control() || first.is_whitespace() => {
                format!("U+{:04X}", first as u32)
            }
            _ => format!("`{first}` (U+{:04X})", first as u32),
        };
        let mut diagnostic = Diagnostic::error(
            "unexpected-character",
            span,
            format!("unexpected character {shown}"),
        );
        if let Some(meant) = look_alike(first) {
            let what = if meant == " " { "a space" } else { meant };
            diagnostic = diagnostic.fixit(format!("write {what}"), span, meant);
        }
        self.diagnostics.push(diagnostic);
        if !first.is_whitespace() {
            self.push(TokenKind::Error, start);
        }
    }
}

/// What word processors and web pages make of the characters that were meant.
fn look_alike(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{a0}' | '\u{2002}'..='\u{200b}' | '\u{202f}' | '\u{3000}' => " ",
        '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{ff02}' => "\"",
        '\u{b4}' | '\u{2018}'..='\u{201b}' | '\u{ff07}' => "'",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => "-",
        '\u{b7}' | '\u{d7}' | '\u{2217}' | '\u{22c5}' => "*",
        '\u{f7}' | '\u{2215}' => "/",
        '\u{2192}' => "->",
        '\u{2026}' => "...",
        '\u{2260}' => "!=",
        '\u{2264}' => "<=",
        '\u{2265}' => ">=",
        '\u{ff08}' => "(",
        '\u{ff09}' => ")",
        '\u{ff0c}' => ",",
        '\u{ff1a}' => ":",
        '\u{ff1b}' => ";",
        _ => return None,
    })
}
