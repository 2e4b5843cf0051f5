//! Loops: counted ones, those with a condition, and what `else` adds.

use melior::ir::Value;
use mlc_sema::hir::{Expr, ExprKind, Place, Range, Stmt};

use super::{BROKE, Bounds, CONTINUED, FELL};
use crate::{
    ends::{Ends, ends},
    function::{Binding, Lower, Result},
    live::{Again, Targets},
    local_set::LocalSet,
    parallel::constant_of,
    place::Borrowed,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// What a loop carries round, and the sets of variables that hold in its body.
    fn loop_slots(
        &mut self,
        body: &'x [Stmt],
        again: Again<'x>,
        behind: &LocalSet,
    ) -> (Vec<usize>, LocalSet, Targets) {
        let header = self
            .slots()
            .live_in_loop(body, again, behind, &self.targets);
        let condition = match again {
            Again::While(condition) => Some(condition),
            Again::Given(_) | Again::Counted => None,
        };
        let list: Vec<_> = body.iter().collect();
        let inner = Targets {
            breaks: behind.clone(),
            continues: header.clone(),
            returns: self.targets.returns.clone(),
        };
        let outer = std::mem::replace(&mut self.targets, inner.clone());
        let live = self.live_at(ends(body), &header).union(&header);
        let carried = self.carried_by(&[&list], condition.as_slice(), &live);
        self.targets = outer;
        (carried, header, inner)
    }

    /// `for index in range`.
    pub fn for_loop(
        &mut self,
        index: usize,
        range: &'x Range,
        body: &'x [Stmt],
        orelse: &'x [Stmt],
        behind: &LocalSet,
    ) -> Result<()> {
        let iterated = std::mem::take(&mut self.iterated);
        let bounds = self.bounds(range)?;
        let nonnegative = bounds.nonnegative;
        let counts_up = bounds.scale.is_none();
        self.counted_loop(index, &bounds, (body, orelse), behind, |lower, position| {
            lower.bind_index(index, position, nonnegative);
            if counts_up {
                lower.counted.insert(index);
            }
            iterated.iter().map(|place| lower.visited(place)).collect()
        })
    }

    /// `for item in list^`: each item is taken out of the list, which ends with the loop.
    pub fn drain_loop(
        &mut self,
        item: usize,
        list: &'x Expr,
        body: &'x [Stmt],
        behind: &LocalSet,
    ) -> Result<()> {
        let elem = crate::builtin::element_ty(self, list.ty);
        let list = self.one(list)?;
        let target = self.borrow_box(list, true);
        let length = self.b.value("own.len", &[target], self.b.index_type());
        let bounds = self.count_to(length);
        self.counted_loop(item, &bounds, (body, &[]), behind, |lower, position| {
            let values = if lower.types().is_scalar(elem) {
                let view = lower.whole_view(target);
                vec![lower.load_element(&view, &[position])]
            } else {
                let place = lower.elem(target, position, true);
                lower.take_from(place, elem)?
            };
            lower.set_slot(item, values);
            Ok(vec![])
        })
    }

    /// A shared borrow of what a loop visits the elements of.
    fn visited(&mut self, place: &'x Place) -> Result<Value<'c, 'm>> {
        let source = match self.borrow(place, false)? {
            Borrowed::Ref(source) => source,
            Borrowed::View(view) => view.source,
        };
        self.at(place.span);
        Ok(self.reborrow(source, false))
    }

    /// At the end of an iteration: what the loop visits is as it was at its start.
    fn keep(&mut self, visited: &[Value<'c, 'm>]) {
        for &borrow in visited {
            self.b.op("own.keep", &[borrow], &[]);
        }
    }

    /// A loop over counted values. `start` binds the variable that an iteration starts with, and returns borrows of what the
    /// loop visits.
    fn counted_loop(
        &mut self,
        given: usize,
        bounds: &Bounds<'c, 'm>,
        (body, orelse): (&'x [Stmt], &'x [Stmt]),
        behind: &LocalSet,
        start: impl Fn(&mut Self, Value<'c, 'm>) -> Result<Vec<Value<'c, 'm>>>,
    ) -> Result<()> {
        let orelse_refs: Vec<_> = orelse.iter().collect();
        let after = self
            .slots()
            .live_before(&orelse_refs, behind, &self.targets)
            .union(behind);
        let (carried, header, inner) = self.loop_slots(body, Again::Given(given), &after);
        for &slot in &carried {
            self.nonnegative.remove(slot);
        }
        let body_ends = ends(body);
        let targets = std::mem::replace(&mut self.targets, inner);
        if body_ends.breaks || body_ends.returns {
            self.counted_while(bounds, body, &carried, &header, start)?;
        } else {
            self.scf_for(bounds, &carried, |lower, position| {
                let visited = start(lower, position)?;
                let list: Vec<_> = body.iter().collect();
                lower.stmts(&list, &header)?;
                lower.keep(&visited);
                Ok(())
            })?;
        }
        self.targets = targets;
        self.after_loop(body_ends, &orelse_refs, false, behind)
    }

    /// `scf.for` over the values of a range. The body gets the value of the index, of type `index`.
    pub fn scf_for(
        &mut self,
        bounds: &Bounds<'c, 'm>,
        carried: &[usize],
        body: impl FnOnce(&mut Self, Value<'c, 'm>) -> Result<()>,
    ) -> Result<()> {
        let mut operands = vec![bounds.first, bounds.last, bounds.step];
        let mut types = vec![];
        self.carried_values(carried, &mut types, &mut operands)?;
        let op = self.b.structured("scf.for", &operands, &types, &[], 1);
        let outer = self.scope();
        let arguments: Vec<_> = std::iter::once(self.b.index_type()).chain(types).collect();
        let mut arguments = self.b.enter(op, 0, &arguments);
        let values = arguments.split_off(1);
        self.take_slots(carried, values)?;
        let position = self.value_at(bounds, arguments[0]);
        body(self, position)?;
        self.yield_slots("scf.yield", &mut vec![], carried)?;
        self.restore(outer);
        let results = self.results_of(op);
        self.take_slots(carried, results)
    }

    fn bind_index(&mut self, slot: usize, position: Value<'c, 'm>, nonnegative: bool) {
        let value = self.int_of_index(position);
        self.env[slot] = Binding::Values(vec![value]);
        if nonnegative {
            self.nonnegative.insert(slot);
        } else {
            self.nonnegative.remove(slot);
        }
    }

    /// A counted loop that its body may leave: `scf.while` that carries the count and the signal.
    fn counted_while(
        &mut self,
        bounds: &Bounds<'c, 'm>,
        body: &'x [Stmt],
        carried: &[usize],
        header: &LocalSet,
        start: impl Fn(&mut Self, Value<'c, 'm>) -> Result<Vec<Value<'c, 'm>>>,
    ) -> Result<()> {
        self.set_signal(FELL);
        let mut slots = carried.to_vec();
        slots.push(self.slots().signal());
        let mut operands = vec![bounds.first];
        let mut types = vec![self.b.index_type()];
        self.carried_values(&slots, &mut types, &mut operands)?;
        let op = self.b.structured("scf.while", &operands, &types, &[], 2);
        let outer = self.scope();

        let arguments = self.b.enter(op, 0, &types);
        let more = self.compare_ints("slt", arguments[0], bounds.last);
        let fell = self.is_signal(arguments[arguments.len() - 1], FELL);
        let go_on = self
            .b
            .value("arith.andi", &[more, fell], self.b.int_type(1));
        let mut condition = vec![go_on];
        condition.extend(&arguments);
        self.b.op("scf.condition", &condition, &[]);

        let mut arguments = self.b.enter(op, 1, &types);
        let values = arguments.split_off(1);
        let counted = arguments[0];
        self.take_slots(&slots, values)?;
        let position = self.value_at(bounds, counted);
        let visited = start(self, position)?;
        self.loop_body(body, header)?;
        if !visited.is_empty() {
            let signal = self.current(self.slots().signal())?[0];
            let goes_on = self.is_signal(signal, FELL);
            self.when(goes_on, |lower| {
                lower.keep(&visited);
                Ok(())
            })?;
        }
        let next = self.counted_on(bounds, counted);
        self.yield_slots("scf.yield", &mut vec![next], &slots)?;

        self.restore(outer);
        let mut results = self.results_of(op);
        results.remove(0);
        self.take_slots(&slots, results)
    }

    /// What is counted behind `counted`: the end, where the integers end before the next step.
    fn counted_on(&self, bounds: &Bounds<'c, 'm>, counted: Value<'c, 'm>) -> Value<'c, 'm> {
        let index = self.b.index_type();
        let next = self.b.value("arith.addi", &[counted, bounds.step], index);
        if constant_of(bounds.step) == Some(1) {
            return next;
        }
        let wrapped = self.compare_ints("slt", next, counted);
        self.b.select(wrapped, bounds.last, next)
    }

    /// The body of a loop; afterwards the signal says whether the loop was left.
    fn loop_body(&mut self, body: &'x [Stmt], header: &LocalSet) -> Result<()> {
        let list: Vec<_> = body.iter().collect();
        self.stmts(&list, header)?;
        let body_ends = ends(body);
        if !body_ends.breaks && !body_ends.returns {
            self.set_signal(FELL);
        } else if body_ends.ways() > 1 && body_ends.continues {
            let signal = self.current(self.slots().signal())?[0];
            let continued = self.is_signal(signal, CONTINUED);
            let fell = self.b.int(FELL, self.b.int_type(32));
            let signal = self.b.select(continued, fell, signal);
            let slot = self.slots().signal();
            self.env[slot] = Binding::Values(vec![signal]);
        } else {
            self.settle_signal(body_ends);
        }
        Ok(())
    }

    /// `while condition`.
    pub fn while_loop(
        &mut self,
        condition: &'x Expr,
        body: &'x [Stmt],
        orelse: &'x [Stmt],
        behind: &LocalSet,
    ) -> Result<()> {
        let orelse_refs: Vec<_> = orelse.iter().collect();
        let after = self
            .slots()
            .live_before(&orelse_refs, behind, &self.targets)
            .union(behind);
        let (mut slots, header, inner) = self.loop_slots(body, Again::While(condition), &after);
        for &slot in &slots {
            self.nonnegative.remove(slot);
        }
        let body_ends = ends(body);
        let leaves = body_ends.breaks || body_ends.returns;
        let carried = slots.clone();
        if leaves {
            self.set_signal(FELL);
            slots.push(self.slots().signal());
        }
        let mut operands = vec![];
        let mut types = vec![];
        self.carried_values(&slots, &mut types, &mut operands)?;
        let op = self.b.structured("scf.while", &operands, &types, &[], 2);
        let outer = self.scope();
        let targets = std::mem::replace(&mut self.targets, inner);

        let arguments = self.b.enter(op, 0, &types);
        self.take_slots(&slots, arguments)?;
        let mut in_condition = header.clone();
        self.slots().reads_of(condition, &mut in_condition);
        self.live = in_condition;
        let go_on = if leaves {
            let signal = self.current(self.slots().signal())?[0];
            let fell = self.is_signal(signal, FELL);
            let i1 = self.b.int_type(1);
            if self.is_plain(condition) {
                let more = self.one(condition)?;
                self.b.value("arith.andi", &[fell, more], i1)
            } else {
                let mut assigned = LocalSet::default();
                self.slots()
                    .assigned_in(condition, self.reductions, &mut assigned);
                let inner_carried: Vec<usize> = carried
                    .iter()
                    .copied()
                    .filter(|&slot| assigned.contains(slot))
                    .collect();
                self.if_values(
                    fell,
                    &inner_carried,
                    &[i1],
                    |lower| Ok(vec![lower.one(condition)?]),
                    |lower| Ok(vec![lower.b.bool(false)]),
                )?[0]
            }
        } else {
            self.one(condition)?
        };
        self.yield_slots("scf.condition", &mut vec![go_on], &slots)?;

        self.restore(outer.clone());
        let arguments = self.b.enter(op, 1, &types);
        self.take_slots(&slots, arguments)?;
        if leaves {
            self.loop_body(body, &header)?;
        } else {
            let list: Vec<_> = body.iter().collect();
            self.stmts(&list, &header)?;
        }
        self.yield_slots("scf.yield", &mut vec![], &slots)?;

        self.restore(outer);
        self.targets = targets;
        let results = self.results_of(op);
        self.take_slots(&slots, results)?;
        let forever = matches!(condition.kind, ExprKind::Bool(true));
        self.after_loop(body_ends, &orelse_refs, forever, behind)
    }

    /// The `else` of a loop, and the signal that the whole statement leaves.
    fn after_loop(
        &mut self,
        body_ends: Ends,
        orelse: &[&'x Stmt],
        forever: bool,
        behind: &LocalSet,
    ) -> Result<()> {
        let leaves = body_ends.breaks || body_ends.returns;
        if !leaves {
            return self.stmts(orelse, behind);
        }
        let i32_type = self.b.int_type(32);
        let slot = self.slots().signal();
        let signal = self.current(slot)?[0];
        let exhausted = self.is_signal(signal, FELL);
        if body_ends.breaks {
            // Behind the loop, a `break` is nothing special.
            let broke = self.is_signal(signal, BROKE);
            let fell = self.b.int(FELL, i32_type);
            let signal = self.b.select(broke, fell, signal);
            self.env[slot] = Binding::Values(vec![signal]);
        }
        if orelse.is_empty() || forever {
            return Ok(());
        }
        let orelse_ends = ends(orelse.iter().copied());
        let left = Ends {
            falls: body_ends.breaks,
            returns: body_ends.returns,
            ..Ends::default()
        };
        let live = self.live_at(left.or(orelse_ends), behind);
        let mut carried = self.carried_by(&[orelse], &[], &live);
        carried.push(slot);
        self.if_op(
            exhausted,
            &carried,
            |lower| {
                lower.stmts(orelse, behind)?;
                lower.settle_signal(orelse_ends);
                lower.forget_unread(&carried, orelse_ends, behind);
                Ok(())
            },
            |lower| {
                lower.forget_unread(&carried, left, behind);
                Ok(())
            },
        )
    }
}
