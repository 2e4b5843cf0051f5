//! Structs of which a field was moved out: what may be done with them until the field is filled again.

use super::{
    access::{Access, Step, accesses, path},
    borrows::consumes,
    conflicts::overlap,
    order::may_follow,
    place::root,
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, Val, ancestor_in_block, op_name, operand, ops_named, uses, value_key};

/// Something wrong with a field that `taken` moves out of `value`.
pub struct Misuse<'c, 'a> {
    pub value: Val<'c, 'a>,
    pub taken: Op<'c, 'a>,
    pub kind: MisuseKind<'c, 'a>,
}

pub enum MisuseKind<'c, 'a> {
    /// The struct belongs to somebody else, and the field is not filled again.
    NotOwned,
    /// The field itself is used.
    Field(Op<'c, 'a>),
    /// The struct is used as a whole.
    Whole(Op<'c, 'a>),
}

/// What is wrong with the fields that a function moves out, at most one thing for each.
pub fn misuses<'c: 'a, 'a>(function: Op<'c, 'a>) -> Vec<Misuse<'c, 'a>> {
    let takes: Vec<_> = (ops_named(function, "own.take").into_iter())
        .filter(|take| is_field(&path(operand(*take, 0))))
        .collect();
    if takes.is_empty() {
        return Vec::new();
    }
    let accesses = accesses(function);
    takes
        .into_iter()
        .filter_map(|taken| misuse(taken, &accesses))
        .collect()
}

/// Whether a path leads to a field without going through elements, which a list may lose.
fn is_field(path: &[Step]) -> bool {
    !path.is_empty() && path.iter().all(|step| matches!(step, Step::Field(_)))
}

fn misuse<'c: 'a, 'a>(taken: Op<'c, 'a>, accesses: &[Access<'c, 'a>]) -> Option<Misuse<'c, 'a>> {
    let value = root(operand(taken, 0));
    let field = path(operand(taken, 0));
    let same_root: Vec<_> = (accesses.iter())
        .filter(|access| value_key(access.root) == value_key(value) && access.op != taken)
        .collect();
    // A store on every path that goes on from the move.
    let refill = (same_root.iter())
        .filter(|access| op_name(access.op) == "own.put" && access.path.len() <= field.len())
        .filter(|access| overlap(&access.path, &field))
        .filter(|access| access.op.block() == taken.block() && taken.is_before_in_block(access.op))
        .map(|access| access.op)
        .reduce(|first, other| {
            if other.is_before_in_block(first) {
                other
            } else {
                first
            }
        });
    let kind = |kind| Some(Misuse { value, taken, kind });
    if !own::is_box(value.r#type()) && refill.is_none() {
        return kind(MisuseKind::NotOwned);
    }
    let is_empty_at = |op: Op<'c, 'a>| {
        let is_filled = refill.is_some_and(|refill| {
            let ancestor = refill
                .block()
                .and_then(|block| ancestor_in_block(block, op));
            ancestor.is_some_and(|op| op == refill || refill.is_before_in_block(op))
        });
        !is_filled && may_follow(taken, op, taken)
    };
    let used = (same_root.iter())
        .filter(|access| op_name(access.op) != "own.put" || access.path.len() > field.len())
        .find(|access| overlap(&access.path, &field) && is_empty_at(access.op));
    if let Some(used) = used {
        return match used.path.len() < field.len() {
            true => kind(MisuseKind::Whole(used.op)),
            false => kind(MisuseKind::Field(used.op)),
        };
    }
    let moved = (uses(value).into_iter())
        .find(|(op, position)| consumes(*op, *position) && is_empty_at(*op));
    moved.and_then(|(op, _)| kind(MisuseKind::Whole(op)))
}
