//! How the iterations of a parallel loop are cut into chunks.
//!
//! By the number of iterations and the cost of one, never by the machine: what is computed in a
//! chunk, partial results of reductions among it, is the same everywhere.

use super::{cost, parallel_loop::ParallelLoop};
use crate::emit;
use melior::ir::ValueLike;
use mlc_mlir::rewrite::{Cursor, Op, Val};

/// More chunks than this would not balance better; it bounds the room for partial results.
pub const MOST: i64 = 1024;

/// A chunk is about this many simple operations: some microseconds, so that handing it out costs
/// little beside it.
const COST: i64 = 1 << 16;

/// A region that is cheaper than this runs on the calling thread alone.
const BREAK_EVEN_COST: i64 = 4 * COST;

/// Chunks of at least as many iterations begin at a multiple of it, at the start of a cache line.
const ALIGNMENT: i64 = 64;

/// The grain that makes all iterations one chunk.
pub fn one<'c, 'a>(at: &Cursor<'c, 'a>, iterations: Val<'c, 'a>) -> Val<'c, 'a> {
    emit::binary(at, "arith.maxsi", iterations, emit::index(at, 1))
}

/// Whether a loop is known to be so cheap that it is one chunk.
pub fn is_one(par_for: Op) -> bool {
    cost::known(par_for).is_some_and(|cost| cost < BREAK_EVEN_COST)
}

/// How many iterations a chunk has.
pub fn grain<'c, 'a>(
    at: &Cursor<'c, 'a>,
    parallel: &ParallelLoop<'c, 'a>,
    iterations: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let one = emit::index(at, 1);
    let index = iterations.r#type();
    let cost = cost::of_iteration(at, parallel.par_for, iterations);
    let divide = |cost_of_part: i64| {
        let part = emit::index(at, cost_of_part);
        let quotient = emit::binary(at, "arith.divui", part, cost);
        emit::binary(at, "arith.maxsi", quotient, one)
    };
    let most = emit::index(at, MOST);
    let by_count = at.value("arith.ceildivui", &[iterations, most], index, &[]);
    let least = emit::binary(at, "arith.maxsi", divide(COST), by_count);

    // Whole rows where a chunk has any, else whole cache lines.
    let row = parallel.bounds[1..]
        .iter()
        .map(|bound| emit::binary(at, "arith.maxsi", *bound, one))
        .reduce(|product, bound| emit::binary(at, "arith.muli", product, bound));
    let unit = row.unwrap_or_else(|| emit::index(at, ALIGNMENT));
    let whole = emit::compare(at, emit::IntPredicate::Sle, unit, least);
    let unit = at.value("arith.select", &[whole, unit, one], index, &[]);
    let units = at.value("arith.ceildivui", &[least, unit], index, &[]);
    let grain = emit::binary(at, "arith.muli", units, unit);

    let small = emit::compare(
        at,
        emit::IntPredicate::Slt,
        iterations,
        divide(BREAK_EVEN_COST),
    );
    let all = self::one(at, iterations);
    at.value("arith.select", &[small, all, grain], index, &[])
}
