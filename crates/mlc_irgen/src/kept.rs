//! Values with a destructor live to the end of the innermost call that uses them, or else to that of the statement: what the
//! destructor does is seen.

use melior::ir::Value;
use mlc_dialects::own;
use mlc_sema::{
    hir::{Builtin, Expr, ExprKind, Mode, Place, Root, Stmt, StmtKind},
    walk::{Part, Visitor, expr_parts, place_parts, stmt_parts, walk_part},
};

use crate::{
    function::{Binding, Lower},
    local_set::LocalSet,
};

/// Variables, and the boxes that they were when they were used.
pub type Kept<'c, 'm> = Vec<(usize, Value<'c, 'm>)>;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// What the expressions of a statement use outside of calls; nothing for one that has blocks.
    pub fn kept_by_statement(&self, stmt: &Stmt) -> Kept<'c, 'm> {
        if !self.cx.destructors || !is_plain(stmt) {
            return Kept::new();
        }
        let mut used = Used::default();
        stmt_parts(stmt, &mut |part| used.part(part));
        self.kept(used)
    }

    /// What the arguments of a call use outside of calls of their own.
    pub fn kept_by_call(&self, args: &[Expr]) -> Kept<'c, 'm> {
        if !self.cx.destructors {
            return Kept::new();
        }
        let mut used = Used::default();
        args.iter().for_each(|arg| used.part(Part::Expr(arg)));
        self.kept(used)
    }

    fn kept(&self, used: Used) -> Kept<'c, 'm> {
        let mut kept = Kept::new();
        for slot in used.read.iter() {
            let local = &self.function.locals[slot];
            if used.moved.contains(slot) || local.mode != Mode::Owner {
                continue;
            }
            if let Binding::Values(values) = &self.env[slot] {
                let boxes = values.iter().filter(|value| holds_destructor(**value));
                kept.extend(boxes.map(|&value| (slot, value)));
            }
        }
        kept
    }

    /// A use of what is still there, the newest first: that ends first.
    pub fn keep_all(&mut self, kept: Kept<'c, 'm>) {
        for (slot, value) in kept.into_iter().rev() {
            let held =
                matches!(&self.env[slot], Binding::Values(values) if values.contains(&value));
            if held {
                let borrow = self.borrow_box(value, false);
                let alive = [("alive", self.b.unit())];
                self.b.op("own.keep", &[borrow], &alive);
            }
        }
    }
}

fn holds_destructor(value: Value) -> bool {
    use melior::ir::ValueLike;
    let ty = value.r#type();
    own::is_box(ty) && own::payload(ty).and_then(own::destructible).is_some()
}

fn is_plain(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::Bind { .. }
            | StmtKind::Store { .. }
            | StmtKind::Update { .. }
            | StmtKind::Swap { .. }
            | StmtKind::Expr(_)
            | StmtKind::Return(Some(_))
            | StmtKind::Check { .. }
    )
}

/// The variables whose values expressions read outside of calls, and those that they move from anywhere.
#[derive(Default)]
struct Used {
    read: LocalSet,
    moved: LocalSet,
}

impl Used {
    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => {
                if let ExprKind::Move(place) = &expr.kind {
                    self.moves(place);
                }
                if is_call(expr) {
                    return expr_parts(expr, &mut |part| walk_part(part, &mut Moves(self)));
                }
                expr_parts(expr, &mut |part| self.part(part));
            }
            Part::Place(place) => {
                if let Root::Local(local) = place.root {
                    self.read.insert(local.0 as usize);
                }
                place_parts(place, &mut |part| self.part(part));
            }
            // What it binds is gone behind it.
            Part::Stmts(stmts) => mlc_sema::walk::walk(stmts, &mut Moves(self)),
        }
    }

    fn moves(&mut self, place: &Place) {
        if let Root::Local(local) = place.root {
            self.moved.insert(local.0 as usize);
        }
    }
}

/// Finds moves only.
struct Moves<'u>(&'u mut Used);

impl Visitor for Moves<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Move(place) = &expr.kind {
            self.0.moves(place);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Bind { local, .. } | StmtKind::Drop(local) = stmt.kind {
            self.0.moved.insert(local.0 as usize);
        }
    }
}

/// Whether what an expression uses is kept by itself.
fn is_call(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Call { .. }
            | ExprKind::Len { .. }
            | ExprKind::Builtin {
                op: Builtin::Print,
                ..
            }
    )
}
