//! Sets of locals.

use smallvec::SmallVec;

use crate::binds::bound_by;
use crate::hir::{Expr, LocalId};

/// A set of locals of one function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Set(SmallVec<[u64; 2]>);

impl Set {
    pub fn new(locals: usize) -> Set {
        Set(SmallVec::from_elem(0, locals.div_ceil(64)))
    }

    pub fn insert(&mut self, local: LocalId) {
        self.0[local.0 as usize / 64] |= 1 << (local.0 % 64);
    }

    pub fn remove(&mut self, local: LocalId) {
        self.0[local.0 as usize / 64] &= !(1 << (local.0 % 64));
    }

    pub fn contains(&self, local: LocalId) -> bool {
        self.0[local.0 as usize / 64] & (1 << (local.0 % 64)) != 0
    }

    pub fn union(&mut self, other: &Set) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, other)| *word |= other);
    }

    pub fn intersect(&mut self, other: &Set) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, other)| *word &= other);
    }

    /// Removes what an expression has bound where its value is `outcome`.
    pub fn remove_bound(&mut self, expr: &Expr, outcome: bool) {
        bound_by(expr, Some(outcome), &mut |local| self.remove(local));
    }

    /// Adds those of another set that are not in a third.
    pub fn union_without(&mut self, other: &Set, without: &Set) {
        let words = self.0.iter_mut().zip(&other.0).zip(&without.0);
        words.for_each(|((word, other), without)| *word |= other & !without);
    }
}
