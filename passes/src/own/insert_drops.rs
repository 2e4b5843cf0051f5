//! `own-insert-drops`: destroy every owned value right after its last use.
//!
//! Before:                                     After:
//!   %l = own.new_list %n : !box                 %l = own.new_list %n : !box
//!   %b = own.borrow %l : !box -> !ref           %b = own.borrow %l : !box -> !ref
//!   %k = own.len %b : !ref                      %k = own.len %b : !ref
//!   own.check %c, "ValueError", "no"            own.drop %l : !box
//!   …                                           own.check %c, "ValueError", "no"
//!
//! A box that one branch consumes is dropped in the others; several that end at one place are dropped
//! in the reverse order of their creation. Then fills the `unwind` operands of every operation that
//! may leave the function with the boxes that are live there, newest first.
//!
//! Requires: checked ownership (`own-check`), `own-thread-moves`, structured control flow.
//! Leaves: every box consumed exactly once on every path, error paths included.
//! Does not: move drops out of loops.

use crate::analysis::{
    borrows::{Use, inherited_uses, unwind_start, uses_of},
    live_boxes,
};
use melior::{
    Context,
    ir::{Block, RegionLike, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassError, PassResult, emit_error,
    rewrite::{
        Blk, Cursor, Op, Val, all_ops, ancestor_in_block, arguments, defining_block, defining_op,
        nested_blocks, op_name, ops_named, results, set_operands, uses,
    },
};

pub static INSERT_DROPS: Pass = Pass {
    name: "own-insert-drops",
    summary: "destroy every owned value right after its last use",
    anchor: "builtin.module",
    run: |context, module, _| {
        for function in ops_named(module, "func.func") {
            insert_drops(context, function)?;
        }
        Ok(())
    },
};

/// Drops the boxes of a function and fills its `unwind` operands.
pub fn insert_drops<'c, 'a>(context: &'c Context, function: Op<'c, 'a>) -> PassResult {
    let mut ends = Vec::new();
    for value in boxes_below(function) {
        let block = defining_block(value).ok_or("a box without a block")?;
        let mut uses = uses_of(value);
        uses.extend(inherited_uses(value, block));
        end_in_block(context, value, &uses, block, &mut ends)?;
    }
    // Behind all questions: what is inserted makes the next question for an order count its whole block again.
    for (value, end) in ends {
        let place = match end {
            End::Behind(op) => Cursor::after(context, op),
            End::AtStart(block) => Cursor::at_start_of_life(context, value, block),
        };
        place.op("own.drop", &[value], &[], &[]);
    }
    let mut unwinds = Vec::new();
    live_boxes::for_each_op(function, &mut |op, live| {
        if let Some(start) = unwind_start(op) {
            unwinds.push((op, start, live.to_vec()));
        }
    });
    for (op, start, live) in unwinds {
        let operands: Vec<Val> = (op.operands().take(start))
            .chain(live.into_iter().rev())
            .collect();
        set_operands(op, &operands);
    }
    Ok(())
}

/// Where a box ends.
enum End<'c, 'a> {
    Behind(Op<'c, 'a>),
    /// Where its life in a block starts.
    AtStart(Blk<'c, 'a>),
}

/// Every box of a function, in the order of creation.
fn boxes_below<'c, 'a>(function: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
    let mut values = Vec::new();
    for op in all_ops(function) {
        values.extend(results(op));
        for block in nested_blocks(op) {
            values.extend(arguments(block));
        }
    }
    values.retain(|value| own::is_box(value.r#type()));
    values
}

/// Finds where a box ends: behind the last of `uses`, all of which are in `block` or below it.
fn end_in_block<'c, 'a>(
    context: &'c Context,
    value: Val<'c, 'a>,
    uses: &[Use<'c, 'a>],
    block: Blk<'c, 'a>,
    ends: &mut Vec<(Val<'c, 'a>, End<'c, 'a>)>,
) -> PassResult {
    let uses = &under_this_name(uses, block)[..];
    let mut last: Option<Op> = None;
    for r#use in uses {
        let Some(op) = ancestor_in_block(block, r#use.op) else {
            return Err("expected structured control flow".into());
        };
        if last.is_none_or(|last| last.is_before_in_block(op)) {
            last = Some(op);
        }
    }
    let Some(last) = last else {
        let start = match check_of_status(value) {
            Some(check) if check.block() == Some(block) => End::Behind(check),
            _ => End::AtStart(block),
        };
        ends.push((value, start));
        return Ok(());
    };
    // What uses a borrow from before the move keeps the box alive under its next name.
    if uses
        .iter()
        .any(|u| u.consumes && u.op.block() == Some(block))
    {
        return Ok(());
    }
    let at_last = |r#use: &Use<'c, 'a>| ancestor_in_block(block, r#use.op) == Some(last);
    if let Some(early) = uses.iter().find(|u| u.consumes && !at_last(u)) {
        return report(
            early.op,
            "use-after-move: a value is used after this moves it",
        );
    }
    let inner: Vec<Use> = (uses.iter().copied())
        .filter(|u| u.op != last && at_last(u))
        .collect();
    let moved_inside = inner.iter().find(|u| u.consumes);
    let branches = matches!(op_name(last), "scf.if" | "scf.index_switch");
    let escapes = inner
        .iter()
        .any(|u| !u.consumes && u.op.next_in_block().is_none() && is_child(u.op, last));
    if branches && !escapes && !inner.is_empty() {
        for region in 0..last.region_count() {
            let block = branch_block(context, last, region)?;
            let inner: Vec<Use> = (inner.iter().copied())
                .filter(|u| ancestor_in_block(block, u.op).is_some())
                .collect();
            end_in_block(context, value, &inner, block, ends)?;
        }
        return Ok(());
    }
    if let Some(moved) = moved_inside {
        let message = "use-after-move: a value from outside of a loop is moved in it";
        return report(moved.op, message);
    }
    if last.next_in_block().is_none() {
        let message = "return-of-local-borrow: a borrow leaves the block of the value it borrows";
        return report(last, message);
    }
    ends.push((value, End::Behind(last)));
    Ok(())
}

/// The uses without those of a borrow from before a branch that moves the box on each of its paths: behind that, the borrow is one
/// of the box under its next name.
fn under_this_name<'c, 'a>(uses: &[Use<'c, 'a>], block: Blk<'c, 'a>) -> Vec<Use<'c, 'a>> {
    let moving = (uses.iter().filter(|u| u.consumes))
        .filter_map(|u| ancestor_in_block(block, u.op))
        .find(|op| op_name(*op) == "scf.if" || op_name(*op) == "scf.index_switch");
    let is_behind = |u: &Use<'c, 'a>| match (moving, ancestor_in_block(block, u.op)) {
        (Some(moving), Some(op)) => !u.direct && moving != op && moving.is_before_in_block(op),
        _ => false,
    };
    uses.iter().copied().filter(|u| !is_behind(u)).collect()
}

/// The `own.propagate` behind a call that makes a value: the value is there only where the call did not fail.
fn check_of_status<'c, 'a>(value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    let status = results(defining_op(value)?)[0];
    let (check, _) = uses(status)
        .into_iter()
        .find(|(user, _)| op_name(*user) == "own.propagate")?;
    Some(check)
}

/// Whether `op` stands directly in a region of `around`.
fn is_child(op: Op, around: Op) -> bool {
    op.parent_operation() == Some(around)
}

/// The block of a branch; an absent `else` comes into being.
fn branch_block<'c, 'a>(
    context: &'c Context,
    op: Op<'c, 'a>,
    region: usize,
) -> Result<Blk<'c, 'a>, PassError> {
    let region = op.region(region).map_err(|error| error.to_string())?;
    if let Some(block) = region.first_block() {
        return Ok(block);
    }
    let block = region.append_block(Block::new(&[]));
    Cursor::at_end(context, block, op.location()).op("scf.yield", &[], &[], &[]);
    Ok(block)
}

fn report(op: Op, message: &str) -> PassResult {
    emit_error(op.location(), message);
    Err(PassError::Reported)
}
