//! The structure of parallel loops: which variables are reductions, which appends are collects, which locals are private.
//!
//! Before: `parallel for i in range(n): s = (s + a[i]); out.append(f(i))`
//! After: `parallel for i in range(n) reduce(+ s) collect(out): reduce #0: a[i]; collect #0: f(i)`
//!
//! A variable from outside that is written in no such form is a `race`: variables have no place in the IR that the race
//! check could look at. Does not: judge writes to elements and fields, which stay plain writes for that check.

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::conventions::mentions as expr_mentions;
use crate::diag;
use crate::hir::{
    BinaryOp, Builtin, CollectInto, Expr, ExprKind, Function, Local, LocalId, LogicalOp, Mode,
    ParFor, Place, ProjectionKind, Reduction, Root, Stmt, StmtKind, Ty, TypeTable, UnaryOp,
};
use crate::liveness::{LoopFacts, loops, mentions};
use crate::walk::{Part, Visitor, blocks, blocks_mut, stmt_parts, walk};

pub(crate) fn recognize(function: &mut Function, types: &TypeTable) -> Vec<Diagnostic> {
    if !has_parallel(&function.body) {
        return Vec::new();
    }
    let facts = loops(function);
    let scalar: Vec<bool> = (function.locals.iter())
        .map(|local| {
            local.mode == Mode::Owner && (types.is_number(local.ty) || local.ty == Ty::BOOL)
        })
        .collect();
    let mut body = std::mem::take(&mut function.body);
    let mut next = 0;
    let mut loops = Loops {
        facts: &facts,
        scalar: &scalar,
        locals: &function.locals,
        types,
        races: Vec::new(),
    };
    loops.block(&mut body, &mut next);
    let races = loops.races;
    function.body = body;
    races
}

/// What is known about the function whose loops are looked at, and what was found.
struct Loops<'f> {
    facts: &'f [LoopFacts],
    scalar: &'f [bool],
    locals: &'f [Local],
    types: &'f TypeTable,
    races: Vec<Diagnostic>,
}

fn has_parallel(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|stmt| {
        let mut found = matches!(stmt.kind, StmtKind::ParFor(_));
        blocks(stmt, &mut |block| found |= has_parallel(block));
        found
    })
}

impl Loops<'_> {
    /// Inner loops first.
    fn block(&mut self, stmts: &mut [Stmt], next: &mut usize) {
        for stmt in stmts {
            let is_loop = matches!(
                stmt.kind,
                StmtKind::For { .. }
                    | StmtKind::While { .. }
                    | StmtKind::Drain { .. }
                    | StmtKind::ParFor(_)
            );
            let number = *next;
            *next += usize::from(is_loop);
            blocks_mut(stmt, &mut |inner| self.block(inner, next));
            if let StmtKind::ParFor(par) = &mut stmt.kind
                && let Some(facts) = self.facts.get(number)
            {
                self.par_for(par, facts);
            }
        }
    }

    fn par_for(&mut self, par: &mut ParFor, facts: &LoopFacts) {
        let mut bound: Vec<LocalId> = Vec::new();
        bound_locals(&par.body, &mut bound);
        bound.sort_unstable();
        bound.dedup();
        let mut counts: FxHashMap<LocalId, u32> = FxHashMap::default();
        mentions(&par.body, &mut |local| {
            *counts.entry(local).or_default() += 1
        });
        let is_private =
            |local: LocalId| !facts.exposed.contains(local) && !facts.live_after.contains(local);
        par.privates
            .extend(bound.iter().copied().filter(|&local| is_private(local)));
        let shared = bound.iter().copied().filter(|&local| !is_private(local));
        let shared: Vec<LocalId> = shared.collect();
        let is_scalar = |local: &LocalId| self.scalar[local.0 as usize];
        reduce(par, shared.iter().copied().filter(is_scalar), &counts);
        let reduced: FxHashSet<LocalId> = (par.reductions.iter())
            .map(|reduction| reduction.local)
            .collect();
        for local in shared {
            if !reduced.contains(&local) {
                self.race(par, local, facts.exposed.contains(local));
            }
        }
        self.borrowed_scalars(par, &bound);
        collect(par, &counts, &bound, self.types);
    }

    /// A call may write a scalar that it is handed: to a parameter, or as what a nested function captures.
    fn borrowed_scalars(&mut self, par: &ParFor, bound: &[LocalId]) {
        let mut borrowed = Uses::default();
        walk(&par.body, &mut borrowed);
        for (local, _) in borrowed.exclusive {
            if self.scalar[local.0 as usize]
                // Those that are private are bound, too.
                && bound.binary_search(&local).is_err()
            {
                self.race(par, local, true);
            }
        }
    }

    fn race(&mut self, par: &ParFor, local: LocalId, read_inside: bool) {
        let mut uses = Uses::default();
        walk(&par.body, &mut uses);
        let of = |list: &[(LocalId, Span)]| {
            (list.iter())
                .find(|(used, _)| *used == local)
                .map(|(_, span)| *span)
        };
        let Some(write) = of(&uses.writes).or_else(|| of(&uses.exclusive)) else {
            return;
        };
        let read = of(&uses.reads).filter(|_| read_inside);
        let Local { name, ty, .. } = &self.locals[local.0 as usize];
        let race = diag::race(
            write,
            name,
            read,
            self.scalar[local.0 as usize],
            *ty == Ty::STR,
        );
        // An outer loop finds the same race again.
        if !self.races.contains(&race) {
            self.races.push(race);
        }
    }
}

/// Where the variables of some statements are used.
#[derive(Default)]
struct Uses {
    writes: Vec<(LocalId, Span)>,
    reads: Vec<(LocalId, Span)>,
    /// Borrows through which a whole variable may be written.
    exclusive: Vec<(LocalId, Span)>,
}

impl Visitor for Uses {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Bind { local, .. } => self.writes.push((*local, stmt.span)),
            StmtKind::ParFor(par) => {
                let reductions = par.reductions.iter();
                self.writes
                    .extend(reductions.map(|reduction| (reduction.local, reduction.span)));
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Borrow {
            place,
            mutable: true,
        } = &expr.kind
            && let Root::Local(local) = place.root
            && place.projections.is_empty()
        {
            self.exclusive.push((local, expr.span));
        }
    }

    fn place(&mut self, place: &Place) {
        if let Root::Local(local) = place.root {
            self.reads.push((local, place.span));
        }
    }
}

fn bound_locals(stmts: &[Stmt], bound: &mut Vec<LocalId>) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Bind { local, .. } => bound.push(*local),
            StmtKind::ParFor(par) => {
                bound.extend(par.reductions.iter().map(|reduction| reduction.local))
            }
            _ => {}
        }
        blocks(stmt, &mut |block| bound_locals(block, bound));
        stmt_parts(stmt, &mut |part| part_bound(part, bound));
    }
}

fn part_bound(part: Part<'_>, bound: &mut Vec<LocalId>) {
    match part {
        Part::Expr(expr) => crate::walk::expr_parts(expr, &mut |part| part_bound(part, bound)),
        Part::Place(place) => crate::walk::place_parts(place, &mut |part| part_bound(part, bound)),
        Part::Stmts(stmts) => bound_locals(stmts, bound),
    }
}

// ------------------------------------------------------------------------------------------------------ reductions

/// Makes a reduction of each of the locals of which every mention is an update by one operator.
fn reduce(
    par: &mut ParFor,
    locals: impl Iterator<Item = LocalId> + Clone,
    counts: &FxHashMap<LocalId, u32>,
) {
    let mut found = Updates(
        locals
            .clone()
            .map(|local| (local, OfOne::default()))
            .collect(),
    );
    if found.0.is_empty() {
        return;
    }
    found.collect(&par.body);
    let mut numbers: FxHashMap<LocalId, u32> = FxHashMap::default();
    for local in locals {
        let mentioned = counts.get(&local).copied().unwrap_or(0);
        if let Some(OfOne {
            op: Some(op),
            span: Some(span),
            mentions,
            differs: false,
        }) = found.0.remove(&local)
            && mentions == mentioned
        {
            numbers.insert(local, par.reductions.len() as u32);
            par.reductions.push(Reduction { local, op, span });
        }
    }
    if !numbers.is_empty() {
        replace(&mut par.body, &numbers);
    }
}

/// The updates of each local that may be a reduction.
struct Updates(FxHashMap<LocalId, OfOne>);

#[derive(Default)]
struct OfOne {
    op: Option<BinaryOp>,
    /// How many mentions of the local the updates account for.
    mentions: u32,
    /// Something else is done with it, or by another operator.
    differs: bool,
    span: Option<Span>,
}

impl Updates {
    fn collect(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Bind { local, value } => {
                    if let Some(updates) = self.0.get_mut(local) {
                        match contributions(value, *local) {
                            Some((op, _)) => updates.note(op, 2, stmt.span),
                            None => updates.differs = true,
                        }
                    }
                }
                StmtKind::ParFor(par) => {
                    for reduction in &par.reductions {
                        if let Some(updates) = self.0.get_mut(&reduction.local) {
                            updates.note(reduction.op, 1, reduction.span);
                        }
                    }
                }
                _ => {}
            }
            blocks(stmt, &mut |block| self.collect(block));
        }
    }
}

impl OfOne {
    fn note(&mut self, op: BinaryOp, mentions: u32, span: Span) {
        self.differs |= self.op.is_some_and(|before| before != op);
        self.op = Some(op);
        self.mentions += mentions;
        self.span.get_or_insert(span);
    }
}

/// `s op e1 op e2 …` as the operator and the operands, each with whether it is negated.
fn contributions(value: &Expr, local: LocalId) -> Option<(BinaryOp, Vec<(Expr, bool)>)> {
    let is_self = |expr: &Expr| match &expr.kind {
        ExprKind::Load(place) => {
            place.projections.is_empty()
                && matches!(place.root, Root::Local(found) if found == local)
        }
        _ => false,
    };
    match &value.kind {
        ExprKind::Binary { op, left, right } => {
            let (normal, negated) = match op {
                BinaryOp::Add
                | BinaryOp::Mul
                | BinaryOp::Min
                | BinaryOp::Max
                | BinaryOp::And
                | BinaryOp::Or
                | BinaryOp::Xor => (*op, false),
                BinaryOp::Sub => (BinaryOp::Add, true),
                _ => return None,
            };
            if is_self(left) && !expr_mentions(right, local) {
                return Some((normal, vec![((**right).clone(), negated)]));
            }
            if is_self(right) && !negated && !expr_mentions(left, local) {
                return Some((normal, vec![((**left).clone(), false)]));
            }
            if expr_mentions(right, local) {
                return None;
            }
            let (inner, mut operands) = contributions(left, local)?;
            operands.push(((**right).clone(), negated));
            (inner == normal).then_some((inner, operands))
        }
        ExprKind::Logical { op, left, right } => {
            let op = match op {
                LogicalOp::And => BinaryOp::And,
                LogicalOp::Or => BinaryOp::Or,
            };
            (is_self(left) && !expr_mentions(right, local))
                .then(|| (op, vec![((**right).clone(), false)]))
        }
        _ => None,
    }
}

/// Makes contributions of the updates of the locals that have a number.
fn replace(stmts: &mut Vec<Stmt>, numbers: &FxHashMap<LocalId, u32>) {
    let mut replaced = Vec::with_capacity(stmts.len());
    for mut stmt in stmts.drain(..) {
        let span = stmt.span;
        let operands = match &stmt.kind {
            StmtKind::Bind { local, value } => numbers
                .get(local)
                .and_then(|number| Some((*number, contributions(value, *local)?.1))),
            _ => None,
        };
        let Some((reduction, operands)) = operands else {
            // A nested parallel loop reduces into this accumulator by itself.
            blocks_mut(&mut stmt, &mut |inner| replace(inner, numbers));
            replaced.push(stmt);
            continue;
        };
        replaced.extend(operands.into_iter().map(|(value, negated)| Stmt {
            kind: StmtKind::Reduce {
                reduction,
                value: if negated { negate(value) } else { value },
            },
            span,
        }));
    }
    *stmts = replaced;
}

fn negate(value: Expr) -> Expr {
    Expr {
        ty: value.ty,
        span: value.span,
        kind: ExprKind::Unary {
            op: UnaryOp::Neg,
            operand: Box::new(value),
        },
    }
}

// -------------------------------------------------------------------------------------------------------- collects

/// An append that every iteration makes once, to a list that the loop does not use otherwise.
fn collect(
    par: &mut ParFor,
    counts: &FxHashMap<LocalId, u32>,
    bound: &[LocalId],
    types: &TypeTable,
) {
    for at in 0..par.body.len() {
        if matches!(par.body[at].kind, StmtKind::Continue) || leaves_early(&par.body[at]) {
            // What follows is conditional.
            return;
        }
        let Some(list) = append_target(&par.body[at]) else {
            continue;
        };
        let Root::Local(root) = list.root else {
            continue;
        };
        let plain = list
            .projections
            .iter()
            .all(|step| matches!(step.kind, ProjectionKind::Field(_)));
        let only = counts.get(&root).copied() == Some(1) && !bound.contains(&root);
        if !plain || !only || !matches!(types.kind(list.ty), crate::hir::TyKind::List(_)) {
            continue;
        }
        let number = par.collects.len() as u32;
        let span = par.body[at].span;
        par.collects.push(CollectInto { list, span });
        let kind = std::mem::replace(&mut par.body[at].kind, StmtKind::Continue);
        if let StmtKind::Expr(Expr {
            kind: ExprKind::Builtin { mut args, .. },
            ..
        }) = kind
            && let Some(value) = args.pop()
        {
            par.body[at].kind = StmtKind::Collect {
                collect: number,
                value,
            };
        }
    }
}

fn append_target(stmt: &Stmt) -> Option<Place> {
    let StmtKind::Expr(value) = &stmt.kind else {
        return None;
    };
    let ExprKind::Builtin {
        op: Builtin::ListAppend,
        args,
    } = &value.kind
    else {
        return None;
    };
    match &args.first()?.kind {
        ExprKind::Borrow { place, .. } => Some(place.clone()),
        _ => None,
    }
}

/// Whether the statement may end the iteration.
fn leaves_early(stmt: &Stmt) -> bool {
    let mut found = false;
    match &stmt.kind {
        StmtKind::If { then, orelse, .. } => {
            found = [then, orelse].iter().any(|block| {
                block
                    .iter()
                    .any(|stmt| matches!(stmt.kind, StmtKind::Continue) || leaves_early(stmt))
            });
        }
        StmtKind::Try { .. } => blocks(stmt, &mut |block| {
            found |= block
                .iter()
                .any(|stmt| matches!(stmt.kind, StmtKind::Continue) || leaves_early(stmt));
        }),
        _ => {}
    }
    found
}
