//! `sum`, `any`, `all` and the other functions that make one value of many.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ArgKind};

use crate::coerce::Val;
use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{Builtin, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// `sum(xs)`, `min(xs)`, `any(xs)`, … over a list, an array or a generator expression.
    pub(super) fn reduction(
        &mut self,
        op: Builtin,
        name: &str,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let (arg, start) = match args {
            [arg] => (arg, None),
            [arg, start] if op == Builtin::Sum => {
                if let ArgKind::Keyword(keyword) = start.kind
                    && keyword.name != "start"
                {
                    let message = format!("`sum` has no parameter `{}`", keyword.name);
                    self.report(diag::wrong_arguments(keyword.span, message));
                }
                (arg, Some(&start.value))
            }
            _ => {
                let takes = if op == Builtin::Sum { 0..=2 } else { 1..=1 };
                self.positional(name, args, takes, span);
                return Val::error(span);
            }
        };
        if let Some(start) = start {
            return self.sum_from(&arg.value, start, span);
        }
        if self.is_iterator(&arg.value) {
            return self.reduced(op, name, None, span, &mut |cx, body| {
                cx.each(&arg.value, body)
            });
        }
        let value = self.value(&arg.value, None);
        let ty = self.cx.resolve(value.expr.ty);
        if let TyKind::Array { dims, .. } = self.cx.types.kind(ty).clone()
            && dims.len() > 1
        {
            return match op {
                Builtin::Sum => self.sum_of_rows(value, &dims, span),
                _ => self.rows_are_no_numbers(name, ty, span),
            };
        }
        if self.reduces_at_once(&value) {
            return self.reduce_value(op, name, value, span);
        }
        let mut value = Some(value);
        self.reduced(op, name, None, span, &mut |cx, body| {
            if let Some(value) = value.take() {
                let source = cx.elements_of(value, arg.value.span);
                cx.each_of(source, arg.value.span, body);
            }
        })
    }

    /// `sum(xs, start)`: `xs` is evaluated before the start, and its items behind it.
    fn sum_from(&mut self, iter: &'a ast::Expr, start: &'a ast::Expr, span: Span) -> Val {
        let mut sum = Val::error(span);
        let stmts = self.captured(|cx| {
            let mut source = match cx.generator(iter) {
                // Its clauses are evaluated where their loops are.
                Some(generator) if generator.clauses.len() > 1 => None,
                Some(_) => Some(cx.source(iter)),
                None if cx.is_iterator(iter) => Some(cx.source(iter)),
                None => {
                    let value = cx.value(iter, None);
                    let ty = cx.cx.resolve(value.expr.ty);
                    if matches!(cx.cx.types.kind(ty), TyKind::Array { dims, .. } if dims.len() > 1)
                    {
                        sum = cx.rows_are_no_numbers("sum", ty, span);
                        return;
                    }
                    Some(cx.elements_of(value, iter.span))
                }
            };
            if let Some(source) = source.as_mut() {
                cx.settle_source(source);
            }
            let start = cx.value(start, None);
            let start = cx.in_hidden_local(start);
            sum = cx.reduced(
                Builtin::Sum,
                "sum",
                Some(start),
                span,
                &mut |cx, body| match source.take() {
                    Some(source) => cx.each_of(source, iter.span, body),
                    None => cx.each(iter, body),
                },
            );
        });
        sum.expr = with_stmts(stmts, sum.expr);
        sum
    }

    /// The items of an array of several dimensions are arrays, which have no order and no truth.
    pub(super) fn rows_are_no_numbers(&mut self, name: &str, ty: Ty, span: Span) -> Val {
        let found = self.ty_name(ty);
        let help = format!("reduce all elements with `.{name}()`");
        self.report(diag::bad_operand(span, name, &found).help(help));
        Val::error(span)
    }

    /// A list or array of numbers.
    fn reduces_at_once(&mut self, value: &Val) -> bool {
        let ty = self.cx.resolve(value.expr.ty);
        match *self.cx.types.kind(ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => {
                let elem = self.cx.resolve(elem);
                self.is_arithmetic(elem) || elem == Ty::ERROR
            }
            _ => ty == Ty::ERROR,
        }
    }

    pub fn reduce_value(&mut self, op: Builtin, name: &str, value: Val, span: Span) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        if ty == Ty::ERROR {
            return Val::error(span);
        }
        let elem = match *self.cx.types.kind(ty) {
            TyKind::List(elem) => elem,
            TyKind::Array { elem, .. } => elem,
            _ => {
                let found = self.ty_name(ty);
                self.report(diag::bad_operand(span, name, &found));
                return Val::error(span);
            }
        };
        let elem = self.cx.resolve(elem);
        let result = match op {
            Builtin::Any | Builtin::All => Some(Ty::BOOL),
            Builtin::Sum | Builtin::Prod if elem == Ty::BOOL => Some(Ty::INT),
            Builtin::Sum | Builtin::Prod if self.cx.types.is_number(elem) => Some(elem),
            Builtin::ReduceMin | Builtin::ReduceMax
                if self.is_arithmetic(elem) && !self.cx.types.is_complex(elem) =>
            {
                Some(elem)
            }
            _ => None,
        };
        let Some(result) = result.filter(|_| self.is_arithmetic(elem)) else {
            let found = self.ty_name(ty);
            self.report(diag::bad_operand(span, name, &found));
            return Val::error(span);
        };
        let value = self.borrow(value.expr);
        self.builtin(op, vec![value], result, span)
    }
}
