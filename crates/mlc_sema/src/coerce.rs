//! Values while they are being typed: what is weak, and how a value becomes one of the type that is expected.
//!
//! A value is *weak* as long as its type is only a default: constant integers, and float expressions made of literals
//! and `Int` values alone. Meeting a typed value or an expected type, the whole expression takes that type.

mod meet;
mod truth;
mod weak;

pub(crate) use truth::{constant_for, logical};
pub(crate) use weak::{Val, Weak, int_range, retype};

use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    Dim, Expr, ExprKind, Place, Projection, ProjectionKind, Root, Stmt, StmtKind, Ty, TyKind,
};

impl FnCx<'_, '_> {
    /// The value as one of type `to`, with an error where that needs a conversion that is not implicit.
    pub fn coerce(&mut self, value: Val, to: Ty) -> Expr {
        let (to, from) = (self.cx.resolve(to), self.cx.resolve(value.expr.ty));
        let Val { mut expr, weak } = value;
        let span = expr.span;
        if from == to {
            expr.ty = to;
            return self.checked_constant(expr, weak);
        }
        if from == Ty::ERROR || to == Ty::ERROR {
            expr.ty = Ty::ERROR;
            return expr;
        }
        if to == Ty::PYTHON_OBJECT {
            return self.object_of(Val { expr, weak });
        }
        let to_kind = self.cx.types.kind(to).clone();
        match (weak, &to_kind) {
            (Weak::Int, TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_)) => {
                return self.constant_as(expr, to);
            }
            (Weak::Float, TyKind::Float(_)) | (Weak::Complex, TyKind::Complex(_)) => {
                retype(&mut expr, to);
                return expr;
            }
            (Weak::Float, &TyKind::Complex(part)) => {
                retype(&mut expr, Ty::float(part));
                return self.cast_to(expr, to);
            }
            (_, &TyKind::Simd { elem, .. }) if self.is_arithmetic(from) => {
                let lane = self.coerce(Val { expr, weak }, elem);
                return self.splat(lane, to, span).expr;
            }
            _ => {}
        }
        if let TyKind::Optional(inner) = to_kind {
            if from == Ty::NONE {
                expr.kind = ExprKind::Nothing;
                expr.ty = to;
                return expr;
            }
            if !matches!(self.cx.types.kind(from), TyKind::Optional(_)) {
                let value = self.coerce(Val { expr, weak }, inner);
                return Expr {
                    kind: ExprKind::Some(Box::new(value)),
                    ty: to,
                    span,
                };
            }
        }
        if self.cx.unify(from, to) {
            expr.ty = self.cx.resolve(to);
            return expr;
        }
        if let TyKind::Optional(inner) = *self.cx.types.kind(from) {
            let value = self.unwrap(expr, inner, true);
            return self.coerce(value.into(), to);
        }
        if self.loses_extents(from, to) {
            expr.ty = to;
            return expr;
        }
        if self.widen(from, to) == Some(to) {
            return self.cast_to(expr, to);
        }
        let (expected, found) = (self.ty_name(to), self.ty_name(from));
        if from == Ty::PYTHON_OBJECT {
            let diagnostic = diag::type_mismatch(span, &expected, &found);
            self.report(diagnostic.help(format!("convert the object: `{expected}(…)`")));
            return Expr {
                ty: Ty::ERROR,
                ..expr
            };
        }
        let convertible = self.is_arithmetic(from) && self.cx.types.is_number(to);
        let diagnostic = match convertible {
            true => diag::narrowing(span, &expected, &found),
            false => diag::type_mismatch(span, &expected, &found),
        };
        self.report(if self.is_list_for(from, to) {
            diagnostic.help(format!(
                "a list is made an array where an array type is written, or by `{expected}(…)`"
            ))
        } else if to == Ty::NONE {
            diagnostic.help(format!(
                "where `None` is stored first, write a type that takes both: `{found}?`"
            ))
        } else {
            diagnostic
        });
        Expr {
            ty: Ty::ERROR,
            ..expr
        }
    }

    /// Whether an array can be made of the items of a list.
    fn is_list_for(&self, list: Ty, array: Ty) -> bool {
        match (self.cx.types.kind(list), self.cx.types.kind(array)) {
            (&TyKind::List(item), TyKind::Array { elem, dims }) => match **dims {
                [_] => item == *elem || (self.is_arithmetic(item) && self.is_arithmetic(*elem)),
                [_, _] => *self.cx.types.kind(item) == TyKind::List(*elem),
                _ => false,
            },
            _ => false,
        }
    }

    /// A constant `Int` is within 64 bits.
    fn checked_constant(&mut self, expr: Expr, weak: Weak) -> Expr {
        if weak == Weak::Int {
            return self.constant_as(expr, Ty::INT);
        }
        expr
    }

    /// A weak value at its default type.
    pub fn settle(&mut self, value: Val) -> Expr {
        self.checked_constant(value.expr, value.weak)
    }

    fn constant_as(&mut self, mut expr: Expr, to: Ty) -> Expr {
        let ExprKind::Int(value) = expr.kind else {
            return expr;
        };
        match *self.cx.types.kind(to) {
            TyKind::Int { bits, signed } => {
                let (low, high) = int_range(bits, signed);
                if value < low || value > high {
                    let ty = self.ty_name(to);
                    self.report(diag::out_of_range(expr.span, &value.to_string(), &ty));
                    expr.ty = Ty::ERROR;
                    return expr;
                }
            }
            TyKind::Float(_) => expr.kind = ExprKind::Float(value as f64),
            TyKind::Complex(_) => expr.kind = ExprKind::Complex(value as f64, 0.0),
            _ => {}
        }
        expr.ty = to;
        expr
    }

    /// The value inside an optional.
    pub fn unwrap(&mut self, expr: Expr, inner: Ty, checked: bool) -> Expr {
        let span = expr.span;
        let projection = Projection {
            kind: ProjectionKind::Unwrap { checked },
            ty: inner,
            span,
        };
        let mut place = match expr.kind {
            ExprKind::Load(place) | ExprKind::Move(place) => place,
            _ => temporary(expr),
        };
        place.projections.push(projection);
        place.ty = inner;
        self.read(place)
    }

    /// `[T; N]` passes to `[T; _]`.
    fn loses_extents(&self, from: Ty, to: Ty) -> bool {
        match (self.cx.types.kind(from), self.cx.types.kind(to)) {
            (
                TyKind::Array { elem, dims },
                TyKind::Array {
                    elem: to_elem,
                    dims: to_dims,
                },
            ) => {
                elem == to_elem
                    && dims.len() == to_dims.len()
                    && (dims.iter().zip(to_dims))
                        .all(|(from, to)| from == to || *to == Dim::Dynamic)
            }
            _ => false,
        }
    }

    /// A conversion node, unless the type is that already; constants are converted here.
    pub fn cast_to(&mut self, expr: Expr, to: Ty) -> Expr {
        if expr.ty == to || expr.ty == Ty::ERROR || to == Ty::ERROR {
            return expr;
        }
        let span = expr.span;
        if let (ExprKind::Int(value), TyKind::Float(_)) = (&expr.kind, self.cx.types.kind(to)) {
            let kind = ExprKind::Float(*value as f64);
            return Expr { kind, ty: to, span };
        }
        Expr {
            kind: ExprKind::Cast(Box::new(expr)),
            ty: to,
            span,
        }
    }

    /// The value of a place: a load, or provisionally a move, which becomes a borrow where the value is only passed.
    pub fn read(&mut self, mut place: Place) -> Expr {
        place.ty = self.cx.resolve(place.ty);
        let (ty, span) = (place.ty, place.span);
        // There is one value of this type.
        let is_variable =
            place.projections.is_empty() && matches!(place.root, Root::Local(_) | Root::Global(_));
        if ty == Ty::NONE && is_variable {
            let kind = ExprKind::None;
            return Expr { kind, ty, span };
        }
        // A value that was put into a place only to be read from it.
        if place.projections.is_empty()
            && !self.cx.types.is_owning(ty)
            && let Root::Temporary(value) = place.root
        {
            return *value;
        }
        let kind = if self.cx.types.is_owning(ty) {
            ExprKind::Move(place)
        } else {
            ExprKind::Load(place)
        };
        Expr { kind, ty, span }
    }
}

/// The place that an expression reads, or one that holds its value.
pub(crate) fn into_place(expr: Expr) -> Place {
    match expr.kind {
        ExprKind::Load(place) | ExprKind::Move(place) => place,
        ExprKind::Borrow { place, .. } => place,
        ExprKind::Block { ref value, .. } if matches!(value.kind, ExprKind::Borrow { .. }) => {
            Place {
                ty: expr.ty,
                span: expr.span,
                projections: Vec::new(),
                root: Root::Borrowed(Box::new(expr)),
            }
        }
        _ => temporary(expr),
    }
}

/// Whether a statement gives a variable its value.
fn binds(stmt: &Stmt, place: &Place) -> bool {
    matches!((&stmt.kind, &place.root), (StmtKind::Bind { local, .. }, Root::Local(bound)) if local == bound)
        && place.projections.is_empty()
}

impl Expr {
    /// What is only read: a branch of `a if c else b` or `a or b` gives a copy, so that `a` and `b` stay where they are; the name in
    /// `(a := b)` is lent.
    pub(crate) fn keeping_branches(mut self) -> Expr {
        match &mut self.kind {
            ExprKind::If { then, orelse, .. } => {
                then.keep_moved();
                orelse.keep_moved();
            }
            ExprKind::Block { value, .. } if matches!(value.kind, ExprKind::If { .. }) => {
                value.keep_moved();
            }
            ExprKind::Block { stmts, value } => {
                if let ExprKind::Move(place) = &value.kind
                    && stmts.last().is_some_and(|last| binds(last, place))
                {
                    value.kind = ExprKind::Borrow {
                        place: place.clone(),
                        mutable: false,
                    };
                }
            }
            _ => {}
        }
        self
    }

    fn keep_moved(&mut self) {
        match &mut self.kind {
            ExprKind::Move(place) => {
                let place = place.clone();
                self.kind = ExprKind::Copy(place);
            }
            ExprKind::If { then, orelse, .. } => {
                then.keep_moved();
                orelse.keep_moved();
            }
            ExprKind::Block { value, .. } => value.keep_moved(),
            _ => {}
        }
    }
}

/// A place that holds a fresh value.
pub(crate) fn temporary(expr: Expr) -> Place {
    Place {
        ty: expr.ty,
        span: expr.span,
        root: Root::Temporary(Box::new(expr)),
        projections: Vec::new(),
    }
}
