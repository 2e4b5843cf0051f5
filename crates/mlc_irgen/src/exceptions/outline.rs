//! Statements moved into a function of their own, so that an error leaves that one alone.
//!
//! What the statements use comes in as arguments. Variables that they assign and that are used outside lie in cells during
//! the call; so do the signal, which tells how the statements ended, and the value to return.

use melior::ir::{Type, Value, ValueLike};
use mlc_diagnostics::Span;
use mlc_dialects::own;
use mlc_mlir::rewrite::name_value;
use mlc_sema::hir::{Mode, Stmt, Ty};

mod names;

use crate::{
    Error,
    ends::Ends,
    function::{Binding, Lower, Result},
    local_set::LocalSet,
    place::Borrowed,
    view::{View, ViewDim},
};
use names::{Part, names_outer_parts};

/// Statements that become a function.
pub(super) struct Moved<'s, 'x> {
    pub stmts: &'s [&'x Stmt],
    pub ends: Ends,
    /// What is read in them before they assign it.
    pub inside: LocalSet,
    /// What is read where an error that left them is handled.
    pub raised: LocalSet,
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
    /// Moves statements into a function and calls it; its status. Afterwards the signal and the value to return are
    /// what the statements left.
    pub(super) fn outlined(
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
            raised,
        } = statements;
        self.at(span);
        let slots = self.slots();
        let mut live = behind.clone();
        // The value to return has a cell of its own.
        let jumps = Ends {
            returns: false,
            ..stmt_ends
        };
        for target in self.jump_targets(jumps) {
            live.extend(target);
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

        let mut mentioned = LocalSet::default();
        for stmt in stmts {
            slots.reads(stmt, &mut mentioned);
        }
        for others in [&assigned, &written] {
            mentioned.extend(others);
        }

        // Cells for what is assigned in the statements and looked at outside.
        let mut cells = Vec::new();
        // Names for parts of what is outside come back as they are.
        let mut names = Vec::new();
        for slot in 0..self.function.locals.len() {
            let shared = live.contains(slot) || inside.contains(slot);
            if !assigned.contains(slot) || !shared || self.cells.contains(slot) {
                continue;
            }
            if moved.contains(slot) && !live.contains(slot) {
                continue;
            }
            if self.function.locals[slot].mode != Mode::Owner
                && let Binding::Unset = self.env[slot]
            {
                if !names_outer_parts(
                    (self.function, &self.cx.program.types),
                    stmts,
                    Part::Name(slot),
                    &assigned,
                ) {
                    return Err(Error::unsupported(
                        self.function.locals[slot].span,
                        "a name for a part of what a `try` makes, or of a top-level value, used behind the `try`",
                    ));
                }
                names.push(slot);
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
            // What nothing reads before it is assigned stays where it is: where a loop does not carry it, it would be moved
            // in every iteration.
            let is_read = inside.contains(slot) || raised.contains(slot);
            let before = match &self.env[slot] {
                Binding::Values(values) if is_read => Some(values.clone()),
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
        let lends = returns && self.function.result_borrows.is_some();
        if lends
            && (self.function.result_view
                || !names_outer_parts(
                    (self.function, &self.cx.program.types),
                    stmts,
                    Part::Result,
                    &assigned,
                ))
        {
            return Err(Error::unsupported(
                span,
                "returning a borrow of this kind out of a `try`",
            ));
        }
        if lends {
            names.push(slots.ret());
        }
        let ret = if returns && !lends {
            Some(self.cell(self.function.result)?)
        } else {
            None
        };
        let signals = stmt_ends.ways() > 1;

        // What the statements only look at comes in as it is. What they leave alone does not: an error may have left
        // nothing of it, and names for its parts may be in use.
        let mut touched = assigned.clone();
        touched.extend(&written);
        for stmt in stmts {
            slots.reads(stmt, &mut touched);
        }
        let mut captures = Vec::new();
        for slot in 0..self.function.locals.len() {
            let is_assigned = self.cells.contains(slot) && assigned.contains(slot);
            if cells.iter().any(|(other, ..)| *other == slot)
                || !inside.contains(slot) && !is_assigned
                || !touched.contains(slot)
            {
                continue;
            }
            let ty = self.function.locals[slot].ty;
            // What is only needed afterwards is not lent: names for its parts may be in use.
            if self.types().is_boxed(ty) && !mentioned.contains(slot) {
                continue;
            }
            let capture = match self.env[slot].clone() {
                Binding::Unset => continue,
                Binding::Borrow(Borrowed::Ref(value))
                    if !is_assigned && !written.contains(slot) && !moved.contains(slot) =>
                {
                    Capture::Ref(self.shared(value))
                }
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
        let mut returned = vec![self.b.int_type(32); 1 + usize::from(signals)];
        for &slot in &names {
            returned.extend(self.slot_types(slot)?);
        }
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
        for &slot in &names {
            left.extend(inner.current(slot)?);
        }
        inner.b.op("func.return", &left, &[]);

        let attrs = [("callee", self.b.symbol(&symbol))];
        let called = (self.b).results("func.call", &operands, &returned, &attrs);
        let status = called[0];
        if signals {
            self.env[slots.signal()] = Binding::Values(vec![called[1]]);
        }
        for (slot, &value) in names.iter().zip(&called[1 + usize::from(signals)..]) {
            self.env[*slot] = match *slot == slots.ret() {
                true => Binding::Values(vec![value]),
                false => Binding::Borrow(Borrowed::Ref(value)),
            };
        }
        let mut borrows = cell_borrows.into_iter();
        for ((slot, ty, _), borrow) in cells.iter().zip(borrows.by_ref()) {
            let values = self.take_from(borrow, *ty)?;
            for &value in values.iter().filter(|value| own::is_box(value.r#type())) {
                name_value(self.cx.context, value, &self.function.locals[*slot].name);
            }
            self.set_slot(*slot, values);
        }
        if ret.is_some()
            && let Some(borrow) = borrows.next()
        {
            let values = self.take_from(borrow, self.function.result)?;
            self.env[slots.ret()] = Binding::Values(values);
        }
        Ok(status)
    }

    /// A new cell for a value of a type.
    pub(super) fn cell(&mut self, ty: Ty) -> Result<Value<'c, 'm>> {
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
