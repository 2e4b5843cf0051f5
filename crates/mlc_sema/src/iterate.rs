//! Iteration: every iterable becomes a range of integers and a way to get at the element of a position.

mod columns;
mod comprehension;
mod consumer;
mod fixed;
mod iterator;
mod range;
mod reversed;
mod source;
mod stop;
mod strict;
mod visited;

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::expr::is_starred;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Expr, ExprKind, Place, ProjectionKind, Range, Ty};

use columns::Columns;
pub(crate) use consumer::is_lent;
use iterator::Asked;
use strict::Ends;

/// Something that can be iterated over. Positions count from 0.
pub(crate) enum Source<'a> {
    /// `start + position * step`; simple expressions.
    Range {
        start: Expr,
        stop: Expr,
        step: Option<Expr>,
    },
    /// The elements of a list, array (by rows) or string.
    Elements {
        place: Place,
        elem: Ty,
    },
    Enumerate {
        inner: Box<Source<'a>>,
        start: Option<Expr>,
    },
    Zip(Vec<Source<'a>>),
    /// `zip(…, strict=True)`
    Strict {
        inner: Box<Source<'a>>,
        ends: Ends,
    },
    Reversed {
        inner: Box<Source<'a>>,
        count: Expr,
    },
    /// A generator expression of one clause; with conditions, some positions have no element.
    Generator {
        inner: Box<Source<'a>>,
        item: &'a ast::Comprehension,
    },
    /// `zip(*rows)`
    Columns(Columns),
    /// A struct with `__len__` and `__getitem__`.
    Items {
        receiver: Place,
        count: Expr,
    },
    /// A struct with `__next__`, which gives its items one by one.
    Asked(Asked),
    /// The empty tuple.
    Nothing,
    Failed,
}

impl<'a> FnCx<'_, 'a> {
    /// The value in a hidden local, unless it is simple already.
    pub fn keep(&mut self, value: Expr) -> Expr {
        if crate::ops::is_simple(&value) {
            return value;
        }
        let (ty, span) = (value.ty, value.span);
        let local = self.temp("n", ty, span);
        self.emit(crate::hir::StmtKind::Bind { local, value }, span);
        self.load_local(local, span)
    }

    pub fn failed(source: &Source<'a>) -> bool {
        match source {
            Source::Failed => true,
            Source::Enumerate { inner, .. }
            | Source::Strict { inner, .. }
            | Source::Reversed { inner, .. }
            | Source::Generator { inner, .. } => Self::failed(inner),
            Source::Zip(sources) => sources.iter().any(Self::failed),
            _ => false,
        }
    }

    /// How many positions there are.
    pub fn count(&mut self, source: &Source<'a>, span: Span) -> Expr {
        match source {
            Source::Range { start, stop, step } => {
                let counted = self.range_rounds(start, stop, step.as_ref(), span);
                self.countable_rounds(source, counted, span)
            }
            Source::Elements { place, .. } => self.len_of(place.clone(), 0, span),
            Source::Enumerate { inner, .. } | Source::Generator { inner, .. } => {
                self.count(inner, span)
            }
            Source::Reversed { inner, count } => self.countable_rounds(inner, count.clone(), span),
            Source::Items { count, .. } => count.clone(),
            Source::Columns(columns) => self.columns_in(columns, span),
            Source::Zip(sources) => {
                let mut shortest: Option<Expr> = None;
                for source in sources {
                    let count = self.count(source, span);
                    shortest = Some(match shortest {
                        Some(before) => self.int_binary(BinaryOp::Min, before, count, span),
                        None => count,
                    });
                }
                shortest.unwrap_or_else(|| self.int(0, span))
            }
            Source::Strict { inner, ends } => {
                let count = self.count(inner, span);
                self.count_to_end(count, ends, span)
            }
            Source::Asked(_) | Source::Nothing | Source::Failed => self.int(0, span),
        }
    }

    /// Keeps what is used in every iteration in hidden locals.
    pub fn settle_source(&mut self, source: &mut Source<'a>) {
        match source {
            Source::Range { start, stop, step } => {
                for part in [Some(start), Some(stop), step.as_mut()]
                    .into_iter()
                    .flatten()
                {
                    let value = std::mem::replace(part, Val::error(Span::NONE).expr);
                    *part = self.keep(value);
                }
            }
            Source::Elements { .. }
            | Source::Columns(_)
            | Source::Items { .. }
            | Source::Asked(_)
            | Source::Nothing
            | Source::Failed => {}
            Source::Enumerate { inner, .. }
            | Source::Strict { inner, .. }
            | Source::Reversed { inner, .. }
            | Source::Generator { inner, .. } => self.settle_source(inner),
            Source::Zip(sources) => sources
                .iter_mut()
                .for_each(|source| self.settle_source(source)),
        }
    }

    /// The range to loop over, and whether its variable is the element itself.
    pub fn loop_range(&mut self, source: &mut Source<'a>, span: Span) -> (Range, bool) {
        if let Source::Range { start, stop, step } = source {
            let range = Range {
                start: start.clone(),
                stop: stop.clone(),
                step: step.clone(),
            };
            return (range, true);
        }
        self.settle_source(source);
        let range = Range {
            start: self.int(0, span),
            stop: self.count(source, span),
            step: None,
        };
        (range, false)
    }

    /// Calls `body` with the element at a position; what it emits runs where the position has one.
    pub fn visit_element(
        &mut self,
        source: &Source<'a>,
        position: Expr,
        span: Span,
        body: &mut dyn FnMut(&mut Self, Val),
    ) {
        match source {
            Source::Range { start, step, .. } => {
                let offset = match step {
                    Some(step) => self.int_binary(BinaryOp::Mul, position, step.clone(), span),
                    None => position,
                };
                let value = match start.kind {
                    ExprKind::Int(0) => offset,
                    _ => self.int_binary(BinaryOp::Add, start.clone(), offset, span),
                };
                body(self, value.into());
            }
            Source::Elements { place, elem } => {
                let kind = ProjectionKind::Index {
                    indices: vec![position],
                    checked: false,
                };
                let elem = self.cx.resolve(*elem);
                let element = self.project(place.clone(), kind, elem, span);
                let value = self.read(element);
                body(self, value.into());
            }
            Source::Enumerate { inner, start } => {
                let number = self.enumerated(start.as_ref(), position.clone(), span);
                self.visit_element(inner, position, span, &mut |cx, value| {
                    let pair = cx.tuple_of(vec![number.clone(), value.expr], span);
                    body(cx, pair);
                });
            }
            Source::Zip(sources) => {
                let mut items = Vec::with_capacity(sources.len());
                for source in sources {
                    self.visit_element(source, position.clone(), span, &mut |cx, value| {
                        items.push(cx.settle(value))
                    });
                }
                let value = self.tuple_of(items, span);
                body(self, value);
            }
            Source::Strict { inner, ends } => {
                self.check_end(ends, position.clone(), span);
                self.visit_element(inner, position, span, body);
            }
            Source::Reversed { inner, count } => {
                let mirrored = self.mirrored(count, position, span);
                self.visit_element(inner, mirrored, span, body);
            }
            Source::Generator { inner, item } => {
                self.generated(
                    item,
                    span,
                    &mut |cx, target, rest| {
                        cx.bind_element(inner, position.clone(), target, target.span, rest)
                    },
                    body,
                );
            }
            Source::Items { receiver, .. } => {
                let receiver = self.read(receiver.clone());
                let args = vec![position.into()];
                let item = self.dunder_call("__getitem__", receiver.into(), args, span);
                body(self, item.unwrap_or_else(|| Val::error(span)));
            }
            Source::Columns(columns) => {
                let column = self.column_of(columns, position, span);
                body(self, column);
            }
            Source::Asked(asked) => {
                let item = self.asked_item(asked, span);
                body(self, item);
            }
            Source::Nothing => {}
            Source::Failed => body(self, Val::error(span)),
        }
    }

    /// Assigns the element at the position that the variable of the loop counts, which may be the element itself.
    pub fn bind_position(
        &mut self,
        source: &Source<'a>,
        direct: bool,
        position: Expr,
        target: &'a ast::Expr,
        body: &mut dyn FnMut(&mut Self),
    ) {
        if direct {
            self.assign_loop_target(target, position.into(), target.span);
            body(self);
        } else {
            self.bind_element(source, position, target, target.span, body);
        }
    }

    /// The target of a loop may be bound again at another type.
    pub fn assign_loop_target(&mut self, target: &'a ast::Expr, value: Val, span: Span) {
        let flexible = std::mem::replace(&mut self.flexible, true);
        self.assign_to(target, value, span);
        self.flexible = flexible;
    }

    /// Assigns the element at a position to a target and goes on with `body`.
    pub fn bind_element(
        &mut self,
        source: &Source<'a>,
        position: Expr,
        target: &'a ast::Expr,
        span: Span,
        body: &mut dyn FnMut(&mut Self),
    ) {
        match (source, &target.kind) {
            (Source::Enumerate { inner, start }, Ast::Tuple(parts) | Ast::List(parts))
                if parts.len() == 2 && !parts.iter().any(is_starred) =>
            {
                let number = self.enumerated(start.as_ref(), position.clone(), span);
                self.assign_loop_target(&parts[0], number.into(), span);
                self.bind_element(inner, position, &parts[1], span, body);
            }
            (Source::Zip(sources), Ast::Tuple(parts) | Ast::List(parts))
                if parts.len() == sources.len() && !parts.iter().any(is_starred) =>
            {
                for (source, part) in sources.iter().zip(parts) {
                    self.bind_element(source, position.clone(), part, span, &mut |_| {});
                }
                body(self);
            }
            (Source::Strict { inner, ends }, _) => {
                self.check_end(ends, position.clone(), span);
                self.bind_element(inner, position, target, span, body);
            }
            (Source::Reversed { inner, count }, _) => {
                let mirrored = self.mirrored(count, position, span);
                self.bind_element(inner, mirrored, target, span, body);
            }
            (Source::Failed, _) => {
                crate::names::target_names(target, &mut |name| {
                    self.bind_poisoned(name, target.span)
                });
                body(self);
            }
            _ => self.visit_element(source, position, span, &mut |cx, value| {
                cx.assign_loop_target(target, value, span);
                body(cx);
            }),
        }
    }

    fn enumerated(&self, start: Option<&Expr>, position: Expr, span: Span) -> Expr {
        match start {
            Some(start) => self.int_binary(BinaryOp::Add, start.clone(), position, span),
            None => position,
        }
    }

    fn mirrored(&self, count: &Expr, position: Expr, span: Span) -> Expr {
        let one = self.int(1, span);
        let last = self.int_binary(BinaryOp::Sub, count.clone(), one, span);
        self.int_binary(BinaryOp::Sub, last, position, span)
    }
}
