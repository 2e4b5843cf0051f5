//! Arithmetic progressions, `[a, b, ..., z]`: a list, or an array where one is written.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast;

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, Builtin, CompareOp, Dim, Expr, ExprKind, Fill, ProjectionKind, Stmt, StmtKind, Ty,
};
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    /// `[a, b, ..., z]`
    pub fn progression(&mut self, item: &'a ast::Progression, want: Want, span: Span) -> Val {
        let array = self.array_wanted(want);
        let wanted = match &array {
            Some((_, elem, _)) => Some(*elem),
            None => self.item_wanted(want),
        };
        let values = [&item.first, &item.second, &item.last].map(|value| self.value(value, wanted));
        if values.iter().any(Val::is_error) {
            return Val::error(span);
        }
        let elem = match wanted {
            Some(elem) => elem,
            None => match self.common_type(&values, span) {
                Some(elem) => elem,
                None => return Val::error(span),
            },
        };
        if !self.cx.types.is_int(elem) && !self.cx.types.is_float(elem) {
            let name = self.ty_name(elem);
            self.report(diag::bad_operand(span, "...", &name));
            return Val::error(span);
        }
        let [first, second, last] = values.map(|value| self.coerce(value, elem));
        if [&first, &second, &last]
            .iter()
            .any(|value| value.ty == Ty::ERROR)
        {
            return Val::error(span);
        }
        let extent = array.and_then(|(_, _, dims)| match *dims {
            [dim] => Some(dim),
            _ => None,
        });
        if let Some(Dim::Static(extent)) = extent
            && let Some(count) = constant_count(&first, &second, &last)
            && i128::from(extent) != count
        {
            let message = format!("expected {extent} items, found {count}");
            self.report(Diagnostic::error("type-mismatch", span, message));
            return Val::error(span);
        }
        self.progression_loop([first, second, last], elem, extent, span)
    }

    fn progression_loop(
        &mut self,
        [first, second, last]: [Expr; 3],
        elem: Ty,
        extent: Option<Dim>,
        span: Span,
    ) -> Val {
        let ty = match extent {
            Some(extent) => self.cx.types.array(elem, &[extent]),
            None => self.cx.types.list(elem),
        };
        let list = self.temp("list", ty, span);
        let (start, step, count) = (
            self.temp("a", elem, span),
            self.temp("step", elem, span),
            self.temp("n", Ty::INT, span),
        );
        let is_int = self.cx.types.is_int(elem);
        let binary = |op: BinaryOp, left: Expr, right: Expr| Expr {
            ty: left.ty,
            kind: ExprKind::Binary {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            span,
        };
        let stmts = self.captured(|cx| {
            cx.emit(
                StmtKind::Bind {
                    local: start,
                    value: first,
                },
                span,
            );
            let from = cx.load_local(start, span);
            cx.emit(
                StmtKind::Bind {
                    local: step,
                    value: binary(BinaryOp::Sub, second, from.clone()),
                },
                span,
            );
            let by = cx.load_local(step, span);
            let zero = cx.coerce(Val::int(0, span), elem);
            let condition = cx.compare_ints(CompareOp::Ne, by.clone(), zero, span);
            let message = cx.str("the items of a progression are equal", span);
            cx.emit(
                StmtKind::Check {
                    condition,
                    error: crate::hir::ErrorKind::ValueError,
                    message: Some(message),
                },
                span,
            );
            let distance = binary(BinaryOp::Sub, last, from.clone());
            let steps = if is_int {
                let steps = binary(BinaryOp::FloorDiv, distance, by.clone());
                cx.cast_to(steps, Ty::INT)
            } else {
                // Half a step of slack, so that the last item is not lost to rounding.
                let quotient = binary(BinaryOp::Div, distance, by.clone());
                let half = cx.coerce(Val::float(0.5, span), elem);
                let shifted = binary(BinaryOp::Add, quotient, half);
                let floor = cx.builtin(
                    Builtin::Math(crate::hir::MathFn::Floor),
                    vec![shifted],
                    elem,
                    span,
                );
                cx.cast_to(floor.expr, Ty::INT)
            };
            let one = cx.int(1, span);
            let value = cx.int_binary(BinaryOp::Add, steps, one, span);
            cx.emit(
                StmtKind::Bind {
                    local: count,
                    value,
                },
                span,
            );
            let count_now = cx.load_local(count, span);
            let kind = match extent {
                None => ExprKind::List(Vec::new()),
                Some(extent) => {
                    let shape = match extent {
                        Dim::Static(extent) => {
                            let known = cx.int(i128::from(extent), span);
                            let condition =
                                cx.compare_ints(CompareOp::Eq, count_now, known.clone(), span);
                            let message = cx.str("the progression does not fill the array", span);
                            cx.emit(
                                StmtKind::Check {
                                    condition,
                                    error: crate::hir::ErrorKind::ValueError,
                                    message: Some(message),
                                },
                                span,
                            );
                            known
                        }
                        Dim::Dynamic => {
                            let none = cx.int(0, span);
                            cx.int_binary(BinaryOp::Max, count_now, none, span)
                        }
                    };
                    ExprKind::ArrayFill {
                        shape: vec![shape],
                        fill: Fill::Uninitialized,
                    }
                }
            };
            let empty = Expr { kind, ty, span };
            cx.emit(
                StmtKind::Bind {
                    local: list,
                    value: empty,
                },
                span,
            );
            let index = cx.temp("i", Ty::INT, span);
            let position = cx.load_local(index, span);
            let position = cx.cast_to(position, elem);
            let value = binary(BinaryOp::Add, from, binary(BinaryOp::Mul, position, by));
            let place = cx.local_place(list, span);
            let add = if extent.is_some() {
                let kind = ProjectionKind::Index {
                    indices: vec![cx.load_local(index, span)],
                    checked: false,
                };
                let place = cx.project(place, kind, elem, span);
                StmtKind::store(place, value)
            } else {
                let receiver = cx.read(place);
                let receiver = cx.borrow_as(receiver, true);
                let args = vec![receiver, value];
                StmtKind::Expr(cx.builtin(Builtin::ListAppend, args, Ty::NONE, span).expr)
            };
            let range = Box::new(crate::hir::Range {
                start: cx.int(0, span),
                stop: cx.load_local(count, span),
                step: None,
            });
            let body = vec![Stmt { kind: add, span }];
            cx.emit(
                StmtKind::For {
                    index,
                    range,
                    body,
                    orelse: Vec::new(),
                },
                span,
            );
        });
        let place = self.local_place(list, span);
        let value = Box::new(self.read(place));
        Val::strong(ExprKind::Block { stmts, value }, ty, span)
    }
}

/// The number of items, where all three that are written are constants.
fn constant_count(first: &Expr, second: &Expr, last: &Expr) -> Option<i128> {
    let steps = match (&first.kind, &second.kind, &last.kind) {
        (ExprKind::Int(first), ExprKind::Int(second), ExprKind::Int(last)) if first != second => {
            // The sign of the step does not matter to where it ends.
            let (distance, step) = (last - first, second - first);
            (distance * step.signum()).div_euclid(step.abs())
        }
        (ExprKind::Float(first), ExprKind::Float(second), ExprKind::Float(last))
            if first != second =>
        {
            ((last - first) / (second - first) + 0.5).floor() as i128
        }
        _ => return None,
    };
    Some((steps + 1).max(0))
}
