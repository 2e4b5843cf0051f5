//! Attributes and methods of arrays, and the matrix product, with NumPy's signatures.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, Dim, Expr, ExprKind, Place, Ty, TyKind};

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
}
