//! F-strings, progressions and tuples as values.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, FStringPart};

use crate::checker::Comptime;
use crate::coerce::{Val, into_place, logical};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, Builtin, CompareOp, ConstValue, Expr, ExprKind, LogicalOp, ProjectionKind, Stmt,
    StmtKind, Ty, TyKind,
};

impl<'a> FnCx<'_, 'a> {
    /// `f"…{value!r:spec}…"`
    pub fn f_string(&mut self, parts: &'a [FStringPart], span: Span) -> Val {
        let mut pieces: Vec<Expr> = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                FStringPart::Text(text) => pieces.push(self.str(text, span)),
                FStringPart::Value(value) => {
                    if let Some(text) = &value.debug {
                        pieces.push(self.str(text, value.span));
                    }
                    let Some(piece) = self.f_string_value(value) else {
                        return Val::error(span);
                    };
                    pieces.push(piece);
                }
            }
        }
        let mut pieces = pieces.into_iter();
        let Some(mut result) = pieces.next() else {
            return Val::strong(ExprKind::Str("".into()), Ty::STR, span);
        };
        for piece in pieces {
            result = self
                .builtin(Builtin::StrConcat, vec![result, piece], Ty::STR, span)
                .expr;
        }
        result.into()
    }

    fn f_string_value(&mut self, part: &'a ast::FStringValue) -> Option<Expr> {
        let span = part.span;
        let value = self.value(&part.value, None);
        let value = self.settle(value);
        if value.ty == Ty::ERROR {
            return None;
        }
        let repr = matches!(
            part.conversion,
            Some(ast::Conversion::Repr | ast::Conversion::Ascii)
        ) || (part.debug.is_some() && part.conversion.is_none() && part.spec.is_empty());
        let value = if repr {
            let value = self.borrow(value);
            self.builtin(Builtin::Repr, vec![value], Ty::STR, span).expr
        } else {
            value
        };
        match part.spec.as_slice() {
            [] => Some(self.str_of(value, span).expr),
            [FStringPart::Text(spec)] => {
                let spec = self.str(spec, span);
                if !self.is_arithmetic(value.ty) && value.ty != Ty::STR {
                    let name = self.ty_name(value.ty);
                    self.report(diag::not_yet(span, &format!("a format for `{name}`")));
                    return None;
                }
                Some(
                    self.builtin(Builtin::Format, vec![value, spec], Ty::STR, span)
                        .expr,
                )
            }
            _ => {
                self.report(diag::not_yet(span, "a format that is computed"));
                None
            }
        }
    }

    /// `[a, b, ..., z]`
    pub fn progression(&mut self, item: &'a ast::Progression, want: Option<Ty>, span: Span) -> Val {
        let wanted = want.and_then(|want| match *self.cx.types.kind(want) {
            TyKind::List(elem) => Some(elem),
            _ => None,
        });
        let values = [&item.first, &item.second, &item.last].map(|value| self.value(value, wanted));
        if values.iter().any(Val::is_error) {
            return Val::error(span);
        }
        let elem = match wanted {
            Some(elem) => elem,
            None => match self.common_type(&values, span) {
                Some(elem) => elem,
                None => return Val::error(span),
            },
        };
        if !self.cx.types.is_int(elem) && !self.cx.types.is_float(elem) {
            let name = self.ty_name(elem);
            self.report(diag::bad_operand(span, "...", &name));
            return Val::error(span);
        }
        let [first, second, last] = values.map(|value| self.coerce(value, elem));
        if [&first, &second, &last]
            .iter()
            .any(|value| value.ty == Ty::ERROR)
        {
            return Val::error(span);
        }
        self.progression_loop(first, second, last, elem, span)
    }

    fn progression_loop(
        &mut self,
        first: Expr,
        second: Expr,
        last: Expr,
        elem: Ty,
        span: Span,
    ) -> Val {
        let ty = self.cx.types.list(elem);
        let list = self.temp("list", ty, span);
        let (start, step, count) = (
            self.temp("a", elem, span),
            self.temp("step", elem, span),
            self.temp("n", Ty::INT, span),
        );
        let is_int = self.cx.types.is_int(elem);
        let binary = |op: BinaryOp, left: Expr, right: Expr| Expr {
            ty: left.ty,
            kind: ExprKind::Binary {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            span,
        };
        let stmts = self.captured(|cx| {
            cx.emit(
                StmtKind::Bind {
                    local: start,
                    value: first,
                },
                span,
            );
            let from = cx.load_local(start, span);
            cx.emit(
                StmtKind::Bind {
                    local: step,
                    value: binary(BinaryOp::Sub, second, from.clone()),
                },
                span,
            );
            let by = cx.load_local(step, span);
            let zero = cx.coerce(Val::int(0, span), elem);
            let condition = cx.compare_ints(CompareOp::Ne, by.clone(), zero, span);
            let message = cx.str("the items of a progression are equal", span);
            cx.emit(
                StmtKind::Check {
                    condition,
                    error: crate::hir::ErrorKind::ValueError,
                    message: Some(message),
                },
                span,
            );
            let distance = binary(BinaryOp::Sub, last, from.clone());
            let steps = if is_int {
                let steps = binary(BinaryOp::FloorDiv, distance, by.clone());
                cx.cast_to(steps, Ty::INT)
            } else {
                // Half a step of slack, so that the last item is not lost to rounding.
                let quotient = binary(BinaryOp::Div, distance, by.clone());
                let half = cx.coerce(Val::float(0.5, span), elem);
                let shifted = binary(BinaryOp::Add, quotient, half);
                let floor = cx.builtin(
                    Builtin::Math(crate::hir::MathFn::Floor),
                    vec![shifted],
                    elem,
                    span,
                );
                cx.cast_to(floor.expr, Ty::INT)
            };
            let one = cx.int(1, span);
            let value = cx.int_binary(BinaryOp::Add, steps, one, span);
            cx.emit(
                StmtKind::Bind {
                    local: count,
                    value,
                },
                span,
            );
            let empty = Expr {
                kind: ExprKind::List(Vec::new()),
                ty,
                span,
            };
            cx.emit(
                StmtKind::Bind {
                    local: list,
                    value: empty,
                },
                span,
            );
            let index = cx.temp("i", Ty::INT, span);
            let position = cx.load_local(index, span);
            let position = cx.cast_to(position, elem);
            let value = binary(BinaryOp::Add, from, binary(BinaryOp::Mul, position, by));
            let place = cx.local_place(list, span);
            let receiver = cx.read(place);
            let receiver = cx.borrow_as(receiver, true);
            let append = cx.builtin(Builtin::ListAppend, vec![receiver, value], Ty::NONE, span);
            let range = crate::hir::Range {
                start: cx.int(0, span),
                stop: cx.load_local(count, span),
                step: None,
            };
            let body = vec![Stmt {
                kind: StmtKind::Expr(append.expr),
                span,
            }];
            cx.emit(
                StmtKind::For {
                    index,
                    range,
                    body,
                    orelse: Vec::new(),
                },
                span,
            );
        });
        let place = self.local_place(list, span);
        let value = Box::new(self.read(place));
        Val::strong(ExprKind::Block { stmts, value }, ty, span)
    }

    pub fn tuple_of(&mut self, items: Vec<Expr>, span: Span) -> Val {
        if items.iter().any(|item| item.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let tys: Vec<Ty> = items.iter().map(|item| self.cx.resolve(item.ty)).collect();
        let ty = self.cx.types.tuple(&tys);
        Val::strong(ExprKind::Tuple(items), ty, span)
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
        let mut tys = Vec::new();
        let mut stmts = Vec::new();
        for (value, item_tys) in [(left, left_items), (right, right_items)] {
            let (ty, at) = (value.ty, value.span);
            let local = self.temp("t", ty, at);
            stmts.push(Stmt {
                kind: StmtKind::Bind { local, value },
                span: at,
            });
            for (position, &item) in item_tys.iter().enumerate() {
                let base = self.local_place(local, at);
                let place = self.project(base, ProjectionKind::Item(position as u32), item, at);
                items.push(self.read(place));
                tys.push(item);
            }
        }
        let ty = self.cx.types.tuple(&tys);
        let value = Box::new(Expr {
            kind: ExprKind::Tuple(items),
            ty,
            span,
        });
        Val::strong(ExprKind::Block { stmts, value }, ty, span)
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
        let (first, again) = self.evaluate_once(left);
        let place = into_place(right);
        let mut result: Option<Expr> = None;
        for (position, &item) in items.iter().enumerate() {
            let candidate = self.project(
                place.clone(),
                ProjectionKind::Item(position as u32),
                item,
                span,
            );
            let candidate = self.read(candidate);
            let value = if position == 0 {
                first.clone()
            } else {
                again.clone()
            };
            let equal = self.compare(ast::CompareOp::Eq, value, candidate.into(), span);
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
        if op == ast::CompareOp::NotIn {
            self.not(found).into()
        } else {
            found.into()
        }
    }

    /// A compile-time tuple as a literal; a list or array as read-only data.
    pub fn comptime_data(&mut self, value: &Comptime, span: Span) -> Val {
        let (Some(ty), ConstValue::Items(items)) = (value.ty, &value.value) else {
            return Val::error(span);
        };
        if let TyKind::Tuple(tys) = self.cx.types.kind(ty).clone() {
            let mut values = Vec::with_capacity(items.len());
            for (item, &ty) in items.iter().zip(&tys) {
                let item = Comptime {
                    value: item.clone(),
                    ty: Some(ty),
                };
                values.push(self.comptime_literal(&item, span).expr);
            }
            return Val::strong(ExprKind::Tuple(values), ty, span);
        }
        let known = self
            .cx
            .constants
            .iter()
            .position(|constant| constant.ty == ty && constant.value == value.value);
        let at = known.unwrap_or_else(|| {
            let at = self.cx.constants.len();
            self.cx.constants.push(crate::hir::Constant {
                name: format!("const{at}"),
                ty,
                value: value.value.clone(),
                span,
            });
            at
        });
        let place = crate::hir::Place {
            root: crate::hir::Root::Constant(crate::hir::ConstId(at as u32)),
            projections: Vec::new(),
            ty,
            span,
        };
        self.read(place).into()
    }
}
