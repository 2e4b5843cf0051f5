//! SSA form for structured control flow.
//!
//! A region that assigns variables hands their values on as results: those that are assigned in it and live behind it.
//! A jump sets the hidden variable *signal* (how the statements ended), and what follows is guarded by it. Where a list
//! of statements can end in one way only, there is no signal, and where one branch of an `if` always jumps, the rest of the list
//! moves into the other one, so that most functions never need it.

use melior::ir::Value;
use mlc_sema::hir::{Expr, ExprKind, Range, Stmt, StmtKind};

use crate::{
    ends::{Ends, ends},
    function::{Binding, Lower, Result},
    live::Targets,
    local_set::LocalSet,
    subscript::constant_int,
};

/// The values of the signal.
const FELL: i64 = 0;
const BROKE: i64 = 1;
const CONTINUED: i64 = 2;
const RETURNED: i64 = 3;

fn only_signal(ends: Ends) -> i64 {
    if ends.breaks {
        BROKE
    } else if ends.continues {
        CONTINUED
    } else if ends.returns {
        RETURNED
    } else {
        FELL
    }
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Statements in order. `behind` is what is live behind them. If they can end in several ways, the signal is set.
    pub fn stmts(&mut self, list: &[&'x Stmt], behind: &LocalSet) -> Result<()> {
        let lives = self.slots().live_behind_each(list, behind, &self.targets);
        for (at, &stmt) in list.iter().enumerate() {
            let rest = &list[at + 1..];
            let one = ends([stmt]);
            if one.falls
                && one.jumps()
                && let StmtKind::If {
                    condition,
                    then,
                    orelse,
                } = &stmt.kind
            {
                let (first, second) = (ends(then), ends(orelse));
                let absorbs =
                    |stays: Ends, leaves: Ends| stays.falls && !leaves.falls && leaves.jumps();
                if absorbs(second, first) || absorbs(first, second) {
                    let mut then: Vec<&'x Stmt> = then.iter().collect();
                    let mut orelse: Vec<&'x Stmt> = orelse.iter().collect();
                    if first.falls { &mut then } else { &mut orelse }.extend(rest);
                    return self.branches(condition, &then, &orelse, behind);
                }
            }
            self.live = self.slots().live_in(stmt, &lives[at], &self.targets);
            self.stmt(stmt, &lives[at])?;
            if !one.falls {
                return Ok(());
            }
            if one.jumps() {
                return self.guarded(rest, behind);
            }
        }
        Ok(())
    }

    /// The rest of a list, behind a statement that may have jumped.
    pub fn guarded(&mut self, rest: &[&'x Stmt], behind: &LocalSet) -> Result<()> {
        if rest.is_empty() {
            return Ok(());
        }
        let signal = self.current(self.slots().signal())?[0];
        let fell = self.is_signal(signal, FELL);
        let rest_ends = ends(rest.iter().copied());
        let mut carried = self.carried_by(&[rest], &[], behind);
        if rest_ends != Ends::FALLS {
            carried.push(self.slots().signal());
        }
        self.if_op(
            fell,
            &carried,
            |lower| {
                lower.stmts(rest, behind)?;
                lower.settle_signal(rest_ends);
                Ok(())
            },
            |_| Ok(()),
        )
    }

    /// An `if` statement whose branches are lists.
    pub fn branches(
        &mut self,
        condition: &'x Expr,
        then: &[&'x Stmt],
        orelse: &[&'x Stmt],
        behind: &LocalSet,
    ) -> Result<()> {
        let condition = self.one(condition)?;
        let (first, second) = (ends(then.iter().copied()), ends(orelse.iter().copied()));
        let mut carried = self.carried_by(&[then, orelse], &[], behind);
        let all = Ends {
            falls: first.falls || second.falls,
            breaks: first.breaks || second.breaks,
            continues: first.continues || second.continues,
            returns: first.returns || second.returns,
        };
        let signals = all.ways() > 1;
        if signals {
            carried.push(self.slots().signal());
        }
        let branch = |lower: &mut Self, list: &[&'x Stmt], list_ends| {
            lower.stmts(list, behind)?;
            if signals {
                lower.settle_signal(list_ends);
            }
            Ok(())
        };
        if orelse.is_empty() && carried.is_empty() {
            return self.when(condition, |lower| branch(lower, then, first));
        }
        self.if_op(
            condition,
            &carried,
            |lower| branch(lower, then, first),
            |lower| branch(lower, orelse, second),
        )
    }

    /// The variables that a region over `lists` and `exprs` has to hand on.
    pub fn carried_by(
        &self,
        lists: &[&[&'x Stmt]],
        exprs: &[&Expr],
        behind: &LocalSet,
    ) -> Vec<usize> {
        let mut assigned = LocalSet::default();
        let mut all = Ends::default();
        for list in lists {
            self.slots()
                .assigned(list.iter().copied(), self.reductions, &mut assigned);
            let one = ends(list.iter().copied());
            all.breaks |= one.breaks;
            all.continues |= one.continues;
            all.returns |= one.returns;
        }
        for expr in exprs {
            self.slots()
                .assigned_in(expr, self.reductions, &mut assigned);
        }
        let mut live = behind.clone();
        for (jumps, target) in [
            (all.breaks, &self.targets.breaks),
            (all.continues, &self.targets.continues),
            (all.returns, &self.targets.returns),
        ] {
            if jumps {
                live.extend(target);
            }
        }
        self.cells.without(assigned.common(&live))
    }

    /// Sets the signal behind statements that end in one way only.
    pub fn settle_signal(&mut self, ends: Ends) {
        if ends.ways() <= 1 {
            self.set_signal(only_signal(ends));
        }
    }

    fn set_signal(&mut self, signal: i64) {
        let value = self.b.int(signal, self.b.int_type(32));
        let slot = self.slots().signal();
        self.env[slot] = Binding::Values(vec![value]);
    }

    fn is_signal(&self, signal: Value<'c, 'm>, wanted: i64) -> Value<'c, 'm> {
        let wanted = self.b.int(wanted, self.b.int_type(32));
        self.compare_ints("eq", signal, wanted)
    }

    // ---- if

    /// `scf.if` without an else, which hands nothing on.
    pub fn when(
        &mut self,
        condition: Value<'c, 'm>,
        then: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let op = self.b.structured("scf.if", &[condition], &[], &[], 2);
        let outer = (self.b, self.env.clone(), self.nonnegative.clone());
        self.b.enter(op, 0, &[]);
        then(self)?;
        self.b.op("scf.yield", &[], &[]);
        (self.b, self.env, self.nonnegative) = outer;
        Ok(())
    }

    /// `scf.if` that hands on the variables `carried`.
    pub fn if_op(
        &mut self,
        condition: Value<'c, 'm>,
        carried: &[usize],
        then: impl FnOnce(&mut Self) -> Result<()>,
        orelse: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let results = self.if_values(
            condition,
            carried,
            &[],
            |lower| then(lower).map(|()| vec![]),
            |lower| orelse(lower).map(|()| vec![]),
        )?;
        debug_assert!(results.is_empty());
        Ok(())
    }

    /// `scf.if` that hands on the variables `carried` and gives values of `types` besides.
    pub fn if_values(
        &mut self,
        condition: Value<'c, 'm>,
        carried: &[usize],
        types: &[melior::ir::Type<'c>],
        then: impl FnOnce(&mut Self) -> Result<Vec<Value<'c, 'm>>>,
        orelse: impl FnOnce(&mut Self) -> Result<Vec<Value<'c, 'm>>>,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let mut all = types.to_vec();
        for &slot in carried {
            all.extend(self.slot_types(slot)?);
        }
        let op = self.b.structured("scf.if", &[condition], &all, &[], 2);
        let outer = (self.b, self.env.clone(), self.nonnegative.clone());
        self.b.enter(op, 0, &[]);
        let mut values = then(self)?;
        self.yield_slots("scf.yield", &mut values, carried)?;
        (self.b, self.env, self.nonnegative) = outer.clone();
        self.b.enter(op, 1, &[]);
        let mut values = orelse(self)?;
        self.yield_slots("scf.yield", &mut values, carried)?;
        (self.b, self.env, self.nonnegative) = outer;
        let mut results: Vec<_> = self.results_of(op);
        let handed = results.split_off(types.len());
        self.take_slots(carried, handed)?;
        Ok(results)
    }

    pub fn results_of(&self, op: melior::ir::OperationRef<'c, 'm>) -> Vec<Value<'c, 'm>> {
        use melior::ir::operation::OperationLike;
        op.results().map(Value::from).collect()
    }

    /// Ends a region with `values` and the values of the carried variables.
    fn yield_slots(
        &mut self,
        name: &str,
        values: &mut Vec<Value<'c, 'm>>,
        carried: &[usize],
    ) -> Result<()> {
        for &slot in carried {
            values.extend(self.current(slot)?);
        }
        self.b.op(name, values, &[]);
        Ok(())
    }

    /// Gives the carried variables the values that a region handed on, or that one starts with.
    fn take_slots(&mut self, carried: &[usize], values: Vec<Value<'c, 'm>>) -> Result<()> {
        let mut values = values.into_iter();
        for &slot in carried {
            let count = self.slot_types(slot)?.len();
            let own = values.by_ref().take(count).collect();
            self.set_slot(slot, own);
        }
        Ok(())
    }

    // ---- loops

    /// What a loop carries round, and the sets of variables that hold in its body.
    fn loop_slots(
        &mut self,
        body: &'x [Stmt],
        condition: Option<&'x Expr>,
        behind: &LocalSet,
    ) -> (Vec<usize>, LocalSet, Targets) {
        let header = self
            .slots()
            .live_in_loop(body, condition, behind, &self.targets);
        let list: Vec<_> = body.iter().collect();
        let inner = Targets {
            breaks: behind.clone(),
            continues: header.clone(),
            returns: self.targets.returns.clone(),
        };
        let outer = std::mem::replace(&mut self.targets, inner.clone());
        let carried = self.carried_by(&[&list], condition.as_slice(), &header);
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
        let bounds = self.bounds(range)?;
        let nonnegative = bounds.nonnegative;
        self.counted_loop(&bounds, body, orelse, behind, |lower, position| {
            lower.bind_index(index, position, nonnegative);
            Ok(())
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
        self.counted_loop(&bounds, body, &[], behind, |lower, position| {
            let values = if lower.types().is_scalar(elem) {
                let view = lower.whole_view(target);
                vec![lower.load_element(&view, &[position])]
            } else {
                let place = lower.elem(target, position, true);
                lower.take_from(place, elem)?
            };
            lower.set_slot(item, values);
            Ok(())
        })
    }

    /// A loop over counted values. `start` binds what an iteration starts with.
    fn counted_loop(
        &mut self,
        bounds: &Bounds<'c, 'm>,
        body: &'x [Stmt],
        orelse: &'x [Stmt],
        behind: &LocalSet,
        start: impl Fn(&mut Self, Value<'c, 'm>) -> Result<()>,
    ) -> Result<()> {
        let orelse_refs: Vec<_> = orelse.iter().collect();
        let after = self
            .slots()
            .live_before(&orelse_refs, behind, &self.targets)
            .union(behind);
        let (carried, header, inner) = self.loop_slots(body, None, &after);
        for &slot in &carried {
            self.nonnegative.remove(slot);
        }
        let body_ends = ends(body);
        let targets = std::mem::replace(&mut self.targets, inner);
        if body_ends.breaks || body_ends.returns {
            self.counted_while(bounds, body, &carried, &header, start)?;
        } else {
            self.scf_for(bounds, &carried, |lower, position| {
                start(lower, position)?;
                let list: Vec<_> = body.iter().collect();
                lower.stmts(&list, &header)
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
        for &slot in carried {
            types.extend(self.slot_types(slot)?);
            operands.extend(self.current(slot)?);
        }
        let op = self.b.structured("scf.for", &operands, &types, &[], 1);
        let outer = (self.b, self.env.clone(), self.nonnegative.clone());
        let arguments: Vec<_> = std::iter::once(self.b.index_type()).chain(types).collect();
        let mut arguments = self.b.enter(op, 0, &arguments);
        let values = arguments.split_off(1);
        self.take_slots(carried, values)?;
        let position = self.value_at(bounds, arguments[0]);
        body(self, position)?;
        self.yield_slots("scf.yield", &mut vec![], carried)?;
        (self.b, self.env, self.nonnegative) = outer;
        let results = self.results_of(op);
        self.take_slots(carried, results)
    }

    /// The value of the index of a loop, from the value that is counted.
    fn value_at(&self, bounds: &Bounds<'c, 'm>, counted: Value<'c, 'm>) -> Value<'c, 'm> {
        match bounds.scale {
            None => counted,
            Some((start, step)) => {
                let index = self.b.index_type();
                let offset = self.b.value("arith.muli", &[counted, step], index);
                self.b.value("arith.addi", &[start, offset], index)
            }
        }
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
        start: impl Fn(&mut Self, Value<'c, 'm>) -> Result<()>,
    ) -> Result<()> {
        self.set_signal(FELL);
        let mut slots = carried.to_vec();
        slots.push(self.slots().signal());
        let mut operands = vec![bounds.first];
        let mut types = vec![self.b.index_type()];
        for &slot in &slots {
            operands.extend(self.current(slot)?);
            types.extend(self.slot_types(slot)?);
        }
        let op = self.b.structured("scf.while", &operands, &types, &[], 2);
        let outer = (self.b, self.env.clone(), self.nonnegative.clone());

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
        start(self, position)?;
        self.loop_body(body, header)?;
        let next = self
            .b
            .value("arith.addi", &[counted, bounds.step], self.b.index_type());
        self.yield_slots("scf.yield", &mut vec![next], &slots)?;

        (self.b, self.env, self.nonnegative) = outer;
        let mut results = self.results_of(op);
        results.remove(0);
        self.take_slots(&slots, results)
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
            let signal = self.b.value(
                "arith.select",
                &[continued, fell, signal],
                self.b.int_type(32),
            );
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
        let (mut slots, header, inner) = self.loop_slots(body, Some(condition), &after);
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
        for &slot in &slots {
            operands.extend(self.current(slot)?);
            types.extend(self.slot_types(slot)?);
        }
        let op = self.b.structured("scf.while", &operands, &types, &[], 2);
        let outer = (self.b, self.env.clone(), self.nonnegative.clone());
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

        (self.b, self.env, self.nonnegative) = outer.clone();
        let arguments = self.b.enter(op, 1, &types);
        self.take_slots(&slots, arguments)?;
        if leaves {
            self.loop_body(body, &header)?;
        } else {
            let list: Vec<_> = body.iter().collect();
            self.stmts(&list, &header)?;
        }
        self.yield_slots("scf.yield", &mut vec![], &slots)?;

        (self.b, self.env, self.nonnegative) = outer;
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
            let signal = self
                .b
                .value("arith.select", &[broke, fell, signal], i32_type);
            self.env[slot] = Binding::Values(vec![signal]);
        }
        if orelse.is_empty() || forever {
            return Ok(());
        }
        let orelse_ends = ends(orelse.iter().copied());
        let mut carried = self.carried_by(&[orelse], &[], behind);
        carried.push(slot);
        self.if_op(
            exhausted,
            &carried,
            |lower| {
                lower.stmts(orelse, behind)?;
                lower.settle_signal(orelse_ends);
                Ok(())
            },
            |_| Ok(()),
        )
    }

    // ---- ranges

    /// Evaluates the bounds of a range.
    pub fn bounds(&mut self, range: &'x Range) -> Result<Bounds<'c, 'm>> {
        let nonnegative_start = self.is_nonnegative(&range.start);
        let start = self.one(&range.start)?;
        let stop = self.one(&range.stop)?;
        let (start, stop) = (self.to_index(start), self.to_index(stop));
        let step = match &range.step {
            None => Some(1),
            Some(step) => constant_int(step).and_then(|step| i64::try_from(step).ok()),
        };
        if let Some(step) = step.filter(|&step| step > 0) {
            return Ok(Bounds {
                first: start,
                last: stop,
                step: self.b.index(step),
                scale: None,
                nonnegative: nonnegative_start,
            });
        }
        let index = self.b.index_type();
        let step_value = match (&range.step, step) {
            (_, Some(step)) if step != 0 => self.b.index(step),
            (Some(expr), _) => {
                let value = self.one(expr)?;
                let zero = self.b.int(0, self.b.int_type(64));
                let some = self.compare_ints("ne", value, zero);
                self.at(expr.span);
                self.check(
                    some,
                    mlc_sema::hir::ErrorKind::ValueError,
                    "range() arg 3 must not be zero",
                );
                self.to_index(value)
            }
            (None, _) => self.b.index(1),
        };
        // Trips: ceil((stop - start) / step), none if the signs differ.
        let distance = self.b.value("arith.subi", &[stop, start], index);
        let trips = self
            .b
            .value("arith.ceildivsi", &[distance, step_value], index);
        let zero = self.b.index(0);
        let trips = self.b.value("arith.maxsi", &[trips, zero], index);
        Ok(Bounds {
            first: zero,
            last: trips,
            step: self.b.index(1),
            scale: Some((start, step_value)),
            // Counting down to something that is not below -1.
            nonnegative: step.is_some_and(|step| step < 0)
                && (constant_int(&range.stop).is_some_and(|stop| stop >= -1)
                    || self.is_nonnegative(&range.stop)),
        })
    }
}

/// A range to loop over: counts from `first` below `last` by the positive `step`.
pub struct Bounds<'c, 'm> {
    pub first: Value<'c, 'm>,
    pub last: Value<'c, 'm>,
    pub step: Value<'c, 'm>,
    /// Start and step by which the value of the index comes from what is counted, where that is not the value.
    pub scale: Option<(Value<'c, 'm>, Value<'c, 'm>)>,
    /// Whether no value is negative.
    pub nonnegative: bool,
}
