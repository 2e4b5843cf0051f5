//! The small expressions that desugaring is made of.

use mlc_diagnostics::Span;

use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{Builtin, CompareOp, Expr, ExprKind, Place, Projection, ProjectionKind, Stmt, Ty};

impl FnCx<'_, '_> {
    pub fn project(&mut self, mut place: Place, kind: ProjectionKind, ty: Ty, span: Span) -> Place {
        place.projections.push(Projection { kind, ty, span });
        place.ty = ty;
        place.span = span;
        place
    }

    pub fn len_of(&mut self, place: Place, axis: u32, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Len {
                place: Box::new(place),
                axis,
            },
            ty: Ty::INT,
            span,
        }
    }

    pub fn int(&self, value: i128, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Int(value),
            ty: Ty::INT,
            span,
        }
    }

    pub fn bool(&self, truth: bool, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Bool(truth),
            ty: Ty::BOOL,
            span,
        }
    }

    pub fn str(&self, text: &str, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Str(text.into()),
            ty: Ty::STR,
            span,
        }
    }

    pub fn int_binary(
        &self,
        op: crate::hir::BinaryOp,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        Expr {
            kind: ExprKind::Binary {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            ty: Ty::INT,
            span,
        }
    }

    pub fn compare_ints(&self, op: CompareOp, left: Expr, right: Expr, span: Span) -> Expr {
        self.make_compare(op, left, right, span).expr
    }

    /// What `repr(value)` gives.
    pub fn repr_of(&mut self, value: Expr, span: Span) -> Val {
        if let Some(text) = self.python_text(&value, true, span) {
            return text;
        }
        if let Some(text) = self.text_method(&value, true, span) {
            return text;
        }
        let value = self.borrow(value);
        self.builtin(Builtin::Repr, vec![value], Ty::STR, span)
    }

    /// What `str(value)` gives.
    pub fn str_of(&mut self, value: Expr, span: Span) -> Val {
        if value.ty == Ty::STR {
            return value.into();
        }
        if let Some(text) = self.python_text(&value, false, span) {
            return text;
        }
        if let Some(text) = self.text_method(&value, false, span) {
            return text;
        }
        let arg = self.borrow(value);
        self.builtin(Builtin::Str, vec![arg], Ty::STR, span)
    }
}

pub(crate) fn with_stmts(stmts: Vec<Stmt>, value: Expr) -> Expr {
    if stmts.is_empty() {
        return value;
    }
    Expr {
        ty: value.ty,
        span: value.span,
        kind: ExprKind::Block {
            stmts,
            value: Box::new(value),
        },
    }
}

/// What the evaluation of a test whose truth is known does.
pub(crate) fn what_is_done(test: Expr) -> Vec<Stmt> {
    let mut done = Vec::new();
    let mut rest = test;
    while let ExprKind::Block { stmts, value } = rest.kind {
        done.extend(stmts);
        rest = *value;
    }
    done
}
