//! `is` and `in`.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::coerce::{Val, into_place};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, CompareOp, Expr, ExprKind, Ty, TyKind};

impl FnCx<'_, '_> {
    /// `x is None`
    pub(super) fn identity(
        &mut self,
        op: ast::CompareOp,
        left: Val,
        right: Val,
        span: Span,
    ) -> Val {
        let negated = matches!(op, ast::CompareOp::IsNot | ast::CompareOp::NotEq);
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        if let Some(same) = self.python_is(&left, &right, span) {
            return if negated { self.not(same) } else { same }.into();
        }
        let tested = match (left_ty, right_ty) {
            (_, Ty::NONE) => left,
            (Ty::NONE, _) => right,
            _ => {
                let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
                let diagnostic = diag::bad_operands(span, op.as_str(), &left, &right);
                self.report(diagnostic.help("`is` tests for `None`; compare values with `==`"));
                return Val::error(span);
            }
        };
        let ty = self.cx.resolve(tested.expr.ty);
        if !matches!(
            self.cx.types.kind(ty),
            TyKind::Optional(_) | TyKind::Unknown(_)
        ) {
            let truth = (ty == Ty::NONE) != negated;
            return self.constant_bool(truth, tested.expr, span).into();
        }
        let place = Box::new(into_place(tested.expr));
        let some = Expr {
            kind: ExprKind::IsSome(place),
            ty: Ty::BOOL,
            span,
        };
        if negated {
            some.into()
        } else {
            self.not(some).into()
        }
    }

    /// `x in xs`
    pub(super) fn membership(
        &mut self,
        op: ast::CompareOp,
        left: Val,
        right: Val,
        span: Span,
    ) -> Val {
        let right = self.present(right);
        let right_ty = self.cx.resolve(right.expr.ty);
        let found = match self.cx.types.kind(right_ty).clone() {
            _ if let Some(found) = self.python_contains(&left, &right, span) => found,
            TyKind::Str => {
                let needle = self.coerce(left, Ty::STR);
                self.builtin(
                    Builtin::StrContains,
                    vec![needle, right.expr],
                    Ty::BOOL,
                    span,
                )
            }
            // As in NumPy, among all elements.
            TyKind::Array { dims, .. } if dims.len() > 1 => {
                let equal = self.array_compare(CompareOp::Eq, &right, &left, span);
                let equal = equal.unwrap_or_else(|| Val::error(span));
                if equal.is_error() {
                    return equal;
                }
                let equal = self.borrow(equal.expr);
                self.builtin(Builtin::Any, vec![equal], Ty::BOOL, span)
            }
            TyKind::List(elem) | TyKind::Array { elem, .. } => {
                let exact = self.search_exactly("found_in", &right.expr, &left, span);
                if let Some(found) = exact {
                    return match op {
                        ast::CompareOp::NotIn if !found.is_error() => self.not(found.expr).into(),
                        _ => found,
                    };
                }
                let item = self.coerce(left, elem);
                let item_value = Val::from(item.clone());
                match self.inner_search("found_in", &right.expr, &item_value, span) {
                    Some(found) => found,
                    None => {
                        let item = if self.cx.types.is_owning(elem) {
                            self.borrow(item)
                        } else {
                            item
                        };
                        let args = vec![self.borrow(right.expr), item];
                        self.builtin(Builtin::Contains, args, Ty::BOOL, span)
                    }
                }
            }
            TyKind::Tuple(items) => {
                return self.tuple_membership(op, left, right.expr, &items, span);
            }
            TyKind::Struct(_) if self.has_method(right_ty, "__contains__") => {
                let found = self.dunder_call("__contains__", right, vec![left], span);
                let found = found.unwrap_or_else(|| Val::error(span));
                if found.is_error() {
                    return found;
                }
                self.truth(found).into()
            }
            _ => {
                let (left, right) = (self.ty_name(left.expr.ty), self.ty_name(right_ty));
                self.report(diag::bad_operands(span, op.as_str(), &left, &right));
                return Val::error(span);
            }
        };
        if op == ast::CompareOp::NotIn && !found.is_error() {
            return self.not(found.expr).into();
        }
        found
    }
}
