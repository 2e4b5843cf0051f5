//! What takes the elements of an iterable: lists and reductions of them.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use super::Source;
use crate::coerce::{Val, logical};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, LocalId, LogicalOp, Root, Stmt, StmtKind, Ty, TyKind};
use crate::want::Want;

/// Calls what it is given with one element after the other.
pub(crate) type Feed<'f, 'c, 'a> =
    dyn FnMut(&mut FnCx<'c, 'a>, &mut dyn FnMut(&mut FnCx<'c, 'a>, Val)) + 'f;

impl<'c, 'a> FnCx<'c, 'a> {
    /// A loop over an iterable, with `body` called for the element.
    pub fn each(&mut self, iter: &'a ast::Expr, body: &mut dyn FnMut(&mut Self, Val)) {
        let span = iter.span;
        if let Some(item) = self.generator(iter)
            && item.clauses.len() > 1
        {
            return self.clauses(&item.clauses, span, &mut |cx| {
                let value = cx.value(&item.element, None);
                body(cx, value);
            });
        }
        let source = self.source(iter);
        self.each_of(source, span, body);
    }

    pub fn each_of(
        &mut self,
        mut source: Source<'a>,
        span: Span,
        body: &mut dyn FnMut(&mut Self, Val),
    ) {
        match source {
            Source::Nothing => return,
            _ if Self::failed(&source) => return body(self, Val::error(span)),
            _ => {}
        }
        let index = self.temp("i", Ty::INT, span);
        let (steps, direct) = self.steps(&mut source, index, span);
        let stmts = self.captured_loop(span, |cx| {
            let position = cx.load_local(index, span);
            if direct {
                body(cx, position.into());
            } else {
                cx.visit_element(&source, position, span, body);
            }
        });
        self.emit_loop(&source, index, steps, stmts, Vec::new(), span);
    }

    /// A new list of what `fill` pushes, of a type that is `wanted` or found out from what is pushed.
    pub fn gathered(
        &mut self,
        span: Span,
        wanted: Option<Ty>,
        fill: impl FnOnce(&mut Self, &mut dyn FnMut(&mut Self, Val)),
    ) -> Val {
        let elem = match wanted {
            Some(elem) => elem,
            None => self.cx.fresh_unknown(),
        };
        let ty = self.cx.types.list(elem);
        let list = self.temp("list", ty, span);
        let stmts = self.captured(|cx| {
            let empty = Expr {
                kind: ExprKind::List(Vec::new()),
                ty,
                span,
            };
            let kind = StmtKind::Bind {
                local: list,
                value: empty,
            };
            cx.emit(kind, span);
            fill(cx, &mut |cx, value| cx.push_to(list, elem, wanted, value));
        });
        let ty = self.cx.resolve(ty);
        if matches!(*self.cx.types.kind(ty), TyKind::List(elem) if elem == Ty::ERROR) {
            return Val::error(span);
        }
        let place = self.local_place(list, span);
        let value = Box::new(self.read(place));
        Val::strong(ExprKind::Block { stmts, value }, ty, span)
    }

    fn push_to(&mut self, list: LocalId, elem: Ty, wanted: Option<Ty>, value: Val) {
        let span = value.expr.span;
        let value = match wanted {
            Some(elem) => self.coerce(value, elem),
            None => {
                let value = self.settle(value);
                self.coerce(value.into(), elem)
            }
        };
        if value.ty == Ty::ERROR {
            self.cx.unify(elem, Ty::ERROR);
            return;
        }
        let place = self.local_place(list, span);
        let receiver = self.read(place);
        let receiver = self.borrow_as(receiver, true);
        let append = self.builtin(Builtin::ListAppend, vec![receiver, value], Ty::NONE, span);
        self.emit(StmtKind::Expr(append.expr), span);
    }

    /// `list(xs)`: the items of anything that can be iterated over.
    pub fn list_of(&mut self, args: &'a [ast::Arg], want: Option<Ty>, span: Span) -> Val {
        let wanted = want.and_then(|want| match *self.cx.types.kind(want) {
            TyKind::List(elem) => Some(elem),
            _ => None,
        });
        let [arg] = args else {
            if args.is_empty() {
                return self.gathered(span, wanted, |_, _| {});
            }
            self.report(diag::wrong_arguments(span, "`list` takes 1 argument"));
            return Val::error(span);
        };
        self.gathered(span, wanted, |cx, push| cx.each_copied(&arg.value, push))
    }

    /// The elements of an iterable as values of their own: of another list's items, copies.
    pub fn each_copied(&mut self, iter: &'a ast::Expr, body: &mut dyn FnMut(&mut Self, Val)) {
        self.each(iter, &mut |cx, value| {
            let value = if is_lent(&value.expr) {
                cx.share(value)
            } else {
                value
            };
            body(cx, value);
        });
    }

    /// A list of what a source gives.
    pub fn listed_from(&mut self, source: Source<'a>, span: Span) -> Val {
        let mut source = Some(source);
        self.gathered(span, None, |cx, push| {
            let Some(source) = source.take() else {
                return;
            };
            cx.each_of(source, span, &mut |cx, value| {
                let value = match is_lent(&value.expr) {
                    true => cx.share(value),
                    false => value,
                };
                push(cx, value);
            });
        })
    }

    /// What a list grows by as a list: the items of a tuple, a text or anything else that can be iterated over.
    pub fn as_list(&mut self, value: Val, span: Span) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(ty) {
            TyKind::Tuple(_) => match self.fixed_parts(value, span) {
                Ok(items) => self.list_of_values(items, span),
                Err(value) => value,
            },
            TyKind::Error | TyKind::Unknown(_) | TyKind::List(_) | TyKind::PythonObject => value,
            _ => {
                let source = self.elements_of(value, span);
                self.listed_from(source, span)
            }
        }
    }

    /// The expression as a list: itself, or the elements of what can only be iterated over.
    pub fn listed(&mut self, iter: &'a ast::Expr, want: impl Into<Want>) -> Val {
        if !self.is_iterator(iter) {
            return self.value(iter, want);
        }
        self.gathered(iter.span, None, |cx, push| cx.each(iter, push))
    }

    /// `sum`, `any`, `all` of what is no list or array: a loop with an accumulator.
    pub fn reduced(
        &mut self,
        op: Builtin,
        name: &str,
        start: Option<Val>,
        span: Span,
        feed: &mut Feed<'_, 'c, 'a>,
    ) -> Val {
        if start.as_ref().is_some_and(Val::is_error) {
            return Val::error(span);
        }
        let start = start.map(|start| self.present(start));
        let reports = self.cx.diagnostics.len();
        let mut total: Option<LocalId> = None;
        let boolean = matches!(op, Builtin::Any | Builtin::All);
        let mut stmts = self.captured(|cx| {
            feed(cx, &mut |cx, value| {
                let at = value.expr.span;
                let mut value = value;
                // The items of `[]` have no type yet.
                let default = if boolean { Ty::BOOL } else { Ty::INT };
                cx.cx.unify_unknown(value.expr.ty, default);
                value.expr.ty = cx.cx.resolve(value.expr.ty);
                let value = if boolean { value } else { cx.present(value) };
                let value = if boolean {
                    cx.truth(value).into()
                } else if value.expr.ty == Ty::BOOL {
                    cx.cast_to(value.expr, Ty::INT).into()
                } else {
                    value
                };
                if value.is_error() {
                    return;
                }
                let local = match total {
                    Some(local) => local,
                    None => {
                        let mut first = vec![value.clone()];
                        first.extend(start.clone());
                        let Some(ty) = cx.common_type(&first, at) else {
                            return;
                        };
                        if start.is_none() && !boolean && !cx.cx.types.is_number(ty) {
                            let found = cx.ty_name(ty);
                            return cx.report(diag::bad_operand(at, name, &found));
                        }
                        *total.insert(cx.temp("total", ty, span))
                    }
                };
                let before = cx.read_local(local, span);
                let ty = before.ty;
                let value = match op {
                    Builtin::Any => logical(LogicalOp::Or, before, value.expr).into(),
                    Builtin::All => logical(LogicalOp::And, before, value.expr).into(),
                    _ => cx.binary(ast::BinaryOp::Add, before.into(), value, at),
                };
                let value = cx.coerce(value, ty);
                cx.emit(StmtKind::Bind { local, value }, span);
            });
        });
        let first = match (op, start) {
            (Builtin::Any, _) => Val::strong(ExprKind::Bool(false), Ty::BOOL, span),
            (Builtin::All, _) => Val::strong(ExprKind::Bool(true), Ty::BOOL, span),
            (_, Some(start)) => start,
            _ => Val::int(0, span),
        };
        let Some(local) = total else {
            // Nothing to add, or what is added has been reported.
            return match self.cx.diagnostics.len() > reports {
                true => Val::error(span),
                false => first,
            };
        };
        let ty = self.local(local).ty;
        let value = self.coerce(first, ty);
        let kind = StmtKind::Bind { local, value };
        let mut all = vec![Stmt { kind, span }];
        if boolean {
            let known = self.read_local(local, span);
            let known = match op {
                Builtin::Any => known,
                _ => self.not(known),
            };
            self.stop_once(&mut stmts, local, &known);
        }
        all.extend(stmts);
        let value = Box::new(self.read_local(local, span));
        Val::strong(ExprKind::Block { stmts: all, value }, ty, span)
    }
}

/// Whether an owning value is that of a place which keeps it.
pub(crate) fn is_lent(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Move(place) if !matches!(place.root, Root::Temporary(_)))
}
