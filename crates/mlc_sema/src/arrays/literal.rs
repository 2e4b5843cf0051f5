//! List literals where an array is written.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast;

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Dim, Expr, ExprKind, Fill, Ty};
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    /// `[a, b, c]` where an array is written; `[]` is all zeros.
    pub fn array_literal(
        &mut self,
        items: &'a [ast::Expr],
        ty: Ty,
        elem: Ty,
        dims: &[Dim],
        span: Span,
    ) -> Val {
        if items.is_empty() && dims.iter().all(|dim| matches!(dim, Dim::Static(_))) {
            if !self.is_arithmetic(elem) {
                let found = self.ty_name(elem);
                let feature = format!("an array of `{found}` without items");
                self.report(diag::not_yet(span, &feature));
                return Val::error(span);
            }
            let shape = (0..dims.len())
                .map(|axis| match dims[axis] {
                    Dim::Static(extent) => self.int(i128::from(extent), span),
                    Dim::Dynamic => self.int(0, span),
                })
                .collect();
            let zero = self.zero(elem, span);
            let fill = Fill::Value(Box::new(zero));
            return Val::strong(ExprKind::ArrayFill { shape, fill }, ty, span);
        }
        let mut values = Vec::new();
        if !self.array_items(items, elem, dims, &mut values, span) {
            return Val::error(span);
        }
        let shape = literal_shape(items, dims.len());
        let kind = ExprKind::Array {
            items: values,
            shape,
        };
        Val::strong(kind, ty, span)
    }

    pub fn zero(&mut self, elem: Ty, span: Span) -> Expr {
        if elem == Ty::BOOL {
            return Val::strong(ExprKind::Bool(false), Ty::BOOL, span).expr;
        }
        self.coerce(Val::int(0, span), elem)
    }

    fn array_items(
        &mut self,
        items: &'a [ast::Expr],
        elem: Ty,
        dims: &[Dim],
        values: &mut Vec<Expr>,
        span: Span,
    ) -> bool {
        if let Dim::Static(extent) = dims[0]
            && extent != items.len() as u64
        {
            let message = format!("expected {extent} items, found {}", items.len());
            self.report(Diagnostic::error("type-mismatch", span, message));
            return false;
        }
        for item in items {
            if dims.len() == 1 {
                let value = self.value_for(item, Want::written(elem), elem);
                if value.ty == Ty::ERROR {
                    return false;
                }
                values.push(value);
                continue;
            }
            let ast::ExprKind::List(inner) = &item.kind else {
                self.report(diag::not_yet(
                    item.span,
                    "an array of rows that are not literals",
                ));
                return false;
            };
            let first = match &items[0].kind {
                ast::ExprKind::List(first) => first.len(),
                _ => inner.len(),
            };
            if inner.len() != first {
                let message = format!("expected {first} items, found {}", inner.len());
                self.report(Diagnostic::error("type-mismatch", item.span, message));
                return false;
            }
            if !self.array_items(inner, elem, &dims[1..], values, item.span) {
                return false;
            }
        }
        true
    }
}

/// The extents of a literal of rows of one length. Those of rows that are not there are zero.
fn literal_shape(items: &[ast::Expr], rank: usize) -> Vec<u64> {
    let mut shape = Vec::with_capacity(rank);
    let mut items = items;
    while shape.len() < rank {
        shape.push(items.len() as u64);
        items = match items.first().map(|item| &item.kind) {
            Some(ast::ExprKind::List(inner)) => inner,
            _ => &[],
        };
    }
    shape
}
