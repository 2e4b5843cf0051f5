//! Comparisons as exact as Python's: of integers with floats that have fewer bits, and of lists and tuples with themselves.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::call::Given;
use crate::coerce::{Val, Weak, logical};
use crate::func::FnCx;
use crate::hir::{
    Builtin, CompareOp, Expr, ExprKind, FloatKind, LogicalOp, Root, Ty, TyKind, TypeTable,
};

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

    /// `z == n` of a complex number and an integer that its real part may not hold: that part equals the integer exactly, and
    /// there is no imaginary one.
    pub(super) fn complex_equality(
        &mut self,
        op: CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let part = |types: &TypeTable, value: &Val| match types.kind(value.expr.ty) {
            TyKind::Complex(FloatKind::F32) => Some(Ty::F32),
            TyKind::Complex(_) => Some(Ty::F64),
            _ => None,
        };
        let (mut left, mut right) = (left.clone(), right.clone());
        let parts = [&left, &right].map(|value| part(&self.cx.types, value));
        let (complex, other, part) = match parts {
            [Some(part), None] => (&mut left, &right, part),
            [None, Some(part)] => (&mut right, &left, part),
            _ => return None,
        };
        let like_part = Val::strong(ExprKind::None, part, span);
        if !self.is_inexact(other, &like_part) {
            return None;
        }
        let (once, again) = self.evaluate_once(complex.clone());
        *complex = self.builtin(Builtin::ComplexReal, vec![once.expr], part, span);
        let imaginary = self.builtin(Builtin::ComplexImag, vec![again.expr], part, span);
        let zero = Val::strong(ExprKind::Float(0.0), part, span);
        let real = self.compare(ast::CompareOp::Eq, left, right, span);
        let imaginary = self.compare(ast::CompareOp::Eq, imaginary, zero, span);
        let equal = logical(LogicalOp::And, real.expr, imaginary.expr);
        Some(match op {
            CompareOp::Ne => self.not(equal).into(),
            _ => equal.into(),
        })
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

    /// Searches a list of numbers for one that may be none of their type.
    pub fn search_exactly(
        &mut self,
        function: &str,
        list: &Expr,
        item: &Val,
        span: Span,
    ) -> Option<Val> {
        if !self.is_sought_exactly(list, item) {
            return None;
        }
        let item = Val::from(self.settle(item.clone()));
        let args = [Val::from(list.clone()), item].map(|value| Given::Value(Box::new(value)));
        Some(self.call_library(function, args.into(), span))
    }

    /// Whether an item to find in a list of numbers may be none of their type.
    pub fn is_sought_exactly(&mut self, list: &Expr, item: &Val) -> bool {
        let ty = self.cx.resolve(list.ty);
        let TyKind::List(elem) = *self.cx.types.kind(ty) else {
            return false;
        };
        let elem = self.cx.resolve(elem);
        let like_items = Val::strong(ExprKind::None, elem, item.expr.span);
        self.is_inexact(item, &like_items) || self.is_wider(item, elem)
    }

    /// Whether a number is of a type that one of these items, which are numbers too, does not take.
    fn is_wider(&self, item: &Val, elem: Ty) -> bool {
        let types = &self.cx.types;
        let weak = match item.weak {
            Weak::Int => types.is_number(elem),
            Weak::Float => types.is_float(elem) || types.is_complex(elem),
            Weak::Complex => types.is_complex(elem),
            Weak::No => false,
        };
        let wide = self.widen(item.expr.ty, elem);
        !weak && wide.is_some_and(|wide| wide != elem)
    }

    /// Whether one value is an integer and the other a float that it may lie between two of.
    fn is_inexact(&mut self, int: &Val, float: &Val) -> bool {
        let [int_ty, float_ty] = [int, float].map(|value| self.cx.resolve(value.expr.ty));
        let kinds = [int_ty, float_ty].map(|ty| self.cx.types.kind(ty));
        let [
            &TyKind::Int { bits, signed },
            &(TyKind::Float(of) | TyKind::Complex(of)),
        ] = kinds
        else {
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
