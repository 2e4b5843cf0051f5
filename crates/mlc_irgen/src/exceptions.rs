//! `try`: its body becomes a function of its own, whose status says what was raised.
//!
//! An error leaves a function, so what may be caught is moved into one (`exceptions/outline.rs`). Handlers see what was
//! assigned before the error.

use melior::ir::Value;
use mlc_diagnostics::Span;
use mlc_dialects::own;
use mlc_sema::hir::{Expr, ExprKind, Handler, Place, Stmt, StmtKind, Ty};
use mlc_sema::walk::{Visitor, walk};

use crate::{
    Error,
    ends::{Ends, ends},
    function::{Binding, Lower, Result},
    live::refs,
    local_set::LocalSet,
};

mod outline;

use outline::Moved;

/// The parts of a `try` statement without `finally`.
#[derive(Clone, Copy)]
pub struct Protected<'x> {
    pub body: &'x [Stmt],
    pub handlers: &'x [Handler],
    pub orelse: &'x [Stmt],
}

impl<'x> Protected<'x> {
    fn ends(self) -> Ends {
        let mut all = ends(self.body.iter().chain(self.orelse));
        for handler in self.handlers {
            all = all.or(ends(&handler.body));
        }
        all
    }

    fn stmts(self) -> Vec<&'x Stmt> {
        let handlers = self.handlers.iter().flat_map(|handler| &handler.body);
        self.body
            .iter()
            .chain(handlers)
            .chain(self.orelse)
            .collect()
    }
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `try` with all its parts.
    pub fn try_stmt(
        &mut self,
        parts: Protected<'x>,
        finally: &'x [Stmt],
        behind: &LocalSet,
        span: Span,
    ) -> Result<()> {
        if finally.is_empty() {
            return self.protected(parts, behind, span);
        }
        let finally: Vec<&'x Stmt> = finally.iter().collect();
        let slots = self.slots();
        let part_ends = parts.ends();
        // Behind `finally`, a jump goes on to where it leads.
        let led = self.live_at(part_ends, behind);
        let after = slots.live_before(&finally, &led, &self.targets).union(&led);
        // Behind `finally`, an error goes on.
        let raised = slots.live_before(&finally, &LocalSet::default(), &self.targets);
        let stmts = parts.stmts();
        let fallen = slots
            .live_before(&refs(parts.orelse), &after, &self.targets)
            .union(&after);
        let mut entered = slots.live_before(&refs(parts.body), &fallen, &self.targets);
        // A handler is entered from any place of the body.
        for handler in parts.handlers {
            entered.extend(&slots.live_before_handler(handler, &after, &self.targets));
        }
        let moved = Moved {
            stmts: &stmts,
            ends: part_ends,
            inside: entered,
            raised,
        };
        let status = self.outlined(moved, &after, span, |lower, live| {
            if parts.handlers.is_empty() {
                let list: Vec<&'x Stmt> = parts.body.iter().chain(parts.orelse).collect();
                lower.stmts(&list, live)
            } else {
                lower.protected(parts, live, span)
            }
        })?;
        let signal = if part_ends.ways() > 1 {
            Some(self.current(self.slots().signal())?)
        } else {
            None
        };
        let finally_ends = ends(finally.iter().copied());
        // What the statements raise and catch themselves takes the place of the pending error.
        let suspended = if finally_ends.falls && finally.iter().any(|stmt| may_catch(stmt)) {
            Some((status, self.suspended(status)?))
        } else {
            None
        };
        // What it returns itself takes the place of what the statements return.
        let ret = self.slots().ret();
        let pending = (part_ends.returns && finally_ends.returns)
            .then(|| std::mem::replace(&mut self.env[ret], Binding::Unset));
        let mut carried = vec![self.slots().signal()];
        carried.extend(pending.is_some().then_some(ret));
        self.stmts(&finally, &led)?;
        if !finally_ends.falls {
            self.call_runtime("mlc_rt_error_clear", &[], &[]);
            return Ok(());
        }
        let slot = self.slots().signal();
        let go_on = |lower: &mut Self| -> Result<()> {
            lower.at(span);
            match suspended {
                Some((status, error)) => lower.resume(status, &error)?,
                None => lower.propagate_here(status),
            }
            if let Some(pending) = pending {
                lower.env[ret] = pending;
            }
            match signal {
                Some(signal) => lower.env[slot] = Binding::Values(signal),
                None if finally_ends.jumps() => lower.settle_signal(part_ends),
                None => {}
            }
            Ok(())
        };
        if !finally_ends.jumps() {
            return go_on(self);
        }
        // A jump out of `finally` takes the place of the error and of the jump that led there.
        let last = self.current(slot)?[0];
        let fell = self.fell(last);
        self.if_op(fell, &carried, go_on, |lower| {
            lower.call_runtime("mlc_rt_error_clear", &[], &[]);
            Ok(())
        })
    }

    /// The pending error, if the status says that there is one: its kind and message.
    fn suspended(&mut self, status: Value<'c, 'm>) -> Result<Vec<Value<'c, 'm>>> {
        let zero = self.b.int(0, self.b.int_type(32));
        let failed = self.compare_ints("ne", status, zero);
        let types = self.types().flat(Ty::EXCEPTION)?;
        self.if_values(
            failed,
            &[],
            &types,
            |lower| lower.caught(),
            |lower| {
                let none = lower.b.int(0, lower.b.int_type(32));
                Ok(vec![none, lower.placeholder(types[1])])
            },
        )
    }

    /// Raises the error that was suspended, if the status says that there is one.
    fn resume(&mut self, status: Value<'c, 'm>, error: &[Value<'c, 'm>]) -> Result<()> {
        let zero = self.b.int(0, self.b.int_type(32));
        let failed = self.compare_ints("ne", status, zero);
        let message = self.borrow_box(error[1], false);
        self.when(failed, |lower| {
            lower.raise_again(error[0], message);
            Ok(())
        })
    }

    /// Raises an error by its kind and its message: nothing behind that runs.
    pub fn raise_again(&mut self, kind: Value<'c, 'm>, message: Value<'c, 'm>) {
        let status = self.b.int_type(32);
        let status = self.call_runtime("mlc_rt_text_reraise", &[kind, message], &[status])[0];
        // As in `propagate_here`: where no error can leave the function, none gets here.
        if !self.function.raises {
            return;
        }
        let attrs = [("raised_here", self.b.unit()), ("always", self.b.unit())];
        self.b.op("own.propagate", &[status], &attrs);
    }

    /// `try` with handlers.
    fn protected(&mut self, parts: Protected<'x>, behind: &LocalSet, span: Span) -> Result<()> {
        let body: Vec<&'x Stmt> = parts.body.iter().collect();
        let orelse: Vec<&'x Stmt> = parts.orelse.iter().collect();
        let body_ends = ends(parts.body);
        let mut raised = LocalSet::default();
        for handler in parts.handlers {
            raised.extend(&(self.slots()).live_before_handler(handler, behind, &self.targets));
        }
        let mut after = self
            .slots()
            .live_before(&orelse, behind, &self.targets)
            .union(behind);
        after.extend(&raised);
        let moved = Moved {
            stmts: &body,
            ends: body_ends,
            inside: self.slots().live_before(&body, &after, &self.targets),
            raised,
        };
        let status = self.outlined(moved, &after, span, |lower, live| lower.stmts(&body, live))?;
        // How the body and the `else` end together.
        let passed = ends(parts.body.iter().chain(parts.orelse));
        self.at(span);
        let zero = self.b.int(0, self.b.int_type(32));
        let failed = self.compare_ints("ne", status, zero);
        let mut lists: Vec<&[&'x Stmt]> = vec![&orelse];
        let handler_lists: Vec<Vec<&'x Stmt>> = parts
            .handlers
            .iter()
            .map(|handler| handler.body.iter().collect())
            .collect();
        lists.extend(handler_lists.iter().map(Vec::as_slice));
        // What the body leaves is read where it jumped to, too.
        let live = self.live_at(parts.ends(), behind);
        let mut carried = self.carried_by(&lists, &[], &live);
        let signals = parts.ends().ways() > 1;
        if signals {
            carried.push(self.slots().signal());
        }
        self.if_op(
            failed,
            &carried,
            |lower| lower.handle(parts.handlers, &carried, signals, status, behind, span),
            |lower| {
                if body_ends.falls && body_ends.jumps() {
                    lower.guarded(&orelse, body_ends, behind)?;
                } else if body_ends.falls {
                    lower.stmts(&orelse, behind)?;
                }
                if signals {
                    lower.settle_signal(passed);
                }
                lower.forget_unread(&carried, passed, behind);
                Ok(())
            },
        )
    }

    /// The first handler that takes the pending error; where none does, it goes on.
    fn handle(
        &mut self,
        handlers: &'x [Handler],
        carried: &[usize],
        signals: bool,
        status: Value<'c, 'm>,
        behind: &LocalSet,
        span: Span,
    ) -> Result<()> {
        let Some((handler, rest)) = handlers.split_first() else {
            self.at(span);
            self.propagate_here(status);
            self.forget_unread(carried, Ends::default(), behind);
            return Ok(());
        };
        let bit = self.b.int_type(1);
        let mut taken = self.b.bool(handler.kinds.is_empty());
        for kind in &handler.kinds {
            let base = self.b.int(i64::from(kind.code()), self.b.int_type(32));
            let matches = self.call_runtime("mlc_rt_error_matches", &[base], &[bit])[0];
            taken = self.b.value("arith.ori", &[taken, matches], bit);
        }
        self.if_op(
            taken,
            carried,
            |lower| {
                lower.at(handler.span);
                let caught = lower.caught()?;
                if let Some(name) = handler.name {
                    let copy = lower.copied_values(&caught);
                    lower.set_slot(name.0 as usize, copy);
                }
                lower.handling.push(caught);
                let list: Vec<&'x Stmt> = handler.body.iter().collect();
                let result = lower.stmts(&list, behind);
                lower.handling.pop();
                result?;
                let handler_ends = ends(&handler.body);
                if signals {
                    lower.settle_signal(handler_ends);
                }
                lower.forget_unread(carried, handler_ends, behind);
                Ok(())
            },
            |lower| lower.handle(rest, carried, signals, status, behind, span),
        )
    }

    /// Takes the pending error: its kind and its message.
    fn caught(&mut self) -> Result<Vec<Value<'c, 'm>>> {
        let word = self.b.int_type(32);
        let kind = self.call_runtime("mlc_rt_error_kind", &[], &[word])[0];
        let text = self.b.value(
            "own.new",
            &[],
            own::box_type(own::str_type(self.cx.context)),
        );
        let target = self.borrow_box(text, true);
        self.call_runtime("mlc_rt_text_caught", &[target], &[]);
        Ok(vec![kind, text])
    }

    /// `raise` of a caught exception, or of the one that is being handled.
    pub fn reraise(&mut self, exception: Option<&'x Expr>, span: Span) -> Result<()> {
        let values = match exception {
            Some(exception) => self.expr(exception)?,
            None => match self.handling.last() {
                Some(caught) => caught.clone(),
                None => return Err(Error::unsupported(span, "`raise` outside of a handler")),
            },
        };
        let message = self.borrow_box(values[1], false);
        self.at(span);
        self.raise_again(values[0], message);
        Ok(())
    }
}

/// Whether a statement may raise errors that it catches itself, or that a function which it calls catches.
fn may_catch(stmt: &Stmt) -> bool {
    struct Finder(bool);
    impl Visitor for Finder {
        fn stmt(&mut self, stmt: &Stmt) {
            self.0 |= matches!(stmt.kind, StmtKind::Try { .. });
        }
        fn expr(&mut self, expr: &Expr) {
            self.0 |= matches!(expr.kind, ExprKind::Call { .. });
        }
        fn place(&mut self, _: &Place) {}
    }
    let mut finder = Finder(false);
    walk(std::slice::from_ref(stmt), &mut finder);
    finder.0
}
