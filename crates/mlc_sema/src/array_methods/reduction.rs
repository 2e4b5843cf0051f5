//! `sum`, `mean`, `argmax` and their like, whole or along axes.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Dim, ExprKind, Fill, Place, Ty};

impl<'a> FnCx<'_, 'a> {
    /// `a.sum(axis=0, keepdims=True)`, …
    pub(super) fn array_reduction(
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

    /// `sum(a)` of an array of several dimensions: its items, which are arrays, one after another.
    pub fn sum_of_rows(&mut self, array: Val, dims: &[Dim], span: Span) -> Val {
        let elem = self.element_type(array.expr.ty);
        let Some(result) = self.reduced_type(Builtin::Sum, elem, span) else {
            return Val::error(span);
        };
        let array = self.borrow_always(array.expr);
        let ty = self.cx.types.array(result, &dims[1..]);
        self.builtin(Builtin::Sum, vec![array, self.int(0, span)], ty, span)
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

    pub(super) fn axis_of(&mut self, axis: &'a ast::Expr, rank: usize) -> Option<usize> {
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
}
