//! `a, *b = value`: the parts of a tuple, list or string to several targets.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::call::Given;
use crate::coerce::Val;
use crate::diag;
use crate::expr::is_starred;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, CompareOp, Expr, ExprKind, Place, ProjectionKind, Root, StmtKind, Subscript, Ty,
    TyKind,
};
use crate::places::is_list_slice;

impl<'a> FnCx<'_, 'a> {
    /// `a, b = value`
    pub fn unpack(&mut self, parts: &'a [ast::Expr], at: Span, value: Val, span: Span) {
        let value = self.settle(value);
        let ty = self.cx.resolve(value.ty);
        let mut starred = parts.iter().filter(|part| is_starred(part));
        if let (Some(_), Some(second)) = (starred.next(), starred.next()) {
            self.report(diag::bad_target(second.span).help("one target can have a `*`"));
            return self.poison_targets(parts);
        }
        let star = parts.iter().position(is_starred);
        let items = match self.cx.types.kind(ty).clone() {
            TyKind::Tuple(items) => items,
            TyKind::List(elem) | TyKind::Array { elem, .. } => {
                return self.unpack_list(parts, star, value, elem, span);
            }
            TyKind::PythonObject => {
                let items = self.objects_in(value, span);
                return self.unpack_list(parts, star, items, Ty::PYTHON_OBJECT, span);
            }
            TyKind::Str => return self.unpack_list(parts, star, value, Ty::STR, span),
            TyKind::Optional(inner) => {
                let place = self.held(value, at);
                let kind = ProjectionKind::Unwrap { checked: true };
                let place = self.project(place, kind, inner, span);
                let value = self.read(place);
                return self.unpack(parts, at, value.into(), span);
            }
            TyKind::Struct(id) if self.cx.is_library_struct(id, "Tuple") => {
                let tuple = self.held(value, at);
                let list = self.items_of_tuple(tuple, span);
                let value = self.read(list);
                return self.unpack(parts, at, value.into(), span);
            }
            _ => {
                if ty != Ty::ERROR {
                    self.wrong_parts(parts, at, ty);
                }
                return self.poison_targets(parts);
            }
        };
        let enough = match star {
            Some(_) => items.len() + 1 >= parts.len(),
            None => items.len() == parts.len(),
        };
        if !enough {
            self.wrong_parts(parts, at, ty);
            return self.poison_targets(parts);
        }
        let targets = if star.is_none() { parts } else { &[] };
        let mut values = self.taken_items(value, &items, targets);
        if let Some(star) = star {
            let behind = star + items.len() + 1 - parts.len();
            let middle: Vec<Val> = values.drain(star..behind).map(Val::from).collect();
            let list = self.list_of_values(middle, parts[star].span);
            if list.is_error() {
                return self.poison_targets(parts);
            }
            values.insert(star, list.expr);
        }
        for (part, value) in parts.iter().zip(values) {
            self.assign_to(inner_target(part), value.into(), span);
        }
    }

    fn wrong_parts(&mut self, parts: &'a [ast::Expr], at: Span, ty: Ty) {
        let found = self.ty_name(ty);
        let expected = match parts.iter().any(is_starred) {
            true => format!("a tuple of {} or more", parts.len() - 1),
            false => format!("a tuple of {}", parts.len()),
        };
        self.report(diag::unlike(at, &expected, &found));
    }

    /// A value that is evaluated before the target is written. A part that gets a name is borrowed.
    pub(super) fn taken(&mut self, value: Expr, target: Option<&ast::Expr>) -> Expr {
        let at = value.span;
        let is_named = target.is_some_and(|target| self.names_variables(target));
        let local = match value.kind {
            ExprKind::Move(place)
                if is_named
                    && !place.projections.is_empty()
                    && !is_list_slice(&place, &self.cx.types) =>
            {
                self.lent_local(place, "v", at)
            }
            _ => {
                let local = self.temp("v", value.ty, at);
                self.emit(StmtKind::Bind { local, value }, at);
                local
            }
        };
        self.read_local(local, at)
    }

    /// Whether a target gives local variables values, and nothing else.
    fn names_variables(&self, target: &ast::Expr) -> bool {
        match &target.kind {
            Ast::Name(name) => !self.is_global_target(*name),
            Ast::Tuple(parts) | Ast::List(parts) => {
                parts.iter().all(|part| self.names_variables(part))
            }
            _ => false,
        }
    }

    /// The items of a tuple, each taken before the first of the targets is written.
    fn taken_items(&mut self, value: Expr, items: &[Ty], targets: &[ast::Expr]) -> Vec<Expr> {
        let at = value.span;
        let mut taken = Vec::with_capacity(items.len());
        if let ExprKind::Tuple(values) = value.kind {
            for (position, value) in values.into_iter().enumerate() {
                taken.push(self.taken(value, targets.get(position)));
            }
            return taken;
        }
        // Names for the items of what stays where it is are borrows of them.
        let is_lent = self.cx.types.is_owning(value.ty) && self.is_lent(&value);
        let local = match value.kind {
            ExprKind::Move(place) if is_lent => self.lent_local(place, "t", at),
            _ => {
                let local = self.temp("t", value.ty, at);
                self.emit(StmtKind::Bind { local, value }, at);
                local
            }
        };
        for (position, &item) in items.iter().enumerate() {
            let base = self.local_place(local, at);
            let place = self.project(base, ProjectionKind::Item(position as u32), item, at);
            taken.push(if self.cx.types.is_owning(item) && !is_lent {
                self.transferred(place).expr
            } else {
                self.read(place)
            });
        }
        taken
    }

    /// A list of values, in the type in which they meet.
    pub fn list_of_values(&mut self, values: Vec<Val>, span: Span) -> Val {
        let elem = if values.is_empty() {
            self.cx.fresh_unknown()
        } else {
            match self.common_type(&values, span) {
                Some(elem) => elem,
                None => return Val::error(span),
            }
        };
        let items = values
            .into_iter()
            .map(|value| self.coerce(value, elem))
            .collect();
        let ty = self.cx.types.list(elem);
        Val::strong(ExprKind::List(items), ty, span)
    }

    /// `a, *b = xs`: as many items as targets need, checked at run time.
    fn unpack_list(
        &mut self,
        parts: &'a [ast::Expr],
        star: Option<usize>,
        value: Expr,
        elem: Ty,
        span: Span,
    ) {
        let at = value.span;
        let place = self.held(value, at);
        let len = self.len_of(place.clone(), 0, at);
        let (needed, wrong) = match star {
            Some(_) => (parts.len() - 1, CompareOp::Lt),
            None => (parts.len(), CompareOp::Ne),
        };
        let wanted = self.int(needed as i128, at);
        let condition = self.compare_ints(wrong, len.clone(), wanted.clone(), at);
        let least = self.bool(star.is_some(), at);
        let given = [wanted, len.clone(), least].map(|value| Given::Value(Box::new(value.into())));
        let then = self.captured(|cx| {
            let raised = cx.call_library("wrong_number", given.into(), at);
            cx.emit(StmtKind::Expr(raised.expr), at);
        });
        let orelse = Vec::new();
        self.emit(
            StmtKind::If {
                condition,
                then,
                orelse,
            },
            at,
        );
        // All items are taken before the first of the targets is written.
        let mut values = Vec::with_capacity(parts.len());
        for (position, part) in parts.iter().enumerate() {
            // Behind the `*` positions count from the end.
            let from_end = (parts.len() - position) as i128;
            let value = if star == Some(position) {
                let start = self.int(position as i128, at);
                let behind = self.int(from_end - 1, at);
                let stop = self.int_binary(BinaryOp::Sub, len.clone(), behind, at);
                let slice = Subscript::Range {
                    start: Some(start),
                    stop: Some(stop),
                    step: None,
                    lanes: None,
                };
                let ty = place.ty;
                let kind = ProjectionKind::Slice(vec![slice]);
                let middle = self.project(place.clone(), kind, ty, part.span);
                let source = self.elements(middle, part.span);
                let gathered = self.gathered(part.span, None, |cx, push| {
                    cx.each_of(source, part.span, &mut |cx, value| {
                        let value = cx.share(value);
                        push(cx, value);
                    });
                });
                self.settle(gathered)
            } else {
                let index = match star {
                    Some(star) if position > star => {
                        let behind = self.int(from_end, at);
                        self.int_binary(BinaryOp::Sub, len.clone(), behind, at)
                    }
                    _ => self.int(position as i128, part.span),
                };
                let kind = ProjectionKind::Index {
                    indices: vec![index],
                    checked: false,
                };
                let item = self.project(place.clone(), kind, elem, part.span);
                self.read(item)
            };
            values.push(self.taken(value, Some(inner_target(part))));
        }
        for (part, value) in parts.iter().zip(values) {
            self.assign_to(inner_target(part), value.into(), span);
        }
    }

    /// A place that keeps the value for the statements that follow: its own place, to which the way is evaluated once, or a hidden
    /// local.
    pub fn held(&mut self, value: Expr, span: Span) -> Place {
        let place = self.placed(value, span);
        self.pinned(place)
    }

    /// The place of the value, or a hidden local for it.
    pub fn placed(&mut self, value: Expr, span: Span) -> Place {
        let place = crate::coerce::into_place(value);
        match place.root {
            Root::Temporary(inner) => {
                let local = self.temp("t", inner.ty, span);
                self.emit(
                    StmtKind::Bind {
                        local,
                        value: *inner,
                    },
                    span,
                );
                Place {
                    root: Root::Local(local),
                    ..place
                }
            }
            _ => place,
        }
    }

    fn poison_targets(&mut self, parts: &'a [ast::Expr]) {
        for part in parts {
            crate::names::target_names(part, &mut |name| {
                if !self.vars.contains_key(&name) {
                    self.bind_poisoned(name, part.span);
                }
            });
        }
    }
}

/// What a target with a `*` is without it.
fn inner_target(part: &ast::Expr) -> &ast::Expr {
    match &part.kind {
        Ast::Starred(inner) => inner,
        _ => part,
    }
}
