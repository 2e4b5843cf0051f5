//! What the threads of a block do together.

use super::launch::THREADS;
use crate::{
    emit::{self, IntPredicate},
    par::reductions,
};
use melior::ir::ValueLike;
use mlc_dialects::par::Reduction;
use mlc_mlir::rewrite::{Cursor, Val};

/// Every thread waits for the others of its block, and sees what they wrote.
pub fn barrier(at: &Cursor) {
    at.op("gpu.barrier", &[], &[], &[]);
}

/// Combines one value of each thread, in a tree: halves first. Every thread gets the results. The buffers are free again
/// behind the next barrier.
pub fn reduce_in_block<'c, 'a>(
    at: &Cursor<'c, 'a>,
    thread: Val<'c, 'a>,
    kinds: &[Reduction],
    values: &[Val<'c, 'a>],
    buffers: &[Val<'c, 'a>],
) -> Vec<Val<'c, 'a>> {
    for (value, buffer) in values.iter().zip(buffers) {
        at.op("memref.store", &[*value, *buffer, thread], &[], &[]);
    }
    let mut half = THREADS / 2;
    while half > 0 {
        barrier(at);
        let distance = emit::index(at, half);
        let is_left = emit::compare(at, IntPredicate::Slt, thread, distance);
        emit::if_then(at, is_left, |at| {
            let other = emit::binary(at, "arith.addi", thread, distance);
            for ((value, buffer), kind) in values.iter().zip(buffers).zip(kinds) {
                let load = |place| at.value("memref.load", &[*buffer, place], value.r#type(), &[]);
                let both = reductions::combine(at, *kind, load(thread), load(other));
                at.op("memref.store", &[both, *buffer, thread], &[], &[]);
            }
        });
        half /= 2;
    }
    barrier(at);
    let first = emit::index(at, 0);
    values
        .iter()
        .zip(buffers)
        .map(|(value, buffer)| at.value("memref.load", &[*buffer, first], value.r#type(), &[]))
        .collect()
}
