//! Whether anybody can tell that values were copied which the language of the front end would hold at two places.
//!
//! A front end marks such copies `mlc.shares`. From there on two sides stand for one value: what was copied, and the copy, wherever they
//! are moved to. It can be told where one side is changed and the other is read later. Calls are seen by what is known of the
//! callee (`shares/summary.rs`): how deep it changes its arguments, where it stores them, and what is shared when it returns.
//!
//! Without regard to values of indices: all items of a list are one place.

mod actions;
mod body;
mod events;
mod flow;
mod reach;
mod run;
mod summary;
mod when;

use super::outlined::{Unit, units};
use body::Body;
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Op, Val, operand, ops_named};
use run::Run;
use std::rc::Rc;
use summary::{Shares, Summaries};

pub use flow::Place;

/// A copy that can be told from what the language means.
pub struct Told<'c, 'a> {
    /// What made the copy: itself, or a call.
    pub copied: Op<'c, 'a>,
    pub changed: Op<'c, 'a>,
    pub read: Op<'c, 'a>,
    /// The values by which the two sides are reached.
    pub changed_side: Option<Val<'c, 'a>>,
    pub read_side: Option<Val<'c, 'a>>,
}

/// What is marked as shared and can be told from it, at most one thing for each copy, and one for each write.
pub fn told_copies<'c: 'a, 'a>(functions: &[Op<'c, 'a>]) -> Vec<Told<'c, 'a>> {
    let is_marked = |op: &Op<'c, 'a>| op.has_attribute("mlc.shares");
    let marked = |function: &&Op<'c, 'a>| ops_named(**function, "own.copy").iter().any(is_marked);
    if !functions.iter().any(|function| marked(&function)) {
        return Vec::new();
    }
    let units = units(functions);
    let mut told: Vec<Told> = Vec::new();
    for run in Summaries::runs(&units).iter().flatten() {
        if let Some(found) = run.told()
            && told.iter().all(|other| other.changed != found.changed)
        {
            told.push(found);
        }
    }
    told
}

/// The runs of a function that follow what it shares, one thing each, and what is shared where it returns.
///
/// Each run is as long as the function behind its copy, so those are left out that can find nothing, and those that can only find
/// for callers what others found: many copies of one list, all in use to the end, cost what one of them does.
fn runs<'c: 'a, 'a>(
    unit: &Unit<'c, 'a>,
    summaries: &Summaries<'c>,
) -> (Vec<Rc<Run<'c, 'a>>>, Shares<'c>) {
    let seeds = unit_seeds(unit, summaries);
    if seeds.is_empty() {
        return Default::default();
    }
    let body = Rc::new(Body::of(unit, seeds, summaries));
    let runs = (0..body.seeds.len())
        .filter(|at| body.is_worth_following(*at))
        .map(|at| Run::of(body.clone(), at))
        .collect();
    (runs, body.shares())
}

/// What a function and its parts share, but for what its parts say themselves.
fn unit_seeds<'c: 'a, 'a>(unit: &Unit<'c, 'a>, summaries: &Summaries<'c>) -> Vec<Seed<'c, 'a>> {
    let is_inlined = |seed: &Seed<'c, 'a>| unit.calls.iter().any(|(call, _, _)| *call == seed.op);
    (unit.functions.iter())
        .flat_map(|function| seeds(*function, summaries))
        .filter(|seed| !is_inlined(seed))
        .collect()
}

/// Two places that hold one value from an operation on.
#[derive(Clone)]
pub struct Seed<'c, 'a> {
    pub op: Op<'c, 'a>,
    pub from: Vec<Place<'c, 'a>>,
    pub to: Vec<Place<'c, 'a>>,
}

/// What a function shares: the marked copies, and what its callees share.
fn seeds<'c: 'a, 'a>(function: Op<'c, 'a>, summaries: &Summaries<'c>) -> Vec<Seed<'c, 'a>> {
    let mut seeds = Vec::new();
    for op in ops_named(function, "own.copy") {
        if op.has_attribute("mlc.shares") {
            let from = flow::places(operand(op, 0));
            let to = flow::places(op.result(0).expect("a copy has a result").into());
            seeds.push(Seed { op, from, to });
        }
    }
    for call in ops_named(function, "func.call") {
        for ends in summaries.shared_by(call) {
            let [from, to] = ends.map(|(port, path)| flow::port(call, *port, path));
            if !from.is_empty() && !to.is_empty() {
                seeds.push(Seed { op: call, from, to });
            }
        }
    }
    seeds
}
