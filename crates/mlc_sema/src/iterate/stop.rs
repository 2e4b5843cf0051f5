//! Loops that end as soon as their result is known: those of `any` and `all`.
//!
//! ```text
//! any(g(x) for x in xs if f(x))       for …: if total: break; if f(x): total = total or g(x)
//! any(x > 0 for x in xs)              for …: total = total or x > 0
//! ```
//!
//! Nobody can tell that the second one goes on, and a loop without `break` becomes vector instructions, and may run on a GPU.

use crate::func::FnCx;
use crate::hir::{Expr, LocalId, Stmt, StmtKind, TypeTable};
use crate::options::Options;
use crate::raises::Facts;
use crate::walk::{Visitor, blocks, blocks_mut, stmt_parts, walk_part};

impl FnCx<'_, '_> {
    /// Ends the loops around what binds `result` as soon as it is `known`, unless nobody can tell.
    pub(super) fn stop_once(&self, stmts: &mut [Stmt], result: LocalId, known: &Expr) {
        let mut seen = Seen::of(&self.cx.types, self.cx.options);
        seen.beside(stmts, result, false);
        if seen.found || seen.facts.raises_or_calls() || self.binds_in_operands {
            leave_loops(stmts, result, known);
        }
    }
}

/// Leaves the loops around what binds `result` where it is `known`. Whether there is any.
fn leave_loops(stmts: &mut [Stmt], result: LocalId, known: &Expr) -> bool {
    let mut found = false;
    for stmt in stmts {
        if binds(stmt, result) {
            return true;
        }
        let (is_loop, span) = (is_loop(stmt), stmt.span);
        blocks_mut(stmt, &mut |block| {
            if !leave_loops(block, result, known) {
                return;
            }
            found = true;
            if is_loop {
                let kind = StmtKind::Break;
                let kind = StmtKind::If {
                    condition: known.clone(),
                    then: vec![Stmt { kind, span }],
                    orelse: Vec::new(),
                };
                block.insert(0, Stmt { kind, span });
            }
        });
    }
    found
}

fn binds(stmt: &Stmt, result: LocalId) -> bool {
    matches!(stmt.kind, StmtKind::Bind { local, .. } if local == result)
}

/// Whether it may be seen that statements are run, but for what they bind.
struct Seen<'t> {
    facts: Facts<'t>,
    found: bool,
}

impl<'t> Seen<'t> {
    fn of(types: &'t TypeTable, options: &Options) -> Self {
        let facts = Facts::new(types, options);
        let found = false;
        Self { facts, found }
    }

    /// What stands in loops beside what binds `result`, which is evaluated only as long as that is not known.
    fn beside(&mut self, stmts: &[Stmt], result: LocalId, in_loop: bool) {
        for stmt in stmts.iter().filter(|stmt| !binds(stmt, result)) {
            if in_loop {
                self.stmt(stmt);
                stmt_parts(stmt, &mut |part| walk_part(part, self));
            }
            let is_loop = is_loop(stmt);
            self.found |= is_loop && !matches!(stmt.kind, StmtKind::For { .. });
            blocks(stmt, &mut |block| {
                self.beside(block, result, in_loop || is_loop)
            });
        }
    }
}

fn is_loop(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Drain { .. }
    )
}

impl Visitor for Seen<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        self.facts.stmt(stmt);
        self.found |= !matches!(
            stmt.kind,
            StmtKind::Bind { .. }
                | StmtKind::If { .. }
                | StmtKind::For { .. }
                | StmtKind::Iterate(_)
        );
    }

    fn expr(&mut self, expr: &Expr) {
        self.facts.expr(expr);
    }

    fn place(&mut self, place: &crate::hir::Place) {
        self.facts.place(place);
    }
}
