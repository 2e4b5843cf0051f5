//! One iteration a thread.

use super::{
    barriers::reduce_in_block,
    launch::{
        MOST_PARTIALS, Partials, THREADS, buffer_type, delinearize, launch, serialize_inner_loops,
        unless_empty,
    },
};
use crate::{
    emit::{self, IntPredicate},
    par::parallel_loop::ParallelLoop,
};
use mlc_mlir::rewrite::{Cursor, Val, results};

/// Makes a loop a kernel whose threads each run one iteration, or with reductions every so many-th.
pub fn convert(parallel: ParallelLoop, name: &str) -> Result<(), String> {
    let at = Cursor::before(parallel.context, parallel.par_for);
    let iterations = parallel.iterations(&at);
    let totals = unless_empty(&at, &parallel, iterations, |at| {
        if parallel.kinds.is_empty() {
            map(at, &parallel, iterations, name)
        } else {
            reduce(at, &parallel, iterations, name)
        }
    })?;
    parallel.finish(None, &totals);
    Ok(())
}

fn blocks_for<'c, 'a>(at: &Cursor<'c, 'a>, iterations: Val<'c, 'a>) -> Val<'c, 'a> {
    let threads = emit::index(at, THREADS);
    at.value(
        "arith.ceildivui",
        &[iterations, threads],
        emit::index_type(at),
        &[],
    )
}

fn map<'c, 'a>(
    at: &Cursor<'c, 'a>,
    parallel: &ParallelLoop<'c, 'a>,
    iterations: Val<'c, 'a>,
    name: &str,
) -> Result<Vec<Val<'c, 'a>>, String> {
    let blocks = blocks_for(at, iterations);
    let kernel = launch(at, name, blocks, &[], |at, place| {
        let threads = emit::index(at, THREADS);
        let before = emit::binary(at, "arith.muli", place.block, threads);
        let number = emit::binary(at, "arith.addi", before, place.thread);
        let is_iteration = emit::compare(at, IntPredicate::Slt, number, iterations);
        emit::if_then(at, is_iteration, |at| {
            let ivs = delinearize(at, &parallel.bounds, number);
            parallel.place_body(at, &ivs, &[]);
        });
    });
    serialize_inner_loops(parallel.context, kernel)?;
    Ok(Vec::new())
}

fn reduce<'c, 'a>(
    at: &Cursor<'c, 'a>,
    parallel: &ParallelLoop<'c, 'a>,
    iterations: Val<'c, 'a>,
    name: &str,
) -> Result<Vec<Val<'c, 'a>>, String> {
    let types = parallel.types();
    let most = emit::index(at, MOST_PARTIALS);
    let blocks = emit::binary(at, "arith.minsi", blocks_for(at, iterations), most);
    let partials = Partials::allocate(at, &types, blocks)?;
    let shared = types
        .iter()
        .map(|ty| buffer_type(at, *ty))
        .collect::<Result<Vec<_>, _>>()?;
    let neutral = parallel.neutral(at)?;
    let kernel = launch(at, name, blocks, &shared, |at, place| {
        let threads = emit::index(at, THREADS);
        let before = emit::binary(at, "arith.muli", place.block, threads);
        let first = emit::binary(at, "arith.addi", before, place.thread);
        let all = emit::binary(at, "arith.muli", place.blocks, threads);
        let sums = emit::for_loop(
            at,
            (first, iterations, all),
            &neutral,
            |at, number, sums| {
                let ivs = delinearize(at, &parallel.bounds, number);
                parallel.place_body(at, &ivs, sums)
            },
        );
        let sums = reduce_in_block(
            at,
            place.thread,
            &parallel.kinds,
            &results(sums),
            &place.buffers,
        );
        partials.store(at, place, &sums);
    });
    serialize_inner_loops(parallel.context, kernel)?;
    Ok(partials.combine(at, parallel))
}
