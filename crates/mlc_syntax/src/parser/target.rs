//! What may be assigned to.

use mlc_diagnostics::Diagnostic;

use super::{Parsed, Parser, Reported};
use crate::ast::{Expr, ExprKind};
use crate::token::TokenKind;

impl Parser<'_> {
    /// `verb` says what is done to it: "assign to", "delete".
    pub(super) fn check_target(&mut self, target: &Expr, verb: &str) -> Parsed<()> {
        match &target.kind {
            ExprKind::Name(_)
            | ExprKind::Attribute { .. }
            | ExprKind::Subscript { .. }
            | ExprKind::Invalid => Ok(()),
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                let mut starred = None;
                for item in items {
                    let ExprKind::Starred(inner) = &item.kind else {
                        self.check_target(item, verb)?;
                        continue;
                    };
                    self.check_target(inner, verb)?;
                    if starred.replace(item.span).is_some() {
                        return Err(self.report(Diagnostic::error(
                            "invalid-target",
                            item.span,
                            "only one target of an unpacking can be starred",
                        )));
                    }
                }
                Ok(())
            }
            _ => Err(self.invalid_target(target, verb)),
        }
    }

    pub(super) fn check_update_target(&mut self, target: &Expr) -> Parsed<()> {
        match target.kind {
            ExprKind::Tuple(_) | ExprKind::List(_) => Err(self.invalid_target(target, "update")),
            _ => self.check_target(target, "update"),
        }
    }

    fn invalid_target(&mut self, target: &Expr, verb: &str) -> Reported {
        let what = match &target.kind {
            ExprKind::Call { .. } => "a call",
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Imaginary(_) => "a number",
            ExprKind::Str(_) | ExprKind::FString(_) => "a string",
            ExprKind::Bool(_) | ExprKind::None | ExprKind::Ellipsis => "a constant",
            ExprKind::Compare { .. } => "a comparison",
            ExprKind::Comprehension(_) => "a comprehension",
            ExprKind::Dict(_) | ExprKind::Set(_) => "a literal",
            ExprKind::Tuple(_) | ExprKind::List(_) => "several targets at once",
            ExprKind::Starred(_) => "a starred expression alone",
            ExprKind::Lambda(_) => "a lambda",
            _ => "an expression",
        };
        let mut diagnostic = Diagnostic::error(
            "invalid-target",
            target.span,
            format!("cannot {verb} {what}"),
        );
        if self.at(TokenKind::Equal) && matches!(target.kind, ExprKind::Compare { .. }) {
            diagnostic = diagnostic.help("a comparison is written `==`");
        }
        self.report(diagnostic)
    }

    /// The targets of a `for` or a comprehension, up to `in`.
    pub(super) fn for_target(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let mut targets = Vec::new();
        let mut tuple = false;
        loop {
            if targets.is_empty() || !self.at(TokenKind::In) {
                targets.push(self.one_target()?);
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
            tuple = true;
        }
        let target = match targets.pop() {
            Some(single) if !tuple => single,
            last => {
                targets.extend(last);
                self.expr_from(start, ExprKind::Tuple(targets))
            }
        };
        if let ExprKind::Starred(_) = target.kind {
            return Err(self.invalid_target(&target, "assign to"));
        }
        self.check_target(&target, "assign to")?;
        Ok(target)
    }

    /// A target that ends before `in`.
    fn one_target(&mut self) -> Parsed<Expr> {
        let start = self.start();
        if self.eat(TokenKind::Star) {
            let inner = self.operand_expr()?;
            return Ok(self.expr_from(start, ExprKind::Starred(Box::new(inner))));
        }
        self.operand_expr()
    }

    /// The targets of `del`.
    pub(super) fn targets(&mut self, after: &str) -> Parsed<Vec<Expr>> {
        if !self.kind().starts_expression() {
            return Err(self.expected(&format!("a name after {after}")));
        }
        let mut targets = Vec::new();
        loop {
            let target = self.expr()?;
            self.check_target(&target, "delete")?;
            targets.push(target);
            if !self.eat(TokenKind::Comma) || !self.kind().starts_expression() {
                return Ok(targets);
            }
        }
    }
}
