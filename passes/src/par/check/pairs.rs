//! Which accesses of a parallel loop are held against each other.

use crate::analysis::{
    access::{Access, Mode, Step},
    place::{Owner, is_of_unknown_origin, may_overlap, owner},
    separation::all_separated,
};
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Op, block_key, op_key, op_name, value_key};
use std::collections::{BTreeMap, BTreeSet};

/// The accesses of a loop by what they may share a place with, so that the work grows with the pairs that conflict.
pub struct Pairs<'s, 'c, 'a> {
    shared: &'s [&'s Access<'c, 'a>],
    by_owner: BTreeMap<Owner<'c>, Group>,
    /// By number, those that may be a part of anything.
    of_unknown_origin: Vec<usize>,
}

/// The accesses of what one owner owns, by number.
#[derive(Default)]
struct Group {
    all: Vec<usize>,
    writing: Vec<usize>,
    /// None meets another.
    separated: bool,
}

impl<'s, 'c: 'a, 'a> Pairs<'s, 'c, 'a> {
    pub fn of(around: Op<'c, 'a>, shared: &'s [&'s Access<'c, 'a>]) -> Self {
        let mut by_owner: BTreeMap<Owner, Group> = BTreeMap::new();
        let mut of_unknown_origin = Vec::new();
        for (number, access) in shared.iter().enumerate() {
            if is_of_unknown_origin(access.root) {
                of_unknown_origin.push(number);
                continue;
            }
            let group = by_owner.entry(owner(access.root)).or_default();
            group.all.push(number);
            if access.mode != Mode::Read {
                group.writing.push(number);
            }
        }
        for group in by_owner.values_mut() {
            let accesses: Vec<_> = group.all.iter().map(|number| shared[*number]).collect();
            let plain = |access: &&Access| matches!(access.mode, Mode::Read | Mode::Write);
            group.separated = !group.writing.is_empty()
                && accesses.iter().all(plain)
                && all_separated(around, &accesses);
        }
        Self {
            shared,
            by_owner,
            of_unknown_origin,
        }
    }

    /// The accesses that an access, by number, conflicts with where they meet: itself in another iteration first, then those
    /// before it in the text, the nearest first.
    pub fn conflicting(&self, second: usize) -> Vec<&'s Access<'c, 'a>> {
        let access = self.shared[second];
        let mut candidates: Vec<usize> = match self.by_owner.get(&owner(access.root)) {
            _ if is_of_unknown_origin(access.root) => (0..=second).collect(),
            Some(group) if group.separated => self.of_unknown_origin.clone(),
            Some(group) => {
                let others = match access.mode {
                    Mode::Read => &group.writing,
                    _ => &group.all,
                };
                [&others[..], &self.of_unknown_origin[..]].concat()
            }
            None => self.of_unknown_origin.clone(),
        };
        candidates.retain(|first| *first <= second);
        candidates.sort_unstable();
        (candidates.into_iter().rev())
            .map(|first| self.shared[first])
            .filter(|first| conflicts(first, access))
            .collect()
    }
}

fn conflicts(first: &Access, second: &Access) -> bool {
    let harmless = match (first.mode, second.mode) {
        (Mode::Read, Mode::Read) | (Mode::Atomic, Mode::Atomic) => true,
        (Mode::Collect, Mode::Collect) => first.op == second.op,
        _ => false,
    };
    !harmless && may_overlap(first.root, second.root)
}

/// Accesses of one place in one way, by several operations under the same conditions, count once.
pub fn without_repetitions<'s, 'c: 'a, 'a>(all: &'s [Access<'c, 'a>]) -> Vec<&'s Access<'c, 'a>> {
    let mut seen = BTreeSet::new();
    (all.iter())
        .filter(|access| {
            let mut key = format!("{:?} {:?}", owner(access.root), access.mode);
            for step in &access.path {
                match step {
                    Step::Field(field) => key += &format!(" .{field}"),
                    Step::At(indices) => {
                        key += " [";
                        for index in indices {
                            key += &format!("{:?},", value_key(index.value));
                        }
                    }
                    Step::Range(bounds) => {
                        for bound in bounds {
                            key += &format!(" {:?}:", value_key(bound.value));
                        }
                    }
                    Step::Flat(flat) => key += &format!(" {flat:?}"),
                    Step::Part => key += &format!(" {:?}", op_key(access.op)),
                }
            }
            let block = access.op.block().map(block_key);
            // Calls and what a borrow is handed to are each reported at their own place.
            let kind = op_name(access.op).starts_with("memref.");
            !kind || seen.insert((key, block))
        })
        .collect()
}
