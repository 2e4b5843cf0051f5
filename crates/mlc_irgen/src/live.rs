//! What is live before statements.

use mlc_sema::hir::{Expr, Handler, Stmt, StmtKind};

use crate::{
    local_set::LocalSet,
    walk::{Event, Slots},
};

pub fn refs(stmts: &[Stmt]) -> Vec<&Stmt> {
    stmts.iter().collect()
}

/// What is live where control may jump to.
#[derive(Clone, Default)]
pub struct Targets {
    pub breaks: LocalSet,
    pub continues: LocalSet,
    pub returns: LocalSet,
}

/// How a loop comes to its next iteration.
#[derive(Clone, Copy)]
pub enum Again<'e> {
    /// With another value of a variable.
    Given(usize),
    While(&'e Expr),
    Counted,
}

impl<'h> Slots<'h> {
    /// What may be read in a statement or behind it, before it assigns anything.
    pub fn live_in(self, stmt: &Stmt, behind: &LocalSet, targets: &Targets) -> LocalSet {
        self.live_before_one(stmt, behind, targets).union(behind)
    }

    /// What is live before statements, given what is live behind them.
    pub fn live_before(self, stmts: &[&Stmt], live: &LocalSet, targets: &Targets) -> LocalSet {
        let mut live = live.clone();
        for stmt in stmts.iter().rev() {
            live = self.live_before_one(stmt, &live, targets);
        }
        live
    }

    /// What is live before a handler, which gets its error under its own name.
    pub fn live_before_handler(
        self,
        handler: &Handler,
        behind: &LocalSet,
        targets: &Targets,
    ) -> LocalSet {
        let mut live = self.live_before(&refs(&handler.body), behind, targets);
        if let Some(name) = handler.name {
            live.remove(name.0 as usize);
        }
        live
    }

    /// What is live behind each statement of a list.
    pub fn live_behind_each(
        self,
        stmts: &[&Stmt],
        live: &LocalSet,
        targets: &Targets,
    ) -> Vec<LocalSet> {
        let mut sets = vec![LocalSet::default(); stmts.len()];
        let mut live = live.clone();
        for (at, stmt) in stmts.iter().enumerate().rev() {
            sets[at] = live.clone();
            live = self.live_before_one(stmt, &live, targets);
        }
        sets
    }

    /// What is live where the body of a loop starts and where it goes round again. What every iteration is given is not.
    pub fn live_in_loop(
        self,
        body: &[Stmt],
        again: Again<'_>,
        behind: &LocalSet,
        targets: &Targets,
    ) -> LocalSet {
        let mut header = behind.clone();
        if let Again::While(condition) = again {
            self.reads_of(condition, &mut header);
        }
        let inner = Targets {
            breaks: behind.clone(),
            continues: header.clone(),
            returns: targets.returns.clone(),
        };
        // A body adds what it reads and takes some of the rest away, so one round reaches the fixed point.
        let mut round = self.live_before(&refs(body), &header, &inner);
        if let Again::Given(item) = again {
            round.remove(item);
        }
        header.extend(&round);
        header
    }

    fn live_before_one(self, stmt: &Stmt, behind: &LocalSet, targets: &Targets) -> LocalSet {
        let mut live = behind.clone();
        match &stmt.kind {
            StmtKind::Break => return targets.breaks.clone(),
            StmtKind::Continue => return targets.continues.clone(),
            StmtKind::Return(value) => {
                live = targets.returns.clone();
                live.remove(self.ret());
                if let Some(value) = value {
                    self.reads_of(value, &mut live);
                }
                return live;
            }
            StmtKind::Raise { .. } | StmtKind::Reraise(_) => {
                live = LocalSet::default();
                self.reads(stmt, &mut live);
                return live;
            }
            StmtKind::Bind { local, value } => {
                live.remove(local.0 as usize);
                self.reads_of(value, &mut live);
                return live;
            }
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                live = self.live_before(&refs(then), behind, targets);
                live.extend(&self.live_before(&refs(orelse), behind, targets));
                self.reads_of(condition, &mut live);
                return live;
            }
            StmtKind::While {
                condition,
                body,
                orelse,
            } => {
                let after = self
                    .live_before(&refs(orelse), behind, targets)
                    .union(behind);
                return self.live_in_loop(body, Again::While(condition), &after, targets);
            }
            StmtKind::For {
                index,
                range,
                body,
                orelse,
            } => {
                let after = self
                    .live_before(&refs(orelse), behind, targets)
                    .union(behind);
                let index = index.0 as usize;
                live = self.live_in_loop(body, Again::Given(index), &after, targets);
                live.remove(index);
                self.range(range, &[], &mut |event| {
                    if let Event::Read(slot) = event {
                        live.insert(slot);
                    }
                });
                return live;
            }
            StmtKind::Drain { item, list, body } => {
                let item = item.0 as usize;
                live = self.live_in_loop(body, Again::Given(item), behind, targets);
                self.reads_of(list, &mut live);
                return live;
            }
            StmtKind::ParFor(par) => {
                let mut behind = live.clone();
                for reduction in &par.reductions {
                    behind.insert(reduction.local.0 as usize);
                }
                live.extend(&self.live_in_loop(&par.body, Again::Counted, &behind, targets));
                for private in &par.privates {
                    if !behind.contains(private.0 as usize) {
                        live.remove(private.0 as usize);
                    }
                }
                for axis in &par.axes {
                    live.remove(axis.index.0 as usize);
                    self.range(&axis.range, &[], &mut |event| {
                        if let Event::Read(slot) = event {
                            live.insert(slot);
                        }
                    });
                }
                for collect in &par.collects {
                    self.place(&collect.list, &[], &mut |event| {
                        if let Event::Read(slot) = event {
                            live.insert(slot);
                        }
                    });
                }
                return live;
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                // The body may be left at any place, so what handlers look at is live before it too, and what `finally` does
                // before the error goes on.
                let finally = refs(finally);
                let mut after = self.live_before(&finally, behind, targets).union(behind);
                let mut rest = self.live_before(&finally, &LocalSet::default(), targets);
                for handler in handlers {
                    rest.extend(&self.live_before_handler(handler, &after, targets));
                }
                after.extend(&self.live_before(&refs(orelse), &after, targets));
                return self.live_before(&refs(body), &after, targets).union(&rest);
            }
            _ => {}
        }
        self.reads(stmt, &mut live);
        live
    }
}
