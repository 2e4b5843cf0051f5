//! What lies in places that a function lends to the bodies of its `try` statements: the cells of variables, and what they
//! capture.

use super::Moves;
use crate::analysis::{
    access::{Step, fields, path},
    borrows::consumes,
    conflicts::overlap,
    lost::Thing,
    origins::GlobalUses,
    outlined::Unit,
    place::{Owner, global, is_argument, owner, root},
    touches::{Touch, Touches},
};
use melior::ir::ValueLike;
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Op, Val, all_ops, arguments, defining_op, nested_blocks, op_key, op_name, operand, ops_named,
    results, uses,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A part of what an owner in one of the functions owns, by fields. Top-level values are not followed from one to another.
type Part<'c> = (usize, Owner<'c>, Vec<i64>);

/// The parts of lent places that something is taken out of, or put into as a whole.
pub struct Parts<'c, 'a> {
    things: BTreeMap<Part<'c>, Thing>,
    roots: HashMap<(usize, Owner<'c>), Val<'c, 'a>>,
    touches: HashMap<usize, Touches<'c, 'a>>,
    /// By call: what it lends, as the caller and as the callee calls it.
    pairs: Vec<Vec<(Part<'c>, Part<'c>)>>,
}

impl<'c: 'a, 'a> Parts<'c, 'a> {
    pub fn of(unit: &Unit<'c, 'a>, globals: &GlobalUses<'c>) -> Self {
        let mut parts = Self {
            things: BTreeMap::new(),
            roots: HashMap::new(),
            touches: HashMap::new(),
            pairs: Vec::new(),
        };
        if unit.calls.is_empty() {
            return parts;
        }
        // The places that are lent, and to which arguments.
        let mut lent = Vec::new();
        for (number, (call, caller, callee)) in unit.calls.iter().enumerate() {
            let Some(entry) = nested_blocks(unit.functions[*callee]).first().copied() else {
                continue;
            };
            for (position, argument) in arguments(entry).into_iter().enumerate() {
                if own::kind(argument.r#type()) != own::Kind::Mut {
                    continue;
                }
                parts.roots.insert((*callee, owner(argument)), argument);
                let place = operand(*call, position);
                let base = root(place);
                let known =
                    own::is_box(base.r#type()) || is_argument(base) || global(base).is_some();
                if let (true, Some(fields)) = (known, fields(&path(place))) {
                    parts.roots.insert((*caller, owner(base)), base);
                    lent.push((
                        number,
                        (*caller, owner(base), fields),
                        (*callee, owner(argument)),
                    ));
                }
            }
        }
        let mut found: HashSet<Part<'c>> = HashSet::new();
        let mut taken = Vec::new();
        for (number, function) in unit.functions.iter().enumerate() {
            for op in all_ops(*function) {
                let place = match op_name(op) {
                    "own.take" => operand(op, 0),
                    "own.put" => operand(op, 1),
                    _ => continue,
                };
                let owner = owner(root(place));
                if let Some(fields) = fields(&path(place))
                    && parts.roots.contains_key(&(number, owner))
                {
                    if op_name(op) == "own.take" {
                        taken.push(((number, owner, fields.clone()), results(op)[0]));
                    }
                    found.insert((number, owner, fields));
                }
            }
        }
        // Under the names of callers and callees too.
        loop {
            let mut more = Vec::new();
            for (_, (caller, place, prefix), (callee, argument)) in &lent {
                for (function, owner, path) in &found {
                    if (function, owner) == (callee, argument) {
                        more.push((*caller, *place, [prefix.clone(), path.clone()].concat()));
                    }
                    if (function, owner) == (caller, place)
                        && let Some(rest) = path.strip_prefix(&prefix[..])
                    {
                        more.push((*callee, *argument, rest.to_vec()));
                    }
                }
            }
            // What is taken as a whole has its parts with it.
            for ((number, place, prefix), whole) in &taken {
                for (function, owner, path) in &found {
                    if (function, owner) == (number, place)
                        && let Some(rest) = part_of(path, prefix)
                    {
                        parts.roots.insert((*number, self::owner(*whole)), *whole);
                        more.push((*number, self::owner(*whole), rest.to_vec()));
                    }
                }
            }
            let before = found.len();
            found.extend(more);
            if found.len() == before {
                break;
            }
        }
        parts.pairs = vec![Vec::new(); unit.calls.len()];
        for (call, (caller, place, prefix), (callee, argument)) in lent {
            for (function, owner, path) in &found {
                if (*function, *owner) == (callee, argument) {
                    let outer = (caller, place, [prefix.clone(), path.clone()].concat());
                    parts.pairs[call].push((outer, (callee, argument, path.clone())));
                }
            }
        }
        for (number, function) in unit.functions.iter().enumerate() {
            if found.iter().any(|(other, ..)| *other == number) {
                parts
                    .touches
                    .insert(number, Touches::of(*function, globals));
            }
        }
        parts.things = found.into_iter().map(|part| (part, 0)).collect();
        parts
    }

    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// What a call lends, and what it is called in the function.
    pub fn lent(&self, call: usize) -> Vec<(Thing, Thing)> {
        let Some(pairs) = self.pairs.get(call) else {
            return Vec::new();
        };
        (pairs.iter())
            .map(|(outer, inner)| (self.things[outer], self.things[inner]))
            .collect()
    }

    /// Says what is done to the parts.
    pub fn watch(&mut self, moves: &mut Moves<'_, 'c, 'a>) {
        for ((function, owner, _), thing) in &mut self.things {
            *thing = moves.values.len();
            moves.values.push(self.roots[&(*function, *owner)]);
        }
        for ((function, owner, path), &thing) in &self.things {
            let value = self.roots[&(*function, *owner)];
            let is_lent = self.is_lent_to((*function, *owner));
            let mut used = self.watch_part(moves, (*function, *owner, path), thing);
            if own::is_box(value.r#type()) {
                if let Some(made) = defining_op(value) {
                    moves.watch.effect(thing, made).restores = true;
                }
                for (op, position) in uses(value) {
                    if consumes(op, position) {
                        moves.used(thing, op);
                        used.push(op);
                    }
                }
            } else if !is_lent {
                for exit in ops_named(moves.unit.functions[*function], "func.return") {
                    moves.used(thing, exit).returns = true;
                    used.push(exit);
                }
            }
            // What is lent goes back to the caller.
            if !is_lent {
                moves.end(thing, value, &used);
            }
        }
    }

    /// Whether an argument of an outlined function is followed into its caller.
    fn is_lent_to(&self, (function, owner): (usize, Owner<'c>)) -> bool {
        (self.pairs.iter().flatten())
            .any(|(_, (callee, argument, _))| (*callee, *argument) == (function, owner))
    }

    /// Says what the operations of a function do to a part; returns them.
    fn watch_part(
        &self,
        moves: &mut Moves<'_, 'c, 'a>,
        (function, owner, path): (usize, Owner<'c>, &Vec<i64>),
        thing: Thing,
    ) -> Vec<Op<'c, 'a>> {
        let steps: Vec<Step> = path.iter().map(|field| Step::Field(*field)).collect();
        let mut ops = Vec::new();
        for touch in self.touches[&function].of_owner(owner) {
            if !overlap(&touch.path, &steps) {
                continue;
            }
            ops.push(touch.op);
            let exact = fields(&touch.path).as_ref() == Some(path);
            match op_name(touch.op) {
                "own.take" if exact => {
                    let taken = moves.thing(results(touch.op)[0]);
                    moves.watch.rename(touch.op, thing, taken);
                }
                "own.take" if let Some(whole) = self.part_of_taken(function, touch, path) => {
                    moves.watch.rename(touch.op, thing, whole);
                }
                "own.put" if exact => {
                    let put = moves.thing(operand(touch.op, 0));
                    moves.puts.insert(op_key(touch.op));
                    moves.watch.rename(touch.op, put, thing);
                }
                "own.put" if touch.path.len() < steps.len() => {
                    moves.watch.effect(thing, touch.op).restores = true;
                }
                "func.call" if self.is_passed_on(moves, touch.op, thing) => {}
                _ => {
                    moves.used(thing, touch.op);
                }
            }
        }
        ops
    }

    /// What a part of a place is called behind an operation that takes the whole.
    fn part_of_taken(&self, function: usize, touch: &Touch<'c, 'a>, path: &[i64]) -> Option<Thing> {
        let taken = fields(&touch.path)?;
        let whole = owner(results(touch.op)[0]);
        let part = (function, whole, part_of(path, &taken)?.to_vec());
        self.things.get(&part).copied()
    }

    /// Whether a call of an outlined function lends it a part, so that the function says what becomes of it.
    fn is_passed_on(&self, moves: &Moves<'_, 'c, 'a>, call: Op<'c, 'a>, thing: Thing) -> bool {
        let number = (moves.unit.calls.iter()).position(|(other, ..)| *other == call);
        number.is_some_and(|number| self.lent(number).iter().any(|(outer, _)| *outer == thing))
    }
}

/// The fields that lead from a place to one that is a part of it.
fn part_of<'p>(path: &'p [i64], of: &[i64]) -> Option<&'p [i64]> {
    path.strip_prefix(of).filter(|rest| !rest.is_empty())
}
