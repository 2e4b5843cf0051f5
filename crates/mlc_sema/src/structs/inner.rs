//! Special methods of structs that are inside of other values: those are compared and shown item by item, by functions of the
//! library or field by field, so that each struct's own method is called.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::call::Given;
use crate::coerce::{Val, logical};
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{
    Builtin, CompareOp, Expr, ExprKind, LogicalOp, Place, ProjectionKind, Stmt, StmtKind, StructId,
    Ty, TyKind, is_quiet,
};

impl FnCx<'_, '_> {
    /// What `repr` or `str` gives of a value that holds structs with texts of their own.
    pub(super) fn inner_text(&mut self, value: &Expr, repr: bool, span: Span) -> Option<Val> {
        let ty = self.cx.resolve(value.ty);
        let holds = match *self.cx.types.kind(ty) {
            // `str` of an optional is that of its value.
            TyKind::Optional(inner) if !repr => {
                self.has_method(inner, "__str__") || self.holds_method(ty, "__repr__")
            }
            _ => self.holds_method(ty, "__repr__"),
        };
        if !holds {
            return None;
        }
        let function = match *self.cx.types.kind(ty) {
            TyKind::List(_) | TyKind::Array { .. } => "list_repr",
            TyKind::Tuple(_) => "tuple_repr",
            TyKind::Optional(_) if repr => "optional_repr",
            TyKind::Optional(_) => "optional_str",
            TyKind::Struct(id) => return Some(self.struct_repr(value.clone(), id, span)),
            _ => return None,
        };
        let value = Given::Value(Box::new(value.clone().into()));
        Some(self.call_library(function, vec![value], span))
    }

    /// `Name(field=…, …)`
    fn struct_repr(&mut self, value: Expr, id: StructId, span: Span) -> Val {
        let (place, stmts) = self.place_to_read(value, span);
        let name = self.cx.structs[id.0 as usize].name.clone();
        let mut text = self.str(&format!("{name}("), span);
        for (at, field) in self.fields_of(id).into_iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let label = self.str(&format!("{comma}{}=", field.0), span);
            let part = self.field_place(&place, at, field.1, span);
            let part = self.read(part);
            let shown = self.repr_of(part, span).expr;
            for piece in [label, shown] {
                let pieces = vec![text, piece];
                text = (self.builtin(Builtin::StrConcat, pieces, Ty::STR, span)).expr;
            }
        }
        let pieces = vec![text, self.str(")", span)];
        let text = self.builtin(Builtin::StrConcat, pieces, Ty::STR, span).expr;
        with_stmts(stmts, text).into()
    }

    /// `==` or `!=` of two values of one type that holds structs with an `__eq__` of their own.
    pub fn inner_equality(
        &mut self,
        op: CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let ty = self.cx.resolve(left.expr.ty);
        if !self.holds_method(ty, "__eq__") && !self.holds_arrays(ty, &mut Vec::new()) {
            return None;
        }
        let function = match *self.cx.types.kind(ty) {
            TyKind::List(_) | TyKind::Array { .. } => "list_eq",
            TyKind::Tuple(_) => "tuple_eq",
            TyKind::Struct(id) => {
                let equal = self.struct_equality(left.expr.clone(), right.expr.clone(), id, span);
                return Some(self.negated_if(op == CompareOp::Ne, equal));
            }
            _ => return None,
        };
        let args = [left, right].map(|value| Given::Value(Box::new(value.clone())));
        let equal = self.call_library(function, args.into(), span);
        Some(self.negated_if(op == CompareOp::Ne, equal))
    }

    fn negated_if(&mut self, negated: bool, value: Val) -> Val {
        match negated && !value.is_error() {
            true => self.not(value.expr).into(),
            false => value,
        }
    }

    fn struct_equality(&mut self, left: Expr, right: Expr, id: StructId, span: Span) -> Val {
        let (left, mut stmts) = self.place_before(left, is_quiet(&right), span);
        let (right, more) = self.place_to_read(right, span);
        stmts.extend(more);
        let mut all = Val::strong(ExprKind::Bool(true), Ty::BOOL, span).expr;
        for (at, (_, ty)) in self.fields_of(id).into_iter().enumerate() {
            let [left, right] = [&left, &right].map(|place| {
                let part = self.field_place(place, at, ty, span);
                Val::from(self.read(part))
            });
            let is_array = matches!(self.cx.types.kind(ty), TyKind::Array { .. })
                && !self.holds_method(ty, "__eq__");
            let same = match is_array {
                true => {
                    let args = [left, right].map(|value| Given::Value(Box::new(value)));
                    self.call_library("array_eq", args.into(), span)
                }
                false => self.compare(ast::CompareOp::Eq, left, right, span),
            };
            if same.is_error() {
                return same;
            }
            let same = self.truth(same);
            all = match at {
                0 => same,
                _ => logical(LogicalOp::And, all, same),
            };
        }
        with_stmts(stmts, all).into()
    }

    /// `in`, `index` and `count` of a list of what has, or holds, an `__eq__` of its own.
    pub fn inner_search(
        &mut self,
        function: &str,
        list: &Expr,
        item: &Val,
        span: Span,
    ) -> Option<Val> {
        let ty = self.cx.resolve(list.ty);
        if !self.holds_method(ty, "__eq__") && !self.holds_arrays(ty, &mut Vec::new()) {
            return None;
        }
        let args = [Val::from(list.clone()), item.clone()];
        let args = args.map(|value| Given::Value(Box::new(value)));
        Some(self.call_library(function, args.into(), span))
    }

    /// A place that is read several times, or after other things, and the statements that make it one.
    pub fn place_to_read(&mut self, value: Expr, span: Span) -> (Place, Vec<Stmt>) {
        let mut place = None;
        let stmts = self.captured(|cx| {
            place = Some(match cx.cx.types.is_owning(value.ty) {
                true => cx.held(value, span),
                false => {
                    let local = cx.temp("v", value.ty, span);
                    cx.emit(StmtKind::Bind { local, value }, span);
                    cx.local_place(local, span)
                }
            });
        });
        let place = place.unwrap_or_else(|| crate::coerce::into_place(Val::error(span).expr));
        (place, stmts)
    }

    /// As [`Self::place_to_read`], for a place that is read behind what else is evaluated: a part that this may change is borrowed.
    pub fn place_before(
        &mut self,
        value: Expr,
        behind_is_quiet: bool,
        span: Span,
    ) -> (Place, Vec<Stmt>) {
        if behind_is_quiet || value.ty == Ty::STR || !self.is_lent(&value) {
            return self.place_to_read(value, span);
        }
        let place = crate::coerce::into_place(value);
        let mut held = None;
        let stmts = self.captured(|cx| held = Some(cx.lent_local(place, "v", span)));
        let held = held.map(|local| self.local_place(local, span));
        let place = held.unwrap_or_else(|| crate::coerce::into_place(Val::error(span).expr));
        (place, stmts)
    }

    fn fields_of(&self, id: StructId) -> Vec<(String, Ty)> {
        let fields = self.cx.structs[id.0 as usize].fields.iter();
        fields.map(|field| (field.name.clone(), field.ty)).collect()
    }

    fn field_place(&mut self, place: &Place, at: usize, ty: Ty, span: Span) -> Place {
        self.project(place.clone(), ProjectionKind::Field(at as u32), ty, span)
    }

    /// Whether the type is, or has inside of it, a struct with a field that is an array of numbers.
    fn holds_arrays(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> bool {
        let ty = self.cx.resolve(ty);
        if self.cx.types.is_scalar(ty) || ty == Ty::STR || seen.contains(&ty) {
            return false;
        }
        seen.push(ty);
        let parts: Vec<Ty> = match self.cx.types.kind(ty) {
            TyKind::List(of) => vec![*of],
            TyKind::Array { elem, .. } => vec![*elem],
            TyKind::Tuple(items) => items.to_vec(),
            TyKind::Struct(id) => self
                .fields_of(*id)
                .into_iter()
                .map(|field| field.1)
                .collect(),
            _ => return false,
        };
        let in_struct = matches!(self.cx.types.kind(ty), TyKind::Struct(_));
        parts.into_iter().any(|part| {
            let is_array = |elem| in_struct && self.cx.types.is_scalar(elem);
            match *self.cx.types.kind(part) {
                TyKind::Array { elem, .. } if is_array(elem) => true,
                _ => self.holds_arrays(part, seen),
            }
        })
    }

    /// Whether something inside of the type defines a special method.
    pub fn holds_method(&mut self, ty: Ty, method: &str) -> bool {
        let ty = self.cx.resolve(ty);
        if self.cx.types.is_scalar(ty) || ty == Ty::STR {
            return false;
        }
        self.holder(ty, method, &mut Vec::new())
    }

    fn holder(&mut self, ty: Ty, method: &str, seen: &mut Vec<Ty>) -> bool {
        let ty = self.cx.resolve(ty);
        if seen.contains(&ty) {
            return false;
        }
        seen.push(ty);
        let parts: Vec<Ty> = match self.cx.types.kind(ty) {
            TyKind::List(of) | TyKind::Set(of) | TyKind::Optional(of) => vec![*of],
            TyKind::Array { elem, .. } => vec![*elem],
            TyKind::Dict(key, value) => vec![*key, *value],
            TyKind::Tuple(items) => items.to_vec(),
            TyKind::Struct(id) => {
                let fields = &self.cx.structs[id.0 as usize].fields;
                fields.iter().map(|field| field.ty).collect()
            }
            _ => return false,
        };
        parts
            .into_iter()
            .any(|part| self.has_method(part, method) || self.holder(part, method, seen))
    }
}
