//! `par-annotate-independent`: mark serial loops whose iterations do not depend on each other.
//!
//! Before:                                            After:
//!   scf.for %i = %zero to %n step %one {               scf.for %i = %zero to %n step %one {
//!     %v = memref.load %x[%i]                            …
//!     memref.store %v, %y[%i]                          } {par.independent}
//!   }
//!
//! Requires: checked ownership, so that different roots are different memory: only here that is still known.
//! Leaves: `par.independent` on loops whose memory accesses in different iterations never meet. What such a loop
//! carries from iteration to iteration (its `iter_args`) is not looked at.
//! Does not: mark loops with calls or with operations that may leave the loop: their order can be observed.

use crate::analysis::{
    access::{Access, Mode, accesses},
    place::may_overlap,
    separation::separated,
};
use melior::{
    Context,
    ir::{Attribute, OperationRef, ValueLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{Op, all_ops, is_inside, op_name, set_attribute},
};

pub static ANNOTATE_INDEPENDENT: Pass = Pass {
    name: "par-annotate-independent",
    summary: "mark serial loops whose iterations do not depend on each other",
    anchor: "func.func",
    run: annotate_independent,
};

/// Marks the serial loops of a function whose iterations could run in any order.
pub fn annotate_independent<'c, 'a>(
    context: &'c Context,
    function: OperationRef<'c, 'a>,
    _: &str,
) -> PassResult {
    for around in all_ops(function) {
        if op_name(around) == "scf.for" && is_independent(around) {
            set_attribute(around, "par.independent", Attribute::unit(context));
        }
    }
    Ok(())
}

fn is_independent<'c: 'a, 'a>(around: Op<'c, 'a>) -> bool {
    if all_ops(around).into_iter().any(has_observable_order) {
        return false;
    }
    let shared: Vec<Access> = accesses(around)
        .into_iter()
        .filter(|access| !is_inside(access.root, around) || own::is_borrow(access.root.r#type()))
        .collect();
    shared.iter().enumerate().all(|(position, second)| {
        shared[..=position].iter().all(|first| {
            (first.mode == Mode::Read && second.mode == Mode::Read)
                || !may_overlap(first.root, second.root)
                || separated(around, first, second)
        })
    })
}

/// Whether running iterations in another order could be seen from outside, memory accesses aside.
fn has_observable_order(op: Op) -> bool {
    let name = op_name(op);
    let known = [
        "arith.", "math.", "scf.", "memref.", "vector.", "complex.", "ub.",
    ];
    let reads = matches!(
        name,
        "own.borrow"
            | "own.borrow_mut"
            | "own.elem"
            | "own.field"
            | "own.view"
            | "own.slice"
            | "own.header"
            | "own.len"
            | "own.load"
            | "own.store"
    );
    !reads && !known.iter().any(|dialect| name.starts_with(dialect))
}
