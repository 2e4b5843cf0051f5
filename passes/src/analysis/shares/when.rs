//! When a function, with the parts that it calls, changes its values and looks at them: operations are numbered as they stand in the
//! text, and those of a loop last to its end.

use super::{
    actions::Actions,
    events::meets,
    flow::{Part, Place},
    summary::Path,
};
use crate::analysis::{outlined::Unit, place::Owner};
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Key, Op, nested_blocks, op_key, op_name, ops};
use std::collections::HashMap;

/// From where an operation runs first to where it runs last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub begin: usize,
    pub end: usize,
}

/// By what an owner is reached, and how deep.
type Reached = HashMap<(Path, usize), Vec<Span>>;

/// When what is done to values.
pub struct Times<'c> {
    spans: Spans,
    writes: HashMap<Owner<'c>, Reached>,
    looks: HashMap<Owner<'c>, Reached>,
}

impl<'c> Times<'c> {
    pub fn of<'a>(unit: &Unit<'c, 'a>, actions: &Actions<'c, 'a>) -> Self
    where
        'c: 'a,
    {
        let spans = Spans::of(unit, actions);
        let [mut writes, mut looks]: [HashMap<Owner, Reached>; 2] = Default::default();
        for op in actions.ops() {
            let Some(action) = actions.of(op) else {
                continue;
            };
            for (owner, event) in action.events() {
                let reached = match event.writes {
                    true => writes.entry(*owner).or_default(),
                    false if action.is_blind() => continue,
                    false => looks.entry(*owner).or_default(),
                };
                let place = (event.path.clone(), event.depth);
                reached.entry(place).or_default().push(spans.span(op));
            }
        }
        Self {
            spans,
            writes,
            looks,
        }
    }

    /// Where an operation runs first.
    pub fn begin(&self, op: Op) -> usize {
        self.spans.span(op).begin
    }

    /// When what is at a place changes.
    pub fn writes<'s>(&'s self, place: &'s Place<'c, '_>) -> impl Iterator<Item = Span> + 's {
        reached(self.writes.get(&place.owner), &place.path)
    }

    /// When somebody looks at what is at a place.
    pub fn looks<'s>(&'s self, place: &'s Place<'c, '_>) -> impl Iterator<Item = Span> + 's {
        reached(self.looks.get(&place.owner), &place.path)
    }
}

fn reached<'s>(all: Option<&'s Reached>, path: &'s [Part]) -> impl Iterator<Item = Span> + 's {
    (all.into_iter().flatten())
        .filter(move |((place, depth), _)| meets(place, *depth, path))
        .flat_map(|(_, spans)| spans.iter().copied())
}

/// The spans of the operations that do something.
#[derive(Default)]
struct Spans {
    begins: HashMap<Key, usize>,
    ends: Vec<usize>,
}

impl Spans {
    fn of<'c: 'a, 'a>(unit: &Unit<'c, 'a>, actions: &Actions<'c, 'a>) -> Self {
        let parts: HashMap<Key, Op> = (unit.calls.iter())
            .map(|&(call, _, callee)| (op_key(call), unit.functions[callee]))
            .collect();
        let mut spans = Self::default();
        spans.inside(unit.functions[0], actions, &parts, false);
        spans
    }

    fn span(&self, op: Op) -> Span {
        let everywhere = Span {
            begin: 0,
            end: usize::MAX,
        };
        let begin = self.begins.get(&op_key(op)).copied();
        begin.map_or(everywhere, |begin| Span {
            begin,
            end: self.ends[begin],
        })
    }

    fn inside<'c: 'a, 'a>(
        &mut self,
        around: Op<'c, 'a>,
        actions: &Actions<'c, 'a>,
        parts: &HashMap<Key, Op<'c, 'a>>,
        in_loop: bool,
    ) {
        let first = self.ends.len();
        let is_loop = matches!(op_name(around), "scf.for" | "scf.while" | "par.for");
        for op in nested_blocks(around).into_iter().flat_map(ops) {
            if actions.of(op).is_some() {
                let begin = self.ends.len();
                self.begins.insert(op_key(op), begin);
                self.ends.push(begin);
            }
            if op.region_count() > 0 {
                self.inside(op, actions, parts, in_loop || is_loop);
            }
            if let Some(part) = parts.get(&op_key(op)) {
                self.inside(*part, actions, parts, in_loop || is_loop);
            }
        }
        if is_loop && !in_loop {
            let last = self.ends.len().saturating_sub(1);
            self.ends[first..].fill(last);
        }
    }
}
