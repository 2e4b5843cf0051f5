//! Number literals: their extent and shape. The parser computes the value.

use mlc_diagnostics::Diagnostic;

use super::{Lexer, is_word_byte};
use crate::token::{TokenKind, keyword};

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        let start = self.at;
        let prefix = self.byte(1).to_ascii_lowercase();
        if self.peek() == b'0' && matches!(prefix, b'x' | b'o' | b'b') {
            self.at += 2;
            let digit: fn(u8) -> bool = match prefix {
                b'x' => |byte| byte.is_ascii_hexdigit(),
                b'o' => |byte| matches!(byte, b'0'..=b'7'),
                _ => |byte| matches!(byte, b'0' | b'1'),
            };
            let valid = self.digits(true, digit);
            let base = match prefix {
                b'x' => "hexadecimal",
                b'o' => "octal",
                _ => "binary",
            };
            self.end_number(start, TokenKind::Int, valid, base);
            return;
        }
        let mut kind = TokenKind::Int;
        let mut valid = self.peek() == b'.' || self.decimals();
        if self.peek() == b'.' {
            self.at += 1;
            kind = TokenKind::Float;
            if self.peek().is_ascii_digit() {
                valid &= self.decimals();
            }
        }
        if matches!(self.peek(), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(1), b'+' | b'-'));
            if self.byte(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                kind = TokenKind::Float;
                valid &= self.decimals();
            }
        }
        if matches!(self.peek(), b'j' | b'J') {
            self.at += 1;
            kind = TokenKind::Imaginary;
        }
        let digits = &self.bytes[start..self.at];
        let octal_as_in_c = kind == TokenKind::Int
            && digits[0] == b'0'
            && digits.iter().any(|byte| matches!(byte, b'1'..=b'9'));
        if octal_as_in_c {
            let span = self.span(start, self.at);
            let rest = self.text[start..self.at].trim_start_matches(['0', '_']);
            self.diagnostics.push(
                Diagnostic::error("invalid-number", span, "leading zeros in a decimal integer")
                    .fixit("write it without them", span, rest)
                    .help(format!("an octal integer is written `0o{rest}`")),
            );
            self.push(TokenKind::Error, start);
            return;
        }
        self.end_number(start, kind, valid, "decimal");
    }

    fn decimals(&mut self) -> bool {
        self.digits(false, |byte| byte.is_ascii_digit())
    }

    /// Digits with single underscores between them; whether that is what stood there.
    fn digits(&mut self, leading_underscore: bool, digit: impl Fn(u8) -> bool) -> bool {
        let mut valid = true;
        let mut after_digit = leading_underscore;
        let mut any = false;
        loop {
            let byte = self.peek();
            if digit(byte) {
                after_digit = true;
                any = true;
            } else if byte == b'_' {
                valid &= after_digit;
                after_digit = false;
            } else {
                return valid && any && after_digit;
            }
            self.at += 1;
        }
    }

    /// A word may not follow a number directly, except a keyword as in `1if x else 2`.
    fn end_number(&mut self, start: usize, kind: TokenKind, valid: bool, base: &str) {
        let number_end = self.at;
        let mut word_end = self.at;
        while self
            .bytes
            .get(word_end)
            .is_some_and(|&byte| is_word_byte(byte) || byte >= 0x80)
        {
            word_end += 1;
        }
        let word = &self.bytes[number_end..word_end];
        let joined = !word.is_empty() && !keyword(word).is_some_and(TokenKind::is_keyword);
        if valid && !joined {
            self.push(kind, start);
            return;
        }
        if joined {
            self.at = word_end;
        }
        let span = self.span(start, self.at);
        let text = &self.text[start..self.at];
        let message = format!("`{text}` is not a valid {base} number");
        self.error("invalid-number", span, message);
        self.push(TokenKind::Error, start);
    }
}
