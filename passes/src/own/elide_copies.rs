//! `own-elide-copies`: hand a value over instead of copying it where the original ends.
//!
//! Before:                                    After:
//!   %b = own.borrow %x : !box -> !ref          %c is %x
//!   %c = own.copy %b : !ref -> !box
//!   own.drop %x : !box
//!
//! Requires: `own-insert-drops`, which puts the drop of a value whose last use is a copy right behind it.
//! Does not: elide copies of parts, or of arguments of exported functions.

use melior::ir::{BlockLike, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::{
    Pass,
    rewrite::{
        Op, Val, defining_block, defining_op, erase, is_unused, op_name, operand, ops_named,
        replace_all_uses, results,
    },
};

pub static ELIDE_COPIES: Pass = Pass {
    name: "own-elide-copies",
    summary: "hand values over instead of copying them where the originals end",
    anchor: "builtin.module",
    run: |_, module, _| {
        for copy in ops_named(module, "own.copy") {
            elide(copy);
        }
        Ok(())
    },
};

fn elide(copy: Op) {
    let Some((original, borrows)) = original(operand(copy, 0)) else {
        return;
    };
    if may_be_foreign(original) {
        return;
    }
    let Some(drop) = drop_behind(copy, original) else {
        return;
    };
    erase(drop);
    replace_all_uses(results(copy)[0], original);
    erase(copy);
    for borrow in borrows {
        if is_unused(results(borrow)[0]) {
            erase(borrow);
        }
    }
}

/// The box that all of is borrowed, and the operations that borrow it, the last one first.
fn original<'c: 'a, 'a>(borrow: Val<'c, 'a>) -> Option<(Val<'c, 'a>, Vec<Op<'c, 'a>>)> {
    let mut value = borrow;
    let mut borrows = Vec::new();
    while !own::is_box(value.r#type()) {
        let op = defining_op(value)?;
        if !matches!(op_name(op), "own.borrow" | "own.borrow_mut") {
            return None;
        }
        borrows.push(op);
        value = operand(op, 0);
    }
    Some((value, borrows))
}

/// Whether a box comes from a caller that is not ours, which may have lent its memory: a copy is apart
/// from it.
fn may_be_foreign(value: Val) -> bool {
    let around = defining_block(value).and_then(|block| block.parent_operation());
    defining_op(value).is_none()
        && around.is_some_and(|op| op_name(op) == "func.func" && op.has_attribute("mlc.export"))
}

/// The drop of a box among the drops that follow an operation.
fn drop_behind<'c: 'a, 'a>(op: Op<'c, 'a>, value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    std::iter::successors(op.next_in_block(), |op| op.next_in_block())
        .take_while(|op| op_name(*op) == "own.drop")
        .find(|op| operand(*op, 0) == value)
}
