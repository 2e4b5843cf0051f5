//! `own-reuse`: a value that ends where one of its size begins hands its buffer and its cell over.
//!
//! Before:                                    After:
//!   %n = own.len %x                            %n = own.len %x
//!   %y = own.new_list %n uninit                %a = own.view %x
//!   par.for (%i) in (%n) {                     %y = own.reuse %x
//!     %v = memref.load %a[%i]  (of %x)         par.for (%i) in (%n) {
//!     memref.store %v, %b[%i]  (of %y)           …
//!   }                                          }
//!   own.drop %x
//!
//! As in Perceus (Reinking et al., PLDI 2021) and FP2 (Lorenzen et al., ICFP 2023) a drop is paired with an allocation of the same
//! size. Here both values may be alive for a while: the new one may take the buffer while the old one is still read, where
//! no element is read after its place was written, which is the dependence test of loops. A call whose borrowed argument ends
//! with it (`reuse/transfer.rs`) calls a version of the callee that owns the argument, where that one can reuse it. A text that
//! ends where more is joined to it is appended to (`reuse/append.rs`).
//!
//! Requires: `own-insert-drops`.
//! Leaves: one owner less for each reuse; buffers of somebody else are replaced when the program runs.
//! Does not: reuse the memory of elements that own memory themselves.

mod append;
mod transfer;

use crate::analysis::{
    access::{Access, Mode, of_op},
    borrows::{unwind_start, uses_of},
    linear::is_length,
    order::may_follow,
    place::root,
    separation::separated,
};
use melior::{
    Context,
    ir::{BlockLike, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass,
    rewrite::{
        Cursor, Key, Op, Val, all_ops, ancestor_in_block, constant_integer, defining_block,
        defining_op, enclosing, erase, is_unused, op_key, op_name, operand, ops_named, parent,
        replace_all_uses, results, set_operands, uses, value_key,
    },
};
use std::collections::HashSet;

pub static REUSE: Pass = Pass {
    name: "own-reuse",
    summary: "hand the buffers of values that end over to new ones of their size",
    anchor: "builtin.module",
    run: |context, module, _| {
        for function in ops_named(module, "func.func") {
            reuse_in(context, function);
        }
        append::append_in_place(context, module);
        transfer::transfer_arguments(context, module)
    },
};

/// The mark of a call that takes over what it was lent.
pub const TRANSFERS: &str = "mlc.transfers";

/// What the name of a function's version has behind that of the function, before the position of the argument that it owns.
pub const VERSION: &str = ".owns";

/// Reuses what it can in a function.
fn reuse_in<'c, 'a>(context: &'c Context, function: Op<'c, 'a>) {
    let made: Vec<Op> = (all_ops(function).into_iter())
        .filter(|op| matches!(op_name(*op), "own.new_list" | "own.new_array"))
        .filter(|op| op.has_attribute("uninit"))
        .collect();
    if made.is_empty() {
        return;
    }
    let mut ending: Vec<Val> = Vec::new();
    let mut seen = HashSet::new();
    for drop in ops_named(function, "own.drop") {
        let value = operand(drop, 0);
        if seen.insert(value_key(value)) {
            ending.push(value);
        }
    }
    for op in made {
        // Where an extent was read from a value, only that one has the size: few are looked at closely.
        let model = model_of(op);
        let fits = (ending.iter()).position(|old| {
            model.is_none_or(|of| of == Some(value_key(*old))) && can_reuse(op, *old)
        });
        if let Some(position) = fits {
            let made = value_key(results(op)[0]);
            let taken = reuse(context, op, ending.swap_remove(position));
            // The new value ends where that which it replaces would have.
            for value in ending.iter_mut().filter(|value| value_key(**value) == made) {
                *value = taken;
            }
        }
    }
}

/// Whether a new value may take the buffer of an old one over.
fn can_reuse<'c: 'a, 'a>(new: Op<'c, 'a>, old: Val<'c, 'a>) -> bool {
    let value = results(new)[0];
    if old.r#type() != value.r#type() || value_key(old) == value_key(value) {
        return false;
    }
    // Alive here, and only dropped from here on, once on each path.
    let uses = uses_of(old);
    let is_behind = |op: Op<'c, 'a>| may_follow(new, op, new);
    let starts_before = match defining_op(old) {
        Some(op) => may_follow(op, new, op) && in_scope(op, new),
        None => true,
    };
    let same_loop = |op: Op<'c, 'a>| nearest_loop(op) == nearest_loop(new);
    let drops_behind = (uses.iter().filter(|r#use| r#use.consumes))
        .all(|r#use| op_name(r#use.op) == "own.drop" && is_behind(r#use.op) && same_loop(r#use.op));
    if !starts_before || !drops_behind || !lives_in_loop_of(old, new) {
        return false;
    }
    let reads_only = (uses.iter().filter(|r#use| is_behind(r#use.op))).all(|r#use| {
        matches!(
            op_name(r#use.op),
            "own.borrow" | "own.len" | "own.view" | "memref.load" | "memref.dim" | "own.drop"
        )
    });
    reads_only && is_same_size(new, old) && never_reads_behind_write(new, old)
}

/// Whether a value that `op` makes is visible where `other` stands.
fn in_scope<'c: 'a, 'a>(op: Op<'c, 'a>, other: Op<'c, 'a>) -> bool {
    let Some(block) = op.block() else {
        return false;
    };
    ancestor_in_block(block, other).is_some_and(|ancestor| op.is_before_in_block(ancestor))
}

/// The loop or function around an operation.
fn nearest_loop<'c: 'a, 'a>(op: Op<'c, 'a>) -> Option<Op<'c, 'a>> {
    enclosing(op, &["scf.for", "scf.while", "par.for", "func.func"])
}

/// Whether a value begins in the same iteration of the same loop in which an operation runs.
fn lives_in_loop_of<'c: 'a, 'a>(value: Val<'c, 'a>, op: Op<'c, 'a>) -> bool {
    let around = match defining_op(value) {
        Some(made) => nearest_loop(made),
        None => defining_block(value).and_then(|block| block.parent_operation()),
    };
    let around = match around {
        // What a branch hands over lives where the branch stands.
        Some(around) if matches!(op_name(around), "scf.if" | "scf.index_switch") => {
            nearest_loop(around)
        }
        around => around,
    };
    around == nearest_loop(op)
}

/// Whether the extents of a new value are those of an old one, whose size nothing changes.
fn is_same_size<'c: 'a, 'a>(new: Op<'c, 'a>, old: Val<'c, 'a>) -> bool {
    let is_extent = |extent: Val<'c, 'a>, axis: Option<usize>| {
        let Some(op) = defining_op(stripped(extent)) else {
            return false;
        };
        let is_of_old = op
            .operand(0)
            .is_ok_and(|place| value_key(root(place)) == value_key(old));
        let right_axis = match (op_name(op), axis) {
            ("own.len", None | Some(0)) => true,
            ("memref.dim", Some(axis)) => constant_integer(operand(op, 1)) == Some(axis as i64),
            _ => false,
        };
        is_of_old && right_axis && is_whole(operand(op, 0)) && keeps_size(op, old)
    };
    match op_name(new) {
        "own.new_list" => is_extent(operand(new, 0), None),
        _ => {
            let Some(array) = own::payload(old.r#type()) else {
                return false;
            };
            let dynamic = crate::convert::layout::extents(array)
                .into_iter()
                .enumerate()
                .filter(|(_, extent)| extent.is_none());
            { dynamic }
                .zip(new.operands())
                .all(|((axis, _), extent)| is_extent(extent, Some(axis)))
        }
    }
}

/// The value that an extent of a new one was read from, if it was; `None` where no extent is computed.
fn model_of<'c: 'a, 'a>(new: Op<'c, 'a>) -> Option<Option<Key>> {
    let extent = new.operands().next()?;
    let length =
        defining_op(stripped(extent)).filter(|op| matches!(op_name(*op), "own.len" | "memref.dim"));
    Some(length.map(|op| value_key(root(operand(op, 0)))))
}

/// A length without what makes sure that it is not negative.
fn stripped<'c: 'a, 'a>(extent: Val<'c, 'a>) -> Val<'c, 'a> {
    match defining_op(extent) {
        Some(op) if op_name(op) == "arith.maxsi" && is_length(operand(op, 0)) => operand(op, 0),
        Some(op) if op_name(op) == "arith.index_cast" => {
            // Between 64-bit integers and indices, both ways.
            match defining_op(operand(op, 0)) {
                Some(inner) if op_name(inner) == "arith.index_cast" => operand(inner, 0),
                _ => extent,
            }
        }
        _ => extent,
    }
}

/// Whether a borrow or a view covers all of what it leads to.
fn is_whole(place: Val) -> bool {
    crate::analysis::access::path(place).is_empty()
}

/// Whether nothing changes the length of a value behind the operation that read it.
fn keeps_size<'c: 'a, 'a>(read: Op<'c, 'a>, value: Val<'c, 'a>) -> bool {
    uses_of(value).iter().all(|r#use| {
        let harmless = matches!(
            op_name(r#use.op),
            "own.borrow"
                | "own.borrow_mut"
                | "own.len"
                | "own.view"
                | "memref.load"
                | "memref.store"
                | "memref.dim"
                | "own.drop"
        );
        harmless || !may_follow(read, r#use.op, read) || takes_shared(r#use.op, value)
    })
}

/// Whether an operation reaches a value through shared borrows alone.
fn takes_shared<'c: 'a, 'a>(op: Op<'c, 'a>, value: Val<'c, 'a>) -> bool {
    op.operands().all(|operand| {
        value_key(root(operand)) != value_key(value)
            || own::kind(operand.r#type()) == own::Kind::Ref
    })
}

/// Whether no element of the old value is read after the new one may have been written at its place.
fn never_reads_behind_write<'c: 'a, 'a>(new: Op<'c, 'a>, old: Val<'c, 'a>) -> bool {
    let value = results(new)[0];
    let reads: Vec<Access> = (accesses_of(old).into_iter())
        .filter(|access| op_name(access.op) == "memref.load" && may_follow(new, access.op, new))
        .collect();
    let writes: Vec<Access> = (accesses_of(value).into_iter())
        .filter(|access| !matches!(op_name(access.op), "own.len" | "own.view"))
        .filter(|access| access.mode != Mode::Read)
        .collect();
    // A move hands the new value to somebody who may write it.
    let moves: Vec<Op> = (uses_of(value).into_iter())
        .filter(|r#use| r#use.consumes)
        .map(|r#use| r#use.op)
        .collect();
    reads.iter().all(|read| {
        let after_move = moves.iter().any(|moved| may_follow(*moved, read.op, new));
        !after_move && (writes.iter()).all(|write| is_read_first(new, read, write))
    })
}

/// What is done to a value, in no particular order.
fn accesses_of<'c: 'a, 'a>(value: Val<'c, 'a>) -> Vec<Access<'c, 'a>> {
    let mut seen = HashSet::new();
    (uses_of(value).into_iter())
        .filter(|r#use| seen.insert(op_key(r#use.op)))
        .flat_map(|r#use| of_op(r#use.op))
        .filter(|access| value_key(access.root) == value_key(value))
        .collect()
}

/// Whether a read of a place comes before a write of it, in every iteration of the loops around both.
fn is_read_first<'c: 'a, 'a>(
    new: Op<'c, 'a>,
    read: &Access<'c, 'a>,
    write: &Access<'c, 'a>,
) -> bool {
    let inside = |op: Op<'c, 'a>| -> Vec<Op<'c, 'a>> {
        std::iter::successors(parent(&op), parent)
            .take_while(|around| Some(*around) != new.parent_operation())
            .collect()
    };
    let around_write = inside(write.op);
    let common: Vec<Op> = (inside(read.op).into_iter())
        .filter(|around| around_write.contains(around))
        .filter(|around| matches!(op_name(*around), "scf.for" | "scf.while" | "par.for"))
        .collect();
    let Some(innermost) = common.first() else {
        return !may_follow(write.op, read.op, new);
    };
    let is_element = op_name(write.op) == "memref.store";
    is_element
        && common
            .iter()
            .all(|around| op_name(*around) != "scf.while" && separated(*around, read, write))
        // Seen from the innermost loop, nothing repeats.
        && (!may_follow(write.op, read.op, *innermost) || never_equal(read, write))
}

/// Whether two places differ by a constant.
fn never_equal(read: &Access, write: &Access) -> bool {
    use crate::analysis::access::Step;
    match (read.path.first(), write.path.first()) {
        (Some(Step::At(first)), Some(Step::At(second))) => {
            first.iter().zip(second).any(|(first, second)| {
                let difference = first.linear.plus(&second.linear, -1);
                difference.terms().next().is_none() && difference.constant != 0
            })
        }
        _ => false,
    }
}

/// Makes a new value of an old one, and gives it.
fn reuse<'c, 'a>(context: &'c Context, new: Op<'c, 'a>, old: Val<'c, 'a>) -> Val<'c, 'a> {
    let at = Cursor::before(context, new);
    let value = results(new)[0];
    // Elements are read through a view from before; lengths do not change.
    for r#use in uses_of(old) {
        if op_name(r#use.op) != "own.view" || !may_follow(new, r#use.op, new) {
            continue;
        }
        let payload = own::payload(old.r#type()).expect("a box has a payload");
        let whole = at.value("own.borrow", &[old], own::ref_type(payload), &[]);
        let view = results(r#use.op)[0];
        let earlier = at.value("own.view", &[whole], view.r#type(), &[]);
        replace_all_uses(view, earlier);
    }
    for r#use in uses_of(old) {
        if op_name(r#use.op) == "own.len" && may_follow(new, r#use.op, new) {
            let payload = own::payload(old.r#type()).expect("a box has a payload");
            let whole = at.value("own.borrow", &[old], own::ref_type(payload), &[]);
            let length = at.value("own.len", &[whole], results(r#use.op)[0].r#type(), &[]);
            replace_all_uses(results(r#use.op)[0], length);
        }
    }
    // From here on, the new value is the one owner.
    for (user, position) in uses(old) {
        let unwinds = unwind_start(user).is_some_and(|start| position >= start);
        if unwinds && may_follow(new, user, new) {
            let kept: Vec<Val> = (user.operands().enumerate())
                .filter(|(at, value)| *at != position || value_key(*value) != value_key(old))
                .map(|(_, value)| value)
                .collect();
            set_operands(user, &kept);
        }
    }
    for r#use in uses_of(old) {
        if op_name(r#use.op) == "own.drop" {
            erase(r#use.op);
        }
    }
    let unused: Vec<Op> = (uses_of(old).into_iter())
        .map(|r#use| r#use.op)
        .filter(|op| may_follow(new, *op, new))
        .filter(|op| matches!(op_name(*op), "own.view" | "own.len" | "memref.dim"))
        .collect();
    for op in unused {
        if results(op).into_iter().all(is_unused) {
            erase(op);
        }
    }
    let borrows: Vec<Op> = (uses(old).into_iter())
        .map(|(op, _)| op)
        .filter(|op| matches!(op_name(*op), "own.borrow" | "own.borrow_mut"))
        .collect();
    for borrow in borrows {
        if is_unused(results(borrow)[0]) {
            erase(borrow);
        }
    }
    let taken = results(at.op("own.reuse", &[old], &[value.r#type()], &[]))[0];
    replace_all_uses(value, taken);
    erase(new);
    taken
}
