//! Attributes and methods of arrays, and the matrix product, with NumPy's signatures.

mod matmul;
mod reduction;
mod shape;

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ArgKind};

use crate::arguments::Known;
use crate::coerce::Val;
use crate::diag;
use crate::expr::{Operand, with_stmts};
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, Dim, Expr, ExprKind, Place, Root, Ty, TyKind};

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
        // Its extents are read one by one.
        if let Root::Temporary(_) = place.root
            && matches!(attr.name.as_str(), "shape" | "size")
        {
            let array = self.read(place);
            let mut value = Val::error(span);
            let stmts = self.captured(|cx| {
                let place = cx.held(array, span);
                if let Operand::Value(found) = cx.array_attribute(place, dims, attr, span) {
                    value = found;
                }
            });
            value.expr = with_stmts(stmts, value.expr);
            return Operand::Value(value);
        }
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
        if !self.cx.types.is_scalar(elem) && name != "copy" {
            let shown = self.ty_name(array.ty);
            let feature = format!("`{name}` of `{shown}`");
            self.report(diag::not_yet(attr.span, &feature));
            return Val::error(span);
        }
        if let Some(reduction) = reduction {
            return self.array_reduction(array, dims, (reduction, name), args, span);
        }
        if !METHODS.contains(&name) {
            let shown = self.ty_name(array.ty);
            let known = METHODS.iter().chain(ATTRIBUTES).copied();
            self.report(diag::unknown_attribute(attr.span, &shown, name, known));
            return self.poisoned_call(args, span);
        }
        // How many arguments there are by position, of which these two take any number.
        let (by_position, not_yet): (&[&str], &[&str]) = match name {
            "fill" => (&["value"], &[]),
            "astype" => (&["dtype"], &["order", "casting", "subok", "copy"]),
            "dot" => (&["b"], &["out"]),
            "reshape" => (&[], &["order", "copy"]),
            "copy" => (&[], &["order"]),
            _ => (&[], &[]),
        };
        let many = match name {
            "reshape" | "transpose" => {
                let is_positional = |arg: &&Arg| arg.kind == ArgKind::Positional;
                args.iter().take_while(is_positional).count()
            }
            _ => 0,
        };
        let known = Known {
            name,
            by_position,
            by_name: &[],
            not_yet,
        };
        let (items, rest) = args.split_at(many);
        let Some(given) = self.named_arguments(&known, rest) else {
            return Val::error(span);
        };
        let given = given.into_iter().flatten().next();
        match (name, given) {
            ("copy", _) => {
                let value = self.read(array);
                self.copy_of(value.into())
            }
            ("fill", Some(arg)) => {
                let value = self.value_of(arg, elem);
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
            ("astype", Some(arg)) => {
                let to = self.dtype(arg);
                if to == Ty::ERROR {
                    return Val::error(span);
                }
                let value = self.read(array);
                let cast = self.array_cast(value.into(), to, span);
                if to == elem { self.copy_of(cast) } else { cast }
            }
            ("transpose", _) => {
                let axes = match items {
                    [] => Some((0..dims.len()).rev().collect()),
                    _ => self.axes_argument(items, dims.len(), span),
                };
                match axes {
                    Some(axes) => self.transposed_value(array, dims, &axes, span),
                    None => Val::error(span),
                }
            }
            ("reshape", _) if !items.is_empty() => self.reshape(array, elem, dims, items, span),
            ("dot", Some(arg)) => {
                let left = self.read(array);
                let right = self.value(arg, None);
                self.dot(left.into(), right, span)
            }
            _ => {
                self.report(diag::wrong_arguments(
                    span,
                    format!("`{name}` of an array takes an argument"),
                ));
                Val::error(span)
            }
        }
    }
}
