//! Statements: which one it is, and those without a block.

use mlc_diagnostics::Diagnostic;

use super::{MAX_BLOCKS, Parsed, Parser, Reported};
use crate::ast::{BinaryOp, Expr, ExprKind, ForKind, FunctionKeyword, Ident, Stmt, StmtKind};
use crate::token::TokenKind;

impl Parser<'_> {
    /// One statement, or the several of a line with semicolons; reports and recovers by itself.
    pub(super) fn statement(&mut self, out: &mut Vec<Stmt>) {
        let first = self.at;
        self.reported = false;
        if self.kind() == TokenKind::Newline {
            self.bump();
            return;
        }
        if self.statement_or_error(out).is_err() {
            self.recover(first, out);
        }
    }

    fn statement_or_error(&mut self, out: &mut Vec<Stmt>) -> Parsed<()> {
        use TokenKind::*;
        let start = self.start();
        let kind = match self.kind() {
            If => self.if_statement(false)?,
            For => self.for_statement(ForKind::Serial)?,
            While => self.while_statement()?,
            Try => self.try_statement()?,
            With => self.with_statement()?,
            Def => self.function(FunctionKeyword::Def, Vec::new())?,
            At => self.decorated()?,
            Fn if self.ahead(1).is_name() => self.function(FunctionKeyword::Fn, Vec::new())?,
            Struct if self.ahead(1).is_name() => self.structure(Vec::new())?,
            Parallel if self.ahead(1) == For => {
                self.bump();
                self.for_statement(ForKind::Parallel)?
            }
            Comptime if self.ahead(1) == If => {
                self.bump();
                self.if_statement(true)?
            }
            Comptime if self.ahead(1) == For => {
                self.bump();
                self.for_statement(ForKind::Comptime)?
            }
            Match if self.is_match_statement() => self.match_statement()?,
            Class => return Err(self.class()),
            Async => return Err(self.asynchronous()),
            Indent => return self.unexpected_indent(out),
            Elif | Else | Except | Finally | Case if self.is_orphan_clause() => {
                return Err(self.orphan_clause(out));
            }
            _ => return self.simple_statements(out),
        };
        out.push(self.stmt_from(start, kind));
        Ok(())
    }

    pub(super) fn class(&mut self) -> Reported {
        let span = self.here();
        self.report(
            Diagnostic::error("unsupported-feature", span, "`class` is not part of mlc")
                .fixit("write `struct`", span, "struct")
                .help("a struct declares its fields with types, `name: T`"),
        )
    }

    pub(super) fn asynchronous(&mut self) -> Reported {
        self.unsupported("`async`", "write a plain function or loop")
    }

    pub(super) fn unsupported(&mut self, what: &str, help: &str) -> Reported {
        let span = self.here();
        let message = format!("{what} is not part of mlc");
        self.report(Diagnostic::error("unsupported-feature", span, message).help(help))
    }

    fn unexpected_indent(&mut self, out: &mut Vec<Stmt>) -> Parsed<()> {
        let next = self.tokens[self.at + 1];
        let span = self.span_of(next);
        self.report(Diagnostic::error(
            "unexpected-indent",
            span,
            "unexpected indent: no block starts here",
        ));
        self.bump();
        if self.blocks >= MAX_BLOCKS {
            self.skip_to_dedent();
            return Ok(());
        }
        self.blocks += 1;
        while !matches!(self.kind(), TokenKind::Dedent | TokenKind::End) {
            self.statement(out);
        }
        self.blocks -= 1;
        self.eat(TokenKind::Dedent);
        Ok(())
    }

    /// A clause keyword where no statement is open. `case` is a name unless it looks like a clause.
    fn is_orphan_clause(&self) -> bool {
        self.kind() != TokenKind::Case || self.is_case_clause()
    }

    /// Silent where the statement that the clause belongs to was not readable.
    fn orphan_clause(&mut self, out: &[Stmt]) -> Reported {
        if let Some(StmtKind::Invalid { .. }) = out.last().map(|stmt| &stmt.kind) {
            return Reported;
        }
        let token = self.token();
        let owner = match token.kind {
            TokenKind::Elif => "an `if`",
            TokenKind::Else => "an `if`, loop or `try`",
            TokenKind::Case => "a `match`",
            _ => "a `try`",
        };
        let message = format!("`{}` without {owner} before it", token.kind.text());
        self.syntax_error(self.span_of(token), message)
    }

    /// Statements without a block, up to the end of the line.
    pub(super) fn simple_statements(&mut self, out: &mut Vec<Stmt>) -> Parsed<()> {
        loop {
            let start = self.start();
            let kind = self.simple_statement()?;
            out.push(self.stmt_from(start, kind));
            if self.eat(TokenKind::Newline) {
                return Ok(());
            }
            if !self.eat(TokenKind::Semicolon) {
                return Err(self.expected_end());
            }
            if self.eat(TokenKind::Newline) {
                return Ok(());
            }
        }
    }

    fn expected_end(&mut self) -> Reported {
        let diagnostic = match self.kind() {
            TokenKind::Indent | TokenKind::Dedent | TokenKind::End => {
                self.expected_here("the end of the line")
            }
            _ => self.expected_here("an operator or the end of the line"),
        };
        self.report(diagnostic)
    }

    /// A statement without a block; the line's end is left.
    fn simple_statement(&mut self) -> Parsed<StmtKind> {
        use TokenKind::*;
        match self.kind() {
            Pass => self.word(StmtKind::Pass),
            Break => self.word(StmtKind::Break),
            Continue => self.word(StmtKind::Continue),
            Return => {
                self.bump();
                let value = self.optional_expr_list()?;
                Ok(StmtKind::Return(value))
            }
            Raise => self.raise(),
            Del => {
                self.bump();
                let targets = self.targets("`del`")?;
                Ok(StmtKind::Delete(targets))
            }
            Global => {
                self.bump();
                Ok(StmtKind::Global(self.name_list()?))
            }
            Nonlocal => {
                self.bump();
                Ok(StmtKind::Nonlocal(self.name_list()?))
            }
            Assert => self.assert(false),
            Import => self.import(),
            From => self.import_from(),
            Var if self.ahead(1).is_name() => self.var(),
            Comptime if self.ahead(1) == Assert => {
                self.bump();
                self.assert(true)
            }
            Comptime if self.ahead(1).is_name() => self.comptime(),
            Atomic if self.ahead(1).is_name() => self.atomic(),
            _ => self.expression_statement(),
        }
    }

    fn word(&mut self, kind: StmtKind) -> Parsed<StmtKind> {
        self.bump();
        Ok(kind)
    }

    fn optional_expr_list(&mut self) -> Parsed<Option<Expr>> {
        let ends = matches!(
            self.kind(),
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::End
        );
        if ends {
            return Ok(None);
        }
        self.expr_list().map(Some)
    }

    fn raise(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let ends = matches!(
            self.kind(),
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::End
        );
        let exception = if ends { None } else { Some(self.expr()?) };
        let cause = if exception.is_some() && self.eat(TokenKind::From) {
            Some(self.expr()?)
        } else {
            None
        };
        Ok(StmtKind::Raise { exception, cause })
    }

    fn name_list(&mut self) -> Parsed<Vec<Ident>> {
        let mut names = vec![self.ident("a name")?];
        while self.eat(TokenKind::Comma) {
            names.push(self.ident("a name")?);
        }
        Ok(names)
    }

    fn assert(&mut self, comptime: bool) -> Parsed<StmtKind> {
        self.bump();
        let test = self.expr()?;
        let message = if self.eat(TokenKind::Comma) {
            Some(self.expr()?)
        } else {
            None
        };
        Ok(StmtKind::Assert {
            comptime,
            test,
            message,
        })
    }

    fn atomic(&mut self) -> Parsed<StmtKind> {
        let keyword = self.here();
        self.bump();
        let start = self.start();
        let kind = self.expression_statement()?;
        if !matches!(kind, StmtKind::AugAssign { .. } | StmtKind::Assign { .. }) {
            return Err(self.syntax_error(
                keyword,
                "`atomic` needs an update such as `a[k] += e` after it",
            ));
        }
        Ok(StmtKind::Atomic(Box::new(self.stmt_from(start, kind))))
    }

    /// An expression, assignment, augmented assignment or declaration.
    fn expression_statement(&mut self) -> Parsed<StmtKind> {
        let first = self.at;
        let value = self.expr_list()?;
        match self.kind() {
            TokenKind::Newline | TokenKind::Semicolon => Ok(StmtKind::Expr(value)),
            TokenKind::Equal => self.assignment(value),
            TokenKind::Colon => self.declaration(value),
            kind => match augmented(kind) {
                Some(op) => {
                    self.check_update_target(&value)?;
                    self.bump();
                    Ok(StmtKind::AugAssign {
                        target: value,
                        op,
                        value: self.expr_list()?,
                    })
                }
                None => Err(self.not_a_statement(first, &value)),
            },
        }
    }

    fn assignment(&mut self, first: Expr) -> Parsed<StmtKind> {
        let mut targets = Vec::with_capacity(1);
        let mut value = first;
        while self.eat(TokenKind::Equal) {
            self.check_target(&value, "assign to")?;
            let next = self.expr_list()?;
            targets.push(std::mem::replace(&mut value, next));
        }
        Ok(StmtKind::Assign { targets, value })
    }

    /// An expression and then something that continues no statement.
    fn not_a_statement(&mut self, first: usize, value: &Expr) -> Reported {
        let ExprKind::Name(name) = value.kind else {
            return self.expected_end();
        };
        let mut diagnostic = match self.kind() {
            TokenKind::Indent | TokenKind::Dedent | TokenKind::End => {
                self.expected_here("the end of the line")
            }
            _ => self.expected_here("an operator or the end of the line"),
        };
        if self.at == first + 1 {
            match name.as_str() {
                "print" => diagnostic = diagnostic.help("call it: `print(…)`"),
                "function" | "func" | "fun" => {
                    diagnostic = diagnostic.fixit("a function starts with `fn`", value.span, "fn");
                }
                "let" | "const" | "auto" => {
                    diagnostic =
                        diagnostic.fixit("a variable is declared with `var`", value.span, "var");
                }
                "foreach" => {
                    diagnostic = diagnostic.fixit("a loop starts with `for`", value.span, "for");
                }
                "throw" => {
                    diagnostic = diagnostic.fixit("write `raise`", value.span, "raise");
                }
                "switch" => diagnostic = diagnostic.help("write `if` and `elif`"),
                "static" => diagnostic = diagnostic.help("write `@staticmethod` in front"),
                "int" | "float" | "double" | "bool" | "string" | "str" | "char" | "long"
                | "Int" | "Float" | "Bool" | "String"
                    if self.kind().is_name() =>
                {
                    let help = "the type stands behind the name: `name: T = value`";
                    diagnostic = diagnostic.help(help);
                }
                "elseif" | "elsif" => {
                    diagnostic = diagnostic.fixit("write `elif`", value.span, "elif");
                }
                _ => {}
            }
        }
        self.report(diagnostic)
    }
}

fn augmented(kind: TokenKind) -> Option<BinaryOp> {
    use TokenKind::*;
    Some(match kind {
        PlusEqual => BinaryOp::Add,
        MinusEqual => BinaryOp::Sub,
        StarEqual => BinaryOp::Mul,
        AtEqual => BinaryOp::MatMul,
        SlashEqual => BinaryOp::Div,
        SlashSlashEqual => BinaryOp::FloorDiv,
        PercentEqual => BinaryOp::Mod,
        StarStarEqual => BinaryOp::Pow,
        LeftShiftEqual => BinaryOp::LeftShift,
        RightShiftEqual => BinaryOp::RightShift,
        PipeEqual => BinaryOp::BitOr,
        CaretEqual => BinaryOp::BitXor,
        AmpersandEqual => BinaryOp::BitAnd,
        _ => return Option::None,
    })
}
