//! `own-hoist-loads`: read the numbers in structs and top-level values once before a parallel loop that leaves them alone.
//!
//! Before:                                            After:
//!   par.for (%y) in (%h) {                             %f = own.field %self[1]
//!     %f = own.field %self[1]                          %w = own.load %f
//!     %w = own.load %f                                 par.for (%y) in (%h) {
//!     %k = arith.muli %y, %w                             %k = arith.muli %y, %w
//!
//! Requires: checked ownership (`own-check`), places that are named before the loop (`own-hoist-views`), and calls that say what
//! they change (`own-annotate-globals`).
//! Leaves: one value for one number, with which `par-check` proves that `cells[y * self.width + x]` are different places.
//! Does not: read elements before the loop, whose indices may be out of range there.

use crate::{
    analysis::{
        access::{Access, Mode, accesses, of_op},
        conflicts::overlap,
        place::{Owner, is_of_unknown_origin, owner},
    },
    own::annotate_globals::changed_by,
};
use melior::{
    Context,
    ir::{OperationRef, ValueLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Key, Op, Val, all_ops, is_inside, move_before, op_name, operand, ops_named, replace,
        results, value_key,
    },
};
use std::collections::{HashMap, HashSet};

pub static HOIST_LOADS: Pass = Pass {
    name: "own-hoist-loads",
    summary: "read the numbers in structs and top-level values once before parallel loops",
    anchor: "func.func",
    run: hoist_loads,
};

/// Reads what parallel loops do not change before them, inner loops first.
pub fn hoist_loads<'c, 'a>(_: &'c Context, function: OperationRef<'c, 'a>, _: &str) -> PassResult {
    for around in ops_named(function, "par.for").into_iter().rev() {
        let loads: Vec<Op> = (ops_named(around, "own.load").into_iter())
            .filter(|load| !is_inside(operand(*load, 0), around) && is_number(*load))
            .collect();
        if loads.is_empty() {
            continue;
        }
        let writes = Writes::of(around);
        let mut read: HashMap<Key, Val> = HashMap::new();
        for load in loads {
            if of_op(load).iter().any(|access| writes.reach(access)) {
                continue;
            }
            match read.get(&value_key(operand(load, 0))) {
                Some(value) => replace(load, *value),
                None => {
                    move_before(load, around);
                    read.insert(value_key(operand(load, 0)), results(load)[0]);
                }
            }
        }
    }
    Ok(())
}

fn is_number(load: Op) -> bool {
    let [value] = results(load)[..] else {
        return false;
    };
    own::kind(value.r#type()) == own::Kind::Other
}

/// What a loop writes, by owner.
struct Writes<'c, 'a> {
    accesses: HashMap<Owner<'c>, Vec<Access<'c, 'a>>>,
    by_calls: HashSet<&'c str>,
    /// Through a borrow that may be a part of anything.
    any: bool,
}

impl<'c: 'a, 'a> Writes<'c, 'a> {
    fn of(around: Op<'c, 'a>) -> Self {
        let mut writes = Self {
            accesses: HashMap::new(),
            by_calls: (all_ops(around).into_iter().flat_map(changed_by)).collect(),
            any: false,
        };
        for access in accesses(around) {
            if access.mode != Mode::Read && op_name(access.op) != "par.for" {
                writes.any |= is_of_unknown_origin(access.root);
                let list = writes.accesses.entry(owner(access.root)).or_default();
                list.push(access);
            }
        }
        writes
    }

    fn reach(&self, read: &Access<'c, 'a>) -> bool {
        let by_call = match owner(read.root) {
            Owner::Global(name) => self.by_calls.contains(name),
            Owner::Value(_) => false,
        };
        let unknown = is_of_unknown_origin(read.root) && !self.accesses.is_empty();
        by_call
            || self.any
            || unknown
            || (self.accesses.get(&owner(read.root)).into_iter().flatten())
                .any(|write| overlap(&write.path, &read.path))
    }
}
