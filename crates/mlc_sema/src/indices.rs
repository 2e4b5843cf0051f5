//! Lets the variable of a loop be the loop's own index where nothing can tell the difference.
//!
//! Before: `for $i in range(0, n): i = $i; …`        After: `for i in range(0, n): …`
//!
//! That is where the body does not assign `i` and nothing reads it after the loop.

use crate::hir::{Expr, ExprKind, Function, LocalId, Mode, Place, Root, Stmt, StmtKind};
use crate::liveness::{LoopFacts, has_loop, loops, mentions};
use crate::walk::{Rewriter, blocks_mut, rewrite};

pub(crate) fn simplify(function: &mut Function) {
    if !has_loop(&function.body) {
        return;
    }
    let facts = loops(function);
    let owners: Vec<bool> = function
        .locals
        .iter()
        .map(|local| local.mode == Mode::Owner)
        .collect();
    let mut next = 0;
    block(&mut function.body, &facts, &mut next, &owners);
}

fn block(stmts: &mut [Stmt], facts: &[LoopFacts], next: &mut usize, owners: &[bool]) {
    for stmt in stmts {
        let mut number = None;
        if matches!(
            stmt.kind,
            StmtKind::For { .. }
                | StmtKind::While { .. }
                | StmtKind::Drain { .. }
                | StmtKind::ParFor(_)
        ) {
            number = Some(*next);
            *next += 1;
        }
        blocks_mut(stmt, &mut |inner| block(inner, facts, next, owners));
        let Some(facts) = number.and_then(|number| facts.get(number)) else {
            continue;
        };
        match &mut stmt.kind {
            StmtKind::For { index, body, .. } => {
                if let Some(variable) = direct(body, 0, *index, facts, owners) {
                    body.remove(0);
                    replace(body, *index, variable);
                    *index = variable;
                }
            }
            StmtKind::ParFor(par) => {
                let mut position = 0;
                for axis in &mut par.axes {
                    match direct(&par.body, position, axis.index, facts, owners) {
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
    facts: &LoopFacts,
    owners: &[bool],
) -> Option<LocalId> {
    let StmtKind::Bind { local, value } = &body.get(position)?.kind else {
        return None;
    };
    let ExprKind::Load(place) = &value.kind else {
        return None;
    };
    let reads_index =
        place.projections.is_empty() && matches!(place.root, Root::Local(found) if found == index);
    if !reads_index || facts.live_after.contains(*local) || !owners[local.0 as usize] {
        return None;
    }
    (!binds_again(&body[position + 1..], *local)).then_some(*local)
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
