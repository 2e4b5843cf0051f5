//! Iterables whose number of elements is known at compile time: `tuple(…)`, `*` in calls and literals.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::{Val, into_place};
use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{ConstValue, Dim, Expr, ExprKind, ProjectionKind, StmtKind, TyKind};
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    /// The elements of an iterable, if their number is known; what they need evaluated is, now. The other way round the
    /// value, evaluated.
    pub fn fixed_elements(&mut self, iter: &'a ast::Expr) -> Result<Vec<Val>, Val> {
        let span = iter.span;
        if let Ast::List(items) | Ast::Tuple(items) = &iter.kind {
            return self.fixed_items(items);
        }
        if let Some(item) = self.generator(iter) {
            if let [clause] = item.clauses.as_slice()
                && clause.conditions.is_empty()
            {
                let inputs = self.fixed_elements(&clause.iter)?;
                let mut yielded = Vec::with_capacity(inputs.len());
                for input in inputs {
                    self.generated(
                        item,
                        span,
                        &mut |cx, target, rest| {
                            cx.assign_loop_target(target, input.clone(), target.span);
                            rest(cx);
                        },
                        &mut |cx, value| {
                            let held = cx.in_hidden_local(value);
                            yielded.push(held);
                        },
                    );
                }
                return Ok(yielded);
            }
            return Err(self.gathered(span, None, |cx, push| cx.each(iter, push)));
        }
        if self.is_iterator(iter) {
            return Err(self.gathered(span, None, |cx, push| cx.each(iter, push)));
        }
        let value = self.value(iter, None);
        self.fixed_parts(value, span)
    }

    fn fixed_items(&mut self, items: &'a [ast::Expr]) -> Result<Vec<Val>, Val> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                Ast::Starred(inner) => values.extend(self.fixed_elements(inner)?),
                _ => {
                    let value = self.value(item, None);
                    values.push(value);
                }
            }
        }
        Ok(values)
    }

    /// The items of a tuple or of an array of fixed size.
    pub fn fixed_parts(&mut self, value: Val, span: Span) -> Result<Vec<Val>, Val> {
        let value = self.settle(value);
        let ty = self.cx.resolve(value.ty);
        let parts: Vec<(ProjectionKind, crate::hir::Ty)> = match self.cx.types.kind(ty).clone() {
            TyKind::Tuple(items) => (items.iter().enumerate())
                .map(|(at, &item)| (ProjectionKind::Item(at as u32), item))
                .collect(),
            TyKind::Array { elem, dims } if dims.len() == 1 => match dims[0] {
                Dim::Static(extent) => (0..extent)
                    .map(|at| {
                        let kind = ProjectionKind::Index {
                            indices: vec![self.int(i128::from(at), span)],
                            checked: false,
                        };
                        (kind, elem)
                    })
                    .collect(),
                Dim::Dynamic => return Err(value.into()),
            },
            _ => return Err(value.into()),
        };
        if let ExprKind::Tuple(values) = value.kind {
            return Ok(values.into_iter().map(Val::from).collect());
        }
        let place = self.held(value, span);
        let mut values = Vec::with_capacity(parts.len());
        for (kind, ty) in parts {
            let part = self.project(place.clone(), kind, ty, span);
            values.push(self.read(part).into());
        }
        Ok(values)
    }

    /// The value, evaluated once, here.
    pub fn in_hidden_local(&mut self, value: Val) -> Val {
        if value.is_error() || value.constant().is_some() {
            return value;
        }
        let expr = self.settle(value);
        if crate::ops::is_simple(&expr) {
            return expr.into();
        }
        let (ty, span) = (expr.ty, expr.span);
        let local = self.temp("v", ty, span);
        self.emit(StmtKind::Bind { local, value: expr }, span);
        self.read_local(local, span).into()
    }

    /// `tuple(xs)`
    pub fn tuple_from(&mut self, args: &'a [ast::Arg], span: Span) -> Val {
        let [arg] = args else {
            if args.is_empty() {
                return self.tuple_of(Vec::new(), span);
            }
            self.report(diag::wrong_arguments(span, "`tuple` takes 1 argument"));
            return Val::error(span);
        };
        self.tuple_by(span, "the length of this tuple", |cx| {
            cx.fixed_elements(&arg.value)
        })
    }

    /// `t[1:]`: the bounds are known at compile time.
    pub fn tuple_slice(
        &mut self,
        place: crate::hir::Place,
        items: &[crate::hir::Ty],
        slice: &'a ast::Slice,
        span: Span,
    ) -> Val {
        let mut bounds = [None; 3];
        let written = [&slice.lower, &slice.upper, &slice.step];
        for (bound, written) in bounds.iter_mut().zip(written) {
            let Some(written) = written else {
                continue;
            };
            match self.comptime_value(written).map(|found| found.value) {
                Some(ConstValue::Int(value)) => *bound = Some(value),
                Some(ConstValue::None) => {}
                Some(_) => {
                    self.report(diag::type_mismatch(written.span, "Int", "another type"));
                    return Val::error(span);
                }
                None => return Val::error(span),
            }
        }
        let [lower, upper, step] = bounds;
        let (step, len) = (step.unwrap_or(1), items.len() as i128);
        if step == 0 {
            self.report(diag::wrong_arguments(span, "the step of a slice is not 0"));
            return Val::error(span);
        }
        let (first, last) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let clamped = |bound: Option<i128>, default: i128| match bound {
            Some(at) => (if at < 0 { at + len } else { at }).clamp(first, last),
            None => default,
        };
        let (start, stop) = match step > 0 {
            true => (clamped(lower, 0), clamped(upper, len)),
            false => (clamped(lower, len - 1), clamped(upper, -1)),
        };
        let held = self.read(place);
        let mut at = start;
        let mut taken = Vec::new();
        let stmts = self.captured(|cx| {
            let place = cx.held(held, span);
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                let kind = ProjectionKind::Item(at as u32);
                let item = cx.project(place.clone(), kind, items[at as usize], span);
                taken.push(cx.read(item));
                at += step;
            }
        });
        let tuple = self.tuple_of(taken, span);
        with_stmts(stmts, tuple.expr).into()
    }

    /// `(*a, b)`
    pub fn tuple_with_stars(&mut self, items: &'a [ast::Expr], span: Span) -> Val {
        let unknown = "how many items `*` stands for in a tuple";
        self.tuple_by(span, unknown, |cx| cx.fixed_items(items))
    }

    fn tuple_by(
        &mut self,
        span: Span,
        unknown: &str,
        elements: impl FnOnce(&mut Self) -> Result<Vec<Val>, Val>,
    ) -> Val {
        let mut found = Ok(Vec::new());
        let stmts = self.captured(|cx| found = elements(cx));
        match found {
            Ok(values) => {
                let items: Vec<Expr> = values.into_iter().map(|value| self.settle(value)).collect();
                let tuple = self.tuple_of(items, span);
                crate::expr::with_stmts(stmts, tuple.expr).into()
            }
            Err(value) => {
                if !value.is_error() {
                    let diagnostic = diag::not_comptime(value.expr.span, unknown);
                    self.report(diagnostic.help("make a list: `list(…)` or `[*…]`"));
                }
                Val::error(span)
            }
        }
    }

    /// `[*a, b]`
    pub fn list_with_stars(&mut self, items: &'a [ast::Expr], wanted: Want, span: Span) -> Val {
        self.gathered(span, wanted.ty(), |cx, push| {
            for item in items {
                match &item.kind {
                    Ast::Starred(inner) => cx.each_copied(inner, push),
                    _ => {
                        let value = cx.value(item, wanted);
                        push(cx, value);
                    }
                }
            }
        })
    }

    /// The place of a value for a loop over its elements.
    pub fn elements_of(&mut self, value: Val, span: Span) -> super::Source<'a> {
        let value = self.settle(value).keeping_branches();
        let place = match value.kind {
            // `(xs := f())`: the name is bound before the loop, and stays.
            ExprKind::Block { stmts, value } if matches!(value.kind, ExprKind::Borrow { .. }) => {
                self.out.extend(stmts);
                into_place(*value)
            }
            _ => into_place(value),
        };
        self.elements(place, span)
    }
}
