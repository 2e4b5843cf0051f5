//! `range(…)`: as the source of a loop, and as a value.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ArgKind};

use super::Source;
use crate::call::Given;
use crate::coerce::Val;
use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Expr, ExprKind, Place, ProjectionKind, Stmt, Ty};

/// The bounds that were given; what was left out has no expression.
struct Bounds {
    /// What is done in front.
    first: Vec<Stmt>,
    start: Option<Expr>,
    stop: Expr,
    step: Option<Expr>,
}

impl<'a> FnCx<'_, 'a> {
    pub(super) fn range_source(&mut self, args: &'a [Arg], span: Span) -> Source<'a> {
        let Some(bounds) = self.range_bounds(args, span) else {
            return Source::Failed;
        };
        self.out.extend(bounds.first);
        Source::Range {
            start: bounds.start.unwrap_or_else(|| self.int(0, span)),
            stop: bounds.stop,
            step: (bounds.step).filter(|step| !matches!(step.kind, ExprKind::Int(1))),
        }
    }

    /// `range(…)` where it is no loop's: a value that has a length, items and a text.
    pub fn range_value(&mut self, args: &'a [Arg], span: Span) -> Val {
        let Some(bounds) = self.range_bounds(args, span) else {
            return Val::error(span);
        };
        let start = bounds.start.unwrap_or_else(|| self.int(0, span));
        let step = bounds.step.unwrap_or_else(|| self.int(1, span));
        let given = [start, bounds.stop, step].map(|bound| Given::Value(Box::new(bound.into())));
        let range = self.call_library("range_of", given.into(), span);
        with_stmts(bounds.first, range.expr).into()
    }

    /// `r[start:stop:step]`, a range again.
    pub fn range_slice(&mut self, range: Place, slice: &'a ast::Slice, span: Span) -> Val {
        let range = Given::Value(Box::new(self.read(range).into()));
        let bounds = [&slice.lower, &slice.upper, &slice.step].map(|bound| match bound {
            Some(bound) => Given::Expr(bound),
            None => Given::Value(Box::new(Val::strong(ExprKind::None, Ty::NONE, span))),
        });
        let given = std::iter::once(range).chain(bounds).collect();
        self.call_library("range_slice", given, span)
    }

    /// What a loop over a range that was stored counts.
    pub(super) fn stored_range(&mut self, place: &Place, span: Span) -> Source<'a> {
        let [start, stop, step] = [0, 1, 2].map(|field| {
            let kind = ProjectionKind::Field(field);
            let place = self.project(place.clone(), kind, Ty::INT, span);
            let bound = self.read(place);
            self.keep(bound)
        });
        let step = Some(step);
        Source::Range { start, stop, step }
    }

    /// How many positions a range has, modulo 2^64.
    pub(super) fn range_rounds(
        &mut self,
        start: &Expr,
        stop: &Expr,
        step: Option<&Expr>,
        span: Span,
    ) -> Expr {
        if let Some(first) = below_64_bits(start, step) {
            // No difference is taken that may not fit.
            let (stop, first) = (stop.clone(), self.int(first, span));
            let end = self.int_binary(BinaryOp::Max, stop, first.clone(), span);
            return match first.kind {
                ExprKind::Int(0) => end,
                _ => self.int_binary(BinaryOp::Sub, end, first, span),
            };
        }
        let function = match step.map(|step| &step.kind) {
            None | Some(ExprKind::Int(1..)) => "rounds",
            Some(_) => "rounds_by",
        };
        let step = step.cloned().unwrap_or_else(|| self.int(1, span));
        let given = [start.clone(), stop.clone(), step]
            .map(|bound| Given::Value(Box::new(bound.into())))
            .into();
        self.call_library(function, given, span).expr
    }

    /// That number as far as a loop can count; of other sources it is one already.
    pub(super) fn countable_rounds(
        &mut self,
        source: &Source<'a>,
        rounds: Expr,
        span: Span,
    ) -> Expr {
        match source {
            Source::Range { start, step, .. } if below_64_bits(start, step.as_ref()).is_none() => {
                let given = vec![Given::Value(Box::new(rounds.into()))];
                self.call_library("countable", given, span).expr
            }
            _ => rounds,
        }
    }

    fn range_bounds(&mut self, args: &'a [Arg], span: Span) -> Option<Bounds> {
        if args.iter().any(|arg| arg.kind != ArgKind::Positional)
            || args.is_empty()
            || args.len() > 3
        {
            self.report(diag::wrong_arguments(
                span,
                "`range` takes 1 to 3 arguments",
            ));
            return None;
        }
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.value(&arg.value, Some(Ty::INT));
            let value = self.as_index(value);
            let ty = self.cx.resolve(value.expr.ty);
            if ty == Ty::ERROR {
                return None;
            }
            if !self.cx.types.is_int(ty) && ty != Ty::BOOL {
                let found = self.ty_name(ty);
                self.report(diag::type_mismatch(arg.value.span, "Int", &found));
                return None;
            }
            let value = self.settle(value);
            values.push(self.cast_to(value, Ty::INT));
        }
        let first = self.evaluated_first(&mut values);
        let mut values = values.into_iter();
        let one = values.next()?;
        Some(match values.next() {
            None => Bounds {
                first,
                start: None,
                stop: one,
                step: None,
            },
            Some(stop) => Bounds {
                first,
                start: Some(one),
                stop,
                step: values.next(),
            },
        })
    }
}

/// The start of a range by steps of one that has fewer than 2^63 items wherever it stops.
fn below_64_bits(start: &Expr, step: Option<&Expr>) -> Option<i128> {
    match (&start.kind, step) {
        (ExprKind::Int(first @ 0..), None) => Some(*first),
        _ => None,
    }
}
