//! Texts that end where a text is made of them and of more: the second is appended to the first.
//!
//! Before:                                                  After:
//!   %y = own.new : <!own.str>                                %o = own.borrow_mut %x
//!   %o = own.borrow_mut %y                                   %s = call @mlc_rt_str_append(%o, %more)
//!   %a = own.borrow %x                                       own.propagate %s
//!   %s = call @mlc_rt_str_concat(%o, %a, %more)              (%y is %x)
//!   own.propagate %s
//!   own.drop %x
//!
//! The runtime grows the buffer by half where it is full, so that `s += piece` in a loop costs what the pieces cost.

use crate::{
    analysis::{borrows::unwind_start, place::root},
    emit,
};
use melior::{
    Context,
    ir::{Type, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Cursor, Op, Val, all_ops, defining_op, erase, is_unused, nested_blocks, op_name, operand,
    ops_named, replace_all_uses, results, set_operands, string_attribute, uses, value_key,
};
use std::collections::HashSet;

const JOINS: &str = "mlc_rt_str_concat";
const APPENDS: &str = "mlc_rt_str_append";

/// Appends to texts where joining would copy what nobody needs any more.
pub fn append_in_place<'c, 'a>(context: &'c Context, module: Op<'c, 'a>) {
    // One after the other: what one leaves is what the next one begins with.
    for call in ops_named(module, "func.call") {
        if string_attribute(call, "callee") == Some(JOINS)
            && let Some(growth) = growth(call)
        {
            grow(context, module, growth);
        }
    }
}

/// A text made of one that ends.
struct Growth<'c, 'a> {
    call: Op<'c, 'a>,
    /// The cell of the new text, and the borrow through which it is written.
    cell: Op<'c, 'a>,
    target: Op<'c, 'a>,
    /// The text that ends, the borrow through which it is read, and its drop.
    old: Val<'c, 'a>,
    source: Op<'c, 'a>,
    drop: Op<'c, 'a>,
}

fn growth<'c: 'a, 'a>(call: Op<'c, 'a>) -> Option<Growth<'c, 'a>> {
    let of_box = |position: usize, name: &str| {
        let borrow = defining_op(operand(call, position)).filter(|op| op_name(*op) == name)?;
        let value = operand(borrow, 0);
        own::is_box(value.r#type()).then_some((borrow, value))
    };
    let (target, new) = of_box(0, "own.borrow_mut")?;
    let (source, old) = of_box(1, "own.borrow")?;
    let cell = defining_op(new).filter(|op| op_name(*op) == "own.new")?;
    let is_apart = |value: Val<'c, 'a>| value_key(root(value)) != value_key(old);
    let fresh = target.block() == call.block()
        && uses(results(target)[0]).len() == 1
        && is_apart(operand(call, 0))
        && is_apart(operand(call, 2));
    if !fresh {
        return None;
    }
    // Nothing may read the old text between the call and its end; no value is used behind its drop.
    let behind: Vec<Op> = std::iter::successors(call.next_in_block(), |op| op.next_in_block())
        .take_while(|op| !is_drop_of(*op, old))
        .collect();
    let last = behind.last().copied().unwrap_or(call);
    let drop = last.next_in_block().filter(|op| is_drop_of(*op, old))?;
    let reads_old = |op: Op<'c, 'a>| {
        let read = unwind_start(op).unwrap_or(usize::MAX);
        op.operands().take(read).any(|value| !is_apart(value))
    };
    let is_free = !behind
        .iter()
        .any(|op| reads_old(*op) || all_ops(*op).into_iter().any(reads_old));
    is_free.then_some(Growth {
        call,
        cell,
        target,
        old,
        source,
        drop,
    })
}

fn is_drop_of(op: Op, value: Val) -> bool {
    op_name(op) == "own.drop" && value_key(operand(op, 0)) == value_key(value)
}

fn grow<'c, 'a>(context: &'c Context, module: Op<'c, 'a>, growth: Growth<'c, 'a>) {
    let Growth {
        call,
        cell,
        target,
        old,
        source,
        drop,
    } = growth;
    let Some(body) = nested_blocks(module).first().copied() else {
        return;
    };
    let more = operand(call, 2);
    let at = Cursor::before(context, call);
    let place = at.value("own.borrow_mut", &[old], results(target)[0].r#type(), &[]);
    let status: Vec<Type> = results(call).iter().map(|value| value.r#type()).collect();
    let types = [place.r#type(), more.r#type()];
    emit::declare(context, body, APPENDS, &types, &status);
    let appended = emit::call(&at, APPENDS, &[place, more], &status);
    for (before, after) in results(call).into_iter().zip(results(appended)) {
        replace_all_uses(before, after);
    }
    for op in [drop, call, target] {
        erase(op);
    }
    if is_unused(results(source)[0]) {
        erase(source);
    }
    let renamed = uses(results(cell)[0]);
    replace_all_uses(results(cell)[0], old);
    erase(cell);
    // What left the function with both leaves it with the one.
    for (user, _) in renamed {
        let Some(start) = unwind_start(user) else {
            continue;
        };
        let mut seen = HashSet::new();
        let kept: Vec<Val> = (user.operands().enumerate())
            .filter(|(at, value)| *at < start || seen.insert(value_key(*value)))
            .map(|(_, value)| value)
            .collect();
        set_operands(user, &kept);
    }
}
