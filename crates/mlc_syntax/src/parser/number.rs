//! Values of number literals.

use mlc_diagnostics::Diagnostic;

use super::Parser;
use crate::ast::{ExprKind, IntLit};
use crate::token::{Token, TokenKind};

impl Parser<'_> {
    /// The literal that the lexer found well formed.
    pub(super) fn number(&mut self, token: Token) -> ExprKind {
        let text = self.slice(token);
        let digits: String;
        let text = if text.contains('_') {
            digits = text.replace('_', "");
            &digits
        } else {
            text
        };
        match token.kind {
            TokenKind::Int => match integer(text) {
                Some(value) => ExprKind::Int(IntLit::new(value)),
                None => {
                    let span = self.span_of(token);
                    self.report_and_go_on(
                        Diagnostic::error(
                            "number-too-large",
                            span,
                            "integer literal does not fit in 128 bits",
                        )
                        .help("write it as a float, with `.0` or an exponent"),
                    );
                    ExprKind::Invalid
                }
            },
            TokenKind::Float => ExprKind::Float(float(text)),
            _ => ExprKind::Imaginary(float(text.trim_end_matches(['j', 'J']))),
        }
    }
}

fn integer(text: &str) -> Option<u128> {
    let (digits, radix) = match text.get(..2) {
        Some("0x" | "0X") => (&text[2..], 16),
        Some("0o" | "0O") => (&text[2..], 8),
        Some("0b" | "0B") => (&text[2..], 2),
        _ => (text, 10),
    };
    u128::from_str_radix(digits, radix).ok()
}

/// Python's float grammar is a part of Rust's; what is too large is infinite in both.
fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{float, integer};

    #[test]
    fn numbers_are_read_as_python_reads_them() {
        assert_eq!(integer("0xFF"), Some(255));
        assert_eq!(integer("0b101"), Some(5));
        assert_eq!(integer("0O17"), Some(15));
        assert_eq!(integer("340282366920938463463374607431768211456"), None);
        assert_eq!(float("1."), 1.0);
        assert_eq!(float(".5"), 0.5);
        assert_eq!(float("1e400"), f64::INFINITY);
        assert_eq!(float("10"), 10.0);
    }
}
