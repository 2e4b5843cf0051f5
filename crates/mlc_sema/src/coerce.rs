//! Values while they are being typed: what is weak, and how a value becomes one of the type that is expected.
//!
//! A value is *weak* as long as its type is only a default: constant integers, and float expressions made of literals
//! and `Int` values alone. Meeting a typed value or an expected type, the whole expression takes that type.

use mlc_diagnostics::Span;

use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, Builtin, Dim, Expr, ExprKind, FloatKind, Place, Projection, ProjectionKind, Root, Ty,
    TyKind, UnaryOp,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weak {
    No,
    /// The expression is an [`ExprKind::Int`]: a constant.
    Int,
    /// The expression has a float type all through, and may be given another with [`retype`].
    Float,
}

#[derive(Clone, Debug)]
pub(crate) struct Val {
    pub expr: Expr,
    pub weak: Weak,
}

impl Val {
    pub fn strong(kind: ExprKind, ty: Ty, span: Span) -> Val {
        Val {
            expr: Expr { kind, ty, span },
            weak: Weak::No,
        }
    }

    pub fn int(value: i128, span: Span) -> Val {
        Val {
            expr: Expr {
                kind: ExprKind::Int(value),
                ty: Ty::INT,
                span,
            },
            weak: Weak::Int,
        }
    }

    pub fn float(value: f64, span: Span) -> Val {
        Val {
            expr: Expr {
                kind: ExprKind::Float(value),
                ty: Ty::F64,
                span,
            },
            weak: Weak::Float,
        }
    }

    /// Something wrong that has been reported.
    pub fn error(span: Span) -> Val {
        Val::strong(ExprKind::None, Ty::ERROR, span)
    }

    pub fn is_error(&self) -> bool {
        self.expr.ty == Ty::ERROR
    }

    /// The constant that it is.
    pub fn constant(&self) -> Option<i128> {
        match (&self.expr.kind, self.weak) {
            (ExprKind::Int(value), Weak::Int) => Some(*value),
            _ => None,
        }
    }
}

impl From<Expr> for Val {
    fn from(expr: Expr) -> Val {
        Val {
            expr,
            weak: Weak::No,
        }
    }
}

/// The smallest and largest value of an integer type.
pub(crate) fn int_range(bits: u8, signed: bool) -> (i128, i128) {
    if signed {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    }
}

/// Gives a weak float expression another float type, all through.
pub(crate) fn retype(expr: &mut Expr, ty: Ty) {
    match &mut expr.kind {
        ExprKind::Float(_) | ExprKind::Cast(_) => {}
        // The quotient of integers: the operands stay what they are.
        ExprKind::Binary {
            op: BinaryOp::Div,
            left,
            ..
        } if left.ty != expr.ty => {}
        ExprKind::Binary {
            op: BinaryOp::Pow,
            left,
            right,
        } if right.ty != expr.ty => {
            let _ = right;
            retype(left, ty);
        }
        ExprKind::Binary { left, right, .. } => {
            retype(left, ty);
            retype(right, ty);
        }
        ExprKind::Unary { operand, .. } => retype(operand, ty),
        ExprKind::If { then, orelse, .. } => {
            retype(then, ty);
            retype(orelse, ty);
        }
        ExprKind::Builtin {
            op: Builtin::Math(_),
            args,
        } => args.iter_mut().for_each(|arg| retype(arg, ty)),
        _ => {
            let inner = Expr {
                kind: std::mem::replace(&mut expr.kind, ExprKind::None),
                ..expr.clone()
            };
            expr.kind = ExprKind::Cast(Box::new(inner));
        }
    }
    expr.ty = ty;
}

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
        let to_kind = self.cx.types.kind(to).clone();
        match (weak, &to_kind) {
            (Weak::Int, TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_)) => {
                return self.constant_as(expr, to);
            }
            (Weak::Float, TyKind::Float(_)) => {
                retype(&mut expr, to);
                return expr;
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
        let convertible = self.is_arithmetic(from) && self.cx.types.is_number(to);
        self.report(if convertible {
            diag::narrowing(span, &expected, &found)
        } else {
            diag::type_mismatch(span, &expected, &found)
        });
        Expr {
            ty: Ty::ERROR,
            ..expr
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

    /// A number or `Bool`, which counts as one in arithmetic.
    pub fn is_arithmetic(&self, ty: Ty) -> bool {
        self.cx.types.is_number(ty) || ty == Ty::BOOL
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

    /// The type in which two numbers meet.
    pub fn widen(&self, left: Ty, right: Ty) -> Option<Ty> {
        use FloatKind::{Bf16, F16, F32, F64};
        if left == right {
            return Some(left);
        }
        let types = &self.cx.types;
        match (types.kind(left), types.kind(right)) {
            (TyKind::Bool, TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_)) => {
                Some(right)
            }
            (TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_), TyKind::Bool) => {
                Some(left)
            }
            (
                TyKind::Int { bits, signed },
                TyKind::Int {
                    bits: other_bits,
                    signed: other_signed,
                },
            ) => {
                let bits = if signed == other_signed {
                    return Some(if bits >= other_bits { left } else { right });
                } else if *signed {
                    (*bits).max(other_bits.saturating_mul(2))
                } else {
                    (*other_bits).max(bits.saturating_mul(2))
                };
                Ty::signed(bits)
            }
            (TyKind::Int { .. }, TyKind::Float(_) | TyKind::Complex(_)) => Some(right),
            (TyKind::Float(_) | TyKind::Complex(_), TyKind::Int { .. }) => Some(left),
            (TyKind::Float(a), TyKind::Float(b)) => Some(match (a, b) {
                (F64, _) | (_, F64) => Ty::F64,
                (F32, _) | (_, F32) | (F16, Bf16) | (Bf16, F16) => Ty::F32,
                _ => left,
            }),
            (TyKind::Complex(a), TyKind::Complex(b) | TyKind::Float(b))
            | (TyKind::Float(b), TyKind::Complex(a)) => Some(if *a == F64 || *b == F64 {
                Ty::C128
            } else {
                Ty::C64
            }),
            _ => None,
        }
    }

    /// Both values in the type where they meet; weak ones take the other's type.
    pub fn meet(&mut self, left: Val, right: Val) -> Option<(Val, Val)> {
        let (left_ty, right_ty) = (left.expr.ty, right.expr.ty);
        match (left.weak, right.weak) {
            (Weak::No, Weak::No) => {
                let wide = self.widen(left_ty, right_ty)?;
                let left = self.cast_to(left.expr, wide);
                let right = self.cast_to(right.expr, wide);
                Some((left.into(), right.into()))
            }
            (Weak::Int, Weak::Int) => Some((left, right)),
            (Weak::Int | Weak::Float, Weak::Float) | (Weak::Float, Weak::Int) => {
                Some((self.weak_float(left), self.weak_float(right)))
            }
            (Weak::No, _) => {
                let (right, left) = self.meet_weak(right, left)?;
                Some((left, right))
            }
            (_, Weak::No) => self.meet_weak(left, right),
        }
    }

    /// `weak` meets a typed value.
    fn meet_weak(&mut self, weak: Val, typed: Val) -> Option<(Val, Val)> {
        let ty = typed.expr.ty;
        if !self.is_arithmetic(ty) {
            return None;
        }
        if weak.weak == Weak::Int {
            let ty = if ty == Ty::BOOL { Ty::INT } else { ty };
            let typed = self.cast_to(typed.expr, ty);
            return Some((self.constant_as(weak.expr, ty).into(), typed.into()));
        }
        if ty == Ty::INT || ty == Ty::BOOL {
            return Some((weak, self.weak_float(typed)));
        }
        let mut expr = weak.expr;
        match self.cx.types.kind(ty) {
            TyKind::Float(_) => retype(&mut expr, ty),
            TyKind::Complex(kind) => {
                retype(
                    &mut expr,
                    if *kind == FloatKind::F32 {
                        Ty::F32
                    } else {
                        Ty::F64
                    },
                );
                expr = self.cast_to(expr, ty);
            }
            _ => {
                let typed = self.cast_to(typed.expr, Ty::F64);
                return Some((expr.into(), typed.into()));
            }
        }
        Some((expr.into(), typed))
    }

    /// A weak value or `Int` as a weak float.
    pub fn weak_float(&mut self, value: Val) -> Val {
        Val {
            expr: self.cast_to(value.expr, Ty::F64),
            weak: Weak::Float,
        }
    }

    /// The value as a `Bool`, by Python's truthiness.
    pub fn truth(&mut self, value: Val) -> Expr {
        let ty = self.cx.resolve(value.expr.ty);
        let span = value.expr.span;
        let compare = |left: Expr, zero: ExprKind| {
            let right = Expr {
                kind: zero,
                ty: left.ty,
                span,
            };
            Expr {
                kind: ExprKind::Compare {
                    op: crate::hir::CompareOp::Ne,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                ty: Ty::BOOL,
                span,
            }
        };
        match self.cx.types.kind(ty).clone() {
            TyKind::Bool | TyKind::Error => value.expr,
            TyKind::Int { .. } => compare(value.expr, ExprKind::Int(0)),
            TyKind::Float(_) => compare(value.expr, ExprKind::Float(0.0)),
            TyKind::Complex(_) => compare(value.expr, ExprKind::Complex(0.0, 0.0)),
            TyKind::None => self.constant_bool(false, value.expr, span),
            TyKind::List(_) if matches!(&value.expr.kind, ExprKind::List(items) if items.is_empty()) => {
                Val::strong(ExprKind::Bool(false), Ty::BOOL, span).expr
            }
            TyKind::Str | TyKind::List(_) => {
                let place = into_place(value.expr);
                let len = ExprKind::Len {
                    place: Box::new(place),
                    axis: 0,
                };
                let len = Expr {
                    kind: len,
                    ty: Ty::INT,
                    span,
                };
                compare(len, ExprKind::Int(0))
            }
            TyKind::Tuple(items) => self.constant_bool(!items.is_empty(), value.expr, span),
            TyKind::Optional(inner) => {
                let place = into_place(value.expr);
                let test = Expr {
                    kind: ExprKind::IsSome(Box::new(place.clone())),
                    ty: Ty::BOOL,
                    span,
                };
                if matches!(place.root, Root::Temporary(_)) {
                    return test;
                }
                let mut inside = place;
                inside.projections.push(Projection {
                    kind: ProjectionKind::Unwrap { checked: false },
                    ty: inner,
                    span,
                });
                inside.ty = inner;
                let inside = self.read(inside);
                let inside = self.truth(inside.into());
                logical(crate::hir::LogicalOp::And, test, inside)
            }
            TyKind::Struct(_) => self.struct_truth(value.expr),
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::bad_operand(span, "bool", &name));
                Val::error(span).expr
            }
        }
    }

    /// A `Bool` that does not depend on the value, which is evaluated all the same if it does anything.
    fn constant_bool(&mut self, truth: bool, value: Expr, span: Span) -> Expr {
        let constant = Expr {
            kind: ExprKind::Bool(truth),
            ty: Ty::BOOL,
            span,
        };
        if matches!(
            value.kind,
            ExprKind::None | ExprKind::Load(_) | ExprKind::Move(_)
        ) {
            return constant;
        }
        let stmts = vec![crate::hir::Stmt {
            kind: crate::hir::StmtKind::Expr(value),
            span,
        }];
        Expr {
            kind: ExprKind::Block {
                stmts,
                value: Box::new(constant),
            },
            ty: Ty::BOOL,
            span,
        }
    }

    /// The value of a place: a load, or provisionally a move, which becomes a borrow where the value is only passed.
    pub fn read(&mut self, mut place: Place) -> Expr {
        place.ty = self.cx.resolve(place.ty);
        let (ty, span) = (place.ty, place.span);
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

    pub fn not(&self, operand: Expr) -> Expr {
        let span = operand.span;
        if let ExprKind::Bool(truth) = operand.kind {
            let kind = ExprKind::Bool(!truth);
            return Expr { kind, ..operand };
        }
        Expr {
            kind: ExprKind::Unary {
                op: UnaryOp::Not,
                operand: Box::new(operand),
            },
            ty: Ty::BOOL,
            span,
        }
    }
}

pub(crate) fn logical(op: crate::hir::LogicalOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr {
        kind: ExprKind::Logical {
            op,
            left: Box::new(left),
            right: Box::new(right),
        },
        ty: Ty::BOOL,
        span,
    }
}

/// The place that an expression reads, or one that holds its value.
pub(crate) fn into_place(expr: Expr) -> Place {
    match expr.kind {
        ExprKind::Load(place) | ExprKind::Move(place) => place,
        ExprKind::Borrow { place, .. } => place,
        _ => temporary(expr),
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
