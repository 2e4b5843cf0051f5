//! Updates of places that memory names: `a[p[i]] += e`.

use crate::analysis::{
    access::{Access, Mode, Step},
    certainty::have_one_index,
    place::owner,
};
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Op, Val, defining_op, is_inside, op_name, operand, value_key};
use std::collections::BTreeSet;

/// Whether an access writes what it has read, at an index that was read from memory.
pub fn is_indirect_update<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    write: &Access<'c, 'a>,
    all: &[&Access<'c, 'a>],
) -> bool {
    if write.mode != Mode::Write || write.op.operand_count() == 0 {
        return false;
    }
    // What is read at one place in all iterations is one number.
    let varies = |op: Op<'c, 'a>| {
        op_name(op).ends_with(".load") && op.operands().any(|place| is_inside(place, around))
    };
    let indirect = write.path.iter().any(|step| match step {
        Step::At(indices) => (indices.iter()).any(|index| flows_into(around, index.value, &varies)),
        _ => false,
    });
    indirect
        && all.iter().any(|read| {
            read.mode == Mode::Read
                && owner(read.root) == owner(write.root)
                && read.path.len() == write.path.len()
                && have_one_index(read, write)
                && flows_into(around, operand(write.op, 0), &|op| op == read.op)
        })
}

/// Whether the result of an operation of the loop that satisfies `is_source` is used to compute a value.
fn flows_into<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    value: Val<'c, 'a>,
    is_source: &impl Fn(Op<'c, 'a>) -> bool,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        if !is_inside(value, around) || !seen.insert(value_key(value)) {
            continue;
        }
        if let Some(op) = defining_op(value) {
            if is_source(op) {
                return true;
            }
            if op.region_count() == 0 {
                open.extend(op.operands());
            }
        }
    }
    false
}
