//! Launches: blocks of threads that run a region.

use crate::{
    emit::{self, IntPredicate},
    par::parallel_loop::ParallelLoop,
};
use melior::{
    Context,
    ir::{
        Attribute, Type, ValueLike,
        attribute::{DenseI32ArrayAttribute, FlatSymbolRefAttribute, IntegerAttribute},
    },
};
use mlc_mlir::rewrite::{Cursor, Op, Val, all_ops, arguments, op_name, region_of_block};

/// The number of threads of a block: enough to hide latency, few enough for any number of registers.
pub const THREADS: i64 = 256;

/// As many blocks fill the largest devices; it bounds the room for partial results.
pub const MOST_PARTIALS: i64 = 1024;

/// The module of a program's kernels. No name in a source has a dot.
const KERNELS: &str = "mlc.kernels";

/// The place of a thread in a launch.
pub struct Place<'c, 'a> {
    /// The number of its block, and how many blocks there are.
    pub block: Val<'c, 'a>,
    pub blocks: Val<'c, 'a>,
    /// Its number in its block.
    pub thread: Val<'c, 'a>,
    /// The buffers that the threads of its block share.
    pub buffers: Vec<Val<'c, 'a>>,
}

/// Launches blocks of [`THREADS`] threads, which share one buffer of each type in `shared`.
pub fn launch<'c, 'a>(
    at: &Cursor<'c, 'a>,
    name: &str,
    blocks: Val<'c, 'a>,
    shared: &[Type<'c>],
    body: impl FnOnce(&Cursor<'c, 'a>, &Place<'c, 'a>),
) -> Op<'c, 'a> {
    let one = emit::index(at, 1);
    let threads = emit::index(at, THREADS);
    // Numbers of the block and the thread, then sizes of the grid and the block, in three dimensions each.
    let mut parameters = vec![(emit::index_type(at), at.location); 12];
    parameters.extend(shared.iter().map(|ty| (*ty, at.location)));
    let (region, block) = region_of_block(&parameters);
    let values = arguments(block);
    let inside = Cursor::at_end(at.context, block, at.location);
    let place = Place {
        block: values[0],
        blocks: values[6],
        thread: values[3],
        buffers: values[12..].to_vec(),
    };
    body(&inside, &place);
    inside.op("gpu.terminator", &[], &[], &[]);

    let symbol = |name| FlatSymbolRefAttribute::new(at.context, name).into();
    let shared = IntegerAttribute::new(emit::int_type(at, 64), shared.len() as i64);
    // No tokens, the six sizes, no clusters, no memory whose size is known here only.
    let segments = DenseI32ArrayAttribute::new(at.context, &[0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
    at.op_with_regions(
        "gpu.launch",
        &[blocks, one, one, threads, one, one],
        &[],
        &[
            ("operandSegmentSizes", segments.into()),
            ("module", symbol(KERNELS)),
            ("function", symbol(name)),
            ("workgroup_attributions", shared.into()),
        ],
        vec![region],
    )
}

/// Runs `body` where there is an iteration: a launch of no blocks is an error. `body` returns the results of the
/// reductions, which are the initial values otherwise.
pub fn unless_empty<'c, 'a>(
    at: &Cursor<'c, 'a>,
    parallel: &ParallelLoop<'c, 'a>,
    iterations: Val<'c, 'a>,
    body: impl FnOnce(&Cursor<'c, 'a>) -> Result<Vec<Val<'c, 'a>>, String>,
) -> Result<Vec<Val<'c, 'a>>, String> {
    let zero = emit::index(at, 0);
    let any = emit::compare(at, IntPredicate::Slt, zero, iterations);
    let mut failure = None;
    let totals = emit::if_else(
        at,
        any,
        &parallel.types(),
        |at| {
            body(at).unwrap_or_else(|reason| {
                failure = Some(reason);
                parallel.inits.clone()
            })
        },
        |_| parallel.inits.clone(),
    );
    failure.map_or(Ok(totals), Err)
}

/// The induction variables of an iteration by its number; the last dimension varies fastest.
pub fn delinearize<'c, 'a>(
    at: &Cursor<'c, 'a>,
    bounds: &[Val<'c, 'a>],
    number: Val<'c, 'a>,
) -> Vec<Val<'c, 'a>> {
    let mut rest = number;
    let mut ivs = Vec::new();
    for bound in bounds.iter().skip(1).rev() {
        ivs.push(emit::binary(at, "arith.remui", rest, *bound));
        rest = emit::binary(at, "arith.divui", rest, *bound);
    }
    ivs.push(rest);
    ivs.reverse();
    ivs
}

/// The type of a buffer in which each thread of a block has one element.
pub fn buffer_type<'c>(at: &Cursor<'c, '_>, element: Type<'c>) -> Result<Type<'c>, String> {
    let text = format!("memref<{THREADS}x{element}, #gpu.address_space<workgroup>>");
    Type::parse(at.context, &text)
        .ok_or_else(|| format!("a value of type {element} cannot be reduced"))
}

/// Buffers of one element for each block, which blocks write and the host reads.
pub struct Partials<'c, 'a> {
    buffers: Vec<Val<'c, 'a>>,
    blocks: Val<'c, 'a>,
}

impl<'c, 'a> Partials<'c, 'a> {
    pub fn allocate(
        at: &Cursor<'c, 'a>,
        elements: &[Type<'c>],
        blocks: Val<'c, 'a>,
    ) -> Result<Self, String> {
        let mut buffers = Vec::new();
        for element in elements {
            let ty = Type::parse(at.context, &format!("memref<?x{element}>"))
                .ok_or_else(|| format!("a value of type {element} cannot be reduced"))?;
            let segments = DenseI32ArrayAttribute::new(at.context, &[0, 1, 0]);
            let visible = Attribute::unit(at.context);
            buffers.push(at.value(
                "gpu.alloc",
                &[blocks],
                ty,
                &[
                    ("operandSegmentSizes", segments.into()),
                    ("hostShared", visible),
                ],
            ));
        }
        Ok(Self { buffers, blocks })
    }

    /// Stores what a block made of its part; one thread of the block does.
    pub fn store(&self, at: &Cursor<'c, 'a>, place: &Place<'c, 'a>, values: &[Val<'c, 'a>]) {
        if values.is_empty() {
            return;
        }
        let first = is_first(at, place);
        emit::if_then(at, first, |at| {
            for (value, buffer) in values.iter().zip(&self.buffers) {
                at.op("memref.store", &[*value, *buffer, place.block], &[], &[]);
            }
        });
    }

    /// Combines the initial values with the parts, in the order of the blocks, on the host.
    pub fn combine(self, at: &Cursor<'c, 'a>, parallel: &ParallelLoop<'c, 'a>) -> Vec<Val<'c, 'a>> {
        if self.buffers.is_empty() {
            return Vec::new();
        }
        let range = (emit::index(at, 0), self.blocks, emit::index(at, 1));
        let totals = emit::for_loop(at, range, &parallel.inits, |at, block, totals| {
            let mut next = Vec::new();
            for ((total, buffer), kind) in totals.iter().zip(&self.buffers).zip(&parallel.kinds) {
                let part = at.value("memref.load", &[*buffer, block], total.r#type(), &[]);
                next.push(crate::par::reductions::combine(at, *kind, *total, part));
            }
            next
        });
        // Freeing is a task of the device's, for which the host waits.
        if let Some(token) = Type::parse(at.context, "!gpu.async.token") {
            let mut done = at.value("gpu.wait", &[], token, &[]);
            for buffer in &self.buffers {
                done = at.value("gpu.dealloc", &[done, *buffer], token, &[]);
            }
            at.op("gpu.wait", &[done], &[], &[]);
        }
        mlc_mlir::rewrite::results(totals)
    }
}

/// Whether a thread is the first of its block.
pub fn is_first<'c, 'a>(at: &Cursor<'c, 'a>, place: &Place<'c, 'a>) -> Val<'c, 'a> {
    let one = emit::index(at, 1);
    emit::compare(at, IntPredicate::Slt, place.thread, one)
}

/// Makes the parallel loops in a kernel serial: its threads are the parallelism.
pub fn serialize_inner_loops<'c, 'a>(
    context: &'c Context,
    kernel: Op<'c, 'a>,
) -> Result<(), String> {
    while let Some(par_for) = all_ops(kernel)
        .into_iter()
        .find(|op| op_name(*op) == "par.for")
    {
        ParallelLoop::new(context, par_for)?.serialize();
    }
    Ok(())
}
