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

mod guard;
mod inspect;
mod report;
mod slice;

use crate::{
    analysis::{
        access::{Access, Mode, Step, accesses},
        certainty::{certainly_meet, have_one_index},
        dependence::{common_indices, induction_variables, never_meet},
        origins::{GlobalUses, global_uses},
        place::{Owner, global, may_overlap, owner},
        separation::separated,
    },
    emit,
    par::raises::add_statuses_around,
    race_options::RaceOptions,
};
use inspect::{Inspection, MOST_NUMBERS, Target};
use melior::{
    Context,
    ir::{
        BlockLike, OperationRef, ShapedTypeLike, Type, TypeLike, ValueLike,
        operation::OperationLike, r#type::MemRefType,
    },
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassError, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, all_ops, defining_op, is_inside, nested_blocks, op_key, op_name,
        operand, ops, string_attribute, value_key,
    },
};
use report::Reason;
use slice::Slice;
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
    let mut result = Ok(());
    for function in functions {
        let may_raise = function.has_attribute("mlc.raises");
        let checker = Checker {
            context,
            module: body,
            uses: &uses,
            dynamic: match (only_static, may_raise) {
                (true, _) => Err(Reason::OnlyStatic),
                (_, false) => Err(Reason::NoStatus),
                (_, true) => Ok(()),
            },
        };
        // One value is reported once, for the outermost loop that it races in.
        let mut reported = BTreeSet::new();
        let mut inspections = Vec::new();
        for around in all_ops(function) {
            // The loops of an array operation: independent by construction, whatever their indices look like.
            let is_proved = around.has_attribute("par.elementwise");
            if op_name(around) == "par.for" && !is_proved {
                match checker.check_loop(around, &mut reported) {
                    Some(found) => inspections.extend(found),
                    None => result = Err(PassError::Reported),
                }
            }
        }
        // Inner loops first: what is put in front of them must not be looked at for the outer ones, and the loops around
        // a check get a status.
        for inspection in inspections.into_iter().rev() {
            inspection.emit(&checker);
        }
    }
    result
}

struct Checker<'c, 'a, 'm> {
    context: &'c Context,
    module: Blk<'c, 'a>,
    /// What functions do to top-level values.
    uses: &'m GlobalUses<'c>,
    /// Whether a check may be made when the loop runs.
    dynamic: Result<(), Reason>,
}

/// Two accesses of which nothing is proved.
struct Pair<'c, 'a> {
    first: Access<'c, 'a>,
    second: Access<'c, 'a>,
}

impl<'c: 'a, 'a> Checker<'c, 'a, '_> {
    /// The checks that a loop needs when it runs; `None` where a race is reported.
    fn check_loop(
        &self,
        around: Op<'c, 'a>,
        reported: &mut BTreeSet<Owner<'c>>,
    ) -> Option<Vec<LoopCheck<'c, 'a>>> {
        let all: Vec<Access> = accesses(around)
            .into_iter()
            .filter(|access| !is_private(access.root, around))
            .collect();
        let shared = without_repetitions(&all);
        let mut open: BTreeMap<(Owner, String), Vec<Pair>> = BTreeMap::new();
        let mut independent = self.check_calls(around, &shared, reported);
        for (position, second) in shared.iter().enumerate() {
            // The later of two accesses comes second; an access is held against itself
            // in another iteration first.
            for first in shared[..=position].iter().rev() {
                if !conflicts(first, second) || self.never_meet(around, first, second) {
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
        independent.then_some(checks)
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
                "func.call" => string_attribute(call, "callee").unwrap_or_default(),
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

    fn never_meet(
        &self,
        around: Op<'c, 'a>,
        first: &Access<'c, 'a>,
        second: &Access<'c, 'a>,
    ) -> bool {
        // An atomic update and a plain access of one array have no order, wherever they are.
        let mixed = (first.mode == Mode::Atomic) != (second.mode == Mode::Atomic);
        if mixed {
            return owner(first.root) == owner(second.root)
                && common_indices(first, second).is_none();
        }
        match relation(first.root, second.root) {
            Roots::Unknown => false,
            Roots::Apart => true,
            Roots::One => separated(around, first, second) || never_meet(around, first, second),
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

/// A check in front of a loop: pairs of accesses of one root, whose places are told by as many indices.
struct LoopCheck<'c, 'a> {
    around: Op<'c, 'a>,
    pairs: Vec<Pair<'c, 'a>>,
    writes: Vec<Access<'c, 'a>>,
    targets: Vec<(Op<'c, 'a>, bool, Vec<Val<'c, 'a>>)>,
    extents: Option<Val<'c, 'a>>,
}

impl<'c: 'a, 'a> LoopCheck<'c, 'a> {
    /// The check, or the pair that keeps it from being made.
    fn of(
        around: Op<'c, 'a>,
        pairs: Vec<Pair<'c, 'a>>,
        writes: &[Access<'c, 'a>],
    ) -> Result<Self, Pair<'c, 'a>> {
        let mut targets: Vec<(Op<'c, 'a>, bool, Vec<Val<'c, 'a>>)> = Vec::new();
        for pair in &pairs {
            let common = common_indices(&pair.first, &pair.second).unwrap_or_default();
            let (first, second): (Vec<_>, Vec<_>) = common.into_iter().unzip();
            for (access, indices) in [(&pair.first, first), (&pair.second, second)] {
                let writes = access.mode == Mode::Write;
                if !targets
                    .iter()
                    .any(|known| known.0 == access.op && known.1 == writes)
                {
                    targets.push((access.op, writes, indices));
                }
            }
        }
        let extents = extents(around, &pairs);
        let places = targets.first().map_or(0, |target| target.2.len());
        let fits = nested_blocks(around)[0].argument_count() <= MOST_NUMBERS
            && (extents.is_some() || places <= MOST_NUMBERS);
        let sliced: Vec<_> = (targets.iter())
            .map(|(op, _, indices)| (*op, indices.clone()))
            .collect();
        match Slice::of(around, &sliced, writes) {
            Some(_) if fits => Ok(Self {
                around,
                pairs,
                writes: writes.to_vec(),
                targets,
                extents,
            }),
            _ => Err(pairs.into_iter().next().expect("a group has a pair")),
        }
    }

    fn emit(self, checker: &Checker<'c, 'a, '_>) {
        let context = checker.context;
        let sliced: Vec<_> = (self.targets.iter())
            .map(|(op, _, indices)| (*op, indices.clone()))
            .collect();
        let Some(slice) = Slice::of(self.around, &sliced, &self.writes) else {
            return;
        };
        let mut at = Cursor::before(context, self.around);
        at.location = self.pairs[0].second.op.location();
        let targets = (self.targets.into_iter())
            .map(|(op, writes, indices)| Target {
                op,
                writes,
                indices,
            })
            .collect();
        let inspection = Inspection {
            context,
            module: checker.module,
            around: self.around,
            slice,
            targets,
            extents: self.extents,
        };
        let induction = induction_variables(self.around);
        let apart: Option<Vec<Val>> = (self.pairs.iter())
            .map(|pair| {
                let indices = common_indices(&pair.first, &pair.second)?;
                guard::apart(&at, checker.module, self.around, &induction, &indices)
            })
            .collect();
        let apart = apart.and_then(|apart| {
            apart
                .into_iter()
                .reduce(|all, one| emit::binary(&at, "arith.andi", all, one))
        });
        match apart {
            None => inspection.emit(&at),
            Some(apart) => {
                let inspect = |at: &Cursor<'c, 'a>| {
                    inspection.emit(at);
                    Vec::new()
                };
                emit::if_else(&at, apart, &[], |_| Vec::new(), inspect);
            }
        }
        add_statuses_around(context, self.around);
    }
}

/// What tells how many places there are, where one index step alone tells a place: an array or a list from before the loop.
fn extents<'c: 'a, 'a>(around: Op<'c, 'a>, pairs: &[Pair<'c, 'a>]) -> Option<Val<'c, 'a>> {
    let access = &pairs.first()?.second;
    let steps = (access.path.iter().zip(&pairs.first()?.first.path))
        .filter(|(step, _)| matches!(step, Step::At(_)))
        .count();
    if steps != 1 {
        return None;
    }
    let mut place = match op_name(access.op) {
        "memref.store" | "own.store" | "own.put" => operand(access.op, 1),
        _ => operand(access.op, 0),
    };
    if !place.r#type().is_mem_ref() {
        while let Some(op) = defining_op(place) {
            place = operand(op, 0);
            match op_name(op) {
                "own.elem" => break,
                "own.field" | "own.borrow" | "own.borrow_mut" => {}
                _ => return None,
            }
        }
    }
    (!is_inside(place, around)).then_some(place)
}
