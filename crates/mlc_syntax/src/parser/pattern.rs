//! `match` and its patterns.

use mlc_diagnostics::Diagnostic;

use super::{MAX_BLOCKS, MAX_NESTING, Parsed, Parser};
use crate::ast::{BinaryOp, Case, Expr, ExprKind, Match, Pattern, PatternKind, StmtKind};
use crate::token::TokenKind;

impl Parser<'_> {
    /// `match` is a name unless a subject and a colon at the end of the line follow.
    pub(super) fn is_match_statement(&self) -> bool {
        self.is_clause_of(TokenKind::Match)
    }

    pub(super) fn is_case_clause(&self) -> bool {
        self.is_clause_of(TokenKind::Case)
    }

    fn is_clause_of(&self, word: TokenKind) -> bool {
        let next = self.ahead(1);
        let could_go_on = matches!(
            next,
            TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::Minus | TokenKind::Plus
        );
        let starts = next.starts_expression() || next == TokenKind::Star;
        if !self.at(word) || !starts {
            return false;
        }
        if !could_go_on && next != TokenKind::Star && next != TokenKind::Not {
            return true;
        }
        let rest = &self.tokens[self.at..];
        let end = rest
            .iter()
            .position(|token| matches!(token.kind, TokenKind::Newline | TokenKind::End))
            .unwrap_or(rest.len());
        if word == TokenKind::Case {
            let mut depth = 0i32;
            return rest[..end].iter().any(|token| {
                match token.kind {
                    TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::LeftBrace => {
                        depth += 1;
                    }
                    TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace => {
                        depth -= 1;
                    }
                    _ => {}
                }
                token.kind == TokenKind::Colon && depth == 0
            });
        }
        end > 0 && rest[end - 1].kind == TokenKind::Colon
    }

    pub(super) fn match_statement(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let subject = self.expr_list()?;
        self.expect(TokenKind::Colon)?;
        if !self.eat(TokenKind::Newline) {
            return Err(self.expected("the end of the line"));
        }
        if !self.at(TokenKind::Indent) {
            let colon = self.span_of(self.tokens[self.at - 2]);
            return Err(self.report(Diagnostic::error(
                "missing-block",
                colon,
                "expected indented `case` clauses below `match`",
            )));
        }
        if self.blocks >= MAX_BLOCKS {
            let message = format!("blocks nest more than {MAX_BLOCKS} deep");
            return Err(self.report(Diagnostic::error("nesting-too-deep", self.here(), message)));
        }
        self.bump();
        self.blocks += 1;
        let cases = self.cases();
        self.blocks -= 1;
        self.eat(TokenKind::Dedent);
        self.reported = false;
        Ok(StmtKind::Match(Box::new(Match { subject, cases })))
    }

    /// The clauses of a block; one that is wrong is skipped.
    fn cases(&mut self) -> Vec<Case> {
        let mut cases = Vec::new();
        while !matches!(self.kind(), TokenKind::Dedent | TokenKind::End) {
            let first = self.at;
            self.reported = false;
            match self.case() {
                Ok(case) => cases.push(case),
                Err(_) => self.recover(first, &mut Vec::new()),
            }
        }
        cases
    }

    fn case(&mut self) -> Parsed<Case> {
        let start = self.start();
        if !self.at(TokenKind::Case) {
            return Err(self.expected("`case`"));
        }
        self.bump();
        let pattern = self.open_pattern()?;
        let guard = if self.eat(TokenKind::If) {
            Some(self.named_expr()?)
        } else {
            None
        };
        let body = self.block("`case`")?;
        Ok(Case {
            pattern,
            guard,
            body,
            span: self.span_from(start),
        })
    }

    fn pattern_from(&self, start: u32, kind: PatternKind) -> Pattern {
        Pattern {
            kind,
            span: self.span_from(start),
        }
    }

    /// A pattern that may be a sequence without brackets.
    fn open_pattern(&mut self) -> Parsed<Pattern> {
        let start = self.start();
        let first = self.sequence_item()?;
        if !self.at(TokenKind::Comma) {
            if let PatternKind::Star(_) = first.kind {
                return Err(self.expected("`,`"));
            }
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat(TokenKind::Comma) {
            if matches!(self.kind(), TokenKind::Colon | TokenKind::If) {
                break;
            }
            items.push(self.sequence_item()?);
        }
        Ok(self.pattern_from(start, PatternKind::Sequence(items)))
    }

    fn sequence_item(&mut self) -> Parsed<Pattern> {
        let start = self.start();
        if !self.eat(TokenKind::Star) {
            return self.pattern();
        }
        let name = self.ident("a name after `*`")?;
        let name = (name.name != "_").then_some(name);
        Ok(self.pattern_from(start, PatternKind::Star(name)))
    }

    /// `a | b as name`
    fn pattern(&mut self) -> Parsed<Pattern> {
        if self.nesting >= MAX_NESTING {
            let message = format!("patterns nest more than {MAX_NESTING} deep");
            return Err(self.report(Diagnostic::error("nesting-too-deep", self.here(), message)));
        }
        self.nesting += 1;
        let result = self.alternatives();
        self.nesting -= 1;
        result
    }

    fn alternatives(&mut self) -> Parsed<Pattern> {
        let start = self.start();
        let mut pattern = self.closed_pattern()?;
        if self.at(TokenKind::Pipe) {
            let mut alternatives = vec![pattern];
            while self.eat(TokenKind::Pipe) {
                alternatives.push(self.closed_pattern()?);
            }
            pattern = self.pattern_from(start, PatternKind::Or(alternatives));
        }
        match self.alias()? {
            Some(name) => {
                let pattern = Box::new(pattern);
                Ok(self.pattern_from(start, PatternKind::As { pattern, name }))
            }
            None => Ok(pattern),
        }
    }

    fn closed_pattern(&mut self) -> Parsed<Pattern> {
        use TokenKind as T;
        let start = self.start();
        match self.kind() {
            T::LeftParen => self.parenthesized_pattern(),
            T::LeftBracket => {
                self.bump();
                let items = self.comma_separated(T::RightBracket, Self::sequence_item)?;
                Ok(self.pattern_from(start, PatternKind::Sequence(items)))
            }
            T::LeftBrace => self.mapping_pattern(),
            T::Minus | T::Int | T::Float | T::Imaginary => {
                let value = self.pattern_number()?;
                Ok(self.pattern_from(start, PatternKind::Value(value)))
            }
            T::Str | T::True | T::False | T::None => {
                let value = self.atom()?;
                Ok(self.pattern_from(start, PatternKind::Value(value)))
            }
            kind if kind.is_name() => self.name_pattern(),
            _ => Err(self.expected("a pattern")),
        }
    }

    fn parenthesized_pattern(&mut self) -> Parsed<Pattern> {
        let start = self.start();
        self.bump();
        if self.eat(TokenKind::RightParen) {
            return Ok(self.pattern_from(start, PatternKind::Sequence(Vec::new())));
        }
        let first = self.sequence_item()?;
        let star = matches!(first.kind, PatternKind::Star(_));
        if !star && self.eat(TokenKind::RightParen) {
            return Ok(first);
        }
        let mut items = vec![first];
        if !self.at(TokenKind::Comma) {
            return Err(self.expected("`,` or `)`"));
        }
        self.bump();
        items.extend(self.comma_separated(TokenKind::RightParen, Self::sequence_item)?);
        Ok(self.pattern_from(start, PatternKind::Sequence(items)))
    }

    fn mapping_pattern(&mut self) -> Parsed<Pattern> {
        let start = self.start();
        self.bump();
        let mut rest = None;
        let pairs = self.comma_separated(TokenKind::RightBrace, |parser| {
            if parser.eat(TokenKind::StarStar) {
                rest = Some(parser.ident("a name after `**`")?);
                return Ok(None);
            }
            let key = match parser.kind() {
                TokenKind::Minus | TokenKind::Int | TokenKind::Float | TokenKind::Imaginary => {
                    parser.pattern_number()?
                }
                _ => parser.operand_expr()?,
            };
            parser.expect(TokenKind::Colon)?;
            Ok(Some((key, parser.pattern()?)))
        })?;
        let items = pairs.into_iter().flatten().collect();
        Ok(self.pattern_from(start, PatternKind::Mapping { items, rest }))
    }

    /// A number with a sign, or a complex one: `-1`, `1 + 2j`.
    fn pattern_number(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let left = self.signed_number()?;
        let op = match self.kind() {
            TokenKind::Plus => BinaryOp::Add,
            TokenKind::Minus => BinaryOp::Sub,
            _ => return Ok(left),
        };
        self.bump();
        if !self.at(TokenKind::Imaginary) {
            return Err(self.expected("an imaginary number"));
        }
        let right = self.atom()?;
        let (left, right) = (Box::new(left), Box::new(right));
        Ok(self.expr_from(start, ExprKind::Binary { op, left, right }))
    }

    fn signed_number(&mut self) -> Parsed<Expr> {
        let start = self.start();
        if !self.eat(TokenKind::Minus) {
            return self.atom();
        }
        let number = matches!(
            self.kind(),
            TokenKind::Int | TokenKind::Float | TokenKind::Imaginary
        );
        if !number {
            return Err(self.expected("a number"));
        }
        let operand = Box::new(self.atom()?);
        let op = crate::ast::UnaryOp::Minus;
        Ok(self.expr_from(start, ExprKind::Unary { op, operand }))
    }

    /// A capture, `_`, a dotted constant, or a class.
    fn name_pattern(&mut self) -> Parsed<Pattern> {
        let start = self.start();
        let name = self.ident("a name")?;
        let dotted = self.at(TokenKind::Dot);
        let mut value = Expr {
            kind: ExprKind::Name(name.name),
            span: name.span,
        };
        let mut length = 0;
        while self.eat(TokenKind::Dot) {
            length += 1;
            if length > MAX_NESTING {
                return Err(self.syntax_error(self.here(), "a dotted name this long is a mistake"));
            }
            let attr = self.ident("a name after `.`")?;
            let kind = ExprKind::Attribute {
                value: Box::new(value),
                attr,
            };
            value = self.expr_from(start, kind);
        }
        if self.eat(TokenKind::LeftParen) {
            return self.class_pattern(start, value);
        }
        let kind = if dotted {
            PatternKind::Value(value)
        } else if name.name == "_" {
            PatternKind::Wildcard
        } else {
            PatternKind::Capture(name)
        };
        Ok(self.pattern_from(start, kind))
    }

    fn class_pattern(&mut self, start: u32, class: Expr) -> Parsed<Pattern> {
        let mut positional = Vec::new();
        let mut keywords = Vec::new();
        self.comma_separated(TokenKind::RightParen, |parser| {
            if parser.kind().is_name() && parser.ahead(1) == TokenKind::Equal {
                let name = parser.ident("a field's name")?;
                parser.bump();
                keywords.push((name, parser.pattern()?));
            } else if keywords.is_empty() {
                positional.push(parser.pattern()?);
            } else {
                return Err(parser.expected("a field's name and `=`"));
            }
            Ok(())
        })?;
        let kind = PatternKind::Class {
            class,
            positional,
            keywords,
        };
        Ok(self.pattern_from(start, kind))
    }
}
