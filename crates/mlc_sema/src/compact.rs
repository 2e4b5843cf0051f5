//! Leaves out the locals that nothing mentions: what was tried while types were being found out.

use crate::hir::{Expr, ExprKind, Function, LocalId, Place, Root, Stmt, StmtKind};
use crate::walk::{Rewriter, Visitor, rewrite, walk};

pub(crate) fn compact(function: &mut Function) {
    let mut used = Used(vec![false; function.locals.len()]);
    for param in &function.params {
        used.mark(param.local);
    }
    walk(&function.body, &mut used);
    if used.0.iter().all(|used| *used) {
        return;
    }
    let mut numbers = Vec::with_capacity(used.0.len());
    let mut next = 0;
    for used in &used.0 {
        numbers.push(LocalId(next));
        next += u32::from(*used);
    }
    let mut keep = used.0.iter();
    function
        .locals
        .retain(|_| keep.next().copied().unwrap_or(true));
    for param in &mut function.params {
        param.local = numbers[param.local.0 as usize];
    }
    rewrite(&mut function.body, &mut Renumber(&numbers));
}

struct Used(Vec<bool>);

impl Used {
    fn mark(&mut self, local: LocalId) {
        self.0[local.0 as usize] = true;
    }
}

impl Visitor for Used {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Bind { local, .. } | StmtKind::Drop(local) => self.mark(*local),
            StmtKind::For { index, .. } => self.mark(*index),
            StmtKind::Drain { item, .. } => self.mark(*item),
            StmtKind::ParFor(par) => {
                par.axes.iter().for_each(|axis| self.mark(axis.index));
                par.reductions
                    .iter()
                    .for_each(|reduction| self.mark(reduction.local));
                par.privates.iter().for_each(|local| self.mark(*local));
            }
            StmtKind::Try { handlers, .. } => {
                handlers
                    .iter()
                    .filter_map(|handler| handler.name)
                    .for_each(|local| self.mark(local));
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Map { inputs, .. } = &expr.kind {
            inputs.iter().for_each(|input| self.mark(input.param));
        }
    }

    fn place(&mut self, place: &Place) {
        if let Root::Local(local) = place.root {
            self.mark(local);
        }
    }
}

struct Renumber<'n>(&'n [LocalId]);

impl Renumber<'_> {
    fn set(&self, local: &mut LocalId) {
        *local = self.0[local.0 as usize];
    }
}

impl Rewriter for Renumber<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Bind { local, .. } | StmtKind::Drop(local) => self.set(local),
            StmtKind::For { index, .. } => self.set(index),
            StmtKind::Drain { item, .. } => self.set(item),
            StmtKind::ParFor(par) => {
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
