//! `and` and `or`.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast;

use crate::coerce::{Val, logical};
use crate::expr::{what_is_done, with_stmts};
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, LogicalOp, ProjectionKind, Ty, TyKind};
use crate::want::Want;

fn logical_op(op: ast::BoolOp) -> LogicalOp {
    match op {
        ast::BoolOp::And => LogicalOp::And,
        ast::BoolOp::Or => LogicalOp::Or,
    }
}

impl<'a> FnCx<'_, 'a> {
    /// `a and b`: on `Bool` itself; on other types the value that decides, as in Python.
    pub fn logical_expr(&mut self, op: ast::BoolOp, values: &'a [ast::Expr], want: Want) -> Val {
        let op = logical_op(op);
        let Some((first, rest)) = values.split_first() else {
            return Val::error(Span::NONE);
        };
        let mut result = self.value(first, want);
        let mut decided = self.known_test(first, &result.expr);
        for value in rest {
            // What a test of types decides, the rest need not make sense of.
            match (decided, op) {
                (Some(false), LogicalOp::And) | (Some(true), LogicalOp::Or) => return result,
                (Some(_), _) => {
                    let done = what_is_done(result.expr);
                    result = self.value(value, want);
                    decided = self.known_test(value, &result.expr);
                    result.expr = with_stmts(done, result.expr);
                    continue;
                }
                (None, _) => {}
            }
            let path = self.narrowed_operand(op, &result, value, want);
            result = self.logical_pair(op, result, path);
        }
        result
    }

    /// `a and b` where only its truth matters: the sides may be of any types.
    pub fn logical_condition(&mut self, op: ast::BoolOp, values: &'a [ast::Expr]) -> Expr {
        let op = logical_op(op);
        let Some((first, rest)) = values.split_first() else {
            return Val::error(Span::NONE).expr;
        };
        let mut result = self.condition(first);
        let mut decided = self.known_test(first, &result);
        for value in rest {
            match (decided, op) {
                (Some(false), LogicalOp::And) | (Some(true), LogicalOp::Or) => return result,
                (Some(_), _) => {
                    let done = what_is_done(result);
                    let right = self.condition(value);
                    decided = self.known_test(value, &right);
                    result = with_stmts(done, right);
                    continue;
                }
                (None, _) => {}
            }
            let right = self.narrowed_condition(op, &result, value);
            result = if result.ty == Ty::ERROR || right.ty == Ty::ERROR {
                Val::error(result.span.to(right.span)).expr
            } else {
                logical(op, result, right)
            };
        }
        result
    }

    fn logical_pair(&mut self, op: LogicalOp, left: Val, right: Val) -> Val {
        let span = left.expr.span.to(right.expr.span);
        if left.is_error() || right.is_error() {
            return Val::error(span);
        }
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        if left_ty == Ty::BOOL && right_ty == Ty::BOOL {
            return logical(op, left.expr, right.expr).into();
        }
        if self.is_arithmetic(left_ty) && self.is_arithmetic(right_ty) {
            return match self.meet(left, right) {
                Some((left, right)) => {
                    let (left, right) = (self.settle(left), self.settle(right));
                    self.decided(op, left, right, span)
                }
                None => self.logical_mismatch(op, left_ty, right_ty, span),
            };
        }
        let (left, right) = (self.settle(left), self.settle(right));
        self.decided(op, left, right, span)
    }

    /// `a and b` is `b if a else a`, `a or b` is `a if a else b`, with `a` evaluated once.
    fn decided(&mut self, op: LogicalOp, left: Expr, right: Expr, span: Span) -> Val {
        let (left_ty, right_ty) = (left.ty, right.ty);
        let (place, stmts) = self.place_to_read(left, span);
        let test = self.read(place.clone());
        let test = self.truth(test.into());
        if test.ty == Ty::ERROR {
            return Val::error(span);
        }
        let kept = match (op, self.cx.types.kind(left_ty)) {
            // What counts as true is no `None`.
            (LogicalOp::Or, &TyKind::Optional(inner)) if right_ty != Ty::NONE => {
                let unwrap = ProjectionKind::Unwrap { checked: false };
                let inside = self.project(place, unwrap, inner, span);
                self.read(inside)
            }
            _ => self.read(place),
        };
        let value = match (op, left_ty) {
            (LogicalOp::And, Ty::NONE) => kept,
            (LogicalOp::Or, Ty::NONE) => right,
            _ => {
                if !self.agree(kept.ty, right.ty) {
                    return self.logical_mismatch(op, left_ty, right_ty, span);
                }
                let Some((kept, right)) = self.same_type(kept.into(), right.into(), span) else {
                    return Val::error(span);
                };
                let (then, orelse) = match op {
                    LogicalOp::And => (right.expr, kept.expr),
                    LogicalOp::Or => (kept.expr, right.expr),
                };
                Expr {
                    ty: then.ty,
                    kind: ExprKind::If {
                        condition: Box::new(test),
                        then: Box::new(then),
                        orelse: Box::new(orelse),
                    },
                    span,
                }
            }
        };
        with_stmts(stmts, value).into()
    }

    /// Whether one type can hold values of both.
    fn agree(&mut self, left: Ty, right: Ty) -> bool {
        let inner = |cx: &Self, ty: Ty| match *cx.cx.types.kind(ty) {
            TyKind::Optional(inner) => inner,
            _ => ty,
        };
        let (left, right) = (inner(self, left), inner(self, right));
        left == Ty::NONE
            || right == Ty::NONE
            || left == Ty::PYTHON_OBJECT
            || right == Ty::PYTHON_OBJECT
            || (self.is_arithmetic(left) && self.is_arithmetic(right))
            || self.cx.unify(left, right)
    }

    fn logical_mismatch(&mut self, op: LogicalOp, left: Ty, right: Ty, span: Span) -> Val {
        let (left, right) = (self.ty_name(left), self.ty_name(right));
        let word = if op == LogicalOp::And { "and" } else { "or" };
        let message = format!("`{word}` would give `{left}` or `{right}` here");
        self.report(
            Diagnostic::error("type-mismatch", span, message)
                .help("compare them, so that both sides are `Bool`"),
        );
        Val::error(span)
    }
}
