//! Which locals are read later: what loops need to know about the variables they assign.
//!
//! A backward analysis in gen/kill form over structured control flow: each block is summarized once as the locals it reads
//! before it sets them and the locals it sets on every path, so that nested loops cost no more than flat code.

use crate::hir::{Function, LocalId, Place, Root, Stmt, StmtKind};
use crate::walk::{Visitor, blocks, stmt_parts, walk_part};

/// A set of locals of one function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    pub fn new(locals: usize) -> Set {
        Set(vec![0; locals.div_ceil(64)])
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

    fn union(&mut self, other: &Set) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, other)| *word |= other);
    }

    fn intersect(&mut self, other: &Set) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, other)| *word &= other);
    }

    fn subtract(&mut self, other: &Set) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, other)| *word &= !other);
    }
}

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
        exposed: Vec::new(),
        facts: Vec::new(),
    };
    analysis.summary(&function.body);
    // The walk backward meets the loops of a block last to first; positions come from the numbering of the first pass.
    analysis.facts = analysis.exposed.iter().map(|_| None).collect();
    let mut next = analysis.exposed.len();
    analysis.backward(&function.body, &mut Set::new(size), &mut next);
    let facts = std::mem::take(&mut analysis.facts);
    facts.into_iter().flatten().collect()
}

struct Analysis {
    size: usize,
    exposed: Vec<Set>,
    facts: Vec<Option<LoopFacts>>,
}

struct Summary {
    reads: Set,
    sets: Set,
}

/// The locals that a statement reads itself, without its blocks. What its expressions bind for themselves
/// (comprehensions) they read only after that.
fn reads_of(stmt: &Stmt, reads: &mut Set) {
    #[derive(Default)]
    struct Reads {
        read: Vec<LocalId>,
        bound: Vec<LocalId>,
    }
    impl Visitor for Reads {
        fn stmt(&mut self, stmt: &Stmt) {
            match &stmt.kind {
                StmtKind::Bind { local, .. } => self.bound.push(*local),
                StmtKind::For { index, .. } => self.bound.push(*index),
                _ => {}
            }
        }

        fn place(&mut self, place: &Place) {
            if let Root::Local(local) = place.root {
                self.read.push(local);
            }
        }
    }
    let mut found = Reads::default();
    stmt_parts(stmt, &mut |part| walk_part(part, &mut found));
    for local in found.read {
        if !found.bound.contains(&local) {
            reads.insert(local);
        }
    }
    if let StmtKind::Drop(local) = stmt.kind {
        reads.insert(local);
    }
}

fn is_loop(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::For { .. }
            | StmtKind::While { .. }
            | StmtKind::Drain { .. }
            | StmtKind::ParFor(_)
    )
}

impl Analysis {
    fn summary(&mut self, stmts: &[Stmt]) -> Summary {
        let mut block = Summary {
            reads: Set::new(self.size),
            sets: Set::new(self.size),
        };
        // Forward, so that loops are numbered in the order of a walk.
        for stmt in stmts {
            let one = self.stmt_summary(stmt);
            let mut reads = one.reads;
            reads.subtract(&block.sets);
            block.reads.union(&reads);
            block.sets.union(&one.sets);
        }
        block
    }

    fn stmt_summary(&mut self, stmt: &Stmt) -> Summary {
        let mut one = Summary {
            reads: Set::new(self.size),
            sets: Set::new(self.size),
        };
        reads_of(stmt, &mut one.reads);
        match &stmt.kind {
            StmtKind::Bind { local, .. } => one.sets.insert(*local),
            StmtKind::If { then, orelse, .. } => {
                let mut then = self.summary(then);
                let orelse = self.summary(orelse);
                one.reads.union(&then.reads);
                one.reads.union(&orelse.reads);
                then.sets.intersect(&orelse.sets);
                one.sets.union(&then.sets);
            }
            StmtKind::Try { .. } => blocks(stmt, &mut |block| {
                let block = self.summary(block);
                one.reads.union(&block.reads);
            }),
            _ if is_loop(stmt) => {
                let number = self.exposed.len();
                self.exposed.push(Set::new(self.size));
                let mut body_reads: Option<Set> = None;
                blocks(stmt, &mut |block| {
                    let block = self.summary(block);
                    one.reads.union(&block.reads);
                    body_reads.get_or_insert(block.reads);
                });
                let mut exposed = body_reads.unwrap_or_else(|| Set::new(self.size));
                if matches!(stmt.kind, StmtKind::While { .. }) {
                    reads_of(stmt, &mut exposed);
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
        one
    }

    /// Takes `live` from after the statements to before them. `next` counts loops down.
    fn backward(&mut self, stmts: &[Stmt], live: &mut Set, next: &mut usize) {
        for stmt in stmts.iter().rev() {
            match &stmt.kind {
                StmtKind::Bind { local, .. } => live.remove(*local),
                StmtKind::If { then, orelse, .. } => {
                    let mut other = live.clone();
                    self.backward(orelse, &mut other, next);
                    self.backward(then, live, next);
                    live.union(&other);
                }
                StmtKind::Try {
                    body,
                    handlers,
                    orelse,
                    finally,
                } => {
                    self.backward(finally, live, next);
                    let after = live.clone();
                    let mut in_else = after.clone();
                    self.backward(orelse, &mut in_else, next);
                    let mut all = after.clone();
                    all.union(&in_else);
                    for handler in handlers.iter().rev() {
                        let mut in_handler = after.clone();
                        self.backward(&handler.body, &mut in_handler, next);
                        all.union(&in_handler);
                    }
                    // An error may leave the body anywhere.
                    let mut in_body = all.clone();
                    self.backward(body, &mut in_body, next);
                    in_body.union(&all);
                    *live = in_body;
                }
                _ if is_loop(stmt) => self.loop_backward(stmt, live, next),
                _ => {}
            }
            reads_of(stmt, live);
        }
    }

    fn loop_backward(&mut self, stmt: &Stmt, live: &mut Set, next: &mut usize) {
        let mut inner: Vec<&Vec<Stmt>> = Vec::with_capacity(2);
        blocks(stmt, &mut |block| inner.push(block));
        if let [_, orelse] = inner.as_slice() {
            let after = live.clone();
            self.backward(orelse, live, next);
            // A `break` skips the `else`.
            live.union(&after);
        }
        let inside: usize = inner.first().map_or(0, |body| count_loops(body));
        let number = *next - inside - 1;
        let exposed = self.exposed[number].clone();
        let live_after = live.clone();
        live.union(&exposed);
        let mut in_body = live.clone();
        if let Some(body) = inner.first() {
            self.backward(body, &mut in_body, next);
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

fn count_loops(stmts: &[Stmt]) -> usize {
    let mut count = 0;
    for stmt in stmts {
        count += usize::from(is_loop(stmt));
        blocks(stmt, &mut |block| count += count_loops(block));
    }
    count
}

/// Whether there is a loop at all.
pub(crate) fn has_loop(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|stmt| {
        let mut inside = is_loop(stmt);
        blocks(stmt, &mut |block| inside |= has_loop(block));
        inside
    })
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
