//! `and` and `or`.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::coerce::{Val, logical};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, LogicalOp, Stmt, StmtKind, Ty};

fn logical_op(op: ast::BoolOp) -> LogicalOp {
    match op {
        ast::BoolOp::And => LogicalOp::And,
        ast::BoolOp::Or => LogicalOp::Or,
    }
}

impl<'a> FnCx<'_, 'a> {
    /// `a and b`: on `Bool` itself; on other types the value that decides, as in Python.
    pub fn logical_expr(
        &mut self,
        op: ast::BoolOp,
        values: &'a [ast::Expr],
        want: Option<Ty>,
    ) -> Val {
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
                    result = self.value(value, want);
                    decided = self.known_test(value, &result.expr);
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
        for value in rest {
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
        // `a and b` is `b if a else a`, with `a` evaluated once.
        let (left, right) = if left_ty == right_ty && left.weak == right.weak {
            (self.settle(left), self.settle(right))
        } else if let (true, true) = (self.is_arithmetic(left_ty), self.is_arithmetic(right_ty)) {
            match self.meet(left, right) {
                Some((left, right)) => (self.settle(left), self.settle(right)),
                None => return self.logical_mismatch(op, left_ty, right_ty, span),
            }
        } else {
            return self.logical_mismatch(op, left_ty, right_ty, span);
        };
        let ty = left.ty;
        if self.cx.types.is_owning(ty) {
            return self.logical_mismatch(op, left_ty, right_ty, span);
        }
        let local = self.temp("v", ty, left.span);
        let stmts = vec![Stmt {
            span: left.span,
            kind: StmtKind::Bind { local, value: left },
        }];
        let test = self.load_local(local, span);
        let test = self.truth(test.into());
        let kept = self.load_local(local, span);
        let (then, orelse) = match op {
            LogicalOp::And => (right, kept),
            LogicalOp::Or => (kept, right),
        };
        let kind = ExprKind::If {
            condition: Box::new(test),
            then: Box::new(then),
            orelse: Box::new(orelse),
        };
        let value = Box::new(Expr { kind, ty, span });
        Val::strong(ExprKind::Block { stmts, value }, ty, span)
    }

    fn logical_mismatch(&mut self, op: LogicalOp, left: Ty, right: Ty, span: Span) -> Val {
        let (left, right) = (self.ty_name(left), self.ty_name(right));
        let word = if op == LogicalOp::And { "and" } else { "or" };
        let feature = format!("`{word}` of `{left}` and `{right}` as a value");
        self.report(
            diag::not_yet(span, &feature).help("compare them, so that both sides are `Bool`"),
        );
        Val::error(span)
    }
}
