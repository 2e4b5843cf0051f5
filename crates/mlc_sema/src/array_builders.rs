//! The functions that build arrays, with NumPy's signatures.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::arguments::Known;
use crate::call::Given;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Dim, Expr, ExprKind, Fill, ProjectionKind, Ty, TyKind};
use crate::want::Want;

/// Those whose arguments may be given by name.
const BUILDERS: &[&str] = &[
    "zeros",
    "ones",
    "empty",
    "full",
    "zeros_like",
    "ones_like",
    "empty_like",
    "full_like",
    "arange",
    "linspace",
    "eye",
];

impl<'a> FnCx<'_, 'a> {
    /// `(3, 4)`, `[3, 4]`, `n` or a tuple of integers as extents.
    pub fn shape_argument(&mut self, shape: &'a ast::Expr) -> Option<Vec<Expr>> {
        if let Ast::Tuple(items) | Ast::List(items) = &shape.kind {
            let mut extents = Vec::with_capacity(items.len());
            for item in items {
                extents.push(self.value_of(item, Ty::INT));
            }
            return extents
                .iter()
                .all(|extent| extent.ty != Ty::ERROR)
                .then_some(extents);
        }
        let value = self.value(shape, Some(Ty::INT));
        let ty = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::Tuple(items) if items.iter().all(|&item| item == Ty::INT) => {
                if let ExprKind::Tuple(extents) = value.expr.kind {
                    return Some(
                        extents
                            .into_iter()
                            .map(|extent| self.keep(extent))
                            .collect(),
                    );
                }
                let span = value.expr.span;
                let place = self.held(value.expr, span);
                let mut extents = Vec::with_capacity(items.len());
                for position in 0..items.len() {
                    let kind = ProjectionKind::Item(position as u32);
                    let item = self.project(place.clone(), kind, Ty::INT, span);
                    extents.push(self.read(item));
                }
                Some(extents)
            }
            TyKind::Error => None,
            _ => {
                let extent = self.coerce(value, Ty::INT);
                (extent.ty != Ty::ERROR).then(|| vec![extent])
            }
        }
    }

    /// A type of elements: `f32`, `"float32"` or `a.dtype`.
    pub fn dtype(&mut self, expr: &'a ast::Expr) -> Ty {
        let ty = match &expr.kind {
            Ast::Attribute { value, attr } if attr.name == "dtype" => {
                let array = self.value(value, None);
                let ty = self.cx.resolve(array.expr.ty);
                self.element_type(ty)
            }
            Ast::Str(name) => match self.cx.types.by_numpy_name(name) {
                Some(ty) => ty,
                None => {
                    let message = format!("`{name}` is no type of numbers");
                    self.report(diag::wrong_arguments(expr.span, message));
                    return Ty::ERROR;
                }
            },
            _ => self.annotation(expr),
        };
        if ty == Ty::ERROR || self.is_arithmetic(ty) {
            return ty;
        }
        let found = self.ty_name(ty);
        self.report(diag::not_yet(expr.span, &format!("an array of `{found}`")));
        Ty::ERROR
    }

    /// What is given for the parameters of a builder, and `dtype`, which is the last of them.
    fn builder_arguments<const N: usize>(
        &mut self,
        name: &str,
        by_position: [&str; N],
        args: &'a [Arg],
    ) -> Option<([Option<&'a ast::Expr>; N], Option<Ty>)> {
        let known = Known {
            name,
            by_position: &by_position,
            by_name: &[],
            not_yet: &["order", "like", "device", "subok", "axis", "shape", "copy"],
        };
        let given = self.named_arguments(&known, args)?;
        let mut given: [Option<&'a ast::Expr>; N] = given.try_into().ok()?;
        let dtype = match given[N - 1].take() {
            Some(dtype) if !matches!(dtype.kind, Ast::None) => {
                Some(self.dtype(dtype)).filter(|&dtype| dtype != Ty::ERROR)?
            }
            _ => return Some((given, None)),
        };
        Some((given, Some(dtype)))
    }

    fn missing_argument(&mut self, name: &str, missing: &str, span: Span) -> Val {
        let message = format!("`{name}` needs `{missing}`");
        self.report(diag::wrong_arguments(span, message));
        Val::error(span)
    }

    /// A call of a builder, if `name` is one.
    pub fn array_builder(
        &mut self,
        name: &str,
        args: &'a [Arg],
        want: Want,
        span: Span,
    ) -> Option<Val> {
        let takes_names = BUILDERS.contains(&name);
        if takes_names && crate::call::mixes_keywords(args) {
            return Some(self.call_in_order(args, span, |cx, args| {
                let made = cx.array_builder(name, args, want, span);
                made.unwrap_or_else(|| Val::error(span))
            }));
        }
        // What NumPy makes an array of other elements keeps these where the type was found out.
        let wanted = self.array_wanted(want).map(|(_, elem, _)| elem);
        let want = want.ty();
        match name {
            "zeros" | "ones" | "empty" | "full" => {
                Some(self.filled(name, args, want, wanted, span))
            }
            "zeros_like" | "ones_like" | "empty_like" | "full_like" => {
                Some(self.filled_like(name, args, span))
            }
            "arange" => Some(self.arange(args, wanted, span)),
            "linspace" => Some(self.linspace(args, wanted, span)),
            "eye" => Some(self.eye(args, wanted, span)),
            "dot" => {
                let values = self.positional(name, args, 2..=2, span);
                let mut values = values.unwrap_or_default().into_iter();
                Some(match (values.next(), values.next()) {
                    (Some(left), Some(right)) => self.dot(left, right, span),
                    _ => Val::error(span),
                })
            }
            "where" => Some(match self.positional(name, args, 3..=3, span) {
                Some(values) => self.array_where(values, span),
                None => Val::error(span),
            }),
            _ => None,
        }
    }

    fn filled(
        &mut self,
        name: &str,
        args: &'a [Arg],
        want: Option<Ty>,
        wanted: Option<Ty>,
        span: Span,
    ) -> Val {
        let given = match name {
            "full" => self.builder_arguments(name, ["shape", "fill_value", "dtype"], args),
            _ => self
                .builder_arguments(name, ["shape", "dtype"], args)
                .map(|([shape, _], dtype)| ([shape, None, None], dtype)),
        };
        let Some(([shape, value, _], dtype)) = given else {
            return Val::error(span);
        };
        let Some(shape) = shape else {
            return self.missing_argument(name, "shape", span);
        };
        if name == "full" && value.is_none() {
            return self.missing_argument(name, "fill_value", span);
        }
        let Some(shape) = self.shape_argument(shape) else {
            return Val::error(span);
        };
        let dtype = dtype.or(wanted);
        let (elem, fill) = match (name, value) {
            (_, Some(value)) => {
                let value = self.value(value, dtype);
                let value = match dtype {
                    Some(elem) => self.coerce(value, elem),
                    None => self.settle(value),
                };
                if value.ty == Ty::ERROR {
                    return Val::error(span);
                }
                (value.ty, Fill::Value(Box::new(value)))
            }
            _ => {
                let elem = dtype.unwrap_or(Ty::F64);
                let Some(fill) = self.fill_with(name, elem, span) else {
                    return Val::error(span);
                };
                (elem, fill)
            }
        };
        self.new_array(shape, elem, fill, want, span)
    }

    /// What `zeros`, `ones_like`, `empty`, … put into an array.
    fn fill_with(&mut self, name: &str, elem: Ty, span: Span) -> Option<Fill> {
        if !self.is_arithmetic(elem) {
            let found = self.ty_name(elem);
            let diagnostic =
                diag::not_yet(span, &format!("an array of `{found}` made by `{name}`"));
            self.report(diagnostic.help("give the items: `full(n, …)`, or a comprehension"));
            return None;
        }
        let value = match name.split('_').next() {
            Some("empty") => return Some(Fill::Uninitialized),
            Some("ones") if elem == Ty::BOOL => {
                Val::strong(ExprKind::Bool(true), Ty::BOOL, span).expr
            }
            Some("ones") => self.coerce(Val::int(1, span), elem),
            _ => self.zero(elem, span),
        };
        Some(Fill::Value(Box::new(value)))
    }

    fn new_array(
        &mut self,
        shape: Vec<Expr>,
        elem: Ty,
        fill: Fill,
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        if !self.cx.types.is_scalar(elem) || elem == Ty::NONE {
            return self.array_of_copies(shape, elem, fill, want, span);
        }
        // Extents that are expected to be known, and are.
        let mut dims = vec![Dim::Dynamic; shape.len()];
        if let Some(want) = want
            && let TyKind::Array { dims: wanted, .. } = self.cx.types.kind(want)
            && wanted.len() == dims.len()
        {
            for ((dim, wanted), extent) in dims.iter_mut().zip(wanted).zip(&shape) {
                if let (Dim::Static(known), ExprKind::Int(extent)) = (wanted, &extent.kind)
                    && i128::from(*known) == *extent
                {
                    *dim = *wanted;
                }
            }
        }
        let ty = self.cx.types.array(elem, &dims);
        Val::strong(ExprKind::ArrayFill { shape, fill }, ty, span)
    }

    /// `full(n, value)` of values that are no numbers: a copy of the value for each item.
    fn array_of_copies(
        &mut self,
        mut shape: Vec<Expr>,
        elem: Ty,
        fill: Fill,
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        let (Some(extent), true, Fill::Value(value)) = (shape.pop(), shape.is_empty(), fill) else {
            let name = self.ty_name(elem);
            let feature = format!("an array of `{name}` of more than one dimension");
            self.report(diag::not_yet(span, &feature));
            return Val::error(span);
        };
        let given = [extent, *value].map(|value| Given::Value(Box::new(value.into())));
        let items = self.call_library("repeated", given.into(), span);
        if items.is_error() {
            return items;
        }
        let mut dims = vec![Dim::Dynamic];
        if let Some(want) = want
            && let TyKind::Array { dims: wanted, .. } = self.cx.types.kind(want)
            && wanted.len() == 1
        {
            dims = wanted.to_vec();
        }
        let ty = self.cx.types.array(elem, &dims);
        self.array_from(items, ty, elem, &dims, span)
    }

    fn filled_like(&mut self, name: &str, args: &'a [Arg], span: Span) -> Val {
        let source = if name == "empty_like" {
            "prototype"
        } else {
            "a"
        };
        let given = match name {
            "full_like" => self.builder_arguments(name, [source, "fill_value", "dtype"], args),
            _ => self
                .builder_arguments(name, [source, "dtype"], args)
                .map(|([like, _], dtype)| ([like, None, None], dtype)),
        };
        let Some(([like, value, _], dtype)) = given else {
            return Val::error(span);
        };
        let Some(like) = like else {
            return self.missing_argument(name, source, span);
        };
        if name == "full_like" && value.is_none() {
            return self.missing_argument(name, "fill_value", span);
        }
        let like = self.place(like);
        let ty = self.cx.resolve(like.ty);
        let TyKind::Array { elem, dims } = self.cx.types.kind(ty).clone() else {
            if ty != Ty::ERROR {
                let found = self.ty_name(ty);
                self.report(diag::bad_operand(span, name, &found));
            }
            return Val::error(span);
        };
        let elem = dtype.unwrap_or(elem);
        let shape: Vec<Expr> = (0..dims.len())
            .map(|axis| self.extent(&like, &dims, axis, span))
            .collect();
        let fill = match (name, value) {
            (_, Some(value)) => {
                let value = self.value_of(value, elem);
                if value.ty == Ty::ERROR {
                    return Val::error(span);
                }
                Fill::Value(Box::new(value))
            }
            _ => match self.fill_with(name, elem, span) {
                Some(fill) => fill,
                None => return Val::error(span),
            },
        };
        let ty = self.cx.types.array(elem, &dims);
        if !self.cx.types.is_scalar(elem) {
            return self.array_of_copies(shape, elem, fill, Some(ty), span);
        }
        Val::strong(ExprKind::ArrayFill { shape, fill }, ty, span)
    }

    fn arange(&mut self, args: &'a [Arg], wanted: Option<Ty>, span: Span) -> Val {
        let by_position = ["start", "stop", "step", "dtype"];
        let Some(([mut start, mut stop, mut step, _], dtype)) =
            self.builder_arguments("arange", by_position, args)
        else {
            return Val::error(span);
        };
        let is_given = |arg: &&'a ast::Expr| !matches!(arg.kind, Ast::None);
        (stop, step) = (stop.filter(is_given), step.filter(is_given));
        // One alone, by position, is the end.
        if stop.is_none()
            && args
                .first()
                .is_some_and(|arg| arg.kind == ArgKind::Positional)
        {
            stop = start.take();
        }
        let Some(stop) = stop else {
            return self.missing_argument("arange", "stop", span);
        };
        let given: Vec<&'a ast::Expr> = [start, Some(stop), step].into_iter().flatten().collect();
        let values: Vec<Val> = given.into_iter().map(|arg| self.value(arg, None)).collect();
        if values.iter().any(Val::is_error) {
            return Val::error(span);
        }
        let elem = match dtype.or(wanted) {
            Some(elem) => elem,
            None => match self.common_type(&values, span) {
                Some(elem) => elem,
                None => return Val::error(span),
            },
        };
        if !self.cx.types.is_number(elem) {
            let found = self.ty_name(elem);
            self.report(diag::bad_operand(span, "arange", &found));
            return Val::error(span);
        }
        let mut bounds: Vec<Expr> = values
            .into_iter()
            .map(|value| self.coerce(value, elem))
            .collect();
        if start.is_none() {
            bounds.insert(0, self.zero(elem, span));
        }
        if step.is_none() {
            let one = self.coerce(Val::int(1, span), elem);
            bounds.push(one);
        }
        let ty = self.cx.types.array(elem, &[Dim::Dynamic]);
        self.builtin(Builtin::Arange, bounds, ty, span)
    }

    fn linspace(&mut self, args: &'a [Arg], wanted: Option<Ty>, span: Span) -> Val {
        let by_position = ["start", "stop", "num", "endpoint", "retstep", "dtype"];
        let Some(([start, stop, count, endpoint, step, _], dtype)) =
            self.builder_arguments("linspace", by_position, args)
        else {
            return Val::error(span);
        };
        if let Some(step) = step.filter(|step| !matches!(step.kind, Ast::Bool(false))) {
            self.report(diag::not_yet(step.span, "`retstep` of `linspace`"));
            return Val::error(span);
        }
        let (Some(start), Some(stop)) = (start, stop) else {
            let missing = if start.is_some() { "stop" } else { "start" };
            return self.missing_argument("linspace", missing, span);
        };
        let elem = dtype.or(wanted).unwrap_or(Ty::F64);
        if !self.cx.types.is_float(elem) {
            let feature = "`linspace` of other numbers than floats";
            self.report(diag::not_yet(span, feature));
            return Val::error(span);
        }
        let (start, stop) = (self.value_of(start, elem), self.value_of(stop, elem));
        let count = match count {
            Some(count) => self.value_of(count, Ty::INT),
            None => self.int(50, span),
        };
        let endpoint = match endpoint {
            Some(endpoint) => self.value_of(endpoint, Ty::BOOL),
            None => Val::strong(ExprKind::Bool(true), Ty::BOOL, span).expr,
        };
        let ty = self.cx.types.array(elem, &[Dim::Dynamic]);
        let operands = vec![start, stop, count, endpoint];
        self.builtin(Builtin::Linspace, operands, ty, span)
    }

    fn eye(&mut self, args: &'a [Arg], wanted: Option<Ty>, span: Span) -> Val {
        let by_position = ["N", "M", "k", "dtype"];
        let Some(([rows, columns, shift, _], dtype)) =
            self.builder_arguments("eye", by_position, args)
        else {
            return Val::error(span);
        };
        let Some(rows) = rows else {
            return self.missing_argument("eye", "N", span);
        };
        let rows = self.value_of(rows, Ty::INT);
        let rows = self.keep(rows);
        let columns = match columns {
            Some(columns) if !matches!(columns.kind, Ast::None) => self.value_of(columns, Ty::INT),
            _ => rows.clone(),
        };
        let shift = match shift {
            Some(shift) => self.value_of(shift, Ty::INT),
            None => self.int(0, span),
        };
        let elem = dtype.or(wanted).unwrap_or(Ty::F64);
        let ty = self.cx.types.array(elem, &[Dim::Dynamic, Dim::Dynamic]);
        self.builtin(Builtin::Eye, vec![rows, columns, shift], ty, span)
    }
}
