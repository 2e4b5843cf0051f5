//! What statements in sequence do to locals, as one.

use super::set::Set;
use crate::binds::bound_by;
use crate::hir::{Expr, LocalId};

/// What statements in sequence read before they set it, and what they set on every path to their end.
pub(super) struct Summary {
    pub reads: Set,
    pub sets: Set,
    /// Whether their end is never come to: every path jumps, returns or raises.
    pub leaves: bool,
}

impl Summary {
    pub fn new(size: usize) -> Summary {
        Summary {
            reads: Set::new(size),
            sets: Set::new(size),
            leaves: false,
        }
    }

    pub fn read(&mut self, local: LocalId) {
        if !self.sets.contains(local) {
            self.reads.insert(local);
        }
    }

    pub fn read_all(&mut self, locals: &Set) {
        self.reads.union_without(locals, &self.sets);
    }

    /// The same with a condition in front that has a certain outcome.
    pub fn behind(mut self, condition: &Expr, outcome: bool) -> Summary {
        self.reads.remove_bound(condition, outcome);
        bound_by(condition, Some(outcome), &mut |local| {
            self.sets.insert(local)
        });
        self
    }

    /// Adds what comes behind.
    pub fn then(&mut self, next: &Summary) {
        self.read_all(&next.reads);
        self.sets.union(&next.sets);
        self.leaves |= next.leaves;
    }

    /// What holds of one or the other. A path that leaves says nothing of what is set behind both.
    pub fn or(mut self, other: Summary) -> Summary {
        self.reads.union(&other.reads);
        match (self.leaves, other.leaves) {
            (true, false) => self.sets = other.sets,
            (false, true) => {}
            _ => self.sets.intersect(&other.sets),
        }
        self.leaves &= other.leaves;
        self
    }
}
