//! `bound-strided-loops`: let no loop count past the greatest integer.
//!
//! ```mlir
//! // Before                                        // After
//! scf.for %i = %c0 to %n step %c2 {                %end = arith.minsi %n, %cMAX_MINUS_1
//!                                                  scf.for %i = %c0 to %end step %c2 {
//! scf.for %i = %b to %n step %c2 {                 scf.for %k = %c0 to %trips step %c1 {
//!   ... %i                                           ... %b + %k * 2
//! ```
//!
//! `scf.for` compares after it has stepped: where its end is less than a step below the greatest integer, the step wraps
//! and the loop never ends. A loop of step one cannot: it meets its end. From a start near zero the end may be taken
//! back, as what is lost begins behind more iterations than anyone waits for.
//!
//! Requires: steps that are positive.
//! Leaves: loops whose number of iterations LLVM computes.
//! Does not: change loops whose ends are constants, or whole steps from their starts (`vectorize-inner-loops` makes
//! those), or whose positions are indices of memory, as they cannot wrap.

use crate::emit::{self, IntPredicate};
use melior::{
    Context,
    ir::{OperationRef, ValueLike, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Cursor, Op, Val, all_ops, arguments, constant_integer, defining_op, nested_blocks, op_name,
        operand, ops, replace_all_uses, results, set_operand, uses,
    },
};

pub static BOUND_STRIDED_LOOPS: Pass = Pass {
    name: "bound-strided-loops",
    summary: "let no loop count past the greatest integer",
    anchor: "builtin.module",
    run,
};

/// The greatest step, and the greatest start, at which a loop never comes to the end of the integers.
const SHORT: i64 = 1 << 16;
const NEAR: i64 = 1 << 62;

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    for op in all_ops(module) {
        if op_name(op) == "scf.for" {
            bound(context, op);
        }
    }
    Ok(())
}

fn bound<'c, 'a>(context: &'c Context, scf_for: Op<'c, 'a>) {
    let [start, end, step] = [0, 1, 2].map(|place| operand(scf_for, place));
    let ty = start.r#type();
    let at = Cursor::before(context, scf_for);
    let is_wide = ty == emit::index_type(&at) || ty == emit::int_type(&at, 64);
    let Some(size) = constant_integer(step).filter(|&size| size > 1 && is_wide) else {
        return;
    };
    let greatest = i64::MAX - (size - 1);
    if constant_integer(end).is_some_and(|end| end <= greatest)
        || is_whole(start, end, step)
        || is_index_of_memory(scf_for)
    {
        return;
    }
    let starts_near = constant_integer(start).is_some_and(|start| (0..=NEAR).contains(&start));
    if starts_near && size <= SHORT {
        let greatest = emit::integer(&at, ty, greatest);
        set_operand(scf_for, 1, emit::binary(&at, "arith.minsi", end, greatest));
    } else if is_masked(scf_for) && size <= SHORT {
        lower(&at, scf_for, greatest);
    } else {
        count(&at, scf_for, [start, end, step]);
    }
}

/// Whether a loop meets its end: `upper` is `lower + (x - x % step)`.
fn is_whole(lower: Val, upper: Val, step: Val) -> bool {
    let parts = |value, name| {
        let op = defining_op(value).filter(|op| op_name(*op) == name)?;
        Some((operand(op, 0), operand(op, 1)))
    };
    let span = match parts(upper, "arith.addi") {
        Some((left, span)) if left == lower => span,
        Some((span, right)) if right == lower => span,
        _ => return false,
    };
    parts(span, "arith.subi").is_some_and(|(whole, rest)| {
        parts(rest, "arith.remui").is_some_and(|(of, by)| {
            of == whole && constant_integer(by).is_some_and(|by| constant_integer(step) == Some(by))
        })
    })
}

/// Whether every iteration has an element of memory at its position: there are far fewer elements than integers.
fn is_index_of_memory(scf_for: Op) -> bool {
    nested_blocks(scf_for).first().is_some_and(|&body| {
        let accesses = ["load", "store", "transfer"];
        let is_access = |op| accesses.iter().any(|access| op_name(op).contains(access));
        uses(arguments(body)[0]).iter().any(|&(op, place)| {
            // The first operand may be what is stored.
            place > 0 && is_access(op) && op.block().is_some_and(|block| block == body)
        })
    })
}

/// Makes a loop count its iterations, whose number is known before it.
fn count<'c, 'a>(at: &Cursor<'c, 'a>, scf_for: Op<'c, 'a>, [lower, upper, step]: [Val<'c, 'a>; 3]) {
    let ty = lower.r#type();
    let constant = |value| emit::integer(at, ty, value);
    let (zero, one) = (constant(0), constant(1));
    let distance = emit::binary(at, "arith.subi", upper, lower);
    let distance = emit::binary(at, "arith.subi", distance, one);
    let trips = emit::binary(at, "arith.divui", distance, step);
    let trips = emit::binary(at, "arith.minui", trips, constant(i64::MAX - 1));
    let trips = emit::binary(at, "arith.addi", trips, one);
    let some = emit::compare(at, IntPredicate::Slt, lower, upper);
    let trips = at.value("arith.select", &[some, trips, zero], ty, &[]);

    replace_position(at, scf_for, |inside, counted| {
        let offset = inside.op("arith.muli", &[counted, step], &[ty], &[]);
        let value = inside.value("arith.addi", &[lower, results(offset)[0]], ty, &[]);
        (offset, value)
    });
    for (place, value) in [zero, trips, one].into_iter().enumerate() {
        set_operand(scf_for, place, value);
    }
}

/// Makes a loop whose bounds are close to each other count as much lower as it would come too near to the greatest integer: by
/// zero but there, so that LLVM has the loop as it was.
fn lower<'c, 'a>(at: &Cursor<'c, 'a>, scf_for: Op<'c, 'a>, greatest: i64) {
    let ty = operand(scf_for, 0).r#type();
    let greatest = emit::integer(at, ty, greatest);
    let highest = emit::binary(at, "arith.maxsi", operand(scf_for, 1), greatest);
    let excess = emit::binary(at, "arith.subi", highest, greatest);
    for place in [0, 1] {
        let bound = emit::binary(at, "arith.subi", operand(scf_for, place), excess);
        set_operand(scf_for, place, bound);
    }
    replace_position(at, scf_for, |inside, counted| {
        let sum = inside.op("arith.addi", &[counted, excess], &[ty], &[]);
        (sum, results(sum)[0])
    });
}

/// Gives the body of a loop another value for its position. `value` makes it, with the operation that has what is counted as its first
/// operand.
fn replace_position<'c, 'a>(
    at: &Cursor<'c, 'a>,
    scf_for: Op<'c, 'a>,
    value: impl Fn(&Cursor<'c, 'a>, Val<'c, 'a>) -> (Op<'c, 'a>, Val<'c, 'a>),
) {
    if let Some(&body) = nested_blocks(scf_for).first() {
        let counted = arguments(body)[0];
        let inside = Cursor::at_start(at.context, body, at.location);
        let (first, value) = value(&inside, counted);
        replace_all_uses(counted, value);
        set_operand(first, 0, counted);
    }
}

/// Whether a loop is the rest of a widened one, whose bounds are less than a few registers apart.
fn is_masked(scf_for: Op) -> bool {
    let body = nested_blocks(scf_for).into_iter().flat_map(ops);
    body.into_iter()
        .any(|op| op_name(op) == "vector.create_mask")
}
