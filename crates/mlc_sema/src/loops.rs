//! `for`, `while` and `parallel for`.

mod drain;
mod object;

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::assign::same_expr;
use crate::coerce::Val;
use crate::diag;
use crate::func::{Delta, FnCx, Loop, Path, Settled, Var};
use crate::hir::{Axis, BinaryOp, LocalId, ParFor, ProjectionKind, Stmt, StmtKind, Ty};
use crate::iterate::Source;
use crate::ops::binary_op;

/// How often the type of a variable may widen: from one kind of number to the next, and to an optional.
const MOST_SETTLINGS: u32 = 32;

/// What comes where a loop ends by itself.
#[derive(Clone, Copy)]
enum End<'a> {
    /// `else`, which may be empty.
    Else(&'a [ast::Stmt]),
    /// It goes on until it is left.
    Never,
}

/// A loop body, checked, with the states of the variables where it was left.
struct Body {
    path: Path,
    breaks: Vec<Delta>,
    /// From where it ends by itself, through its `else`.
    end: Option<Path>,
}

impl<'a> FnCx<'_, 'a> {
    pub fn for_stmt(&mut self, item: &'a ast::For, span: Span) {
        match item.kind {
            ast::ForKind::Serial => self.serial_for(item, span),
            ast::ForKind::Parallel => self.parallel_for(item, span),
            ast::ForKind::Comptime => self.comptime_for(item, span),
        }
    }

    /// Checks a loop body as often as it takes until the variables have the same types at its start on every round.
    fn looped(
        &mut self,
        parallel: Option<Span>,
        end: End<'a>,
        span: Span,
        mut body: impl FnMut(&mut Self),
    ) -> Body {
        let key = (span, self.unrolled.clone());
        let mut ends: FxHashMap<Name, LocalId> = FxHashMap::default();
        for known in self.settled.get(&key).cloned().unwrap_or_default() {
            if self.vars.get(&known.name).map(|var| var.local) != known.before {
                continue;
            }
            match known.from_start {
                true => self.enter_loop_with(known.name, known.inside, span),
                false => drop(ends.insert(known.name, known.inside)),
            }
        }
        // Each round settles at least one variable; the types only widen.
        let mut settlings: FxHashMap<Name, u32> = FxHashMap::default();
        loop {
            let diagnostics = self.cx.diagnostics.len();
            let outer_ends = self.ends_so_far();
            let shown = self.narrowed.len();
            let unbound = std::mem::take(&mut self.read_unbound);
            let mark = self.mark();
            self.loops.push(Loop {
                parallel,
                mark,
                breaks: Vec::new(),
                continues: Vec::new(),
                ends: ends.clone(),
            });
            let path = self.path(|cx| {
                body(cx);
                if cx.reachable {
                    cx.end_round(span, |_| true);
                }
            });
            let done = self.loops.pop();
            let read_unbound = std::mem::replace(&mut self.read_unbound, unbound);
            let mut checked = Body {
                path,
                breaks: Vec::new(),
                end: None,
            };
            let Some(done) = done else {
                return checked;
            };
            let mut changes = self.loop_changes(&checked, &done, &read_unbound);
            // What a call in it takes back of what was shown in front of it does not hold on the next round.
            let forgot = self.narrowed.len() < shown;
            if changes.is_empty() && !forgot {
                checked.end = self.end_of_loop(&checked.path, end, span);
                if !done.breaks.is_empty() {
                    changes = self.loop_changes(&checked, &done, &read_unbound);
                }
            }
            checked.breaks = done.breaks;
            if changes.is_empty() && !forgot {
                self.read_unbound.extend(read_unbound);
                return checked;
            }
            let mut settled = forgot;
            let before = self.cx.diagnostics.len();
            for (name, locals) in changes {
                let before = self.vars.get(&name).map(|var| var.local);
                let from_start = before.is_some() || read_unbound.contains(&name);
                if let Some(inside) = self.settle_variable(name, &locals, from_start, span) {
                    if !from_start && ends.insert(name, inside) == Some(inside) {
                        continue;
                    }
                    settled = true;
                    let times = settlings.entry(name).or_default();
                    *times += 1;
                    // A list whose items are never told is another one in each round.
                    if *times > MOST_SETTLINGS {
                        let at = self.local(inside).span;
                        self.report(diag::cannot_infer(at, &format!("`{name}`")));
                    }
                    if self.local(inside).ty != Ty::ERROR {
                        let known = Settled {
                            name,
                            before,
                            inside,
                            from_start,
                        };
                        self.settled.entry(key.clone()).or_default().push(known);
                    }
                }
            }
            if !settled || self.cx.diagnostics.len() > before {
                self.read_unbound.extend(read_unbound);
                return checked;
            }
            self.forget_ends(outer_ends);
            self.cx.diagnostics.truncate(diagnostics);
        }
    }

    /// The body of a loop that an expression makes.
    pub fn captured_loop(&mut self, span: Span, body: impl FnMut(&mut Self)) -> Vec<Stmt> {
        let end = End::Else(&[]);
        let mut checked = self.looped(None, end, span, body);
        self.after_loop(&mut checked, end, span);
        checked.path.stmts
    }

    /// The variables that another round, or what comes behind the loop, would find in another state, with their locals at the
    /// ends of this one.
    fn loop_changes(
        &self,
        checked: &Body,
        done: &Loop,
        read_unbound: &FxHashSet<Name>,
    ) -> Vec<(Name, SmallVec<[LocalId; 4]>)> {
        let mut ends: Vec<&Delta> = done.continues.iter().chain(&done.breaks).collect();
        if checked.path.reachable {
            ends.push(&checked.path.delta);
        }
        // A `break` leads to where `else` does.
        if let Some(end) = &checked.end
            && end.reachable
        {
            ends.push(&end.delta);
        }
        let mut names: Vec<Name> = (ends.iter())
            .flat_map(|delta| delta.iter().map(|(name, _)| name))
            .collect();
        names.sort_unstable_by_key(|name| name.id());
        names.dedup();
        names.sort_unstable_by_key(|name| name.as_str());
        let mut changes = Vec::new();
        for name in names {
            let entry = self.vars.get(&name).map(|var| var.local);
            let mut locals: SmallVec<[LocalId; 4]> = entry.into_iter().collect();
            for var in ends.iter().filter_map(|delta| delta.get(name).flatten()) {
                let typed = self.local(var.local).ty != Ty::ERROR
                    || self.conflicts.contains_key(&var.local);
                if typed && !locals.contains(&var.local) {
                    locals.push(var.local);
                }
            }
            let differs = locals.len() > 1;
            let missing = entry.is_none() && read_unbound.contains(&name) && !locals.is_empty();
            if differs || missing {
                changes.push((name, locals));
            }
        }
        changes
    }

    /// The local that a variable has on every round: before the loop, or at its ends. `None` if that changes nothing.
    fn settle_variable(
        &mut self,
        name: Name,
        locals: &[LocalId],
        from_start: bool,
        span: Span,
    ) -> Option<LocalId> {
        let common = self.common_home(name, locals, span);
        if !from_start {
            return (self.local(common).ty != Ty::ERROR).then_some(common);
        }
        if self.vars.get(&name).is_some_and(|var| var.local == common) {
            return None;
        }
        self.enter_loop_with(name, common, span);
        Some(common)
    }

    /// In front of a loop: the variable has this local from here on.
    fn enter_loop_with(&mut self, name: Name, local: LocalId, span: Span) {
        let before = self.vars.get(&name).copied();
        if let Some(var) = before
            && self.local(local).ty != Ty::ERROR
        {
            let stmt = self.passed_on(var, local, span);
            self.out.push(stmt);
            self.note_bound(name, local);
        }
        let certain = before.is_some_and(|var| var.certain);
        self.set_var(name, Some(Var { local, certain }));
    }

    /// Forgets what tests have shown about variables that a loop changes.
    fn forget_narrowings(&mut self, body: &'a [ast::Stmt]) {
        if self.narrowed.is_empty() {
            return;
        }
        let mut changed = FxHashSet::default();
        crate::func::assigned_names(body, &mut changed);
        self.narrowed.retain(|name| !changed.contains(name));
    }

    /// Where a loop ends by itself, after no round or after the last.
    fn end_of_loop(&mut self, last: &Path, end: End<'a>, span: Span) -> Option<Path> {
        let End::Else(orelse) = end else {
            return None;
        };
        let last = Path {
            delta: last.delta.clone(),
            reachable: last.reachable,
            stmts: Vec::new(),
        };
        let normal = vec![self.empty_path(), last];
        Some(self.path(|cx| {
            cx.join(normal, span);
            cx.block(orelse);
        }))
    }

    /// After a loop: the state of the variables, and the statements of `else`.
    fn after_loop(&mut self, body: &mut Body, end: End<'a>, span: Span) -> Vec<Stmt> {
        let mut ends = Vec::new();
        let end = match body.end.take() {
            Some(end) => Some(end),
            None => self.end_of_loop(&body.path, end, span),
        };
        let has_end = end.is_some();
        ends.extend(end);
        for delta in std::mem::take(&mut body.breaks) {
            ends.push(Path {
                delta,
                reachable: true,
                stmts: Vec::new(),
            });
        }
        if ends.is_empty() {
            self.reachable = false;
            return Vec::new();
        }
        let mut blocks = self.join(ends, span);
        if has_end && !blocks.is_empty() {
            blocks.swap_remove(0)
        } else {
            Vec::new()
        }
    }

    pub fn while_stmt(
        &mut self,
        test: &'a ast::Expr,
        body: &'a [ast::Stmt],
        orelse: &'a [ast::Stmt],
        span: Span,
    ) {
        self.forget_narrowings(body);
        let endless = matches!(&test.kind, Ast::Bool(true))
            || matches!(&test.kind, Ast::Int(value) if value.value() != 0);
        let end = if endless {
            End::Never
        } else {
            End::Else(orelse)
        };
        let mut condition = None;
        let mut checked = self.looped(None, end, span, |cx| {
            let outer = std::mem::take(&mut cx.out);
            let value = cx.condition(test);
            let shown = cx.narrowings_of(&value);
            let value = cx.ending(value, test.span);
            let stmts = std::mem::replace(&mut cx.out, outer);
            cx.assume(&shown.when_true);
            cx.assume_bound(&value, true);
            condition = Some(crate::expr::with_stmts(stmts, value));
            cx.block(body);
        });
        let orelse = self.after_loop(&mut checked, end, span);
        let condition = condition.unwrap_or_else(|| Val::error(span).expr);
        if condition.ty == Ty::ERROR {
            return;
        }
        self.emit(
            StmtKind::While {
                condition,
                body: checked.path.stmts,
                orelse,
            },
            span,
        );
    }

    fn serial_for(&mut self, item: &'a ast::For, span: Span) {
        let Some(axis) = item.axes.first() else {
            return;
        };
        self.forget_narrowings(&item.body);
        if self.consuming_for(item, axis, span) {
            return;
        }
        if self.is_object_expr(&axis.iter) {
            return self.object_for(item, axis, span);
        }
        let mut source = self.source(&axis.iter);
        if matches!(source, Source::Nothing) {
            return self.block(&item.orelse);
        }
        let index = self.temp("i", Ty::INT, axis.target.span);
        let (steps, direct) = self.steps(&mut source, index, item.header);
        let end = End::Else(&item.orelse);
        let mut checked = self.looped(None, end, span, |cx| {
            let position = cx.load_local(index, axis.target.span);
            cx.bind_position(&source, direct, position, &axis.target, &mut |cx| {
                cx.block(&item.body)
            });
        });
        let failed = Self::failed(&source);
        let orelse = self.after_loop(&mut checked, end, span);
        if failed {
            return;
        }
        self.emit_loop(&source, index, steps, checked.path.stmts, orelse, span);
    }

    fn parallel_for(&mut self, item: &'a ast::For, span: Span) {
        if let Some(stmt) = item.orelse.first() {
            self.report(mlc_diagnostics::Diagnostic::error(
                "parallel-exit",
                stmt.span,
                "a parallel loop has no `else`",
            ));
        }
        self.forget_narrowings(&item.body);
        let mut sources: Vec<(Source<'a>, bool, LocalId)> = Vec::with_capacity(item.axes.len());
        let mut axes = Vec::with_capacity(item.axes.len());
        for axis in &item.axes {
            let mut source = self.source(&axis.iter);
            if self.is_text(&source) {
                self.report(diag::parallel_text(axis.iter.span));
                source = Source::Failed;
            }
            source = self.at_positions(source, "parallel for", axis.iter.span);
            let (range, direct) = self.loop_range(&mut source, item.header);
            let index = self.temp("i", Ty::INT, axis.target.span);
            axes.push(Axis { index, range });
            sources.push((source, direct, index));
        }
        let end = End::Else(&[]);
        let mut checked = self.looped(Some(item.header), end, span, |cx| {
            cx.bind_axes(&item.axes, &sources, &item.body)
        });
        self.after_loop(&mut checked, end, span);
        if sources.iter().any(|(source, ..)| Self::failed(source)) {
            return;
        }
        self.emit(
            StmtKind::ParFor(Box::new(ParFor {
                axes,
                reductions: Vec::new(),
                collects: Vec::new(),
                privates: Vec::new(),
                body: checked.path.stmts,
            })),
            span,
        );
    }

    /// Whether characters are among what is iterated over: where one begins is known from those before it.
    fn is_text(&mut self, source: &Source<'a>) -> bool {
        match source {
            Source::Elements { place, .. } => self.cx.resolve(place.ty) == Ty::STR,
            Source::Enumerate { inner, .. }
            | Source::Reversed { inner, .. }
            | Source::Strict { inner, .. }
            | Source::Generator { inner, .. } => self.is_text(inner),
            Source::Zip(sources) => sources.iter().any(|source| self.is_text(source)),
            _ => false,
        }
    }

    fn bind_axes(
        &mut self,
        axes: &'a [ast::ForAxis],
        sources: &[(Source<'a>, bool, LocalId)],
        body: &'a [ast::Stmt],
    ) {
        let (Some((axis, axes)), Some(((source, direct, index), sources))) =
            (axes.split_first(), sources.split_first())
        else {
            return self.block(body);
        };
        let position = self.load_local(*index, axis.target.span);
        self.bind_position(source, *direct, position, &axis.target, &mut |cx| {
            cx.bind_axes(axes, sources, body)
        });
    }

    /// `atomic a[k] += e`, `atomic a[k] = min(a[k], e)`
    pub fn atomic(&mut self, inner: &'a ast::Stmt, span: Span) {
        if !self.loops.iter().any(|item| item.parallel.is_some()) {
            self.report(mlc_diagnostics::Diagnostic::error(
                "bad-atomic",
                span,
                "`atomic` outside a parallel loop",
            ));
        }
        let (target, op, value) = match &inner.kind {
            ast::StmtKind::AugAssign { target, op, value } => {
                let op = binary_op(*op).filter(|op| {
                    matches!(
                        op,
                        BinaryOp::Add
                            | BinaryOp::Sub
                            | BinaryOp::Mul
                            | BinaryOp::And
                            | BinaryOp::Or
                            | BinaryOp::Xor
                    )
                });
                (target, op, value)
            }
            ast::StmtKind::Assign { targets, value } if targets.len() == 1 => {
                let target = &targets[0];
                let updated = min_max_of(value).filter(|(_, place, _)| same_expr(target, place));
                match updated {
                    Some((op, _, operand)) => (target, Some(op), operand),
                    None => (target, None, value),
                }
            }
            _ => {
                return self.report(mlc_diagnostics::Diagnostic::error(
                    "bad-atomic",
                    span,
                    "`atomic` stands before an update of an element",
                ));
            }
        };
        let Some(op) = op else {
            return self.report(
                mlc_diagnostics::Diagnostic::error(
                    "bad-atomic",
                    span,
                    "this update cannot be atomic",
                )
                .help("`atomic` takes `+= -= *= &= |= ^=`, `a[k] = min(a[k], e)` and `max`"),
            );
        };
        let place = self.place(target);
        let ty = self.cx.resolve(place.ty);
        let value = self.value_of(value, ty);
        if value.ty == Ty::ERROR || ty == Ty::ERROR {
            return;
        }
        let part = place
            .projections
            .iter()
            .any(|step| matches!(step.kind, ProjectionKind::Index { .. }));
        if !part || !self.is_arithmetic(ty) {
            return self.report(mlc_diagnostics::Diagnostic::error(
                "bad-atomic",
                target.span,
                "only an element that is a number can be updated atomically",
            ));
        }
        self.emit(StmtKind::AtomicUpdate { place, op, value }, span);
    }
}

/// `min(a[k], e)` as the operator, the place and the operand.
fn min_max_of(value: &ast::Expr) -> Option<(BinaryOp, &ast::Expr, &ast::Expr)> {
    let Ast::Call { function, args } = &value.kind else {
        return None;
    };
    let Ast::Name(name) = &function.kind else {
        return None;
    };
    let op = match name.as_str() {
        "min" => BinaryOp::Min,
        "max" => BinaryOp::Max,
        _ => return None,
    };
    match args.as_slice() {
        [left, right] => Some((op, &left.value, &right.value)),
        _ => None,
    }
}
