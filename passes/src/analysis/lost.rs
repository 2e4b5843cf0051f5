//! Whether something is used after it was lost, by abstract interpretation of structured control flow.
//!
//! What is watched are *things* that some operations use, some lose (a move, a write that ends a borrow) and some bring back
//! (a field that is filled again, a borrow that is made anew). What is known at a place is which of them may be lost, and for
//! each *what holds if it is lost*: the values that hidden variables, conditions and statuses have then. So a path on which
//! those contradict each other is none: `if not left: use(x)` after `use(x^); left = true` is fine, and so is a loop that moves
//! and then raises, while a plain move in a loop is not. Facts only get weaker, so loops settle in a few rounds.
//!
//! A thing may go on under another name: what a region yields, what a loop carries, what is put into a variable's cell and
//! taken out of it. Handing on is no use; under its new name it is lost where it was lost before. Outlined functions (the
//! bodies of `try` statements) are walked where they are called.
//!
//! The rule is that of non-lexical lifetimes (Rust RFC 2094): nothing has a scope, what counts is whether a use can still come.

mod follow;
mod loops;
mod route;
mod state;

use super::{borrows::unwind_start, values::Values};
use melior::ir::{BlockLike, RegionLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, arguments, block_key, blocks, nested_blocks, op_key, op_name, operand,
    results, value_key,
};
use state::State;
use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

pub use follow::{Follow, Next};
pub use route::Route;

/// Something that is watched, by number.
pub type Thing = usize;

/// What an operation does to what is watched, in this order.
#[derive(Clone, Copy, Default, Debug)]
pub struct Effect {
    pub uses: bool,
    pub loses: bool,
    pub restores: bool,
    /// It uses and loses at once, in operands that are taken together: that alone is wrong.
    pub clashes: bool,
}

/// A use of something that may be lost by then.
#[derive(Clone, Copy, Debug)]
pub struct Loss<'c, 'a> {
    pub lost: Op<'c, 'a>,
    pub used: Op<'c, 'a>,
    /// What it was called where it was lost, and where it is used.
    pub lost_as: Thing,
    pub used_as: Thing,
}

/// A function that is walked where it is called.
#[derive(Clone)]
pub struct Inlined<'c, 'a> {
    pub function: Op<'c, 'a>,
    /// The things of the caller, each with what it is called in the function: they come back as it left them.
    pub lent: Vec<(Thing, Thing)>,
    /// The things that are only known in the function.
    pub own: Vec<Thing>,
}

/// What the operations of a function do to what is watched.
#[derive(Default)]
pub struct Watch<'c, 'a> {
    effects: HashMap<Key, Vec<(Thing, Effect)>>,
    /// What an operation gives another name, from which to which.
    renames: HashMap<Key, Vec<(Thing, Thing)>>,
    /// The values that stand for things where they are handed on.
    names: HashMap<Key, Thing>,
    /// What says it of things that are found on the way.
    follow: Option<Rc<dyn Follow<'c, 'a> + 'a>>,
    /// Where that begins, and what is around, by block: anywhere else there is nothing to do while nothing is found.
    starts: HashMap<Key, Vec<Op<'c, 'a>>>,
    /// Behind which operations nothing asks for a thing any more.
    ends: HashMap<Key, Vec<Thing>>,
    /// The operations that have effects, and those around them.
    route: Rc<Route<'c, 'a>>,
    /// Whether all operations are looked at: also those that only end a path.
    thorough: bool,
    found: BTreeMap<Thing, Loss<'c, 'a>>,
    /// Where errors leave to: what may be lost there.
    exits: Option<State<'c, 'a>>,
    /// How many parallel loops are around: an error leaves the iteration there.
    parallel: usize,
    /// Whether a thing is still there under its old name where it is handed on.
    copies: bool,
}

impl<'c: 'a, 'a> Watch<'c, 'a> {
    pub fn new() -> Self {
        Self {
            effects: HashMap::new(),
            renames: HashMap::new(),
            names: HashMap::new(),
            follow: None,
            starts: HashMap::new(),
            ends: HashMap::new(),
            route: Rc::default(),
            thorough: false,
            found: BTreeMap::new(),
            exits: None,
            parallel: 0,
            copies: false,
        }
    }

    /// The same for things that are still there under their old names where they are handed on, as borrows are.
    pub fn of_copies(self) -> Self {
        Self {
            copies: true,
            ..self
        }
    }

    /// The same for things that are found on the way, which is known.
    pub fn following(self, follow: Rc<dyn Follow<'c, 'a> + 'a>, route: Rc<Route<'c, 'a>>) -> Self {
        Self {
            follow: Some(follow),
            route,
            ..self
        }
    }

    /// What an operation does to a thing, to be changed.
    pub fn effect(&mut self, thing: Thing, op: Op<'c, 'a>) -> &mut Effect {
        self.look_at(op);
        let effects = self.effects.entry(op_key(op)).or_default();
        let at = match effects.iter().position(|(other, _)| *other == thing) {
            Some(at) => at,
            None => {
                effects.push((thing, Effect::default()));
                effects.len() - 1
            }
        };
        &mut effects[at].1
    }

    /// Says that an operation gives a thing another name.
    pub fn rename(&mut self, op: Op<'c, 'a>, from: Thing, to: Thing) {
        self.look_at(op);
        let renames = self.renames.entry(op_key(op)).or_default();
        if !renames.contains(&(from, to)) {
            renames.push((from, to));
        }
    }

    /// Says which value stands for a thing.
    pub fn name(&mut self, value: Val<'c, 'a>, thing: Thing) {
        self.names.insert(value_key(value), thing);
    }

    /// Says that a call is to be walked into.
    pub fn inline(&mut self, call: Op<'c, 'a>, inlined: Inlined<'c, 'a>) {
        Rc::make_mut(&mut self.route).inline(call, inlined);
    }

    /// Says that nothing asks for a thing behind an operation, until it is made anew.
    pub fn end(&mut self, thing: Thing, op: Op<'c, 'a>) {
        self.look_at(op);
        self.ends.entry(op_key(op)).or_default().push(thing);
    }

    /// Says that an operation matters, though it may do nothing to what is watched.
    pub fn look_at(&mut self, op: Op<'c, 'a>) {
        Rc::make_mut(&mut self.route).look_at(op);
    }

    /// The first use behind a loss in a block, at whose start all is there.
    pub fn first_loss(self, block: Blk<'c, 'a>) -> Option<Loss<'c, 'a>> {
        self.of_one(block, State::default())
    }

    /// As [`Watch::first_loss`], where the thing is not there before something brings it: so long it cannot be lost.
    pub fn first_loss_of_brought(self, block: Blk<'c, 'a>) -> Option<Loss<'c, 'a>> {
        self.of_one(block, State::absent())
    }

    /// One of many watches of a function: what ends paths is only looked at where a loss is found without.
    fn of_one(mut self, block: Blk<'c, 'a>, state: State<'c, 'a>) -> Option<Loss<'c, 'a>> {
        if !self.route.is_sorted() {
            Rc::make_mut(&mut self.route).sort();
        }
        for thorough in [false, true] {
            self.thorough = thorough;
            self.found.clear();
            self.block(block, state.clone());
            if self.found.is_empty() {
                return None;
            }
        }
        self.found.into_values().next()
    }

    /// The first use behind a loss of each thing in a block, at whose start all is there.
    pub fn losses(mut self, block: Blk<'c, 'a>) -> Vec<Loss<'c, 'a>> {
        self.thorough = true;
        self.block(block, State::default());
        self.found.into_values().collect()
    }

    /// The state behind the terminator, which hands nothing on yet.
    fn block(&mut self, block: Blk<'c, 'a>, mut state: State<'c, 'a>) -> State<'c, 'a> {
        let mut steps = self.route.steps(block, self.thorough);
        loop {
            if self.follow.is_some() && state.is_empty() {
                let starts = self.starts.get(&block_key(block));
                steps.skip_to(starts.map_or(&[], Vec::as_slice));
            }
            let Some(op) = steps.next() else { break };
            if self.route.contains(op) || !state.is_empty() && self.may_matter(op) {
                state = self.op(op, state);
                for &thing in self.ends.get(&op_key(op)).into_iter().flatten() {
                    state.restore(thing);
                }
            }
        }
        state
    }

    /// Whether an operation without effects may rule out a loss, or leave to where it matters.
    fn may_matter(&self, op: Op<'c, 'a>) -> bool {
        matches!(op_name(op), "own.check" | "own.propagate" | "scf.if")
            || self.exits.is_some() && (unwind_start(op).is_some() || op.region_count() > 0)
    }

    fn op(&mut self, op: Op<'c, 'a>, mut state: State<'c, 'a>) -> State<'c, 'a> {
        for &(thing, effect) in self.effects.get(&op_key(op)).into_iter().flatten() {
            let lost = match state.loss(thing) {
                Some(lost) if effect.uses => Some(lost),
                None if effect.clashes => Some((op, thing)),
                _ => None,
            };
            if let Some((lost, lost_as)) = lost {
                self.found.entry(lost_as).or_insert(Loss {
                    lost,
                    used: op,
                    lost_as,
                    used_as: thing,
                });
            }
            if effect.loses {
                state.lose(thing, op);
            }
            if effect.restores {
                state.restore(thing);
            }
        }
        for &(from, to) in self.renames.get(&op_key(op)).into_iter().flatten() {
            state.rename(&[(from, to)], op);
        }
        self.follow_op(op, &mut state);
        match op_name(op) {
            _ if unwind_start(op).is_some() => self.may_leave(op, state),
            "scf.if" => self.branch(op, state),
            "scf.while" => self.while_loop(op, state),
            "scf.for" | "par.for" => self.for_loop(op, state),
            "scf.index_switch" => (op.regions().flat_map(blocks))
                .map(|block| {
                    let left = self.block(block, state.clone());
                    self.hand_over(left, block, 0, &results(op))
                })
                .reduce(State::join)
                .unwrap_or(state),
            "func.call" if self.route.inlined(op).is_some() => self.call(op, state),
            _ => {
                (op.regions().flat_map(blocks)).fold(state, |state, block| self.block(block, state))
            }
        }
    }

    /// An operation that leaves the function where something is not as it should be.
    fn may_leave(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        // Where memory runs out, what was to be appended is gone, whoever looks at it: that is no path that a program relies on.
        let is_exhausted = matches!(op_name(op), "own.append" | "own.resize");
        if let Some(exits) = self.exits.take_if(|_| !is_exhausted) {
            self.exits = Some(exits.join(state.clone()));
        }
        match op_name(op) {
            // Other iterations go on.
            _ if self.parallel > 0 => state,
            "own.check" => state.assuming(operand(op, 0), true),
            "own.propagate" if op.has_attribute("always") => State::default(),
            "own.propagate" => state.where_is(operand(op, 0), Values::only(0)),
            _ => state,
        }
    }

    fn branch(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        let condition = operand(op, 0);
        let mut joined: Option<State> = None;
        for (position, region) in op.regions().enumerate() {
            // Where the loss rules the branch out, it is not lost in it.
            let holds = position == 0;
            let entry = state.clone().assuming(condition, holds);
            let left = match region.first_block() {
                Some(block) => {
                    let left = self.block(block, entry).assuming(condition, holds);
                    self.hand_over(left, block, 0, &results(op))
                }
                None => entry,
            };
            joined = Some(match joined {
                None => left,
                Some(other) => other.join(left),
            });
        }
        joined.unwrap_or(state)
    }

    /// A call that is walked into: an error in the function ends it, and its status says so.
    fn call(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        let Some(inlined) = self.route.inlined(op).cloned() else {
            return state;
        };
        let Some(body) = nested_blocks(inlined.function).first().copied() else {
            return state;
        };
        let passed: Vec<_> = op.operands().collect();
        let mut entry = self.with_values(state, &passed, &arguments(body), op);
        entry.rename(&inlined.lent, op);
        let outer_exits = self.exits.replace(State::default());
        let outer_parallel = std::mem::take(&mut self.parallel);
        let fine = self.block(body, entry);
        self.parallel = outer_parallel;
        let failed = std::mem::replace(&mut self.exits, outer_exits).unwrap_or_default();
        let returned = results(op);
        let fine = self.hand_over(fine, body, 0, &returned);
        let [fine, failed] = [fine, failed].map(|mut state| {
            if let Some(follow) = &self.follow {
                state.follow(op, |thing| {
                    follow.returned(thing, &passed, &arguments(body))
                });
            }
            self.outside(state, inlined.function, &[])
        });
        let (fine, failed) = match returned.split_first() {
            Some((status, others)) => {
                let failed = failed.where_is(*status, Values::any_but(0));
                // A call that failed made no other results: they are what suits.
                let failed = failed.with_facts_of(&fine, others);
                (fine.where_is(*status, Values::only(0)), failed)
            }
            None => (fine, failed),
        };
        let mut state = fine.join(failed);
        let back: Vec<_> = (inlined.lent.iter())
            .map(|&(outer, inner)| (inner, outer))
            .collect();
        state.rename(&back, op);
        for &thing in &inlined.own {
            state.restore(thing);
        }
        state
    }

    /// Names the operands of a block's terminator, from a position on, as `to`.
    fn hand_over(
        &self,
        state: State<'c, 'a>,
        block: Blk<'c, 'a>,
        from: usize,
        to: &[Val<'c, 'a>],
    ) -> State<'c, 'a> {
        match block.terminator() {
            Some(terminator) => {
                let operands: Vec<_> = terminator.operands().skip(from).collect();
                self.with_values(state, &operands, to, terminator)
            }
            None => state,
        }
    }

    /// Says that values have other names behind an operation.
    fn with_values(
        &self,
        state: State<'c, 'a>,
        from: &[Val<'c, 'a>],
        to: &[Val<'c, 'a>],
        by: Op<'c, 'a>,
    ) -> State<'c, 'a> {
        let thing = |value: &Val<'c, 'a>| self.names.get(&value_key(*value)).copied();
        let renames: Vec<_> = (from.iter().zip(to))
            .filter_map(|(from, to)| Some((thing(from)?, thing(to)?)))
            .collect();
        // What gets a name from something that is not watched is there.
        let fresh: Vec<_> = (from.iter().zip(to))
            .filter(|(from, _)| thing(from).is_none())
            .filter_map(|(_, to)| thing(to))
            .collect();
        let mut state = state.with_values(from, to);
        if let Some(follow) = &self.follow {
            state.follow(by, |thing| follow.handed(thing, from, to));
        }
        fresh.into_iter().for_each(|thing| state.restore(thing));
        match self.copies {
            true => state.alias(&renames),
            false => state.rename(&renames, by),
        }
        state
    }
}
