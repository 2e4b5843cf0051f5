//! Which operations of a function change values, and which look at what is in them.

use super::{
    flow::{MOST_STEPS, Part, Place, compatible, parts, places},
    summary::{ANY_DEPTH, Path, Summaries},
};
use crate::analysis::{
    access::{Mode, of_op},
    origins,
    place::{Owner, is_constant, owner},
};
use melior::ir::{TypeLike, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, all_ops, op_name, string_attribute};
use std::collections::HashMap;

/// An operation changes a value or looks into it: an owner's part, and what is in it down to a depth.
#[derive(Clone, Debug)]
pub struct Event<'c, 'a> {
    pub op: Op<'c, 'a>,
    pub path: Path,
    pub depth: usize,
    pub writes: bool,
}

impl Event<'_, '_> {
    /// Whether it is about what is at a path or in it.
    pub fn meets(&self, path: &[Part]) -> bool {
        meets(&self.path, self.depth, path)
    }
}

/// Whether what is at a place, down to a depth, is what is at a path or in it.
pub fn meets(place: &[Part], depth: usize, path: &[Part]) -> bool {
    let is_vague = place.contains(&Part::Any) || path.contains(&Part::Any);
    compatible(place, path) && (is_vague || path.len() <= place.len().saturating_add(depth))
}

impl Event<'_, '_> {
    /// How deep below a path, which it meets, it reaches.
    pub fn depth_below(&self, path: &[Part]) -> usize {
        let reach = self.path.len().saturating_add(self.depth);
        match self.path.contains(&Part::Any) || reach > MOST_STEPS {
            true => ANY_DEPTH,
            false => reach.saturating_sub(path.len()),
        }
    }

    /// How deep it changes its owner, if it does.
    pub fn written_depth(&self) -> Option<usize> {
        self.writes.then(|| self.depth_below(&[]))
    }
}

/// The events of a function, by owner.
pub struct Events<'c, 'a> {
    by_owner: HashMap<Owner<'c>, Vec<Event<'c, 'a>>>,
}

impl<'c: 'a, 'a> Events<'c, 'a> {
    pub fn of(function: Op<'c, 'a>, summaries: &Summaries<'c>) -> Self {
        let mut events = Self {
            by_owner: HashMap::new(),
        };
        for op in all_ops(function) {
            events.add(op, summaries);
        }
        events
    }

    pub fn all(&self) -> impl Iterator<Item = (Owner<'c>, &Event<'c, 'a>)> {
        (self.by_owner.iter())
            .flat_map(|(owner, events)| events.iter().map(|event| (*owner, event)))
    }

    /// What may change the positions of the items of a list.
    pub fn reorders(&self, owner: Owner<'c>) -> impl Iterator<Item = Op<'c, 'a>> {
        let events = self.by_owner.get(&owner).into_iter().flatten();
        events
            .filter(|event| event.writes && event.path.is_empty())
            .map(|event| event.op)
    }

    /// What changes what is at places.
    pub fn writes_of<'s>(
        &'s self,
        places: &'s [Place<'c, 'a>],
    ) -> impl Iterator<Item = (&'s Place<'c, 'a>, &'s Event<'c, 'a>)> {
        self.at(places).filter(|(_, event)| event.writes)
    }

    fn at<'s>(
        &'s self,
        places: &'s [Place<'c, 'a>],
    ) -> impl Iterator<Item = (&'s Place<'c, 'a>, &'s Event<'c, 'a>)> {
        places.iter().flat_map(|place| {
            let events = self.by_owner.get(&place.owner).into_iter().flatten();
            events
                .filter(|event| event.meets(&place.path))
                .map(move |event| (place, event))
        })
    }

    fn add(&mut self, op: Op<'c, 'a>, summaries: &Summaries<'c>) {
        match op_name(op) {
            "own.keep" | "own.drop" | "own.check_index" | "arith.select" => return,
            name if name.starts_with("scf.") => return,
            "func.call" => return self.add_call(op, summaries),
            _ => {}
        }
        for access in of_op(op) {
            for place in origins::places(&access) {
                if is_constant(place.root) {
                    continue;
                }
                let mut path = parts(&place.path);
                let (writes, depth) = match op_name(op) {
                    "own.len" | "own.view" | "own.elem" | "own.slice" => (false, 0),
                    "own.append" | "own.resize" | "par.collect" => (true, 0),
                    // The place itself changes: what it is a part of gets another part.
                    "own.put"
                    | "own.take"
                    | "own.swap"
                    | "own.store"
                    | "own.load"
                    | "memref.load"
                    | "memref.store"
                    | "memref.atomic_rmw"
                    | "memref.generic_atomic_rmw" => {
                        if path.last() != Some(&Part::Any) && path.pop().is_none() {
                            continue;
                        }
                        (access.mode != Mode::Read, 0)
                    }
                    _ => (access.mode != Mode::Read, ANY_DEPTH),
                };
                self.push(
                    owner(place.root),
                    Event {
                        op,
                        path,
                        depth,
                        writes,
                    },
                );
            }
        }
    }

    fn add_call(&mut self, op: Op<'c, 'a>, summaries: &Summaries<'c>) {
        let callee = string_attribute(op, "callee").unwrap_or_default();
        for (at, value) in op.operands().enumerate() {
            if own::kind(value.r#type()) == own::Kind::Other && !value.r#type().is_mem_ref() {
                continue;
            }
            for place in places(value) {
                let event = |writes, depth| Event {
                    op,
                    path: place.path.clone(),
                    depth,
                    writes,
                };
                self.push(place.owner, event(false, ANY_DEPTH));
                let may_write = own::kind(value.r#type()) != own::Kind::Ref;
                if let Some(depth) = summaries.depth(callee, at).filter(|_| may_write) {
                    self.push(place.owner, event(true, depth));
                }
            }
        }
        for (global, depth) in summaries.globals(callee) {
            let event = |writes, depth| Event {
                op,
                path: Path::new(),
                depth,
                writes,
            };
            self.push(Owner::Global(global), event(false, ANY_DEPTH));
            if let Some(depth) = depth {
                self.push(Owner::Global(global), event(true, depth));
            }
        }
    }

    fn push(&mut self, owner: Owner<'c>, event: Event<'c, 'a>) {
        self.by_owner.entry(owner).or_default().push(event);
    }
}
