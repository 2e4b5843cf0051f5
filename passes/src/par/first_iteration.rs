//! Values as the first iteration of a parallel loop computes them, made before the loop.

use crate::emit;
use melior::ir::{BlockLike, ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Cursor, Key, Op, Val, all_ops, constant_integer, defining_block, defining_op, op_key,
    op_name, ops, value_key,
};
use std::collections::{HashMap, HashSet};

/// The first iteration of a loop.
pub struct FirstIteration<'c, 'a> {
    /// Before the loop.
    at: Cursor<'c, 'a>,
    body: Blk<'c, 'a>,
    iterations: Val<'c, 'a>,
    /// The operations of the body that nothing precedes which may leave the iteration or write:
    /// they run in every iteration, and may run before the loop.
    early: HashSet<Key>,
}

impl<'c, 'a> FirstIteration<'c, 'a> {
    pub fn new(at: Cursor<'c, 'a>, body: Blk<'c, 'a>, iterations: Val<'c, 'a>) -> Self {
        let early = ops(body)
            .into_iter()
            .take_while(|op| all_ops(*op).into_iter().all(is_harmless))
            .map(op_key)
            .collect();
        Self {
            at,
            body,
            iterations,
            early,
        }
    }

    /// A value of the body as an index before the loop, in the first iteration; 0 where there is
    /// none. `None` where it cannot be had.
    pub fn value(&self, value: Val<'c, 'a>) -> Option<Val<'c, 'a>> {
        let index = emit::index_type(&self.at);
        if let Some(constant) = constant_integer(value) {
            return Some(emit::index(&self.at, constant));
        }
        if self.is_outside(value)? {
            return Some(emit::index_cast(&self.at, value, index));
        }
        if !self.is_early(value) {
            return None;
        }
        // Without a first iteration there is nothing to load.
        let zero = emit::index(&self.at, 0);
        let any = emit::compare(&self.at, emit::IntPredicate::Slt, zero, self.iterations);
        let sampled = emit::if_else(
            &self.at,
            any,
            &[index],
            |at| {
                let copy = self.copy(at, value, &mut HashMap::new());
                vec![emit::index_cast(at, copy, index)]
            },
            |_| vec![zero],
        );
        sampled.first().copied()
    }

    /// Whether a value is defined around the loop.
    fn is_outside(&self, value: Val<'c, 'a>) -> Option<bool> {
        let block = defining_block(value)?;
        let mut around = std::iter::successors(Some(self.at.block()), |block| {
            block.parent_operation()?.block()
        });
        Some(around.any(|around| around == block))
    }

    fn is_early(&self, value: Val<'c, 'a>) -> bool {
        if self.is_outside(value) == Some(true) || defining_block(value) == Some(self.body) {
            return defining_op(value).is_none_or(|op| {
                self.is_outside(value) == Some(true)
                    || (self.early.contains(&op_key(op))
                        && op.region_count() == 0
                        && op.operands().all(|operand| self.is_early(operand)))
            });
        }
        false
    }

    /// Makes an early value again at a place before the loop.
    fn copy(
        &self,
        at: &Cursor<'c, 'a>,
        value: Val<'c, 'a>,
        copies: &mut HashMap<Key, Val<'c, 'a>>,
    ) -> Val<'c, 'a> {
        if self.is_outside(value) == Some(true) {
            return value;
        }
        if let Some(copy) = copies.get(&value_key(value)) {
            return *copy;
        }
        let copy = match defining_op(value) {
            // An induction variable.
            None => emit::index(at, 0),
            Some(op) => {
                let operands: Vec<_> = op
                    .operands()
                    .map(|operand| self.copy(at, operand, copies))
                    .collect();
                emit::like(at, op, &operands, value.r#type())
            }
        };
        copies.insert(value_key(value), copy);
        copy
    }
}

/// Whether an operation neither writes nor leaves the iteration nor fails, if what stands before it
/// in the body has run.
fn is_harmless(op: Op) -> bool {
    let name = op_name(op);
    let divides = name.contains("div") || name.contains("rem");
    let reads = matches!(
        name,
        "memref.load"
            | "memref.dim"
            | "llvm.load"
            | "llvm.getelementptr"
            | "llvm.extractvalue"
            | "llvm.insertvalue"
            | "llvm.mlir.poison"
            | "llvm.mlir.zero"
            | "builtin.unrealized_conversion_cast"
    );
    op.result_count() == 1 && (reads || (name.starts_with("arith.") && !divides))
}
