//! `par-check`: prove that the iterations of parallel loops are independent, or say which accesses may meet.
//!
//! Accepted:                                          Rejected, as `race`:
//!   par.for (%i) in (%n) {                             par.for (%i) in (%n) {
//!     memref.store %v, %y[%i]                            memref.store %v, %y[%zero]
//!   }                                                  }
//!
//! Requires: checked ownership (`own-check`), so that different roots are different memory. Best after
//! `own-elide-checks`, which removes the wraps of indices that are never negative.
//! Changes nothing. Does not: ask at run time where an index depends on run-time coefficients; that is rejected too.

use crate::analysis::{
    access::{Access, Mode, accesses},
    place::may_overlap,
    separation::separated,
};
use melior::{
    Context,
    ir::{OperationRef, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassError, PassResult, emit_error_with_notes,
    rewrite::{Key, Op, Val, all_ops, is_inside, op_name, value_key, value_name},
};
use std::collections::BTreeSet;

pub static CHECK: Pass = Pass {
    name: "par-check",
    summary: "prove that the iterations of parallel loops are independent",
    anchor: "func.func",
    run: check,
};

/// Reports a `race` for each value of which two iterations of a loop may touch the same part, one of them writing.
pub fn check<'c, 'a>(_: &'c Context, function: OperationRef<'c, 'a>, _: &str) -> PassResult {
    let mut result = Ok(());
    // One value is reported once, for the outermost loop that it races in.
    let mut reported = BTreeSet::new();
    for around in all_ops(function) {
        // The loops of an array operation: independent by construction, whatever its indices look like.
        let proved = around.has_attribute("par.elementwise");
        if op_name(around) == "par.for" && !proved && !check_loop(around, &mut reported) {
            result = Err(PassError::Reported);
        }
    }
    result
}

fn check_loop<'c: 'a, 'a>(around: Op<'c, 'a>, reported: &mut BTreeSet<Key>) -> bool {
    let shared: Vec<Access> = accesses(around)
        .into_iter()
        .filter(|access| !is_private(access.root, around))
        .collect();
    let mut independent = true;
    for (position, second) in shared.iter().enumerate() {
        // The later of two accesses comes second; an access is held against itself
        // in another iteration first.
        for first in shared[..=position].iter().rev() {
            if !conflicts(first, second) || separated(around, first, second) {
                continue;
            }
            independent = false;
            if reported.insert(value_key(second.root)) {
                report(first, second);
            }
        }
    }
    independent
}

/// Whether a value belongs to one iteration: it is made in the body, and no borrow of unknown origin.
fn is_private(root: Val, around: Op) -> bool {
    let is_unknown_borrow = own::is_borrow(root.r#type());
    is_inside(root, around) && !is_unknown_borrow
}

fn conflicts(first: &Access, second: &Access) -> bool {
    let harmless = match (first.mode, second.mode) {
        (Mode::Read, Mode::Read) | (Mode::Atomic, Mode::Atomic) => true,
        (Mode::Collect, Mode::Collect) => first.op == second.op,
        _ => false,
    };
    !harmless && may_overlap(first.root, second.root)
}

fn report(first: &Access, second: &Access) {
    // The write is the primary place; of two writes, the later one.
    let (primary, other) = if second.mode == Mode::Read {
        (first, second)
    } else {
        (second, first)
    };
    let name = value_name(primary.root).map_or("a value".to_owned(), |name| format!("`{name}`"));
    let at = primary.op.location();
    if primary.op == other.op {
        let message =
            format!("race: two iterations of the parallel loop may write the same place of {name}");
        let help = "help: write to a place that no other iteration writes, combine with a reduction on a plain \
                    variable, or say `atomic` where the order does not matter";
        emit_error_with_notes(at, &message, &[(at, help.to_owned())]);
        return;
    }
    let verb = match other.mode {
        Mode::Read => "reads",
        _ => "writes",
    };
    let message = format!(
        "race: an iteration of the parallel loop may write a place of {name} that another one {verb}"
    );
    let help = match other.mode {
        Mode::Read => format!("help: read from a copy of {name} that is made before the loop"),
        _ => "help: let each iteration write places of its own".to_owned(),
    };
    let place = other.op.location();
    let notes = [
        (place, format!("another iteration {verb} it here")),
        (at, help),
    ];
    emit_error_with_notes(at, &message, &notes);
}
