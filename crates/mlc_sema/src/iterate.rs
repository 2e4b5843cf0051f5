//! What a loop runs over: every iterable becomes a range of integers and a way to get at the element of a position.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ArgKind, ExprKind as Ast};

use crate::coerce::{Val, into_place};
use crate::diag;
use crate::expr::{Operand, is_shadowed};
use crate::func::FnCx;
use crate::hir::{BinaryOp, Expr, ExprKind, Place, ProjectionKind, Range, Ty, TyKind};
use crate::ops::is_simple;

/// Something that can be iterated over. Positions count from 0.
pub(crate) enum Source {
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
        inner: Box<Source>,
        start: Option<Expr>,
    },
    Zip(Vec<Source>),
    Reversed {
        inner: Box<Source>,
        count: Expr,
    },
    /// A tuple of items of one type, in a hidden list.
    Failed,
}

impl<'a> FnCx<'_, 'a> {
    /// The iterable that an expression is. What it needs evaluated is, now.
    pub fn source(&mut self, iter: &'a ast::Expr) -> Source {
        if let Ast::Call { function, args } = &iter.kind
            && let Ast::Name(name) = &function.kind
            && !is_shadowed(self, *name)
        {
            match name.as_str() {
                "range" => return self.range_source(args, iter.span),
                "enumerate" => return self.enumerate_source(args, iter.span),
                "zip" => {
                    let sources = args.iter().map(|arg| self.source(&arg.value)).collect();
                    return Source::Zip(sources);
                }
                "reversed" if args.len() == 1 => {
                    let inner = self.source(&args[0].value);
                    let count = self.count(&inner, iter.span);
                    let count = self.keep(count);
                    return Source::Reversed {
                        inner: Box::new(inner),
                        count,
                    };
                }
                _ => {}
            }
        }
        let span = iter.span;
        let place = match self.operand(iter, None) {
            Operand::Place(place) => place,
            Operand::Value(value) => {
                let value = self.settle(value);
                into_place(value)
            }
        };
        self.elements(place, span)
    }

    fn elements(&mut self, place: Place, span: Span) -> Source {
        let ty = self.cx.resolve(place.ty);
        let elem = match self.cx.types.kind(ty).clone() {
            TyKind::List(elem) => elem,
            TyKind::Str => Ty::STR,
            TyKind::Array { elem, dims } if dims.len() == 1 => elem,
            TyKind::Array { elem, dims } => self.cx.types.array(elem, &dims[1..]),
            TyKind::Optional(inner) => {
                let place =
                    self.project(place, ProjectionKind::Unwrap { checked: true }, inner, span);
                return self.elements(place, span);
            }
            TyKind::Tuple(items)
                if !items.is_empty()
                    && items.iter().all(|&item| item == items[0])
                    && !self.cx.types.is_owning(items[0]) =>
            {
                let place = self.tuple_as_list(place, &items, span);
                return Source::Elements {
                    place,
                    elem: items[0],
                };
            }
            TyKind::Error => return Source::Failed,
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::not_iterable(span, &name));
                return Source::Failed;
            }
        };
        let place = self.stable(place, span);
        Source::Elements { place, elem }
    }

    fn tuple_as_list(&mut self, place: Place, items: &[Ty], span: Span) -> Place {
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

    /// A place that can be evaluated once for each iteration and is the same each time: a variable, or a hidden borrow.
    fn stable(&mut self, place: Place, span: Span) -> Place {
        let place = match &place.root {
            crate::hir::Root::Temporary(_) => {
                let ty = place.ty;
                let at = place.span;
                self.held(
                    Expr {
                        kind: ExprKind::Move(place),
                        ty,
                        span: at,
                    },
                    span,
                )
            }
            _ => place,
        };
        if place.projections.is_empty() {
            return place;
        }
        let ty = place.ty;
        if !self.cx.types.is_owning(ty) {
            let value = self.read(place);
            let local = self.temp("it", ty, span);
            self.emit(crate::hir::StmtKind::Bind { local, value }, span);
            return self.local_place(local, span);
        }
        let local = self.temp("it", ty, span);
        self.locals[local.0 as usize].mode = crate::hir::Mode::Ref;
        let value = Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: false,
            },
            ty,
            span,
        };
        self.emit(crate::hir::StmtKind::Bind { local, value }, span);
        self.local_place(local, span)
    }

    fn range_source(&mut self, args: &'a [ast::Arg], span: Span) -> Source {
        if args.iter().any(|arg| arg.kind != ArgKind::Positional)
            || args.is_empty()
            || args.len() > 3
        {
            self.report(diag::wrong_arguments(
                span,
                "`range` takes 1 to 3 arguments",
            ));
            return Source::Failed;
        }
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.value(&arg.value, Some(Ty::INT));
            let ty = self.cx.resolve(value.expr.ty);
            if ty == Ty::ERROR {
                return Source::Failed;
            }
            if !self.cx.types.is_int(ty) && ty != Ty::BOOL {
                let found = self.ty_name(ty);
                self.report(diag::type_mismatch(arg.value.span, "Int", &found));
                return Source::Failed;
            }
            let value = self.settle(value);
            values.push(self.cast_to(value, Ty::INT));
        }
        let mut values = values.into_iter();
        let first = values.next().unwrap_or_else(|| self.int(0, span));
        match values.next() {
            None => Source::Range {
                start: self.int(0, span),
                stop: first,
                step: None,
            },
            Some(stop) => {
                let step = values
                    .next()
                    .filter(|step| !matches!(step.kind, ExprKind::Int(1)));
                Source::Range {
                    start: first,
                    stop,
                    step,
                }
            }
        }
    }

    fn enumerate_source(&mut self, args: &'a [ast::Arg], span: Span) -> Source {
        let (Some(first), true) = (args.first(), args.len() <= 2) else {
            self.report(diag::wrong_arguments(
                span,
                "`enumerate` takes 1 or 2 arguments",
            ));
            return Source::Failed;
        };
        let inner = Box::new(self.source(&first.value));
        let start = match args.get(1) {
            Some(arg) => {
                let start = self.value_of(&arg.value, Ty::INT);
                Some(self.keep(start))
            }
            None => None,
        };
        Source::Enumerate { inner, start }
    }

    /// The value in a hidden local, unless it is simple already.
    pub fn keep(&mut self, value: Expr) -> Expr {
        if is_simple(&value) {
            return value;
        }
        let (ty, span) = (value.ty, value.span);
        let local = self.temp("n", ty, span);
        self.emit(crate::hir::StmtKind::Bind { local, value }, span);
        self.load_local(local, span)
    }

    pub fn failed(source: &Source) -> bool {
        match source {
            Source::Failed => true,
            Source::Enumerate { inner, .. } | Source::Reversed { inner, .. } => Self::failed(inner),
            Source::Zip(sources) => sources.iter().any(Self::failed),
            _ => false,
        }
    }

    /// How many elements there are.
    pub fn count(&mut self, source: &Source, span: Span) -> Expr {
        match source {
            Source::Range { start, stop, step } => {
                let distance = self.int_binary(BinaryOp::Sub, stop.clone(), start.clone(), span);
                let zero = self.int(0, span);
                let count = match step {
                    None => distance,
                    Some(step) => {
                        // ceil(distance / step) is -((-distance) // step), for a step of either sign.
                        let negative = self.int_binary(BinaryOp::Sub, zero.clone(), distance, span);
                        let quotient =
                            self.int_binary(BinaryOp::FloorDiv, negative, step.clone(), span);
                        self.int_binary(BinaryOp::Sub, zero.clone(), quotient, span)
                    }
                };
                self.int_binary(BinaryOp::Max, count, zero, span)
            }
            Source::Elements { place, .. } => self.len_of(place.clone(), 0, span),
            Source::Enumerate { inner, .. } => self.count(inner, span),
            Source::Reversed { count, .. } => count.clone(),
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
            Source::Failed => self.int(0, span),
        }
    }

    /// Keeps what is used in every iteration in hidden locals.
    pub fn settle_source(&mut self, source: &mut Source) {
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
            Source::Elements { .. } | Source::Failed => {}
            Source::Enumerate { inner, .. } | Source::Reversed { inner, .. } => {
                self.settle_source(inner)
            }
            Source::Zip(sources) => sources
                .iter_mut()
                .for_each(|source| self.settle_source(source)),
        }
    }

    /// The range to loop over, and whether its variable is the element itself.
    pub fn loop_range(&mut self, source: &mut Source, span: Span) -> (Range, bool) {
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

    /// Assigns the element at a position to a target.
    pub fn bind_element(
        &mut self,
        source: &Source,
        position: Expr,
        target: &'a ast::Expr,
        span: Span,
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
                self.assign_to(target, value.into(), span);
            }
            Source::Elements { place, elem } => {
                let kind = ProjectionKind::Index {
                    indices: vec![position],
                    checked: false,
                };
                let elem = self.cx.resolve(*elem);
                let element = self.project(place.clone(), kind, elem, span);
                let value = self.read(element);
                self.assign_to(target, value.into(), span);
            }
            Source::Enumerate { inner, start } => {
                let number = match start {
                    Some(start) => {
                        self.int_binary(BinaryOp::Add, start.clone(), position.clone(), span)
                    }
                    None => position.clone(),
                };
                match self.parts_of(target, 2) {
                    Some(parts) => {
                        self.assign_to(&parts[0], number.into(), span);
                        self.bind_element(inner, position, &parts[1], span);
                    }
                    None => self.report(diag::not_yet(target.span, "`enumerate` with one target")),
                }
            }
            Source::Zip(sources) => match self.parts_of(target, sources.len()) {
                Some(parts) => {
                    for (source, part) in sources.iter().zip(parts) {
                        self.bind_element(source, position.clone(), part, span);
                    }
                }
                None => {
                    let message = format!("expected {} targets for `zip`", sources.len());
                    self.report(mlc_diagnostics::Diagnostic::error(
                        "bad-target",
                        target.span,
                        message,
                    ));
                }
            },
            Source::Reversed { inner, count } => {
                let one = self.int(1, span);
                let last = self.int_binary(BinaryOp::Sub, count.clone(), one, span);
                let mirrored = self.int_binary(BinaryOp::Sub, last, position, span);
                self.bind_element(inner, mirrored, target, span);
            }
            Source::Failed => {
                crate::names::target_names(target, &mut |name| {
                    self.bind_poisoned(name, target.span)
                });
            }
        }
    }

    fn parts_of(&self, target: &'a ast::Expr, count: usize) -> Option<&'a [ast::Expr]> {
        match &target.kind {
            Ast::Tuple(parts) | Ast::List(parts) if parts.len() == count => Some(parts),
            _ => None,
        }
    }
}
