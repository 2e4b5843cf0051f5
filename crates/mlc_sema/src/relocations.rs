//! Which functions may change where the parts of a top-level variable lie: hosts that hold pointers to such parts ask for it.
//!
//! Writing an element does not; growing a list, replacing a value and lending it for writing may.

use crate::hir::{
    Expr, ExprKind, FuncId, Place, Program, ProjectionKind, Root, Stmt, StmtKind, TyKind,
};
use crate::walk::{Visitor, walk};

/// For each function the top-level variables that a call may relocate, by their positions in [`Program::globals`], in order.
pub fn of_program(program: &Program) -> Vec<Vec<u32>> {
    let mut found: Vec<Found> = program
        .functions
        .iter()
        .map(|function| {
            let mut direct = Found {
                program,
                globals: Vec::new(),
                calls: Vec::new(),
            };
            walk(&function.body, &mut direct);
            direct
        })
        .collect();
    // What a destructor does may happen anywhere.
    let destructors = program.structs.iter().filter_map(|item| item.destructor);
    let destructors: Vec<FuncId> = destructors.collect();
    for item in &mut found {
        item.calls.extend(&destructors);
    }
    loop {
        let mut changed = false;
        for position in 0..found.len() {
            let mut globals = found[position].globals.clone();
            for callee in &found[position].calls {
                globals.extend(&found[callee.0 as usize].globals);
            }
            globals.sort_unstable();
            globals.dedup();
            if globals.len() != found[position].globals.len() {
                changed = true;
            }
            found[position].globals = globals;
        }
        if !changed {
            return found.into_iter().map(|item| item.globals).collect();
        }
    }
}

struct Found<'p> {
    program: &'p Program,
    globals: Vec<u32>,
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
        if holds_memory && !self.globals.contains(&id.0) {
            self.globals.push(id.0);
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
            } => self.relocated(place),
            ExprKind::Call { callee, .. } => self.calls.push(*callee),
            _ => {}
        }
    }
}
