//! What statements do to variables: what they assign, what they read, how they end, and what is live before them.
//!
//! Variables are numbered slots: the locals of the function, then [`Slots::ret`], the value to return, which a `return`
//! in a nested statement sets.

use mlc_sema::hir::{
    BinaryOp, Builtin, Expr, ExprKind, Fill, Function, LocalId, Mode, Place, Program, Projection,
    ProjectionKind, Range, Reduction, Root, Stmt, StmtKind, Subscript, TyKind,
};

use crate::local_set::LocalSet;

/// How a list of statements can end.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ends {
    /// Reaches its end.
    pub falls: bool,
    pub breaks: bool,
    pub continues: bool,
    pub returns: bool,
}

impl Ends {
    pub const FALLS: Ends = Ends {
        falls: true,
        breaks: false,
        continues: false,
        returns: false,
    };

    /// The number of different ways.
    pub fn ways(self) -> usize {
        [self.falls, self.breaks, self.continues, self.returns]
            .into_iter()
            .filter(|&way| way)
            .count()
    }

    /// Whether it may leave by a jump.
    pub fn jumps(self) -> bool {
        self.breaks || self.continues || self.returns
    }

    pub fn or(self, other: Ends) -> Ends {
        Ends {
            falls: self.falls || other.falls,
            breaks: self.breaks || other.breaks,
            continues: self.continues || other.continues,
            returns: self.returns || other.returns,
        }
    }
}

/// How statements end; one that only raises ends in no way at all.
pub fn ends<'h>(stmts: impl IntoIterator<Item = &'h Stmt>) -> Ends {
    let mut all = Ends::FALLS;
    for stmt in stmts {
        let one = ends_of(stmt);
        all = Ends {
            falls: false,
            ..all
        }
        .or(one);
        if !one.falls {
            return all;
        }
    }
    all
}

fn ends_of(stmt: &Stmt) -> Ends {
    let nothing = Ends::default();
    match &stmt.kind {
        StmtKind::Break => Ends {
            breaks: true,
            ..nothing
        },
        StmtKind::Continue => Ends {
            continues: true,
            ..nothing
        },
        StmtKind::Return(_) => Ends {
            returns: true,
            ..nothing
        },
        StmtKind::Raise { .. } | StmtKind::Reraise(_) => nothing,
        StmtKind::If { then, orelse, .. } => ends(then).or(ends(orelse)),
        StmtKind::While {
            condition,
            body,
            orelse,
        } => {
            let inner = ends(body);
            let forever = matches!(condition.kind, ExprKind::Bool(true));
            let mut all = if forever { nothing } else { ends(orelse) };
            all.falls |= inner.breaks;
            all.returns |= inner.returns;
            all
        }
        StmtKind::For { body, orelse, .. } => {
            let inner = ends(body);
            let mut all = ends(orelse);
            all.falls |= inner.breaks;
            all.returns |= inner.returns;
            all
        }
        StmtKind::Drain { body, .. } => Ends {
            returns: ends(body).returns,
            ..Ends::FALLS
        },
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        } => {
            let mut all = ends(body.iter().chain(orelse));
            for handler in handlers {
                all = all.or(ends(&handler.body));
            }
            let last = ends(finally);
            if last.falls {
                all.or(Ends {
                    falls: false,
                    ..last
                })
            } else {
                last
            }
        }
        _ => Ends::FALLS,
    }
}

fn refs(stmts: &[Stmt]) -> Vec<&Stmt> {
    stmts.iter().collect()
}

/// What the analyses of one function share.
#[derive(Clone, Copy)]
pub struct Slots<'h> {
    pub program: &'h Program,
    pub function: &'h Function,
}

/// What is live where control may jump to.
#[derive(Clone, Default)]
pub struct Targets {
    pub breaks: LocalSet,
    pub continues: LocalSet,
    pub returns: LocalSet,
}

impl<'h> Slots<'h> {
    /// The slot of the value to return.
    pub fn ret(self) -> usize {
        self.function.locals.len()
    }

    /// The slot of how nested statements ended.
    pub fn signal(self) -> usize {
        self.function.locals.len() + 1
    }

    pub fn count(self) -> usize {
        self.function.locals.len() + 2
    }

    /// Whether a variable is held in SSA values, so that a write to a part of it gives it new ones.
    fn is_in_values(self, local: LocalId) -> bool {
        let local = &self.function.locals[local.0 as usize];
        let kind = self.program.types.kind(local.ty);
        local.mode == Mode::Owner
            && !matches!(
                kind,
                TyKind::List(_) | TyKind::Array { .. } | TyKind::Struct(_) | TyKind::Str
            )
    }

    // ---- assigned

    /// Adds what statements assign. `reductions` are those of the innermost parallel loop around them.
    pub fn assigned<'s>(
        self,
        stmts: impl IntoIterator<Item = &'s Stmt>,
        reductions: &[Reduction],
        out: &mut LocalSet,
    ) {
        for stmt in stmts {
            let mut visit = |event: Event| {
                if let Event::Assign(slot) = event {
                    out.insert(slot);
                }
            };
            self.stmt(stmt, reductions, &mut visit);
        }
    }

    /// Adds what an expression assigns.
    pub fn assigned_in(self, expr: &Expr, reductions: &[Reduction], out: &mut LocalSet) {
        self.expr(expr, reductions, &mut |event| {
            if let Event::Assign(slot) = event {
                out.insert(slot);
            }
        });
    }

    /// What may be read in a statement or behind it, before it assigns anything.
    pub fn live_in(self, stmt: &Stmt, behind: &LocalSet, targets: &Targets) -> LocalSet {
        self.live_before_one(stmt, behind, targets).union(behind)
    }

    /// Adds everything that a statement reads, nested statements included.
    fn reads(self, stmt: &Stmt, out: &mut LocalSet) {
        self.stmt(stmt, &[], &mut |event| {
            if let Event::Read(slot) = event {
                out.insert(slot);
            }
        });
    }

    /// Adds what statements move from.
    pub fn moved<'s>(self, stmts: impl IntoIterator<Item = &'s Stmt>, out: &mut LocalSet) {
        for stmt in stmts {
            self.stmt(stmt, &[], &mut |event| {
                if let Event::Take(slot) = event {
                    out.insert(slot);
                }
            });
        }
    }

    /// Adds the variables that statements write parts of.
    pub fn written_to<'s>(self, stmts: impl IntoIterator<Item = &'s Stmt>, out: &mut LocalSet) {
        for stmt in stmts {
            self.stmt(stmt, &[], &mut |event| {
                if let Event::Write(slot) = event {
                    out.insert(slot);
                }
            });
        }
    }

    /// Whether a statement may raise: true more often than it does.
    pub fn may_raise(self, stmt: &Stmt) -> bool {
        let mut raises = false;
        self.stmt(stmt, &[], &mut |event| {
            raises |= matches!(event, Event::Raise)
        });
        raises
    }

    /// Whether an expression may raise: true more often than it does.
    pub fn expr_may_raise(self, expr: &Expr) -> bool {
        let mut raises = false;
        self.expr(expr, &[], &mut |event| {
            raises |= matches!(event, Event::Raise)
        });
        raises
    }

    /// Adds everything that an expression reads.
    pub fn reads_of(self, expr: &Expr, out: &mut LocalSet) {
        self.add_reads(expr, out);
    }

    // ---- live

    /// What is live before statements, given what is live behind them.
    pub fn live_before(self, stmts: &[&Stmt], live: &LocalSet, targets: &Targets) -> LocalSet {
        let mut live = live.clone();
        for stmt in stmts.iter().rev() {
            live = self.live_before_one(stmt, &live, targets);
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

    /// What is live where the body of a loop starts and where it goes round again.
    pub fn live_in_loop(
        self,
        body: &[Stmt],
        again: Option<&Expr>,
        behind: &LocalSet,
        targets: &Targets,
    ) -> LocalSet {
        let body = refs(body);
        let mut header = behind.clone();
        // Transfer functions keep or add, so the second round reaches the fixed point.
        for _ in 0..2 {
            let inner = Targets {
                breaks: behind.clone(),
                continues: header.clone(),
                returns: targets.returns.clone(),
            };
            let round = self.live_before(&body, &header, &inner);
            header.extend(&round);
            if let Some(condition) = again {
                self.add_reads(condition, &mut header);
            }
        }
        header
    }

    fn add_reads(self, expr: &Expr, live: &mut LocalSet) {
        self.expr(expr, &[], &mut |event| {
            if let Event::Read(slot) = event {
                live.insert(slot);
            }
        });
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
                    self.add_reads(value, &mut live);
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
                self.add_reads(value, &mut live);
                return live;
            }
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                live = self.live_before(&refs(then), behind, targets);
                live.extend(&self.live_before(&refs(orelse), behind, targets));
                self.add_reads(condition, &mut live);
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
                return self.live_in_loop(body, Some(condition), &after, targets);
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
                live = self.live_in_loop(body, None, &after, targets);
                live.remove(index.0 as usize);
                self.range(range, &[], &mut |event| {
                    if let Event::Read(slot) = event {
                        live.insert(slot);
                    }
                });
                return live;
            }
            StmtKind::ParFor(par) => {
                let mut behind = live.clone();
                for reduction in &par.reductions {
                    behind.insert(reduction.local.0 as usize);
                }
                live.extend(&self.live_in_loop(&par.body, None, &behind, targets));
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
                // The body may be left at any place, so what the rest looks at is live before it too.
                let finally = refs(finally);
                let mut after = self.live_before(&finally, behind, targets).union(behind);
                let mut rest = after.clone();
                for handler in handlers {
                    let mut before = self.live_before(&refs(&handler.body), &after, targets);
                    if let Some(name) = handler.name {
                        before.remove(name.0 as usize);
                    }
                    rest.extend(&before);
                }
                after.extend(&self.live_before(&refs(orelse), &after, targets));
                return self.live_before(&refs(body), &after, targets).union(&rest);
            }
            _ => {}
        }
        self.reads(stmt, &mut live);
        live
    }

    // ---- the walk

    fn stmts(self, stmts: &[Stmt], reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        for stmt in stmts {
            self.stmt(stmt, reductions, visit);
        }
    }

    fn stmt(self, stmt: &Stmt, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        match &stmt.kind {
            StmtKind::Bind { local, value } => {
                self.expr(value, reductions, visit);
                visit(Event::Assign(local.0 as usize));
            }
            StmtKind::Store { place, value } => {
                self.expr(value, reductions, visit);
                self.written(place, reductions, visit);
            }
            StmtKind::Update { place, op, value } | StmtKind::AtomicUpdate { place, op, value } => {
                if can_fail(*op) {
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

    fn range(self, range: &Range, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
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

    fn place(self, place: &Place, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
        match &place.root {
            Root::Local(local) => visit(Event::Read(local.0 as usize)),
            Root::Global(_) | Root::Constant(_) => {}
            Root::Temporary(expr) | Root::Borrowed(expr) => self.expr(expr, reductions, visit),
        }
        for Projection { kind, .. } in &place.projections {
            match kind {
                ProjectionKind::Field(_) | ProjectionKind::Item(_) => {}
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

    fn expr(self, expr: &Expr, reductions: &[Reduction], visit: &mut dyn FnMut(Event)) {
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
                    if place.projections.is_empty() {
                        visit(Event::Take(local.0 as usize));
                    }
                }
            }
            ExprKind::Load(place) | ExprKind::Copy(place) => {
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
            ExprKind::Unary { operand, .. } => self.expr(operand, reductions, visit),
            ExprKind::Binary { op, left, right } => {
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
                self.stmts(stmts, reductions, &mut |event| {
                    if !matches!(event, Event::Read(_)) {
                        visit(event);
                    }
                });
                let mut live = LocalSet::default();
                self.expr(value, reductions, &mut |event| match event {
                    Event::Read(slot) => live.insert(slot),
                    event => visit(event),
                });
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
            ExprKind::List(items) | ExprKind::Array(items) | ExprKind::Tuple(items) => {
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

enum Event {
    Assign(usize),
    Read(usize),
    /// A part of the variable is written, or it is borrowed exclusively.
    Write(usize),
    /// The variable is moved from.
    Take(usize),
    /// Something that may raise.
    Raise,
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
