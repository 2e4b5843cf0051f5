//! Progressions and compile-time data as values.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::checker::Comptime;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, Builtin, CompareOp, ConstValue, Expr, ExprKind, Stmt, StmtKind, Ty, TyKind,
};

impl<'a> FnCx<'_, 'a> {
    /// `[a, b, ..., z]`
    pub fn progression(&mut self, item: &'a ast::Progression, want: Option<Ty>, span: Span) -> Val {
        let wanted = want.and_then(|want| match *self.cx.types.kind(want) {
            TyKind::List(elem) => Some(elem),
            _ => None,
        });
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
        self.progression_loop(first, second, last, elem, span)
    }

    fn progression_loop(
        &mut self,
        first: Expr,
        second: Expr,
        last: Expr,
        elem: Ty,
        span: Span,
    ) -> Val {
        let ty = self.cx.types.list(elem);
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
            let empty = Expr {
                kind: ExprKind::List(Vec::new()),
                ty,
                span,
            };
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
            let receiver = cx.read(place);
            let receiver = cx.borrow_as(receiver, true);
            let append = cx.builtin(Builtin::ListAppend, vec![receiver, value], Ty::NONE, span);
            let range = crate::hir::Range {
                start: cx.int(0, span),
                stop: cx.load_local(count, span),
                step: None,
            };
            let body = vec![Stmt {
                kind: StmtKind::Expr(append.expr),
                span,
            }];
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

    /// A compile-time tuple as a literal; a list or array as read-only data.
    pub fn comptime_data(&mut self, value: &Comptime, span: Span) -> Val {
        let (Some(ty), ConstValue::Items(items)) = (value.ty, &value.value) else {
            return Val::error(span);
        };
        if let TyKind::Tuple(tys) = self.cx.types.kind(ty).clone() {
            let mut values = Vec::with_capacity(items.len());
            for (item, &ty) in items.iter().zip(&tys) {
                let item = Comptime {
                    value: item.clone(),
                    ty: Some(ty),
                };
                values.push(self.comptime_literal(&item, span).expr);
            }
            return Val::strong(ExprKind::Tuple(values), ty, span);
        }
        if let Some(id) = self.cx.struct_of(ty) {
            let mut fields = Vec::with_capacity(items.len());
            for (position, item) in items.iter().enumerate() {
                let item = Comptime {
                    value: item.clone(),
                    ty: Some(self.cx.structs[id.0 as usize].fields[position].ty),
                };
                let field = self.comptime_literal(&item, span).expr;
                fields.push(self.copy_of(field.into()).expr);
            }
            return Val::strong(ExprKind::Struct { id, fields }, ty, span);
        }
        let known = self
            .cx
            .constants
            .iter()
            .position(|constant| constant.ty == ty && constant.value == value.value);
        let at = known.unwrap_or_else(|| {
            let at = self.cx.constants.len();
            self.cx.constants.push(crate::hir::Constant {
                name: format!("const{at}"),
                ty,
                value: value.value.clone(),
                span,
            });
            at
        });
        let place = crate::hir::Place {
            root: crate::hir::Root::Constant(crate::hir::ConstId(at as u32)),
            projections: Vec::new(),
            ty,
            span,
        };
        self.read(place).into()
    }
}
