//! `own-hoist-views`: read the header of a list or an array once, not in every iteration.
//!
//! Before:                                            After:
//!   scf.for %i = %a to %b step %c {                    %r = own.borrow %x
//!     %r = own.borrow %x                               %n = own.len %r
//!     %n = own.len %r                                  %d = own.view %r
//!     own.check_index %i < %n given %i                 scf.for %i = %a to %b step %c {
//!     %d = own.view %r                                   own.check_index %i < %n given %i
//!
//! Requires: checked ownership (`own-check`), so that nothing but an operation on the same root can change a header; calls that
//! say what they change (`own-annotate-globals`).
//! Leaves: equal header reads merged where no operation of the function can change the header; borrows of all that another
//! borrow covers folded away.
//! Does not: move a borrow of an element whose index is checked inside of the loop.

use crate::analysis::{
    linear::Linear,
    place::{Owner, header_writes, is_constant, is_of_unknown_origin, owner, root},
};
use crate::own::annotate_globals::changed_by;
use melior::{
    Context,
    ir::{OperationRef, Type, ValueLike, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Key, Op, Val, all_ops, ancestor_in_block, block_key, erase, integer_attribute, is_inside,
        move_before, op_key, op_name, operand, parent, replace, results, uses, value_key,
    },
};
use std::collections::{HashMap, HashSet};

pub static HOIST_VIEWS: Pass = Pass {
    name: "own-hoist-views",
    summary: "read the headers of lists and arrays outside of loops",
    anchor: "func.func",
    run: hoist_views,
};

/// Reads the headers of lists and arrays outside of the loops that do not change them.
pub fn hoist_views<'c, 'a>(_: &'c Context, function: OperationRef<'c, 'a>, _: &str) -> PassResult {
    fold_borrows(function);
    hoist(function);
    merge(function);
    Ok(())
}

/// A borrow of a borrow of the same kind is that borrow.
fn fold_borrows(function: Op) {
    for op in all_ops(function) {
        if matches!(op_name(op), "own.borrow" | "own.borrow_mut")
            && let (Ok(source), Ok(result)) = (op.operand(0), op.result(0))
            && source.r#type() == result.r#type()
        {
            replace(op, source);
        }
    }
}

/// Whether the operation reads a header, or names a place from which one is read.
fn is_header_read(op: Op) -> bool {
    is_place(op) || matches!(op_name(op), "own.len" | "own.view")
}

fn is_place(op: Op) -> bool {
    matches!(
        op_name(op),
        "own.borrow" | "own.borrow_mut" | "own.elem" | "own.field"
    )
}

fn is_loop(op: Op) -> bool {
    matches!(op_name(op), "scf.for" | "scf.while" | "par.for")
}

/// The roots whose headers something may change.
struct Changed<'c> {
    owners: HashSet<Owner<'c>>,
    /// One of them is a borrow of unknown origin: it may be a part of any root.
    any: bool,
}

impl<'c> Changed<'c> {
    /// What the operations in `around` may change.
    fn by(around: Op<'c, '_>) -> Self {
        let mut changed = Self {
            owners: HashSet::new(),
            any: false,
        };
        for op in all_ops(around) {
            for root in header_writes(op) {
                changed.any |= is_of_unknown_origin(root);
                changed.owners.insert(owner(root));
            }
            changed.owners.extend(changed_by(op).map(Owner::Global));
        }
        changed
    }

    /// Whether the header that a borrow leads to may change.
    fn reaches(&self, value: Val<'c, '_>) -> bool {
        let root = root(value);
        !is_constant(root)
            && (self.any
                || self.owners.contains(&owner(root))
                || (!self.owners.is_empty() && is_of_unknown_origin(root)))
    }
}

fn hoist(function: Op) {
    // Inner loops come last in the list: from there a read climbs as far as it can.
    for around in all_ops(function)
        .into_iter()
        .rev()
        .filter(|op| is_loop(*op))
    {
        let changed = Changed::by(around);
        for op in all_ops(around) {
            if is_header_read(op) && may_move(op, around, &changed) {
                move_before(op, around);
            }
        }
    }
}

/// Whether the operation gives the same result before the loop, and may run there even where the loop
/// runs no iteration.
fn may_move<'c>(op: Op<'c, '_>, around: Op, changed: &Changed<'c>) -> bool {
    let reads = !matches!(op_name(op), "own.borrow" | "own.borrow_mut" | "own.field");
    let may_change = reads && changed.reaches(operand(op, 0));
    op.operands().all(|operand| !is_inside(operand, around))
        && !may_change
        && (op_name(op) != "own.elem" || is_in_range_before(op, around))
}

/// Whether the index of an `own.elem` is known to be in range before the loop starts: it was checked there, or it
/// needs no check. An index that is still checked inside is not known to be.
fn is_in_range_before(elem: Op, around: Op) -> bool {
    let (Ok(source), Ok(index)) = (elem.operand(0), elem.operand(1)) else {
        return false;
    };
    let checks: Vec<_> = uses(index)
        .into_iter()
        .filter(|(op, position)| op_name(*op) == "own.check_index" && *position == 0)
        .map(|(op, _)| op)
        .collect();
    checks.iter().any(|check| dominates(*check, around))
        || (checks.is_empty() && is_below_length(source, index))
}

/// Whether linear bounds prove that an index is below the length of a list, wherever it is defined.
fn is_below_length(list: Val, index: Val) -> bool {
    let index = Linear::of(index);
    uses(list)
        .into_iter()
        .filter(|(op, _)| op_name(*op) == "own.len")
        .filter_map(|(op, _)| op.result(0).ok())
        .any(|length| {
            let room = Linear::of(length.into())
                .plus(&index, -1)
                .plus(&Linear::constant(1), -1);
            room.is_non_negative()
        })
        && index.is_non_negative()
}

/// Merges equal header reads on roots whose headers nothing in the function changes.
fn merge(function: Op) {
    let changed = Changed::by(function);
    // Of equal reads in one block the first serves all that is behind it, there and in the regions below.
    let mut kept: HashMap<(ReadKey, Key), Op> = HashMap::new();
    for op in all_ops(function) {
        if !is_header_read(op) {
            continue;
        }
        if is_place(op) && results(op).iter().all(|result| uses(*result).is_empty()) {
            erase(op);
            continue;
        }
        let borrows = matches!(op_name(op), "own.borrow" | "own.borrow_mut" | "own.field");
        let Some(block) = op.block() else { continue };
        if !borrows && changed.reaches(operand(op, 0)) {
            continue;
        }
        let key = read_key(op);
        let around = std::iter::successors(Some(op), parent).filter_map(|op| op.block());
        let twin = (around.filter_map(|block| kept.get(&(key.clone(), block_key(block))))).next();
        match twin.and_then(|twin| twin.result(0).ok()) {
            Some(result) => replace(op, result.into()),
            None => {
                kept.insert((key, block_key(block)), op);
            }
        }
    }
}

/// What equal reads have in common.
type ReadKey<'c> = (&'c str, Vec<Key>, Option<i64>, Option<Type<'c>>);

fn read_key<'c>(op: Op<'c, '_>) -> ReadKey<'c> {
    let operands = op.operands().map(value_key).collect();
    // A shared borrow of a field does not serve who writes to it.
    let ty = op.result(0).ok().map(|result| result.r#type());
    (op_name(op), operands, integer_attribute(op, "field"), ty)
}

fn dominates(first: Op, second: Op) -> bool {
    first
        .block()
        .and_then(|block| ancestor_in_block(block, second))
        .is_some_and(|ancestor| {
            op_key(ancestor) != op_key(first) && first.is_before_in_block(ancestor)
        })
}
