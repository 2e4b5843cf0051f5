//! Where a value may be moved to, as places in what owns it.

use super::summary::{Path, Port, Summaries};
use crate::analysis::{
    access::{HEADER, Index, Step},
    borrows::{consumes, derived_from},
    origins::{Origin, origins},
    place::{Owner, is_constant, is_of_unknown_origin, owner},
    slice::are_apart,
};
use melior::ir::{BlockLike, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Op, Val, all_ops, arguments, constant_integer, defining_block, defining_op, is_inside,
    nested_blocks, op_name, operand, position, results, string_attribute, uses, value_key,
};
use std::hash::{Hash, Hasher};

/// One step from a whole to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Field(i64),
    /// Any item of a list or an array.
    Item,
    /// Any part, at any depth.
    Any,
}

/// A part of what an owner owns.
#[derive(Clone, Debug)]
pub struct Place<'c, 'a> {
    pub owner: Owner<'c>,
    /// The value by which the owner is reached, where the function has one.
    pub value: Option<Val<'c, 'a>>,
    pub path: Path,
    /// What positions on the way there depend on.
    indices: Vec<Val<'c, 'a>>,
    /// The positions of the items of the owner that it may be, where a loop visits them.
    range: Option<[Index<'c, 'a>; 2]>,
}

impl PartialEq for Place<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.owner == other.owner && self.path == other.path
    }
}

impl Eq for Place<'_, '_> {}

impl Hash for Place<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.owner, &self.path).hash(state);
    }
}

impl<'c: 'a, 'a> Place<'c, 'a> {
    pub fn new(value: Val<'c, 'a>, path: Path) -> Self {
        Self {
            owner: owner(value),
            value: Some(value),
            path: bounded(path),
            indices: Vec::new(),
            range: None,
        }
    }

    fn of_origin(origin: Origin<'c, 'a>) -> Self {
        let steps = origin.path.iter();
        let indices = steps.flat_map(|step| match step {
            Step::At(indices) => indices.iter().map(|index| index.value).collect(),
            _ => Vec::new(),
        });
        let range = match origin.path.as_slice() {
            [Step::At(indices)] => indices.first().and_then(|index| visited(index.value)),
            _ => None,
        };
        Self {
            indices: indices.collect(),
            range,
            ..Self::new(origin.root, parts(&origin.path))
        }
    }

    /// The place at a path below.
    pub fn below(mut self, path: &[Part]) -> Self {
        self.path.extend(path);
        self.path = bounded(std::mem::take(&mut self.path));
        self
    }

    /// Whether two places are items at other positions of one list.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        let ranges = self.range.as_ref().zip(other.range.as_ref());
        self.owner == other.owner && ranges.is_some_and(|(first, second)| are_apart(first, second))
    }

    /// Whether what owns it is made inside of an operation.
    pub fn is_inside(&self, around: Op<'c, 'a>) -> bool {
        match self.owner {
            Owner::Value(_) => self.value.is_some_and(|value| is_inside(value, around)),
            Owner::Global(_) => false,
        }
    }

    /// Whether it is one place whatever a program does: no item, and nothing that many places may be.
    pub fn is_exact(&self) -> bool {
        let is_field = |part: &Part| matches!(part, Part::Field(_));
        let is_known =
            |value| own::is_box(ValueLike::r#type(&value)) || !is_of_unknown_origin(value);
        self.path.iter().all(is_field) && self.value.is_none_or(is_known)
    }

    /// Whether it is a part of another place, or that place.
    pub fn is_in(&self, whole: &Self) -> bool {
        self.owner == whole.owner && self.path.starts_with(&whole.path)
    }

    /// Whether iterations of a loop may have other values at the place.
    pub fn depends_on(&self, around: Op<'c, 'a>) -> bool {
        self.is_inside(around) || self.indices.iter().any(|index| varies(*index, around))
    }
}

/// The bounds of the positions that a loop over a slice visits: it adds its count, from 0 below `max(end - start, 0)`, to the start.
fn visited<'c: 'a, 'a>(position: Val<'c, 'a>) -> Option<[Index<'c, 'a>; 2]> {
    let sum = defining_op(position).filter(|op| op_name(*op) == "arith.addi")?;
    let (start, count) = (operand(sum, 0), operand(sum, 1));
    let around = defining_block(count).and_then(|block| block.parent_operation())?;
    if defining_op(count).is_some() || op_name(around) != "scf.for" {
        return None;
    }
    let is_zero = |value| constant_integer(value) == Some(0);
    let most = defining_op(operand(around, 1)).filter(|op| op_name(*op) == "arith.maxsi")?;
    let length = defining_op(operand(most, 0)).filter(|op| op_name(*op) == "arith.subi")?;
    let is_slice = is_zero(operand(around, 0))
        && is_zero(operand(most, 1))
        && value_key(operand(length, 1)) == value_key(start);
    is_slice.then(|| [start, operand(length, 0)].map(Index::of))
}

/// Whether a position may change from one iteration of a loop to the next.
fn varies<'c: 'a, 'a>(value: Val<'c, 'a>, around: Op<'c, 'a>) -> bool {
    if let Some(op) = defining_op(value) {
        let is_arithmetic = op_name(op).starts_with("arith.");
        return is_inside(value, around)
            && (!is_arithmetic || op.operands().any(|operand| varies(operand, around)));
    }
    match defining_block(value).and_then(|block| block.parent_operation()) {
        // The positions of an inner loop over a whole list are those of every iteration.
        Some(inner) if op_name(inner) == "scf.for" && position(value) == 0 && inner != around => {
            varies(operand(inner, 0), around)
        }
        Some(inner) => inner == around || is_inside(value, around),
        None => false,
    }
}

/// The parts that a path goes through. A slice is no step: what is at a position of it is an item of its base.
pub fn parts(path: &[Step]) -> Path {
    let part = |step: &Step| match step {
        Step::Field(HEADER) | Step::Range(_) => None,
        Step::Field(field) => Some(Part::Field(*field)),
        Step::At(_) => Some(Part::Item),
        Step::Part | Step::Flat(_) => Some(Part::Any),
    };
    bounded(path.iter().filter_map(part).collect())
}

/// No path is longer than this; below, all is one.
pub const MOST_STEPS: usize = 8;
/// No value is followed to more places: programs have few.
const MOST_PLACES: usize = 256;

fn bounded(mut path: Path) -> Path {
    if let Some(any) = path.iter().position(|part| *part == Part::Any) {
        path.truncate(any + 1);
    }
    if path.len() > MOST_STEPS {
        path.truncate(MOST_STEPS);
        path.push(Part::Any);
    }
    path
}

/// Whether two paths may lead to one place, or one of them below the other.
pub fn compatible(first: &[Part], second: &[Part]) -> bool {
    for (first, second) in first.iter().zip(second) {
        match (first, second) {
            (Part::Any, _) | (_, Part::Any) => return true,
            (first, second) if first != second => return false,
            _ => {}
        }
    }
    true
}

/// The places that a box or a borrow may be or lead to.
pub fn places<'c: 'a, 'a>(value: Val<'c, 'a>) -> Vec<Place<'c, 'a>> {
    if own::is_box(value.r#type()) {
        return vec![Place::new(value, Path::new())];
    }
    (origins(value).into_iter())
        .filter(|origin| !is_constant(origin.root))
        .map(Place::of_origin)
        .collect()
}

/// The places in a caller of what a call names by a port.
pub fn port<'c: 'a, 'a>(call: Op<'c, 'a>, port: Port<'c>, path: &[Part]) -> Vec<Place<'c, 'a>> {
    let value = match port {
        Port::Argument(at) => call.operand(at).ok(),
        Port::Result(at) => call.result(at).ok().map(Val::from),
        Port::Global(name) => {
            return vec![Place {
                owner: Owner::Global(name),
                value: None,
                path: path.to_vec(),
                indices: Vec::new(),
                range: None,
            }];
        }
    };
    let is_given_away =
        |value: &Val| matches!(port, Port::Argument(_)) && own::is_box(value.r#type());
    let is_owner = |value: &Val| own::is_box(value.r#type()) || own::is_borrow(value.r#type());
    (value.into_iter())
        .filter(|value| is_owner(value) && !is_given_away(value))
        .flat_map(places)
        .map(|place| place.below(path))
        .collect()
}

/// An operation that takes what is at some places, and where it puts it.
pub struct Take<'c, 'a> {
    pub op: Op<'c, 'a>,
    pub from: Vec<Place<'c, 'a>>,
    pub to: Vec<Place<'c, 'a>>,
}

/// How values are moved in a function.
pub struct Flow<'s, 'c, 'a> {
    summaries: &'s Summaries<'c>,
    pub takes: Vec<Take<'c, 'a>>,
}

impl<'s, 'c: 'a, 'a> Flow<'s, 'c, 'a> {
    pub fn of(function: Op<'c, 'a>, summaries: &'s Summaries<'c>) -> Self {
        let mut takes = Vec::new();
        for op in all_ops(function) {
            let mut take = |from, to| takes.push(Take { op, from, to });
            match op_name(op) {
                "own.take" => take(places(operand(op, 0)), places(results(op)[0])),
                "own.swap" => {
                    let [a, b] = [0, 1].map(|at| places(operand(op, at)));
                    take(a.clone(), b.clone());
                    take(b, a);
                }
                "func.call" => {
                    let callee = string_attribute(op, "callee").unwrap_or_default();
                    for (from, (to, path)) in summaries.parts(callee) {
                        let from = port(op, Port::Argument(from), &[Part::Any]);
                        take(from, port(op, *to, path));
                    }
                }
                _ => {}
            }
        }
        Self { summaries, takes }
    }

    /// Some places and all that what is there may be moved to.
    pub fn closure(&self, start: &[Place<'c, 'a>]) -> Vec<Place<'c, 'a>> {
        let mut found: Vec<Place<'c, 'a>> = Vec::new();
        let mut pending = start.to_vec();
        while let Some(place) = pending.pop() {
            if found.contains(&place) || found.len() >= MOST_PLACES {
                continue;
            }
            if let Some(value) = place.value.filter(|value| own::is_box(value.r#type())) {
                for (op, at) in uses(value) {
                    if consumes(op, at) {
                        pending.extend(self.moved(op, at, &place.path));
                    }
                }
            }
            for take in &self.takes {
                pending.extend(carried(&place, &take.from, &take.to));
            }
            found.push(place);
        }
        found
    }

    /// Where an operation that consumes a box moves what is at a path in it.
    pub fn moved(&self, op: Op<'c, 'a>, at: usize, path: &[Part]) -> Vec<Place<'c, 'a>> {
        let into = |target: Val<'c, 'a>, step: &[Part]| {
            let below = [step, path].concat();
            let whole = places(target).into_iter();
            whole.map(|place| place.below(&below)).collect::<Vec<_>>()
        };
        match op_name(op) {
            "own.put" => into(operand(op, 1), &[]),
            "own.append" | "par.collect" => into(operand(op, 1), &[Part::Item]),
            "own.drop" | "func.return" => Vec::new(),
            "func.call" => {
                let callee = string_attribute(op, "callee").unwrap_or_default();
                let flows = self.summaries.flows(callee, at);
                (flows.iter())
                    .flat_map(|(to, step)| port(op, *to, &[step, path].concat()))
                    .collect()
            }
            _ => (derived_from(op, at).into_iter())
                .filter(|value| own::is_box(value.r#type()))
                .map(|value| Place::new(value, path.to_vec()))
                .collect(),
        }
    }
}

/// Where what is at a place goes with all that is at one of several places.
pub fn carried<'c: 'a, 'a>(
    place: &Place<'c, 'a>,
    from: &[Place<'c, 'a>],
    to: &[Place<'c, 'a>],
) -> Vec<Place<'c, 'a>> {
    let meets = |from: &&Place| from.owner == place.owner && compatible(&from.path, &place.path);
    let rests = (from.iter().filter(meets)).map(|from| place.path.get(from.path.len()..));
    let rests = rests.map(Option::unwrap_or_default);
    rests
        .flat_map(|rest| to.iter().map(|to| to.clone().below(rest)))
        .collect()
}

/// What of a function's arguments and results, and of top-level values, places belong to.
pub fn ports<'c: 'a, 'a>(function: Op<'c, 'a>, places: &[Place<'c, 'a>]) -> Vec<(Port<'c>, Path)> {
    let mut found = Vec::new();
    for place in places {
        if let Owner::Global(name) = place.owner {
            found.push((Port::Global(name), place.path.clone()));
        }
        let Some(value) = place.value else { continue };
        if !own::is_box(value.r#type()) {
            let arguments = nested_blocks(function)
                .first()
                .map(|block| arguments(*block));
            let at = arguments
                .into_iter()
                .flatten()
                .position(|argument| argument == value);
            found.extend(at.map(|at| (Port::Argument(at), place.path.clone())));
            continue;
        }
        for (op, at) in uses(value) {
            if op_name(op) == "func.return" {
                found.push((Port::Result(at), place.path.clone()));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
