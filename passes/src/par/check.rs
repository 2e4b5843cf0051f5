//! `par-check`: prove that the iterations of parallel loops are independent, have it checked, or say which accesses may meet.
//!
//! Accepted:                        Checked when it runs:               Rejected, as `race`:
//!   par.for (%i) in (%n) {           par.for (%i) in (%n) {              par.for (%i) in (%n) {
//!     memref.store %v, %y[%i]          %k = memref.load %p[%i]             memref.store %v, %y[%zero]
//!   }                                  memref.store %v, %y[%k]           }
//!                                    }
//!
//! Requires: checked ownership (`own-check`), so that different roots are different memory. Best after
//! `own-elide-checks`, which removes the wraps of indices that are never negative.
//! Leaves: in front of each loop of which only the run knows, one exact check that raises `RaceError` before anything is
//! written; where the module says `mlc.race_checks = "static"`, such a loop is rejected.
//! Does not: check accesses through borrows of unknown origin, or places whose indices cannot be computed before the loop.

mod before_loop;
mod exact;
mod guard;
mod inspect;
mod marks;
mod pairs;
mod protected;
mod replay;
mod report;
mod roots;
mod slice;
mod updates;

use crate::{
    analysis::{
        access::{Access, Mode, Step, accesses},
        borrows::is_borrow_like,
        certainty::certainly_meet,
        dependence::{Proofs, common_indices},
        origins::{GlobalUses, global_uses},
        place::{Owner, global, is_of_unknown_origin, leaves, owner},
        separation::separated,
    },
    race_options::RaceOptions,
};
use before_loop::{LoopCheck, Pair};
use exact::ExactCheck;
use melior::{
    Context,
    ir::{OperationRef, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassError, PassResult,
    rewrite::{
        Blk, Op, Val, all_ops, defining_op, is_inside, nested_blocks, op_name, ops, ops_named,
        string_attribute,
    },
};
use pairs::{Pairs, without_repetitions};
use protected::Bodies;
use report::Reason;
use roots::{Roots, relation};
use std::collections::{BTreeMap, BTreeSet};
use updates::is_indirect_update;

pub static CHECK: Pass = Pass {
    name: "par-check",
    summary: "prove that the iterations of parallel loops are independent, or have it checked when they run",
    anchor: "builtin.module",
    run: check,
};

/// Reports a `race` for each value of which two iterations of a loop may touch the same part, one of them writing.
pub fn check<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    let Some(body) = nested_blocks(module).first().copied() else {
        return Ok(());
    };
    let only_static = RaceOptions::of(module).only_static;
    let functions: Vec<Op> = (ops(body).into_iter())
        .filter(|op| op_name(*op) == "func.func")
        .collect();
    let uses = global_uses(&functions);
    let by_name = (functions.iter())
        .filter_map(|function| Some((string_attribute(*function, "sym_name")?, *function)))
        .collect();
    let proofs = Proofs::default();
    let mut result = Ok(());
    for function in &functions {
        let loops = ops_named(*function, "par.for");
        let bodies = Bodies::put(context, &by_name, &loops);
        let may_raise = function.has_attribute("mlc.raises");
        let checker = Checker {
            context,
            module: body,
            uses: &uses,
            bodies: &bodies,
            proofs: &proofs,
            dynamic: match (only_static, may_raise) {
                (true, _) => Err(Reason::OnlyStatic),
                (_, false) => Err(Reason::NoStatus),
                (_, true) => Ok(()),
            },
        };
        // One value is reported once, for the outermost loop that it races in.
        let mut reported = BTreeSet::new();
        let mut checks = Vec::new();
        for around in loops {
            // The loops of an array operation: independent by construction, whatever their indices look like.
            let is_proved = around.has_attribute("par.elementwise");
            if !is_proved {
                match checker.check_loop(around, &mut reported) {
                    Some(found) => checks.push(found),
                    None => result = Err(PassError::Reported),
                }
            }
        }
        // Inner loops first: what is put in front of them must not be looked at for the outer ones, and the loops around
        // a check get a status.
        for (places, exact) in checks.into_iter().rev() {
            places
                .into_iter()
                .rev()
                .for_each(|check| check.emit(&checker));
            exact.emit(&checker);
        }
        bodies.remove();
    }
    result
}

struct Checker<'c, 'a, 'm> {
    context: &'c Context,
    module: Blk<'c, 'a>,
    /// What functions do to top-level values.
    uses: &'m GlobalUses<'c>,
    bodies: &'m Bodies<'c, 'a>,
    proofs: &'m Proofs,
    /// Whether a check may be made when the loop runs.
    dynamic: Result<(), Reason>,
}

impl<'c: 'a, 'a> Checker<'c, 'a, '_> {
    /// The checks that a loop needs when it runs; `None` where a race is reported.
    fn check_loop(
        &self,
        around: Op<'c, 'a>,
        reported: &mut BTreeSet<Owner<'c>>,
    ) -> Option<(Vec<LoopCheck<'c, 'a>>, ExactCheck<'c, 'a>)> {
        let all: Vec<Access> = accesses(around)
            .into_iter()
            .filter(|access| !is_private(access.root, around) && !self.bodies.stand_for(access.op))
            .collect();
        let shared = without_repetitions(&all);
        let mut open: BTreeMap<(Owner, String), Vec<Pair>> = BTreeMap::new();
        let mut exact = ExactCheck::of(around);
        let mut independent = self.check_calls(around, &shared, reported);
        let pairs = Pairs::of(around, &shared);
        for (position, second) in shared.iter().enumerate() {
            for first in pairs.conflicting(position) {
                if let Some(taken_exactly) = self.never_meet(around, first, second) {
                    exact.add(taken_exactly);
                    continue;
                }
                let mut refuse = |reason| {
                    independent = false;
                    if reported.insert(owner(second.root)) {
                        report::race(first, second, reason);
                    }
                };
                match self.may_be_checked(around, first, second, &shared) {
                    Err(reason) => refuse(reason),
                    Ok(()) => {
                        let key = (owner(second.root), shape(first, second));
                        open.entry(key).or_default().push(Pair {
                            first: (*first).clone(),
                            second: (*second).clone(),
                        });
                    }
                }
            }
        }
        let writes: Vec<_> = (all.into_iter())
            .filter(|access| access.mode != Mode::Read)
            .collect();
        let mut checks = Vec::new();
        for pairs in open.into_values() {
            match LoopCheck::of(around, pairs, &writes) {
                Ok(check) => checks.push(check),
                Err(pair) => {
                    independent = false;
                    if reported.insert(owner(pair.second.root)) {
                        report::race(&pair.first, &pair.second, Reason::Unknown);
                    }
                }
            }
        }
        independent.then_some((checks, exact))
    }

    /// Whether the calls of a loop leave alone the top-level values that it changes.
    fn check_calls(
        &self,
        around: Op<'c, 'a>,
        shared: &[&Access<'c, 'a>],
        reported: &mut BTreeSet<Owner<'c>>,
    ) -> bool {
        let mut independent = true;
        let mut touched: BTreeMap<&str, (Op, bool)> = BTreeMap::new();
        for call in all_ops(around) {
            let callee = match op_name(call) {
                "func.call" if !self.bodies.stand_for(call) => {
                    string_attribute(call, "callee").unwrap_or_default()
                }
                _ => continue,
            };
            for (name, r#use) in self.uses.get(callee).into_iter().flatten() {
                let changes = r#use.writes();
                let direct = (shared.iter())
                    .filter(|access| global(access.root) == Some(name))
                    .map(|access| (access.op, access.mode != Mode::Read));
                let other = *touched.entry(name).or_insert((call, changes));
                let meets = (direct.chain([other])).find(|(_, writes)| changes || *writes);
                if let Some((other, writes)) = meets {
                    independent = false;
                    if reported.insert(Owner::Global(name)) {
                        report::race_in_call((call, changes), (other, writes), name);
                    }
                }
            }
        }
        independent
    }

    /// The proof that two accesses never meet, where there is one: the operations that it takes for those of exact integers.
    fn never_meet(
        &self,
        around: Op<'c, 'a>,
        first: &Access<'c, 'a>,
        second: &Access<'c, 'a>,
    ) -> Option<Vec<Op<'c, 'a>>> {
        let simply = |apart: bool| apart.then(Vec::new);
        // An atomic update and a plain access of one array have no order, wherever they are.
        let mixed = (first.mode == Mode::Atomic) != (second.mode == Mode::Atomic);
        if mixed {
            return simply(
                owner(first.root) == owner(second.root) && common_indices(first, second).is_none(),
            );
        }
        match relation(first.root, second.root) {
            Roots::Unknown => None,
            Roots::Apart => Some(Vec::new()),
            Roots::One => simply(separated(around, first, second))
                .or_else(|| self.proofs.never_meet(around, first, second)),
        }
    }

    /// Whether the run can decide if two accesses meet.
    fn may_be_checked(
        &self,
        around: Op<'c, 'a>,
        first: &Access<'c, 'a>,
        second: &Access<'c, 'a>,
        all: &[&Access<'c, 'a>],
    ) -> Result<(), Reason> {
        let plain = |access: &Access| matches!(access.mode, Mode::Read | Mode::Write);
        let whole = |access: &Access| {
            access
                .path
                .iter()
                .all(|step| !matches!(step, Step::Part | Step::Flat(_) | Step::Range(_)))
        };
        let indexed = common_indices(first, second).is_some_and(|pairs| !pairs.is_empty());
        let comparable = owner(first.root) == owner(second.root)
            && [first, second]
                .into_iter()
                .all(|access| plain(access) && whole(access))
            && indexed;
        if !comparable || certainly_meet(around, first, second) {
            return Err(Reason::Unknown);
        }
        if [first, second]
            .into_iter()
            .any(|access| is_indirect_update(around, access, all))
        {
            return Err(Reason::IndirectUpdate);
        }
        self.dynamic
    }
}

/// Whether a value belongs to one iteration: it is made in the body, and no borrow of unknown origin. What a call returned
/// is a part of what it was given.
fn is_private<'c: 'a, 'a>(root: Val<'c, 'a>, around: Op<'c, 'a>) -> bool {
    leaves(root).into_iter().all(|leaf| {
        let is_given = |call: Op<'c, 'a>| {
            op_name(call).starts_with("func.call")
                && (call.operands()).any(|operand| is_borrow_like(operand.r#type()))
        };
        let is_made = !is_of_unknown_origin(leaf) || defining_op(leaf).is_some_and(is_given);
        is_inside(leaf, around)
            && !own::is_borrow(leaf.r#type())
            && global(leaf).is_none()
            && is_made
    })
}

/// The steps that two accesses have in common, as text.
fn shape(first: &Access, second: &Access) -> String {
    (first.path.iter().zip(&second.path))
        .map(|(step, _)| match step {
            Step::Field(field) => format!(".{field}"),
            Step::At(indices) => format!("[{}]", indices.len()),
            Step::Part | Step::Flat(_) | Step::Range(_) => "?".to_owned(),
        })
        .collect()
}
