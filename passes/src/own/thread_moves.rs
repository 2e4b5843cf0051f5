//! `own-thread-moves`: carry a box that is moved on some paths only through the control flow.
//!
//! Before:                                    After:
//!   scf.while … {                              %r = scf.while (… %x = %box) … {
//!     scf.condition(%go) …                       scf.condition(%go) … %x
//!   } do {                                     } do { ^bb0(… %x):
//!     scf.if %found {                            %y = scf.if %found {
//!       @eat(%box)                                 @eat(%x)
//!       scf.yield %leave                           %e = own.new
//!                                                  scf.yield %leave, %e
//!     } …                                        } else { … %x }
//!   }                                            scf.yield … %y
//!   scf.if %not_left { @eat(%box) }            scf.if %not_left { @eat(%r) }
//!
//! A return or a break in a loop is a hidden variable and guards, so a box that is moved just before one
//! looks as if it were moved in every iteration, or twice. `own-check` has proved that no path uses a
//! moved box; the empty box that takes its place is never looked into.
//!
//! Requires: checked ownership (`own-check`).
//! Leaves: no box consumed in a loop that it is defined outside of, or before its last use.
//! Does not: touch boxes that straight-line code or the last branch consumes.

mod widen;

use crate::analysis::borrows::{consumes, uses_of};
use melior::{
    Context,
    ir::{BlockLike, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass,
    rewrite::{
        Blk, Cursor, Key, Op, Val, ancestor_in_block, arguments, blocks, erase, nested_blocks,
        op_key, op_name, operand, ops_named, order_in_block, region_of_block, replace_all_uses,
        results, set_operand, uses,
    },
};
use std::collections::HashMap;
use widen::widen;

pub static THREAD_MOVES: Pass = Pass {
    name: "own-thread-moves",
    summary: "carry boxes that are moved on some paths through the control flow",
    anchor: "builtin.module",
    run: |context, module, _| {
        for function in ops_named(module, "func.func") {
            for select in ops_named(function, "arith.select") {
                branch_instead(context, select);
            }
            for block in nested_blocks(function) {
                visit(context, block);
            }
        }
        Ok(())
    },
};

/// Makes a choice between two boxes, which consumes one, a branch: an `arith.select` would consume both.
fn branch_instead<'c>(context: &'c Context, select: Op<'c, '_>) {
    let ty = operand(select, 1).r#type();
    if !own::is_box(ty) {
        return;
    }
    let at = Cursor::before(context, select);
    let regions = [1, 2].map(|position| {
        let (region, block) = region_of_block(&[]);
        let value = operand(select, position);
        Cursor::at_end(context, block, at.location).op("scf.yield", &[value], &[], &[]);
        region
    });
    let choice = at.op_with_regions("scf.if", &[operand(select, 0)], &[ty], &[], regions.into());
    replace_all_uses(results(select)[0], results(choice)[0]);
    erase(select);
}

/// Carries the boxes that are defined in a block or below it, in the order of the program: an operation
/// that is widened stands behind the box that it carries.
fn visit<'c, 'a>(context: &'c Context, block: Blk<'c, 'a>) {
    for value in arguments(block) {
        start(context, value, block);
    }
    let mut next = block.first_operation();
    while let Some(op) = next {
        for block in nested_blocks(op) {
            visit(context, block);
        }
        for value in results(op) {
            start(context, value, block);
        }
        next = op.next_in_block();
    }
}

fn start<'c, 'a>(context: &'c Context, value: Val<'c, 'a>, block: Blk<'c, 'a>) {
    if !own::is_box(value.r#type()) {
        return;
    }
    let mut moves = uses(value);
    moves.retain(|(op, position)| consumes(*op, *position));
    // Several at one level: the first is a move, another hands on what is left.
    if moves.len() > 1 || moves.iter().any(|(op, _)| op.block() != Some(block)) {
        carry(context, value, block, false);
    }
}

/// Makes every use of `value` in or below `block` legal at its place. Returns the box that is there at
/// the end of the block, before the terminator: what is left of it if `keep` is set.
fn carry<'c, 'a>(
    context: &'c Context,
    value: Val<'c, 'a>,
    block: Blk<'c, 'a>,
    keep: bool,
) -> Val<'c, 'a> {
    let mut current = value;
    // Only the operations of the block that use it: a function may be long, and have many boxes.
    let mut places = places_of_use(current, block);
    while let Some((op, here)) = places.pop() {
        let consumes_here = |(user, position): &(Op, usize)| consumes(*user, *position);
        if !here.iter().any(consumes_here) {
            continue;
        }
        let later: Vec<_> = places.iter().flat_map(|(_, uses)| uses.clone()).collect();
        let is_needed = keep || !later.is_empty() || is_lent_behind(current, op, block);
        let direct = (here.iter()).any(|(user, position)| *user == op && consumes(op, *position));
        if direct {
            if !is_needed {
                break;
            }
            // A terminator that moves the box leaves nothing behind but what the block hands on.
            let at = match op.next_in_block() {
                Some(_) => Cursor::after(context, op),
                None => Cursor::before(context, op),
            };
            current = at.value("own.new", &[], value.r#type(), &[]);
        } else if is_loop(op) || (is_branch(op) && is_needed) {
            let (_, carried) = widen(context, op, current, &mut |value, block| {
                carry(context, value, block, true)
            });
            current = carried;
        } else {
            for block in op.regions().flat_map(blocks) {
                carry(context, current, block, false);
            }
            break;
        }
        for (user, position) in later {
            set_operand(user, position, current);
        }
    }
    current
}

/// The operations of a block that use a value, themselves or below them, the last one first, with these uses.
fn places_of_use<'c, 'a>(
    value: Val<'c, 'a>,
    block: Blk<'c, 'a>,
) -> Vec<(Op<'c, 'a>, Vec<(Op<'c, 'a>, usize)>)> {
    let mut places: Vec<(Op, Vec<_>)> = Vec::new();
    let mut known: HashMap<Key, usize> = HashMap::new();
    for r#use in uses(value) {
        let Some(op) = ancestor_in_block(block, r#use.0) else {
            continue;
        };
        let at = *known.entry(op_key(op)).or_insert(places.len());
        if at == places.len() {
            places.push((op, Vec::new()));
        }
        places[at].1.push(r#use);
    }
    places.sort_by(|(first, _), (second, _)| order_in_block(*second, *first));
    places
}

/// Whether something that was borrowed before `op`, or in it, is used behind it.
fn is_lent_behind<'c, 'a>(value: Val<'c, 'a>, op: Op<'c, 'a>, block: Blk<'c, 'a>) -> bool {
    uses_of(value).into_iter().any(|r#use| {
        let ancestor = ancestor_in_block(block, r#use.op);
        !r#use.direct && ancestor.is_some_and(|other| op != other && op.is_before_in_block(other))
    })
}

fn is_loop(op: Op) -> bool {
    matches!(op_name(op), "scf.for" | "scf.while")
}

fn is_branch(op: Op) -> bool {
    matches!(op_name(op), "scf.if" | "scf.index_switch")
}
