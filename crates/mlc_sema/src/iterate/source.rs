//! Which iterable an expression is.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ArgKind, ComprehensionKind, ExprKind as Ast};

use super::Source;
use crate::call::is_seen;
use crate::coerce::into_place;
use crate::diag;
use crate::expr::{Operand, is_shadowed};
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, Place, ProjectionKind, Root, StmtKind, Ty, TyKind};
use crate::synthesized::{filter_as_generator, map_as_generator};

/// The arguments of `zip`, each with whether it stands for several, and `strict`.
type ZipArguments<'a> = (Vec<(bool, &'a ast::Expr)>, [Option<&'a ast::Expr>; 1]);

impl<'a> FnCx<'_, 'a> {
    /// The iterable that an expression is. What it needs evaluated is, now.
    pub fn source(&mut self, iter: &'a ast::Expr) -> Source<'a> {
        let span = iter.span;
        if let Some(item) = self.generator(iter) {
            let [clause] = item.clauses.as_slice() else {
                let list = self.gathered(span, None, |cx, push| {
                    cx.each(iter, push);
                });
                return self.elements(into_place(list.expr), span);
            };
            let inner = Box::new(self.source(&clause.iter));
            return Source::Generator { inner, item };
        }
        if let Some((name, args)) = self.iterator_call(iter) {
            match name {
                "range" => return self.range_source(args, span),
                "enumerate" => return self.enumerate_source(args, span),
                "zip" => return self.zip_source(args, span),
                "reversed" if args.len() == 1 && args[0].kind == ArgKind::Positional => {
                    if let Some(source) = self.reversed_struct(&args[0].value, span) {
                        return source;
                    }
                    let inner = self.indexed_source(&args[0].value);
                    let inner = self.at_positions(inner, name, args[0].value.span);
                    let count = match &inner {
                        Source::Range { start, stop, step } => {
                            self.range_rounds(start, stop, step.as_ref(), span)
                        }
                        _ => self.count(&inner, span),
                    };
                    return self.downward(inner, count);
                }
                _ => {}
            }
        }
        let place = match self.operand(iter, None) {
            Operand::Place(place) => place,
            Operand::Value(value) => return self.elements_of(value, span),
        };
        self.elements(place, span)
    }

    /// The iterable with an element at every position: what skips some is gathered first.
    fn indexed_source(&mut self, iter: &'a ast::Expr) -> Source<'a> {
        match self.generator(iter) {
            Some(item)
                if item
                    .clauses
                    .iter()
                    .any(|clause| !clause.conditions.is_empty()) =>
            {
                let list = self.gathered(iter.span, None, |cx, push| cx.each(iter, push));
                self.elements(into_place(list.expr), iter.span)
            }
            _ => self.source(iter),
        }
    }

    /// A call of a built-in function that makes an iterator.
    pub(super) fn iterator_call(
        &self,
        iter: &'a ast::Expr,
    ) -> Option<(&'static str, &'a [ast::Arg])> {
        let Ast::Call { function, args } = &iter.kind else {
            return None;
        };
        let Ast::Name(name) = &function.kind else {
            return None;
        };
        let known = ["range", "enumerate", "zip", "reversed", "map", "filter"];
        let name = known.into_iter().find(|known| *name == *known)?;
        (!is_shadowed(self, mlc_syntax::Name::new(name))).then_some((name, args))
    }

    /// The arguments of a call of `enumerate` by position alone.
    pub fn enumerate_call(&self, iter: &'a ast::Expr) -> Option<&'a [ast::Arg]> {
        let (name, args) = self.iterator_call(iter)?;
        let by_position = args.iter().all(|arg| arg.kind == ArgKind::Positional);
        (name == "enumerate" && by_position).then_some(args)
    }

    /// Whether an expression can only be iterated over, once.
    pub fn is_iterator(&self, iter: &'a ast::Expr) -> bool {
        self.iterator_call(iter).is_some()
            || matches!(&iter.kind, Ast::Comprehension(item) if matches!(item.kind, ComprehensionKind::Generator))
    }

    /// A generator expression, or `map` or `filter`, which are ones.
    pub fn generator(&mut self, iter: &'a ast::Expr) -> Option<&'a ast::Comprehension> {
        let (name, args) = match &iter.kind {
            Ast::Comprehension(item) if matches!(item.kind, ComprehensionKind::Generator) => {
                return Some(item);
            }
            _ => self.iterator_call(iter)?,
        };
        let span = iter.span;
        if !matches!(name, "map" | "filter")
            || args.iter().any(|arg| arg.kind != ArgKind::Positional)
        {
            return None;
        }
        let known = self.cx.as_generators.get(&span).copied();
        let made = match (known, name, args) {
            (Some(known), ..) => known,
            (None, "map", [function, inputs @ ..]) if !inputs.is_empty() => {
                let made = map_as_generator(&function.value, inputs, span);
                self.cx.synthesized.exprs.alloc(made)
            }
            (None, "filter", [predicate, input]) => {
                let made = filter_as_generator(&predicate.value, &input.value, span);
                self.cx.synthesized.exprs.alloc(made)
            }
            _ => return None,
        };
        self.cx.as_generators.insert(span, made);
        match &made.kind {
            Ast::Comprehension(item) => Some(item),
            _ => None,
        }
    }

    pub fn elements(&mut self, place: Place, span: Span) -> Source<'a> {
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
            TyKind::PythonObject => {
                let object = self.read(place);
                let items = self.objects_in(object, span);
                return self.elements_of(items.into(), span);
            }
            TyKind::Tuple(items) if items.is_empty() => return Source::Nothing,
            TyKind::Struct(id) if self.cx.is_library_struct(id, "Range") => {
                return self.stored_range(&place, span);
            }
            TyKind::Struct(_) if self.has_method(ty, "__iter__") => {
                return match self.iterator(place, span) {
                    Ok(source) => source,
                    Err(found) => self.elements_of(found, span),
                };
            }
            TyKind::Struct(_)
                if self.has_method(ty, "__getitem__") && self.has_method(ty, "__len__") =>
            {
                return self.items_at(place, span);
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

    /// A place that can be evaluated once for each iteration and is the same each time, whatever is bound to its variable then.
    pub(super) fn stable(&mut self, place: Place, span: Span) -> Place {
        let place = match &place.root {
            Root::Temporary(_) => {
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
        let is_whole = place.projections.is_empty();
        match (self.cx.types.is_owning(place.ty), &place.root) {
            (true, Root::Local(_)) if is_whole => place,
            (true, _) => {
                let local = self.lent_local(place, "it", span);
                self.local_place(local, span)
            }
            (false, _) if is_whole && place.ty != Ty::STR => place,
            (false, _) => {
                let ty = place.ty;
                let value = self.read(place);
                let local = self.temp("it", ty, span);
                self.emit(StmtKind::Bind { local, value }, span);
                self.local_place(local, span)
            }
        }
    }

    fn zip_arguments(&mut self, args: &'a [ast::Arg]) -> Option<ZipArguments<'a>> {
        if !args.iter().any(|arg| arg.kind == ArgKind::Star) {
            let (values, named) = self.split_arguments("zip", args, ["strict"])?;
            return Some((
                values.into_iter().map(|value| (false, value)).collect(),
                named,
            ));
        }
        let (given, named): (Vec<_>, Vec<_>) =
            (args.iter()).partition(|arg| matches!(arg.kind, ArgKind::Positional | ArgKind::Star));
        let given = given.into_iter();
        let values = given
            .map(|arg| (arg.kind == ArgKind::Star, &arg.value))
            .collect();
        match named.as_slice() {
            [] => Some((values, [None])),
            [arg] if matches!(&arg.kind, ArgKind::Keyword(word) if word.name == "strict") => {
                Some((values, [Some(&arg.value)]))
            }
            [arg, ..] => {
                let message = "`zip` takes values to visit together, and `strict`";
                self.report(diag::wrong_arguments(arg.value.span, message));
                None
            }
        }
    }

    fn zip_source(&mut self, args: &'a [ast::Arg], span: Span) -> Source<'a> {
        let Some((values, [strict])) = self.zip_arguments(args) else {
            return Source::Failed;
        };
        let Some(strict) = self.is_strict(strict) else {
            let at = strict.map_or(span, |strict| strict.span);
            self.report(diag::not_comptime(at, "`strict` of `zip`"));
            return Source::Failed;
        };
        let mut sources = Vec::with_capacity(values.len());
        for (position, &(is_star, value)) in values.iter().enumerate() {
            if is_star {
                match self.fixed_elements(value) {
                    Ok(parts) => {
                        let parts = parts.into_iter();
                        sources.extend(parts.map(|part| self.elements_of(part, value.span)));
                    }
                    Err(found) if found.is_error() => return Source::Failed,
                    Err(rows) if args.len() == 1 => {
                        let rows = self.elements_of(rows, value.span);
                        return self.columns(rows, value.span);
                    }
                    Err(_) => {
                        let feature =
                            "`zip` of as many lists as another one has beside other arguments";
                        self.report(diag::not_yet(value.span, feature));
                        return Source::Failed;
                    }
                }
                continue;
            }
            let mut source = self.indexed_source(value);
            if let Source::Elements { place, .. } = &mut source
                && self.cx.types.is_owning(place.ty)
                && values[position + 1..].iter().any(|other| is_seen(other.1))
            {
                // What the others call may bind it again.
                let local = self.lent_local(place.clone(), "it", value.span);
                *place = self.local_place(local, value.span);
            }
            sources.push(match strict {
                true => self.at_positions(source, "zip(…, strict=True)", value.span),
                false => source,
            });
        }
        match strict {
            true => self.strict_zip(sources, span),
            false => Source::Zip(sources),
        }
    }

    fn enumerate_source(&mut self, args: &'a [ast::Arg], span: Span) -> Source<'a> {
        let Some((values, [named])) = self.split_arguments("enumerate", args, ["start"]) else {
            return Source::Failed;
        };
        let (inner, start) = match (values.as_slice(), named) {
            ([inner], start) => (*inner, start),
            ([inner, start], None) => (*inner, Some(*start)),
            _ => {
                let message = "`enumerate` takes 1 or 2 arguments";
                self.report(diag::wrong_arguments(span, message));
                return Source::Failed;
            }
        };
        let inner = Box::new(self.indexed_source(inner));
        let start = start.map(|start| {
            let start = self.value_of(start, Ty::INT);
            self.keep(start)
        });
        Source::Enumerate { inner, start }
    }
}
