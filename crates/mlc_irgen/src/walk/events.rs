//! The walk: what happens in statements and expressions, in the order of evaluation.

use mlc_sema::hir::{
    BinaryOp, Builtin, Expr, ExprKind, Fill, LocalId, Mode, Place, Projection, ProjectionKind,
    Range, Reduction, Root, Stmt, StmtKind, Subscript, Ty, TyKind,
};

use super::{Event, Slots, Wanted};
use crate::{
    live::{Targets, refs},
    local_set::LocalSet,
};

impl Slots<'_> {
    /// Whether arithmetic of a type raises where its result does not fit.
    fn overflows(self, ty: Ty) -> bool {
        let types = &self.program.types;
        let elem = match types.kind(ty) {
            TyKind::Simd { elem, .. } | TyKind::Array { elem, .. } | TyKind::List(elem) => *elem,
            _ => ty,
        };
        self.program.overflow && !self.function.attributes.unchecked && types.is_int(elem)
    }

    /// Whether a variable is held in SSA values, so that a write to a part of it gives it new ones.
    fn is_in_values(self, local: LocalId) -> bool {
        let local = &self.function.locals[local.0 as usize];
        let kind = self.program.types.kind(local.ty);
        local.mode == Mode::Owner
            && !matches!(
                kind,
                TyKind::List(_)
                    | TyKind::Array { .. }
                    | TyKind::Struct(_)
                    | TyKind::Str
                    | TyKind::PythonObject
            )
    }

    fn stmts(self, stmts: &[Stmt], reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        for stmt in stmts {
            self.stmt(stmt, reductions, visit);
        }
    }

    pub(super) fn stmt(self, stmt: &Stmt, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        match &stmt.kind {
            StmtKind::Bind { local, value } => {
                self.expr(value, reductions, visit);
                visit(Event::Assign(local.0 as usize));
            }
            StmtKind::Store { place, value, .. } => {
                self.expr(value, reductions, visit);
                self.written(place, reductions, visit);
            }
            StmtKind::Update { place, op, value } | StmtKind::AtomicUpdate { place, op, value } => {
                if can_fail(*op) || self.overflows(place.ty) {
                    visit(Event::Raise);
                }
                self.expr(value, reductions, visit);
                self.written(place, reductions, visit);
            }
            StmtKind::Swap { left, right } => {
                self.written(left, reductions, visit);
                self.written(right, reductions, visit);
            }
            StmtKind::Expr(value) => self.expr(value, reductions, visit),
            StmtKind::Drop(local) => {
                visit(Event::Read(local.0 as usize));
                visit(Event::Take(local.0 as usize));
            }
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                self.expr(condition, reductions, visit);
                self.stmts(then, reductions, visit);
                self.stmts(orelse, reductions, visit);
            }
            StmtKind::While {
                condition,
                body,
                orelse,
            } => {
                self.expr(condition, reductions, visit);
                self.stmts(body, reductions, visit);
                self.stmts(orelse, reductions, visit);
            }
            StmtKind::For {
                index,
                range,
                body,
                orelse,
            } => {
                self.range(range, reductions, visit);
                let index = index.0 as usize;
                self.stmts(body, reductions, &mut |event| match event {
                    Event::Read(slot) if slot == index => {}
                    event => visit(event),
                });
                self.stmts(orelse, reductions, visit);
            }
            StmtKind::Iterate(place) => self.place(place, reductions, visit),
            StmtKind::Drain { item, list, body } => {
                self.expr(list, reductions, visit);
                visit(Event::Assign(item.0 as usize));
                self.stmts(body, reductions, visit);
            }
            StmtKind::ParFor(par) => {
                for axis in &par.axes {
                    self.range(&axis.range, reductions, visit);
                }
                for reduction in &par.reductions {
                    visit(Event::Read(reduction.local.0 as usize));
                    visit(Event::Assign(reduction.local.0 as usize));
                }
                for collect in &par.collects {
                    self.written(&collect.list, reductions, visit);
                }
                let mut private = LocalSet::default();
                for local in &par.privates {
                    private.insert(local.0 as usize);
                }
                self.stmts(&par.body, &par.reductions, &mut |event| match event {
                    // What an iteration assigns stays in it.
                    Event::Assign(_) => {}
                    Event::Read(slot) if private.contains(slot) => {}
                    event => visit(event),
                });
            }
            StmtKind::Reduce { reduction, value } => {
                if self.overflows(value.ty) {
                    visit(Event::Raise);
                }
                self.expr(value, reductions, visit);
                if let Some(reduction) = reductions.get(*reduction as usize) {
                    visit(Event::Read(reduction.local.0 as usize));
                    visit(Event::Assign(reduction.local.0 as usize));
                }
            }
            StmtKind::Collect { value, .. } => self.expr(value, reductions, visit),
            StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.expr(value, reductions, visit);
                }
                visit(Event::Assign(self.ret()));
            }
            StmtKind::Raise { message, .. } => {
                visit(Event::Raise);
                self.maybe(message.as_ref(), reductions, visit);
            }
            StmtKind::Reraise(value) => self.maybe(value.as_ref(), reductions, visit),
            StmtKind::Check {
                condition, message, ..
            } => {
                visit(Event::Raise);
                self.expr(condition, reductions, visit);
                self.maybe(message.as_ref(), reductions, visit);
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                let mut visit = |event: Event| {
                    if let Event::Take(slot) = event {
                        visit(Event::Bring(slot));
                    }
                    visit(event);
                };
                let visit: &mut dyn FnMut(Event) = &mut visit;
                self.stmts(body, reductions, visit);
                for handler in handlers {
                    if let Some(name) = handler.name {
                        visit(Event::Assign(name.0 as usize));
                    }
                    self.stmts(&handler.body, reductions, visit);
                }
                self.stmts(orelse, reductions, visit);
                self.stmts(finally, reductions, visit);
            }
        }
    }

    fn maybe(self, expr: Option<&Expr>, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        if let Some(expr) = expr {
            self.expr(expr, reductions, visit);
        }
    }

    pub fn range(self, range: &Range, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        self.expr(&range.start, reductions, visit);
        self.expr(&range.stop, reductions, visit);
        self.maybe(range.step.as_ref(), reductions, visit);
    }

    /// A place that is written to. The variable itself changes only where it is held in SSA values.
    fn written(self, place: &Place, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        self.place(place, reductions, visit);
        if let Root::Local(local) = &place.root {
            visit(Event::Write(local.0 as usize));
        }
        if let Root::Local(local) = &place.root
            && self.is_in_values(*local)
        {
            visit(Event::Assign(local.0 as usize));
        }
    }

    pub fn place(self, place: &Place, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        match &place.root {
            Root::Local(local) => visit(Event::Read(local.0 as usize)),
            Root::Global(_) | Root::Constant(_) => {}
            Root::Temporary(expr) | Root::Borrowed(expr) => self.expr(expr, reductions, visit),
        }
        for Projection { kind, .. } in &place.projections {
            match kind {
                ProjectionKind::Field(_)
                | ProjectionKind::Item(_)
                | ProjectionKind::Transpose(_) => {}
                ProjectionKind::Reshape(extents) => {
                    visit(Event::Raise);
                    for extent in extents {
                        self.expr(extent, reductions, visit);
                    }
                }
                ProjectionKind::Unwrap { checked } => {
                    if *checked {
                        visit(Event::Raise);
                    }
                }
                ProjectionKind::Index { indices, checked } => {
                    if *checked {
                        visit(Event::Raise);
                    }
                    for index in indices {
                        self.expr(index, reductions, visit);
                    }
                }
                ProjectionKind::Slice(subscripts) => {
                    visit(Event::Raise);
                    for subscript in subscripts {
                        match subscript {
                            Subscript::Index(index) => self.expr(index, reductions, visit),
                            Subscript::Range {
                                start, stop, step, ..
                            } => {
                                for bound in [start, stop, step].into_iter().flatten() {
                                    self.expr(bound, reductions, visit);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    pub(super) fn expr(self, expr: &Expr, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        match &expr.kind {
            ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Complex(..)
            | ExprKind::Str(_)
            | ExprKind::Nothing => {}
            ExprKind::Move(place) => {
                self.place(place, reductions, visit);
                if let Root::Local(local) = &place.root {
                    visit(Event::Write(local.0 as usize));
                    // A part of a tuple or an optional is a variable's own value.
                    let is_value = |step: &Projection| {
                        matches!(
                            step.kind,
                            ProjectionKind::Item(_) | ProjectionKind::Unwrap { .. }
                        )
                    };
                    if place.projections.iter().all(is_value) {
                        visit(Event::Take(local.0 as usize));
                    }
                }
            }
            ExprKind::Load(place) | ExprKind::Copy(place) | ExprKind::Share(place) => {
                self.place(place, reductions, visit);
            }
            ExprKind::Borrow { place, mutable } => {
                if *mutable {
                    self.written(place, reductions, visit);
                } else {
                    self.place(place, reductions, visit);
                }
            }
            ExprKind::Len { place, .. } | ExprKind::IsSome(place) => {
                self.place(place, reductions, visit)
            }
            ExprKind::Cast(operand) => {
                if self.program.types.is_float(operand.ty) && self.program.types.is_int(expr.ty) {
                    visit(Event::Raise);
                }
                self.expr(operand, reductions, visit);
            }
            ExprKind::Some(operand) | ExprKind::Splat(operand) => {
                self.expr(operand, reductions, visit);
            }
            ExprKind::Unary { operand, .. } => {
                if self.overflows(operand.ty) {
                    visit(Event::Raise);
                }
                self.expr(operand, reductions, visit)
            }
            ExprKind::Binary { op, left, right } => {
                if self.overflows(expr.ty) {
                    visit(Event::Raise);
                }
                if can_fail(*op) && !self.program.types.is_float(left.ty) {
                    visit(Event::Raise);
                }
                self.expr(left, reductions, visit);
                self.expr(right, reductions, visit);
            }
            ExprKind::Compare { left, right, .. } | ExprKind::Logical { left, right, .. } => {
                self.expr(left, reductions, visit);
                self.expr(right, reductions, visit);
            }
            ExprKind::If {
                condition,
                then,
                orelse,
            } => {
                for part in [condition, then, orelse] {
                    self.expr(part, reductions, visit);
                }
            }
            ExprKind::Block { stmts, value } => {
                // Of what the statements read, only that counts which they did not bind themselves.
                if self.wanted != Wanted::Reads {
                    let others = self.only(Wanted::Others);
                    others.stmts(stmts, reductions, &mut |event| {
                        if !matches!(event, Event::Read(_)) {
                            visit(event);
                        }
                    });
                }
                let mut live = LocalSet::default();
                self.expr(value, reductions, &mut |event| match event {
                    Event::Read(slot) => live.insert(slot),
                    event => visit(event),
                });
                if self.wanted == Wanted::Others {
                    return;
                }
                let before = self.live_before(&refs(stmts), &live, &Targets::default());
                for slot in before.iter() {
                    visit(Event::Read(slot));
                }
            }
            ExprKind::Call { args, .. } | ExprKind::Builtin { args, .. } => {
                let fails = match &expr.kind {
                    ExprKind::Call { callee, .. } => {
                        self.program.functions[callee.0 as usize].raises
                    }
                    ExprKind::Builtin { op, .. } => !matches!(op, Builtin::Math(_)),
                    _ => false,
                };
                if fails {
                    visit(Event::Raise);
                }
                for arg in args {
                    self.expr(arg, reductions, visit);
                }
            }
            ExprKind::List(items) | ExprKind::Array { items, .. } | ExprKind::Tuple(items) => {
                for item in items {
                    self.expr(item, reductions, visit);
                }
            }
            ExprKind::Struct { fields, .. } => {
                for field in fields {
                    self.expr(field, reductions, visit);
                }
            }
            ExprKind::ListFill { value, count } => {
                self.expr(value, reductions, visit);
                self.expr(count, reductions, visit);
            }
            ExprKind::ArrayFill { shape, fill } => {
                visit(Event::Raise);
                for extent in shape {
                    self.expr(extent, reductions, visit);
                }
                if let Fill::Value(value) = fill {
                    self.expr(value, reductions, visit);
                }
            }
            ExprKind::TupleItem { tuple, .. } => self.expr(tuple, reductions, visit),
            ExprKind::Map { inputs, body } => {
                visit(Event::Raise);
                for input in inputs {
                    self.expr(&input.value, reductions, visit);
                }
                self.expr(body, reductions, visit);
            }
        }
    }
}

/// Whether an operator may raise on integers.
fn can_fail(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Div
            | BinaryOp::FloorDiv
            | BinaryOp::Mod
            | BinaryOp::Pow
            | BinaryOp::Shl
            | BinaryOp::Shr
    )
}
