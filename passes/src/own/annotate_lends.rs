//! `own-annotate-lends`: say at each call of which arguments the borrows are parts that it returns.
//!
//! Before: %s, %r = func.call @row(%n, %rows, %out) : (…) -> (i32, !ref)
//! After:  %s, %r = func.call @row(%n, %rows, %out) {own.lends = "1"} : (…) -> (i32, !ref)
//!
//! Requires: functions that return borrows of their arguments only.
//! Leaves: the positions of the arguments, where the called function is known. [`may_lend`] reads them; of other calls, any
//! argument that is borrowed may be meant.

use crate::analysis::origins::origins;
use melior::ir::{TypeLike, ValueLike, attribute::StringAttribute, operation::OperationLike};
use mlc_mlir::{
    Pass,
    rewrite::{
        Op, Val, arguments, nested_blocks, op_name, ops, ops_named, set_attribute, string_attribute,
    },
};
use std::collections::HashMap;

const LENDS: &str = "own.lends";

pub static ANNOTATE_LENDS: Pass = Pass {
    name: "own-annotate-lends",
    summary: "say at each call of which arguments it returns borrows",
    anchor: "builtin.module",
    run: |context, module, _| {
        let functions = nested_blocks(module).into_iter().flat_map(ops);
        let lenders: HashMap<&str, String> = functions
            .filter(|op| op_name(*op) == "func.func")
            .filter_map(|function| {
                Some((string_attribute(function, "sym_name")?, lent_by(function)?))
            })
            .collect();
        if lenders.is_empty() {
            return Ok(());
        }
        for call in ops_named(module, "func.call") {
            let callee = string_attribute(call, "callee").unwrap_or_default();
            if let Some(positions) = lenders.get(callee) {
                let positions = StringAttribute::new(context, positions);
                set_attribute(call, LENDS, positions.into());
            }
        }
        Ok(())
    },
};

/// The positions of the arguments of which a function returns borrows, if it returns any.
fn lent_by<'c: 'a, 'a>(function: Op<'c, 'a>) -> Option<String> {
    let entry = nested_blocks(function).first().copied()?;
    let arguments = arguments(entry);
    let returned: Vec<Val> = (ops_named(function, "func.return").into_iter())
        .flat_map(|op| op.operands().collect::<Vec<_>>())
        .filter(|value| mlc_dialects::own::is_borrow(value.r#type()) || value.r#type().is_mem_ref())
        .collect();
    if returned.is_empty() {
        return None;
    }
    let roots: Vec<Val> = (returned.into_iter().flat_map(origins))
        .map(|origin| origin.root)
        .collect();
    let positions: Vec<String> = (arguments.iter().enumerate())
        .filter(|(_, argument)| roots.contains(argument))
        .map(|(position, _)| position.to_string())
        .collect();
    Some(positions.join(" "))
}

/// Whether what a call returns may be a part of an operand.
pub fn may_lend(call: Op, operand: usize) -> bool {
    string_attribute(call, LENDS).is_none_or(|positions| {
        positions
            .split_whitespace()
            .any(|position| position.parse() == Ok(operand))
    })
}
