//! What stands in the brackets behind an operand: arguments, indices and slices.

use mlc_diagnostics::Diagnostic;

use super::{Parsed, Parser};
use crate::ast::{Arg, ArgKind, Expr, ExprKind, Slice};
use crate::token::TokenKind;

impl Parser<'_> {
    /// Behind the opening parenthesis; past the closing one.
    pub(super) fn args(&mut self) -> Parsed<Vec<Arg>> {
        let mut named = false;
        let mut unpacked = false;
        self.comma_separated(TokenKind::RightParen, |parser| {
            let arg = parser.arg()?;
            let place = arg.value.span;
            match arg.kind {
                ArgKind::Positional | ArgKind::Star if unpacked => {
                    parser.report_and_go_on(Diagnostic::error(
                        "argument-order",
                        place,
                        "positional argument after `**`",
                    ));
                }
                ArgKind::Positional if named => {
                    parser.report_and_go_on(
                        Diagnostic::error(
                            "argument-order",
                            place,
                            "positional argument after a keyword argument",
                        )
                        .help("write the positional arguments first"),
                    );
                }
                ArgKind::Positional | ArgKind::Star => {}
                ArgKind::Keyword(_) => named = true,
                ArgKind::DoubleStar => unpacked = true,
            }
            Ok(arg)
        })
    }

    fn arg(&mut self) -> Parsed<Arg> {
        if self.eat(TokenKind::Star) {
            let value = self.expr()?;
            return Ok(Arg {
                kind: ArgKind::Star,
                value,
            });
        }
        if self.eat(TokenKind::StarStar) {
            let value = self.expr()?;
            return Ok(Arg {
                kind: ArgKind::DoubleStar,
                value,
            });
        }
        if self.kind().is_name() && self.ahead(1) == TokenKind::Equal {
            let name = self.ident("a name")?;
            self.bump();
            let value = self.expr()?;
            return Ok(Arg {
                kind: ArgKind::Keyword(name),
                value,
            });
        }
        let start = self.start();
        let first = self.tokens[self.at - 1].kind == TokenKind::LeftParen;
        let mut value = self.named_expr()?;
        if self.at(TokenKind::For) {
            value = self.generator(start, value)?;
            if !first || !self.at(TokenKind::RightParen) {
                return Err(self.syntax_error(
                    value.span,
                    "a generator expression beside other arguments needs parentheses",
                ));
            }
        }
        Ok(Arg {
            kind: ArgKind::Positional,
            value,
        })
    }

    /// What stands in the brackets of a subscript, and the closing one.
    pub(super) fn index(&mut self) -> Parsed<Expr> {
        let start = self.start();
        if self.at(TokenKind::RightBracket) {
            return Err(self.expected("an index"));
        }
        let first = self.index_item()?;
        let index = if self.at(TokenKind::Comma) {
            let mut items = vec![first];
            while self.eat(TokenKind::Comma) {
                if self.at(TokenKind::RightBracket) {
                    break;
                }
                items.push(self.index_item()?);
            }
            self.expr_from(start, ExprKind::Tuple(items))
        } else {
            first
        };
        if !self.at(TokenKind::RightBracket) {
            return Err(self.expected("`,` or `]`"));
        }
        self.bump();
        Ok(index)
    }

    fn index_item(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let lower = if self.at(TokenKind::Colon) {
            None
        } else {
            let value = self.item()?;
            if !self.at(TokenKind::Colon) {
                return Ok(value);
            }
            Some(value)
        };
        self.bump();
        let upper = self.slice_part()?;
        let step = if self.eat(TokenKind::Colon) {
            self.slice_part()?
        } else {
            None
        };
        let slice = Slice { lower, upper, step };
        Ok(self.expr_from(start, ExprKind::Slice(Box::new(slice))))
    }

    fn slice_part(&mut self) -> Parsed<Option<Expr>> {
        let ends = matches!(
            self.kind(),
            TokenKind::Colon | TokenKind::Comma | TokenKind::RightBracket
        );
        if ends {
            return Ok(None);
        }
        self.expr().map(Some)
    }
}
