//! The part of a parallel loop that computes the indices of accesses, where it can run before the loop.
//!
//! It can where it neither writes nor reads what the loop writes, calls nothing, and keeps to structured control flow
//! whose carried values are part of it. The index checks and other checks of the loop are kept as conditions: where one
//! fails, the iteration would end.

use crate::analysis::{
    access::{Access, Mode, of_op},
    dependence::common_indices,
    place::may_overlap,
};
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, block_key, defining_block, defining_op, is_inside, nested_blocks, op_key,
    op_name, operand, ops, position, value_key,
};
use std::collections::HashSet;

/// What is to be computed before a loop.
#[derive(Clone)]
pub struct Slice<'c, 'a, 's> {
    around: Op<'c, 'a>,
    /// All accesses of the loop that write.
    writes: &'s [Access<'c, 'a>],
    values: HashSet<Key>,
    ops: HashSet<Key>,
    /// The blocks that hold some of it.
    blocks: Vec<Blk<'c, 'a>>,
    checks: HashSet<Key>,
}

impl<'c: 'a, 'a, 's> Slice<'c, 'a, 's> {
    /// The slice for the indices of some accesses; `None` where it cannot run before the loop.
    pub fn of(
        around: Op<'c, 'a>,
        targets: &[(Op<'c, 'a>, Vec<Val<'c, 'a>>)],
        writes: &'s [Access<'c, 'a>],
    ) -> Option<Self> {
        let mut slice = Self {
            around,
            writes,
            values: HashSet::new(),
            ops: HashSet::new(),
            blocks: Vec::new(),
            checks: HashSet::new(),
        };
        for (op, indices) in targets {
            for index in indices {
                slice.value(*index)?;
            }
            slice.reaches(*op)?;
        }
        slice.add_checks()?;
        Some(slice)
    }

    pub fn has_op(&self, op: Op) -> bool {
        self.ops.contains(&op_key(op))
    }

    pub fn has_value(&self, value: Val) -> bool {
        self.values.contains(&value_key(value))
    }

    pub fn has_check(&self, op: Op) -> bool {
        self.checks.contains(&op_key(op))
    }

    /// A value is needed.
    fn value(&mut self, value: Val<'c, 'a>) -> Option<()> {
        if !is_inside(value, self.around) || !self.values.insert(value_key(value)) {
            return Some(());
        }
        match defining_op(value) {
            Some(op) => self.result(op, position(value)),
            None => self.argument(value),
        }
    }

    fn argument(&mut self, value: Val<'c, 'a>) -> Option<()> {
        let block = defining_block(value)?;
        let around = block.parent_operation()?;
        if around == self.around {
            return Some(());
        }
        self.block(block)?;
        match (op_name(around), position(value)) {
            ("par.for", _) | ("scf.for", 0) => Some(()),
            ("scf.for", number) => self.carried(around, number - 1),
            _ => None,
        }
    }

    /// What an `scf.for` carries, by number: what it starts with and what each iteration yields.
    fn carried(&mut self, around: Op<'c, 'a>, number: usize) -> Option<()> {
        let body = *nested_blocks(around).first()?;
        self.values
            .insert(value_key(*around.result(number).ok().as_ref()?));
        let argument = *mlc_mlir::rewrite::arguments(body).get(number + 1)?;
        self.values.insert(value_key(argument));
        self.op(around)?;
        self.value(operand(around, number + 3))?;
        self.block(body)?;
        let yielded = ops(body).pop()?;
        self.value(yielded.operand(number).ok()?)
    }

    fn result(&mut self, op: Op<'c, 'a>, number: usize) -> Option<()> {
        match op_name(op) {
            "scf.if" => {
                self.op(op)?;
                for block in nested_blocks(op) {
                    self.block(block)?;
                    let yielded = ops(block).pop()?;
                    self.value(yielded.operand(number).ok()?)?;
                }
                Some(())
            }
            "scf.for" => self.carried(op, number),
            _ if is_computable(op) => {
                self.is_stable(op).then_some(())?;
                self.reaches(op)?;
                self.ops.insert(op_key(op));
                op.operands()
                    .collect::<Vec<_>>()
                    .into_iter()
                    .try_for_each(|operand| self.value(operand))
            }
            _ => None,
        }
    }

    /// Whether nothing that the loop writes changes what an operation reads.
    fn is_stable(&self, op: Op<'c, 'a>) -> bool {
        of_op(op).iter().all(|read| {
            read.mode == Mode::Read
                && (self.writes.iter()).all(|write| {
                    !may_overlap(read.root, write.root) || common_indices(read, write).is_none()
                })
        })
    }

    /// An operation with regions is needed: what decides whether, and how often, they run.
    fn op(&mut self, op: Op<'c, 'a>) -> Option<()> {
        if !self.ops.insert(op_key(op)) {
            return Some(());
        }
        self.reaches(op)?;
        let deciding = match op_name(op) {
            "scf.if" => 1,
            "scf.for" => 3,
            // Its reductions are no part of a slice, so that all of its operands are bounds.
            "par.for" => nested_blocks(op).first()?.argument_count(),
            // The body of a `try`.
            "func.func" => 0,
            _ => return None,
        };
        op.operands()
            .take(deciding)
            .collect::<Vec<_>>()
            .into_iter()
            .try_for_each(|operand| self.value(operand))
    }

    /// All that is around an operation, up to the loop, is needed.
    fn reaches(&mut self, op: Op<'c, 'a>) -> Option<()> {
        self.block(op.block()?)
    }

    fn block(&mut self, block: Blk<'c, 'a>) -> Option<()> {
        let key = block_key(block);
        if self.blocks.iter().any(|known| block_key(*known) == key) {
            return Some(());
        }
        self.blocks.push(block);
        let around = block.parent_operation()?;
        if around == self.around {
            return Some(());
        }
        self.op(around)
    }

    /// The checks in the blocks of the slice, where they can be part of it.
    fn add_checks(&mut self) -> Option<()> {
        let mut next = 0;
        let mut checked = Vec::new();
        while let Some(block) = self.blocks.get(next).copied() {
            next += 1;
            for op in ops(block) {
                if !matches!(op_name(op), "own.check" | "own.check_index") {
                    continue;
                }
                let count = if op_name(op) == "own.check" { 1 } else { 2 };
                let mut with = self.clone();
                let operands: Vec<_> = op.operands().take(count).collect();
                if (operands.into_iter()).try_for_each(|one| with.value(one)) == Some(()) {
                    *self = with;
                    self.checks.insert(op_key(op));
                    checked.push(block);
                }
            }
        }
        // What follows a check runs under it; a value that leaves the block cannot.
        checked
            .into_iter()
            .all(|block| !self.hands_on(block))
            .then_some(())
    }

    /// Whether a value of the slice leaves a block through its terminator.
    fn hands_on(&self, block: Blk<'c, 'a>) -> bool {
        block.parent_operation().is_some_and(|around| {
            around != self.around
                && mlc_mlir::rewrite::results(around)
                    .into_iter()
                    .any(|result| self.has_value(result))
        })
    }
}

/// Whether an operation can be repeated: it computes, or reads what somebody owns.
fn is_computable(op: Op) -> bool {
    let name = op_name(op);
    let reads = matches!(
        name,
        "own.len"
            | "own.elem"
            | "own.field"
            | "own.borrow"
            | "own.borrow_mut"
            | "own.view"
            | "own.load"
            | "memref.load"
            | "memref.dim"
            | "memref.cast"
            | "memref.subview"
            | "memref.reinterpret_cast"
    );
    let computes = name.starts_with("arith.") || name.starts_with("math.");
    op.result_count() == 1 && op.region_count() == 0 && (reads || computes)
}
