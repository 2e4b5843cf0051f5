//! An estimate of what one iteration of a loop costs, in simple operations.
//!
//! It decides how the iterations are cut into chunks, so it uses the problem alone: the operations
//! in the body, the trip counts that are known where the loop starts, and those of the first
//! iteration, where they can be had early.

use super::first_iteration::FirstIteration;
use crate::emit;
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{Blk, Cursor, Op, Val, constant_integer, nested_blocks, op_name, ops};

/// The trip count that is assumed of a loop where nothing is known.
const UNKNOWN_TRIPS: i64 = 64;

/// Emits the cost of one iteration of `par_for` as an index, at least 1. `at` is before the loop;
/// `iterations` is the number of them.
pub fn of_iteration<'c, 'a>(
    at: &Cursor<'c, 'a>,
    par_for: Op<'c, 'a>,
    iterations: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let one = emit::index(at, 1);
    let Some(body) = nested_blocks(par_for).first().copied() else {
        return one;
    };
    let estimate = Estimate {
        at: *at,
        first: FirstIteration::new(*at, body, iterations),
    };
    emit::binary(at, "arith.addi", one, estimate.of_block(body))
}

struct Estimate<'c, 'a> {
    at: Cursor<'c, 'a>,
    first: FirstIteration<'c, 'a>,
}

impl<'c, 'a> Estimate<'c, 'a> {
    fn of_block(&self, block: Blk<'c, 'a>) -> Val<'c, 'a> {
        let at = &self.at;
        let mut fixed = 0;
        let mut total = emit::index(at, 0);
        for op in ops(block) {
            match op_name(op) {
                "scf.for" | "par.for" | "scf.while" => {
                    let one = emit::index(at, 1);
                    let body = nested_blocks(op).into_iter().fold(one, |sum, block| {
                        emit::binary(at, "arith.addi", sum, self.of_block(block))
                    });
                    let all = emit::binary(at, "arith.muli", self.trips(op), body);
                    total = emit::binary(at, "arith.addi", total, all);
                }
                // Errors are rare.
                "par.exit_if" => fixed += 1,
                "scf.if" => {
                    for block in nested_blocks(op) {
                        total = emit::binary(at, "arith.addi", total, self.of_block(block));
                    }
                }
                name => fixed += of_operation(name),
            }
        }
        emit::binary(at, "arith.addi", total, emit::index(at, fixed))
    }

    /// The number of times that the body of a loop in the body runs.
    fn trips(&self, op: Op<'c, 'a>) -> Val<'c, 'a> {
        let at = &self.at;
        let zero = emit::index(at, 0);
        let operands: Vec<_> = op.operands().collect();
        let known = match (op_name(op), &operands[..]) {
            ("scf.for", [lower, upper, step, ..]) => self
                .first
                .value(*lower)
                .zip(self.first.value(*upper))
                .zip(constant_integer(*step))
                .map(|((lower, upper), step)| {
                    let span = emit::binary(at, "arith.subi", upper, lower);
                    let span = emit::binary(at, "arith.maxsi", span, zero);
                    emit::binary(at, "arith.divui", span, emit::index(at, step.max(1)))
                }),
            ("par.for", operands) => {
                let dimensions = nested_blocks(op)
                    .first()
                    .map_or(0, |block| block.argument_count());
                operands[..dimensions]
                    .iter()
                    .map(|bound| self.first.value(*bound))
                    .try_fold(emit::index(at, 1), |product, bound| {
                        let bound = emit::binary(at, "arith.maxsi", bound?, zero);
                        Some(emit::binary(at, "arith.muli", product, bound))
                    })
            }
            _ => None,
        };
        known.unwrap_or_else(|| emit::index(at, UNKNOWN_TRIPS))
    }
}

/// The cost of all iterations of a loop, if every trip count in it is a constant.
pub fn known(loop_: Op) -> Option<i64> {
    let trips = known_trips(loop_)?;
    let body = nested_blocks(loop_).into_iter().map(known_block);
    let body = body.sum::<Option<i64>>()?;
    trips.checked_mul(body.checked_add(1)?)
}

fn known_block(block: Blk) -> Option<i64> {
    let of_op = |op| match op_name(op) {
        "scf.for" | "par.for" | "scf.while" => known(op),
        "par.exit_if" => Some(1),
        "scf.if" => nested_blocks(op).into_iter().map(known_block).sum(),
        name => Some(of_operation(name)),
    };
    ops(block).into_iter().map(of_op).sum()
}

fn known_trips(loop_: Op) -> Option<i64> {
    let operands: Vec<_> = loop_.operands().collect();
    match (op_name(loop_), &operands[..]) {
        ("scf.for", [lower, upper, step, ..]) => {
            let span = constant_integer(*upper)? - constant_integer(*lower)?;
            Some(span.max(0) / constant_integer(*step)?.max(1))
        }
        ("par.for", operands) => {
            let dimensions = nested_blocks(loop_).first()?.argument_count();
            let bounds = operands[..dimensions].iter();
            bounds
                .map(|bound| Some(constant_integer(*bound)?.max(0)))
                .try_fold(1i64, |product, bound| product.checked_mul(bound?))
        }
        _ => None,
    }
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
