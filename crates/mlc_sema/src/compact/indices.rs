//! Lets the variable of a loop be the loop's own index where nothing can tell the difference.
//!
//! Before: `for $i in range(0, n): i = $i; …`        After: `for i in range(0, n): …`
//!
//! That is where the body does not assign `i` and nothing reads it after the loop.

use std::cell::LazyCell;

use super::{Census, Count};
use crate::hir::{ExprKind, Function, LocalId, Mode, Root, Stmt, StmtKind};
use crate::liveness::loops;

/// A variable that the body of a loop first of all binds to an index of the loop.
pub(super) struct LoopVariable {
    /// Of the loop, as [`crate::liveness::loops`] counts.
    pub number: usize,
    pub index: LocalId,
    pub variable: LocalId,
    /// How often the variable stands in the body.
    pub inside: Count,
}

/// For each local the variable that is the index in its place.
pub(super) struct Direct(Vec<Option<LocalId>>);

impl Direct {
    pub fn variable(&self, index: LocalId) -> Option<LocalId> {
        self.0[index.0 as usize]
    }

    /// Takes the statements out of the body of a loop that bind its variables to these indices.
    pub fn leave_out_binds(&self, axes: impl IntoIterator<Item = LocalId>, body: &mut Vec<Stmt>) {
        let mut position = 0;
        for index in axes {
            match self.variable(index) {
                Some(_) => drop(body.remove(position)),
                None => position += 1,
            }
        }
    }
}

/// Which variables may be the index.
pub(super) fn direct(function: &Function, census: &Census) -> Direct {
    let mut direct = vec![None; function.locals.len()];
    let facts = LazyCell::new(|| loops(function));
    for found in &census.variables {
        let is_owner = function.locals[found.variable.0 as usize].mode == Mode::Owner;
        // Every mention of an index becomes one of its variable: an index that several loops share has no single one.
        let bound_once = found.inside.binds == 1 && census.count(found.index).binds == 1;
        // Most are mentioned nowhere else, and the analysis is then not needed.
        let live_after = || {
            found.inside.mentions != census.count(found.variable).mentions
                && facts[found.number].live_after.contains(found.variable)
        };
        if is_owner && bound_once && !live_after() {
            direct[found.index.0 as usize] = Some(found.variable);
        }
    }
    Direct(direct)
}

/// The variable that statement `position` binds to the index.
pub(super) fn binds_index(body: &[Stmt], position: usize, index: LocalId) -> Option<LocalId> {
    let StmtKind::Bind { local, value } = &body.get(position)?.kind else {
        return None;
    };
    let ExprKind::Load(place) = &value.kind else {
        return None;
    };
    let is_index =
        place.projections.is_empty() && matches!(place.root, Root::Local(found) if found == index);
    is_index.then_some(*local)
}
