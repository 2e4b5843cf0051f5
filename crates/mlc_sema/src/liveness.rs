//! Which locals are read later: what loops need to know about the variables they assign.
//!
//! A backward analysis in gen/kill form over structured control flow: each block is summarized once as the locals it reads
//! before it sets them and the locals it sets on every path, so that nested loops cost no more than flat code.

mod reads;
mod set;
mod summary;

use crate::hir::{Function, LocalId, Place, Root, Stmt, StmtKind};
use crate::walk::{Visitor, blocks};
use reads::Reads;
use set::Set;
use summary::Summary;

/// What is known about one loop.
pub(crate) struct LoopFacts {
    /// Locals that its body may read before it sets them in the same iteration.
    pub exposed: Set,
    /// Locals that may be read after the loop (`else` included).
    pub live_after: Set,
}

/// The facts about every `For`, `While`, `Drain` and `ParFor` in the order in which a walk meets them.
pub(crate) fn loops(function: &Function) -> Vec<LoopFacts> {
    let size = function.locals.len();
    let mut analysis = Analysis {
        size,
        reads: Reads::default(),
        exposed: Vec::new(),
        facts: Vec::new(),
        on_error: None,
        targets: Targets {
            breaks: Set::new(size),
            continues: Set::new(size),
        },
    };
    analysis.number(&function.body);
    // The walk backward meets the loops of a block last to first; positions come from the numbering of the first pass.
    analysis.facts = analysis.exposed.iter().map(|_| None).collect();
    let mut next = analysis.exposed.len();
    analysis.backward(&function.body, &mut Set::new(size), &mut next);
    let facts = std::mem::take(&mut analysis.facts);
    facts.into_iter().flatten().collect()
}

struct Analysis {
    size: usize,
    reads: Reads,
    exposed: Vec<Set>,
    facts: Vec<Option<LoopFacts>>,
    /// In a `try`: what is read where an error leads, which may leave the statements anywhere.
    on_error: Option<Set>,
    targets: Targets,
}

/// What is live where the jumps of the innermost loop lead.
struct Targets {
    breaks: Set,
    continues: Set,
}

pub(crate) fn is_loop(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::For { .. }
            | StmtKind::While { .. }
            | StmtKind::Drain { .. }
            | StmtKind::ParFor(_)
    )
}

impl Analysis {
    /// Summarizes the loops in the statements, in the order of a walk.
    fn number(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            if is_loop(stmt) {
                self.add(stmt, &mut Summary::new(self.size));
            } else {
                blocks(stmt, &mut |block| self.number(block));
            }
        }
    }

    fn summary(&mut self, stmts: &[Stmt]) -> Summary {
        let mut summary = Summary::new(self.size);
        for stmt in stmts {
            self.add(stmt, &mut summary);
        }
        summary
    }

    /// Adds a statement to the summary of those in front of it.
    fn add(&mut self, stmt: &Stmt, summary: &mut Summary) {
        self.reads.of(stmt, |local| summary.read(local));
        (self.reads).bound(stmt, &mut |local| summary.sets.insert(local));
        match &stmt.kind {
            StmtKind::Bind { local, .. } => summary.sets.insert(*local),
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                let then = self.summary(then).behind(condition, true);
                let orelse = self.summary(orelse).behind(condition, false);
                summary.then(&then.or(orelse));
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                let mut path = self.summary(body);
                let handlers: Vec<_> = (handlers.iter())
                    .map(|handler| self.summary(&handler.body))
                    .collect();
                path.then(&self.summary(orelse));
                // What of the body was done before an error is not known.
                let all = handlers.into_iter().fold(path, Summary::or);
                let finally = self.summary(finally);
                summary.read_all(&finally.reads);
                summary.then(&all);
                summary.then(&finally);
            }
            StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Return(_)
            | StmtKind::Raise { .. }
            | StmtKind::Reraise(_) => summary.leaves = true,
            _ if is_loop(stmt) => {
                let number = self.exposed.len();
                self.exposed.push(Set::default());
                let mut body_reads: Option<Set> = None;
                blocks(stmt, &mut |block| {
                    let mut block = self.summary(block);
                    if let StmtKind::While { condition, .. } = &stmt.kind {
                        // The first is the body, the other the `else`.
                        block = block.behind(condition, body_reads.is_none());
                    }
                    summary.read_all(&block.reads);
                    body_reads.get_or_insert(block.reads);
                });
                let mut exposed = body_reads.unwrap_or_else(|| Set::new(self.size));
                if matches!(stmt.kind, StmtKind::While { .. }) {
                    self.reads.of(stmt, |local| exposed.insert(local));
                }
                match &stmt.kind {
                    StmtKind::For { index, .. } => exposed.remove(*index),
                    StmtKind::Drain { item, .. } => exposed.remove(*item),
                    StmtKind::ParFor(par) => {
                        par.axes.iter().for_each(|axis| exposed.remove(axis.index))
                    }
                    _ => {}
                }
                self.exposed[number] = exposed;
            }
            _ => {}
        }
    }

    /// Takes `live` from after the statements to before them. `next` counts loops down.
    fn backward(&mut self, stmts: &[Stmt], live: &mut Set, next: &mut usize) {
        self.reach_errors(live);
        for stmt in stmts.iter().rev() {
            match &stmt.kind {
                StmtKind::Break => live.clone_from(&self.targets.breaks),
                StmtKind::Continue => live.clone_from(&self.targets.continues),
                StmtKind::Bind { local, .. } => live.remove(*local),
                StmtKind::If {
                    condition,
                    then,
                    orelse,
                } => {
                    let mut other = live.clone();
                    self.backward(orelse, &mut other, next);
                    self.backward(then, live, next);
                    live.remove_bound(condition, true);
                    other.remove_bound(condition, false);
                    live.union(&other);
                }
                StmtKind::Try {
                    body,
                    handlers,
                    orelse,
                    finally,
                } => {
                    // Behind an error that nothing here handles, `finally` is the last.
                    let outer = self.on_error.clone();
                    let mut unhandled = outer.clone().unwrap_or_else(|| Set::new(self.size));
                    let number = *next;
                    self.backward(finally, &mut unhandled, next);
                    *next = number;
                    // What jumps out of the others goes on behind it, too.
                    let handled = handlers.iter().map(|handler| &handler.body);
                    if [body, orelse]
                        .into_iter()
                        .chain(handled)
                        .any(|block| jumps_out(block))
                    {
                        live.union(&self.targets.breaks);
                        live.union(&self.targets.continues);
                    }
                    self.backward(finally, live, next);
                    let after = live.clone();
                    self.on_error = Some(unhandled.clone());
                    let mut in_body = after.clone();
                    self.backward(orelse, &mut in_body, next);
                    let mut on_error = unhandled;
                    for handler in handlers.iter().rev() {
                        let mut in_handler = after.clone();
                        self.backward(&handler.body, &mut in_handler, next);
                        on_error.union(&in_handler);
                    }
                    self.on_error = Some(on_error);
                    self.backward(body, &mut in_body, next);
                    self.on_error = outer;
                    *live = in_body;
                }
                _ if is_loop(stmt) => self.loop_backward(stmt, live, next),
                _ => {}
            }
            self.reads.take(stmt);
            self.reads.bound(stmt, &mut |local| live.remove(local));
            self.reads.outer().for_each(|local| live.insert(local));
            self.reach_errors(live);
        }
    }

    /// Adds what is read where an error leads.
    fn reach_errors(&self, live: &mut Set) {
        if let Some(on_error) = &self.on_error {
            live.union(on_error);
        }
    }

    fn loop_backward(&mut self, stmt: &Stmt, live: &mut Set, next: &mut usize) {
        let mut inner: Vec<&Vec<Stmt>> = Vec::with_capacity(2);
        blocks(stmt, &mut |block| inner.push(block));
        // A `break` skips the `else`.
        let after = live.clone();
        if let [_, orelse] = inner.as_slice() {
            self.backward(orelse, live, next);
            live.union(&after);
        }
        let inside: usize = inner.first().map_or(0, |body| count_loops(body));
        let number = *next - inside - 1;
        let exposed = self.exposed[number].clone();
        let live_after = live.clone();
        live.union(&exposed);
        let mut in_body = live.clone();
        if let Some(body) = inner.first() {
            let targets = Targets {
                breaks: after,
                continues: live.clone(),
            };
            let outer = std::mem::replace(&mut self.targets, targets);
            self.backward(body, &mut in_body, next);
            self.targets = outer;
        }
        if let StmtKind::While { condition, .. } = &stmt.kind {
            in_body.remove_bound(condition, true);
        }
        *next -= 1;
        self.facts[number] = Some(LoopFacts {
            exposed,
            live_after,
        });
        live.union(&in_body);
        match &stmt.kind {
            StmtKind::For { index, .. } => live.remove(*index),
            StmtKind::Drain { item, .. } => live.remove(*item),
            StmtKind::ParFor(par) => par.axes.iter().for_each(|axis| live.remove(axis.index)),
            _ => {}
        }
    }
}

/// Whether a `break` or `continue` may lead out of the statements.
fn jumps_out(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Break | StmtKind::Continue => true,
        StmtKind::For { orelse, .. } | StmtKind::While { orelse, .. } => jumps_out(orelse),
        _ if is_loop(stmt) => false,
        _ => {
            let mut found = false;
            blocks(stmt, &mut |block| found = found || jumps_out(block));
            found
        }
    })
}

fn count_loops(stmts: &[Stmt]) -> usize {
    let mut count = 0;
    for stmt in stmts {
        count += usize::from(is_loop(stmt));
        blocks(stmt, &mut |block| count += count_loops(block));
    }
    count
}

/// Counts the parts that mention a local anywhere in the statements.
pub(crate) fn mentions(stmts: &[Stmt], found: &mut dyn FnMut(LocalId)) {
    struct Mentions<'f>(&'f mut dyn FnMut(LocalId));
    impl Visitor for Mentions<'_> {
        fn stmt(&mut self, stmt: &Stmt) {
            match &stmt.kind {
                StmtKind::Bind { local, .. } | StmtKind::Drop(local) => (self.0)(*local),
                StmtKind::For { index, .. } => (self.0)(*index),
                StmtKind::Drain { item, .. } => (self.0)(*item),
                StmtKind::ParFor(par) => {
                    par.axes.iter().for_each(|axis| (self.0)(axis.index));
                    par.reductions
                        .iter()
                        .for_each(|reduction| (self.0)(reduction.local));
                }
                _ => {}
            }
        }

        fn place(&mut self, place: &Place) {
            if let Root::Local(local) = place.root {
                (self.0)(local);
            }
        }
    }
    crate::walk::walk(stmts, &mut Mentions(found));
}
