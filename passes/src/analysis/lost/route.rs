//! Which operations a walk goes through: those that matter to what is watched, and those around them.

use super::Inlined;
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{Blk, Key, Op, block_key, op_key, order_in_block};
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

/// The operations that matter in a function and those around them, which several walks may share.
#[derive(Clone, Default)]
pub struct Route<'c, 'a> {
    around: HashSet<Key>,
    /// The same by block, so that a walk is as long as what is watched, however long the function is.
    in_block: HashMap<Key, Rc<Vec<Op<'c, 'a>>>>,
    /// The functions that are walked where they are called, by call.
    inlined: HashMap<Key, Inlined<'c, 'a>>,
    is_sorted: bool,
}

impl<'c: 'a, 'a> Route<'c, 'a> {
    /// Says that an operation matters.
    pub fn look_at(&mut self, op: Op<'c, 'a>) {
        self.is_sorted = false;
        let mut around = Some(op);
        while let Some(op) = around {
            if !self.around.insert(op_key(op)) {
                break;
            }
            if let Some(block) = op.block() {
                let ops = self.in_block.entry(block_key(block)).or_default();
                Rc::make_mut(ops).push(op);
            }
            around = op.parent_operation();
        }
    }

    /// Says that a call is to be walked into.
    pub fn inline(&mut self, call: Op<'c, 'a>, inlined: Inlined<'c, 'a>) {
        self.look_at(call);
        self.inlined.insert(op_key(call), inlined);
    }

    /// Puts the operations of each block in order, as walks need them.
    pub fn sort(&mut self) {
        for ops in self.in_block.values_mut() {
            Rc::make_mut(ops).sort_by(|first, second| order_in_block(*first, *second));
        }
        self.is_sorted = true;
    }

    pub(super) fn is_sorted(&self) -> bool {
        self.is_sorted
    }

    pub(super) fn contains(&self, op: Op<'c, 'a>) -> bool {
        self.around.contains(&op_key(op))
    }

    pub(super) fn inlined(&self, call: Op<'c, 'a>) -> Option<&Inlined<'c, 'a>> {
        self.inlined.get(&op_key(call))
    }

    /// The way through a block: all of it, or what matters.
    pub(super) fn steps(&self, block: Blk<'c, 'a>, all: bool) -> Steps<'c, 'a> {
        match all {
            true => Steps::All(block.first_operation()),
            false => {
                let ops = self.in_block.get(&block_key(block)).cloned();
                Steps::Listed(ops.unwrap_or_default(), 0)
            }
        }
    }
}

/// What is left of the way through a block.
pub(super) enum Steps<'c, 'a> {
    All(Option<Op<'c, 'a>>),
    Listed(Rc<Vec<Op<'c, 'a>>>, usize),
}

impl<'c: 'a, 'a> Steps<'c, 'a> {
    /// Goes on at the first of some operations of the block that is still to come, or ends.
    pub(super) fn skip_to(&mut self, starts: &[Op<'c, 'a>]) {
        let Some(here) = self.here() else { return };
        let coming = (starts.iter().copied()).filter(|op| order_in_block(*op, here).is_ge());
        let start = coming.min_by(|first, second| order_in_block(*first, *second));
        match (self, start) {
            (Self::All(next), start) => *next = start,
            (Self::Listed(ops, at), Some(start)) => {
                *at += ops[*at..].partition_point(|op| order_in_block(*op, start).is_lt());
            }
            (Self::Listed(ops, at), None) => *at = ops.len(),
        }
    }

    fn here(&self) -> Option<Op<'c, 'a>> {
        match self {
            Self::All(next) => *next,
            Self::Listed(ops, at) => ops.get(*at).copied(),
        }
    }
}

impl<'c: 'a, 'a> Iterator for Steps<'c, 'a> {
    type Item = Op<'c, 'a>;

    fn next(&mut self) -> Option<Op<'c, 'a>> {
        let here = self.here();
        match self {
            Self::All(next) => *next = here.and_then(|op| op.next_in_block()),
            Self::Listed(_, at) => *at += 1,
        }
        here
    }
}
