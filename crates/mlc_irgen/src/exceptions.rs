//! `try`: its body becomes a function of its own, whose status says what was raised.
//!
//! An error leaves a function, so what may be caught is moved into one. Variables that it assigns and that are used outside
//! lie in cells during the call, so that handlers see what was assigned before the error. A jump out of the body is
//! told to the caller by the signal, which lies in a cell too.

use melior::ir::{Type, Value, ValueLike};
use mlc_diagnostics::Span;
use mlc_dialects::own;
use mlc_mlir::rewrite::name_value;
use mlc_sema::hir::{Expr, ExprKind, Handler, Place, Stmt, StmtKind, Ty};
use mlc_sema::walk::{Visitor, walk};

use crate::{
    Error,
    ends::{Ends, ends},
    function::{Binding, Lower, Result},
    local_set::LocalSet,
    place::Borrowed,
    view::{View, ViewDim},
};

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

/// Statements that become a function.
struct Moved<'s, 'x> {
    stmts: &'s [&'x Stmt],
    ends: Ends,
    /// What is read in them before they assign it.
    inside: LocalSet,
}

/// How a variable of the caller comes into the function.
enum Capture<'c, 'm> {
    Values(Vec<Value<'c, 'm>>),
    /// It is moved in the statements, and nothing needs it afterwards.
    Owned(Vec<Value<'c, 'm>>),
    Ref(Value<'c, 'm>),
    View(View<'c, 'm>),
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
        let after = self
            .slots()
            .live_before(&finally, behind, &self.targets)
            .union(behind);
        let part_ends = parts.ends();
        let stmts = parts.stmts();
        // Each part is entered from the middle of the one before, whatever ends that.
        let mut entered = LocalSet::default();
        let handlers = parts.handlers.iter().map(|handler| &handler.body[..]);
        for part in [parts.body, parts.orelse].into_iter().chain(handlers) {
            let part: Vec<&'x Stmt> = part.iter().collect();
            entered.extend(&self.slots().live_before(&part, &after, &self.targets));
        }
        let moved = Moved {
            stmts: &stmts,
            ends: part_ends,
            inside: entered,
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
        self.stmts(&finally, behind)?;
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
        self.if_op(fell, &[slot], go_on, |lower| {
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
        let mut after = self
            .slots()
            .live_before(&orelse, behind, &self.targets)
            .union(behind);
        for handler in parts.handlers {
            let list: Vec<&'x Stmt> = handler.body.iter().collect();
            after.extend(&self.slots().live_before(&list, behind, &self.targets));
        }
        let moved = Moved {
            stmts: &body,
            ends: body_ends,
            inside: self.slots().live_before(&body, &after, &self.targets),
        };
        let status = self.outlined(moved, &after, span, |lower, live| lower.stmts(&body, live))?;
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
        let mut carried = self.carried_by(&lists, &[], behind);
        let signals = parts.ends().ways() > 1;
        if signals {
            carried.push(self.slots().signal());
        }
        self.if_op(
            failed,
            &carried,
            |lower| lower.handle(parts.handlers, &carried, signals, status, behind, span),
            |lower| {
                if !body_ends.falls {
                    if signals {
                        lower.settle_signal(body_ends);
                    }
                    return Ok(());
                }
                if body_ends.jumps() {
                    return lower.guarded(&orelse, behind);
                }
                lower.stmts(&orelse, behind)?;
                if signals {
                    lower.settle_signal(ends(parts.orelse));
                }
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
                if signals {
                    lower.settle_signal(ends(&handler.body));
                }
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

    // ---- the function

    /// Moves statements into a function and calls it; its status. Afterwards the signal and the value to return are
    /// what the statements left.
    fn outlined(
        &mut self,
        statements: Moved<'_, 'x>,
        behind: &LocalSet,
        span: Span,
        lower_body: impl FnOnce(&mut Lower<'x, 'c, 'm>, &LocalSet) -> Result<()>,
    ) -> Result<Value<'c, 'm>> {
        let Moved {
            stmts,
            ends: stmt_ends,
            inside,
        } = statements;
        self.at(span);
        let slots = self.slots();
        let mut live = behind.clone();
        for (jumps, target) in [
            (stmt_ends.breaks, &self.targets.breaks),
            (stmt_ends.continues, &self.targets.continues),
        ] {
            if jumps {
                live.extend(target);
            }
        }
        let mut assigned = LocalSet::default();
        slots.assigned(stmts.iter().copied(), self.reductions, &mut assigned);
        let mut moved = LocalSet::default();
        slots.moved(stmts.iter().copied(), &mut moved);
        assigned.extend(&moved);
        // What is known of a variable's value does not outlive an assignment on a path that an error may cut off.
        for slot in 0..self.function.locals.len() {
            if assigned.contains(slot) {
                self.nonnegative.remove(slot);
            }
        }
        let mut written = LocalSet::default();
        slots.written_to(stmts.iter().copied(), &mut written);

        // Cells for what is assigned in the statements and looked at outside.
        let mut cells = Vec::new();
        for slot in 0..self.function.locals.len() {
            let shared = live.contains(slot) || inside.contains(slot);
            if !assigned.contains(slot) || !shared || self.cells.contains(slot) {
                continue;
            }
            if moved.contains(slot) && !live.contains(slot) {
                continue;
            }
            if let Binding::Borrow(_) = self.env[slot] {
                return Err(Error::unsupported(
                    self.function.locals[slot].span,
                    "a borrow that is bound again in a `try`",
                ));
            }
            let ty = self.function.locals[slot].ty;
            let cell = self.cell(ty)?;
            name_value(self.cx.context, cell, &self.function.locals[slot].name);
            let before = match &self.env[slot] {
                Binding::Values(values) => Some(values.clone()),
                // To which the iteration has contributed nothing yet.
                Binding::Unset if self.accumulators.contains(slot) => Some(self.current(slot)?),
                _ => None,
            };
            if let Some(values) = before {
                let target = self.borrow_box(cell, true);
                self.put(target, ty, &values)?;
            }
            cells.push((slot, ty, cell));
        }
        let returns = stmt_ends.returns && self.function.result != Ty::NONE;
        if returns && self.function.result_borrows.is_some() {
            return Err(Error::unsupported(
                span,
                "returning a borrow out of a `try`",
            ));
        }
        let ret = if returns {
            Some(self.cell(self.function.result)?)
        } else {
            None
        };
        let signals = stmt_ends.ways() > 1;

        // What the statements only look at comes in as it is.
        let mut captures = Vec::new();
        for slot in 0..self.function.locals.len() {
            if cells.iter().any(|(other, ..)| *other == slot)
                || !inside.contains(slot) && !self.cells.contains(slot)
            {
                continue;
            }
            let ty = self.function.locals[slot].ty;
            let capture = match self.env[slot].clone() {
                Binding::Unset => continue,
                Binding::Borrow(Borrowed::Ref(value)) => Capture::Ref(value),
                Binding::Borrow(Borrowed::View(view)) => Capture::View(view),
                Binding::Values(values) if moved.contains(slot) => Capture::Owned(values),
                Binding::Values(values) if self.types().is_boxed(ty) => {
                    Capture::Ref(self.borrow_box(values[0], written.contains(slot)))
                }
                Binding::Values(values) => Capture::Values(values),
            };
            captures.push((slot, capture));
        }
        let mut operands = Vec::new();
        for (_, capture) in &captures {
            match capture {
                Capture::Values(values) => operands.extend(self.copied_values(values)),
                Capture::Owned(values) => operands.extend(values),
                Capture::Ref(value) => operands.push(*value),
                Capture::View(view) => operands.extend(view_values(view)),
            }
        }
        let mut cell_borrows = Vec::new();
        let all_cells = cells.iter().map(|(_, _, cell)| *cell).chain(ret);
        for cell in all_cells.collect::<Vec<_>>() {
            cell_borrows.push(self.borrow_box(cell, true));
        }
        operands.extend(&cell_borrows);

        let symbol = self
            .cx
            .fresh_symbol(&format!("{}.try", self.function.symbol));
        let types: Vec<Type<'c>> = operands.iter().map(melior::ir::ValueLike::r#type).collect();
        // The status, and how the statements ended.
        let returned = vec![self.b.int_type(32); 1 + usize::from(signals)];
        let (b, mut arguments) =
            (self.cx).outlined(&symbol, &types, &returned, self.fp_word(), self.b.loc);
        let mut inner = self.nested(b);
        for (slot, capture) in captures {
            let count = match &capture {
                Capture::Values(values) | Capture::Owned(values) => values.len(),
                Capture::Ref(_) => 1,
                Capture::View(_) => 0,
            };
            for &value in &arguments[..count] {
                name_value(self.cx.context, value, &self.function.locals[slot].name);
            }
            inner.env[slot] = match capture {
                Capture::Values(values) | Capture::Owned(values) => {
                    Binding::Values(arguments.drain(..values.len()).collect())
                }
                Capture::Ref(_) => Binding::Borrow(Borrowed::Ref(arguments.remove(0))),
                Capture::View(view) => {
                    let count = view_values(&view).len();
                    let values: Vec<_> = arguments.drain(..count).collect();
                    Binding::Borrow(Borrowed::View(view_of_values(&view, values)))
                }
            };
        }
        for (slot, ..) in &cells {
            let cell = arguments.remove(0);
            name_value(self.cx.context, cell, &self.function.locals[*slot].name);
            inner.env[*slot] = Binding::Borrow(Borrowed::Ref(cell));
            inner.cells.insert(*slot);
        }
        let ret_place = ret.map(|_| arguments.remove(0));
        let mut inner_live = live.clone();
        if returns {
            inner_live.insert(slots.ret());
        }
        lower_body(&mut inner, &inner_live)?;
        inner.at(span);
        if let Some(place) = ret_place {
            let values = inner.current(slots.ret())?;
            inner.put(place, inner.function.result, &values)?;
        }
        let mut left = vec![inner.b.int(0, inner.b.int_type(32))];
        if signals {
            left.extend(inner.current(slots.signal())?);
        }
        inner.b.op("func.return", &left, &[]);

        let attrs = [("callee", self.b.symbol(&symbol))];
        let called = (self.b).results("func.call", &operands, &returned, &attrs);
        let status = called[0];
        if signals {
            self.env[slots.signal()] = Binding::Values(called[1..].to_vec());
        }
        let mut borrows = cell_borrows.into_iter();
        for ((slot, ty, _), borrow) in cells.iter().zip(borrows.by_ref()) {
            let values = self.take_from(borrow, *ty)?;
            for &value in values.iter().filter(|value| own::is_box(value.r#type())) {
                name_value(self.cx.context, value, &self.function.locals[*slot].name);
            }
            self.set_slot(*slot, values);
        }
        if returns && let Some(borrow) = borrows.next() {
            let values = self.take_from(borrow, self.function.result)?;
            self.env[slots.ret()] = Binding::Values(values);
        }
        Ok(status)
    }

    /// A new cell for a value of a type.
    fn cell(&mut self, ty: Ty) -> Result<Value<'c, 'm>> {
        let payload = self.types().payload(ty)?;
        Ok(self.b.value("own.new", &[], own::box_type(payload)))
    }
}

/// The SSA values that a view is made of.
fn view_values<'c, 'm>(view: &View<'c, 'm>) -> Vec<Value<'c, 'm>> {
    let mut values = vec![view.source];
    for dim in &view.dims {
        match dim {
            ViewDim::All => {}
            ViewDim::Fixed(position) => values.push(*position),
            ViewDim::Range {
                start,
                step,
                length,
                ..
            } => {
                values.push(*start);
                values.extend(step);
                values.push(*length);
            }
        }
    }
    values
}

/// The same view made of other values.
fn view_of_values<'c, 'm>(view: &View<'c, 'm>, values: Vec<Value<'c, 'm>>) -> View<'c, 'm> {
    let mut values = values.into_iter();
    let mut next = |old: Value<'c, 'm>| values.next().unwrap_or(old);
    let source = next(view.source);
    let dims = view
        .dims
        .iter()
        .map(|dim| match *dim {
            ViewDim::All => ViewDim::All,
            ViewDim::Fixed(position) => ViewDim::Fixed(next(position)),
            ViewDim::Range {
                start,
                step,
                length,
                lanes,
            } => ViewDim::Range {
                start: next(start),
                step: step.map(&mut next),
                length: next(length),
                lanes,
            },
        })
        .collect();
    View {
        source,
        dims,
        order: view.order.clone(),
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
