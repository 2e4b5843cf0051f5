//! Statements with a block, functions, structs and `match` aside.

use mlc_diagnostics::Diagnostic;

use super::{MAX_BLOCKS, MAX_BRANCHES, Parsed, Parser};
use crate::ast::{
    Branch, Expr, ExprKind, For, ForAxis, ForKind, Handler, If, Stmt, StmtKind, Try, With, WithItem,
};
use crate::token::TokenKind;

impl Parser<'_> {
    /// `:` and what is below it. `owner` names the statement in messages.
    pub(super) fn block(&mut self, owner: &str) -> Parsed<Vec<Stmt>> {
        self.colon(owner)?;
        let mut body = Vec::new();
        if !self.eat(TokenKind::Newline) {
            let first = self.at;
            if self.simple_statements(&mut body).is_err() {
                self.recover(first, &mut body);
            }
            self.reported = false;
            body.shrink_to_fit();
            return Ok(body);
        }
        if !self.at(TokenKind::Indent) {
            let colon = self.span_of(self.tokens[self.at - 2]);
            let diagnostic = Diagnostic::error(
                "missing-block",
                colon,
                format!("expected an indented block below {owner}"),
            )
            .help("write `pass` where nothing is to be done");
            self.report(diagnostic);
            return Ok(body);
        }
        self.bump();
        if self.blocks >= MAX_BLOCKS {
            let message = format!("blocks nest more than {MAX_BLOCKS} deep");
            let diagnostic = Diagnostic::error("nesting-too-deep", self.here(), message)
                .help("move inner blocks into functions");
            self.report(diagnostic);
            self.skip_to_dedent();
            return Ok(body);
        }
        self.blocks += 1;
        while !matches!(self.kind(), TokenKind::Dedent | TokenKind::End) {
            self.statement(&mut body);
        }
        self.blocks -= 1;
        self.eat(TokenKind::Dedent);
        self.reported = false;
        body.shrink_to_fit();
        Ok(body)
    }

    /// A colon that is only forgotten at the end of a line does not make the block unreadable.
    fn colon(&mut self, owner: &str) -> Parsed<()> {
        if self.eat(TokenKind::Colon) {
            return Ok(());
        }
        if self.at(TokenKind::Newline) {
            let diagnostic = self.expected_here(&format!("`:` after {owner}"));
            let place = diagnostic.primary;
            self.report(diagnostic.fixit("add `:`", place, ":"));
            return Ok(());
        }
        if self.at(TokenKind::Equal) && self.ahead(1) == TokenKind::Greater {
            let mut span = self.here();
            span.end += 1;
            return Err(self.report(
                Diagnostic::error(
                    "syntax",
                    span,
                    format!("expected `:` after {owner}, found `=>`"),
                )
                .fixit("a result type is written `->`", span, "->"),
            ));
        }
        if self.at(TokenKind::Equal) {
            let span = self.here();
            return Err(self.report(
                Diagnostic::error("syntax", span, "expected `:` or an operator, found `=`").fixit(
                    "a comparison is written `==`",
                    span,
                    "==",
                ),
            ));
        }
        Err(self.expected(&format!("`:` after {owner}")))
    }

    /// `catch`, which is reported and read as `except`.
    fn is_catch(&mut self) -> bool {
        if !self.kind().is_name() || self.slice(self.token()) != "catch" {
            return false;
        }
        let diagnostic = self.expected_here("`except`");
        let place = diagnostic.primary;
        self.report(diagnostic.fixit("write `except`", place, "except"));
        self.tokens[self.at].kind = TokenKind::Except;
        true
    }

    fn else_block(&mut self) -> Parsed<Vec<Stmt>> {
        if self.eat(TokenKind::Else) {
            return self.block("`else`");
        }
        Ok(Vec::new())
    }

    pub(super) fn if_statement(&mut self, comptime: bool) -> Parsed<StmtKind> {
        let mut branches = Vec::with_capacity(1);
        let mut orelse = Vec::new();
        let mut owner = "`if`";
        loop {
            self.bump();
            let test = self.named_expr()?;
            let body = self.block(owner)?;
            branches.push(Branch { test, body });
            if branches.len() == MAX_BRANCHES + 1 {
                let message = format!("more than {MAX_BRANCHES} branches in one `if`");
                self.report_and_go_on(
                    Diagnostic::error("nesting-too-deep", self.here(), message)
                        .help("use `match`, a list or a dict, or divide it into functions"),
                );
            }
            match self.kind() {
                TokenKind::Elif => owner = "`elif`",
                TokenKind::Else if self.ahead(1) == TokenKind::If => {
                    let span = self.here();
                    self.bump();
                    let span = span.to(self.here());
                    self.report_and_go_on(
                        Diagnostic::error("syntax", span, "`else if` is written `elif`").fixit(
                            "write `elif`",
                            span,
                            "elif",
                        ),
                    );
                }
                TokenKind::Else => {
                    orelse = self.else_block()?;
                    break;
                }
                _ => break,
            }
        }
        Ok(StmtKind::If(Box::new(If {
            comptime,
            branches,
            orelse,
        })))
    }

    pub(super) fn while_statement(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let test = self.named_expr()?;
        let body = self.block("`while`")?;
        let orelse = self.else_block()?;
        Ok(StmtKind::While { test, body, orelse })
    }

    /// At `for`, with the word before it behind us.
    pub(super) fn for_statement(&mut self, kind: ForKind) -> Parsed<StmtKind> {
        let start = match kind {
            ForKind::Serial => self.start(),
            _ => self.tokens[self.at - 1].start,
        };
        self.bump();
        let target = self.for_target()?;
        if !self.at(TokenKind::In) {
            return Err(self.expected("`in`"));
        }
        self.bump();
        let iter_start = self.start();
        let (mut iters, tuple) = self.expr_items()?;
        let header = self.span_from(start);
        let axes = if kind == ForKind::Parallel && iters.len() > 1 {
            self.axes(target, iters)?
        } else {
            let iter = match iters.pop() {
                Some(single) if !tuple => single,
                last => {
                    iters.extend(last);
                    self.expr_from(iter_start, ExprKind::Tuple(iters))
                }
            };
            vec![ForAxis { target, iter }]
        };
        let body = self.block("`for`")?;
        let orelse = self.else_block()?;
        Ok(StmtKind::For(Box::new(For {
            kind,
            axes,
            body,
            orelse,
            header,
        })))
    }

    /// `parallel for i, j in range(n), range(m)`: a target for each iterable.
    fn axes(&mut self, target: Expr, iters: Vec<Expr>) -> Parsed<Vec<ForAxis>> {
        let count = iters.len();
        let targets = match target.kind {
            ExprKind::Tuple(targets) if targets.len() == count => targets,
            ExprKind::Tuple(targets) => {
                let message = format!("{} targets for {count} iterables", targets.len());
                return Err(self.syntax_error(target.span, message));
            }
            _ => {
                let message = format!("one target for {count} iterables");
                return Err(self.syntax_error(target.span, message));
            }
        };
        let axis = |(target, iter)| ForAxis { target, iter };
        Ok(targets.into_iter().zip(iters).map(axis).collect())
    }

    pub(super) fn try_statement(&mut self) -> Parsed<StmtKind> {
        let keyword = self.here();
        self.bump();
        let body = self.block("`try`")?;
        let mut handlers = Vec::new();
        while self.at(TokenKind::Except) || self.is_catch() {
            handlers.push(self.handler()?);
        }
        let orelse = if handlers.is_empty() {
            Vec::new()
        } else {
            self.else_block()?
        };
        let finally = if self.eat(TokenKind::Finally) {
            self.block("`finally`")?
        } else if handlers.is_empty() {
            self.reported = false;
            return Err(self.syntax_error(keyword, "`try` without `except` or `finally`"));
        } else {
            Vec::new()
        };
        Ok(StmtKind::Try(Box::new(Try {
            body,
            handlers,
            orelse,
            finally,
        })))
    }

    fn handler(&mut self) -> Parsed<Handler> {
        let start = self.start();
        self.bump();
        self.reported = false;
        if self.at(TokenKind::Star) {
            return Err(self.unsupported("`except*`", "write `except`"));
        }
        let exception = if self.at(TokenKind::Colon) {
            None
        } else {
            Some(self.expr()?)
        };
        if self.at(TokenKind::Comma) {
            let diagnostic = self
                .expected_here("`:`")
                .help("several exceptions stand in parentheses: `except (A, B):`");
            return Err(self.report(diagnostic));
        }
        let name = self.alias()?;
        let body = self.block("`except`")?;
        Ok(Handler {
            exception,
            name,
            body,
            span: self.span_from(start),
        })
    }

    pub(super) fn with_statement(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let items = if self.parenthesized_with_items() {
            self.bump();
            self.comma_separated(TokenKind::RightParen, Self::with_item)?
        } else {
            let mut items = vec![self.with_item()?];
            while self.eat(TokenKind::Comma) {
                items.push(self.with_item()?);
            }
            items
        };
        let body = self.block("`with`")?;
        Ok(StmtKind::With(Box::new(With { items, body })))
    }

    fn with_item(&mut self) -> Parsed<WithItem> {
        let context = self.expr()?;
        let target = if self.eat(TokenKind::As) {
            let target = self.operand_expr()?;
            self.check_target(&target, "assign to")?;
            Some(target)
        } else {
            None
        };
        Ok(WithItem { context, target })
    }

    /// Whether parentheses here hold a list of items and not one expression: they reach up to the
    /// colon and have a comma or `as` directly in them.
    fn parenthesized_with_items(&self) -> bool {
        if !self.at(TokenKind::LeftParen) {
            return false;
        }
        let mut depth = 0u32;
        let mut items = false;
        for index in self.at..self.tokens.len() {
            match self.tokens[index].kind {
                TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::LeftBrace => depth += 1,
                TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace => {
                    depth -= 1;
                    if depth == 0 {
                        return items && self.tokens[index + 1].kind == TokenKind::Colon;
                    }
                }
                TokenKind::Comma | TokenKind::As if depth == 1 => items = true,
                TokenKind::For if depth == 1 => return false,
                TokenKind::Newline | TokenKind::End => return false,
                _ => {}
            }
        }
        false
    }
}
