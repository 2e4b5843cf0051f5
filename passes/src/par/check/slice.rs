//! The part of a parallel loop that computes the indices of accesses, where it can run before the loop.
//!
//! It can where it neither writes nor reads what the loop writes, calls nothing, and keeps to structured control flow
//! whose carried values are part of it. The index checks and other checks of the loop are kept as conditions: where one
//! fails, the iteration ends.
//!
//! A condition may read what the loop writes, if the iteration does so before it writes (`if a[i] > a[i ^ j]: …`). Those reads
//! are accesses as well. As long as no two iterations meet, each reads what was there before the loop; the first
//! that meets another one has read that too, up to there. So the check remains exact.

use crate::analysis::{
    access::{Access, Mode, of_op},
    dependence::common_indices,
    order::may_follow,
    place::may_overlap,
};
use melior::ir::{BlockLike, TypeLike, ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, block_key, defining_block, defining_op, is_inside, nested_blocks, op_key,
    op_name, operand, ops, position, results, value_key,
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
    /// The operations with regions that a failing check may leave.
    ended: HashSet<Key>,
    /// Whether all indices are part of it, and what is added are conditions.
    has_indices: bool,
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
            ended: HashSet::new(),
            has_indices: false,
        };
        for index in targets.iter().flat_map(|(_, indices)| indices) {
            slice.value(*index)?;
        }
        slice.has_indices = true;
        for (op, _) in targets {
            slice.block(op.block()?)?;
        }
        let mut next = 0;
        while let Some(block) = slice.blocks.get(next).copied() {
            next += 1;
            slice.surroundings(block)?;
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

    /// Whether a check in the regions of an operation may end the iteration.
    pub fn may_end(&self, op: Op) -> bool {
        self.ended.contains(&op_key(op))
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
                self.block(op.block()?)?;
                self.ops.insert(op_key(op));
                op.operands()
                    .collect::<Vec<_>>()
                    .into_iter()
                    .try_for_each(|operand| self.value(operand))
            }
            _ => None,
        }
    }

    /// Whether nothing that the loop writes changes what an operation reads, or of conditions, what it has written before.
    fn is_stable(&self, op: Op<'c, 'a>) -> bool {
        of_op(op).iter().all(|read| {
            read.mode == Mode::Read
                && (self.writes.iter()).all(|write| {
                    let is_other = !may_overlap(read.root, write.root)
                        || common_indices(read, write).is_none();
                    is_other || self.has_indices && !may_follow(write.op, op, self.around)
                })
        })
    }

    /// An operation with regions is needed: what decides whether, and how often, they run.
    fn op(&mut self, op: Op<'c, 'a>) -> Option<()> {
        if !self.ops.insert(op_key(op)) {
            return Some(());
        }
        self.block(op.block()?)?;
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

    /// A block of the loop is needed, with all that is around it once the indices are known.
    fn block(&mut self, block: Blk<'c, 'a>) -> Option<()> {
        let key = block_key(block);
        if self.blocks.iter().any(|known| block_key(*known) == key) {
            return Some(());
        }
        self.blocks.push(block);
        match self.has_indices {
            true => self.surroundings(block),
            false => Some(()),
        }
    }

    /// What decides whether a block runs.
    fn surroundings(&mut self, block: Blk<'c, 'a>) -> Option<()> {
        let around = block.parent_operation()?;
        if around == self.around {
            return Some(());
        }
        self.op(around)
    }

    /// The checks in the blocks of the slice, where they can be part of it.
    fn add_checks(&mut self) -> Option<()> {
        let mut next = 0;
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
                    self.ends(block)?;
                }
            }
        }
        // What a region hands on where it ends early is any number.
        let are_numbers = |block: &Blk<'c, 'a>| {
            let around = block.parent_operation();
            let around = around.filter(|around| self.may_end(*around));
            around.into_iter().flat_map(results).all(|result| {
                let ty = result.r#type();
                !self.has_value(result)
                    || ty.is_integer()
                    || ty.is_index()
                    || ty.is_f64()
                    || ty.is_f32()
            })
        };
        self.blocks.iter().all(are_numbers).then_some(())
    }

    /// A check in a block ends all that is around it: up to the loop, or to the body of a `try`.
    fn ends(&mut self, block: Blk<'c, 'a>) -> Option<()> {
        let around = block.parent_operation()?;
        if around != self.around
            && op_name(around) != "func.func"
            && self.ended.insert(op_key(around))
        {
            self.ends(around.block()?)?;
        }
        Some(())
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
