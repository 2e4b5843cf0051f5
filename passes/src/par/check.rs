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
mod protected;
mod report;
mod slice;

use crate::{
    analysis::{
        access::{Access, Mode, Step, accesses},
        certainty::{certainly_meet, have_one_index},
        dependence::{common_indices, never_meet},
        origins::{GlobalUses, global_uses},
        place::{Owner, global, may_overlap, owner},
        separation::separated,
    },
    race_options::RaceOptions,
};
use before_loop::{LoopCheck, Pair};
use exact::ExactCheck;
use melior::{
    Context,
    ir::{
        OperationRef, ShapedTypeLike, Type, TypeLike, ValueLike, operation::OperationLike,
        r#type::MemRefType,
    },
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassError, PassResult,
    rewrite::{
        Blk, Op, Val, all_ops, defining_op, is_inside, nested_blocks, op_key, op_name, operand,
        ops, ops_named, string_attribute, value_key,
    },
};
use protected::Bodies;
use report::Reason;
use std::collections::{BTreeMap, BTreeSet};

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
        for (position, second) in shared.iter().enumerate() {
            // The later of two accesses comes second; an access is held against itself
            // in another iteration first.
            for first in shared[..=position].iter().rev() {
                if !conflicts(first, second) {
                    continue;
                }
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
            for (name, changes) in self.uses.get(callee).into_iter().flatten() {
                let direct = (shared.iter())
                    .filter(|access| global(access.root) == Some(name))
                    .map(|access| (access.op, access.mode != Mode::Read));
                let other = *touched.entry(name).or_insert((call, *changes));
                let meets = (direct.chain([other])).find(|(_, writes)| *changes || *writes);
                if let Some((other, writes)) = meets {
                    independent = false;
                    if reported.insert(Owner::Global(name)) {
                        report::race_in_call((call, *changes), (other, writes), name);
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
                .or_else(|| never_meet(around, first, second)),
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
                .all(|step| !matches!(step, Step::Part | Step::Range(_)))
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

/// How two roots lie to each other.
enum Roots {
    /// They are one value, or what the same indices lead to is one place.
    One,
    Apart,
    Unknown,
}

/// Scalars of different types never lie in one buffer. Lists of scalars are one value or none: neither is a part of the
/// other, and two headers never share a buffer. Of two arrays, one may be some part of what the other is a part of.
fn relation(first: Val, second: Val) -> Roots {
    if owner(first) == owner(second) {
        return Roots::One;
    }
    let scalars = |root: Val| {
        let payload = own::payload(root.r#type()).unwrap_or(root.r#type());
        let element = own::list_element(payload)
            .or_else(|| Some(MemRefType::try_from(payload).ok()?.element()))?;
        let is_list = own::kind(payload) == own::Kind::List;
        is_scalar(element).then(|| (element.to_string(), is_list))
    };
    match (scalars(first), scalars(second)) {
        (Some((first, _)), Some((second, _))) if first != second => Roots::Apart,
        (Some((_, true)), Some((_, true))) => Roots::One,
        _ => Roots::Unknown,
    }
}

fn is_scalar(ty: Type) -> bool {
    own::kind(ty) == own::Kind::Other && !ty.is_mem_ref()
}

/// Accesses of one place in one way, by several operations under the same conditions, count once.
fn without_repetitions<'s, 'c: 'a, 'a>(all: &'s [Access<'c, 'a>]) -> Vec<&'s Access<'c, 'a>> {
    let mut seen = BTreeSet::new();
    (all.iter())
        .filter(|access| {
            let mut key = format!("{:?} {:?}", owner(access.root), access.mode);
            for step in &access.path {
                match step {
                    Step::Field(field) => key += &format!(" .{field}"),
                    Step::At(indices) => {
                        key += " [";
                        for index in indices {
                            key += &format!("{:?},", value_key(index.value));
                        }
                    }
                    Step::Range(bounds) => {
                        for bound in bounds {
                            key += &format!(" {:?}:", value_key(bound.value));
                        }
                    }
                    Step::Part => key += &format!(" {:?}", op_key(access.op)),
                }
            }
            let block = access.op.block().map(mlc_mlir::rewrite::block_key);
            // Calls and what a borrow is handed to are each reported at their own place.
            let kind = op_name(access.op).starts_with("memref.");
            !kind || seen.insert((key, block))
        })
        .collect()
}

/// Whether a value belongs to one iteration: it is made in the body, and no borrow of unknown origin.
fn is_private(root: Val, around: Op) -> bool {
    let is_unknown_borrow = own::is_borrow(root.r#type());
    is_inside(root, around) && !is_unknown_borrow
}

fn conflicts(first: &Access, second: &Access) -> bool {
    let harmless = match (first.mode, second.mode) {
        (Mode::Read, Mode::Read) | (Mode::Atomic, Mode::Atomic) => true,
        (Mode::Collect, Mode::Collect) => first.op == second.op,
        _ => false,
    };
    !harmless && may_overlap(first.root, second.root)
}

/// Whether an access writes what it has read, at an index that was read from memory.
fn is_indirect_update<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    write: &Access<'c, 'a>,
    all: &[&Access<'c, 'a>],
) -> bool {
    if write.mode != Mode::Write || write.op.operand_count() == 0 {
        return false;
    }
    // What is read at one place in all iterations is one number.
    let varies = |op: Op<'c, 'a>| {
        op_name(op).ends_with(".load") && op.operands().any(|place| is_inside(place, around))
    };
    let indirect = write.path.iter().any(|step| match step {
        Step::At(indices) => (indices.iter()).any(|index| flows_into(around, index.value, &varies)),
        _ => false,
    });
    indirect
        && all.iter().any(|read| {
            read.mode == Mode::Read
                && owner(read.root) == owner(write.root)
                && read.path.len() == write.path.len()
                && have_one_index(read, write)
                && flows_into(around, operand(write.op, 0), &|op| op == read.op)
        })
}

/// Whether the result of an operation of the loop that satisfies `is_source` is used to compute a value.
fn flows_into<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    value: Val<'c, 'a>,
    is_source: &impl Fn(Op<'c, 'a>) -> bool,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        if !is_inside(value, around) || !seen.insert(value_key(value)) {
            continue;
        }
        if let Some(op) = defining_op(value) {
            if is_source(op) {
                return true;
            }
            if op.region_count() == 0 {
                open.extend(op.operands());
            }
        }
    }
    false
}

/// The steps that two accesses have in common, as text.
fn shape(first: &Access, second: &Access) -> String {
    (first.path.iter().zip(&second.path))
        .map(|(step, _)| match step {
            Step::Field(field) => format!(".{field}"),
            Step::At(indices) => format!("[{}]", indices.len()),
            Step::Part | Step::Range(_) => "?".to_owned(),
        })
        .collect()
}
