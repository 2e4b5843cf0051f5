//! Expressions: operators by precedence, and what follows an operand.

use mlc_diagnostics::Diagnostic;

use super::{MAX_CHAIN, MAX_NESTING, Parsed, Parser, Reported};
use crate::ast::{BinaryOp, BoolOp, CompareOp, Expr, ExprKind, Ident, IfElse, Lambda, UnaryOp};
use crate::token::TokenKind;

/// Binding strengths, weakest first.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const BIT_OR: u8 = 5;
const BIT_XOR: u8 = 6;
const BIT_AND: u8 = 7;
const SHIFT: u8 = 8;
const SUM: u8 = 9;
const PRODUCT: u8 = 10;
const UNARY: u8 = 11;
const POWER: u8 = 12;

enum Infix {
    Binary(BinaryOp),
    Logical(BoolOp),
    Compare(CompareOp),
}

fn infix(kind: TokenKind, next: TokenKind) -> Option<(u8, Infix)> {
    use Infix::{Binary, Compare, Logical};
    use TokenKind as T;
    Some(match kind {
        T::Or => (OR, Logical(BoolOp::Or)),
        T::And => (AND, Logical(BoolOp::And)),
        T::EqualEqual => (COMPARE, Compare(CompareOp::Eq)),
        T::NotEqual => (COMPARE, Compare(CompareOp::NotEq)),
        T::Less => (COMPARE, Compare(CompareOp::Less)),
        T::LessEqual => (COMPARE, Compare(CompareOp::LessEq)),
        T::Greater => (COMPARE, Compare(CompareOp::Greater)),
        T::GreaterEqual => (COMPARE, Compare(CompareOp::GreaterEq)),
        T::In => (COMPARE, Compare(CompareOp::In)),
        T::Is if next == T::Not => (COMPARE, Compare(CompareOp::IsNot)),
        T::Is => (COMPARE, Compare(CompareOp::Is)),
        T::Not if next == T::In => (COMPARE, Compare(CompareOp::NotIn)),
        T::Pipe => (BIT_OR, Binary(BinaryOp::BitOr)),
        T::Caret => (BIT_XOR, Binary(BinaryOp::BitXor)),
        T::Ampersand => (BIT_AND, Binary(BinaryOp::BitAnd)),
        T::LeftShift => (SHIFT, Binary(BinaryOp::LeftShift)),
        T::RightShift => (SHIFT, Binary(BinaryOp::RightShift)),
        T::Plus => (SUM, Binary(BinaryOp::Add)),
        T::Minus => (SUM, Binary(BinaryOp::Sub)),
        T::Star => (PRODUCT, Binary(BinaryOp::Mul)),
        T::Slash => (PRODUCT, Binary(BinaryOp::Div)),
        T::SlashSlash => (PRODUCT, Binary(BinaryOp::FloorDiv)),
        T::Percent => (PRODUCT, Binary(BinaryOp::Mod)),
        T::At => (PRODUCT, Binary(BinaryOp::MatMul)),
        T::StarStar => (POWER, Binary(BinaryOp::Pow)),
        _ => return None,
    })
}

impl Parser<'_> {
    /// One or more expressions; several, or one with a comma, are a tuple without parentheses.
    pub(super) fn expr_list(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let first = self.item()?;
        if !self.at(TokenKind::Comma) {
            if let ExprKind::Starred(_) = first.kind {
                return Err(self.syntax_error(
                    first.span,
                    "a starred expression needs a comma after it to be a tuple",
                ));
            }
            return Ok(first);
        }
        let items = self.more_items(first)?;
        Ok(self.expr_from(start, ExprKind::Tuple(items)))
    }

    /// One or more expressions, and whether there was a comma.
    pub(super) fn expr_items(&mut self) -> Parsed<(Vec<Expr>, bool)> {
        let first = self.item()?;
        if !self.at(TokenKind::Comma) {
            return Ok((vec![first], false));
        }
        Ok((self.more_items(first)?, true))
    }

    fn more_items(&mut self, first: Expr) -> Parsed<Vec<Expr>> {
        let mut items = vec![first];
        while self.eat(TokenKind::Comma) {
            if !self.kind().starts_expression() && !self.at(TokenKind::Star) {
                break;
            }
            items.push(self.item()?);
        }
        Ok(items)
    }

    /// An expression, perhaps starred, perhaps with `:=`.
    pub(super) fn item(&mut self) -> Parsed<Expr> {
        let start = self.start();
        if self.eat(TokenKind::Star) {
            let inner = self.operand_expr()?;
            return Ok(self.expr_from(start, ExprKind::Starred(Box::new(inner))));
        }
        self.named_expr()
    }

    /// An expression, perhaps `name := value`.
    pub(super) fn named_expr(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let value = self.expr()?;
        if !self.at(TokenKind::ColonEqual) {
            return Ok(value);
        }
        let ExprKind::Name(name) = value.kind else {
            return Err(self.report(Diagnostic::error(
                "invalid-target",
                value.span,
                "`:=` assigns to a plain name only",
            )));
        };
        let target = Ident {
            name,
            span: value.span,
        };
        self.last_named = Some(self.start());
        self.bump();
        let value = Box::new(self.expr()?);
        Ok(self.expr_from(start, ExprKind::Named { target, value }))
    }

    /// A whole expression without commas: conditional, lambda, or operators.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        let outer_chain = std::mem::take(&mut self.chain);
        let result = self.conditional();
        self.chain = self.chain.saturating_add(1).max(outer_chain);
        self.check_chain()?;
        result
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        if self.at(TokenKind::Lambda) {
            return self.nested(Self::lambda);
        }
        let start = self.start();
        let body = self.binary(OR)?;
        if !self.at(TokenKind::If) {
            return Ok(body);
        }
        self.bump();
        let test = self.binary(OR)?;
        if !self.at(TokenKind::Else) {
            return Err(self.expected("`else`"));
        }
        self.bump();
        let orelse = self.nested(Self::expr)?;
        let parts = IfElse { test, body, orelse };
        Ok(self.expr_from(start, ExprKind::IfElse(Box::new(parts))))
    }

    /// An expression in which `if`, `for`, `in` and `as` end it: a target, or what is starred.
    pub(super) fn operand_expr(&mut self) -> Parsed<Expr> {
        self.binary(BIT_OR)
    }

    /// An expression without a conditional at its top, as the clauses of a comprehension want it.
    pub(super) fn or_expr(&mut self) -> Parsed<Expr> {
        self.binary(OR)
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting >= MAX_NESTING {
            return Err(self.too_deep(format!("expressions nest more than {MAX_NESTING} deep")));
        }
        self.nesting += 1;
        let outer = std::mem::take(&mut self.comprehensions);
        let result = parse(self);
        self.comprehensions = self.comprehensions.max(outer);
        self.nesting -= 1;
        result
    }

    pub(super) fn too_deep(&mut self, message: String) -> Reported {
        let span = self.here();
        self.report(
            Diagnostic::error("nesting-too-deep", span, message)
                .help("give parts of the expression names of their own"),
        )
    }

    /// Counts one more level that the tree grows on its left side.
    fn grow_chain(&mut self) -> Parsed<()> {
        self.chain += 1;
        self.check_chain()
    }

    /// The operators that are in one row of operands, which later stages nest.
    fn check_row(&mut self, operators: usize) -> Parsed<()> {
        if operators > MAX_CHAIN as usize {
            return Err(self.too_deep(format!("more than {MAX_CHAIN} operators in one expression")));
        }
        Ok(())
    }

    fn check_chain(&mut self) -> Parsed<()> {
        if self.chain > MAX_CHAIN {
            return Err(self.too_deep(format!("more than {MAX_CHAIN} operators in one expression")));
        }
        Ok(())
    }

    fn binary(&mut self, weakest: u8) -> Parsed<Expr> {
        self.nested(|parser| parser.operators(weakest))
    }

    fn operators(&mut self, weakest: u8) -> Parsed<Expr> {
        let start = self.start();
        let prefix = match self.kind() {
            TokenKind::Not if weakest <= NOT => Some((UnaryOp::Not, NOT)),
            TokenKind::Minus => Some((UnaryOp::Minus, UNARY)),
            TokenKind::Plus => Some((UnaryOp::Plus, UNARY)),
            TokenKind::Tilde => Some((UnaryOp::Invert, UNARY)),
            _ => None,
        };
        let mut left = match prefix {
            Some((op, strength)) => {
                self.bump();
                let operand = Box::new(self.binary(strength)?);
                self.expr_from(start, ExprKind::Unary { op, operand })
            }
            None => self.postfix()?,
        };
        while let Some((strength, operator)) = infix(self.kind(), self.ahead(1)) {
            if strength < weakest {
                break;
            }
            self.grow_chain()?;
            let kind = match operator {
                Infix::Compare(op) => self.comparison(left, op)?,
                Infix::Logical(op) => self.logical(left, op, strength)?,
                Infix::Binary(op) => {
                    self.bump();
                    // Power binds to the right and takes a sign in its exponent.
                    let right = self.binary(if op == BinaryOp::Pow {
                        UNARY
                    } else {
                        strength + 1
                    })?;
                    ExprKind::Binary {
                        op,
                        left: Box::new(left),
                        right: Box::new(right),
                    }
                }
            };
            left = self.expr_from(start, kind);
        }
        Ok(left)
    }

    fn comparison(&mut self, left: Expr, mut op: CompareOp) -> Parsed<ExprKind> {
        let mut rest = Vec::with_capacity(1);
        loop {
            self.bump();
            if matches!(op, CompareOp::IsNot | CompareOp::NotIn) {
                self.bump();
            }
            rest.push((op, self.binary(BIT_OR)?));
            self.check_row(rest.len())?;
            match infix(self.kind(), self.ahead(1)) {
                Some((_, Infix::Compare(next))) => op = next,
                _ => break,
            }
        }
        Ok(ExprKind::Compare {
            left: Box::new(left),
            rest,
        })
    }

    fn logical(&mut self, left: Expr, op: BoolOp, strength: u8) -> Parsed<ExprKind> {
        let word = self.kind();
        let mut values = vec![left];
        while self.eat(word) {
            values.push(self.binary(strength + 1)?);
            self.check_row(values.len() - 1)?;
        }
        Ok(ExprKind::Logical { op, values })
    }

    fn lambda(&mut self) -> Parsed<Expr> {
        let start = self.start();
        self.bump();
        let params = self.params(TokenKind::Colon, false)?;
        self.expect(TokenKind::Colon)?;
        let body = self.expr()?;
        let lambda = Lambda { params, body };
        Ok(self.expr_from(start, ExprKind::Lambda(Box::new(lambda))))
    }

    /// An operand with its calls, subscripts, attributes, `^` and `?`.
    fn postfix(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let mut value = self.atom()?;
        loop {
            let kind = match self.kind() {
                TokenKind::LeftParen => {
                    self.bump();
                    let args = self.args()?;
                    ExprKind::Call {
                        function: Box::new(value),
                        args,
                    }
                }
                TokenKind::LeftBracket => {
                    self.bump();
                    let index = Box::new(self.index()?);
                    ExprKind::Subscript {
                        value: Box::new(value),
                        index,
                    }
                }
                TokenKind::Dot => {
                    self.bump();
                    let attr = self.ident("a name after `.`")?;
                    ExprKind::Attribute {
                        value: Box::new(value),
                        attr,
                    }
                }
                TokenKind::Question => {
                    self.bump();
                    ExprKind::Optional(Box::new(value))
                }
                TokenKind::Caret if !self.ahead(1).starts_expression() => {
                    self.bump();
                    ExprKind::Transfer(Box::new(value))
                }
                _ => return Ok(value),
            };
            self.grow_chain()?;
            value = self.expr_from(start, kind);
        }
    }
}
