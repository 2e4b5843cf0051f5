//! How many iterations go before the main loop so that its stores start at the start of a register's width.
//!
//! A store that crosses a cache line costs two; NumPy's large arrays start 16 bytes into one. Loads may cross: they
//! cost less. Only loops that do little else gain, and only where they run long enough to pay for the extra step.

use super::plan::{Access, Plan};
use crate::emit;
use melior::ir::{Type, ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, defining_op, is_inside, op_key, op_name, operand, ops, value_key,
};

/// Shorter loops start where they start.
const LEAST_TRIPS: i64 = 1024;

/// The number of iterations, below `plan.native`, from `lower` to the first place where the first store of the
/// body is aligned. `None` where the loop would not gain, or where the place is not known before it.
pub fn peeled<'c, 'a>(
    at: &Cursor<'c, 'a>,
    plan: &Plan<'c, 'a>,
    scf_for: Op<'c, 'a>,
    body: Blk<'c, 'a>,
    iv: Val<'c, 'a>,
    (lower, upper): (Val<'c, 'a>, Val<'c, 'a>),
) -> Option<Val<'c, 'a>> {
    // Where lanes combine, their number must not depend on addresses: the bits would.
    if !plan.reductions.is_empty() || !plan.masked_rest || plan.lanes <= plan.native {
        return None;
    }
    let store = ops(body).into_iter().find(|op| {
        op_name(*op) == "memref.store"
            && plan.accesses.get(&op_key(*op)) == Some(&Access::Contiguous)
    })?;
    let bits = super::plan::element_bits(store.operand(0).ok()?.r#type())?;
    let bytes = (bits / 8) as i64;
    if bits * plan.native != plan.register_bits {
        return None;
    }

    let index = emit::index_type(at);
    let memref = store.operand(1).ok()?;
    let (last, outer) = (
        store.operands().last()?,
        store.operand_count().checked_sub(3)?,
    );
    if is_inside(memref, scf_for) || !is_iteration(last, iv) {
        return None;
    }
    // Row-major: the extents of the dimensions behind an index are its stride.
    let mut place = None;
    for dimension in 0..outer {
        let at_dimension = store.operand(2 + dimension).ok()?;
        if is_inside(at_dimension, scf_for) {
            return None;
        }
        place = Some(next_place(at, place, memref, dimension, at_dimension));
    }
    let first = emit::index_cast(at, lower, index);
    let place = next_place(at, place, memref, outer, first);

    let start = at.value(
        "memref.extract_aligned_pointer_as_index",
        &[memref],
        index,
        &[],
    );
    let offset = emit::binary(at, "arith.muli", place, emit::index(at, bytes));
    let address = emit::binary(at, "arith.addi", start, offset);
    let back = emit::binary(at, "arith.subi", emit::index(at, 0), address);
    let width = emit::index(at, plan.native as i64 * bytes);
    let missing = at.value("arith.remui", &[back, width], index, &[]);
    let missing = emit::binary(at, "arith.divui", missing, emit::index(at, bytes));

    let last = emit::index_cast(at, upper, index);
    let trips = emit::binary(at, "arith.subi", last, first);
    let least = emit::index(at, LEAST_TRIPS);
    let short = emit::compare(at, emit::IntPredicate::Slt, trips, least);
    let peeled = at.value(
        "arith.select",
        &[short, emit::index(at, 0), missing],
        index,
        &[],
    );
    Some(emit::index_cast(at, peeled, lower.r#type()))
}

/// The number of elements before a place, one dimension further.
fn next_place<'c, 'a>(
    at: &Cursor<'c, 'a>,
    place: Option<Val<'c, 'a>>,
    memref: Val<'c, 'a>,
    dimension: usize,
    position: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let Some(place) = place else {
        return position;
    };
    let index: Type = emit::index_type(at);
    let number = emit::index(at, dimension as i64);
    let extent = at.value("memref.dim", &[memref, number], index, &[]);
    let rows = emit::binary(at, "arith.muli", place, extent);
    emit::binary(at, "arith.addi", rows, position)
}

/// Whether a value is the induction variable itself, or a cast of it.
fn is_iteration(value: Val, iv: Val) -> bool {
    let mut value = value;
    while let Some(op) = defining_op(value) {
        if op_name(op) != "arith.index_cast" {
            return false;
        }
        value = operand(op, 0);
    }
    value_key(value) == value_key(iv)
}
