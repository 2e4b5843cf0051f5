//! `own-annotate-globals`: say at each call which top-level values the called function may change.
//!
//! Before: func.call @grow() : () -> ()
//! After:  func.call @grow() {own.changes = "m.log m.count"} : () -> ()
//!
//! Leaves: the names of the values, by the functions that are called in turn too. Passes that look at one function at a time
//! read them with [`changed_by`].

use crate::analysis::origins::global_uses;
use melior::ir::attribute::StringAttribute;
use mlc_mlir::{
    Pass,
    rewrite::{Op, nested_blocks, op_name, ops, ops_named, set_attribute, string_attribute},
};

const CHANGES: &str = "own.changes";

pub static ANNOTATE_GLOBALS: Pass = Pass {
    name: "own-annotate-globals",
    summary: "say at each call which top-level values it may change",
    anchor: "builtin.module",
    run: |context, module, _| {
        let mut functions: Vec<Op> = nested_blocks(module).into_iter().flat_map(ops).collect();
        functions.retain(|op| op_name(*op) == "func.func");
        let uses = global_uses(&functions);
        for call in ops_named(module, "func.call") {
            let callee = string_attribute(call, "callee").unwrap_or_default();
            let changed: Vec<&str> = (uses.get(callee).into_iter().flatten())
                .filter(|(_, r#use)| r#use.writes())
                .map(|(global, _)| *global)
                .collect();
            if !changed.is_empty() {
                let names = StringAttribute::new(context, &changed.join(" "));
                set_attribute(call, CHANGES, names.into());
            }
        }
        Ok(())
    },
};

/// The top-level values that an operation may change by what it calls.
pub fn changed_by<'c>(op: Op<'c, '_>) -> impl Iterator<Item = &'c str> {
    string_attribute(op, CHANGES)
        .unwrap_or_default()
        .split_whitespace()
}
