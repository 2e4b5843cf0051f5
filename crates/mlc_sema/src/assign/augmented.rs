//! `place op= value`.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Expr, ExprKind, Place, Root, StmtKind, Ty, TyKind, is_quiet};
use crate::ops::binary_op;
use crate::places::is_list_slice;
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    pub fn augmented(
        &mut self,
        target: &'a ast::Expr,
        op: ast::BinaryOp,
        value: &'a ast::Expr,
        span: Span,
    ) {
        if let Ast::Name(name) = &target.kind {
            return self.augmented_name(*name, target, op, value, span);
        }
        if !matches!(target.kind, Ast::Subscript { .. } | Ast::Attribute { .. }) {
            if !matches!(target.kind, Ast::Invalid) {
                self.report(diag::bad_target(target.span));
            }
            return;
        }
        if self.is_lane(target) {
            let update = |cx: &mut Self, old| {
                let value = cx.value(value, None);
                cx.binary(op, old, value, span)
            };
            return self.store_lane(target, update, span);
        }
        if self.python_update(target, op, value, span) {
            return;
        }
        if self.update_by_method(target, op, value, span).is_some() {
            return;
        }
        let place = match self.operand(target, None) {
            Operand::Place(place) => place,
            Operand::Value(found) => {
                self.value(value, None);
                if !found.is_error() {
                    self.report(diag::bad_target(target.span));
                }
                return;
            }
        };
        let ty = self.cx.resolve(place.ty);
        let place = match self.cx.types.kind(ty) {
            // What is no update in one operation is read, then written.
            TyKind::Array { .. } => place,
            _ if self.is_arithmetic(ty) => place,
            _ => self.pinned(place),
        };
        let want = match self.cx.types.kind(ty) {
            // Its elements change in place, as in NumPy.
            TyKind::Array { .. } => Want::written(ty),
            _ => self.want_in(&place, ty),
        };
        let value = self.added(op, ty, value, want);
        self.update(place, op, value, span);
    }

    /// The right side: what a list grows by may be what can only be iterated over.
    fn added(&mut self, op: ast::BinaryOp, ty: Ty, value: &'a ast::Expr, want: Want) -> Val {
        let span = value.span;
        let grows = op == ast::BinaryOp::Add && matches!(self.cx.types.kind(ty), TyKind::List(_));
        let value = match grows {
            true => self.listed(value, want),
            false => self.value(value, want),
        };
        let from = self.cx.resolve(value.expr.ty);
        match *self.cx.types.kind(from) {
            TyKind::Tuple(_) | TyKind::Str if grows => self.as_list(value, span),
            TyKind::Struct(id) if grows && self.cx.is_of_library(id) => self.as_list(value, span),
            _ => value,
        }
    }

    fn augmented_name(
        &mut self,
        name: Name,
        target: &'a ast::Expr,
        op: ast::BinaryOp,
        value: &'a ast::Expr,
        span: Span,
    ) {
        let place = match self.operand(target, None) {
            Operand::Place(place) => place,
            Operand::Value(found) => {
                self.value(value, None);
                if self.is_comptime(name) {
                    self.report(diag::constant_assigned(target.span, name.as_str()));
                } else if !found.is_error() {
                    self.report(diag::bad_target(target.span));
                }
                return;
            }
        };
        let ty = self.cx.resolve(place.ty);
        let want = match self.cx.types.kind(ty) {
            TyKind::List(_) => self.want_in(&place, ty),
            _ => Want::NOTHING,
        };
        let value = self.added(op, ty, value, want);
        let through = matches!(place.root, Root::Local(local) if self.local(local).mode == crate::hir::Mode::Mut);
        match self.cx.types.kind(ty).clone() {
            TyKind::List(_) | TyKind::Array { .. } => self.update(place, op, value, span),
            _ if through || matches!(place.root, Root::Global(_)) => {
                self.update(place, op, value, span)
            }
            _ => {
                let old = self.read(place);
                let before = old.clone().into();
                let in_place = match self.python_binary(op, true, &before, &value, span) {
                    None => self.in_place_method(op, &before, &value, span),
                    found => found,
                };
                let result = match in_place {
                    // It changed its `self`, and gives nothing to bind.
                    Some(value) if value.expr.ty == Ty::NONE => {
                        return self.emit(StmtKind::Expr(value.expr), span);
                    }
                    Some(value) => value,
                    None => self.binary(op, old.into(), value, span),
                };
                if result.is_error() {
                    return;
                }
                self.assign_name(name, target.span, result, span);
            }
        }
    }

    /// `place op= value`
    fn update(&mut self, place: Place, op: ast::BinaryOp, value: Val, span: Span) {
        if value.is_error() || place.ty == Ty::ERROR {
            return;
        }
        let ty = self.cx.resolve(place.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::List(elem) => return self.update_list(place, elem, op, value, span),
            TyKind::Array { elem, .. } => return self.update_array(place, elem, op, value, span),
            _ => {}
        }
        if ty == Ty::PYTHON_OBJECT {
            let current = self.read(place.clone());
            let result = self.python_binary(op, true, &current.into(), &value, span);
            let value = result.unwrap_or_else(|| Val::error(span)).expr;
            return self.emit(replaced(place, value), span);
        }
        let Some(operator) = binary_op(op) else {
            let (left, right) = (self.ty_name(ty), self.ty_name(value.expr.ty));
            return self.report(diag::bad_operands(span, op.as_str(), &left, &right));
        };
        if !self.is_arithmetic(ty) {
            // The place is read and written; what it holds is no number.
            let current = self.read(place.clone());
            if self.cx.types.is_owning(ty) && self.cx.struct_of(ty).is_none() {
                let (left, right) = (self.ty_name(ty), self.ty_name(value.expr.ty));
                return self.report(diag::bad_operands(span, op.as_str(), &left, &right));
            }
            let result = self.binary(op, current.into(), value, span);
            if result.is_error() {
                return;
            }
            let value = self.coerce(result, ty);
            return self.emit(replaced(place, value), span);
        }
        if operator == BinaryOp::Div && !self.cx.types.is_float(ty) && !self.cx.types.is_complex(ty)
        {
            let name = self.ty_name(ty);
            return self.report(diag::narrowing(span, &name, "f64"));
        }
        let shift = matches!(operator, BinaryOp::Shl | BinaryOp::Shr);
        let value = if shift {
            let value = self.settle(value);
            if self.cx.types.is_int(value.ty) {
                value
            } else {
                self.coerce(value.into(), ty)
            }
        } else {
            self.coerce(value, ty)
        };
        if value.ty != Ty::ERROR {
            let op = operator;
            self.emit(StmtKind::Update { place, op, value }, span);
        }
    }

    fn update_list(&mut self, place: Place, elem: Ty, op: ast::BinaryOp, value: Val, span: Span) {
        let from = self.cx.resolve(value.expr.ty);
        let list = Expr {
            ty: place.ty,
            span: place.span,
            kind: ExprKind::Borrow {
                place: place.clone(),
                mutable: true,
            },
        };
        match (op, self.cx.types.kind(from).clone()) {
            // What a slice grows by stands behind it.
            (ast::BinaryOp::Add, TyKind::List(_)) if is_list_slice(&place, &self.cx.types) => {
                let behind = match is_quiet(&value.expr) {
                    true => self.behind_slice(&place),
                    false => None,
                };
                let (place, value) = match behind {
                    Some(behind) => (behind, value),
                    // One with a step keeps its length: as in Python, that is an error.
                    None => {
                        let old = self.read(place.clone());
                        (place, self.binary(op, old.into(), value, span))
                    }
                };
                let value = self.stored_value(&place, value);
                if value.ty != Ty::ERROR {
                    self.emit(replaced(place, value), span);
                }
            }
            (ast::BinaryOp::Add, TyKind::List(_)) => {
                let value = self.coerce(value, place.ty);
                let value = self.borrow(value);
                let call = self.builtin(
                    crate::hir::Builtin::ListExtend,
                    vec![list, value],
                    Ty::NONE,
                    span,
                );
                if !call.is_error() {
                    self.emit(StmtKind::Expr(call.expr), span);
                }
            }
            (ast::BinaryOp::Mul, TyKind::Int { .. }) => {
                let count = self.coerce(value, Ty::INT);
                let shared = self.read(place.clone());
                let shared = self.borrow(shared);
                let ty = place.ty;
                let value = self.builtin(
                    crate::hir::Builtin::ListRepeat,
                    vec![shared, count],
                    ty,
                    span,
                );
                if !value.is_error() {
                    self.emit(replaced(place, value.expr), span);
                }
            }
            _ => self.update_array(place, elem, op, value, span),
        }
    }

    /// Element by element, with a scalar or with another list or array.
    fn update_array(&mut self, place: Place, elem: Ty, op: ast::BinaryOp, value: Val, span: Span) {
        let from = self.cx.resolve(value.expr.ty);
        let ty = self.cx.resolve(place.ty);
        let (Some(operator), true) = (binary_op(op), self.is_arithmetic(elem)) else {
            let (left, right) = (self.ty_name(ty), self.ty_name(from));
            return self.report(diag::bad_operands(span, op.as_str(), &left, &right));
        };
        if operator == BinaryOp::Div
            && !self.cx.types.is_float(elem)
            && !self.cx.types.is_complex(elem)
        {
            let name = self.ty_name(ty);
            return self.report(diag::narrowing(span, &name, "[f64]"));
        }
        let value = match self.cx.types.kind(from) {
            TyKind::List(_) | TyKind::Array { .. } => self.array_operand(value, elem),
            _ => self.coerce(value, elem),
        };
        if value.ty != Ty::ERROR {
            let op = operator;
            self.emit(StmtKind::Update { place, op, value }, span);
        }
    }
}

/// The value of `place op value`, which has read the place, is stored there.
fn replaced(place: Place, value: Expr) -> StmtKind {
    StmtKind::Store {
        place,
        value,
        updates: true,
    }
}
