//! `SIMD[T, N]`: registers of N numbers, and what is done with them lane by lane or across lanes.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, Arg, ArgKind};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    Builtin, CompareOp, Expr, ExprKind, Place, ProjectionKind, Subscript, Ty, TyKind, UnaryOp,
};

const METHODS: &[&str] = &[
    "sum",
    "prod",
    "min",
    "max",
    "any",
    "all",
    "reduce_add",
    "reduce_mul",
    "reduce_min",
    "reduce_max",
    "select",
    "cast",
    "astype",
];

impl<'a> FnCx<'_, 'a> {
    /// Elements and lanes of a vector type.
    pub fn simd_parts(&self, ty: Ty) -> Option<(Ty, u32)> {
        match *self.cx.types.kind(ty) {
            TyKind::Simd { elem, lanes } => Some((elem, lanes)),
            _ => None,
        }
    }

    fn simd_type(&mut self, elem: Ty, lanes: u32) -> Ty {
        self.cx.types.intern(TyKind::Simd { elem, lanes })
    }

    /// `SIMD[T, N](x)` for every lane, `SIMD[T, N](a, b, …)` lane by lane, `SIMD[T, N](a[i:i+N])` from memory.
    pub fn simd_new(&mut self, ty: Ty, args: &'a [Arg], span: Span) -> Val {
        let Some((elem, lanes)) = self.simd_parts(ty) else {
            return Val::error(span);
        };
        if !self.is_arithmetic(elem) || self.cx.types.is_complex(elem) {
            let name = self.ty_name(ty);
            self.report(diag::not_yet(span, &format!("`{name}`")));
            return Val::error(span);
        }
        if let [arg] = args
            && arg.kind == ArgKind::Positional
        {
            let value = self.value(&arg.value, Some(elem));
            let from = self.cx.resolve(value.expr.ty);
            if let TyKind::Array { elem: found, .. } | TyKind::List(found) =
                *self.cx.types.kind(from)
            {
                if found != elem {
                    let (expected, found) = (self.ty_name(elem), self.ty_name(found));
                    self.report(diag::type_mismatch(span, &expected, &found));
                    return Val::error(span);
                }
                let slice = self.borrow_always(value.expr);
                return self.builtin(Builtin::SimdLoad, vec![slice], ty, span);
            }
            if self
                .simd_parts(from)
                .is_some_and(|(_, found)| found == lanes)
            {
                return self.simd_cast(value.expr, elem, span);
            }
            let value = self.coerce(value, elem);
            return self.splat(value, ty, span);
        }
        let name = self.ty_name(ty);
        let Some(values) = self.positional(&name, args, 0..=lanes as usize, span) else {
            return Val::error(span);
        };
        if values.is_empty() {
            let zero = self.zero(elem, span);
            return self.splat(zero, ty, span);
        }
        if values.len() != lanes as usize {
            let message = format!(
                "`{name}` takes one value for all lanes or {lanes}, {} were given",
                values.len()
            );
            self.report(diag::wrong_arguments(span, message));
            return Val::error(span);
        }
        let values = (values.into_iter())
            .map(|value| self.coerce(value, elem))
            .collect();
        self.builtin(Builtin::SimdNew, values, ty, span)
    }

    /// A vector of one value.
    pub fn splat(&mut self, value: Expr, ty: Ty, span: Span) -> Val {
        if value.ty == Ty::ERROR {
            return Val::error(span);
        }
        Val::strong(ExprKind::Splat(Box::new(value)), ty, span)
    }

    fn simd_cast(&mut self, value: Expr, elem: Ty, span: Span) -> Val {
        let Some((from, lanes)) = self.simd_parts(value.ty) else {
            return Val::error(span);
        };
        let ty = self.simd_type(elem, lanes);
        if from == elem {
            return value.into();
        }
        Val::strong(ExprKind::Cast(Box::new(value)), ty, span)
    }

    /// `v.cast[T]()`
    pub fn simd_cast_to(&mut self, base: &'a ast::Expr, to: &'a ast::Expr, span: Span) -> Val {
        let value = self.value(base, None);
        let (to, ty) = (self.dtype(to), self.cx.resolve(value.expr.ty));
        if to == Ty::ERROR || ty == Ty::ERROR {
            return Val::error(span);
        }
        if self.simd_parts(ty).is_none() {
            let shown = self.ty_name(ty);
            self.report(diag::unknown_attribute(span, &shown, "cast", []));
            return Val::error(span);
        }
        self.simd_cast(value.expr, to, span)
    }

    /// Two operands as vectors of one type: a scalar is repeated, elements widen.
    fn simd_pair(&mut self, left: &Val, right: &Val, span: Span) -> Option<Option<[Expr; 2]>> {
        let tys = [left, right].map(|value| self.cx.resolve(value.expr.ty));
        let shapes = tys.map(|ty| self.simd_parts(ty));
        let (elem, lanes) = match shapes {
            [Some((a, n)), Some((b, m))] => match self.widen(a, b).filter(|_| n == m) {
                Some(elem) => (elem, n),
                None => {
                    let [left, right] = tys.map(|ty| self.ty_name(ty));
                    let message = format!("`{left}` and `{right}` do not go together");
                    self.report(Diagnostic::error("bad-operands", span, message));
                    return Some(None);
                }
            },
            [Some(shape), None] | [None, Some(shape)] => shape,
            [None, None] => return None,
        };
        let ty = self.simd_type(elem, lanes);
        let mut operands = Vec::with_capacity(2);
        for (value, shape) in [left, right].into_iter().zip(shapes) {
            let value = match shape {
                Some(_) => self.simd_cast(value.expr.clone(), elem, span),
                None => {
                    let scalar = self.coerce(value.clone(), elem);
                    self.splat(scalar, ty, span)
                }
            };
            if value.is_error() {
                return Some(None);
            }
            operands.push(value.expr);
        }
        Some(<[Expr; 2]>::try_from(operands).ok())
    }

    pub fn simd_binary(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let Some([left, right]) = self.simd_pair(left, right, span)? else {
            return Some(Val::error(span));
        };
        let ty = left.ty;
        let elem = self.simd_parts(ty)?.0;
        let operator = crate::ops::binary_op(op)
            .filter(|_| {
                elem != Ty::BOOL
                    || matches!(
                        op,
                        ast::BinaryOp::BitAnd | ast::BinaryOp::BitOr | ast::BinaryOp::BitXor
                    )
            })
            .filter(|op| *op != crate::hir::BinaryOp::Div || self.cx.types.is_float(elem));
        let Some(op) = operator else {
            let name = self.ty_name(ty);
            self.report(diag::bad_operands(span, op.as_str(), &name, &name));
            return Some(Val::error(span));
        };
        let (left, right) = (Box::new(left), Box::new(right));
        Some(Val::strong(ExprKind::Binary { op, left, right }, ty, span))
    }

    pub fn simd_compare(
        &mut self,
        op: CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let Some([left, right]) = self.simd_pair(left, right, span)? else {
            return Some(Val::error(span));
        };
        let lanes = self.simd_parts(left.ty)?.1;
        let ty = self.simd_type(Ty::BOOL, lanes);
        let (left, right) = (Box::new(left), Box::new(right));
        Some(Val::strong(ExprKind::Compare { op, left, right }, ty, span))
    }

    pub fn simd_unary(&mut self, op: ast::UnaryOp, value: &Val, span: Span) -> Option<Val> {
        let ty = self.cx.resolve(value.expr.ty);
        let (elem, _) = self.simd_parts(ty)?;
        let op = match op {
            ast::UnaryOp::Invert if elem == Ty::BOOL => UnaryOp::Not,
            ast::UnaryOp::Invert if self.cx.types.is_int(elem) => UnaryOp::Invert,
            ast::UnaryOp::Minus if elem != Ty::BOOL => UnaryOp::Neg,
            ast::UnaryOp::Plus => return Some(value.clone()),
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::bad_operand(span, op.as_str(), &name));
                return Some(Val::error(span));
            }
        };
        let operand = Box::new(value.expr.clone());
        Some(Val::strong(ExprKind::Unary { op, operand }, ty, span))
    }

    /// `abs(v)`
    pub fn simd_abs(&mut self, value: &Val, span: Span) -> Option<Val> {
        let ty = self.cx.resolve(value.expr.ty);
        self.simd_parts(ty)?;
        let operand = Box::new(value.expr.clone());
        let op = UnaryOp::Abs;
        Some(Val::strong(ExprKind::Unary { op, operand }, ty, span))
    }

    /// `min(v, w)`, `max(v, w)`
    pub fn simd_min_max(
        &mut self,
        op: crate::hir::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let Some([left, right]) = self.simd_pair(left, right, span)? else {
            return Some(Val::error(span));
        };
        let ty = left.ty;
        let (left, right) = (Box::new(left), Box::new(right));
        Some(Val::strong(ExprKind::Binary { op, left, right }, ty, span))
    }

    /// A function of `math`, lane by lane.
    pub fn simd_math(
        &mut self,
        function: crate::hir::MathFn,
        values: &[Val],
        span: Span,
    ) -> Option<Val> {
        let tys: Vec<Ty> = (values.iter())
            .map(|value| self.cx.resolve(value.expr.ty))
            .collect();
        let ty = tys
            .iter()
            .copied()
            .find(|&ty| self.simd_parts(ty).is_some())?;
        let (elem, lanes) = self.simd_parts(ty)?;
        if !self.cx.types.is_float(elem) {
            let name = self.ty_name(ty);
            self.report(diag::bad_operand(span, "this function", &name));
            return Some(Val::error(span));
        }
        let mut args = Vec::with_capacity(values.len());
        for (value, &found) in values.iter().zip(&tys) {
            let value = if found == ty {
                value.clone()
            } else {
                let scalar = self.coerce(value.clone(), elem);
                self.splat(scalar, ty, span)
            };
            args.push(value.expr);
        }
        use crate::hir::MathFn::{IsFinite, IsInf, IsNan};
        let result = match function {
            IsNan | IsInf | IsFinite => self.simd_type(Ty::BOOL, lanes),
            _ => ty,
        };
        Some(self.builtin(Builtin::Math(function), args, result, span))
    }

    pub fn simd_method(
        &mut self,
        receiver: Place,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let ty = self.cx.resolve(receiver.ty);
        let Some((elem, lanes)) = self.simd_parts(ty) else {
            return Val::error(span);
        };
        let name = attr.name.as_str();
        let is_mask = elem == Ty::BOOL;
        let reduction = match name {
            "sum" | "reduce_add" if !is_mask => Some(Builtin::Sum),
            "prod" | "reduce_mul" if !is_mask => Some(Builtin::Prod),
            "min" | "reduce_min" if !is_mask => Some(Builtin::ReduceMin),
            "max" | "reduce_max" if !is_mask => Some(Builtin::ReduceMax),
            "any" if is_mask => Some(Builtin::Any),
            "all" if is_mask => Some(Builtin::All),
            _ => None,
        };
        match (reduction, name, args) {
            (Some(op), _, []) => {
                let value = self.read(receiver);
                self.builtin(op, vec![value], elem, span)
            }
            (_, "cast" | "astype", [arg]) => {
                let to = self.dtype(&arg.value);
                if to == Ty::ERROR {
                    return Val::error(span);
                }
                let value = self.read(receiver);
                self.simd_cast(value, to, span)
            }
            (_, "select", [then, orelse]) if is_mask => {
                let mask = self.read(receiver);
                let (then, orelse) = (
                    self.value(&then.value, None),
                    self.value(&orelse.value, None),
                );
                self.simd_select(mask, then, orelse, lanes, span)
            }
            _ if METHODS.contains(&name) => {
                let shown = self.ty_name(ty);
                let message = format!("`{name}` of `{shown}` is not called like this");
                self.report(diag::wrong_arguments(span, message));
                self.poisoned_call(args, span)
            }
            _ => {
                let shown = self.ty_name(ty);
                let known = METHODS.iter().copied();
                self.report(diag::unknown_attribute(attr.span, &shown, name, known));
                self.poisoned_call(args, span)
            }
        }
    }

    /// `mask.select(a, b)`, `where(mask, a, b)`
    pub fn simd_select(
        &mut self,
        mask: Expr,
        then: Val,
        orelse: Val,
        lanes: u32,
        span: Span,
    ) -> Val {
        let pair = match self.simd_pair(&then, &orelse, span) {
            Some(Some(pair)) => pair,
            Some(None) => return Val::error(span),
            None => {
                let Some((then, orelse)) = self.same_type(then, orelse, span) else {
                    return Val::error(span);
                };
                let [then, orelse] = [then, orelse].map(|value| self.settle(value));
                let ty = self.simd_type(then.ty, lanes);
                [then, orelse].map(|value| self.splat(value, ty, span).expr)
            }
        };
        let ty = pair[0].ty;
        if self.simd_parts(ty).is_none_or(|(_, found)| found != lanes) {
            let (mask, found) = (self.ty_name(mask.ty), self.ty_name(ty));
            let message = format!("`{mask}` cannot choose between lanes of `{found}`");
            self.report(Diagnostic::error("bad-operands", span, message));
            return Val::error(span);
        }
        let [then, orelse] = pair;
        self.builtin(Builtin::SimdSelect, vec![mask, then, orelse], ty, span)
    }

    /// `v[i]`
    pub fn simd_lane(&mut self, place: Place, index: Expr, elem: Ty, span: Span) -> Val {
        let vector = self.read(place);
        self.builtin(Builtin::SimdLane, vec![vector, index], elem, span)
    }

    /// `v[i] = x`: the vector with one lane replaced.
    pub fn simd_with(&mut self, vector: Expr, index: Expr, value: Val, span: Span) -> Val {
        let ty = vector.ty;
        let Some((elem, _)) = self.simd_parts(ty) else {
            return Val::error(span);
        };
        let value = self.coerce(value, elem);
        self.builtin(Builtin::SimdWith, vec![vector, index, value], ty, span)
    }

    /// Whether a place is a slice that a vector of so many lanes may be stored to.
    pub fn is_lane_slice(&self, place: &Place, lanes: u32) -> bool {
        match place.projections.last().map(|last| &last.kind) {
            Some(ProjectionKind::Slice(parts)) => parts.iter().any(|part| {
                matches!(part, Subscript::Range { lanes: Some(width), .. } if *width == u64::from(lanes))
            }),
            _ => false,
        }
    }

    /// `simd_width[T]()`: the lanes of a register of the target.
    pub fn simd_width(&mut self, of: &'a ast::Expr, span: Span) -> Val {
        let elem = self.annotation(of);
        if elem == Ty::ERROR {
            return Val::error(span);
        }
        let Some(bits) = self.cx.types.bits(elem) else {
            let name = self.ty_name(elem);
            self.report(diag::bad_operand(span, "simd_width", &name));
            return Val::error(span);
        };
        let register = self.cx.options.vector_bits.max(128);
        Val::int(i128::from((register / bits).max(1)), span)
    }
}
