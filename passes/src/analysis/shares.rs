//! Whether anybody can tell that values were copied which the language of the front end would hold at two places.
//!
//! A front end marks such copies `mlc.shares`. From there on two sides stand for one value: what was copied, and the copy, wherever they
//! are moved to. It can be told where one side is changed and the other is read later. Calls are seen by what is known of the
//! callee (`shares/summary.rs`): how deep it changes its arguments, where it stores them, and what is shared when it returns.
//!
//! Without regard to values of indices: all items of a list are one place.

mod events;
mod flow;
mod summary;

use super::{
    lost::Watch,
    order::may_follow,
    place::{Owner, is_argument},
};
use events::{Event, Events};
use flow::Flow;
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Op, Val, defining_block, defining_op, nested_blocks, op_name, operand, ops_named,
};
use summary::Summaries;

pub use flow::Place;

/// A copy that can be told from what the language means.
pub struct Told<'c, 'a> {
    /// What made the copy: itself, or a call.
    pub copied: Op<'c, 'a>,
    pub changed: Op<'c, 'a>,
    pub read: Op<'c, 'a>,
    /// The values by which the two sides are reached.
    pub changed_side: Option<Val<'c, 'a>>,
    pub read_side: Option<Val<'c, 'a>>,
}

/// What is marked as shared and can be told from it, at most one thing for each copy, and one for each write.
pub fn told_copies<'c: 'a, 'a>(functions: &[Op<'c, 'a>]) -> Vec<Told<'c, 'a>> {
    let is_marked = |op: &Op<'c, 'a>| op.has_attribute("mlc.shares");
    let marked = |function: &&Op<'c, 'a>| ops_named(**function, "own.copy").iter().any(is_marked);
    if !functions.iter().any(|function| marked(&function)) {
        return Vec::new();
    }
    let summaries = Summaries::of(functions);
    let mut told: Vec<Told> = Vec::new();
    for &function in functions {
        let seeds = seeds(function, &summaries);
        if seeds.is_empty() {
            continue;
        }
        let flow = Flow::of(function, &summaries);
        let events = Events::of(function, &summaries);
        for (at, seed) in seeds.iter().enumerate() {
            let sides = Sides::of(at, &seeds, &flow, &events);
            let found = sides.told(function, seed, &events);
            let is_new = |found: &Told| told.iter().all(|other| other.changed != found.changed);
            told.extend(found.filter(is_new));
        }
    }
    told
}

/// Two places that hold one value from an operation on.
pub struct Seed<'c, 'a> {
    pub op: Op<'c, 'a>,
    pub from: Vec<Place<'c, 'a>>,
    pub to: Vec<Place<'c, 'a>>,
}

/// What a function shares: the marked copies, and what its callees share.
fn seeds<'c: 'a, 'a>(function: Op<'c, 'a>, summaries: &Summaries<'c>) -> Vec<Seed<'c, 'a>> {
    let mut seeds = Vec::new();
    for op in ops_named(function, "own.copy") {
        if op.has_attribute("mlc.shares") {
            let from = flow::places(operand(op, 0));
            let to = flow::places(op.result(0).expect("a copy has a result").into());
            seeds.push(Seed { op, from, to });
        }
    }
    for call in ops_named(function, "func.call") {
        for (from, to) in summaries.shared_by(call) {
            let [from, to] = [from, to].map(|(port, path)| flow::port(call, *port, path));
            if !from.is_empty() && !to.is_empty() {
                seeds.push(Seed { op: call, from, to });
            }
        }
    }
    seeds
}

/// All places of the two sides of what a seed shares.
struct Sides<'c, 'a> {
    from: Vec<Place<'c, 'a>>,
    to: Vec<Place<'c, 'a>>,
    /// Whether the copies of several iterations are copies of one value.
    repeats: bool,
    /// What has what was copied, until another value takes the place of all of it.
    source: Option<Owner<'c>>,
    /// The same, where the copy comes to it in no other way than in its place.
    replaced: Option<Owner<'c>>,
}

impl<'c: 'a, 'a> Sides<'c, 'a> {
    fn of(
        at: usize,
        seeds: &[Seed<'c, 'a>],
        flow: &Flow<'_, 'c, 'a>,
        events: &Events<'c, 'a>,
    ) -> Self {
        let seed = &seeds[at];
        // What other slices of the list share is something else, while its items keep their positions.
        let is_apart = |other: &Seed<'c, 'a>| match (&*seed.from, &*other.from) {
            ([from], [place]) if from.is_apart_from(place) => {
                let Some(made) = from.value.and_then(beginning) else {
                    return false;
                };
                let is_later = |op| {
                    let follows = |first| may_follow(first, op, made);
                    follows(seed.op) || follows(other.op)
                };
                !events.reorders(from.owner).any(is_later)
            }
            _ => false,
        };
        let others = (seeds.iter().enumerate())
            .filter(|(other, seed)| *other != at && !is_apart(seed))
            .map(|(_, seed)| seed)
            .collect::<Vec<_>>();
        let side = |start: &[Place<'c, 'a>]| flow.closure(start, &others);
        let from = side(&seed.from);
        let source = match &seed.from[..] {
            [only] => Some(only.owner),
            _ => None,
        };
        // No part of what was copied comes back to it.
        let source = source.filter(|owner| {
            let elsewhere = from.iter().filter(|place| place.owner != *owner);
            let reached = side(&elsewhere.cloned().collect::<Vec<_>>());
            reached.iter().all(|place| place.owner != *owner)
        });
        let is_replaced = |owner: &Owner<'c>| {
            let beside = flow.closure_beside(Some(*owner), &seed.to, &others);
            beside.iter().all(|place| place.owner != *owner)
        };
        Self {
            source,
            replaced: source.filter(is_replaced),
            from,
            to: side(&seed.to),
            repeats: repeats(seed),
        }
    }

    /// The places of what is replaced.
    fn replaced_places(&self) -> Vec<Place<'c, 'a>> {
        let is_it = |place: &&Place<'c, 'a>| Some(place.owner) == self.replaced;
        self.from.iter().filter(is_it).cloned().collect()
    }

    /// Whether two places, one of each side, never have what they share at once.
    fn are_never_together(&self, from: &Place<'c, 'a>, to: &Place<'c, 'a>) -> bool {
        from.owner == to.owner && Some(from.owner) == self.replaced
    }

    fn told(
        &self,
        function: Op<'c, 'a>,
        seed: &Seed<'c, 'a>,
        events: &Events<'c, 'a>,
    ) -> Option<Told<'c, 'a>> {
        let mut pairs = vec![(&self.to, &self.from, true), (&self.from, &self.to, false)];
        if self.repeats {
            pairs.push((&self.to, &self.to, false));
        }
        for (changed, read, copy_is_changed) in pairs {
            for (place, write) in events.writes_of(changed) {
                for (other, use_) in events.reads_of(read, function) {
                    // Sides are named by what they are in the program, whichever of them is changed.
                    if !std::ptr::eq(changed, read) && self.are_never_together(place, other) {
                        continue;
                    }
                    let order = Order {
                        function,
                        seed: seed.op,
                        write: (place, write),
                        read: (other, use_),
                        copy_is_changed,
                        replacements: match self.source {
                            Some(owner)
                                if owner == (if copy_is_changed { other } else { place }).owner =>
                            {
                                events.replacements(owner)
                            }
                            _ => &[],
                        },
                    };
                    if order.is_possible() {
                        return Some(Told {
                            copied: seed.op,
                            changed: write.op,
                            read: use_.op,
                            changed_side: place.value,
                            read_side: other.value,
                        });
                    }
                }
            }
        }
        None
    }
}

/// A copy, a write to one side and a read of the other.
struct Order<'p, 'c, 'a> {
    function: Op<'c, 'a>,
    seed: Op<'c, 'a>,
    write: (&'p Place<'c, 'a>, &'p Event<'c, 'a>),
    read: (&'p Place<'c, 'a>, &'p Event<'c, 'a>),
    copy_is_changed: bool,
    /// What takes the place of what was copied: from there on nothing is shared with what was there.
    replacements: &'p [Op<'c, 'a>],
}

impl<'c: 'a, 'a> Order<'_, 'c, 'a> {
    /// Whether the three may come in this order, with the values that they are about.
    fn is_possible(&self) -> bool {
        let (written, write) = self.write;
        let (seen, read) = self.read;
        let anywhere = self.function;
        let source = if self.copy_is_changed { seen } else { written };
        let copy = if self.copy_is_changed { written } else { seen };
        // What a loop carries was made in an earlier iteration.
        let made = |place: &Place<'c, 'a>| match place.value.and_then(defining_op) {
            Some(op) if !op_name(op).starts_with("scf.") => op,
            _ => anywhere,
        };
        let source = self.scope(source);
        let follows_copy = may_follow(self.seed, write.op, source)
            && (!self.copy_is_changed || may_follow(self.seed, write.op, made(copy)));
        let since = match self.copy_is_changed {
            true => source,
            false => made(copy),
        };
        // What one operation of the source is made of, is not told from itself.
        let places = [write.op, read.op].map(|op| op.location());
        if places.iter().all(|place| *place == self.seed.location()) {
            return false;
        }
        let together = write.op == read.op && op_name(write.op) == "func.call";
        follows_copy
            && (together || may_follow(write.op, read.op, since))
            && (together || self.is_on_a_path())
    }

    /// Where the value of a place begins: the loop that carries it, or what makes it.
    fn scope(&self, place: &Place<'c, 'a>) -> Op<'c, 'a> {
        let Some(value) = place.value.filter(|value| !is_argument(*value)) else {
            return self.function;
        };
        match place.owner {
            Owner::Global(_) => self.function,
            Owner::Value(_) => beginning(value).unwrap_or(self.function),
        }
    }

    /// Whether conditions allow it.
    fn is_on_a_path(&self) -> bool {
        let mut watch = Watch::new();
        watch.effect(0, self.seed).restores = true;
        watch.effect(0, self.write.1.op).loses = true;
        watch.effect(0, self.read.1.op).uses = true;
        for &op in self.replacements {
            let effect = watch.effect(0, op);
            effect.restores |= self.copy_is_changed;
            effect.removes = true;
        }
        let Some(block) = nested_blocks(self.function).first().copied() else {
            return false;
        };
        watch.first_loss_of_brought(block).is_some()
    }
}

/// The operation that makes a value, or that carries it in its blocks.
fn beginning<'c: 'a, 'a>(value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    let around = || defining_block(value).and_then(|block| block.parent_operation());
    defining_op(value).or_else(around)
}

/// Whether a loop makes several copies of one value.
fn repeats<'c: 'a, 'a>(seed: &Seed<'c, 'a>) -> bool {
    let mut around = seed.op.parent_operation();
    while let Some(op) = around {
        let is_loop = matches!(op_name(op), "scf.for" | "scf.while" | "par.for");
        if is_loop && seed.from.iter().any(|place| !place.depends_on(op)) {
            return true;
        }
        around = op.parent_operation();
    }
    false
}
