//! Tuples: items, `+`, `*` and `in`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::{Val, logical};
use crate::diag;
use crate::expr::{Operand, with_stmts};
use crate::func::FnCx;
use crate::hir::{
    Expr, ExprKind, LogicalOp, Place, ProjectionKind, Root, Stmt, StmtKind, Ty, is_quiet,
};

/// A tuple is a type: it does not get longer than anybody would write.
const MOST_REPEATS: i128 = 1000;

impl<'a> FnCx<'_, 'a> {
    /// `t[i]`, `t[i:j]`
    pub fn tuple_item(
        &mut self,
        place: Place,
        items: &[Ty],
        index: &'a ast::Expr,
        span: Span,
    ) -> Operand {
        if let Ast::Slice(slice) = &index.kind {
            return Operand::Value(self.tuple_slice(place, items, slice, span));
        }
        let value = self.value(index, Some(Ty::INT));
        if value.is_error() {
            return Operand::Value(value);
        }
        let Some(constant) = value.constant() else {
            if self.is_uniform(items) && self.cx.types.is_int(value.expr.ty) {
                let index = self.coerce(value, Ty::INT);
                let list = self.tuple_as_list(place, items, span);
                let kind = ProjectionKind::Index {
                    indices: vec![index],
                    checked: true,
                };
                return Operand::Place(self.project(list, kind, items[0], span));
            }
            self.report(diag::not_comptime(index.span, "the index of a tuple"));
            return Operand::Value(Val::error(span));
        };
        let len = items.len() as i128;
        let at = if constant < 0 {
            constant + len
        } else {
            constant
        };
        if at < 0 || at >= len {
            let message = format!("index {constant} is out of range for a tuple of {len} items");
            self.report(mlc_diagnostics::Diagnostic::error(
                "bad-index",
                index.span,
                message,
            ));
            return Operand::Value(Val::error(span));
        }
        // `a.shape[1]`: no need for the tuple.
        if place.projections.is_empty()
            && let Root::Temporary(tuple) = &place.root
            && let ExprKind::Tuple(values) = &tuple.kind
            && values
                .iter()
                .all(|value| matches!(value.kind, ExprKind::Len { .. } | ExprKind::Int(_)))
        {
            return Operand::Value(Val::from(values[at as usize].clone()));
        }
        Operand::Place(self.project(
            place,
            ProjectionKind::Item(at as u32),
            items[at as usize],
            span,
        ))
    }

    /// The items of a tuple of one type, in a hidden list.
    pub fn tuple_as_list(&mut self, place: Place, items: &[Ty], span: Span) -> Place {
        let tuple = self.read(place);
        let place = self.held(tuple, span);
        let mut values = Vec::with_capacity(items.len());
        for (position, &item) in items.iter().enumerate() {
            let item = self.project(
                place.clone(),
                ProjectionKind::Item(position as u32),
                item,
                span,
            );
            values.push(self.read(item));
        }
        let ty = self.cx.types.list(items[0]);
        let list = Expr {
            kind: ExprKind::List(values),
            ty,
            span,
        };
        self.held(list, span)
    }

    pub fn tuple_concat(
        &mut self,
        left: Expr,
        left_items: &[Ty],
        right: Expr,
        right_items: &[Ty],
        span: Span,
    ) -> Val {
        let mut items = Vec::new();
        let mut stmts = Vec::new();
        for (value, item_tys) in [(left, left_items), (right, right_items)] {
            let (ty, at) = (value.ty, value.span);
            let local = self.temp("t", ty, at);
            stmts.push(Stmt {
                kind: StmtKind::Bind { local, value },
                span: at,
            });
            let place = self.local_place(local, at);
            items.extend(self.items_of(&place, item_tys, at));
        }
        let tuple = self.tuple_of(items, span);
        with_stmts(stmts, tuple.expr).into()
    }

    /// The items of a tuple, each read.
    fn items_of(&mut self, tuple: &Place, items: &[Ty], span: Span) -> Vec<Expr> {
        let item = |(position, &ty): (usize, &Ty)| {
            let kind = ProjectionKind::Item(position as u32);
            let place = self.project(tuple.clone(), kind, ty, span);
            self.read(place)
        };
        items.iter().enumerate().map(item).collect()
    }

    pub fn tuple_of(&mut self, items: Vec<Expr>, span: Span) -> Val {
        let types: Vec<Ty> = items.iter().map(|item| item.ty).collect();
        let ty = self.cx.types.tuple(&types);
        Val::strong(ExprKind::Tuple(items), ty, span)
    }

    /// `t * n` for a constant `n`.
    pub fn tuple_repeat(&mut self, tuple: Expr, items: &[Ty], count: &Val, span: Span) -> Val {
        let Some(count) = count.constant() else {
            self.report(diag::not_comptime(
                count.expr.span,
                "how often a tuple is repeated",
            ));
            return Val::error(span);
        };
        let count = count.clamp(0, MOST_REPEATS) as usize;
        if count > 1 && items.iter().any(|&item| self.cx.types.is_owning(item)) {
            self.report(diag::not_yet(span, "repeating a tuple that owns memory"));
            return Val::error(span);
        }
        let local = self.temp("t", tuple.ty, span);
        let bind = StmtKind::Bind {
            local,
            value: tuple,
        };
        let place = self.local_place(local, span);
        let once = self.items_of(&place, items, span);
        let repeated = std::iter::repeat_n(once, count).flatten().collect();
        let tuple = self.tuple_of(repeated, span);
        with_stmts(vec![Stmt { kind: bind, span }], tuple.expr).into()
    }

    /// Whether all items of a tuple have one type, which is copied implicitly: it can be looked at as a list.
    pub fn is_uniform(&self, items: &[Ty]) -> bool {
        items.first().is_some_and(|&first| {
            !self.cx.types.is_owning(first) && items.iter().all(|&item| item == first)
        })
    }

    /// `x in (a, b, c)`
    pub fn tuple_membership(
        &mut self,
        op: ast::CompareOp,
        left: Val,
        right: Expr,
        items: &[Ty],
        span: Span,
    ) -> Val {
        let left = self.settle(left);
        let (left, mut stmts) = self.place_before(left, is_quiet(&right), span);
        let mut candidates = Vec::with_capacity(items.len());
        match right.kind {
            // The items of a literal stay where they are.
            ExprKind::Tuple(values) => {
                for value in values {
                    let (place, before) = self.place_to_read(value, span);
                    stmts.extend(before);
                    candidates.push(place);
                }
            }
            _ => {
                let (whole, before) = self.place_to_read(right, span);
                stmts.extend(before);
                for (position, &item) in items.iter().enumerate() {
                    let part = ProjectionKind::Item(position as u32);
                    candidates.push(self.project(whole.clone(), part, item, span));
                }
            }
        }
        let mut result: Option<Expr> = None;
        for candidate in candidates {
            let (value, candidate) = (self.read(left.clone()), self.read(candidate));
            let equal = self.compare(ast::CompareOp::Eq, candidate.into(), value.into(), span);
            if equal.is_error() {
                return equal;
            }
            result = Some(match result {
                Some(before) => logical(LogicalOp::Or, before, equal.expr),
                None => equal.expr,
            });
        }
        let found =
            result.unwrap_or_else(|| Val::strong(ExprKind::Bool(false), Ty::BOOL, span).expr);
        let found = if op == ast::CompareOp::NotIn {
            self.not(found)
        } else {
            found
        };
        with_stmts(stmts, found).into()
    }
}
