//! `sum`, `mean`, `argmax` and their like, whole or along axes.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, Arg, ExprKind as Ast};

use crate::arguments::Known;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Dim, Expr, ExprKind, Fill, Place, Ty};

/// How an array is reduced.
struct Reduction {
    /// The dimensions that are reduced, in order.
    axes: Vec<usize>,
    keeps: bool,
    /// The type that the elements are converted to before.
    elem: Ty,
    result: Ty,
    /// What the number of elements is too large by, of `std`.
    ddof: Option<Expr>,
}

impl<'a> FnCx<'_, 'a> {
    /// `a.sum(axis=0, keepdims=True)`, `a.std(ddof=1)`, …
    pub(super) fn array_reduction(
        &mut self,
        array: Place,
        dims: &[Dim],
        (op, name): (Builtin, &str),
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        match self.reduction_arguments(array.ty, dims, (op, name), args, span) {
            Some(how) => self.reduced_along(array, dims, op, how, span),
            None => Val::error(span),
        }
    }

    /// What the arguments of a reduction say.
    fn reduction_arguments(
        &mut self,
        ty: Ty,
        dims: &[Dim],
        (op, name): (Builtin, &str),
        args: &'a [Arg],
        span: Span,
    ) -> Option<Reduction> {
        let converts = matches!(
            op,
            Builtin::Sum | Builtin::Prod | Builtin::Mean | Builtin::Std
        );
        let known = Known {
            name,
            by_position: if converts {
                &["axis", "dtype"]
            } else {
                &["axis"]
            },
            by_name: match op {
                Builtin::Std => &["keepdims", "ddof"],
                _ => &["keepdims"],
            },
            not_yet: match op {
                Builtin::ArgMin | Builtin::ArgMax => &["out"],
                Builtin::Mean | Builtin::Any | Builtin::All => &["out", "where"],
                Builtin::Std => &["out", "where", "mean", "correction"],
                _ => &["out", "initial", "where"],
            },
        };
        let mut given = self.named_arguments(&known, args)?.into_iter();
        let is_there = |arg: &&'a ast::Expr| !matches!(arg.kind, Ast::None);
        let axis = given.next().flatten().filter(is_there);
        let dtype = match converts {
            true => given.next().flatten().filter(is_there),
            false => None,
        };
        let (keeps, ddof) = (given.next().flatten(), given.next().flatten());
        let keeps = match keeps.map(|keeps| (&keeps.kind, keeps.span)) {
            None => false,
            Some((Ast::Bool(value), _)) => *value,
            Some((_, at)) => {
                self.report(diag::not_comptime(at, "`keepdims`"));
                return None;
            }
        };
        let axes = match axis {
            Some(axis) => self.reduced_axes(axis, dims.len())?,
            None => (0..dims.len()).collect(),
        };
        if axes.len() > 1 && axis.is_some() && matches!(op, Builtin::ArgMin | Builtin::ArgMax) {
            let message = "`argmin` and `argmax` take one axis";
            self.report(diag::wrong_arguments(span, message));
            return None;
        }
        let (elem, result) = match dtype {
            Some(dtype) => {
                let elem = self.reduction_dtype(dtype, self.element_type(ty), (op, name))?;
                (elem, elem)
            }
            None => {
                let elem = self.element_type(ty);
                (elem, self.reduced_type((op, name), ty, span)?)
            }
        };
        let ddof = match ddof {
            Some(ddof) => self.value_of(ddof, Ty::INT),
            None => self.int(0, span),
        };
        (ddof.ty != Ty::ERROR).then_some(Reduction {
            axes,
            keeps,
            elem,
            result,
            ddof: (op == Builtin::Std).then_some(ddof),
        })
    }

    /// The type that the elements are converted to before they are reduced, `dtype=f64`.
    fn reduction_dtype(
        &mut self,
        dtype: &'a ast::Expr,
        elem: Ty,
        (op, name): (Builtin, &str),
    ) -> Option<Ty> {
        let to = self.dtype(dtype);
        if to == Ty::ERROR || elem == Ty::ERROR {
            return None;
        }
        let fits = match op {
            Builtin::Sum | Builtin::Prod => self.cx.types.is_number(to),
            Builtin::Mean => self.cx.types.is_float(to) || self.cx.types.is_complex(to),
            _ => self.cx.types.is_float(to),
        };
        let loses = self.cx.types.is_complex(elem) && !self.cx.types.is_complex(to);
        if fits && !loses {
            return Some(to);
        }
        let (from, to) = (self.ty_name(elem), self.ty_name(to));
        let feature = format!("`{name}` of elements of type `{from}` with `dtype={to}`");
        self.report(diag::not_yet(dtype.span, &feature));
        None
    }

    fn reduced_along(
        &mut self,
        array: Place,
        dims: &[Dim],
        op: Builtin,
        how: Reduction,
        span: Span,
    ) -> Val {
        // Sums of narrow floats are rounded once, at their end.
        let is_narrow = matches!(how.result, Ty::F16 | Ty::BF16)
            && matches!(op, Builtin::Sum | Builtin::Prod | Builtin::Mean);
        let (elem, result) = match is_narrow {
            true => (Ty::F32, Ty::F32),
            false => (how.elem, how.result),
        };
        let value = self.read(array);
        let value = self.array_cast(value.into(), elem, span);
        let array = self.borrow_always(value.expr);
        let rest: Vec<Dim> = (dims.iter().enumerate())
            .filter(|(at, _)| how.keeps || !how.axes.contains(at))
            .map(|(at, &dim)| {
                if how.axes.contains(&at) {
                    Dim::Static(1)
                } else {
                    dim
                }
            })
            .collect();
        let mut operands = vec![array];
        operands.extend(how.ddof);
        if how.axes.len() == dims.len() {
            let value = self.builtin(op, operands, result, span);
            let value = self.cast_to(value.expr, how.result);
            if rest.is_empty() {
                return value.into();
            }
            let ty = self.cx.types.array(how.result, &rest);
            let shape = rest.iter().map(|_| self.int(1, span)).collect();
            let fill = Fill::Value(Box::new(value));
            return Val::strong(ExprKind::ArrayFill { shape, fill }, ty, span);
        }
        let ty = self.cx.types.array(result, &rest);
        let axes = how.axes.into_iter();
        operands.extend(axes.map(|axis| self.int(axis as i128, span)));
        let value = self.builtin(op, operands, ty, span);
        self.array_cast(value, how.result, span)
    }

    /// `sum(a)` of an array of several dimensions: its items, which are arrays, one after another.
    pub fn sum_of_rows(&mut self, array: Val, dims: &[Dim], span: Span) -> Val {
        let Some(result) = self.reduced_type((Builtin::Sum, "sum"), array.expr.ty, span) else {
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
        if items.is_empty() {
            self.report(diag::not_yet(axis.span, "a reduction of no dimension"));
            return None;
        }
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
    fn reduced_type(&mut self, (op, name): (Builtin, &str), ty: Ty, span: Span) -> Option<Ty> {
        let elem = self.element_type(ty);
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
                let found = self.ty_name(ty);
                self.report(diag::bad_operand(span, name, &found));
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
