//! Declarations: `var`, `comptime` and `name: T`.

use super::{Parsed, Parser};
use crate::ast::{Comptime, Declare, Expr, ExprKind, StmtKind};
use crate::token::TokenKind;

impl Parser<'_> {
    pub(super) fn var(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let start = self.start();
        let mut names = Vec::new();
        let mut tuple = false;
        loop {
            let name = self.ident("a name")?;
            names.push(Expr {
                kind: ExprKind::Name(name.name),
                span: name.span,
            });
            if !self.eat(TokenKind::Comma) {
                break;
            }
            tuple = true;
            if !self.kind().is_name() {
                break;
            }
        }
        let target = match names.pop() {
            Some(name) if !tuple => name,
            last => {
                names.extend(last);
                self.expr_from(start, ExprKind::Tuple(names))
            }
        };
        let annotation = self.annotation()?;
        let value = if self.eat(TokenKind::Equal) {
            Some(self.expr_list()?)
        } else {
            None
        };
        if annotation.is_none() && value.is_none() {
            return Err(self.expected("`:` and a type, or `=` and a value"));
        }
        Ok(StmtKind::Declare(Box::new(Declare {
            var: true,
            target,
            annotation,
            value,
        })))
    }

    /// `: T`, if it is there.
    pub(super) fn annotation(&mut self) -> Parsed<Option<Expr>> {
        if self.eat(TokenKind::Colon) {
            let ty = self.expr()?;
            if self.at(TokenKind::Arrow) {
                let diagnostic = self.expected_here("the end of the type").help(
                    "there are no function types: a parameter of a `def` without a type takes any function that is passed",
                );
                return Err(self.report(diagnostic));
            }
            return Ok(Some(ty));
        }
        Ok(None)
    }

    pub(super) fn comptime(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let name = self.ident("a name")?;
        let annotation = self.annotation()?;
        let value = if self.eat(TokenKind::Equal) {
            Some(self.expr_list()?)
        } else {
            None
        };
        if annotation.is_none() && value.is_none() {
            return Err(self.expected("`=` and a value, or `:` and a type"));
        }
        Ok(StmtKind::Comptime(Box::new(Comptime {
            name,
            annotation,
            value,
        })))
    }

    pub(super) fn declaration(&mut self, target: Expr) -> Parsed<StmtKind> {
        let single = matches!(
            target.kind,
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
        );
        if !single {
            return Err(self.expected("an operator or the end of the line"));
        }
        let annotation = self.annotation()?;
        let value = if self.eat(TokenKind::Equal) {
            Some(self.expr_list()?)
        } else {
            None
        };
        Ok(StmtKind::Declare(Box::new(Declare {
            var: false,
            target,
            annotation,
            value,
        })))
    }
}
