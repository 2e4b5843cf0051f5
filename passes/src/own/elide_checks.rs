//! `own-elide-checks`: remove index checks that cannot fail.
//!
//! Before:                                            After:
//!   %n = own.len %x                                    %n = own.len %x
//!   par.for (%i) in (%n) raises {                      par.for (%i) in (%n) {
//!     own.check_index %i < %n given %i
//!
//! Requires: equal lengths are one value (`own-hoist-views`).
//! Leaves: no check that linear bounds prove; no wrap of an index that is never negative; no status of what cannot raise,
//! and no `raises` on a loop that cannot raise any more.
//! Does not: prove anything that takes a run-time value to be known (`own-hoist-checks` asks for it).

use crate::{
    analysis::{linear::Linear, wrap::unwrapped},
    par::raises::drop_status,
};
use melior::{
    Context,
    ir::{OperationRef, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{Op, all_ops, erase, op_name},
};

pub static ELIDE_CHECKS: Pass = Pass {
    name: "own-elide-checks",
    summary: "remove index checks that cannot fail",
    anchor: "func.func",
    run: elide_checks,
};

/// Removes the index checks that linear bounds prove.
pub fn elide_checks<'c, 'a>(
    context: &'c Context,
    function: OperationRef<'c, 'a>,
    _: &str,
) -> PassResult {
    for op in all_ops(function) {
        if op_name(op) == "arith.select"
            && let Some(index) = unwrapped(op)
            && Linear::of(index).is_non_negative()
        {
            mlc_mlir::rewrite::replace(op, index);
        }
    }
    for op in all_ops(function) {
        let is_idle = match op_name(op) {
            "own.check_index" => cannot_fail(op),
            "own.propagate" => is_constant_status(op),
            _ => false,
        };
        if is_idle {
            erase(op);
        }
    }
    // Inner loops first: an outer loop raises only where an inner one, or a call, still does.
    for op in all_ops(function).into_iter().rev() {
        if op_name(op) == "par.for" && op.has_attribute("raises") && !may_raise(op) {
            drop_status(context, op);
        }
    }
    Ok(())
}

fn cannot_fail(check: Op) -> bool {
    let (Ok(index), Ok(length)) = (check.operand(0), check.operand(1)) else {
        return false;
    };
    let index = Linear::of(index);
    let room = Linear::of(length)
        .plus(&index, -1)
        .plus(&Linear::constant(1), -1);
    index.is_non_negative() && room.is_non_negative()
}

/// Whether an iteration of the loop may still end with an error.
fn may_raise(loop_: Op) -> bool {
    all_ops(loop_).into_iter().any(|op| {
        matches!(
            op_name(op),
            "own.check" | "own.check_index" | "own.append" | "own.resize"
        ) || (op_name(op) == "own.propagate" && !is_constant_status(op))
    })
}

/// Whether an `own.propagate` has the status of what cannot raise, or cannot any more.
fn is_constant_status(op: Op) -> bool {
    op.operand(0)
        .ok()
        .and_then(mlc_mlir::rewrite::constant_integer)
        == Some(0)
}
