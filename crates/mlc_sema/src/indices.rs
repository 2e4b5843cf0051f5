//! Lets the variable of a loop be the loop's own index where nothing can tell the difference.
//!
//! Before: `for $i in range(0, n): i = $i; …`        After: `for i in range(0, n): …`
//!
//! That is where the body does not assign `i` and nothing reads it after the loop.

use crate::hir::{Expr, ExprKind, Function, LocalId, Mode, Place, Root, Stmt, StmtKind};
use crate::liveness::{LoopFacts, has_loop, is_loop, loops, mentions};
use crate::walk::{Rewriter, blocks, blocks_mut, rewrite};

pub(crate) fn simplify(function: &mut Function) {
    if !has_loop(&function.body) {
        return;
    }
    // Most are mentioned nowhere else, and the analysis is then not needed.
    let facts = any_mentioned_outside(function).then(|| loops(function));
    let owners: Vec<bool> = function
        .locals
        .iter()
        .map(|local| local.mode == Mode::Owner)
        .collect();
    let mut next = 0;
    block(&mut function.body, facts.as_deref(), &mut next, &owners);
}

/// Whether the variable of any loop is mentioned outside of that: only then may it be read after it.
fn any_mentioned_outside(function: &Function) -> bool {
    fn in_block(stmts: &[Stmt], all: &[u32]) -> bool {
        stmts.iter().any(|stmt| {
            let mut found = match &stmt.kind {
                StmtKind::For { index, body, .. } => {
                    binds_index(body, 0, *index).is_some_and(|local| is_outside(local, body, all))
                }
                StmtKind::ParFor(par) => (0..par.axes.len()).any(|position| {
                    let mut axes = par.axes.iter();
                    let bound = axes.find_map(|axis| binds_index(&par.body, position, axis.index));
                    bound.is_some_and(|local| is_outside(local, &par.body, all))
                }),
                _ => false,
            };
            blocks(stmt, &mut |block| found = found || in_block(block, all));
            found
        })
    }
    let mut all = vec![0; function.locals.len()];
    mentions(&function.body, &mut |local| all[local.0 as usize] += 1);
    in_block(&function.body, &all)
}

fn is_outside(local: LocalId, body: &[Stmt], all: &[u32]) -> bool {
    let mut inside = 0;
    mentions(body, &mut |found| inside += u32::from(found == local));
    inside != all[local.0 as usize]
}

fn block(stmts: &mut [Stmt], facts: Option<&[LoopFacts]>, next: &mut usize, owners: &[bool]) {
    for stmt in stmts {
        let number = *next;
        *next += usize::from(is_loop(stmt));
        blocks_mut(stmt, &mut |inner| block(inner, facts, next, owners));
        let facts = facts.and_then(|facts| facts.get(number));
        let may_be = |local: LocalId| {
            let live_after = facts.is_some_and(|facts| facts.live_after.contains(local));
            !live_after && owners[local.0 as usize]
        };
        match &mut stmt.kind {
            StmtKind::For { index, body, .. } => {
                if let Some(variable) = direct(body, 0, *index, may_be) {
                    body.remove(0);
                    replace(body, *index, variable);
                    *index = variable;
                }
            }
            StmtKind::ParFor(par) => {
                let mut position = 0;
                for axis in &mut par.axes {
                    match direct(&par.body, position, axis.index, may_be) {
                        Some(variable) => {
                            par.body.remove(position);
                            replace(&mut par.body, axis.index, variable);
                            axis.index = variable;
                        }
                        None => position += 1,
                    }
                }
            }
            _ => {}
        }
    }
}

/// The variable that statement `position` binds to the index, if it may take its place.
fn direct(
    body: &[Stmt],
    position: usize,
    index: LocalId,
    may_be: impl Fn(LocalId) -> bool,
) -> Option<LocalId> {
    let local = binds_index(body, position, index).filter(|local| may_be(*local))?;
    (!binds_again(&body[position + 1..], local)).then_some(local)
}

/// The variable that statement `position` binds to the index.
fn binds_index(body: &[Stmt], position: usize, index: LocalId) -> Option<LocalId> {
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

fn binds_again(stmts: &[Stmt], local: LocalId) -> bool {
    stmts.iter().any(|stmt| {
        let mut found = match &stmt.kind {
            StmtKind::Bind { local: bound, .. } | StmtKind::Drop(bound) => *bound == local,
            StmtKind::For { index, .. } => *index == local,
            StmtKind::Drain { item, .. } => *item == local,
            StmtKind::ParFor(par) => par.axes.iter().any(|axis| axis.index == local),
            _ => false,
        };
        crate::walk::stmt_parts(stmt, &mut |part| found |= part_binds(part, local));
        crate::walk::blocks(stmt, &mut |block| found |= binds_again(block, local));
        found
    })
}

fn part_binds(part: crate::walk::Part<'_>, local: LocalId) -> bool {
    let mut found = false;
    match part {
        crate::walk::Part::Expr(expr) => {
            crate::walk::expr_parts(expr, &mut |part| found |= part_binds(part, local))
        }
        crate::walk::Part::Place(place) => {
            crate::walk::place_parts(place, &mut |part| found |= part_binds(part, local))
        }
        crate::walk::Part::Stmts(stmts) => found = binds_again(stmts, local),
    }
    found
}

/// Reads of one local become reads of another.
fn replace(stmts: &mut Vec<Stmt>, from: LocalId, to: LocalId) {
    struct Rename(LocalId, LocalId);
    impl Rewriter for Rename {
        fn expr(&mut self, _: &mut Expr) {}

        fn place(&mut self, place: &mut Place) {
            if let Root::Local(local) = &mut place.root
                && *local == self.0
            {
                *local = self.1;
            }
        }
    }
    let mut used = false;
    mentions(stmts, &mut |local| used |= local == from);
    if used {
        rewrite(stmts, &mut Rename(from, to));
    }
}
