//! Whether two values are known to be the same, or to lead to different memory.

use melior::ir::{BlockLike, Value, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, defining_block, defining_op, op_name, operand, position, value_key};

/// Whether two values of one statement are known to be the same: they are computed alike from the same values.
pub fn is_same(a: Value, b: Value) -> bool {
    if value_key(a) == value_key(b) {
        return true;
    }
    let (Some(first), Some(second)) = (defining_op(a), defining_op(b)) else {
        return false;
    };
    let name = op_name(first);
    let repeats = name.starts_with("arith.")
        || matches!(
            name,
            "own.len"
                | "own.field"
                | "own.view"
                | "memref.dim"
                | "llvm.mlir.addressof"
                | "builtin.unrealized_conversion_cast"
        );
    let is_borrow = |op: Op| matches!(op_name(op), "own.borrow" | "own.borrow_mut");
    if is_borrow(first) && is_borrow(second) {
        return is_same(operand(first, 0), operand(second, 0));
    }
    repeats
        && name == op_name(second)
        && position(a) == position(b)
        && first.operand_count() == second.operand_count()
        && ["value", "predicate", "field", "global_name"]
            .into_iter()
            .all(|attribute| first.attribute(attribute).ok() == second.attribute(attribute).ok())
        && (0..first.operand_count()).all(|at| is_same(operand(first, at), operand(second, at)))
}

/// Whether two borrows may lead to the same memory, where one of them is written through.
pub fn may_share(a: Value, b: Value) -> bool {
    let (a, b) = (origin(a), origin(b));
    if is_same(a, b) {
        return true;
    }
    match (is_global(a), is_global(b)) {
        (true, true) => false,
        (true, false) => !own::is_box(b.r#type()),
        (false, true) => !own::is_box(a.r#type()),
        (false, false) => !is_distinct(a) || !is_distinct(b),
    }
}

/// What a borrow comes from.
fn origin<'c: 'm, 'm>(borrow: Value<'c, 'm>) -> Value<'c, 'm> {
    let mut value = borrow;
    while let Some(op) = defining_op(value)
        && matches!(
            op_name(op),
            "own.borrow"
                | "own.borrow_mut"
                | "own.elem"
                | "own.field"
                | "own.slice"
                | "own.header"
                | "builtin.unrealized_conversion_cast"
        )
    {
        value = operand(op, 0);
    }
    value
}

/// Whether an origin is the address of a top-level variable.
fn is_global(origin: Value) -> bool {
    defining_op(origin).is_some_and(|op| op_name(op) == "llvm.mlir.addressof")
}

/// Whether an origin shares its memory with no other: a value that is owned, or an argument, of which none overlaps with
/// one that is written through.
fn is_distinct(origin: Value) -> bool {
    if own::is_box(origin.r#type()) {
        return true;
    }
    let around = defining_block(origin).and_then(|block| block.parent_operation());
    defining_op(origin).is_none() && around.is_some_and(|op| op_name(op) == "func.func")
}
