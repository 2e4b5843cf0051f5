//! Subscripts: the items, elements and slices of values.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::checker::Item;
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Dim, ExprKind, Place, ProjectionKind, Subscript, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    pub fn subscript(&mut self, base: &'a ast::Expr, index: &'a ast::Expr, span: Span) -> Operand {
        if let Some(item) = self.pack_item(base, index, span) {
            return item;
        }
        let place = self.place(base);
        // What stands in the brackets are types.
        if place.ty == Ty::ERROR && self.is_generic_name(base) {
            return Operand::Value(Val::error(span));
        }
        self.element(place, index, span)
    }

    /// Whether an expression is the name of a type or function, known or built in.
    fn is_generic_name(&self, expr: &ast::Expr) -> bool {
        match self.static_item(expr) {
            Some(item) => matches!(item, Item::Struct(_) | Item::Function(_)),
            None => matches!(&expr.kind, Ast::Name(name)
                if !self.vars.contains_key(name) && self.is_built_in(*name)),
        }
    }

    fn element(&mut self, place: Place, index: &'a ast::Expr, span: Span) -> Operand {
        let ty = self.cx.resolve(place.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::Error => {
                self.value(index, None);
                Operand::Value(Val::error(span))
            }
            TyKind::List(elem) => self.index(place, index, elem, span),
            TyKind::Str => self.index(place, index, Ty::STR, span),
            TyKind::Array { elem, dims } => self.array_element(place, elem, &dims, index, span),
            TyKind::Tuple(items) => self.tuple_item(place, &items, index, span),
            TyKind::Simd { elem, .. } => Operand::Value(match self.index_value(index) {
                Some(index) => self.simd_lane(place, index, elem, span),
                None => Val::error(span),
            }),
            TyKind::Optional(inner) => {
                let place =
                    self.project(place, ProjectionKind::Unwrap { checked: true }, inner, span);
                self.element(place, index, span)
            }
            TyKind::Struct(id) if matches!(index.kind, Ast::Slice(_)) => {
                if self.cx.is_library_struct(id, "Tuple") {
                    let items = self.items_of_tuple(place, span);
                    let items = self.element(items, index, span);
                    let items = match items {
                        Operand::Place(place) => self.read(place).into(),
                        Operand::Value(value) => value,
                    };
                    let given = vec![crate::call::Given::Value(Box::new(items))];
                    return Operand::Value(self.call_library("tuple_of_items", given, span));
                }
                if let Ast::Slice(slice) = &index.kind
                    && self.cx.is_library_struct(id, "Range")
                {
                    return Operand::Value(self.range_slice(place, slice, span));
                }
                let name = self.ty_name(ty);
                self.report(diag::not_yet(span, &format!("a slice of a `{name}`")));
                Operand::Value(Val::error(span))
            }
            TyKind::Struct(_) => {
                let receiver = self.read(place);
                let args = [index];
                match self.dunder("__getitem__", receiver.into(), &args, span) {
                    Some(value) => Operand::Value(value),
                    None => {
                        let name = self.ty_name(ty);
                        self.report(diag::not_subscriptable(span, &name));
                        Operand::Value(Val::error(span))
                    }
                }
            }
            TyKind::PythonObject => {
                let object = self.read(place);
                Operand::Value(self.python_item(object, index, span))
            }
            TyKind::Unknown(_) => {
                self.report(diag::cannot_infer(place.span, "this list"));
                Operand::Value(Val::error(span))
            }
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::not_subscriptable(span, &name));
                Operand::Value(Val::error(span))
            }
        }
    }

    /// An item, or a slice, which has the type of the whole.
    fn index(&mut self, place: Place, index: &'a ast::Expr, elem: Ty, span: Span) -> Operand {
        if let Ast::Slice(slice) = &index.kind {
            let kind = ProjectionKind::Slice(vec![self.slice(slice)]);
            let ty = self.cx.resolve(place.ty);
            return Operand::Place(self.project(place, kind, ty, span));
        }
        let Some(index) = self.index_value(index) else {
            return Operand::Value(Val::error(span));
        };
        let kind = ProjectionKind::Index {
            indices: vec![index],
            checked: true,
        };
        Operand::Place(self.project(place, kind, elem, span))
    }

    /// An integer used as an index.
    pub fn index_value(&mut self, index: &'a ast::Expr) -> Option<crate::hir::Expr> {
        let value = self.value(index, Some(Ty::INT));
        self.as_index_value(value, index.span)
    }

    fn as_index_value(&mut self, value: Val, span: Span) -> Option<crate::hir::Expr> {
        let value = self.as_index(value);
        let ty = self.cx.resolve(value.expr.ty);
        if ty == Ty::ERROR {
            return None;
        }
        if !self.cx.types.is_int(ty) && ty != Ty::BOOL {
            let of_array = match *self.cx.types.kind(ty) {
                TyKind::Array { elem: Ty::BOOL, .. } => Some("an index that is a mask of `Bool`"),
                TyKind::Array { .. } => Some("an index that is an array of integers"),
                TyKind::List(_) => Some("an index that is a list"),
                _ => None,
            };
            let diagnostic = match of_array {
                Some(feature) => diag::not_yet(span, feature)
                    .help("loop over the positions, or choose with `where`"),
                None => {
                    let found = self.ty_name(ty);
                    diag::type_mismatch(span, "Int", &found)
                }
            };
            self.report(diagnostic);
            return None;
        }
        let value = self.settle(value);
        Some(self.cast_to(value, Ty::INT))
    }

    /// A bound of a slice, if there is one; `missing` is what stands for it where it is `None` when the program runs.
    fn slice_bound(
        &mut self,
        bound: &'a Option<ast::Expr>,
        missing: Option<i64>,
    ) -> Option<crate::hir::Expr> {
        let bound = bound.as_ref()?;
        if matches!(bound.kind, Ast::None) {
            return None;
        }
        let value = self.value(bound, Some(Ty::INT));
        let ty = self.cx.resolve(value.expr.ty);
        let TyKind::Optional(inner) = *self.cx.types.kind(ty) else {
            return self.as_index_value(value, bound.span);
        };
        let Some(missing) = missing else {
            let found = self.ty_name(ty);
            self.report(diag::type_mismatch(bound.span, "Int", &found));
            return None;
        };
        let (place, stmts) = self.place_to_read(value.expr, bound.span);
        let condition = Box::new(crate::hir::Expr {
            kind: ExprKind::IsSome(Box::new(place.clone())),
            ty: Ty::BOOL,
            span: bound.span,
        });
        let inside = self.read(place);
        let inside = self.unwrap(inside, inner, false);
        let then = Box::new(self.as_index_value(inside.into(), bound.span)?);
        let orelse = Box::new(self.int(i128::from(missing), bound.span));
        let chosen = crate::hir::Expr {
            kind: ExprKind::If {
                condition,
                then,
                orelse,
            },
            ty: Ty::INT,
            span: bound.span,
        };
        Some(crate::expr::with_stmts(stmts, chosen))
    }

    fn slice(&mut self, slice: &'a ast::Slice) -> Subscript {
        let is_reversed = slice.step.as_ref().is_some_and(is_negative);
        let (first, last) = match is_reversed {
            true => (i64::MAX, i64::MIN),
            false => (0, i64::MAX),
        };
        // Which way it goes decides what a bound means that is missing when the program runs.
        let is_told = slice
            .step
            .as_ref()
            .is_none_or(|step| is_reversed || matches!(step.kind, Ast::Int(_) | Ast::None));
        let start = self.slice_bound(&slice.lower, is_told.then_some(first));
        let stop = self.slice_bound(&slice.upper, is_told.then_some(last));
        let step = self.slice_bound(&slice.step, Some(1));
        // Such a slice may be replaced by one of any length.
        let step = step.filter(|step| !matches!(step.kind, ExprKind::Int(1)));
        let lanes = match (&slice.lower, &slice.upper, &step) {
            (Some(lower), Some(upper), None) => self.constant_width(lower, upper),
            _ => None,
        };
        Subscript::Range {
            start,
            stop,
            step,
            lanes,
        }
    }

    /// `a[i]`, `a[i, j]`, `a[1:, j]`, … of an array.
    fn array_element(
        &mut self,
        place: Place,
        elem: Ty,
        dims: &[Dim],
        index: &'a ast::Expr,
        span: Span,
    ) -> Operand {
        let written: &'a [ast::Expr] = match &index.kind {
            Ast::Tuple(items) => items,
            _ => std::slice::from_ref(index),
        };
        // The first `...` stands for all of the dimensions that the others leave.
        let mut parts: Vec<Option<&'a ast::Expr>> = written.iter().map(Some).collect();
        if let Some(at) = written
            .iter()
            .position(|part| matches!(part.kind, Ast::Ellipsis))
        {
            let missing = (dims.len() + 1).saturating_sub(written.len());
            parts.splice(at..=at, std::iter::repeat_n(None, missing));
        }
        if parts.len() > dims.len() {
            let message = format!(
                "{} indices for an array of rank {}",
                parts.len(),
                dims.len()
            );
            self.report(mlc_diagnostics::Diagnostic::error(
                "bad-index",
                index.span,
                message,
            ));
            return Operand::Value(Val::error(span));
        }
        if let Some(part) =
            (parts.iter().flatten()).find(|part| matches!(part.kind, Ast::Ellipsis | Ast::None))
        {
            self.report(diag::not_yet(part.span, "this kind of array index"));
            return Operand::Value(Val::error(span));
        }
        let is_slice =
            |part: &Option<&ast::Expr>| part.is_none_or(|part| matches!(part.kind, Ast::Slice(_)));
        if !parts.iter().any(is_slice) {
            let mut indices = Vec::with_capacity(parts.len());
            for part in parts.iter().flatten() {
                match self.index_value(part) {
                    Some(index) => indices.push(index),
                    None => return Operand::Value(Val::error(span)),
                }
            }
            let rest = &dims[parts.len()..];
            let ty = if rest.is_empty() {
                elem
            } else {
                self.cx.types.array(elem, rest)
            };
            let checked = !self.known_in_bounds(&mut indices, dims);
            let kind = ProjectionKind::Index { indices, checked };
            return Operand::Place(self.project(place, kind, ty, span));
        }
        let mut subscripts = Vec::with_capacity(parts.len());
        let mut rest = Vec::new();
        for (part, dim) in parts.iter().zip(dims) {
            let Some(part) = part else {
                rest.push(*dim);
                subscripts.push(Subscript::Range {
                    start: None,
                    stop: None,
                    step: None,
                    lanes: None,
                });
                continue;
            };
            match &part.kind {
                Ast::Slice(slice) => {
                    let full =
                        slice.lower.is_none() && slice.upper.is_none() && slice.step.is_none();
                    rest.push(if full { *dim } else { Dim::Dynamic });
                    subscripts.push(self.slice(slice));
                }
                _ => match self.index_value(part) {
                    Some(index) => subscripts.push(Subscript::Index(index)),
                    None => return Operand::Value(Val::error(span)),
                },
            }
        }
        rest.extend_from_slice(&dims[parts.len()..]);
        let ty = self.cx.types.array(elem, &rest);
        Operand::Place(self.project(place, ProjectionKind::Slice(subscripts), ty, span))
    }
}

impl FnCx<'_, '_> {
    /// Whether all indices are constants that lie in extents known at compile time; negative ones are wrapped then.
    fn known_in_bounds(&self, indices: &mut [crate::hir::Expr], dims: &[Dim]) -> bool {
        let inside = indices
            .iter()
            .zip(dims)
            .all(|(index, dim)| match (&index.kind, dim) {
                (ExprKind::Int(at), Dim::Static(extent)) => {
                    let extent = i128::from(*extent);
                    -extent <= *at && *at < extent
                }
                _ => false,
            });
        if inside {
            for (index, dim) in indices.iter_mut().zip(dims) {
                if let (ExprKind::Int(at), Dim::Static(extent)) = (&mut index.kind, dim)
                    && *at < 0
                {
                    *at += i128::from(*extent);
                }
            }
        }
        inside
    }
}

/// Whether an expression is a negative constant.
fn is_negative(expr: &ast::Expr) -> bool {
    matches!(&expr.kind, Ast::Unary { op: ast::UnaryOp::Minus, operand } if matches!(operand.kind, Ast::Int(_)))
}
