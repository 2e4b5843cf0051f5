//! What the operations of a function read and write, by owner: the accesses of [`super::access`] with their roots traced to all
//! places that they may be, and the top-level values that called functions read and change.

use super::{
    access::{Mode, Step, accesses},
    origins::{GlobalUse, GlobalUses, places},
    place::{Owner, owner},
};
use mlc_mlir::rewrite::{Key, Op, Val, all_ops, op_key, op_name, string_attribute};
use std::collections::HashMap;

/// One access to a part of what an owner owns.
#[derive(Clone, Debug)]
pub struct Touch<'c, 'a> {
    pub op: Op<'c, 'a>,
    pub owner: Owner<'c>,
    /// The value by which the owner is reached; none where a called function names it itself.
    pub root: Option<Val<'c, 'a>>,
    pub path: Vec<Step<'c, 'a>>,
    pub writes: bool,
    /// What a called function does to a top-level value that it names itself.
    pub by_call: Option<GlobalUse>,
}

/// The touches of a function, in the order of the text.
pub struct Touches<'c, 'a> {
    pub all: Vec<Touch<'c, 'a>>,
    by_owner: HashMap<Owner<'c>, Vec<usize>>,
    by_op: HashMap<Key, Vec<usize>>,
    spans: HashMap<Key, (usize, usize)>,
}

impl<'c: 'a, 'a> Touches<'c, 'a> {
    /// `uses` is what functions do to top-level values.
    pub fn of(function: Op<'c, 'a>, uses: &GlobalUses<'c>) -> Self {
        let mut touches = Self {
            all: Vec::new(),
            by_owner: HashMap::new(),
            by_op: HashMap::new(),
            spans: HashMap::new(),
        };
        let mut next = 0;
        number(function, &mut next, &mut touches.spans);
        for access in accesses(function) {
            for place in places(&access) {
                touches.all.push(Touch {
                    op: access.op,
                    owner: owner(place.root),
                    root: Some(place.root),
                    path: place.path,
                    writes: access.mode != Mode::Read,
                    by_call: None,
                });
            }
        }
        for call in all_ops(function) {
            let callee = match op_name(call) {
                "func.call" => string_attribute(call, "callee").unwrap_or_default(),
                _ => continue,
            };
            for (global, r#use) in uses.get(callee).into_iter().flatten() {
                touches.all.push(Touch {
                    op: call,
                    owner: Owner::Global(global),
                    root: None,
                    path: Vec::new(),
                    writes: r#use.writes(),
                    by_call: Some(*r#use),
                });
            }
        }
        let spans = &touches.spans;
        touches.all.sort_by_key(|touch| spans[&op_key(touch.op)].0);
        for (at, touch) in touches.all.iter().enumerate() {
            touches.by_owner.entry(touch.owner).or_default().push(at);
            touches.by_op.entry(op_key(touch.op)).or_default().push(at);
        }
        touches
    }

    /// The touches of an operation.
    pub fn of_op(&self, op: Op) -> impl Iterator<Item = &Touch<'c, 'a>> {
        let list = self.by_op.get(&op_key(op)).map_or(&[][..], Vec::as_slice);
        list.iter().map(|at| &self.all[*at])
    }

    /// The touches of what an owner owns.
    pub fn of_owner(&self, owner: Owner<'c>) -> impl Iterator<Item = &Touch<'c, 'a>> {
        let list = self.by_owner.get(&owner).map_or(&[][..], Vec::as_slice);
        list.iter().map(|at| &self.all[*at])
    }

    /// The touches of what an owner owns by operations between two numbers of the text.
    pub fn between(
        &self,
        owner: Owner<'c>,
        first: usize,
        last: usize,
    ) -> impl Iterator<Item = &Touch<'c, 'a>> {
        let list = self.by_owner.get(&owner).map_or(&[][..], Vec::as_slice);
        let number = |at: &usize| self.spans[&op_key(self.all[*at].op)].0;
        let start = list.partition_point(|at| number(at) < first);
        let end = list.partition_point(|at| number(at) <= last);
        list[start..end.max(start)].iter().map(|at| &self.all[*at])
    }

    /// The numbers, in the order of the text, of an operation and of the last one in its regions.
    pub fn span(&self, op: Op) -> (usize, usize) {
        self.spans.get(&op_key(op)).copied().unwrap_or_default()
    }
}

fn number<'c, 'a>(op: Op<'c, 'a>, next: &mut usize, spans: &mut HashMap<Key, (usize, usize)>) {
    let first = *next;
    *next += 1;
    for block in mlc_mlir::rewrite::nested_blocks(op) {
        for inner in mlc_mlir::rewrite::ops(block) {
            number(inner, next, spans);
        }
    }
    spans.insert(op_key(op), (first, *next - 1));
}
