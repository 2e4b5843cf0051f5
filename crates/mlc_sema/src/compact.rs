//! Leaves out the locals that a body can do without: those that nothing mentions, which were tried while types were being found
//! out, and the hidden indices of loops.

mod indices;

use crate::hir::{Expr, ExprKind, Function, LocalId, Place, Root, Stmt, StmtKind};
use crate::walk::{Rewriter, Visitor, blocks, rewrite, stmt_parts, walk_part};
use indices::{Direct, LoopVariable};

pub(crate) fn compact(function: &mut Function) {
    let census = Census::of(function);
    let direct = indices::direct(function, &census);
    let is_kept =
        |local: LocalId| census.count(local).mentions > 0 && direct.variable(local).is_none();
    let locals = || (0..function.locals.len() as u32).map(LocalId);
    if locals().all(is_kept) {
        return;
    }
    let mut numbers = Vec::with_capacity(function.locals.len());
    let mut next = 0;
    for local in locals() {
        numbers.push(LocalId(next));
        next += u32::from(is_kept(local));
    }
    for local in locals() {
        if let Some(variable) = direct.variable(local) {
            numbers[local.0 as usize] = numbers[variable.0 as usize];
        }
    }
    let mut all = locals();
    (function.locals).retain(|_| all.next().is_some_and(is_kept));
    for param in &mut function.params {
        param.local = numbers[param.local.0 as usize];
    }
    let mut renumber = Renumber {
        numbers: &numbers,
        direct: &direct,
    };
    rewrite(&mut function.body, &mut renumber);
}

/// What one walk over a body finds out about its locals.
struct Census {
    counts: Vec<Count>,
    /// Loops that were met as statements, in the order in which [`crate::liveness::loops`] gives them.
    loops: usize,
    variables: Vec<LoopVariable>,
}

/// How often a local stands in some statements.
#[derive(Clone, Copy, Default)]
struct Count {
    mentions: u32,
    /// Those of them that give it a value, or take it away, as a whole.
    binds: u32,
}

impl Census {
    fn of(function: &Function) -> Census {
        let mut census = Census {
            counts: vec![Count::default(); function.locals.len()],
            loops: 0,
            variables: Vec::new(),
        };
        for param in &function.params {
            census.mention(param.local);
        }
        census.block(&function.body);
        census
    }

    fn count(&self, local: LocalId) -> Count {
        self.counts[local.0 as usize]
    }

    fn mention(&mut self, local: LocalId) {
        self.counts[local.0 as usize].mentions += 1;
    }

    fn bind(&mut self, local: LocalId) {
        let count = &mut self.counts[local.0 as usize];
        count.mentions += 1;
        count.binds += 1;
    }

    fn block(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
            stmt_parts(stmt, &mut |part| walk_part(part, self));
            match &stmt.kind {
                StmtKind::For {
                    index,
                    body,
                    orelse,
                    ..
                } => {
                    self.loop_body([*index], body);
                    self.block(orelse);
                }
                StmtKind::ParFor(par) => {
                    self.loop_body(par.axes.iter().map(|axis| axis.index), &par.body);
                }
                _ => {
                    self.loops += usize::from(crate::liveness::is_loop(stmt));
                    blocks(stmt, &mut |block| self.block(block));
                }
            }
        }
    }

    fn loop_body(&mut self, axes: impl IntoIterator<Item = LocalId>, body: &[Stmt]) {
        let number = self.loops;
        self.loops += 1;
        let first = self.variables.len();
        for (position, index) in axes.into_iter().enumerate() {
            if let Some(variable) = indices::binds_index(body, position, index) {
                self.variables.push(LoopVariable {
                    number,
                    index,
                    variable,
                    inside: self.count(variable),
                });
            }
        }
        let last = self.variables.len();
        self.block(body);
        for found in &mut self.variables[first..last] {
            let now = self.counts[found.variable.0 as usize];
            found.inside.mentions = now.mentions - found.inside.mentions;
            found.inside.binds = now.binds - found.inside.binds;
        }
    }
}

impl Visitor for Census {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Bind { local, .. } | StmtKind::Drop(local) => self.bind(*local),
            StmtKind::For { index, .. } => self.bind(*index),
            StmtKind::Drain { item, .. } => self.bind(*item),
            StmtKind::ParFor(par) => {
                par.axes.iter().for_each(|axis| self.bind(axis.index));
                par.reductions
                    .iter()
                    .for_each(|reduction| self.mention(reduction.local));
                par.privates.iter().for_each(|local| self.mention(*local));
            }
            StmtKind::Try { handlers, .. } => {
                handlers
                    .iter()
                    .filter_map(|handler| handler.name)
                    .for_each(|local| self.mention(local));
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Map { inputs, .. } = &expr.kind {
            inputs.iter().for_each(|input| self.mention(input.param));
        }
    }

    fn place(&mut self, place: &Place) {
        if let Root::Local(local) = place.root {
            self.mention(local);
        }
    }
}

struct Renumber<'n> {
    numbers: &'n [LocalId],
    direct: &'n Direct,
}

impl Renumber<'_> {
    fn set(&self, local: &mut LocalId) {
        *local = self.numbers[local.0 as usize];
    }
}

impl Rewriter for Renumber<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Bind { local, .. } | StmtKind::Drop(local) => self.set(local),
            StmtKind::For { index, body, .. } => {
                self.direct.leave_out_binds([*index], body);
                self.set(index);
            }
            StmtKind::Drain { item, .. } => self.set(item),
            StmtKind::ParFor(par) => {
                let axes = par.axes.iter().map(|axis| axis.index);
                self.direct.leave_out_binds(axes, &mut par.body);
                par.axes
                    .iter_mut()
                    .for_each(|axis| self.set(&mut axis.index));
                par.reductions
                    .iter_mut()
                    .for_each(|reduction| self.set(&mut reduction.local));
                par.privates.iter_mut().for_each(|local| self.set(local));
            }
            StmtKind::Try { handlers, .. } => {
                handlers
                    .iter_mut()
                    .filter_map(|handler| handler.name.as_mut())
                    .for_each(|local| self.set(local));
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Map { inputs, .. } = &mut expr.kind {
            inputs
                .iter_mut()
                .for_each(|input| self.set(&mut input.param));
        }
    }

    fn place(&mut self, place: &mut Place) {
        if let Root::Local(local) = &mut place.root {
            self.set(local);
        }
    }
}
