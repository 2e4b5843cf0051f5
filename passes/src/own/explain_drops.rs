//! `own-explain-drops`: say where each value is destroyed, where its memory is used again, and where it goes to another owner.
//!
//! Reported, as remarks:
//!   `x` is destroyed here, after its last use
//!   `x` ends here, and its memory becomes that of a new value
//!   `x` ends with this call, which uses its memory again
//!   `x` is moved here, to another owner
//!
//! Requires: `own-insert-drops`, and `own-reuse` where that is to be told.
//! Changes nothing. Does not: tell what is destroyed where an error leaves the function, or with the value that holds it, nor what
//! becomes of values without a name that are moved at once. A copy that was never made goes by the name of its original.

use super::reuse::{TRANSFERS, VERSION};
use crate::analysis::borrows::sources;
use melior::ir::{Location, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, emit_remark,
    rewrite::{
        Op, Val, all_ops, defining_op, op_name, operand, ops_named, parent, string_attribute,
        value_key, value_name,
    },
};
use std::collections::{HashSet, VecDeque};

pub static EXPLAIN_DROPS: Pass = Pass {
    name: "own-explain-drops",
    summary: "say where values are destroyed and where their memory is used again",
    anchor: "builtin.module",
    run: |_, module, _| {
        for function in ops_named(module, "func.func") {
            let symbol = string_attribute(function, "sym_name").unwrap_or_default();
            let handed = symbol.contains(VERSION);
            for op in all_ops(function) {
                explain(op, handed);
            }
        }
        Ok(())
    },
};

/// `handed`: the function is the version of one that owns what it is otherwise lent.
fn explain<'c: 'a, 'a>(op: Op<'c, 'a>, handed: bool) {
    match op_name(op) {
        "own.drop" => {
            let value = operand(op, 0);
            let (place, when) = place_of_drop(op, value);
            emit_remark(
                place,
                &format!("destroyed: {} is destroyed {when}", name(value)),
            );
        }
        "own.reuse" => {
            let name = name(operand(op, 0));
            let is_argument = defining_op(operand(op, 0)).is_none();
            let when = match handed && is_argument {
                true => "where it is handed over, ",
                false => "",
            };
            let what = match op.has_attribute("keep") {
                true => "becomes what would have been its copy",
                false => "its memory becomes that of a new value",
            };
            let message = format!("reused: {when}{name} ends here, and {what}");
            emit_remark(op.location(), &message);
        }
        "own.move" => {
            if let Some(name) = known_name(operand(op, 0)) {
                emit_remark(
                    op.location(),
                    &format!("moved: `{name}` is moved here, to another owner"),
                );
            }
        }
        "func.call" if op.has_attribute(TRANSFERS) => {
            for value in op.operands().filter(|value| own::is_box(value.r#type())) {
                let name = name(value);
                let message =
                    format!("reused: {name} ends with this call, which uses its memory again");
                emit_remark(op.location(), &message);
            }
        }
        _ => {}
    }
}

/// Where the source has the drop, and how to say so.
fn place_of_drop<'c: 'a, 'a>(drop: Op<'c, 'a>, value: Val<'c, 'a>) -> (Location<'c>, &'static str) {
    if drop.location() != value.location() {
        return (drop.location(), "here, after its last use");
    }
    match parent(&drop).filter(|around| op_name(*around) != "func.func") {
        // A branch that has no use of it drops it at its start.
        Some(around) if defining_op(value).is_none_or(|op| op.block() != drop.block()) => {
            (around.location(), "here, on a path that does not use it")
        }
        _ => (drop.location(), "at once, since nothing uses it"),
    }
}

/// How a message calls a value.
fn name(value: Val) -> String {
    match known_name(value) {
        Some(name) => format!("`{name}`"),
        None => "a value without a name".to_owned(),
    }
}

/// How the source calls a value, under this name or one that it had before it was moved or carried by a loop.
fn known_name<'c: 'a, 'a>(value: Val<'c, 'a>) -> Option<String> {
    let mut seen = HashSet::new();
    let mut pending = VecDeque::from([value]);
    while let Some(value) = pending.pop_front() {
        if !seen.insert(value_key(value)) {
            continue;
        }
        if let Some(name) = value_name(value) {
            return Some(name);
        }
        let reused = defining_op(value).filter(|op| op_name(*op) == "own.reuse");
        pending.extend(reused.map(|op| operand(op, 0)));
        pending.extend(sources(value));
    }
    None
}
