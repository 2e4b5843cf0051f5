//! What the expressions of one statement read that was bound in front of it.

use crate::binds::{bound_by, bound_by_stmt};
use crate::hir::{Expr, ExprKind, LocalId, LogicalOp, Place, Root, Stmt, StmtKind};
use crate::walk::{Part, blocks, expr_parts, place_parts, stmt_parts};

/// The locals that one statement reads itself, without its blocks. What its expressions have bound for themselves
/// (comprehensions, `:=`) when they read it is none of them.
#[derive(Default)]
pub(super) struct Reads {
    read: Vec<LocalId>,
    /// What is bound where the walk is.
    bound: Vec<LocalId>,
    /// Whether anything was bound anywhere.
    binds: bool,
}

impl Reads {
    pub fn of(&mut self, stmt: &Stmt, found: impl FnMut(LocalId)) {
        self.take(stmt);
        self.outer().for_each(found);
    }

    pub fn take(&mut self, stmt: &Stmt) {
        self.read.clear();
        self.bound.clear();
        self.binds = false;
        stmt_parts(stmt, &mut |part| self.part(part));
        if let StmtKind::Drop(local) = stmt.kind {
            self.read.push(local);
        }
    }

    /// What the statement reads that was bound in front of it.
    pub fn outer(&self) -> impl Iterator<Item = LocalId> {
        self.read.iter().copied()
    }

    /// What the statement binds on every way through its expressions.
    pub fn bound(&self, stmt: &Stmt, found: &mut dyn FnMut(LocalId)) {
        if self.binds {
            bound_by_stmt(stmt, found);
        }
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Place(place) => self.place(place),
            Part::Stmts(stmts) => stmts.iter().for_each(|stmt| self.stmt(stmt)),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Logical { op, left, right } => {
                self.expr(left);
                let goes_on = *op == LogicalOp::And;
                self.apart(|reads| {
                    reads.knowing(left, goes_on);
                    reads.expr(right);
                });
            }
            ExprKind::If {
                condition,
                then,
                orelse,
            } => {
                self.expr(condition);
                for (branch, outcome) in [(then, true), (orelse, false)] {
                    self.apart(|reads| {
                        reads.knowing(condition, outcome);
                        reads.expr(branch);
                    });
                }
            }
            ExprKind::Map { inputs, body } => {
                for input in inputs {
                    self.expr(&input.value);
                }
                self.apart(|reads| {
                    (inputs.iter()).for_each(|input| reads.bound.push(input.param));
                    reads.expr(body);
                });
            }
            _ => expr_parts(expr, &mut |part| self.part(part)),
        }
    }

    fn place(&mut self, place: &Place) {
        if let Root::Local(local) = place.root
            && !self.bound.contains(&local)
        {
            self.read.push(local);
        }
        place_parts(place, &mut |part| self.part(part));
    }

    /// A statement inside of an expression.
    fn stmt(&mut self, stmt: &Stmt) {
        stmt_parts(stmt, &mut |part| self.part(part));
        // The first block is where a condition holds.
        let mut outcome = true;
        blocks(stmt, &mut |block| {
            self.apart(|reads| {
                match &stmt.kind {
                    StmtKind::If { condition, .. } | StmtKind::While { condition, .. } => {
                        reads.knowing(condition, outcome);
                    }
                    StmtKind::For { index, .. } => reads.bound.push(*index),
                    StmtKind::Drain { item, .. } => reads.bound.push(*item),
                    _ => {}
                }
                block.iter().for_each(|stmt| reads.stmt(stmt));
            });
            outcome = false;
        });
        if let StmtKind::Bind { local, .. } = &stmt.kind {
            self.binds = true;
            self.bound.push(*local);
        }
    }

    /// Adds what a condition has bound where it comes out so.
    fn knowing(&mut self, condition: &Expr, outcome: bool) {
        if self.binds {
            bound_by(condition, Some(outcome), &mut |local| {
                self.bound.push(local)
            });
        }
    }

    /// Walks through what may not be evaluated: what it binds is not known behind it.
    fn apart(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        walk(self);
        self.bound.truncate(before);
    }
}
