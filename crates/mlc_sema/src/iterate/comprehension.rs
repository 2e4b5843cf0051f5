//! Comprehensions and generator expressions: loops with variables of their own.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ComprehensionKind, ExprKind as Ast};

use crate::coerce::{Val, into_place, logical};
use crate::diag;
use crate::func::{FnCx, NameState, Path};
use crate::hir::{Expr, LogicalOp, Stmt, StmtKind, Ty, TyKind};
use crate::nested::{Bound, hidden_name};
use crate::want::Want;

/// Binds a target to an element and calls what it is given.
pub(crate) type BindTarget<'f, 'c, 'a> =
    dyn FnMut(&mut FnCx<'c, 'a>, &'a ast::Expr, &mut dyn FnMut(&mut FnCx<'c, 'a>)) + 'f;

/// What the names that a clause binds mean outside of it.
#[derive(Default)]
struct Hidden {
    states: Vec<NameState>,
    /// The variables outside that functions here capture: their names, and those that they have meanwhile.
    aside: Vec<(Name, Name)>,
}

impl<'c, 'a> FnCx<'c, 'a> {
    /// Statements in a block of their own.
    pub fn captured(&mut self, body: impl FnOnce(&mut Self)) -> Vec<Stmt> {
        let outer = std::mem::take(&mut self.out);
        body(self);
        let mut stmts = std::mem::replace(&mut self.out, outer);
        stmts.shrink_to_fit();
        stmts
    }

    pub fn comprehension(&mut self, item: &'a ast::Comprehension, want: Want, span: Span) -> Val {
        match &item.kind {
            ComprehensionKind::List => {}
            ComprehensionKind::Set | ComprehensionKind::Dict { .. } => {
                self.report(diag::not_yet(span, "a set or dict comprehension"));
                return Val::error(span);
            }
            ComprehensionKind::Generator => {
                let diagnostic = diag::not_yet(span, "a generator expression that is stored");
                self.report(diagnostic.help("make a list of it: `[… for … in …]`"));
                return Val::error(span);
            }
        }
        if let Some(array) = self.array_comprehension(item, want, span) {
            return array;
        }
        let wanted = self.item_wanted(want);
        self.gathered(span, wanted, |cx, push| {
            cx.clauses(&item.clauses, span, &mut |cx| {
                let value = cx.value(&item.element, want.part(wanted));
                push(cx, value);
            });
        })
    }

    /// The loops and conditions of a comprehension around `body`. Their variables are its own.
    pub fn clauses(
        &mut self,
        clauses: &'a [ast::ComprehensionClause],
        span: Span,
        body: &mut dyn FnMut(&mut Self),
    ) {
        let Some((clause, rest)) = clauses.split_first() else {
            return body(self);
        };
        let at = clause.target.span;
        let mut inside = |cx: &mut Self| {
            let condition = cx.all_of(&clause.conditions);
            let shown = condition
                .as_ref()
                .map(|condition| cx.narrowings_of(condition))
                .unwrap_or_default();
            let Some(condition) = condition else {
                return cx.clauses(rest, span, body);
            };
            let then = cx.path(|cx| {
                cx.assume(&shown.when_true);
                cx.assume_bound(&condition, true);
                cx.clauses(rest, span, body);
            });
            cx.emit_where(condition, then, at);
        };
        let mut source = match &clause.iter.kind {
            Ast::Transfer(list) => {
                let list = self.value(list, None);
                let list = self.settle(list);
                if let TyKind::List(elem) = *self.cx.types.kind(list.ty) {
                    return self.draining_clause(clause, list, elem, span, &mut inside);
                }
                self.elements(into_place(list), clause.iter.span)
            }
            _ => self.source(&clause.iter),
        };
        let failed = Self::failed(&source);
        let index = self.temp("i", Ty::INT, at);
        let (steps, direct) = self.steps(&mut source, index, clause.iter.span);
        let hidden = self.hide_targets(&clause.target);
        let stmts = self.captured_loop(at, |cx| {
            let position = cx.load_local(index, at);
            let at_top = std::mem::replace(&mut cx.at_top, false);
            cx.bind_position(&source, direct, position, &clause.target, &mut inside);
            cx.at_top = at_top;
        });
        self.show_again(hidden);
        if !failed {
            self.emit_loop(&source, index, steps, stmts, Vec::new(), span);
        }
    }

    /// `for row in batch^` in a comprehension: the rows are its own.
    fn draining_clause(
        &mut self,
        clause: &'a ast::ComprehensionClause,
        list: Expr,
        elem: Ty,
        span: Span,
        inside: &mut dyn FnMut(&mut Self),
    ) {
        let at = clause.target.span;
        let item = self.temp("item", elem, at);
        let hidden = self.hide_targets(&clause.target);
        let body = self.captured_loop(at, |cx| {
            let at_top = std::mem::replace(&mut cx.at_top, false);
            let place = cx.local_place(item, at);
            let value = cx.read(place);
            cx.assign_loop_target(&clause.target, value.into(), at);
            inside(cx);
            cx.at_top = at_top;
        });
        self.show_again(hidden);
        self.emit(StmtKind::Drain { item, list, body }, span);
    }

    /// One element of a generator expression: `bind` gives its variable a value, and `body` goes on with what the expression yields.
    pub fn generated(
        &mut self,
        item: &'a ast::Comprehension,
        span: Span,
        bind: &mut BindTarget<'_, 'c, 'a>,
        body: &mut dyn FnMut(&mut Self, Val),
    ) {
        let Some(clause) = item.clauses.first() else {
            return;
        };
        let mut hidden = self.hide_targets(&clause.target);
        let at_top = std::mem::replace(&mut self.at_top, false);
        bind(self, &clause.target, &mut |cx| {
            let condition = cx.all_of(&clause.conditions);
            let shown = condition
                .as_ref()
                .map(|condition| cx.narrowings_of(condition))
                .unwrap_or_default();
            let undo = cx.assume(&shown.when_true);
            let mut yielded = None;
            let mut stmts = cx.captured(|cx| {
                let value = cx.value(&item.element, None);
                yielded = Some(cx.settle(value));
            });
            cx.restore(undo);
            cx.at_top = at_top;
            cx.show_again(std::mem::take(&mut hidden));
            let yielded = yielded.unwrap_or_else(|| Val::error(span).expr);
            let Some(condition) = condition else {
                cx.out.append(&mut stmts);
                return body(cx, yielded.into());
            };
            let then = cx.path(|cx| {
                cx.out.append(&mut stmts);
                body(cx, yielded.clone().into());
            });
            cx.emit_where(condition, then, span);
        });
        // Where there is no element, nothing was called.
        self.at_top = at_top;
        self.show_again(hidden);
    }

    /// Does what a path does where a condition holds, and nothing elsewhere.
    fn emit_where(&mut self, condition: Expr, then: Path, span: Span) {
        let skipped = self.empty_path();
        let mut blocks = self.join(vec![then, skipped], span);
        let orelse = blocks.pop().unwrap_or_default();
        let then = blocks.pop().unwrap_or_default();
        if condition.ty != Ty::ERROR {
            let kind = StmtKind::If {
                condition,
                then,
                orelse,
            };
            self.emit(kind, span);
        }
    }

    /// Makes room for the variables of a clause.
    fn hide_targets(&mut self, target: &'a ast::Expr) -> Hidden {
        let mut names: Vec<Name> = Vec::new();
        crate::names::target_names(target, &mut |name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        let mut aside = Vec::new();
        for &name in &names {
            let is_captured = |bound: &Bound| bound.sources.contains(&name);
            if self.nested.values().any(is_captured) {
                // The same name where the loops around are checked again.
                let other = hidden_name(&target.span.start, name);
                let var = self.vars.get(&name).copied();
                self.set_var(other, var);
                self.rename_sources(name, other);
                aside.push((name, other));
            }
        }
        let states = names.into_iter().map(NameState::new).collect();
        Hidden {
            states: self.swap_names(states),
            aside,
        }
    }

    fn show_again(&mut self, hidden: Hidden) {
        self.swap_names(hidden.states);
        for (name, other) in hidden.aside {
            self.rename_sources(other, name);
            self.set_var(other, None);
        }
    }

    fn all_of(&mut self, conditions: &'a [ast::Expr]) -> Option<Expr> {
        let mut all: Option<Expr> = None;
        for condition in conditions {
            let value = match &all {
                None => self.condition(condition),
                // It may need what the ones before have shown.
                Some(before) => self.narrowed_condition(LogicalOp::And, before, condition),
            };
            all = Some(match all {
                Some(before) => logical(LogicalOp::And, before, value),
                None => value,
            });
        }
        all
    }
}
