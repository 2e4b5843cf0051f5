//! `min`, `max`, `sorted` and `list.sort`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{Arg, Expr as AstExpr, ExprKind as Ast};

use crate::call::Given;
use crate::coerce::{Val, Weak, into_place};
use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, Builtin, CompareOp, ErrorKind, Expr, ExprKind, Place, Projection, ProjectionKind,
    Root, Stmt, StmtKind, Ty, TyKind, is_quiet,
};
use crate::names::mentioned_expr;

/// What stands behind `key=` and `reverse=`.
struct SortKeywords<'a> {
    key: Option<&'a AstExpr>,
    reverse: Expr,
}

fn exclusive(place: Place, span: Span) -> Expr {
    Expr {
        ty: place.ty,
        kind: ExprKind::Borrow {
            place,
            mutable: true,
        },
        span,
    }
}

impl<'a> FnCx<'_, 'a> {
    pub(super) fn min_or_max(&mut self, name: &str, args: &'a [Arg], span: Span) -> Option<Val> {
        let (values, [key, default]) = self.split_arguments(name, args, ["key", "default"])?;
        let key = key.filter(|key| !matches!(key.kind, Ast::None));
        let list = match values.as_slice() {
            [] => {
                let message = format!("`{name}` takes at least 1 argument, 0 were given");
                self.report(diag::wrong_arguments(span, message));
                return None;
            }
            [iter] => self.list_to_read(iter, None, span),
            _ if default.is_some() => {
                let message = format!("`default` of `{name}` goes with one argument");
                self.report(diag::wrong_arguments(span, message));
                return None;
            }
            _ => {
                let values: Vec<Val> = (values.iter().copied())
                    .map(|value| self.value(value, None))
                    .collect();
                let is_vector = |value: &Val| self.simd_parts(value.expr.ty).is_some();
                let is_number = |value: &Val| self.is_ordered_number(value);
                if key.is_none() && (values.iter().any(is_vector) || values.iter().all(is_number)) {
                    let op = match name {
                        "min" => BinaryOp::Min,
                        _ => BinaryOp::Max,
                    };
                    return self.least_of(op, values, span);
                }
                // A function may take `None`; an order has no place for it.
                if key.is_some() {
                    self.list_of_values(values, span)
                } else {
                    let (first, values) = self.evaluated_before_none(values);
                    let values = values.into_iter().map(|value| self.present(value));
                    let values = values.collect();
                    let list = self.list_of_values(values, span);
                    with_stmts(first, list.expr).into()
                }
            }
        };
        if list.is_error() {
            return Some(list);
        }
        let ty = self.cx.resolve(list.expr.ty);
        if key.is_none()
            && matches!(self.cx.types.kind(ty), TyKind::Array { dims, .. } if dims.len() > 1)
        {
            return Some(self.rows_are_no_numbers(name, ty, span));
        }
        match default {
            None => Some(self.extreme_of(name, list, key, span)),
            Some(default) => {
                let mut found = Val::error(span);
                let stmts = self.captured(|cx| {
                    found = cx.extreme_or(name, list, key, default, span);
                });
                found.expr = with_stmts(stmts, found.expr);
                Some(found)
            }
        }
    }

    /// `max(xs, default=d)`: the default is evaluated behind the list, whether it is taken or not.
    fn extreme_or(
        &mut self,
        name: &str,
        list: Val,
        key: Option<&'a AstExpr>,
        default: &'a AstExpr,
        span: Span,
    ) -> Val {
        let (list, again) = self.read_twice(list);
        let mut default = self.value(default, None);
        if let TyKind::List(elem) = *self.cx.types.kind(list.ty) {
            self.cx.unify_unknown(elem, default.expr.ty);
        }
        // A list that stays where it is need not be moved for what may not be taken.
        if !self.cx.types.is_owning(default.expr.ty) || !is_quiet(&default.expr) {
            default = self.in_hidden_local(default);
        }
        let found = self.extreme_of(name, again.into(), key, span);
        let default = self.coerce(default, found.expr.ty);
        let length = self.len_of(into_place(list), 0, span);
        let zero = self.int(0, span);
        let some = self.compare_ints(CompareOp::Ne, length, zero, span);
        let ty = found.expr.ty;
        let kind = ExprKind::If {
            condition: Box::new(some),
            then: Box::new(found.expr),
            orelse: Box::new(default),
        };
        Val::strong(kind, ty, span)
    }

    /// A list with the items of an expression, only to be looked at: the list itself where it is one.
    pub fn list_to_read(&mut self, iter: &'a AstExpr, want: Option<Ty>, span: Span) -> Val {
        let value = self.listed(iter, want);
        let value = self.present(value);
        let ty = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(ty) {
            TyKind::List(_) | TyKind::Array { .. } | TyKind::Error => value,
            TyKind::Str | TyKind::Tuple(_) => {
                self.call_library("list_of", vec![Given::Value(Box::new(value))], span)
            }
            TyKind::Struct(_) => self.gathered(span, None, |cx, push| {
                let source = cx.elements_of(value, iter.span);
                cx.each_of(source, span, push);
            }),
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::not_iterable(iter.span, &name));
                Val::error(span)
            }
        }
    }

    fn least_of(&mut self, op: BinaryOp, values: Vec<Val>, span: Span) -> Option<Val> {
        let (first, values) = self.evaluated_before_none(values);
        let values = values.into_iter();
        let least = values.reduce(|left, right| self.min_max(op, left, right, span))?;
        Some(Val {
            expr: with_stmts(first, least.expr),
            weak: least.weak,
        })
    }

    /// The values, all of which are evaluated before one is found to be `None`, where one may be; with what is done in front.
    fn evaluated_before_none(&mut self, values: Vec<Val>) -> (Vec<Stmt>, Vec<Val>) {
        let tys: Vec<Ty> = (values.iter())
            .map(|value| self.cx.resolve(value.expr.ty))
            .collect();
        let types = &self.cx.types;
        let is_optional = |ty: &Ty| matches!(types.kind(*ty), TyKind::Optional(_));
        if !tys.iter().any(is_optional) || tys.iter().any(|ty| types.is_owning(*ty)) {
            return (Vec::new(), values);
        }
        let mut held = Vec::with_capacity(values.len());
        let first = self.captured(|cx| {
            held.extend(values.into_iter().map(|value| match value.weak {
                Weak::No => cx.in_hidden_local(value),
                _ => value,
            }));
        });
        (first, held)
    }

    fn is_ordered_number(&self, value: &Val) -> bool {
        let ty = match *self.cx.types.kind(value.expr.ty) {
            TyKind::Optional(inner) => inner,
            _ => value.expr.ty,
        };
        ty == Ty::ERROR || (self.is_arithmetic(ty) && !self.cx.types.is_complex(ty))
    }

    /// A list that is looked at twice.
    fn read_twice(&mut self, list: Val) -> (Expr, Expr) {
        match list.expr.kind {
            ExprKind::Move(place) if place.projections.is_empty() => {
                let list = self.read(place);
                (list.clone(), list)
            }
            _ => {
                let span = list.expr.span;
                let place = self.held(list.expr, span);
                let list = self.read(place);
                (list.clone(), list)
            }
        }
    }

    /// The least or greatest item of a list, or that of which `key` is.
    fn extreme_of(&mut self, name: &str, list: Val, key: Option<&'a AstExpr>, span: Span) -> Val {
        let ty = self.cx.resolve(list.expr.ty);
        let (TyKind::List(elem) | TyKind::Array { elem, .. }) = *self.cx.types.kind(ty) else {
            return self.reduce_value(Builtin::ReduceMin, name, list, span);
        };
        let elem = self.cx.resolve(elem);
        let is_number = self.is_arithmetic(elem) && !self.cx.types.is_complex(elem);
        let is_array = matches!(self.cx.types.kind(ty), TyKind::Array { .. });
        // Of an array, one NaN makes the result NaN, as in NumPy; of a list, the order decides, as in Python.
        let in_order = self.cx.types.is_float(elem) && !is_array;
        let op = match name {
            "min" => Builtin::ReduceMin,
            _ => Builtin::ReduceMax,
        };
        match key {
            None if is_array || (is_number && !in_order) => self.reduce_value(op, name, list, span),
            None if in_order => {
                let (list, again) = self.read_twice(list);
                let found = self.reduce_value(op, name, list.into(), span);
                let given = [again.into(), found].map(|value| Given::Value(Box::new(value)));
                self.call_library(&format!("{name}_in_order"), given.into(), span)
            }
            None => {
                let list = Given::Value(Box::new(list));
                self.call_library(&format!("{name}_of"), vec![list], span)
            }
            Some(key) => {
                let args = vec![Given::Value(Box::new(list)), Given::Expr(key)];
                self.call_library(&format!("{name}_by"), args, span)
            }
        }
    }

    pub(super) fn sorted(&mut self, args: &'a [Arg], span: Span) -> Val {
        let Some((first, rest)) = args.split_first() else {
            let message = "`sorted` takes 1 argument, 0 were given";
            self.report(diag::wrong_arguments(span, message));
            return Val::error(span);
        };
        let list = self.gathered(span, None, |cx, push| cx.each_copied(&first.value, push));
        if list.is_error() {
            return self.poisoned_call(rest, span);
        }
        let ty = self.cx.resolve(list.expr.ty);
        let local = self.temp("sorted", ty, span);
        let place = self.local_place(local, span);
        let sort = self.sort(place.clone(), "sorted", rest, span);
        if sort.is_error() {
            return sort;
        }
        let stmt = |kind| Stmt { kind, span };
        let stmts = vec![
            stmt(StmtKind::Bind {
                local,
                value: list.expr,
            }),
            stmt(StmtKind::Expr(sort.expr)),
        ];
        let value = self.read(place);
        with_stmts(stmts, value).into()
    }

    /// Sorts a list where it lies, with the `key` and `reverse` of `args`.
    pub fn sort(&mut self, list: Place, name: &str, args: &'a [Arg], span: Span) -> Val {
        let Some(SortKeywords { key, reverse }) = self.sort_keywords(name, args) else {
            return Val::error(span);
        };
        let ty = self.cx.resolve(list.ty);
        let TyKind::List(elem) = *self.cx.types.kind(ty) else {
            return Val::error(span);
        };
        let elem = self.cx.resolve(elem);
        if let Some(key) = key
            && self.reads_sorted(key, &list)
        {
            return self.sort_aside(list, key, reverse, span);
        }
        let list = exclusive(list, span);
        let list_of_numbers = self.is_arithmetic(elem) && !self.cx.types.is_complex(elem);
        let runtime_sorts = !matches!(elem, Ty::F16 | Ty::BF16) && list_of_numbers;
        match key {
            None if runtime_sorts || elem == Ty::STR => {
                self.builtin(Builtin::ListSort, vec![list, reverse], Ty::NONE, span)
            }
            None => {
                let args = [list, reverse].map(|arg| Given::Value(Box::new(arg.into())));
                self.call_library("sort", args.into(), span)
            }
            Some(key) => {
                let [list, reverse] = [list, reverse].map(|arg| Given::Value(Box::new(arg.into())));
                self.call_library("sort_by", vec![list, Given::Expr(key), reverse], span)
            }
        }
    }

    /// Whether `key` is a lambda that reads the list which is being sorted.
    fn reads_sorted(&self, key: &AstExpr, list: &Place) -> bool {
        let is_field = |part: &Projection| matches!(part.kind, ProjectionKind::Field(_));
        let Root::Local(local) = list.root else {
            return false;
        };
        let mut reads = false;
        if matches!(key.kind, Ast::Lambda(_)) && list.projections.iter().all(is_field) {
            let sorted = self.local(local).name.as_str();
            mentioned_expr(key, &mut |name| reads |= name == sorted);
        }
        reads
    }

    /// Sorts a list that `key` looks at: as in CPython it finds it empty.
    fn sort_aside(&mut self, list: Place, key: &'a AstExpr, reverse: Expr, span: Span) -> Val {
        let ty = list.ty;
        let items = self.temp("items", ty, span);
        let place = self.local_place(items, span);
        let stmt = |kind| Stmt { kind, span };
        let (left, right) = (list.clone(), place.clone());
        let exchange = || {
            let (left, right) = (left.clone(), right.clone());
            stmt(StmtKind::Swap { left, right })
        };
        let [items_given, reverse] =
            [exclusive(place, span), reverse].map(|arg| Given::Value(Box::new(arg.into())));
        let sort = self.call_library(
            "sort_by",
            vec![items_given, Given::Expr(key), reverse],
            span,
        );
        if sort.is_error() {
            return sort;
        }
        let length = self.len_of(list, 0, span);
        let zero = self.int(0, span);
        let check = StmtKind::Check {
            condition: self.compare_ints(CompareOp::Eq, length, zero, span),
            error: ErrorKind::ValueError,
            message: Some(self.str("list modified during sort", span)),
        };
        let empty = Expr {
            kind: ExprKind::List(Vec::new()),
            ty,
            span,
        };
        let protected = StmtKind::Try {
            body: vec![stmt(StmtKind::Expr(sort.expr)), stmt(check)],
            handlers: Vec::new(),
            orelse: Vec::new(),
            finally: vec![exchange()],
        };
        let bind = StmtKind::Bind {
            local: items,
            value: empty,
        };
        let stmts = vec![stmt(bind), exchange(), stmt(protected)];
        with_stmts(stmts, Val::strong(ExprKind::None, Ty::NONE, span).expr).into()
    }

    fn sort_keywords(&mut self, name: &str, args: &'a [Arg]) -> Option<SortKeywords<'a>> {
        let (values, [key, reverse]) = self.split_arguments(name, args, ["key", "reverse"])?;
        if let Some(value) = values.first() {
            let message = format!("`{name}` takes `key` and `reverse` as keywords");
            self.report(diag::wrong_arguments(value.span, message));
            return None;
        }
        let reverse = match reverse {
            Some(reverse) => self.condition(reverse),
            None => Val::strong(ExprKind::Bool(false), Ty::BOOL, Span::NONE).expr,
        };
        Some(SortKeywords {
            key: key.filter(|key| !matches!(key.kind, Ast::None)),
            reverse,
        })
    }
}
