//! Comparisons as exact as Python's: of integers with floats that have fewer bits, and of lists and tuples with themselves.

use mlc_diagnostics::Span;

use crate::call::Given;
use crate::coerce::{Val, Weak};
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, FloatKind, Root, Ty, TyKind};

/// From here on not every integer is an `f64`.
const FIRST_GAP: f64 = 9_007_199_254_740_992.0;

impl FnCx<'_, '_> {
    /// The sides of a comparison of an integer with a float that may not hold it, to be compared exactly: both as `f64` where that
    /// holds every value of both, otherwise the integer as it is with an `f64`.
    pub(super) fn exact_sides(&mut self, left: &Val, right: &Val) -> Option<(Expr, Expr)> {
        if self.is_inexact(left, right) {
            Some(self.exactly(left.clone(), right.clone()))
        } else if self.is_inexact(right, left) {
            let (right, left) = self.exactly(right.clone(), left.clone());
            Some((left, right))
        } else {
            None
        }
    }

    /// Whether both sides are one list or tuple: its items are the same objects, so they are equal, NaN and all.
    pub(super) fn is_one_sequence(&mut self, left: &Expr, right: &Expr) -> bool {
        let variable = |value: &Expr| match &value.kind {
            ExprKind::Move(place) | ExprKind::Load(place) if place.projections.is_empty() => {
                match place.root {
                    Root::Local(local) => Some(local),
                    _ => None,
                }
            }
            _ => None,
        };
        let ty = self.cx.resolve(left.ty);
        matches!(self.cx.types.kind(ty), TyKind::List(_) | TyKind::Tuple(_))
            && variable(left).is_some_and(|local| variable(right) == Some(local))
    }

    /// Searches a list of floats for an integer that may be none of their type.
    pub fn search_exactly(
        &mut self,
        function: &str,
        list: &Expr,
        item: &Val,
        span: Span,
    ) -> Option<Val> {
        let ty = self.cx.resolve(list.ty);
        let elem = match self.cx.types.kind(ty) {
            TyKind::List(elem) => self.cx.resolve(*elem),
            _ => return None,
        };
        if !self.is_inexact(item, &Val::strong(ExprKind::None, elem, span)) {
            return None;
        }
        let item = Val::from(self.settle(item.clone()));
        let args = [Val::from(list.clone()), item].map(|value| Given::Value(Box::new(value)));
        Some(self.call_library(function, args.into(), span))
    }

    /// Whether one value is an integer and the other a float that it may lie between two of.
    fn is_inexact(&mut self, int: &Val, float: &Val) -> bool {
        let [int_ty, float_ty] = [int, float].map(|value| self.cx.resolve(value.expr.ty));
        let kinds = [int_ty, float_ty].map(|ty| self.cx.types.kind(ty));
        let [&TyKind::Int { bits, signed }, &TyKind::Float(of)] = kinds else {
            return false;
        };
        if let Some(value) = int.constant() {
            let fits = i64::try_from(value).is_ok();
            return fits && of == FloatKind::F64 && value as f64 as i128 != value;
        }
        let digits = match of {
            FloatKind::F64 => f64::MANTISSA_DIGITS,
            FloatKind::F32 => f32::MANTISSA_DIGITS,
            FloatKind::F16 => 11,
            FloatKind::Bf16 => 8,
        };
        // An integer that rounds to a float below the first gap is that float.
        let is_small = match float.expr.kind {
            ExprKind::Float(value) if of == FloatKind::F64 || float.weak == Weak::Float => {
                !value.is_finite() || value.abs() < FIRST_GAP
            }
            _ => false,
        };
        u32::from(bits) - u32::from(signed) > digits && !is_small
    }

    fn exactly(&mut self, int: Val, float: Val) -> (Expr, Expr) {
        let float = self.settle(float);
        let float = self.cast_to(float, Ty::F64);
        let int = self.settle(int);
        match *self.cx.types.kind(int.ty) {
            TyKind::Int { bits, .. } if bits < 64 => (self.cast_to(int, Ty::F64), float),
            _ => (int, float),
        }
    }
}
