//! Methods that give an array another shape.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, Dim, Expr, ExprKind, Place, ProjectionKind, Root, Ty};

impl<'a> FnCx<'_, 'a> {
    /// The array with its dimensions in another order: a view, as in NumPy, or of a fresh array another one.
    pub(super) fn transposed(
        &mut self,
        place: Place,
        dims: &[Dim],
        axes: &[usize],
        span: Span,
    ) -> Operand {
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

    pub(super) fn transposed_value(
        &mut self,
        place: Place,
        dims: &[Dim],
        axes: &[usize],
        span: Span,
    ) -> Val {
        match self.transposed(place, dims, axes, span) {
            Operand::Place(place) => self.read(place).into(),
            Operand::Value(value) => value,
        }
    }

    pub(super) fn axes_argument(
        &mut self,
        args: &'a [Arg],
        rank: usize,
        span: Span,
    ) -> Option<Vec<usize>> {
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

    pub(super) fn reshape(
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
        if !matches!(array.root, Root::Temporary(_)) {
            let place = self.project(array, ProjectionKind::Reshape(extents), ty, span);
            return self.read(place).into();
        }
        let value = self.read(array);
        let mut operands = vec![self.borrow_always(value)];
        operands.append(&mut extents);
        self.builtin(Builtin::Reshape, operands, ty, span)
    }
}
