//! `own-elide-copies`: hand a value over instead of copying it where the original ends.
//!
//! Before:                                    After:
//!   %b = own.borrow %x : !box -> !ref          %c is %x
//!   %c = own.copy %b : !ref -> !box
//!   own.drop %x : !box
//!
//! Requires: `own-insert-drops`, which puts the drop of a value whose last use is a copy right behind it.
//! An argument may be memory that somebody else has lent: it is handed over by `own.reuse … keep`, which copies that when the
//! program runs. A text, or an object of Python, is counted and never changes: it is handed over whoever made it.
//!
//! Does not: elide copies of parts.

use melior::{
    Context,
    ir::{Attribute, BlockLike, Type, TypeLike, ValueLike, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass,
    rewrite::{
        Cursor, Op, Val, defining_block, defining_op, erase, is_unused, op_name, operand,
        ops_named, replace_all_uses, results,
    },
};

pub static ELIDE_COPIES: Pass = Pass {
    name: "own-elide-copies",
    summary: "hand values over instead of copying them where the originals end",
    anchor: "builtin.module",
    run: |context, module, _| {
        for copy in ops_named(module, "own.copy") {
            elide(context, copy);
        }
        Ok(())
    },
};

fn elide<'c>(context: &'c Context, copy: Op<'c, '_>) {
    let Some((original, borrows)) = original(operand(copy, 0)) else {
        return;
    };
    let Some(drop) = drop_behind(copy, original) else {
        return;
    };
    // A text is the same whoever has it.
    let is_counted = own::payload(original.r#type())
        .is_some_and(|payload| matches!(own::kind(payload), own::Kind::Str | own::Kind::Object));
    let around = function_of_argument(original).filter(|_| !is_counted);
    let elements_own = own_by_elements(original.r#type());
    if elements_own && around.is_some_and(|function| function.has_attribute("mlc.export")) {
        return;
    }
    if around.is_some() && !elements_own {
        erase(drop);
        let at = Cursor::before(context, copy);
        let keep = [("keep", Attribute::unit(context))];
        let taken = at.value("own.reuse", &[original], original.r#type(), &keep);
        replace_all_uses(results(copy)[0], taken);
    } else {
        erase(drop);
        replace_all_uses(results(copy)[0], original);
    }
    erase(copy);
    for borrow in borrows {
        if is_unused(results(borrow)[0]) {
            erase(borrow);
        }
    }
}

/// The box that all of is borrowed, and the operations that borrow it, the last one first.
fn original<'c: 'a, 'a>(borrow: Val<'c, 'a>) -> Option<(Val<'c, 'a>, Vec<Op<'c, 'a>>)> {
    let mut value = borrow;
    let mut borrows = Vec::new();
    while !own::is_box(value.r#type()) {
        let op = defining_op(value)?;
        if !matches!(op_name(op), "own.borrow" | "own.borrow_mut") {
            return None;
        }
        borrows.push(op);
        value = operand(op, 0);
    }
    Some((value, borrows))
}

/// The function that a box is an argument of: it comes from a caller, in the end from one that is not ours, which may have lent
/// its memory, and a copy is apart from it.
fn function_of_argument<'c: 'a, 'a>(value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    let around = defining_block(value).and_then(|block| block.parent_operation());
    around.filter(|op| defining_op(value).is_none() && op_name(*op) == "func.func")
}

/// Whether the elements of a payload may own memory.
fn own_by_elements(ty: Type) -> bool {
    let Some(payload) = own::payload(ty) else {
        return true;
    };
    match own::list_element(payload) {
        Some(element) => own::kind(element) != own::Kind::Other || element.is_mem_ref(),
        None => !payload.is_mem_ref(),
    }
}

/// The drop of a box among the drops that follow an operation.
fn drop_behind<'c: 'a, 'a>(op: Op<'c, 'a>, value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    std::iter::successors(op.next_in_block(), |op| op.next_in_block())
        .take_while(|op| op_name(*op) == "own.drop")
        .find(|op| operand(*op, 0) == value)
}
