//! Loops that consume the list that they go over.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use super::End;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{BinaryOp, StmtKind, Ty};

/// What the numbers of rows are assigned to, and the first where it is given.
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
        if let Some((list, target, numbered)) = self.drained_in_turn(axis) {
            self.draining_for(item, (axis, target), list, Some(numbered), span);
            return true;
        }
        false
    }

    /// `for i, row in enumerate(batch^, start)`: the list, what the rows are assigned to, and their numbers.
    fn drained_in_turn(
        &self,
        axis: &'a ast::ForAxis,
    ) -> Option<(&'a ast::Expr, &'a ast::Expr, Numbered<'a>)> {
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
            Ast::Transfer(list) => Some((list, target, (number, start))),
            _ => None,
        }
    }

    /// `for row in batch^`, with a number for each row where one is asked for.
    fn draining_for(
        &mut self,
        item: &'a ast::For,
        (axis, target): (&'a ast::ForAxis, &'a ast::Expr),
        list: &'a ast::Expr,
        numbered: Option<Numbered<'a>>,
        span: Span,
    ) {
        let mut list = self.value(list, None).expr;
        let ty = self.cx.resolve(list.ty);
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
        if let Some((_, Some(_))) = numbered {
            // The list is evaluated before the start.
            let place = self.held(list, span);
            list = self.read(place);
        }
        let counter = numbered.map(|(number, start)| {
            let value = match start {
                Some(start) => self.value_of(start, Ty::INT),
                None => self.int(0, axis.iter.span),
            };
            let local = self.temp("n", Ty::INT, number.span);
            self.emit(StmtKind::Bind { local, value }, span);
            (local, number)
        });
        let hidden = self.temp("item", elem, target.span);
        let end = End::Else(&item.orelse);
        let mut checked = self.looped(None, end, span, |cx| {
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
        let orelse = self.after_loop(&mut checked, end, span);
        if !orelse.is_empty() {
            self.report(diag::not_yet(span, "`else` of a loop that consumes a list"));
        }
        if elem == Ty::ERROR {
            return;
        }
        self.emit(
            StmtKind::Drain {
                item: hidden,
                list,
                body: checked.path.stmts,
            },
            span,
        );
    }
}
