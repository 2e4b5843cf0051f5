//! Whether two lengths are one: read from the same list, which nothing changes in between.

use super::{
    access::{Step, path},
    place::{header_writes, may_overlap, owner, root},
};
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Op, Val, all_ops, defining_op, op_name, operand};

/// How many operations between two readings of a length are looked at.
const FEW: usize = 64;

/// Whether two values are lengths of one list that nothing changes from the first to the second.
pub fn are_one_length<'c: 'a, 'a>(first: Val<'c, 'a>, second: Val<'c, 'a>) -> bool {
    let length = |value| defining_op(value).filter(|op| op_name(*op) == "own.len");
    let (Some(first), Some(second)) = (length(first), length(second)) else {
        return false;
    };
    let lists = [first, second].map(|op| operand(op, 0));
    let [one, other] = lists.map(root);
    let is_one = owner(one) == owner(other) && are_one_place(&path(lists[0]), &path(lists[1]));
    if !is_one || first.block() != second.block() {
        return false;
    }
    let (from, to) = match first.is_before_in_block(second) {
        true => (first, second),
        false => (second, first),
    };
    let changes = |op: Op<'c, 'a>| {
        let mut changed = all_ops(op).into_iter().flat_map(header_writes);
        changed.any(|changed| may_overlap(changed, one))
    };
    std::iter::successors(Some(from), |op| op.next_in_block())
        .take(FEW)
        .take_while(|op| !changes(*op))
        .any(|op| op == to)
}

/// Whether two paths from one root surely lead to the same place.
fn are_one_place(first: &[Step], second: &[Step]) -> bool {
    let is_same = |steps: (&Step, &Step)| match steps {
        (Step::Field(first), Step::Field(second)) => first == second,
        (Step::At(first), Step::At(second)) => {
            let mut pairs = first.iter().zip(second);
            first.len() == second.len()
                && pairs.all(|(first, second)| first.linear.key() == second.linear.key())
        }
        _ => false,
    };
    first.len() == second.len() && first.iter().zip(second).all(is_same)
}
