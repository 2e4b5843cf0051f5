//! Loops that consume the list that they go over.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::diag;
use crate::func::FnCx;
use crate::hir::{BinaryOp, LocalId, StmtKind, Ty};

/// What `enumerate(list^, start)` says: the list and the start.
type Numbered<'a> = (&'a ast::Expr, Option<&'a ast::Expr>);

impl<'a> FnCx<'_, 'a> {
    /// A loop that consumes its list, if it is one.
    pub(super) fn consuming_for(
        &mut self,
        item: &'a ast::For,
        axis: &'a ast::ForAxis,
        span: Span,
    ) -> bool {
        if let Ast::Transfer(list) = &axis.iter.kind {
            self.draining_for(item, (axis, &axis.target), list, None, span);
            return true;
        }
        if let Some(((list, start), [number, target])) = self.drained_in_turn(axis) {
            let start = match start {
                Some(start) => self.value_of(start, Ty::INT),
                None => self.int(0, axis.iter.span),
            };
            let counter = self.temp("n", Ty::INT, number.span);
            let kind = StmtKind::Bind {
                local: counter,
                value: start,
            };
            self.emit(kind, span);
            self.draining_for(item, (axis, target), list, Some((counter, number)), span);
            return true;
        }
        false
    }

    /// `for i, row in enumerate(batch^, start)`: the list, the start and the targets.
    fn drained_in_turn(
        &self,
        axis: &'a ast::ForAxis,
    ) -> Option<(Numbered<'a>, [&'a ast::Expr; 2])> {
        let args = self.enumerate_call(&axis.iter)?;
        let (Ast::Tuple(parts) | Ast::List(parts)) = &axis.target.kind else {
            return None;
        };
        let [number, target] = parts.as_slice() else {
            return None;
        };
        let (list, start) = match args {
            [list] => (list, None),
            [list, start] => (list, Some(&start.value)),
            _ => return None,
        };
        match &list.value.kind {
            Ast::Transfer(list) => Some(((list, start), [number, target])),
            _ => None,
        }
    }

    /// `for row in batch^`, with a number for each row where there is a counter and what it is assigned to.
    fn draining_for(
        &mut self,
        item: &'a ast::For,
        (axis, target): (&'a ast::ForAxis, &'a ast::Expr),
        list: &'a ast::Expr,
        counter: Option<(LocalId, &'a ast::Expr)>,
        span: Span,
    ) {
        let list = self.value(list, None);
        let ty = self.cx.resolve(list.expr.ty);
        let elem = match *self.cx.types.kind(ty) {
            crate::hir::TyKind::List(elem) => elem,
            _ => {
                if ty != Ty::ERROR {
                    let name = self.ty_name(ty);
                    self.report(diag::not_yet(
                        axis.iter.span,
                        &format!("consuming a `{name}`"),
                    ));
                }
                Ty::ERROR
            }
        };
        let hidden = self.temp("item", elem, target.span);
        let mut checked = self.looped(None, span, |cx| {
            if let Some((counter, number)) = counter {
                let at = number.span;
                let position = cx.load_local(counter, at);
                cx.assign_loop_target(number, position.clone().into(), at);
                let one = cx.int(1, at);
                let value = cx.int_binary(BinaryOp::Add, position, one, at);
                let local = counter;
                cx.emit(StmtKind::Bind { local, value }, at);
            }
            let place = cx.local_place(hidden, target.span);
            let value = cx.read(place);
            cx.assign_to(target, value.into(), target.span);
            cx.block(&item.body);
        });
        let orelse = self.after_loop(&mut checked, &item.orelse, false, span);
        if !orelse.is_empty() {
            self.report(diag::not_yet(span, "`else` of a loop that consumes a list"));
        }
        if elem == Ty::ERROR {
            return;
        }
        self.emit(
            StmtKind::Drain {
                item: hidden,
                list: list.expr,
                body: checked.path.stmts,
            },
            span,
        );
    }
}
