//! Which places may ever be changed, or looked at behind the function, under any name that they get: without regard to paths.

use super::{
    Seed,
    actions::Actions,
    flow::{Place, carried},
};
use crate::analysis::{
    borrows::{consumes, derived_from},
    outlined::Unit,
    place::{Owner, owner},
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Val, arguments, nested_blocks, op_name, ops_named, results, uses};
use std::collections::HashMap;

/// What may become of what is at a place.
#[derive(Clone, Copy, Default)]
struct Fate {
    changes: bool,
    leaves: bool,
}

/// What may become of all places that share something.
pub struct Reach<'c, 'a> {
    fates: HashMap<Place<'c, 'a>, Fate>,
}

impl<'c: 'a, 'a> Reach<'c, 'a> {
    pub fn of(unit: &Unit<'c, 'a>, seeds: &[Seed<'c, 'a>], actions: &Actions<'c, 'a>) -> Self {
        let links = Links::of(unit, seeds, actions);
        let mut numbers: HashMap<Place, usize> = HashMap::new();
        let mut places: Vec<Place> = Vec::new();
        let mut before: Vec<Vec<usize>> = Vec::new();
        let mut number = |place: Place<'c, 'a>, places: &mut Vec<Place<'c, 'a>>| {
            *numbers.entry(place).or_insert_with_key(|place| {
                places.push(place.clone());
                places.len() - 1
            })
        };
        for seed in seeds {
            for place in seed.from.iter().chain(&seed.to) {
                number(place.clone(), &mut places);
            }
        }
        let mut at = 0;
        while let Some(place) = places.get(at).cloned() {
            for next in links.behind(&place) {
                let next = number(next, &mut places);
                before.resize_with(places.len(), Vec::new);
                before[next].push(at);
            }
            at += 1;
        }
        before.resize_with(places.len(), Vec::new);
        let changes = places.iter().map(|place| actions.may_change(place));
        let changes = all_before(changes.collect(), &before);
        let leaves = places.iter().map(|place| actions.may_leave(place.owner));
        let leaves = all_before(leaves.collect(), &before);
        let fates =
            (changes.into_iter().zip(leaves)).map(|(changes, leaves)| Fate { changes, leaves });
        Self {
            fates: places.into_iter().zip(fates).collect(),
        }
    }

    /// Whether anybody may ever tell that two places share a value: one of them changes, or callers get both.
    pub fn may_tell(&self, first: &Place<'c, 'a>, second: &Place<'c, 'a>) -> bool {
        let [first, second] = [first, second].map(|place| {
            let unknown = Fate {
                changes: true,
                leaves: true,
            };
            self.fates.get(place).copied().unwrap_or(unknown)
        });
        first.changes || second.changes || first.leaves && second.leaves
    }
}

/// What leads to what is marked, with it.
fn all_before(mut marked: Vec<bool>, before: &[Vec<usize>]) -> Vec<bool> {
    let mut pending: Vec<usize> = (0..marked.len()).filter(|at| marked[*at]).collect();
    while let Some(at) = pending.pop() {
        for &before in &before[at] {
            if !std::mem::replace(&mut marked[before], true) {
                pending.push(before);
            }
        }
    }
    marked
}

type Ends<'s, 'c, 'a> = (&'s [Place<'c, 'a>], &'s [Place<'c, 'a>]);

/// Where what an owner owns may go, by owner.
struct Links<'s, 'c, 'a> {
    /// Where operations move all of it.
    moves: HashMap<Owner<'c>, Vec<&'s Place<'c, 'a>>>,
    /// Where operations take or copy parts of it.
    takes: HashMap<Owner<'c>, Vec<Ends<'s, 'c, 'a>>>,
    /// The names that it has in the parts of the function, and behind them.
    names: HashMap<Owner<'c>, Vec<Val<'c, 'a>>>,
    /// What is lent to the parts of the function, and the names that it has there.
    lent: HashMap<Owner<'c>, Vec<(Place<'c, 'a>, Place<'c, 'a>)>>,
}

impl<'s, 'c: 'a, 'a> Links<'s, 'c, 'a> {
    fn of(unit: &Unit<'c, 'a>, seeds: &'s [Seed<'c, 'a>], actions: &'s Actions<'c, 'a>) -> Self {
        let mut links = Self {
            moves: HashMap::new(),
            takes: HashMap::new(),
            names: HashMap::new(),
            lent: HashMap::new(),
        };
        for action in actions.all() {
            for (owner, to) in &action.moves {
                links.moves.entry(*owner).or_default().extend(to);
            }
            for (from, to) in &action.takes {
                links.take(from, to);
            }
        }
        for seed in seeds {
            links.take(&seed.from, &seed.to);
        }
        for &(call, _, callee) in &unit.calls {
            let Some(body) = nested_blocks(unit.functions[callee]).first().copied() else {
                continue;
            };
            for (value, argument) in call.operands().zip(arguments(body)) {
                links.name(value, argument);
                for place in actions.lent(value, argument) {
                    links.lend(place.clone(), Place::new(argument, Vec::new()));
                    links.lend(Place::new(argument, Vec::new()), place);
                }
            }
            for end in ops_named(unit.functions[callee], "func.return") {
                for (value, result) in end.operands().zip(results(call)) {
                    links.name(value, result);
                }
            }
        }
        links
    }

    fn take(&mut self, from: &'s [Place<'c, 'a>], to: &'s [Place<'c, 'a>]) {
        for place in from {
            let takes = self.takes.entry(place.owner).or_default();
            takes.push((std::slice::from_ref(place), to));
        }
    }

    fn name(&mut self, value: Val<'c, 'a>, name: Val<'c, 'a>) {
        if own::is_box(value.r#type()) {
            self.names.entry(owner(value)).or_default().push(name);
        }
    }

    fn lend(&mut self, from: Place<'c, 'a>, to: Place<'c, 'a>) {
        self.lent.entry(from.owner).or_default().push((from, to));
    }

    /// The places that what is at a place may go to, or be copied to, next.
    fn behind(&self, place: &Place<'c, 'a>) -> Vec<Place<'c, 'a>> {
        let mut next = Vec::new();
        let moves = self.moves.get(&place.owner).into_iter().flatten();
        next.extend(moves.map(|to| (*to).clone().below(&place.path)));
        for (from, to) in self.takes.get(&place.owner).into_iter().flatten() {
            next.extend(carried(place, from, to));
        }
        for (from, to) in self.lent.get(&place.owner).into_iter().flatten() {
            next.extend(carried(
                place,
                std::slice::from_ref(from),
                std::slice::from_ref(to),
            ));
        }
        let names = self.names.get(&place.owner).into_iter().flatten().copied();
        let value = place.value.filter(|value| own::is_box(value.r#type()));
        let handed = (value.into_iter().flat_map(uses))
            .filter(|(op, at)| op_name(*op).starts_with("scf.") && consumes(*op, *at))
            .flat_map(|(op, at)| derived_from(op, at));
        let names = handed
            .filter(|name| own::is_box(name.r#type()))
            .chain(names);
        next.extend(names.map(|name| Place::new(name, place.path.clone())));
        next
    }
}
