//! Where a value is used although it may have been moved: what a box holds, and what lies in the cell of a variable.
//!
//! A function is looked at together with the bodies of its `try` statements, which are functions to which it lends cells: what
//! they move out of a cell is not there afterwards, on the paths on which they did.

mod parts;

use super::{
    borrows::{Use, consumes, derived_from, uses_of},
    lost::{Inlined, Thing, Watch},
    origins::GlobalUses,
    outlined::Unit,
};
use melior::ir::{BlockLike, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, all_ops, ancestor_in_block, arguments, defining_block, defining_op,
    nested_blocks, op_key, op_name, results, uses, value_key,
};
use parts::Parts;
use std::collections::{HashMap, HashSet};

/// A use of something that may be moved by then.
pub struct UseAfterMove<'c, 'a> {
    /// What it was called where it was moved.
    pub value: Val<'c, 'a>,
    pub moved: Op<'c, 'a>,
    pub used: Op<'c, 'a>,
    pub how: Misuse,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misuse {
    Used,
    /// The use is of something that was borrowed before the move.
    ThroughBorrow,
    /// It belongs to the caller of the function, and is not there where the function returns.
    NotReturned,
}

/// The first use of each value after a move of it.
pub fn uses_after_move<'c: 'a, 'a>(
    unit: &Unit<'c, 'a>,
    globals: &GlobalUses<'c>,
) -> Vec<UseAfterMove<'c, 'a>> {
    let mut moves = Moves::new(unit);
    for &function in &unit.functions {
        for value in boxes(function) {
            let block = defining_block(value);
            if block.is_some_and(|block| !is_plain(block, &uses_of(value))) {
                moves.thing(value);
            }
        }
    }
    let mut parts = Parts::of(unit, globals);
    if moves.values.is_empty() && parts.is_empty() {
        return Vec::new();
    }
    parts.watch(&mut moves);
    moves.watch_boxes();
    moves.enter_calls(&parts);
    moves.find()
}

/// Every box of a function.
pub fn boxes<'c, 'a>(function: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
    let mut values = Vec::new();
    for op in all_ops(function) {
        values.extend(results(op));
        values.extend(nested_blocks(op).into_iter().flat_map(arguments));
    }
    values.retain(|value| own::is_box(value.r#type()));
    values
}

/// Whether a box is consumed at most once, by straight-line code behind all other uses.
fn is_plain<'c: 'a, 'a>(block: Blk<'c, 'a>, uses: &[Use<'c, 'a>]) -> bool {
    let mut moves = uses.iter().filter(|r#use| r#use.consumes);
    let Some(last) = moves.next() else {
        return true;
    };
    let is_before = |r#use: &Use<'c, 'a>| {
        let ancestor = ancestor_in_block(block, r#use.op);
        r#use.consumes || ancestor.is_some_and(|op| op.is_before_in_block(last.op))
    };
    moves.next().is_none() && last.op.block() == Some(block) && uses.iter().all(is_before)
}

/// The values of a unit that are watched.
struct Moves<'u, 'c, 'a> {
    unit: &'u Unit<'c, 'a>,
    watch: Watch<'c, 'a>,
    /// The value of each thing: a box, or the root of what it is a part of.
    values: Vec<Val<'c, 'a>>,
    boxes: HashMap<Key, Thing>,
    /// How an operation uses a thing.
    kinds: HashMap<(Thing, Key), UseKind>,
    /// What puts a box into a place that is watched.
    puts: HashSet<Key>,
    /// The outlined functions, by their calls.
    callees: HashMap<Key, Op<'c, 'a>>,
}

impl<'u, 'c: 'a, 'a> Moves<'u, 'c, 'a> {
    fn new(unit: &'u Unit<'c, 'a>) -> Self {
        let callees = (unit.calls.iter())
            .map(|(call, _, callee)| (op_key(*call), unit.functions[*callee]))
            .collect();
        Self {
            unit,
            watch: Watch::new(),
            values: Vec::new(),
            boxes: HashMap::new(),
            kinds: HashMap::new(),
            puts: HashSet::new(),
            callees,
        }
    }

    /// The number of a box, which is watched from now on.
    fn thing(&mut self, value: Val<'c, 'a>) -> Thing {
        let next = self.values.len();
        let thing = *self.boxes.entry(value_key(value)).or_insert(next);
        if thing == next {
            self.values.push(value);
            self.watch.name(value, thing);
        }
        thing
    }

    /// Says what is done to the boxes that are watched, and to those as which they go on.
    fn watch_boxes(&mut self) {
        let mut next = 0;
        while let Some(&value) = self.values.get(next) {
            if own::is_box(value.r#type()) && self.boxes.get(&value_key(value)) == Some(&next) {
                self.watch_box(value, next);
            }
            next += 1;
        }
    }

    fn watch_box(&mut self, value: Val<'c, 'a>, thing: Thing) {
        let mut handing = Vec::new();
        for (op, position) in uses(value) {
            let next_names = self.handed_on(op, position);
            if !next_names.is_empty() {
                handing.push(op);
            }
            for value in next_names {
                self.thing(value);
            }
        }
        let mut used = Vec::new();
        for r#use in uses_of(value) {
            let kind = self.kinds.entry((thing, op_key(r#use.op))).or_default();
            kind.direct |= r#use.direct;
            kind.through_borrow |= !r#use.direct;
            kind.moves += usize::from(r#use.consumes);
            let (moves, through_borrow) = (kind.moves, kind.through_borrow);
            let is_handed = r#use.consumes
                && (handing.contains(&r#use.op) || self.puts.contains(&op_key(r#use.op)));
            let effect = self.watch.effect(thing, r#use.op);
            effect.uses |= !is_handed;
            effect.loses |= r#use.consumes && !is_handed;
            // One operation may move a box and use it in another operand.
            effect.clashes = moves > 1 || (moves > 0 && through_borrow);
            used.push(r#use.op);
        }
        self.end(thing, value, &used);
        // Each time it is made it is there, whatever became of the one of the iteration before.
        if let Some(made) = defining_op(value).filter(|made| made.region_count() == 0) {
            self.watch.effect(thing, made).restores = true;
        }
    }

    /// Says that an operation uses a thing.
    fn used(&mut self, thing: Thing, op: Op<'c, 'a>) -> &mut UseKind {
        self.watch.effect(thing, op).uses = true;
        let kind = self.kinds.entry((thing, op_key(op))).or_default();
        kind.direct = true;
        kind
    }

    /// Says where a thing ends: with the last of those that ask for it, in the block of its value. A terminator hands on what
    /// is known.
    fn end(&mut self, thing: Thing, value: Val<'c, 'a>, used: &[Op<'c, 'a>]) {
        let Some(block) = defining_block(value) else {
            return;
        };
        let last = (used.iter())
            .filter_map(|op| ancestor_in_block(block, *op))
            .reduce(|last, op| {
                if last.is_before_in_block(op) {
                    op
                } else {
                    last
                }
            });
        if let Some(last) = last.filter(|last| last.next_in_block().is_some()) {
            self.watch.end(thing, last);
        }
    }

    /// The boxes as which one goes on that an operation consumes: that is no use of it.
    fn handed_on(&self, op: Op<'c, 'a>, position: usize) -> Vec<Val<'c, 'a>> {
        if !consumes(op, position) {
            return Vec::new();
        }
        match op_name(op) {
            "scf.yield" | "scf.condition" | "scf.for" | "scf.while" => derived_from(op, position),
            "func.call" => (self.callees.get(&op_key(op)).into_iter())
                .filter_map(|callee| nested_blocks(*callee).first()?.argument(position).ok())
                .map(Val::from)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Walks the outlined functions where they are called.
    fn enter_calls(&mut self, parts: &Parts<'c, 'a>) {
        for (position, (call, _, callee)) in self.unit.calls.iter().enumerate() {
            let function = self.unit.functions[*callee];
            let entry = nested_blocks(function).first().copied();
            let is_own = |value: &Val<'c, 'a>| {
                let block = defining_block(*value);
                block == entry || mlc_mlir::rewrite::is_inside(*value, function)
            };
            let own = (self.values.iter().enumerate())
                .filter(|(_, value)| is_own(value))
                .map(|(thing, _)| thing)
                .collect();
            let inlined = Inlined {
                function,
                lent: parts.lent(position),
                own,
            };
            self.watch.inline(*call, inlined);
        }
    }

    fn find(self) -> Vec<UseAfterMove<'c, 'a>> {
        let Some(block) = nested_blocks(self.unit.functions[0]).first().copied() else {
            return Vec::new();
        };
        (self.watch.losses(block).into_iter())
            .map(|loss| {
                let kind = self.kinds.get(&(loss.used_as, op_key(loss.used)));
                let kind = kind.copied().unwrap_or_default();
                let at_once = loss.lost == loss.used && kind.moves == 1 && kind.through_borrow;
                let how = if kind.returns {
                    Misuse::NotReturned
                } else if kind.through_borrow && !kind.direct || at_once {
                    Misuse::ThroughBorrow
                } else {
                    Misuse::Used
                };
                UseAfterMove {
                    value: self.values[loss.lost_as],
                    moved: loss.lost,
                    used: loss.used,
                    how,
                }
            })
            .collect()
    }
}

/// How an operation uses a thing.
#[derive(Default, Clone, Copy)]
struct UseKind {
    direct: bool,
    through_borrow: bool,
    moves: usize,
    /// It is the end of a function to which the thing does not belong.
    returns: bool,
}
