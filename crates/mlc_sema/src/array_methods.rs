//! Attributes and methods of arrays, and the matrix product, with NumPy's signatures.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, Builtin, Dim, Expr, ExprKind, Fill, Place, ProjectionKind, Root, Ty, TyKind,
};

const ATTRIBUTES: &[&str] = &["shape", "ndim", "size", "dtype", "T", "real", "imag"];
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
                return self.transposed(place, dims, &axes, span);
            }
            "real" | "imag" => {
                let op = match attr.name.as_str() {
                    "real" => Builtin::ComplexReal,
                    _ => Builtin::ComplexImag,
                };
                let elem = self.element_type(place.ty);
                let TyKind::Complex(kind) = *self.cx.types.kind(elem) else {
                    let shown = self.ty_name(place.ty);
                    let feature = format!("`{}` of `{shown}`", attr.name);
                    self.report(diag::not_yet(attr.span, &feature));
                    return Operand::Value(Val::error(span));
                };
                let array = self.read(place);
                let part = Ty::float(kind);
                let value = self.array_each(&array.into(), span, |cx, element| {
                    let element = cx.settle(element);
                    cx.builtin(op, vec![element], part, span)
                });
                value.unwrap_or_else(|| Val::error(span))
            }
            "dtype" => {
                let elem = self.element_type(place.ty);
                Val::from(self.str(self.cx.types.numpy_name(elem), span))
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

    /// The array with its dimensions in another order: a view, as in NumPy, or of a fresh array another one.
    fn transposed(&mut self, place: Place, dims: &[Dim], axes: &[usize], span: Span) -> Operand {
        let elem = self.element_type(place.ty);
        let new: Vec<Dim> = axes.iter().map(|&axis| dims[axis]).collect();
        let ty = self.cx.types.array(elem, &new);
        if !matches!(place.root, Root::Temporary(_)) {
            let axes = axes.iter().map(|&axis| axis as u32).collect();
            return Operand::Place(self.project(place, ProjectionKind::Transpose(axes), ty, span));
        }
        let array = self.read(place);
        let mut args = vec![self.borrow_always(array)];
        args.extend(axes.iter().map(|&axis| self.int(axis as i128, span)));
        Operand::Value(self.builtin(Builtin::Transpose, args, ty, span))
    }

    fn transposed_value(&mut self, place: Place, dims: &[Dim], axes: &[usize], span: Span) -> Val {
        match self.transposed(place, dims, axes, span) {
            Operand::Place(place) => self.read(place).into(),
            Operand::Value(value) => value,
        }
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
            "sum" => Some(Builtin::Sum),
            "prod" => Some(Builtin::Prod),
            "min" => Some(Builtin::ReduceMin),
            "max" => Some(Builtin::ReduceMax),
            "mean" => Some(Builtin::Mean),
            "std" => Some(Builtin::Std),
            "argmin" => Some(Builtin::ArgMin),
            "argmax" => Some(Builtin::ArgMax),
            "any" => Some(Builtin::Any),
            "all" => Some(Builtin::All),
            _ => None,
        };
        if let Some(reduction) = reduction {
            return self.array_reduction(array, dims, reduction, args, span);
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
                let to = self.dtype(&arg.value);
                if to == Ty::ERROR {
                    return Val::error(span);
                }
                let value = self.read(array);
                let cast = self.array_cast(value.into(), to, span);
                if to == elem { self.copy_of(cast) } else { cast }
            }
            ("transpose", []) => {
                let axes: Vec<usize> = (0..dims.len()).rev().collect();
                self.transposed_value(array, dims, &axes, span)
            }
            ("transpose", _) => {
                let Some(axes) = self.axes_argument(args, dims.len(), span) else {
                    return Val::error(span);
                };
                self.transposed_value(array, dims, &axes, span)
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

    /// `a.sum(axis=0, keepdims=True)`, …
    fn array_reduction(
        &mut self,
        array: Place,
        dims: &[Dim],
        op: Builtin,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let (mut axis, mut keeps) = (None, false);
        for (position, arg) in args.iter().enumerate() {
            match &arg.kind {
                ArgKind::Positional if position == 0 => axis = Some(&arg.value),
                ArgKind::Keyword(keyword) if keyword.name == "axis" => axis = Some(&arg.value),
                ArgKind::Keyword(keyword) if keyword.name == "keepdims" => match arg.value.kind {
                    Ast::Bool(value) => keeps = value,
                    _ => {
                        self.report(diag::not_comptime(arg.value.span, "`keepdims`"));
                        return Val::error(span);
                    }
                },
                ArgKind::Keyword(keyword) => {
                    let name = keyword.name.as_str();
                    if matches!(name, "dtype" | "out" | "initial" | "where" | "ddof") {
                        let feature = format!("`{name}` of a reduction");
                        self.report(diag::not_yet(keyword.span, &feature));
                    } else {
                        let message = format!("a reduction has no parameter `{name}`");
                        self.report(diag::wrong_arguments(keyword.span, message));
                    }
                    return Val::error(span);
                }
                _ => {
                    let message = "a reduction takes one argument by position, the axis";
                    self.report(diag::wrong_arguments(arg.value.span, message));
                    return Val::error(span);
                }
            }
        }
        let elem = self.element_type(array.ty);
        let Some(result) = self.reduced_type(op, elem, span) else {
            return Val::error(span);
        };
        let axes = match axis {
            Some(axis) if !matches!(axis.kind, Ast::None) => self.reduced_axes(axis, dims.len()),
            _ => Some((0..dims.len()).collect()),
        };
        let Some(axes) = axes else {
            return Val::error(span);
        };
        if axes.len() > 1 && axis.is_some() && matches!(op, Builtin::ArgMin | Builtin::ArgMax) {
            let message = "`argmin` and `argmax` take one axis";
            self.report(diag::wrong_arguments(span, message));
            return Val::error(span);
        }
        let value = self.read(array);
        let array = self.borrow_always(value);
        let rest: Vec<Dim> = (dims.iter().enumerate())
            .filter(|(at, _)| keeps || !axes.contains(at))
            .map(|(at, &dim)| {
                if axes.contains(&at) {
                    Dim::Static(1)
                } else {
                    dim
                }
            })
            .collect();
        if rest.is_empty() {
            return self.builtin(op, vec![array], result, span);
        }
        let ty = self.cx.types.array(result, &rest);
        if axes.len() == dims.len() {
            let value = self.builtin(op, vec![array], result, span);
            if value.is_error() {
                return value;
            }
            let shape = rest.iter().map(|_| self.int(1, span)).collect();
            let fill = Fill::Value(Box::new(value.expr));
            return Val::strong(ExprKind::ArrayFill { shape, fill }, ty, span);
        }
        let mut operands = vec![array];
        operands.extend(axes.iter().map(|&axis| self.int(axis as i128, span)));
        self.builtin(op, operands, ty, span)
    }

    /// The dimensions that `axis=1`, `axis=-1` or `axis=(0, 2)` names, in order.
    fn reduced_axes(&mut self, axis: &'a ast::Expr, rank: usize) -> Option<Vec<usize>> {
        let items = match &axis.kind {
            Ast::Tuple(items) => items.as_slice(),
            _ => std::slice::from_ref(axis),
        };
        let mut axes = Vec::with_capacity(items.len());
        for item in items {
            let at = self.axis_of(item, rank)?;
            if axes.contains(&at) {
                self.report(diag::wrong_arguments(item.span, "an axis is given twice"));
                return None;
            }
            axes.push(at);
        }
        axes.sort_unstable();
        Some(axes)
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
            Builtin::Mean if self.cx.types.is_complex(elem) => Some(elem),
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
}
