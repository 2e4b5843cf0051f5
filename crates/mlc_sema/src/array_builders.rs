//! The functions that build arrays, with NumPy's signatures.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Dim, Expr, ExprKind, Fill, ProjectionKind, Ty, TyKind};

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

    /// The positional arguments and `dtype` of a builder.
    fn builder_args(
        &mut self,
        name: &str,
        args: &[&'a Arg],
        most: usize,
    ) -> Option<(Vec<&'a ast::Expr>, Option<Ty>)> {
        let mut positional = Vec::new();
        let mut dtype = None;
        for arg in args {
            match &arg.kind {
                ArgKind::Positional if positional.len() < most => positional.push(&arg.value),
                // NumPy takes the type in the last place too.
                ArgKind::Positional if dtype.is_none() => dtype = Some(self.dtype(&arg.value)),
                ArgKind::Keyword(keyword) if keyword.name == "dtype" => {
                    dtype = Some(self.dtype(&arg.value))
                }
                ArgKind::Keyword(keyword)
                    if matches!(
                        keyword.name.as_str(),
                        "shape" | "fill_value" | "start" | "stop" | "step" | "num" | "N" | "M"
                    ) =>
                {
                    positional.push(&arg.value);
                }
                _ => {
                    self.report(diag::wrong_arguments(
                        arg.value.span,
                        format!("unexpected argument of `{name}`"),
                    ));
                    return None;
                }
            }
        }
        if dtype == Some(Ty::ERROR) {
            return None;
        }
        Some((positional, dtype))
    }

    /// A call of a builder, if `name` is one.
    pub fn array_builder(
        &mut self,
        name: &str,
        args: &'a [Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Option<Val> {
        let wanted = want.and_then(|want| match *self.cx.types.kind(want) {
            TyKind::Array { elem, .. } => Some(elem),
            _ => None,
        });
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
                    (Some(left), Some(right)) => self.matmul(left, right, span),
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
        let most = if name == "full" { 2 } else { 1 };
        let Some((positional, dtype)) =
            self.builder_args(name, &args.iter().collect::<Vec<_>>(), most)
        else {
            return Val::error(span);
        };
        if positional.len() != most {
            let takes = if most == 1 {
                "a shape"
            } else {
                "a shape and a value"
            };
            self.report(diag::wrong_arguments(
                span,
                format!("`{name}` takes {takes}"),
            ));
            return Val::error(span);
        }
        let Some(shape) = self.shape_argument(positional[0]) else {
            return Val::error(span);
        };
        let dtype = dtype.or(wanted);
        let (elem, fill) = match name {
            "full" => {
                let value = self.value(positional[1], dtype);
                let value = match dtype {
                    Some(elem) => self.coerce(value, elem),
                    None => self.settle(value),
                };
                if value.ty == Ty::ERROR {
                    return Val::error(span);
                }
                (value.ty, Fill::Value(Box::new(value)))
            }
            "empty" => (dtype.unwrap_or(Ty::F64), Fill::Uninitialized),
            _ => {
                let elem = dtype.unwrap_or(Ty::F64);
                (elem, self.fill_with(name, elem, span))
            }
        };
        self.new_array(shape, elem, fill, want, span)
    }

    fn fill_with(&mut self, name: &str, elem: Ty, span: Span) -> Fill {
        let value = if name.starts_with("ones") {
            if elem == Ty::BOOL {
                Val::strong(ExprKind::Bool(true), Ty::BOOL, span).expr
            } else {
                self.coerce(Val::int(1, span), elem)
            }
        } else {
            self.zero(elem, span)
        };
        Fill::Value(Box::new(value))
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
            let name = self.ty_name(elem);
            self.report(diag::not_yet(span, &format!("an array of `{name}`")));
            return Val::error(span);
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

    fn filled_like(&mut self, name: &str, args: &'a [Arg], span: Span) -> Val {
        let most = if name == "full_like" { 2 } else { 1 };
        let Some((positional, dtype)) =
            self.builder_args(name, &args.iter().collect::<Vec<_>>(), most)
        else {
            return Val::error(span);
        };
        if positional.len() != most {
            self.report(diag::wrong_arguments(
                span,
                format!("`{name}` takes {most} arguments"),
            ));
            return Val::error(span);
        }
        let like = self.place(positional[0]);
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
        let fill = match name {
            "empty_like" => Fill::Uninitialized,
            "full_like" => {
                let value = self.value_of(positional[1], elem);
                if value.ty == Ty::ERROR {
                    return Val::error(span);
                }
                Fill::Value(Box::new(value))
            }
            _ => self.fill_with(name, elem, span),
        };
        let ty = self.cx.types.array(elem, &dims);
        Val::strong(ExprKind::ArrayFill { shape, fill }, ty, span)
    }

    fn arange(&mut self, args: &'a [Arg], wanted: Option<Ty>, span: Span) -> Val {
        let Some((positional, dtype)) =
            self.builder_args("arange", &args.iter().collect::<Vec<_>>(), 3)
        else {
            return Val::error(span);
        };
        let values: Vec<Val> = positional.iter().map(|arg| self.value(arg, None)).collect();
        if values.is_empty() || values.iter().any(Val::is_error) {
            if values.is_empty() {
                self.report(diag::wrong_arguments(
                    span,
                    "`arange` takes 1 to 3 arguments",
                ));
            }
            return Val::error(span);
        }
        let elem = match dtype.or(wanted) {
            Some(elem) => elem,
            None => match self.common_type(&values, span) {
                Some(elem) => elem,
                None => return Val::error(span),
            },
        };
        let mut bounds: Vec<Expr> = values
            .into_iter()
            .map(|value| self.coerce(value, elem))
            .collect();
        if bounds.len() == 1 {
            bounds.insert(0, self.zero(elem, span));
        }
        if bounds.len() == 2 {
            let one = self.coerce(Val::int(1, span), elem);
            bounds.push(one);
        }
        let ty = self.cx.types.array(elem, &[Dim::Dynamic]);
        self.builtin(Builtin::Arange, bounds, ty, span)
    }

    /// The argument of a keyword, and the others.
    fn split_keyword(&self, name: &str, args: &'a [Arg]) -> (Option<&'a ast::Expr>, Vec<&'a Arg>) {
        let named =
            |arg: &&Arg| matches!(&arg.kind, ArgKind::Keyword(keyword) if keyword.name == name);
        let found = args.iter().find(named).map(|arg| &arg.value);
        (found, args.iter().filter(|arg| !named(arg)).collect())
    }

    fn linspace(&mut self, args: &'a [Arg], wanted: Option<Ty>, span: Span) -> Val {
        let (endpoint, args) = self.split_keyword("endpoint", args);
        let Some((positional, dtype)) = self.builder_args("linspace", &args, 3) else {
            return Val::error(span);
        };
        let ([start, stop] | [start, stop, _]) = positional.as_slice() else {
            self.report(diag::wrong_arguments(
                span,
                "`linspace` takes 2 or 3 arguments",
            ));
            return Val::error(span);
        };
        let elem = dtype.or(wanted).unwrap_or(Ty::F64);
        if !self.cx.types.is_float(elem) {
            let feature = "`linspace` of other numbers than floats";
            self.report(diag::not_yet(span, feature));
            return Val::error(span);
        }
        let (start, stop) = (self.value_of(start, elem), self.value_of(stop, elem));
        let count = match positional.get(2) {
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
        let (shift, args) = self.split_keyword("k", args);
        let Some((positional, dtype)) = self.builder_args("eye", &args, 3) else {
            return Val::error(span);
        };
        let Some(rows) = positional.first() else {
            self.report(diag::wrong_arguments(span, "`eye` takes 1 to 3 arguments"));
            return Val::error(span);
        };
        let rows = self.value_of(rows, Ty::INT);
        let rows = self.keep(rows);
        let columns = match positional.get(1) {
            Some(columns) if !matches!(columns.kind, Ast::None) => self.value_of(columns, Ty::INT),
            _ => rows.clone(),
        };
        let shift = match shift.or(positional.get(2).copied()) {
            Some(shift) => self.value_of(shift, Ty::INT),
            None => self.int(0, span),
        };
        let elem = dtype.or(wanted).unwrap_or(Ty::F64);
        let ty = self.cx.types.array(elem, &[Dim::Dynamic, Dim::Dynamic]);
        self.builtin(Builtin::Eye, vec![rows, columns, shift], ty, span)
    }

    /// `[f32; _](xs)`: the items of a list, or the elements of another array, converted.
    pub fn array_from(&mut self, value: Val, ty: Ty, elem: Ty, dims: &[Dim], span: Span) -> Val {
        let from = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(from).clone() {
            TyKind::Array {
                dims: from_dims, ..
            } if from_dims.len() == dims.len() => {
                let cast = self.array_cast(value, elem, span);
                let copied = self.copy_of(cast);
                self.coerce(copied, ty).into()
            }
            TyKind::List(item) if dims == [Dim::Dynamic] && self.is_arithmetic(item) => {
                let value = self.array_cast(value, elem, span);
                let value = self.borrow_always(value.expr);
                self.builtin(Builtin::ArrayFromList, vec![value], ty, span)
            }
            TyKind::List(row) if dims == [Dim::Dynamic, Dim::Dynamic] => {
                let inner = self.element_type(row);
                if inner != elem {
                    let (found, name) = (self.ty_name(from), self.ty_name(ty));
                    self.report(diag::not_yet(
                        span,
                        &format!("the conversion of `{found}` to `{name}`"),
                    ));
                    return Val::error(span);
                }
                let value = self.borrow_always(value.expr);
                self.builtin(Builtin::ArrayFromList, vec![value], ty, span)
            }
            TyKind::Error => Val::error(span),
            _ => {
                let (found, name) = (self.ty_name(from), self.ty_name(ty));
                self.report(diag::not_yet(
                    span,
                    &format!("the conversion of `{found}` to `{name}`"),
                ));
                Val::error(span)
            }
        }
    }
}
