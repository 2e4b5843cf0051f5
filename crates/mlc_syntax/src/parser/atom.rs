//! Operands: names, literals, and what stands in brackets.

use mlc_diagnostics::Diagnostic;

use super::{MAX_COMPREHENSIONS, Parsed, Parser};
use crate::ast::{
    Comprehension, ComprehensionClause, ComprehensionKind, DictItem, Expr, ExprKind, Extent,
    Progression,
};
use crate::token::TokenKind;

impl Parser<'_> {
    pub(super) fn atom(&mut self) -> Parsed<Expr> {
        use TokenKind as T;
        let token = self.token();
        let kind = match token.kind {
            kind if kind.is_name() => {
                self.bump();
                ExprKind::Name(self.name_of(token))
            }
            T::Int | T::Float | T::Imaginary => {
                self.bump();
                self.number(token)
            }
            T::Str => return self.string(),
            T::True => self.constant(ExprKind::Bool(true)),
            T::False => self.constant(ExprKind::Bool(false)),
            T::None => self.constant(ExprKind::None),
            T::Ellipsis => self.constant(ExprKind::Ellipsis),
            T::Error => self.constant(ExprKind::Invalid),
            T::LeftParen => return self.parentheses(),
            T::LeftBracket => return self.brackets(),
            T::LeftBrace => return self.braces(),
            T::Yield => return self.yielded(),
            T::Await => {
                return Err(self.unsupported("`await`", "call the function directly"));
            }
            T::Lambda => {
                return Err(self.report(
                    Diagnostic::error(
                        "syntax",
                        self.here(),
                        "a lambda as an operand needs parentheses",
                    )
                    .help("write `(lambda …)`"),
                ));
            }
            T::Newline if self.is_behind_twice(T::Plus) || self.is_behind_twice(T::Minus) => {
                let diagnostic = self.expected_here("an expression");
                return Err(self.report(diagnostic.help("write `name += 1` or `name -= 1`")));
            }
            _ => return Err(self.expected("an expression")),
        };
        Ok(Expr {
            kind,
            span: self.span_of(token),
        })
    }

    /// `++` or `--`, which are two signs.
    fn is_behind_twice(&self, kind: TokenKind) -> bool {
        let is_there = |back: usize| {
            let at = self.at.checked_sub(back);
            at.is_some_and(|at| self.tokens[at].kind == kind)
        };
        is_there(1) && is_there(2)
    }

    fn constant(&mut self, kind: ExprKind) -> ExprKind {
        self.bump();
        kind
    }

    /// `yield` and its values: one message, and the rest of the statement is read.
    fn yielded(&mut self) -> Parsed<Expr> {
        let span = self.here();
        self.report_and_go_on(
            Diagnostic::error("unsupported-feature", span, "`yield` is not part of mlc")
                .help("append the values to a list and return it, or use a generator expression"),
        );
        self.bump();
        self.eat(TokenKind::From);
        if self.kind().starts_expression() || self.at(TokenKind::Star) {
            self.expr_list()?;
        }
        Ok(self.expr_from(span.start, ExprKind::Invalid))
    }

    fn close(&mut self, close: TokenKind) -> Parsed<()> {
        if self.eat(close) {
            return Ok(());
        }
        Err(self.expected(&format!("`,` or `{}`", close.text())))
    }

    fn parentheses(&mut self) -> Parsed<Expr> {
        let start = self.start();
        self.bump();
        if self.eat(TokenKind::RightParen) {
            return Ok(self.expr_from(start, ExprKind::Tuple(Vec::new())));
        }
        let first = self.item()?;
        if self.at(TokenKind::For) {
            let clauses = self.clauses()?;
            self.close(TokenKind::RightParen)?;
            let comprehension = Comprehension {
                kind: ComprehensionKind::Generator,
                element: first,
                clauses,
            };
            return Ok(self.expr_from(start, ExprKind::Comprehension(Box::new(comprehension))));
        }
        if self.eat(TokenKind::RightParen) {
            if let ExprKind::Starred(_) = first.kind {
                return Err(self.syntax_error(
                    first.span,
                    "a starred expression needs a comma after it to be a tuple",
                ));
            }
            return Ok(first);
        }
        let items = self.rest_of(first, TokenKind::RightParen)?;
        Ok(self.expr_from(start, ExprKind::Tuple(items)))
    }

    /// The items behind the first, and the closing bracket.
    fn rest_of(&mut self, first: Expr, close: TokenKind) -> Parsed<Vec<Expr>> {
        let mut items = vec![first];
        while self.eat(TokenKind::Comma) {
            if self.at(close) {
                break;
            }
            items.push(self.item()?);
        }
        self.close(close)?;
        Ok(items)
    }

    /// A list, a list comprehension, a progression or an array type.
    fn brackets(&mut self) -> Parsed<Expr> {
        let start = self.start();
        self.bump();
        if self.eat(TokenKind::RightBracket) {
            return Ok(self.expr_from(start, ExprKind::List(Vec::new())));
        }
        let first = self.item()?;
        if self.at(TokenKind::For) {
            let clauses = self.clauses()?;
            self.close(TokenKind::RightBracket)?;
            let comprehension = Comprehension {
                kind: ComprehensionKind::List,
                element: first,
                clauses,
            };
            return Ok(self.expr_from(start, ExprKind::Comprehension(Box::new(comprehension))));
        }
        if self.eat(TokenKind::Semicolon) {
            if self.at(TokenKind::RightBracket) {
                return Err(self.expected("an extent or `_`"));
            }
            let extents = self.comma_separated(TokenKind::RightBracket, Self::extent)?;
            let element = Box::new(first);
            return Ok(self.expr_from(start, ExprKind::ArrayType { element, extents }));
        }
        let items = self.rest_of(first, TokenKind::RightBracket)?;
        let kind = self.list_or_progression(items)?;
        Ok(self.expr_from(start, kind))
    }

    fn extent(&mut self) -> Parsed<Extent> {
        let token = self.token();
        let ends = matches!(self.ahead(1), TokenKind::Comma | TokenKind::RightBracket);
        if token.kind == TokenKind::Name && ends && self.slice(token) == "_" {
            self.bump();
            return Ok(Extent::Dynamic(self.span_of(token)));
        }
        self.expr().map(Extent::Value)
    }

    fn list_or_progression(&mut self, mut items: Vec<Expr>) -> Parsed<ExprKind> {
        let dots = |item: &Expr| matches!(item.kind, ExprKind::Ellipsis);
        let between = match items.as_slice() {
            [_, inner @ .., _] => inner.iter().find(|item| dots(item)).map(|item| item.span),
            _ => None,
        };
        let Some(place) = between else {
            return Ok(ExprKind::List(items));
        };
        if items.len() == 4 && dots(&items[2]) && !dots(&items[1]) {
            let last = items.pop();
            items.pop();
            let second = items.pop();
            let first = items.pop();
            if let (Some(first), Some(second), Some(last)) = (first, second, last) {
                return Ok(ExprKind::Progression(Box::new(Progression {
                    first,
                    second,
                    last,
                })));
            }
        }
        Err(self.report(
            Diagnostic::error("syntax", place, "`...` is out of place in this list")
                .help("a progression is written `[first, second, ..., last]`"),
        ))
    }

    /// A dict, a set, or a comprehension of one.
    fn braces(&mut self) -> Parsed<Expr> {
        let start = self.start();
        self.bump();
        if self.eat(TokenKind::RightBrace) {
            return Ok(self.expr_from(start, ExprKind::Dict(Vec::new())));
        }
        if self.at(TokenKind::StarStar) {
            return self.dict(start, Vec::new());
        }
        let first = self.item()?;
        if self.eat(TokenKind::Colon) {
            let value = self.expr()?;
            if self.at(TokenKind::For) {
                let kind = ComprehensionKind::Dict { key: first };
                return self.rest_of_comprehension(start, kind, value);
            }
            let items = vec![DictItem::Pair(first, value)];
            if !self.at(TokenKind::RightBrace) {
                self.expect_comma(TokenKind::RightBrace)?;
            }
            return self.dict(start, items);
        }
        if self.at(TokenKind::For) {
            return self.rest_of_comprehension(start, ComprehensionKind::Set, first);
        }
        let items = self.rest_of(first, TokenKind::RightBrace)?;
        Ok(self.expr_from(start, ExprKind::Set(items)))
    }

    fn expect_comma(&mut self, close: TokenKind) -> Parsed<()> {
        if self.eat(TokenKind::Comma) {
            return Ok(());
        }
        Err(self.expected(&format!("`,` or `{}`", close.text())))
    }

    fn rest_of_comprehension(
        &mut self,
        start: u32,
        kind: ComprehensionKind,
        element: Expr,
    ) -> Parsed<Expr> {
        let clauses = self.clauses()?;
        self.close(TokenKind::RightBrace)?;
        let comprehension = Comprehension {
            kind,
            element,
            clauses,
        };
        Ok(self.expr_from(start, ExprKind::Comprehension(Box::new(comprehension))))
    }

    fn dict(&mut self, start: u32, mut items: Vec<DictItem>) -> Parsed<Expr> {
        let rest = self.comma_separated(TokenKind::RightBrace, |parser| {
            if parser.eat(TokenKind::StarStar) {
                return parser.operand_expr().map(DictItem::Unpack);
            }
            let key = parser.expr()?;
            if !parser.at(TokenKind::Colon) {
                return Err(parser.expected("`:` and a value"));
            }
            parser.bump();
            Ok(DictItem::Pair(key, parser.expr()?))
        })?;
        items.extend(rest);
        Ok(self.expr_from(start, ExprKind::Dict(items)))
    }

    /// A generator expression without parentheses of its own, at `for`.
    pub(super) fn generator(&mut self, start: u32, element: Expr) -> Parsed<Expr> {
        let clauses = self.clauses()?;
        let comprehension = Comprehension {
            kind: ComprehensionKind::Generator,
            element,
            clauses,
        };
        Ok(self.expr_from(start, ExprKind::Comprehension(Box::new(comprehension))))
    }

    fn clauses(&mut self) -> Parsed<Vec<ComprehensionClause>> {
        self.comprehensions += 1;
        if self.comprehensions > MAX_COMPREHENSIONS {
            let message = format!("comprehensions nest more than {MAX_COMPREHENSIONS} deep");
            return Err(self.too_deep(message));
        }
        let mut clauses = Vec::with_capacity(1);
        while self.eat(TokenKind::For) {
            let target = self.for_target()?;
            if !self.at(TokenKind::In) {
                return Err(self.expected("`in`"));
            }
            self.bump();
            let iter = self.or_expr()?;
            let mut conditions = Vec::new();
            while self.eat(TokenKind::If) {
                conditions.push(self.or_expr()?);
            }
            clauses.push(ComprehensionClause {
                target,
                iter,
                conditions,
            });
        }
        Ok(clauses)
    }
}
