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
//! A list or array of a few elements whose number is written, such as that of `for step in (-1, 0, 1)`, has its elements in the frame
//! too (`stack_elements`): they count as somebody else's, which a drop leaves alone and growing replaces.
//!
//! Requires: `own-insert-drops`.
//! What a `par.for` makes in an iteration is in the frame of that iteration, which `par-outline` makes one for each chunk.
//!
//! Does not: mark cells of structs with a destructor, which takes the cell over; nor boxes of the iterations of a `par.for` where
//! accesses are logged, since a place that iterations use one after the other would look shared.

use crate::{
    analysis::borrows::{consumes, uses_of},
    convert::layout::{extents, layout, memref_element},
    race_options::RaceOptions,
};
use melior::{
    Context,
    ir::{Attribute, TypeLike, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass,
    rewrite::{
        Op, Val, all_ops, constant_integer, enclosing, erase, op_name, operand, ops_named,
        replace_all_uses, results, set_attribute, uses,
    },
};

pub static STACK_PROMOTE: Pass = Pass {
    name: "own-stack-promote",
    summary: "keep cells that never leave a function in its frame",
    anchor: "builtin.module",
    run: |context, module, _| {
        let logged = RaceOptions::of(module).log_accesses;
        for function in ops_named(module, "func.func") {
            for moved in ops_named(function, "own.move") {
                replace_all_uses(results(moved)[0], operand(moved, 0));
                erase(moved);
            }
            for op in all_ops(function) {
                if !logged || enclosing(op, &["par.for"]).is_none() {
                    promote(context, op);
                }
            }
        }
        Ok(())
    },
};

/// The mark of a new value whose elements are in the frame.
pub const ELEMENTS: &str = "stack_elements";

/// The most bytes that the elements of one value take in a frame.
const MOST_BYTES: i64 = 256;

/// Marks an operation that makes a box if all that consumes the box is a drop.
fn promote<'c>(context: &'c Context, op: Op<'c, '_>) {
    let makes = matches!(
        op_name(op),
        "own.new" | "own.new_list" | "own.new_array" | "own.copy" | "own.take"
    );
    if !makes {
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
        if size_of_elements(context, op).is_some_and(|size| size <= MOST_BYTES)
            && keeps_header(cell)
        {
            set_attribute(op, ELEMENTS, Attribute::unit(context));
        }
    }
}

/// How many bytes the elements of a new list or array take that own nothing, where their number is known.
fn size_of_elements<'c>(context: &'c Context, op: Op<'c, '_>) -> Option<i64> {
    let payload = own::payload(results(op)[0].r#type())?;
    let (count, element) = match op_name(op) {
        "own.new_list" => {
            let count = constant_integer(op.operand(0).ok()?)?;
            (count, own::list_element(payload)?)
        }
        "own.new_array" => {
            let extents: Option<Vec<i64>> = extents(payload).into_iter().collect();
            let count = extents?.into_iter().try_fold(1_i64, i64::checked_mul)?;
            (count, memref_element(payload)?)
        }
        _ => return None,
    };
    let layout = layout(context, element);
    let owns = layout.owns || element.is_mem_ref();
    (!owns && count > 0).then(|| count.checked_mul(layout.size))?
}

/// Whether nothing takes the header of a value elsewhere, which would outlive the frame. Functions that only read it do not.
fn keeps_header(cell: Val) -> bool {
    uses_of(cell).into_iter().all(|r#use| {
        let op = r#use.op;
        match op_name(op) {
            "own.borrow" | "own.borrow_mut" | "own.elem" | "own.field" | "own.len" | "own.view"
            | "own.load" | "own.store" | "own.keep" | "own.drop" | "memref.load"
            | "memref.store" | "memref.dim" | "memref.prefetch" => true,
            "func.call" => {
                (op.operands()).all(|operand| own::kind(operand.r#type()) != own::Kind::Mut)
            }
            _ => false,
        }
    })
}
