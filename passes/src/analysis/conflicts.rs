//! Where a value is changed while a part of it is borrowed, and calls that reach one value twice.
//!
//! A borrow is live from its operation to the last use of what is derived from it (non-lexical
//! lifetimes, Rust RFC 2094). Two names for one part may both read and write its scalars, as in Python;
//! what a live borrow is guarded from is what moves, destroys or replaces the part: growing the list
//! that it is an element of, handing the whole to a call that may, and storing something else in its
//! place.

use super::{
    access::{Access, Mode, Step, accesses},
    borrows::derived_from,
    order::may_follow,
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{Key, Op, Val, all_ops, op_key, op_name, results, uses, value_key};
use std::collections::{HashMap, HashSet};

/// A conflict: `borrowed` makes a borrow, `accessed` touches what it covers in another way, and
/// `used` uses the borrow afterwards.
pub struct Conflict<'c, 'a> {
    pub value: Val<'c, 'a>,
    pub borrowed: Op<'c, 'a>,
    pub accessed: Op<'c, 'a>,
    pub used: Op<'c, 'a>,
}

/// The conflicts in a function, at most one for each access, in the order of the program.
pub fn conflicts<'c: 'a, 'a>(function: Op<'c, 'a>) -> Vec<Conflict<'c, 'a>> {
    let mut by_root: HashMap<Key, Vec<Access>> = HashMap::new();
    for access in accesses(function) {
        by_root
            .entry(value_key(access.root))
            .or_default()
            .push(access);
    }
    let mut found = Vec::new();
    let mut reported = HashSet::new();
    for op in all_ops(function) {
        for first in twice_in_call(op, &by_root) {
            if reported.insert(op_key(op)) {
                found.push(Conflict {
                    value: first.root,
                    borrowed: op,
                    accessed: op,
                    used: op,
                });
            }
        }
        if is_borrow(op) {
            for conflict in of_borrow(op, &by_root) {
                if reported.insert(op_key(conflict.accessed)) {
                    found.push(conflict);
                }
            }
        }
    }
    found
}

/// Whether an operation makes a borrow, or a view of one.
fn is_borrow(op: Op) -> bool {
    matches!(
        op_name(op),
        "own.borrow" | "own.borrow_mut" | "own.elem" | "own.field" | "own.view"
    )
}

type ByRoot<'c, 'a> = HashMap<Key, Vec<Access<'c, 'a>>>;

/// The accesses of a call that meet another one of the same call, one of both to write.
fn twice_in_call<'c: 'a, 'a, 'b>(
    op: Op<'c, 'a>,
    by_root: &'b ByRoot<'c, 'a>,
) -> Vec<&'b Access<'c, 'a>> {
    if !matches!(op_name(op), "func.call" | "func.call_indirect") {
        return Vec::new();
    }
    let mut met = Vec::new();
    let roots: HashSet<Key> = op
        .operands()
        .map(|value| value_key(super::place::root(value)))
        .collect();
    for accesses in roots.iter().filter_map(|root| by_root.get(root)) {
        let mine: Vec<_> = accesses.iter().filter(|access| access.op == op).collect();
        for (position, second) in mine.iter().enumerate() {
            for first in &mine[..position] {
                let writes = first.mode != Mode::Read || second.mode != Mode::Read;
                if writes && overlap(&first.path, &second.path) {
                    met.push(*first);
                }
            }
        }
    }
    met
}

fn of_borrow<'c: 'a, 'a>(borrow: Op<'c, 'a>, by_root: &ByRoot<'c, 'a>) -> Vec<Conflict<'c, 'a>> {
    let result = results(borrow)[0];
    let Some(accesses) = by_root.get(&value_key(super::place::root(result))) else {
        return Vec::new();
    };
    let derived = derived(result);
    let is_mine = |access: &&Access<'c, 'a>| {
        access
            .op
            .operands()
            .any(|value| derived.contains(&value_key(value)))
    };
    let mine: Vec<_> = accesses.iter().filter(is_mine).collect();
    let Some(last) = mine.last() else {
        return Vec::new();
    };
    // A borrow that is used up in the next step is the usual case.
    if mine.len() == 1 && borrow.next_in_block() == Some(last.op) {
        return Vec::new();
    }
    let covered = super::access::path(result);
    let mut found = Vec::new();
    for access in accesses.iter().filter(|access| !is_mine(access)) {
        if access.mode == Mode::Read
            || !ends(access, borrow, covered.len())
            || !overlap(&access.path, &covered)
            || !may_follow(borrow, access.op, borrow)
        {
            continue;
        }
        let later = mine
            .iter()
            .find(|used| used.op != access.op && may_follow(access.op, used.op, borrow));
        if let Some(used) = later {
            found.push(Conflict {
                value: access.root,
                borrowed: borrow,
                accessed: access.op,
                used: used.op,
            });
        }
    }
    found
}

/// Whether a write ends what a borrow leads to: it reaches a whole of which the borrow is a part, or
/// replaces the very part. A view is a part of its list: the buffer.
fn ends(access: &Access, borrow: Op, covered: usize) -> bool {
    let replaces = matches!(op_name(access.op), "own.put" | "own.take" | "own.swap");
    let reach = access.path.len();
    reach < covered || (reach == covered && (replaces || op_name(borrow) == "own.view"))
}

/// A borrow and all values that are derived from it.
fn derived<'c: 'a, 'a>(borrow: Val<'c, 'a>) -> HashSet<Key> {
    let mut derived = HashSet::from([value_key(borrow)]);
    let mut pending = vec![borrow];
    while let Some(value) = pending.pop() {
        for (op, operand) in uses(value) {
            for next in derived_from(op, operand) {
                let leads_on = super::borrows::is_borrow_like(next.r#type());
                if leads_on && derived.insert(value_key(next)) {
                    pending.push(next);
                }
            }
        }
    }
    derived
}

/// Whether two paths from one root may lead to the same place, or one into the other.
pub fn overlap(first: &[Step], second: &[Step]) -> bool {
    for steps in first.iter().zip(second) {
        match steps {
            (Step::Field(first), Step::Field(second)) if first != second => return false,
            (Step::Field(_), Step::Field(_)) => {}
            (Step::At(first), Step::At(second)) if first.len() == second.len() => {
                let apart = first.iter().zip(second).any(|(first, second)| {
                    let difference = first.plus(second, -1);
                    difference.terms().next().is_none() && difference.constant != 0
                });
                if apart {
                    return false;
                }
            }
            // A header apart from an element.
            (Step::Field(_), Step::At(_)) | (Step::At(_), Step::Field(_)) => return false,
            _ => return true,
        }
    }
    true
}
