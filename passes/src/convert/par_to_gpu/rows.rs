//! One iteration a block: its threads share the loops in it.

use super::{
    barriers::{barrier, reduce_in_block},
    device,
    inner_loops::{Shared, neighbors_touch_neighbors, trips},
    launch::{
        MOST_PARTIALS, Partials, Place, THREADS, buffer_type, delinearize, is_first, launch,
        serialize_inner_loops, unless_empty,
    },
    threads,
};
use crate::{
    emit::{self, IntPredicate},
    par::{parallel_loop::ParallelLoop, reductions},
};
use melior::ir::{Type, ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, all_ops, arguments, clone_op, constant_integer, erase, move_to_end,
    op_name, ops, region_of_block, replace_all_uses, results,
};

/// From as many iterations on, a loop in the body is shared: two warps are busy with it.
const WORTH_SHARING: i64 = 64;

/// More blocks than this run in turn anyway.
const MOST_BLOCKS: i64 = 1 << 16;

/// What would be a bug: a loop is no longer what it was when the plan was made.
const CHANGED: &str = "a loop in a parallel loop has changed";

/// How the loops in the body decide between a block and a thread for an iteration.
pub struct Plan<'c, 'a> {
    shared: Vec<Op<'c, 'a>>,
}

/// The plan for a loop whose body can be run by a block; `None` where it has no loops to share. `reorder`: whether sums
/// may be computed in another order.
pub fn plan<'c, 'a>(parallel: &ParallelLoop<'c, 'a>, reorder: bool) -> Option<Plan<'c, 'a>> {
    let mut list = ops(parallel.body);
    list.pop();
    let mut shared = Vec::new();
    for op in list {
        if Shared::of(parallel, op, reorder).is_some() {
            shared.push(op);
            continue;
        }
        let private_memory = all_ops(op)
            .into_iter()
            .any(|op| op_name(op) == "memref.alloca");
        // What writes is run by one thread, so no other has its results. A loop is too much for one.
        let writes = device::writes(op);
        let is_loop = matches!(op_name(op), "par.for" | "scf.for" | "scf.while");
        if private_memory || (writes && (is_loop || !results(op).is_empty())) {
            return None;
        }
    }
    neighbors_touch_neighbors(parallel, &shared).then_some(Plan { shared })
}

/// Makes a loop a kernel whose blocks each run one iteration at a time, where the loops in it turn out to be long enough,
/// and another kernel whose threads do where not.
pub fn convert(
    parallel: ParallelLoop,
    plan: Plan,
    reorder: bool,
    name: &mut dyn FnMut() -> String,
) -> Result<(), String> {
    let (context, par_for) = (parallel.context, parallel.par_for);
    let at = Cursor::before(context, par_for);
    let longest = plan
        .shared
        .iter()
        .map(|op| trips(&at, *op))
        .reduce(|left, right| emit::binary(&at, "arith.maxsi", left, right))
        .ok_or("a loop without loops to share")?;
    match constant_integer(longest) {
        Some(trips) if trips < WORTH_SHARING => return threads::convert(parallel, &name()),
        Some(_) => return share(parallel, &plan, reorder, &name()),
        None => {}
    }
    let least = emit::index(&at, WORTH_SHARING);
    let is_long = emit::compare(&at, IntPredicate::Sle, least, longest);
    let short = version(&parallel, is_long);
    share(parallel, &plan, reorder, &name())?;
    threads::convert(ParallelLoop::new(context, short)?, &name())
}

/// Puts a loop under a condition, and a copy of it, which it returns, under the opposite.
fn version<'c, 'a>(parallel: &ParallelLoop<'c, 'a>, condition: Val<'c, 'a>) -> Op<'c, 'a> {
    let (context, par_for) = (parallel.context, parallel.par_for);
    let (then_region, then) = region_of_block(&[]);
    let (else_region, otherwise) = region_of_block(&[]);
    let branch = Cursor::before(context, par_for).op_with_regions(
        "scf.if",
        &[condition],
        &parallel.types(),
        &[],
        vec![then_region, else_region],
    );
    for (old, new) in results(par_for).into_iter().zip(results(branch)) {
        replace_all_uses(old, new);
    }
    let end = |block| Cursor::at_end(context, block, parallel.location);
    let copy = end(otherwise).insert(clone_op(par_for));
    end(otherwise).op("scf.yield", &results(copy), &[], &[]);
    move_to_end(par_for, then);
    end(then).op("scf.yield", &results(par_for), &[], &[]);
    copy
}

/// Makes a loop a kernel whose blocks each run one iteration at a time.
fn share<'c, 'a>(
    parallel: ParallelLoop<'c, 'a>,
    plan: &Plan<'c, 'a>,
    reorder: bool,
    name: &str,
) -> Result<(), String> {
    let at = Cursor::before(parallel.context, parallel.par_for);
    let iterations = parallel.iterations(&at);
    let totals = unless_empty(&at, &parallel, iterations, |at| {
        let types = parallel.types();
        let most = if types.is_empty() {
            MOST_BLOCKS
        } else {
            MOST_PARTIALS
        };
        let blocks = emit::binary(at, "arith.minsi", iterations, emit::index(at, most));
        let partials = Partials::allocate(at, &types, blocks)?;
        let shared = buffer_types(at, &parallel, plan, reorder)?;
        let neutral = parallel.neutral(at)?;
        let mut outcome = Ok(());
        let kernel = launch(at, name, blocks, &shared, |at, place| {
            let range = (place.block, iterations, place.blocks);
            let sums = emit::for_loop(at, range, &neutral, |at, number, sums| {
                let ivs = delinearize(at, &parallel.bounds, number);
                let sums = parallel.place_body(at, &ivs, sums);
                outcome = share_loops(&parallel, plan, at.block(), place, reorder);
                sums
            });
            partials.store(at, place, &results(sums));
        });
        outcome?;
        serialize_inner_loops(parallel.context, kernel)?;
        Ok(partials.combine(at, &parallel))
    })?;
    parallel.finish(None, &totals);
    Ok(())
}

/// The buffers that the reductions of the shared loops need: of each type as many as one loop has reductions on it.
fn buffer_types<'c, 'a>(
    at: &Cursor<'c, 'a>,
    parallel: &ParallelLoop<'c, 'a>,
    plan: &Plan<'c, 'a>,
    reorder: bool,
) -> Result<Vec<Type<'c>>, String> {
    let mut all: Vec<Type> = Vec::new();
    for op in &plan.shared {
        let inner = Shared::anywhere(parallel, *op, reorder).ok_or(CHANGED)?;
        let mut free = all.clone();
        for result in results(*op).iter().take(inner.kinds().len()) {
            let ty = buffer_type(at, result.r#type())?;
            match free.iter().position(|known| *known == ty) {
                Some(place) => drop(free.remove(place)),
                None => all.push(ty),
            }
        }
    }
    Ok(all)
}

/// Makes the loops in the body of a kernel shared, and lets one thread do what else writes. Barriers keep the accesses
/// to memory in the order of the body.
fn share_loops<'c, 'a>(
    parallel: &ParallelLoop<'c, 'a>,
    plan: &Plan<'c, 'a>,
    body: Blk<'c, 'a>,
    place: &Place<'c, 'a>,
    reorder: bool,
) -> Result<(), String> {
    // Whether a thread may have touched memory since the last barrier.
    let mut touched = true;
    for op in ops(body) {
        let writes = device::writes(op);
        // The bounds were looked at before; they are in the kernel now, as everything is.
        let inner = match plan.shared.contains(&op) {
            true => Some(Shared::anywhere(parallel, op, reorder).ok_or(CHANGED)?),
            false => None,
        };
        if inner.is_none() && !writes {
            touched |= device::reads(op);
            continue;
        }
        let at = Cursor::before(parallel.context, op);
        if touched {
            barrier(&at);
        }
        match inner {
            Some(inner) => {
                if writes {
                    barrier(&Cursor::after(parallel.context, op));
                }
                // The reductions leave their results in the buffers.
                touched = !inner.kinds().is_empty();
                share_loop(&at, op, inner, place)?;
            }
            None => {
                let first = is_first(&at, place);
                let behind = Cursor::after(parallel.context, op);
                emit::if_then(&behind, first, |at| move_to_end(op, at.block()));
                barrier(&behind);
                touched = false;
            }
        }
    }
    Ok(())
}

/// Lets each thread run every so many-th iteration of a loop, and combines its reductions.
fn share_loop<'c, 'a>(
    at: &Cursor<'c, 'a>,
    op: Op<'c, 'a>,
    inner: Shared<'c, 'a>,
    place: &Place<'c, 'a>,
) -> Result<(), String> {
    let threads = emit::index(at, THREADS);
    let operands: Vec<_> = op.operands().collect();
    let kinds = inner.kinds().to_vec();
    let types: Vec<_> = results(op).iter().map(|result| result.r#type()).collect();
    let neutral = kinds
        .iter()
        .zip(&types)
        .map(|(kind, ty)| reductions::neutral(at, *kind, *ty))
        .collect::<Result<Vec<_>, _>>()?;
    let (inits, parts) = match &inner {
        Shared::Parallel(inner) => {
            let range = (place.thread, inner.iterations(at), threads);
            let parts = emit::for_loop(at, range, &neutral, |at, number, sums| {
                let ivs = delinearize(at, &inner.bounds, number);
                inner.place_body(at, &ivs, sums)
            });
            (inner.inits.clone(), parts)
        }
        Shared::Serial { body, .. } => {
            let (lower, upper, step) = (operands[0], operands[1], operands[2]);
            let ty = lower.r#type();
            let thread = emit::index_cast(at, place.thread, ty);
            let threads = emit::index_cast(at, threads, ty);
            let skipped = emit::binary(at, "arith.muli", thread, step);
            let first = emit::binary(at, "arith.addi", lower, skipped);
            let stride = emit::binary(at, "arith.muli", step, threads);
            let parts = emit::for_loop(at, (first, upper, stride), &neutral, |at, iv, sums| {
                let mut list = ops(*body);
                let terminator = list.pop();
                for op in list {
                    move_to_end(op, at.block());
                }
                for (old, new) in arguments(*body).into_iter().zip([iv].iter().chain(sums)) {
                    replace_all_uses(old, *new);
                }
                terminator.map_or(Vec::new(), |op| op.operands().collect())
            });
            (operands[3..].to_vec(), parts)
        }
    };
    let buffers = take_buffers(at, &types, place)?;
    let totals = if kinds.is_empty() {
        Vec::new()
    } else {
        reduce_in_block(at, place.thread, &kinds, &results(parts), &buffers)
    };
    for (((old, init), total), kind) in results(op).into_iter().zip(inits).zip(totals).zip(kinds) {
        replace_all_uses(old, reductions::combine(at, kind, init, total));
    }
    erase(op);
    Ok(())
}

/// A buffer for each of some types.
fn take_buffers<'c, 'a>(
    at: &Cursor<'c, 'a>,
    types: &[Type<'c>],
    place: &Place<'c, 'a>,
) -> Result<Vec<Val<'c, 'a>>, String> {
    let mut free = place.buffers.clone();
    types
        .iter()
        .map(|ty| {
            let ty = buffer_type(at, *ty)?;
            let found = free.iter().position(|buffer| buffer.r#type() == ty);
            found
                .map(|found| free.remove(found))
                .ok_or_else(|| format!("no buffer for values of type {ty}"))
        })
        .collect()
}
