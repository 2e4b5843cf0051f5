//! Where a value is changed while a part of it is borrowed, and calls that reach one value twice.
//!
//! A borrow is live from its operation to the last use of what is derived from it (non-lexical lifetimes, Rust RFC 2094). Two
//! names for one part may both read and write its scalars, as in Python; what a live borrow is guarded from is what moves,
//! destroys or replaces the part: growing the list that it is an element of, handing the whole to a call that may, and storing
//! something else in its place. A borrow that is kept (`own.keep`) is also guarded from what changes the length of the very
//! list.

use super::{
    access::{Index, Step, is_projection},
    borrows::{derived_from, is_borrow_like},
    lengths::are_one_length,
    lost::Watch,
    origins::{GlobalUse, origins},
    place::{global, owner},
    slice::are_apart,
    touches::{Touch, Touches},
};
use melior::ir::{BlockLike, TypeLike, ValueLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, all_ops, ancestor_in_block, defining_block, defining_op, nested_blocks,
    op_key, op_name, results, uses, value_key,
};
use std::collections::HashSet;

/// A conflict: `borrowed` makes a borrow, `accessed` touches what it covers in another way, and
/// `used` uses the borrow afterwards.
pub struct Conflict<'c, 'a> {
    pub value: Option<Val<'c, 'a>>,
    pub borrowed: Op<'c, 'a>,
    pub accessed: Op<'c, 'a>,
    pub used: Op<'c, 'a>,
}

/// The conflicts in a function, at most one for each access, in the order of the program.
pub fn conflicts<'c: 'a, 'a>(
    function: Op<'c, 'a>,
    touches: &Touches<'c, 'a>,
) -> Vec<Conflict<'c, 'a>> {
    let mut found = Vec::new();
    let mut reported = HashSet::new();
    for op in all_ops(function) {
        if let Some(value) = twice_in_call(op, touches)
            && reported.insert(op_key(op))
        {
            found.push(Conflict {
                value,
                borrowed: op,
                accessed: op,
                used: op,
            });
        }
        for borrow in borrows_made(op) {
            if let Some(conflict) = of_borrow(function, op, borrow, touches)
                && reported.insert(op_key(conflict.accessed))
            {
                found.push(conflict);
            }
        }
    }
    found
}

/// The borrows that begin with an operation.
fn borrows_made<'c, 'a>(op: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
    let begins = matches!(
        op_name(op),
        "own.borrow"
            | "own.borrow_mut"
            | "own.elem"
            | "own.field"
            | "own.view"
            | "own.slice"
            | "func.call"
    );
    let mut made = if begins || keeps_global(op) {
        results(op)
    } else {
        Vec::new()
    };
    made.retain(|value| own::is_borrow(value.r#type()) || value.r#type().is_mem_ref());
    made
}

/// Whether an operation borrows a top-level value that is kept as it is.
fn keeps_global(op: Op) -> bool {
    op_name(op) == "builtin.unrealized_conversion_cast"
        && results(op).into_iter().any(|borrow| {
            global(borrow).is_some()
                && uses(borrow)
                    .into_iter()
                    .any(|(user, _)| op_name(user) == "own.keep")
        })
}

/// The value that a call reaches twice, once to write it.
fn twice_in_call<'c: 'a, 'a>(
    op: Op<'c, 'a>,
    touches: &Touches<'c, 'a>,
) -> Option<Option<Val<'c, 'a>>> {
    if !matches!(op_name(op), "func.call" | "func.call_indirect") {
        return None;
    }
    let mine: Vec<&Touch> = touches.of_op(op).collect();
    mine.iter().enumerate().find_map(|(position, second)| {
        let first = mine[..position].iter().find(|first| {
            first.owner == second.owner
                && (first.writes || second.writes)
                && overlap(&first.path, &second.path)
        })?;
        Some(first.root.or(second.root))
    })
}

fn of_borrow<'c: 'a, 'a>(
    function: Op<'c, 'a>,
    op: Op<'c, 'a>,
    borrow: Val<'c, 'a>,
    touches: &Touches<'c, 'a>,
) -> Option<Conflict<'c, 'a>> {
    let (names, handing) = names(borrow);
    let users = || names.iter().flat_map(|(_, users)| users.iter().copied());
    let block = defining_block(borrow)?;
    // From the borrow to its last use, or all of the function where it leaves its block.
    let (first, _) = touches.span(op);
    let mut last = first;
    // A loop around the borrow may carry it to where it stands.
    let comes_round = |(name, _): &Name<'c, 'a>| {
        let place = defining_block(*name);
        place.is_none_or(|place| {
            defining_op(*name).is_none() && place == block
                || place != block && !is_below(place, block)
        })
    };
    let mut leaves = names.iter().any(comes_round);
    for user in users() {
        match ancestor_in_block(block, user) {
            Some(ancestor) => last = last.max(touches.span(ancestor).1),
            None => leaves = true,
        }
    }
    if last <= first + 1 && !leaves {
        return None;
    }
    let (from, to) = if leaves {
        (0, usize::MAX)
    } else {
        (first, last)
    };
    let mine: HashSet<Key> = users().map(op_key).collect();
    let kept = users().any(|user| op_name(user) == "own.keep");
    let mut watch = Watch::new().of_copies();
    if names.len() > 1 {
        for (thing, (name, _)) in names.iter().enumerate() {
            watch.name(*name, thing);
        }
        for op in handing {
            watch.look_at(op);
        }
    }
    let mut ends_it: Option<&Touch> = None;
    for covered in origins(borrow) {
        for touch in touches.between(owner(covered.root), from, to) {
            if touch.writes
                && touch.op != op
                && !mine.contains(&op_key(touch.op))
                && ends(touch, op, covered.path.len(), kept)
                && overlap(&touch.path, &covered.path)
            {
                for thing in 0..names.len() {
                    watch.effect(thing, touch.op).loses = true;
                }
                ends_it = ends_it.or(Some(touch));
            }
        }
    }
    let ending = ends_it?;
    watch.effect(0, op).restores = true;
    for (thing, (_, users)) in names.iter().enumerate() {
        for user in users {
            watch.effect(thing, *user).uses = true;
        }
    }
    let start = match leaves {
        true => nested_blocks(function).first().copied()?,
        false => block,
    };
    let loss = watch.first_loss_of_brought(start)?;
    let root = touches.of_op(loss.lost).find_map(|touch| touch.root);
    let covered = || origins(borrow).first().map(|covered| covered.root);
    Some(Conflict {
        value: root.or(ending.root).or_else(covered),
        borrowed: op,
        accessed: loss.lost,
        used: loss.used,
    })
}

/// A name of a borrow, and what uses it.
type Name<'c, 'a> = (Val<'c, 'a>, Vec<Op<'c, 'a>>);

/// The names under which a borrow goes on, itself first: what regions hand on, with the operations that use what is derived from
/// it under that name; and the operations that hand it on.
fn names<'c: 'a, 'a>(borrow: Val<'c, 'a>) -> (Vec<Name<'c, 'a>>, Vec<Op<'c, 'a>>) {
    let mut handing = Vec::new();
    let mut names = vec![(borrow, Vec::new())];
    let mut known = HashSet::from([value_key(borrow)]);
    let mut next = 0;
    while next < names.len() {
        let mut seen = HashSet::new();
        let mut pending = vec![names[next].0];
        while let Some(value) = pending.pop() {
            if !is_borrow_like(value.r#type()) || !seen.insert(value_key(value)) {
                continue;
            }
            for (op, operand) in uses(value) {
                let derived = derived_from(op, operand);
                if hands_on(op) {
                    handing.push(op);
                    for name in derived {
                        if known.insert(value_key(name)) {
                            names.push((name, Vec::new()));
                        }
                    }
                    continue;
                }
                if !is_projection(op) && op_name(op) != "arith.select" {
                    names[next].1.push(op);
                }
                pending.extend(derived);
            }
        }
        next += 1;
    }
    (names, handing)
}

/// Whether a block is in an operation of another, at any depth.
fn is_below<'c: 'a, 'a>(block: Blk<'c, 'a>, outer: Blk<'c, 'a>) -> bool {
    let around = block.parent_operation();
    around.is_some_and(|op| ancestor_in_block(outer, op).is_some())
}

/// Whether an operation hands a value on to another name, which is no use of it.
fn hands_on(op: Op) -> bool {
    matches!(
        op_name(op),
        "scf.yield" | "scf.condition" | "scf.for" | "scf.while"
    )
}

/// Whether a write ends what a borrow leads to: it reaches a whole of which the borrow is a part, or
/// replaces the very part. A view is a part of its list: the buffer.
fn ends(touch: &Touch, borrow: Op, covered: usize, kept: bool) -> bool {
    let name = op_name(touch.op);
    if matches!(name, "memref.store" | "own.store") || name.starts_with("memref.") {
        return false;
    }
    if touch.by_call == Some(GlobalUse::WritesScalars) {
        return false;
    }
    let replaces = matches!(name, "own.put" | "own.take" | "own.swap");
    let reach = touch.path.len();
    let anywhere = touch
        .path
        .iter()
        .any(|step| matches!(step, Step::Part | Step::Flat(_)));
    anywhere
        || reach < covered
        || (reach == covered
            && touch.by_call != Some(GlobalUse::ChangesParts)
            && (replaces || kept || op_name(borrow) == "own.view"))
}

/// Whether two paths from one root may lead to the same place, or one into the other.
pub fn overlap(first: &[Step], second: &[Step]) -> bool {
    for steps in first.iter().zip(second) {
        match steps {
            (Step::Field(first), Step::Field(second)) if first != second => return false,
            (Step::Field(_), Step::Field(_)) => {}
            (Step::At(first), Step::At(second)) if first.len() == second.len() => {
                if first
                    .iter()
                    .zip(second)
                    .any(|(first, second)| differs(first, second))
                {
                    return false;
                }
            }
            // Of what lies at fewer indices, all positions of the other dimensions.
            (Step::At(first), Step::At(second)) => {
                return !first
                    .iter()
                    .zip(second)
                    .any(|(first, second)| differs(first, second));
            }
            (Step::Range(first), Step::Range(second)) => return !are_apart(first, second),
            // A header apart from an element.
            (Step::Field(_), Step::At(_) | Step::Range(_))
            | (Step::At(_) | Step::Range(_), Step::Field(_)) => return false,
            _ => return true,
        }
    }
    true
}

/// Whether two indices are known to differ.
fn differs(first: &Index, second: &Index) -> bool {
    let difference = first.linear.plus(&second.linear, -1);
    let terms: Vec<_> = difference.terms().collect();
    let is_constant = match terms[..] {
        [] => true,
        // Both count from the end of one list.
        [(first, plus), (second, minus)] => plus == -minus && are_one_length(first, second),
        _ => false,
    };
    is_constant && difference.constant != 0
}
