//! What may ever become of places that share something, under any name that they get: without regard to the paths of a run, so that only
//! those are followed of which something can be found.

use super::{
    Seed,
    actions::Actions,
    flow::{Place, carried, ports},
    summary::{End, Shares},
    when::{Span, Times},
};
use crate::analysis::{
    borrows::{consumes, derived_from},
    outlined::Unit,
    place::{Owner, owner},
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, Val, arguments, nested_blocks, op_name, ops_named, results, uses};
use std::collections::{BTreeSet, HashMap};

/// What may become of what is at a place.
#[derive(Clone)]
struct Fate<'c> {
    /// Where it is changed last, if anywhere.
    changes: Option<usize>,
    /// Where somebody looks at it last.
    looks: Option<usize>,
    /// Whether callers may look at it.
    leaves: bool,
    /// As what they get it; nothing is said of many.
    ports: Option<BTreeSet<End<'c>>>,
    /// The number of the places that have to do with it.
    family: usize,
}

/// No more is said of where callers get a value.
const MOST_PORTS: usize = 16;

/// What may become of all places that share something.
pub struct Reach<'c, 'a> {
    fates: HashMap<Place<'c, 'a>, Fate<'c>>,
    times: Times<'c>,
    /// The changes of all places that have to do with each other, by where they begin: each with where the last of those up to it ends.
    changes: Vec<Vec<Span>>,
}

impl<'c: 'a, 'a> Reach<'c, 'a> {
    pub fn of(unit: &Unit<'c, 'a>, seeds: &[Seed<'c, 'a>], actions: &Actions<'c, 'a>) -> Self {
        let times = Times::of(unit, actions);
        let (places, before) = Links::of(unit, seeds, actions).places(seeds);
        let last = |span: Span| span.end;
        let written = places
            .iter()
            .map(|place| times.writes(place).map(last).max());
        let written = last_before(written.collect(), &before);
        let looked = places
            .iter()
            .map(|place| times.looks(place).map(last).max());
        let looked = last_before(looked.collect(), &before);
        let leaves = (places.iter()).map(|place| actions.may_leave(place.owner).then_some(0));
        let leaves = last_before(leaves.collect(), &before);
        let ends = places
            .iter()
            .zip(&leaves)
            .map(|(place, leaves)| match leaves {
                Some(_) => ports(unit.functions[0], std::slice::from_ref(place)),
                None => Vec::new(),
            });
        let ends = all_ports(ends.collect(), &before);
        let families = families(&before);
        let mut changes = vec![Vec::new(); places.len()];
        for (at, place) in places.iter().enumerate() {
            changes[families[at]].extend(times.writes(place));
        }
        changes.iter_mut().for_each(|spans| add_up(spans));
        let mut fates = HashMap::new();
        for (at, (place, ports)) in places.into_iter().zip(ends).enumerate() {
            let fate = Fate {
                changes: written[at],
                looks: looked[at],
                leaves: leaves[at].is_some(),
                ports,
                family: families[at],
            };
            fates.insert(place, fate);
        }
        Self {
            fates,
            times,
            changes,
        }
    }

    /// Whether anybody may ever tell that two places share a value from an operation on: one of them is changed behind it, and the other
    /// is looked at then. Callers may where they get both, as something that is not known yet.
    pub fn may_tell(
        &self,
        [first, second]: [&Place<'c, 'a>; 2],
        since: Op<'c, 'a>,
        known: &Shares<'c>,
    ) -> bool {
        let (Some(one), Some(other)) = (self.fates.get(first), self.fates.get(second)) else {
            return true;
        };
        let since = self.times.begin(since);
        self.is_stale(one, other, since)
            || self.is_stale(other, one, since)
            || one.leaves && other.leaves && are_new(one, other, known)
    }

    /// Whether one place may be changed before somebody looks at the other.
    fn is_stale(&self, changed: &Fate<'c>, seen: &Fate<'c>, since: usize) -> bool {
        let Some(looked) = seen.leaves.then_some(usize::MAX).or(seen.looks) else {
            return false;
        };
        let changes = &self.changes[changed.family];
        let coming = changes.partition_point(|span| span.begin <= looked);
        let last = coming.checked_sub(1).map(|at| changes[at].end);
        changed.changes.is_some_and(|last| last > since) && last.is_some_and(|last| last > since)
    }
}

/// Whether callers may come to know of two places what they do not know yet.
fn are_new<'c>(one: &Fate<'c>, other: &Fate<'c>, known: &Shares<'c>) -> bool {
    let (Some(one), Some(other)) = (&one.ports, &other.ports) else {
        return true;
    };
    let is_known = |from, to| known.get(from).is_some_and(|all| all.contains(to));
    (one.iter()).any(|from| other.iter().any(|to| !is_known(from, to)))
}

/// Where what leads to what is marked, with it, has its last mark.
fn last_before(mut marks: Vec<Option<usize>>, before: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut marked: Vec<usize> = (0..marks.len()).filter(|at| marks[*at].is_some()).collect();
    marked.sort_by_key(|at| marks[*at]);
    let mut is_done = vec![false; marks.len()];
    while let Some(last) = marked.pop() {
        let mut pending = vec![last];
        while let Some(at) = pending.pop() {
            if !std::mem::replace(&mut is_done[at], true) {
                marks[at] = marks[last];
                pending.extend(&before[at]);
            }
        }
    }
    marks
}

/// As what callers get all that leads to something.
fn all_ports<'c>(ends: Vec<Vec<End<'c>>>, before: &[Vec<usize>]) -> Vec<Option<BTreeSet<End<'c>>>> {
    let mut all: Vec<Option<BTreeSet<End>>> = vec![Some(BTreeSet::new()); ends.len()];
    let mut pending: Vec<(usize, Option<End>)> = Vec::new();
    for (at, ends) in ends.into_iter().enumerate() {
        pending.extend(ends.into_iter().map(|end| (at, Some(end))));
    }
    while let Some((at, end)) = pending.pop() {
        let Some(ports) = &mut all[at] else { continue };
        let is_many = end.is_none() || ports.len() == MOST_PORTS;
        let is_new = end.clone().is_none_or(|end| ports.insert(end));
        if is_new {
            let end = end.filter(|_| !is_many);
            pending.extend(before[at].iter().map(|before| (*before, end.clone())));
        }
        if is_new && is_many {
            all[at] = None;
        }
    }
    all
}

/// Which places have to do with each other: each has the number of one of them.
fn families(before: &[Vec<usize>]) -> Vec<usize> {
    let mut beside: Vec<Vec<usize>> = before.to_vec();
    for (at, before) in before.iter().enumerate() {
        before.iter().for_each(|before| beside[*before].push(at));
    }
    let mut families = vec![usize::MAX; before.len()];
    for first in 0..before.len() {
        let mut pending = vec![first];
        while let Some(at) = pending.pop() {
            if families[at] == usize::MAX {
                families[at] = first;
                pending.extend(&beside[at]);
            }
        }
    }
    families
}

/// Puts spans in order, and lets each end where the last of those up to it ends.
fn add_up(spans: &mut [Span]) {
    spans.sort();
    let mut last = 0;
    for span in spans {
        last = last.max(span.end);
        span.end = last;
    }
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

    /// All places that what is shared may go to, and by which each is reached directly.
    fn places(&self, seeds: &[Seed<'c, 'a>]) -> (Vec<Place<'c, 'a>>, Vec<Vec<usize>>) {
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
            for next in self.behind(&place) {
                let next = number(next, &mut places);
                before.resize_with(places.len(), Vec::new);
                before[next].push(at);
            }
            at += 1;
        }
        before.resize_with(places.len(), Vec::new);
        (places, before)
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
