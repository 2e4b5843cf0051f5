//! What the operations of a function, and of the bodies of its `try` statements, do to values that are shared.

use super::{
    events::{Event, Events},
    flow::{Flow, Place, places},
    summary::Summaries,
};
use crate::analysis::{
    borrows::{consumes, is_borrow_like, unwind_start, uses_of},
    outlined::Unit,
    place::{Owner, is_argument, owner},
    shares::Seed,
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Key, Op, Val, all_ops, ancestor_in_block, arguments, defining_block, nested_blocks, op_key,
    op_name, operand, ops_named, order_in_block, results, string_attribute,
};
use std::collections::{HashMap, HashSet};

/// What an operation does.
#[derive(Default)]
pub struct Action<'c, 'a> {
    events: Vec<(Owner<'c>, Event<'c, 'a>)>,
    /// Where it moves all that boxes own.
    pub moves: Vec<(Owner<'c>, Vec<Place<'c, 'a>>)>,
    /// What it takes out of places, and where it puts that.
    pub takes: Vec<(Vec<Place<'c, 'a>>, Vec<Place<'c, 'a>>)>,
    /// The place where nothing is afterwards of what was there.
    pub empties: Option<Place<'c, 'a>>,
    /// The boxes that nothing uses from it on.
    pub ends: Vec<Owner<'c>>,
    /// All that it has to do with.
    owners: HashSet<Owner<'c>>,
    /// What the caller may look at behind it: it leaves the function.
    leaves: Option<Leaving<'c>>,
    /// It only copies what goes on as shared.
    is_blind: bool,
}

/// What may be looked at behind a function.
struct Leaving<'c> {
    owners: Vec<Owner<'c>>,
    globals: bool,
}

impl<'c: 'a, 'a> Action<'c, 'a> {
    fn does(&self, place: &Place<'c, 'a>, writes: bool) -> bool {
        let is_it = |(owner, event): &(Owner<'c>, Event<'c, 'a>)| {
            event.writes == writes && *owner == place.owner && event.meets(&place.path)
        };
        self.events.iter().any(is_it)
    }

    /// Whether it changes what is at a place.
    pub fn writes(&self, place: &Place<'c, 'a>) -> bool {
        self.does(place, true)
    }

    /// What it changes and looks at, by owner.
    pub fn events(&self) -> &[(Owner<'c>, Event<'c, 'a>)] {
        &self.events
    }

    /// Whether it only copies what goes on as shared: it looks at nothing.
    pub fn is_blind(&self) -> bool {
        self.is_blind
    }

    /// Whether it does anything to what is at a place, as far as owners tell.
    pub fn concerns(&self, place: &Place<'c, 'a>) -> bool {
        self.is_end() || self.owners.contains(&place.owner)
    }

    fn find_owners(&mut self) {
        let places = (self.takes.iter().flat_map(|(from, _)| from)).chain(&self.empties);
        self.owners = (self.events.iter().map(|(owner, _)| *owner))
            .chain(self.moves.iter().map(|(owner, _)| *owner))
            .chain(self.ends.iter().copied())
            .chain(places.map(|place| place.owner))
            .collect();
    }

    /// Whether it leaves the function.
    pub fn is_end(&self) -> bool {
        self.leaves.is_some()
    }

    /// Whether it lets somebody look at what is at a place.
    pub fn reads(&self, place: &Place<'c, 'a>) -> bool {
        let leaves = self
            .leaves
            .as_ref()
            .is_some_and(|leaves| match place.owner {
                Owner::Global(_) => leaves.globals,
                owner => leaves.owners.contains(&owner),
            });
        leaves || !self.is_blind && self.does(place, false)
    }
}

/// What the operations of a function do, and of the functions that are parts of it.
#[derive(Default)]
pub struct Actions<'c, 'a> {
    by_op: HashMap<Key, Action<'c, 'a>>,
    ops: Vec<Op<'c, 'a>>,
    /// What may leave the function with an error that somebody catches.
    raises: Vec<Op<'c, 'a>>,
    /// What may be looked at behind the function.
    left: HashSet<Owner<'c>>,
    globals_are_left: bool,
}

impl<'c: 'a, 'a> Actions<'c, 'a> {
    pub fn of_unit(unit: &Unit<'c, 'a>, seeds: &[Seed<'c, 'a>], summaries: &Summaries<'c>) -> Self {
        let mut actions = Self::default();
        let inlined: HashSet<Key> = (unit.calls.iter())
            .map(|(call, _, _)| op_key(*call))
            .collect();
        let is_looked_at = |op: Op<'c, 'a>| !inlined.contains(&op_key(op));
        for (number, &function) in unit.functions.iter().enumerate() {
            let flow = Flow::of(function, summaries);
            for (owner, event) in Events::of(function, summaries).all() {
                if is_looked_at(event.op) {
                    let event = event.clone();
                    actions.add(event.op).events.push((owner, event));
                }
            }
            for take in &flow.takes {
                if is_looked_at(take.op) {
                    let ends = (take.from.clone(), take.to.clone());
                    actions.add(take.op).takes.push(ends);
                }
            }
            for op in all_ops(function) {
                actions.add_moves(op, &flow, is_looked_at(op));
                for value in results(op)
                    .into_iter()
                    .filter(|value| own::is_box(value.r#type()))
                {
                    actions.add_last_use(value);
                }
                // What leaves a part goes on behind it.
                if number > 0 && unwind_start(op).is_some() {
                    actions.add(op);
                }
                if number == 0 && summaries.errors_are_caught() && is_raise(op) {
                    actions.raises.push(op);
                }
            }
        }
        for seed in seeds {
            actions.add(seed.op).is_blind |= op_name(seed.op) == "own.copy";
        }
        actions.add_ends(unit.functions[0]);
        actions.by_op.values_mut().for_each(Action::find_owners);
        actions.sum_up();
        actions
    }

    /// The operations that do something.
    pub fn ops(&self) -> impl Iterator<Item = Op<'c, 'a>> {
        self.ops.iter().copied()
    }

    pub fn of(&self, op: Op<'c, 'a>) -> Option<&Action<'c, 'a>> {
        self.by_op.get(&op_key(op))
    }

    /// What all operations do that do something.
    pub fn all(&self) -> impl Iterator<Item = &Action<'c, 'a>> {
        self.by_op.values()
    }

    /// Whether callers may look at what an owner owns.
    pub fn may_leave(&self, owner: Owner<'c>) -> bool {
        match owner {
            Owner::Global(_) => self.globals_are_left,
            Owner::Value(_) => self.left.contains(&owner),
        }
    }

    fn sum_up(&mut self) {
        for action in self.by_op.values() {
            if let Some(leaves) = &action.leaves {
                self.left.extend(&leaves.owners);
                self.globals_are_left |= leaves.globals;
            }
        }
    }

    /// The places that an argument of a function stands for where a value is lent for it.
    pub fn lent(&self, value: Val<'c, 'a>, argument: Val<'c, 'a>) -> Vec<Place<'c, 'a>> {
        match is_borrow_like(value.r#type()) && is_argument(argument) {
            true => places(value),
            false => Vec::new(),
        }
    }

    fn add(&mut self, op: Op<'c, 'a>) -> &mut Action<'c, 'a> {
        let ops = &mut self.ops;
        self.by_op.entry(op_key(op)).or_insert_with(|| {
            ops.push(op);
            Action::default()
        })
    }

    /// What becomes of the boxes that an operation consumes. What regions and calls that are walked into hand on, they say.
    fn add_moves(&mut self, op: Op<'c, 'a>, flow: &Flow<'_, 'c, 'a>, is_looked_at: bool) {
        let hands_on = op_name(op).starts_with("scf.") || !is_looked_at;
        for (at, value) in op.operands().enumerate() {
            if !own::is_box(value.r#type()) || !consumes(op, at) {
                continue;
            }
            let to = match hands_on {
                true => None,
                false => Some(flow.moved(op, at, &[])),
            };
            let action = self.add(op);
            action.moves.extend(to.map(|to| (owner(value), to)));
        }
        let emptied = match op_name(op) {
            "own.put" => operand(op, 1),
            "own.take" => operand(op, 0),
            _ => return,
        };
        if let [place] = &places(emptied)[..]
            && place.is_exact()
        {
            self.add(op).empties = Some(place.clone());
        }
    }

    /// Says before which operation of its block a box is used no more.
    fn add_last_use(&mut self, value: Val<'c, 'a>) {
        let Some(block) = defining_block(value) else {
            return;
        };
        let uses = uses_of(value).into_iter();
        let here = uses.filter_map(|r#use| ancestor_in_block(block, r#use.op));
        let last = here.max_by(|first, second| order_in_block(*first, *second));
        // Its regions, or the function that it calls, come behind what it does itself.
        if let Some(next) = last.and_then(|last| last.next_in_block()) {
            self.add(next).ends.push(owner(value));
        }
    }

    /// What callers may look at when a function returns.
    fn add_ends(&mut self, function: Op<'c, 'a>) {
        // The top-level statements of a program are its end.
        let globals = string_attribute(function, "sym_name") != Some("__init__");
        let entry = nested_blocks(function).first().copied();
        let lent: Vec<_> = (entry.map(arguments).unwrap_or_default().into_iter())
            .filter(|argument| !own::is_box(argument.r#type()))
            .map(owner)
            .collect();
        for end in ops_named(function, "func.return") {
            let returned = end.operands().map(owner);
            let owners = lent.iter().copied().chain(returned).collect();
            self.add(end).leaves = Some(Leaving { owners, globals });
        }
        for end in std::mem::take(&mut self.raises) {
            let owners = lent.clone();
            self.add(end).leaves = Some(Leaving { owners, globals });
        }
    }
}

/// Whether an operation may leave the function with an error that a program may expect: that memory is left is relied on.
fn is_raise(op: Op) -> bool {
    unwind_start(op).is_some() && !matches!(op_name(op), "own.append" | "own.resize")
}
