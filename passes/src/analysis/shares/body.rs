//! A function and its parts, as all runs see them that follow what it shares.

use super::{
    Seed,
    actions::Actions,
    events::Events,
    flow::{Place, ports},
    reach::Reach,
    summary::{Shares, Summaries},
};
use crate::analysis::{
    lost::{Inlined, Route},
    order::may_follow,
    outlined::Unit,
};
use melior::ir::BlockLike;
use mlc_mlir::rewrite::{Blk, Key, Op, Val, defining_block, defining_op, nested_blocks, op_key};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// What is found once for all that a function shares.
pub struct Body<'c, 'a> {
    pub actions: Actions<'c, 'a>,
    pub seeds: Vec<Seed<'c, 'a>>,
    reach: Reach<'c, 'a>,
    /// What is known to be shared where the function returns.
    shares: RefCell<Shares<'c>>,
    function: Op<'c, 'a>,
    seeds_by_op: HashMap<Key, Vec<usize>>,
    events: Vec<Events<'c, 'a>>,
    pub route: Rc<Route<'c, 'a>>,
    /// The calls of the functions that are parts of it.
    calls: HashMap<Key, Vec<Op<'c, 'a>>>,
    pub entry: Option<Blk<'c, 'a>>,
}

impl<'c: 'a, 'a> Body<'c, 'a> {
    pub fn of(unit: &Unit<'c, 'a>, seeds: Vec<Seed<'c, 'a>>, summaries: &Summaries<'c>) -> Self {
        let actions = Actions::of_unit(unit, &seeds, summaries);
        let reach = Reach::of(unit, &seeds, &actions);
        let events = (unit.functions.iter())
            .map(|function| Events::of(*function, summaries))
            .collect();
        let mut seeds_by_op: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, seed) in seeds.iter().enumerate() {
            seeds_by_op.entry(op_key(seed.op)).or_default().push(at);
        }
        let mut route = Route::default();
        actions.ops().for_each(|op| route.look_at(op));
        let mut calls: HashMap<Key, Vec<Op>> = HashMap::new();
        for &(call, _, callee) in &unit.calls {
            let function = unit.functions[callee];
            calls.entry(op_key(function)).or_default().push(call);
            let inlined = Inlined {
                function,
                lent: Vec::new(),
                own: Vec::new(),
            };
            route.inline(call, inlined);
        }
        route.sort();
        Self {
            actions,
            seeds,
            reach,
            shares: RefCell::default(),
            function: unit.functions[0],
            seeds_by_op,
            events,
            route: Rc::new(route),
            calls,
            entry: nested_blocks(unit.functions[0]).first().copied(),
        }
    }

    /// Whether following two places that share something from an operation on may find anything out.
    pub fn may_tell(&self, places: [&Place<'c, 'a>; 2], since: Op<'c, 'a>) -> bool {
        self.reach.may_tell(places, since, &self.shares.borrow())
    }

    /// Whether following what a seed shares may find anything out.
    pub fn is_worth_following(&self, at: usize) -> bool {
        let seed = &self.seeds[at];
        let may_tell = |from| (seed.to.iter()).any(|to| self.may_tell([from, to], seed.op));
        seed.from.iter().any(may_tell)
    }

    /// Says that two places share something where the function returns.
    pub fn add_share(&self, places: &[Place<'c, 'a>; 2]) {
        let [from, to] = [0, 1].map(|at| ports(self.function, std::slice::from_ref(&places[at])));
        let mut shares = self.shares.borrow_mut();
        for from in from {
            shares.entry(from).or_default().extend(to.iter().cloned());
        }
    }

    /// What is shared where the function returns.
    pub fn shares(&self) -> Shares<'c> {
        let mut shares = self.shares.borrow().clone();
        shares.retain(|_, to| !to.is_empty());
        shares
    }

    /// The calls of a function that is a part.
    pub fn calls_of(&self, function: Op<'c, 'a>) -> &[Op<'c, 'a>] {
        self.calls.get(&op_key(function)).map_or(&[], Vec::as_slice)
    }

    /// What an operation shares, by number.
    pub fn seeds_at(&self, op: Op<'c, 'a>) -> &[usize] {
        let seeds = self.seeds_by_op.get(&op_key(op));
        seeds.map_or(&[], Vec::as_slice)
    }

    /// Whether two seeds share something else: those of other slices of one list, while its items keep their positions.
    pub fn are_apart(&self, at: usize, other: usize) -> bool {
        let [seed, other] = [at, other].map(|at| &self.seeds[at]);
        let ([from], [place]) = (&*seed.from, &*other.from) else {
            return false;
        };
        if !from.is_apart_from(place) {
            return false;
        }
        let Some(made) = from.value.and_then(beginning) else {
            return false;
        };
        let is_later = |op| {
            let follows = |first| may_follow(first, op, made);
            follows(seed.op) || follows(other.op)
        };
        let mut reorders = (self.events.iter()).flat_map(|events| events.reorders(from.owner));
        !reorders.any(is_later)
    }
}

/// The operation that makes a value, or that carries it in its blocks.
fn beginning<'c: 'a, 'a>(value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    let around = || defining_block(value).and_then(|block| block.parent_operation());
    defining_op(value).or_else(around)
}
