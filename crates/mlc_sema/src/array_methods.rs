//! Attributes and methods of arrays, and the functions that build them, with NumPy's signatures.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, Dim, Expr, ExprKind, Fill, Place, ProjectionKind, Ty, TyKind};

const ATTRIBUTES: &[&str] = &["shape", "ndim", "size", "dtype", "T"];
const METHODS: &[&str] = &[
    "sum",
    "prod",
    "min",
    "max",
    "mean",
    "std",
    "argmin",
    "argmax",
    "any",
    "all",
    "reshape",
    "transpose",
    "astype",
    "fill",
    "copy",
    "dot",
];

impl<'a> FnCx<'_, 'a> {
    pub fn array_attribute(
        &mut self,
        place: Place,
        dims: &[Dim],
        attr: &ast::Ident,
        span: Span,
    ) -> Operand {
        let value = match attr.name.as_str() {
            "ndim" => Val::int(dims.len() as i128, span),
            "size" => self.array_size(&place, dims, span).into(),
            "shape" => {
                let extents: Vec<Expr> = (0..dims.len())
                    .map(|axis| self.extent(&place, dims, axis, span))
                    .collect();
                let tys = vec![Ty::INT; dims.len()];
                let ty = self.cx.types.tuple(&tys);
                Val::strong(ExprKind::Tuple(extents), ty, span)
            }
            "T" => {
                let axes: Vec<usize> = (0..dims.len()).rev().collect();
                self.transposed(place, dims, &axes, span)
            }
            name => {
                let shown = self.ty_name(place.ty);
                let known = ATTRIBUTES.iter().chain(METHODS).copied();
                self.report(diag::unknown_attribute(attr.span, &shown, name, known));
                Val::error(span)
            }
        };
        Operand::Value(value)
    }

    fn array_size(&mut self, place: &Place, dims: &[Dim], span: Span) -> Expr {
        let mut size: Option<Expr> = None;
        for axis in 0..dims.len() {
            let extent = self.extent(place, dims, axis, span);
            size = Some(match size {
                Some(size) => self.int_binary(BinaryOp::Mul, size, extent, span),
                None => extent,
            });
        }
        size.unwrap_or_else(|| self.int(1, span))
    }

    fn transposed(&mut self, place: Place, dims: &[Dim], axes: &[usize], span: Span) -> Val {
        let elem = self.element_type(place.ty);
        let new: Vec<Dim> = axes.iter().map(|&axis| dims[axis]).collect();
        let ty = self.cx.types.array(elem, &new);
        let array = self.read(place);
        let mut args = vec![self.borrow_always(array)];
        args.extend(axes.iter().map(|&axis| self.int(axis as i128, span)));
        self.builtin(Builtin::Transpose, args, ty, span)
    }

    pub fn array_method(
        &mut self,
        array: Place,
        elem: Ty,
        dims: &[Dim],
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let name = attr.name.as_str();
        let reduction = match name {
            "sum" => Some((Builtin::Sum, Builtin::SumAxis)),
            "prod" => Some((Builtin::Prod, Builtin::ProdAxis)),
            "min" => Some((Builtin::ReduceMin, Builtin::MinAxis)),
            "max" => Some((Builtin::ReduceMax, Builtin::MaxAxis)),
            "mean" => Some((Builtin::Mean, Builtin::MeanAxis)),
            "std" => Some((Builtin::Std, Builtin::StdAxis)),
            "argmin" => Some((Builtin::ArgMin, Builtin::ArgMinAxis)),
            "argmax" => Some((Builtin::ArgMax, Builtin::ArgMaxAxis)),
            "any" => Some((Builtin::Any, Builtin::AnyAxis)),
            "all" => Some((Builtin::All, Builtin::AllAxis)),
            _ => None,
        };
        if let Some((whole, along)) = reduction {
            return self.array_reduction(array, elem, dims, whole, along, args, span);
        }
        match (name, args) {
            ("copy", []) => {
                let value = self.read(array);
                self.copy_of(value.into())
            }
            ("fill", [arg]) => {
                let value = self.value_of(&arg.value, elem);
                let (ty, at) = (array.ty, array.span);
                let array = Expr {
                    kind: ExprKind::Borrow {
                        place: array,
                        mutable: true,
                    },
                    ty,
                    span: at,
                };
                self.builtin(Builtin::ArrayFillWith, vec![array, value], Ty::NONE, span)
            }
            ("astype", [arg]) => {
                let to = self.annotation(&arg.value);
                if to == Ty::ERROR {
                    return Val::error(span);
                }
                let value = self.read(array);
                let cast = self.array_cast(value.into(), to, span);
                if to == elem { self.copy_of(cast) } else { cast }
            }
            ("transpose", []) => {
                let axes: Vec<usize> = (0..dims.len()).rev().collect();
                self.transposed(array, dims, &axes, span)
            }
            ("transpose", _) => {
                let Some(axes) = self.axes_argument(args, dims.len(), span) else {
                    return Val::error(span);
                };
                self.transposed(array, dims, &axes, span)
            }
            ("reshape", [_, ..]) => self.reshape(array, elem, dims, args, span),
            ("dot", [arg]) => {
                let left = self.read(array);
                let right = self.value(&arg.value, None);
                self.matmul(left.into(), right, span)
            }
            _ if METHODS.contains(&name) => {
                self.report(diag::wrong_arguments(
                    span,
                    format!("wrong number of arguments for `{name}` of an array"),
                ));
                self.poisoned_call(args, span)
            }
            _ => {
                let shown = self.ty_name(array.ty);
                let known = METHODS.iter().chain(ATTRIBUTES).copied();
                self.report(diag::unknown_attribute(attr.span, &shown, name, known));
                self.poisoned_call(args, span)
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call site; the pieces of an array come together"
    )]
    fn array_reduction(
        &mut self,
        array: Place,
        elem: Ty,
        dims: &[Dim],
        whole: Builtin,
        along: Builtin,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let mut axis = None;
        for arg in args {
            match &arg.kind {
                ArgKind::Positional if args.len() == 1 => axis = Some(&arg.value),
                ArgKind::Keyword(keyword) if keyword.name == "axis" => axis = Some(&arg.value),
                _ => {
                    self.report(diag::not_yet(
                        arg.value.span,
                        "this argument of an array reduction",
                    ));
                    return Val::error(span);
                }
            }
        }
        let Some(result) = self.reduced_type(whole, elem, span) else {
            return Val::error(span);
        };
        let value = self.read(array);
        let array = self.borrow_always(value);
        let axis = match axis {
            Some(axis) if !matches!(axis.kind, Ast::None) => match self.axis_of(axis, dims.len()) {
                Some(axis) => axis,
                None => return Val::error(span),
            },
            _ => return self.builtin(whole, vec![array], result, span),
        };
        if dims.len() == 1 {
            return self.builtin(whole, vec![array], result, span);
        }
        let mut rest = dims.to_vec();
        rest.remove(axis);
        let ty = self.cx.types.array(result, &rest);
        let axis = self.int(axis as i128, span);
        self.builtin(along, vec![array, axis], ty, span)
    }

    /// The type of a reduction of elements: sums of small integers are `Int`, means of integers `f64`, as in NumPy.
    fn reduced_type(&mut self, op: Builtin, elem: Ty, span: Span) -> Option<Ty> {
        let is_int = self.cx.types.is_int(elem) || elem == Ty::BOOL;
        let ordered = self.is_arithmetic(elem) && !self.cx.types.is_complex(elem);
        match op {
            Builtin::Any | Builtin::All if self.is_arithmetic(elem) => Some(Ty::BOOL),
            Builtin::Sum | Builtin::Prod if is_int => {
                Some(if self.cx.types.is_signed(elem) || elem == Ty::BOOL {
                    Ty::I64
                } else {
                    Ty::U64
                })
            }
            Builtin::Sum | Builtin::Prod if self.cx.types.is_number(elem) => Some(elem),
            Builtin::Mean | Builtin::Std if is_int => Some(Ty::F64),
            Builtin::Mean | Builtin::Std if ordered => Some(elem),
            Builtin::ArgMin | Builtin::ArgMax if ordered => Some(Ty::INT),
            Builtin::ReduceMin | Builtin::ReduceMax if ordered => Some(elem),
            _ => {
                let name = self.ty_name(elem);
                self.report(diag::bad_operand(
                    span,
                    "this reduction",
                    &format!("elements of type {name}"),
                ));
                None
            }
        }
    }

    fn axis_of(&mut self, axis: &'a ast::Expr, rank: usize) -> Option<usize> {
        let value = self.value(axis, Some(Ty::INT));
        if value.is_error() {
            return None;
        }
        let Some(constant) = value.constant() else {
            self.report(diag::not_comptime(axis.span, "an axis"));
            return None;
        };
        let rank = rank as i128;
        let at = if constant < 0 {
            constant + rank
        } else {
            constant
        };
        if (0..rank).contains(&at) {
            return Some(at as usize);
        }
        let message = format!("axis {constant} is out of range for an array of rank {rank}");
        self.report(Diagnostic::error("bad-index", axis.span, message));
        None
    }

    fn axes_argument(&mut self, args: &'a [Arg], rank: usize, span: Span) -> Option<Vec<usize>> {
        let items: Vec<&'a ast::Expr> = match args {
            [arg] => match &arg.value.kind {
                Ast::Tuple(items) => items.iter().collect(),
                _ => vec![&arg.value],
            },
            _ => args.iter().map(|arg| &arg.value).collect(),
        };
        let mut axes = Vec::with_capacity(rank);
        for item in items {
            axes.push(self.axis_of(item, rank)?);
        }
        let mut sorted = axes.clone();
        sorted.sort_unstable();
        if sorted != (0..rank).collect::<Vec<usize>>() {
            self.report(diag::wrong_arguments(
                span,
                "`transpose` takes each axis once",
            ));
            return None;
        }
        Some(axes)
    }

    fn reshape(
        &mut self,
        array: Place,
        elem: Ty,
        dims: &[Dim],
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let extents = match args {
            [arg] => self.shape_argument(&arg.value),
            _ => {
                let mut extents = Vec::with_capacity(args.len());
                for arg in args {
                    extents.push(self.value_of(&arg.value, Ty::INT));
                }
                Some(extents)
            }
        };
        let Some(mut extents) = extents else {
            return Val::error(span);
        };
        if extents.iter().any(|extent| extent.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let open: Vec<usize> = (0..extents.len())
            .filter(|&at| matches!(extents[at].kind, ExprKind::Int(-1)))
            .collect();
        match open.as_slice() {
            [] => {}
            [at] => {
                let mut rest: Option<Expr> = None;
                for (position, extent) in extents.iter().enumerate() {
                    if position != *at {
                        rest = Some(match rest {
                            Some(before) => {
                                self.int_binary(BinaryOp::Mul, before, extent.clone(), span)
                            }
                            None => extent.clone(),
                        });
                    }
                }
                let size = self.array_size(&array, dims, span);
                extents[*at] = match rest {
                    Some(rest) => self.int_binary(BinaryOp::FloorDiv, size, rest, span),
                    None => size,
                };
            }
            _ => {
                self.report(diag::wrong_arguments(
                    span,
                    "only one extent of `reshape` can be -1",
                ));
                return Val::error(span);
            }
        }
        let ty = self
            .cx
            .types
            .array(elem, &vec![Dim::Dynamic; extents.len()]);
        let value = self.read(array);
        let mut operands = vec![self.borrow_always(value)];
        operands.append(&mut extents);
        self.builtin(Builtin::Reshape, operands, ty, span)
    }

    /// `a @ b`, `dot(a, b)`
    pub fn matmul(&mut self, left: Val, right: Val, span: Span) -> Val {
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        let (
            TyKind::Array {
                elem: a,
                dims: left_dims,
            },
            TyKind::Array {
                elem: b,
                dims: right_dims,
            },
        ) = (
            self.cx.types.kind(left_ty).clone(),
            self.cx.types.kind(right_ty).clone(),
        )
        else {
            if left_ty != Ty::ERROR && right_ty != Ty::ERROR {
                let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
                self.report(diag::bad_operands(span, "@", &left, &right));
            }
            return Val::error(span);
        };
        let Some(elem) = self
            .widen(a, b)
            .filter(|&elem| self.cx.types.is_number(elem))
        else {
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::bad_operands(span, "@", &left, &right));
            return Val::error(span);
        };
        let ty = match (left_dims.as_ref(), right_dims.as_ref()) {
            ([_], [_]) => elem,
            ([rows, _], [_]) => self.cx.types.array(elem, &[*rows]),
            ([_], [_, columns]) => self.cx.types.array(elem, &[*columns]),
            ([rows, _], [_, columns]) => self.cx.types.array(elem, &[*rows, *columns]),
            _ => {
                self.report(diag::not_yet(span, "`@` of arrays of rank 3 and more"));
                return Val::error(span);
            }
        };
        let mut operands = Vec::with_capacity(2);
        for value in [left, right] {
            let value = self.array_cast(value, elem, span);
            operands.push(self.borrow_always(value.expr));
        }
        self.builtin(Builtin::MatMul, operands, ty, span)
    }

    // -------------------------------------------------------------------------------------------------- builders

    /// `(3, 4)`, `[3, 4]`, `n` or a tuple of integers as extents.
    fn shape_argument(&mut self, shape: &'a ast::Expr) -> Option<Vec<Expr>> {
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

    /// The positional arguments and `dtype` of a builder.
    fn builder_args(
        &mut self,
        name: &str,
        args: &'a [Arg],
        most: usize,
    ) -> Option<(Vec<&'a ast::Expr>, Option<Ty>)> {
        let mut positional = Vec::new();
        let mut dtype = None;
        for arg in args {
            match &arg.kind {
                ArgKind::Positional if positional.len() < most => positional.push(&arg.value),
                // NumPy takes the type in the last place too.
                ArgKind::Positional if dtype.is_none() => dtype = Some(self.annotation(&arg.value)),
                ArgKind::Keyword(keyword) if keyword.name == "dtype" => {
                    dtype = Some(self.annotation(&arg.value))
                }
                ArgKind::Keyword(keyword)
                    if matches!(keyword.name.as_str(), "shape" | "fill_value" | "num") =>
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
        let Some((positional, dtype)) = self.builder_args(name, args, most) else {
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
        let Some((positional, dtype)) = self.builder_args(name, args, most) else {
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
        let Some((positional, dtype)) = self.builder_args("arange", args, 3) else {
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

    fn linspace(&mut self, args: &'a [Arg], wanted: Option<Ty>, span: Span) -> Val {
        let Some((positional, dtype)) = self.builder_args("linspace", args, 3) else {
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
        let (start, stop) = (self.value_of(start, elem), self.value_of(stop, elem));
        let count = match positional.get(2) {
            Some(count) => self.value_of(count, Ty::INT),
            None => self.int(50, span),
        };
        let ty = self.cx.types.array(elem, &[Dim::Dynamic]);
        self.builtin(Builtin::Linspace, vec![start, stop, count], ty, span)
    }

    fn eye(&mut self, args: &'a [Arg], wanted: Option<Ty>, span: Span) -> Val {
        let Some((positional, dtype)) = self.builder_args("eye", args, 2) else {
            return Val::error(span);
        };
        let Some(rows) = positional.first() else {
            self.report(diag::wrong_arguments(span, "`eye` takes 1 or 2 arguments"));
            return Val::error(span);
        };
        let rows = self.value_of(rows, Ty::INT);
        let rows = self.keep(rows);
        let columns = match positional.get(1) {
            Some(columns) => self.value_of(columns, Ty::INT),
            None => rows.clone(),
        };
        let elem = dtype.or(wanted).unwrap_or(Ty::F64);
        let ty = self.cx.types.array(elem, &[Dim::Dynamic, Dim::Dynamic]);
        self.builtin(Builtin::Eye, vec![rows, columns], ty, span)
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
