//! Loops in the body of a parallel loop: which of them the threads of a block can share, and whether that pays.

use crate::{
    analysis::linear::Linear,
    emit,
    par::{outline::INDEPENDENT, parallel_loop::ParallelLoop},
    vector::vectorize_inner_loops::reduction,
};
use melior::ir::{TypeLike, ValueLike, operation::OperationLike};
use mlc_dialects::par::Reduction;
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, all_ops, arguments, constant_integer, is_inside, nested_blocks, op_name,
};

/// A loop in the body whose iterations the threads of a block share.
pub enum Shared<'c, 'a> {
    Parallel(ParallelLoop<'c, 'a>),
    Serial {
        body: Blk<'c, 'a>,
        kinds: Vec<Reduction>,
    },
}

impl<'c, 'a> Shared<'c, 'a> {
    /// The loop that an operation is, if its bounds are known before the parallel loop and its iterations are independent
    /// but for reductions.
    pub fn of(parallel: &ParallelLoop<'c, 'a>, op: Op<'c, 'a>, reorder: bool) -> Option<Self> {
        if op
            .operands()
            .take(bounds_of(op)?)
            .any(|bound| is_inside(bound, parallel.par_for))
        {
            return None;
        }
        Self::anywhere(parallel, op, reorder)
    }

    /// As [`Shared::of`], without asking where the bounds are known.
    pub fn anywhere(
        parallel: &ParallelLoop<'c, 'a>,
        op: Op<'c, 'a>,
        reorder: bool,
    ) -> Option<Self> {
        if op_name(op) == "par.for" {
            let inner = ParallelLoop::new(parallel.context, op).ok()?;
            return (!inner.raises && (reorder || !inner.rounds()))
                .then_some(Self::Parallel(inner));
        }
        let body = nested_blocks(op).first().copied()?;
        let carried = arguments(body);
        let reductions = reduction::of_loop(body, &carried[1..], reorder)?;
        op.has_attribute(INDEPENDENT).then(|| Self::Serial {
            body,
            kinds: reductions.iter().map(|reduction| reduction.kind).collect(),
        })
    }

    pub fn kinds(&self) -> &[Reduction] {
        match self {
            Self::Parallel(inner) => &inner.kinds,
            Self::Serial { kinds, .. } => kinds,
        }
    }
}

/// The number of operands that say how often a loop runs.
fn bounds_of(op: Op) -> Option<usize> {
    match op_name(op) {
        "scf.for" => Some(3),
        "par.for" => Some(arguments(*nested_blocks(op).first()?).len()),
        _ => None,
    }
}

/// The number of iterations of a loop whose bounds are known before the parallel loop around it.
pub fn trips<'c, 'a>(at: &Cursor<'c, 'a>, inner: Op<'c, 'a>) -> Val<'c, 'a> {
    let operands: Vec<_> = inner.operands().collect();
    if op_name(inner) == "par.for" {
        let bounds = nested_blocks(inner)
            .first()
            .map_or(0, |block| arguments(*block).len());
        return operands[..bounds]
            .iter()
            .fold(emit::index(at, 1), |product, bound| {
                emit::binary(at, "arith.muli", product, *bound)
            });
    }
    let as_index = |value| emit::index_cast(at, value, emit::index_type(at));
    let span = emit::binary(
        at,
        "arith.subi",
        as_index(operands[1]),
        as_index(operands[0]),
    );
    match constant_integer(operands[2]) {
        Some(1) => span,
        _ => at.value(
            "arith.ceildivsi",
            &[span, as_index(operands[2])],
            span.r#type(),
            &[],
        ),
    }
}

/// Whether more accesses in the inner loops go from place to neighboring place with the inner iterations than do with those of
/// the parallel loop. The threads of a warp touch memory at once, and neighboring places are one transfer.
pub fn neighbors_touch_neighbors<'c, 'a>(
    parallel: &ParallelLoop<'c, 'a>,
    inner: &[Op<'c, 'a>],
) -> bool {
    let outer = arguments(parallel.body).pop();
    let (mut with_inner, mut with_outer) = (0, 0);
    for around in inner {
        let iv = nested_blocks(*around).first().and_then(|body| {
            arguments(*body)
                .into_iter()
                .take(ivs_of(*around))
                .next_back()
        });
        for access in all_ops(*around) {
            if !matches!(op_name(access), "memref.load" | "memref.store") {
                continue;
            }
            let Some(last) = access
                .operands()
                .last()
                .filter(|last| last.r#type().is_index())
            else {
                continue;
            };
            let last = Linear::of(last);
            let moves_with =
                |iv: Option<Val<'c, 'a>>| iv.is_some_and(|iv| last.coefficient(iv) == 1);
            with_inner += usize::from(moves_with(iv));
            with_outer += usize::from(moves_with(outer));
        }
    }
    with_inner > with_outer
}

/// The number of induction variables of a loop.
fn ivs_of(op: Op) -> usize {
    match op_name(op) {
        "par.for" => bounds_of(op).unwrap_or_default(),
        _ => 1,
    }
}
