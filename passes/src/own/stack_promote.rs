//! `own-stack-promote`: keep the cells of boxes that never leave a function in its frame.
//!
//! Before:                                    After:
//!   %l = own.new_list %n : !box                %l = own.new_list %n {stack} : !box
//!   %b = own.borrow %l : !box -> !ref          %b = own.borrow %l : !box -> !ref
//!   …                                          …
//!   own.drop %l : !box                         own.drop %l : !box
//!
//! `convert-own` makes a cell that is marked `stack` an `llvm.alloca` at the start of the function; its
//! drops free what the payload owns, not the cell. Moves to another name, which do nothing at run time,
//! are removed first.
//!
//! Requires: `own-insert-drops`.
//! Does not: mark boxes of the iterations of a `par.for`, which have no frame of their own yet, nor cells of structs with a
//! destructor, which takes the cell over.

use crate::analysis::borrows::consumes;
use melior::{
    Context,
    ir::{Attribute, ValueLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass,
    rewrite::{
        Op, all_ops, enclosing, erase, op_name, operand, ops_named, replace_all_uses, results,
        set_attribute, uses,
    },
};

pub static STACK_PROMOTE: Pass = Pass {
    name: "own-stack-promote",
    summary: "keep cells that never leave a function in its frame",
    anchor: "builtin.module",
    run: |context, module, _| {
        for function in ops_named(module, "func.func") {
            for moved in ops_named(function, "own.move") {
                replace_all_uses(results(moved)[0], operand(moved, 0));
                erase(moved);
            }
            for op in all_ops(function) {
                promote(context, op);
            }
        }
        Ok(())
    },
};

/// Marks an operation that makes a box if all that consumes the box is a drop.
fn promote<'c>(context: &'c Context, op: Op<'c, '_>) {
    let makes = matches!(
        op_name(op),
        "own.new" | "own.new_list" | "own.new_array" | "own.copy" | "own.take"
    );
    if !makes || enclosing(op, &["par.for"]).is_some() {
        return;
    }
    let cell = results(op)[0];
    // A destructor takes the cell over.
    let destructor = own::payload(cell.r#type()).and_then(own::struct_destructor);
    let stays = destructor.is_none()
        && own::is_box(cell.r#type())
        && (uses(cell).into_iter())
            .all(|(user, position)| op_name(user) == "own.drop" || !consumes(user, position));
    if stays {
        set_attribute(op, "stack", Attribute::unit(context));
    }
}
