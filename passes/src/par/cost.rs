//! An estimate of what one iteration of a loop costs, in simple operations.
//!
//! It decides how the iterations are cut into chunks, so it uses the problem alone: the operations
//! in the body and the trip counts that are known where the loop starts.

use crate::emit;
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, constant_integer, defining_block, nested_blocks, op_name, ops,
};

/// The trip count that is assumed of a loop where nothing is known.
const UNKNOWN_TRIPS: i64 = 64;

/// Emits the cost of one iteration of `par_for` as an index, at least 1. `at` is before the loop.
pub fn of_iteration<'c, 'a>(at: &Cursor<'c, 'a>, par_for: Op<'c, 'a>) -> Val<'c, 'a> {
    let mut cost = emit::index(at, 1);
    for block in nested_blocks(par_for) {
        let body = of_block(at, block);
        cost = emit::binary(at, "arith.addi", cost, body);
    }
    cost
}

fn of_block<'c, 'a>(at: &Cursor<'c, 'a>, block: Blk<'c, 'a>) -> Val<'c, 'a> {
    let mut fixed = 0;
    let mut total = emit::index(at, 0);
    for op in ops(block) {
        match op_name(op) {
            "scf.for" | "par.for" | "scf.while" => {
                let body = nested_blocks(op)
                    .into_iter()
                    .fold(emit::index(at, 1), |sum, block| {
                        let body = of_block(at, block);
                        emit::binary(at, "arith.addi", sum, body)
                    });
                let trips = trips(at, op);
                let all = emit::binary(at, "arith.muli", trips, body);
                total = emit::binary(at, "arith.addi", total, all);
            }
            // Errors are rare.
            "par.exit_if" => fixed += 1,
            "scf.if" => {
                for block in nested_blocks(op) {
                    let branch = of_block(at, block);
                    total = emit::binary(at, "arith.addi", total, branch);
                }
            }
            name => fixed += of_operation(name),
        }
    }
    let fixed = emit::index(at, fixed);
    emit::binary(at, "arith.addi", total, fixed)
}

/// The cost of an operation without regions, beside that of an addition.
fn of_operation(name: &str) -> i64 {
    match name {
        "arith.constant"
        | "arith.index_cast"
        | "scf.yield"
        | "par.yield"
        | "scf.condition"
        | "builtin.unrealized_conversion_cast"
        | "llvm.extractvalue"
        | "llvm.getelementptr"
        | "memref.dim" => 0,
        "arith.divf" | "math.sqrt" | "math.rsqrt" => 4,
        "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" | "arith.floordivsi" => 10,
        "math.absf" | "math.absi" | "math.fma" | "math.floor" | "math.ceil" | "math.copysign" => 1,
        "func.call" | "llvm.call" => 40,
        name if name.starts_with("math.") => 15,
        _ => 1,
    }
}

/// The number of times that the body of a loop in the body runs.
fn trips<'c, 'a>(at: &Cursor<'c, 'a>, op: Op<'c, 'a>) -> Val<'c, 'a> {
    let unknown = |at| emit::index(at, UNKNOWN_TRIPS);
    let operands: Vec<_> = op.operands().collect();
    match op_name(op) {
        "scf.for" => {
            let [lower, upper, step, ..] = operands[..] else {
                return unknown(at);
            };
            let (Some(lower), Some(upper), Some(step)) =
                (known(at, lower), known(at, upper), constant_integer(step))
            else {
                return unknown(at);
            };
            let span = emit::binary(at, "arith.subi", upper, lower);
            let step = emit::index(at, step.max(1));
            let zero = emit::index(at, 0);
            let span = emit::binary(at, "arith.maxsi", span, zero);
            emit::binary(at, "arith.divui", span, step)
        }
        "par.for" => {
            let dimensions = nested_blocks(op)
                .first()
                .map_or(0, |block| melior::ir::BlockLike::argument_count(block));
            operands[..dimensions]
                .iter()
                .fold(emit::index(at, 1), |product, bound| {
                    let bound = known(at, *bound).unwrap_or_else(|| unknown(at));
                    let zero = emit::index(at, 0);
                    let bound = emit::binary(at, "arith.maxsi", bound, zero);
                    emit::binary(at, "arith.muli", product, bound)
                })
        }
        _ => unknown(at),
    }
}

/// A value as an index at the place before the loop, where it is known there.
fn known<'c, 'a>(at: &Cursor<'c, 'a>, value: Val<'c, 'a>) -> Option<Val<'c, 'a>> {
    if let Some(constant) = constant_integer(value) {
        return Some(emit::index(at, constant));
    }
    let block = defining_block(value)?;
    let outside = std::iter::successors(Some(at.block()), |block| {
        melior::ir::BlockLike::parent_operation(block)?.block()
    })
    .any(|around| around == block);
    outside.then(|| emit::index_cast(at, value, emit::index_type(at)))
}
