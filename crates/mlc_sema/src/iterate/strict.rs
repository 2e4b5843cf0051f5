//! `zip(…, strict=True)`: where the lengths differ, an error comes after the last position that all have.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use super::Source;
use crate::call::Given;
use crate::func::FnCx;
use crate::hir::{BinaryOp, CompareOp, Expr, ExprKind, Stmt, StmtKind, Ty};

/// Where what is zipped ends.
pub(crate) struct Ends {
    counts: Vec<Expr>,
    /// The first position that not all have; -1 where the lengths are equal.
    unequal: Expr,
}

impl<'a> FnCx<'_, 'a> {
    pub(super) fn strict_zip(&mut self, mut sources: Vec<Source<'a>>, span: Span) -> Source<'a> {
        let mut counts = Vec::with_capacity(sources.len());
        for source in &mut sources {
            self.settle_source(source);
            let count = self.count(source, span);
            counts.push(self.keep(count));
        }
        let inner = Box::new(Source::Zip(sources));
        if Self::failed(&inner) || counts.len() < 2 {
            return *inner;
        }
        let lengths = self.list_of_ints(counts.clone(), span);
        let found = self.call_library("first_unequal", vec![lengths], span);
        let unequal = self.keep(found.expr);
        let ends = Ends { counts, unequal };
        Source::Strict { inner, ends }
    }

    fn list_of_ints(&mut self, items: Vec<Expr>, span: Span) -> Given<'a> {
        let list = Expr {
            kind: ExprKind::List(items),
            ty: self.cx.types.list(Ty::INT),
            span,
        };
        Given::Value(Box::new(list.into()))
    }

    /// How many positions a loop has, with the one that is an error.
    pub(super) fn count_to_end(&mut self, count: Expr, ends: &Ends, span: Span) -> Expr {
        let one = self.int(1, span);
        let last = self.int_binary(BinaryOp::Add, ends.unequal.clone(), one, span);
        self.int_binary(BinaryOp::Max, count, last, span)
    }

    pub(super) fn check_end(&mut self, ends: &Ends, position: Expr, span: Span) {
        let (at, unequal) = (position.clone(), ends.unequal.clone());
        let condition = self.compare_ints(CompareOp::Eq, at, unequal, span);
        let then = self.captured(|cx| {
            let counts = cx.list_of_ints(ends.counts.clone(), span);
            let position = Given::Value(Box::new(position.into()));
            let raised = cx.call_library("unequal_lengths", vec![counts, position], span);
            cx.emit(StmtKind::Expr(raised.expr), span);
        });
        let orelse: Vec<Stmt> = Vec::new();
        self.emit(
            StmtKind::If {
                condition,
                then,
                orelse,
            },
            span,
        );
    }

    /// Whether `strict` is given as anything but `False`; `None` where it is not known at compile time.
    pub(super) fn is_strict(&mut self, strict: Option<&'a ast::Expr>) -> Option<bool> {
        match strict.map(|strict| &strict.kind) {
            None | Some(ast::ExprKind::Bool(false)) => Some(false),
            Some(ast::ExprKind::Bool(true)) => Some(true),
            Some(_) => None,
        }
    }
}
