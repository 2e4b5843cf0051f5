//! Parameter conventions where none is written, and which names for parts are exclusive borrows.
//!
//! Until here an owning value in a place is read by a provisional `Move`. From what the bodies do with their parameters, as a
//! fixpoint over all calls, follows for each parameter: only read is `borrowed`, written through is `inout`, stored or
//! returned whole is `owned`. Then every argument becomes the borrow or move that its
//! parameter asks for. A function whose results are all parts of one parameter returns a borrow of it: who writes through the
//! result writes the argument.

mod borrowed_results;
mod changed_slices;
mod exclusive_results;
mod exported_views;
mod facts;
mod fixpoint;
mod lent_values;
mod quiet;
mod rebound;
mod rebound_operands;
mod settle;

use std::collections::VecDeque;

use mlc_diagnostics::Diagnostic;

use borrowed_results::borrowed_results;
use changed_slices::copy_changed_slices;
use exported_views::exported_views;
use facts::Facts;
use fixpoint::Fixpoint;
use quiet::quiet;
use rebound_operands::{keep_operands, rebound};
use settle::settle;

use crate::each_function::each_function;
use crate::hir::{
    Convention, Expr, ExprKind, Function, Global, LocalId, Place, Root, Stmt, StmtKind, TypeTable,
};
use crate::walk::{self, Part, Visitor, walk_part};

/// What came of it.
pub(crate) struct Inferred<R> {
    pub wrong: Vec<Diagnostic>,
    /// What was given for each function.
    pub given: Vec<R>,
    /// Some functions have changed since, and more were added.
    pub has_views: bool,
}

/// `then` is done with each function as soon as it has its conventions, while it is at hand.
pub(crate) fn infer<R: Send>(
    functions: &mut Vec<Function>,
    types: &TypeTable,
    globals: &[Global],
    threads: Option<usize>,
    then: impl Fn(&mut Function) -> R + Sync,
) -> Inferred<R> {
    borrowed_results(functions, types);
    let Fixpoint { facts, callers, .. } = Fixpoint::of(functions, types, threads);
    let mut wrong: Vec<Diagnostic> = (functions.iter().zip(&facts))
        .flat_map(|(function, facts)| shared_writes(function, facts))
        .collect();
    let conventions: Vec<Vec<Convention>> = (functions.iter())
        .map(|function| {
            function
                .params
                .iter()
                .map(|param| param.convention)
                .collect()
        })
        .collect();
    let lends: Vec<bool> = (functions.iter())
        .map(|function| function.result_borrows.is_some())
        .collect();
    let any_lends = lends.contains(&true);
    let quiet = quiet(functions);
    let returned = params_returned(functions, &facts, &callers);
    let rebound = rebound(functions, &facts, types);
    let known = (functions.iter_mut().enumerate()).zip(facts).zip(returned);
    let given = each_function(known, threads, |(((at, function), mut facts), returned)| {
        function.returns_param = returned;
        rebound::keep_arguments(function, &mut facts, types);
        settle(function, &facts, types, &conventions, &quiet);
        let has_late = rebound.get(at).is_some_and(|found| found.by_operands);
        let wrong = match has_late {
            true => keep_operands(function, types, globals, &rebound),
            false => Vec::new(),
        };
        if facts.has_slices {
            copy_changed_slices(function, types);
        }
        if any_lends {
            lent_values::moved(function, types, &conventions, &lends);
        }
        (wrong, then(function))
    });
    let (late, given): (Vec<_>, Vec<_>) = given.into_iter().unzip();
    wrong.extend(late.into_iter().flatten());
    let has_views = exported_views(functions, types);
    Inferred {
        wrong,
        given,
        has_views,
    }
}

/// The first write to each parameter that is declared to be read only.
fn shared_writes(function: &Function, facts: &Facts) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for param in &function.params {
        let is_shared = param.written && param.convention == Convention::Borrowed;
        if !is_shared {
            continue;
        }
        let joined = facts.joins(param.local);
        let write = (facts.writes.iter())
            .filter(|(local, _)| joined.iter().any(|at| facts.leads_to(*local, *at, 0)))
            .min_by_key(|(_, span)| span.start);
        if let Some(&(_, span)) = write {
            let local = &function.locals[param.local.0 as usize];
            found.push(crate::diag::write_through_shared_borrow(
                span,
                &local.name,
                local.span,
            ));
        }
    }
    found
}

fn root_local(place: &Place) -> Option<LocalId> {
    match place.root {
        Root::Local(local) => Some(local),
        _ => None,
    }
}

/// For each function the parameter that is written through and returned whole, also by a call that does so.
fn params_returned(
    functions: &[Function],
    facts: &[Facts],
    callers: &[Vec<usize>],
) -> Vec<Option<u32>> {
    let mut found = vec![None; functions.len()];
    let mut work: VecDeque<usize> = (0..functions.len()).collect();
    while let Some(position) = work.pop_front() {
        if found[position].is_none() {
            found[position] = param_returned(&functions[position], &facts[position], &found);
            if found[position].is_some() {
                work.extend(&callers[position]);
            }
        }
    }
    found
}

/// The same for one function, where `known` is what is known of all.
fn param_returned(function: &Function, facts: &Facts, known: &[Option<u32>]) -> Option<u32> {
    let mut values = Vec::new();
    returned(&function.body, &mut values);
    let mut found: Option<u32> = None;
    for value in values {
        let (value, written) = match &value.kind {
            ExprKind::Call { callee, args } => (&args[known[callee.0 as usize]? as usize], true),
            _ => (value, false),
        };
        let ExprKind::Move(place) = &value.kind else {
            return None;
        };
        let root = root_local(place).filter(|_| place.projections.is_empty())?;
        let param = function
            .params
            .iter()
            .position(|param| param.local == root && !param.written)?;
        let written = written || facts.written[root.0 as usize];
        if found.is_some_and(|before| before != param as u32) || !written {
            return None;
        }
        found = Some(param as u32);
    }
    found
}

fn returned<'v>(stmts: &'v [Stmt], values: &mut Vec<&'v Expr>) {
    for stmt in stmts {
        if let StmtKind::Return(Some(value)) = &stmt.kind {
            values.push(value);
        }
        walk::blocks(stmt, &mut |block| returned(block, values));
    }
}

/// Everything mentioned in an expression, for tests of independence.
pub(crate) fn mentions(expr: &Expr, local: LocalId) -> bool {
    struct Found(LocalId, bool);
    impl Visitor for Found {
        fn place(&mut self, place: &Place) {
            self.1 |= root_local(place) == Some(self.0);
        }
    }
    let mut found = Found(local, false);
    walk_part(Part::Expr(expr), &mut found);
    found.1
}
