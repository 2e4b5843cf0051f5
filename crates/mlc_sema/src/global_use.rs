//! What functions do with top-level variables, themselves and by what they call. Hosts ask for it: those that hold pointers to parts of a
//! variable must know what may move these, and those with several threads what must not run at once.
//!
//! Writing an element moves nothing; growing a list, replacing a value and lending it for writing may.

use std::collections::BTreeSet;

use crate::hir::{
    Expr, ExprKind, FuncId, Place, Program, ProjectionKind, Root, Stmt, StmtKind, TyKind,
};
use crate::walk::{Visitor, walk};

/// Variables by their positions in [`Program::globals`].
#[derive(Clone, Default, Debug)]
pub struct GlobalUse {
    /// Those whose parts may lie elsewhere after a call.
    pub relocated: BTreeSet<u32>,
    /// Those that a call may look at where they are in memory. A number that it only reads is none of them.
    pub used: BTreeSet<u32>,
    /// Those of the used ones that it may write to.
    pub changed: BTreeSet<u32>,
}

impl GlobalUse {
    fn count(&self) -> usize {
        self.relocated.len() + self.used.len() + self.changed.len()
    }

    fn add(&mut self, other: &GlobalUse) {
        self.relocated.extend(&other.relocated);
        self.used.extend(&other.used);
        self.changed.extend(&other.changed);
    }
}

/// For each function, in order.
pub fn of_program(program: &Program) -> Vec<GlobalUse> {
    let direct = program.functions.iter().map(|function| {
        let mut direct = Found {
            program,
            of: GlobalUse::default(),
            calls: Vec::new(),
        };
        walk(&function.body, &mut direct);
        (direct.of, direct.calls)
    });
    let (mut found, mut calls): (Vec<GlobalUse>, Vec<Vec<FuncId>>) = direct.unzip();
    // What a destructor does may happen anywhere.
    let destructors = program.structs.iter().filter_map(|item| item.destructor);
    let destructors: Vec<FuncId> = destructors.collect();
    for calls in &mut calls {
        calls.extend(&destructors);
    }
    loop {
        let mut changed = false;
        for (position, calls) in calls.iter().enumerate() {
            let mut of = std::mem::take(&mut found[position]);
            let before = of.count();
            for callee in calls {
                of.add(&found[callee.0 as usize]);
            }
            changed |= of.count() != before;
            found[position] = of;
        }
        if !changed {
            return found;
        }
    }
}

struct Found<'p> {
    program: &'p Program,
    of: GlobalUse,
    calls: Vec<FuncId>,
}

impl Found<'_> {
    fn relocated(&mut self, place: &Place) {
        let Root::Global(id) = place.root else {
            return;
        };
        let holds_memory = !matches!(
            self.program.types.kind(place.ty),
            TyKind::Bool | TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_)
        );
        if holds_memory {
            self.of.relocated.insert(id.0);
        }
    }

    fn changed(&mut self, place: &Place) {
        if let Root::Global(id) = place.root {
            self.of.used.insert(id.0);
            self.of.changed.insert(id.0);
        }
    }

    /// Whether elements are written where they are: those of an array, or of a part of one.
    fn is_elements(&self, place: &Place) -> bool {
        let view = |projection: &crate::hir::Projection| {
            matches!(
                projection.kind,
                ProjectionKind::Slice(_)
                    | ProjectionKind::Transpose(_)
                    | ProjectionKind::Index { .. }
            )
        };
        matches!(
            self.program.types.kind(place.ty),
            TyKind::Array { .. } | TyKind::Simd { .. }
        ) && place.projections.last().is_some_and(view)
    }
}

impl Visitor for Found<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Store { place, .. }
            | StmtKind::Update { place, .. }
            | StmtKind::AtomicUpdate { place, .. } => self.changed(place),
            StmtKind::Swap { left, right } => {
                self.changed(left);
                self.changed(right);
            }
            StmtKind::ParFor(par) => {
                for collect in &par.collects {
                    self.changed(&collect.list);
                }
            }
            _ => {}
        }
        match &stmt.kind {
            StmtKind::Store { place, .. } if !self.is_elements(place) => self.relocated(place),
            StmtKind::Update { place, .. }
                if !matches!(self.program.types.kind(place.ty), TyKind::Array { .. }) =>
            {
                self.relocated(place);
            }
            StmtKind::Swap { left, right } => {
                self.relocated(left);
                self.relocated(right);
            }
            StmtKind::ParFor(par) => {
                for collect in &par.collects {
                    self.relocated(&collect.list);
                }
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Move(place)
            | ExprKind::Borrow {
                place,
                mutable: true,
            } => {
                self.relocated(place);
                self.changed(place);
            }
            ExprKind::Call { callee, .. } => self.calls.push(*callee),
            _ => {}
        }
    }

    fn place(&mut self, place: &Place) {
        if let Root::Global(id) = place.root {
            let ty = self.program.globals[id.0 as usize].ty;
            if !self.program.types.is_scalar(ty) {
                self.of.used.insert(id.0);
            }
        }
    }
}
