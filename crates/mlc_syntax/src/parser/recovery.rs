//! Reporting, and the way from a statement that is wrong to the next.

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashSet;

use super::{Parser, Reported};
use crate::Name;
use crate::ast::{Stmt, StmtKind};
use crate::token::TokenKind;

impl Parser<'_> {
    /// Reports what makes the current statement impossible, unless it has its message already.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        if !self.reported && !self.line_has_lexical_error() {
            self.diagnostics.push(diagnostic);
        }
        self.reported = true;
        Reported
    }

    /// Reports what leaves the rest of the statement readable.
    pub(super) fn report_and_go_on(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn syntax_error(&mut self, span: Span, message: impl Into<String>) -> Reported {
        self.report(Diagnostic::error("syntax", span, message))
    }

    /// "expected X, found Y" at the current token.
    pub(super) fn expected(&mut self, what: &str) -> Reported {
        let diagnostic = self.expected_here(what);
        self.report(diagnostic)
    }

    pub(super) fn expected_here(&self, what: &str) -> Diagnostic {
        let token = self.token();
        let found = match token.kind {
            TokenKind::Name => format!("`{}`", self.slice(token)),
            kind => kind.describe(),
        };
        let span = match token.kind {
            // What is missing at the end of a line is missing behind its last word.
            TokenKind::Newline | TokenKind::End | TokenKind::Dedent => {
                Span::new(self.file, self.last_end(), self.last_end())
            }
            _ => self.here(),
        };
        Diagnostic::error("syntax", span, format!("expected {what}, found {found}"))
    }

    /// Whether the lexer had something to say about the current logical line.
    fn line_has_lexical_error(&self) -> bool {
        if self.lexical.is_empty() {
            return false;
        }
        let breaks = |kind| {
            matches!(
                kind,
                TokenKind::Newline | TokenKind::End | TokenKind::Indent | TokenKind::Dedent
            )
        };
        let start = self.tokens[..self.at]
            .iter()
            .rposition(|token| breaks(token.kind))
            .map_or(0, |before| self.tokens[before].end);
        let end = self.tokens[self.at..]
            .iter()
            .find(|token| breaks(token.kind))
            .map_or(u32::MAX, |token| token.end);
        let first = self
            .lexical
            .partition_point(|diagnostic| diagnostic.primary.start < start);
        self.lexical[first..]
            .iter()
            .take_while(|diagnostic| diagnostic.primary.start <= end)
            .any(|diagnostic| diagnostic.code != "tab-indentation")
    }

    /// Skips the rest of a statement that started at token `first`, with its block, and leaves
    /// [`StmtKind::Invalid`] in its place.
    pub(super) fn recover(&mut self, first: usize, out: &mut Vec<Stmt>) {
        let already_past = self.at > first
            && matches!(
                self.tokens[self.at - 1].kind,
                TokenKind::Newline | TokenKind::Dedent
            );
        if !already_past {
            while !matches!(
                self.kind(),
                TokenKind::Newline | TokenKind::End | TokenKind::Indent | TokenKind::Dedent
            ) {
                self.bump();
            }
            self.eat(TokenKind::Newline);
        }
        if self.at(TokenKind::Indent) {
            self.skipped_block();
        }
        if self.at == first {
            self.bump();
        }
        let start = self.tokens[first].start;
        let names = self.names_between(first, self.at);
        out.push(self.stmt_from(start, StmtKind::Invalid { names }));
    }

    /// Parses a block for the errors in it alone.
    fn skipped_block(&mut self) {
        self.bump();
        if self.blocks >= super::MAX_BLOCKS {
            self.skip_to_dedent();
            return;
        }
        self.blocks += 1;
        let mut unused = Vec::new();
        while !matches!(self.kind(), TokenKind::Dedent | TokenKind::End) {
            self.statement(&mut unused);
        }
        self.blocks -= 1;
        self.eat(TokenKind::Dedent);
    }

    /// Past the end of the block that the current token lies in.
    pub(super) fn skip_to_dedent(&mut self) {
        let mut depth = 1u32;
        while !self.at(TokenKind::End) {
            match self.bump().kind {
                TokenKind::Indent => depth += 1,
                TokenKind::Dedent => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn names_between(&mut self, first: usize, end: usize) -> Vec<Name> {
        let mut seen = FxHashSet::default();
        let mut names = Vec::new();
        for index in first..end {
            let token = self.tokens[index];
            if token.kind.is_name() {
                let name = self.name_of(token);
                if seen.insert(name) {
                    names.push(name);
                }
            }
        }
        names
    }
}
