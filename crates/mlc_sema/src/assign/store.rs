//! `a[i] = value`, `a.b = value`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, Place, Root, StmtKind, Ty, TyKind};
impl<'a> FnCx<'_, 'a> {
    /// `a[i] = value`, `a.b = value`
    pub fn store(&mut self, target: &'a ast::Expr, value: Val, span: Span) {
        if self.python_store(target, &value, span) {
            return;
        }
        if let Some(done) = self.store_by_method(target, &value, span) {
            return done;
        }
        if self.is_lane(target) {
            return self.store_lane(target, |_, _| value, span);
        }
        let place = match self.operand(target, None) {
            Operand::Place(place) => place,
            Operand::Value(value) => {
                if !value.is_error() {
                    self.report(diag::bad_target(target.span));
                }
                return;
            }
        };
        if self.base_type(&place) == Some(Ty::STR) {
            self.report(
                diag::bad_target(target.span).help("a `String` cannot be changed; build a new one"),
            );
            return;
        }
        let value = self.stored_value(&place, value);
        if value.ty != Ty::ERROR && place.ty != Ty::ERROR {
            self.emit(StmtKind::store(place, value), span);
        }
    }

    /// Whether a target is a lane `v[i]` of a variable that holds a vector.
    pub fn is_lane(&mut self, target: &'a ast::Expr) -> bool {
        let Ast::Subscript { value, .. } = &target.kind else {
            return false;
        };
        let Ast::Name(name) = &value.kind else {
            return false;
        };
        let Some(local) = self.vars.get(name).map(|var| var.local) else {
            return false;
        };
        let ty = self.cx.resolve(self.local(local).ty);
        self.simd_parts(ty).is_some()
    }

    /// `v[i] = x`: the vector with another lane takes its place. `value` is given the lane as it is.
    pub fn store_lane(
        &mut self,
        target: &'a ast::Expr,
        value: impl FnOnce(&mut Self, Val) -> Val,
        span: Span,
    ) {
        let Ast::Subscript { value: base, index } = &target.kind else {
            return;
        };
        let place = self.place(base);
        let (Some(index), Some((elem, _))) = (self.index_value(index), self.simd_parts(place.ty))
        else {
            return;
        };
        let index = self.keep(index);
        let vector = self.read(place.clone());
        let old = self.simd_lane(place.clone(), index.clone(), elem, span);
        let new = value(self, old);
        let value = self.simd_with(vector, index, new, span).expr;
        if value.ty == Ty::ERROR {
            return;
        }
        let kind = match place.root {
            crate::hir::Root::Local(local) if self.local(local).mode == crate::hir::Mode::Owner => {
                StmtKind::Bind { local, value }
            }
            _ => StmtKind::store(place, value),
        };
        self.emit(kind, span);
    }

    /// A value for a place: of its type, or, for a view of an array, a scalar for every element, or another array or list
    /// that is taken element by element.
    pub(super) fn stored_value(&mut self, place: &Place, value: Val) -> Expr {
        let (to, from) = (self.cx.resolve(place.ty), self.cx.resolve(value.expr.ty));
        // A vector for a slice of as many elements.
        if let (TyKind::Array { elem, .. } | TyKind::List(elem), Some((lane, lanes))) =
            (self.cx.types.kind(to), self.simd_parts(from))
            && *elem == lane
            && self.is_lane_slice(place, lanes)
        {
            return value.expr;
        }
        if let TyKind::Array { elem, .. } = *self.cx.types.kind(to)
            && self.is_view(place)
        {
            if self.is_arithmetic(from) {
                return self.coerce(value, elem);
            }
            if matches!(
                self.cx.types.kind(from),
                TyKind::Array { .. } | TyKind::List(_)
            ) {
                return self.array_operand(value, elem);
            }
        }
        let value = self.coerce(value, to);
        // The items of another list are copied into a slice.
        let is_list = matches!(self.cx.types.kind(to), TyKind::List(_));
        if is_list && matches!(value.kind, ExprKind::Move(_)) && self.is_view(place) {
            return self.borrow(value);
        }
        crate::places::owned(value, &self.cx.types)
    }

    /// The type of what a place is a part of.
    fn base_type(&self, place: &Place) -> Option<Ty> {
        let last = place.projections.len().checked_sub(1)?;
        if let Some(before) = last.checked_sub(1) {
            return Some(place.projections[before].ty);
        }
        match &place.root {
            Root::Local(local) => Some(self.local(*local).ty),
            Root::Global(global) => Some(self.cx.globals[global.0 as usize].ty),
            Root::Constant(_) => None,
            Root::Temporary(value) | Root::Borrowed(value) => Some(value.ty),
        }
    }

    /// Whether a place is a part of an array, rather than a variable, field or item that holds one.
    fn is_view(&self, place: &Place) -> bool {
        let Some(last) = place.projections.last() else {
            return false;
        };
        match &last.kind {
            crate::hir::ProjectionKind::Slice(_)
            | crate::hir::ProjectionKind::Transpose(_)
            | crate::hir::ProjectionKind::Reshape(_) => true,
            crate::hir::ProjectionKind::Index { .. } => {
                // An item of a list may be an array itself; a row of an array is a view.
                let base = self.base_type(place);
                base.is_some_and(|base| matches!(self.cx.types.kind(base), TyKind::Array { .. }))
            }
            _ => false,
        }
    }
}
