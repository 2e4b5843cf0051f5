//! Values that are evaluated on one path only: conditional expressions, the right sides of `and` and `or`.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self};

use super::made::{what_is_done, with_stmts};
use crate::coerce::{Val, Weak};
use crate::diag;
use crate::func::{Delta, FnCx, Var};
use crate::hir::{Expr, ExprKind, LogicalOp, Stmt, Ty, TyKind};
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    /// `body if test else orelse`
    pub(super) fn conditional(&mut self, item: &'a ast::IfElse, want: Want, span: Span) -> Val {
        let condition = self.condition(&item.test);
        if let Some(truth) = self.known_test(&item.test, &condition) {
            let chosen = self.value(if truth { &item.body } else { &item.orelse }, want);
            let expr = with_stmts(what_is_done(condition), chosen.expr);
            return Val { expr, ..chosen };
        }
        let narrowed = self.narrowings_of(&condition);
        let (then, then_stmts, in_then) = self.branch_value(&narrowed.when_true, |cx| {
            cx.assume_bound(&condition, true);
            cx.value(&item.body, want)
        });
        let (orelse, else_stmts, in_else) = self.branch_value(&narrowed.when_false, |cx| {
            cx.assume_bound(&condition, false);
            cx.value(&item.orelse, want)
        });
        self.bound_on_one_path(&in_then, Some(&in_else), span);
        self.bound_on_one_path(&in_else, Some(&in_then), span);
        if then.is_error() != orelse.is_error() {
            // Where one branch is wrong, or needs a result that is not known yet, the other one tells the type.
            return if then.is_error() { orelse } else { then };
        }
        if then.is_error() || orelse.is_error() || condition.ty == Ty::ERROR {
            return Val::error(span);
        }
        let (then, orelse) = match want.ty() {
            Some(ty) if !self.cx.types.is_scalar(ty) && self.is_certain(want) => {
                (self.coerce(then, ty).into(), self.coerce(orelse, ty).into())
            }
            _ => match self.same_type(then, orelse, span) {
                Some(both) => both,
                None => return Val::error(span),
            },
        };
        let weak = if then.weak == Weak::Float && orelse.weak == Weak::Float {
            Weak::Float
        } else {
            Weak::No
        };
        let (then, orelse) = if weak == Weak::Float {
            (then.expr, orelse.expr)
        } else {
            (self.settle(then), self.settle(orelse))
        };
        let ty = then.ty;
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(with_stmts(then_stmts, then)),
            orelse: Box::new(with_stmts(else_stmts, orelse)),
        };
        Val {
            expr: Expr { kind, ty, span },
            weak,
        }
    }

    /// Two values of which one is taken: numbers meet, anything else must agree.
    pub fn same_type(&mut self, left: Val, right: Val, span: Span) -> Option<(Val, Val)> {
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        if left_ty == right_ty && left.weak == right.weak {
            return Some((left, right));
        }
        if left_ty == Ty::PYTHON_OBJECT || right_ty == Ty::PYTHON_OBJECT {
            return Some((self.object_of(left).into(), self.object_of(right).into()));
        }
        if self.is_arithmetic(left_ty)
            && self.is_arithmetic(right_ty)
            && (left_ty == Ty::BOOL) == (right_ty == Ty::BOOL)
            && let Some(both) = self.meet(left.clone(), right.clone())
        {
            return Some(both);
        }
        if left_ty == Ty::NONE || right_ty == Ty::NONE {
            let inner = if left_ty == Ty::NONE {
                right_ty
            } else {
                left_ty
            };
            let ty = match self.cx.types.kind(inner) {
                TyKind::Optional(_) => inner,
                _ => self.cx.types.optional(inner),
            };
            return Some((self.coerce(left, ty).into(), self.coerce(right, ty).into()));
        }
        if let TyKind::Optional(_) = self.cx.types.kind(left_ty) {
            return Some((left, self.coerce(right, left_ty).into()));
        }
        if let TyKind::Optional(_) = self.cx.types.kind(right_ty) {
            return Some((self.coerce(left, right_ty).into(), right));
        }
        if self.cx.unify(left_ty, right_ty) {
            return Some((left, right));
        }
        let (expected, found) = (self.ty_name(left_ty), self.ty_name(right_ty));
        let at = if right.expr.span.is_none() {
            span
        } else {
            right.expr.span
        };
        self.report(diag::type_mismatch(at, &expected, &found));
        None
    }

    /// A value that is evaluated on one path only, with the statements that it needs.
    fn branch_value(
        &mut self,
        narrowed: &[Name],
        evaluate: impl FnOnce(&mut Self) -> Val,
    ) -> (Val, Vec<Stmt>, Delta) {
        let mut value = None;
        let path = self.path(|cx| {
            let undo = cx.assume(narrowed);
            value = Some(evaluate(cx));
            cx.restore(undo);
        });
        let value = value.unwrap_or_else(|| Val::error(Span::NONE));
        (value, path.stmts, path.delta)
    }

    /// What `:=` has bound on one path is bound on that only. Where it has another type there than in front, what it has behind
    /// is open.
    fn bound_on_one_path(&mut self, path: &Delta, other: Option<&Delta>, span: Span) {
        for (name, var) in path.iter() {
            let Some(var) = var else {
                continue;
            };
            let there = other.and_then(|other| other.get(name)).flatten();
            let before = match there {
                Some(there) => Some(there),
                None => self.vars.get(&name).copied(),
            };
            let is_same = before.is_none_or(|before| before.local == var.local);
            if is_same || self.local(var.local).ty == Ty::ERROR {
                let certain = var.certain && before.is_some_and(|before| before.certain);
                self.set_var(name, Some(Var { certain, ..var }));
                continue;
            }
            let feature =
                format!("`{name}`, bound at another type on one way through an expression only,");
            let help = format!("write its type where it is bound first: `{name}: T = …`");
            let diagnostic = diag::not_yet(span, &feature).help(help);
            let local = self.conflict(name, diagnostic, span);
            self.bound_perhaps.insert(local, var.local);
            let certain = true;
            self.set_var(name, Some(Var { local, certain }));
        }
    }

    /// The right side of `and` and `or`: evaluated only where the left does not decide, under what the left has shown.
    pub fn narrowed_operand(
        &mut self,
        op: LogicalOp,
        left: &Val,
        right: &'a ast::Expr,
        want: Want,
    ) -> Val {
        let narrowed = self.shown_by(op, &left.expr);
        let (value, stmts, path) = self.branch_value(&narrowed, |cx| {
            cx.assume_bound(&left.expr, op == LogicalOp::And);
            cx.value(right, want)
        });
        self.bound_on_one_path(&path, None, right.span);
        Val {
            expr: with_stmts(stmts, value.expr),
            weak: value.weak,
        }
    }

    /// The right side of `and` and `or` where only its truth matters.
    pub fn narrowed_condition(&mut self, op: LogicalOp, left: &Expr, right: &'a ast::Expr) -> Expr {
        let narrowed = self.shown_by(op, left);
        let (value, stmts, path) = self.branch_value(&narrowed, |cx| {
            cx.assume_bound(left, op == LogicalOp::And);
            cx.condition(right).into()
        });
        self.bound_on_one_path(&path, None, right.span);
        with_stmts(stmts, value.expr)
    }

    /// The names that are narrowed where `left` does not decide.
    fn shown_by(&mut self, op: LogicalOp, left: &Expr) -> Vec<Name> {
        let shown = self.narrowings_of(left);
        if op == LogicalOp::And {
            shown.when_true
        } else {
            shown.when_false
        }
    }
}
