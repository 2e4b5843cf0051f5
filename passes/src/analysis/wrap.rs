//! Python's negative indices: `i + n if i < 0 else i`.

use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{
    Op, Val, constant_integer, defining_op, integer_attribute, op_name, value_key,
};

/// The number of `slt` in `arith.cmpi`.
const SIGNED_LESS: i64 = 2;

/// An index as it is before negative ones are wrapped, and casts.
pub fn without_wrap<'c: 'a, 'a>(value: Val<'c, 'a>) -> Val<'c, 'a> {
    let mut value = value;
    while let Some(op) = defining_op(value) {
        let inner = match op_name(op) {
            "arith.index_cast" => op.operand(0).ok(),
            "arith.select" => unwrapped(op),
            _ => None,
        };
        match inner {
            Some(inner) => value = inner,
            None => break,
        }
    }
    value
}

/// The index that an `arith.select` wraps, where the operation is such a wrap.
pub fn unwrapped<'c: 'a, 'a>(select: Op<'c, 'a>) -> Option<Val<'c, 'a>> {
    let compare = defining_op(select.operand(0).ok()?)?;
    let index = select.operand(2).ok()?;
    let is_wrap = op_name(compare) == "arith.cmpi"
        && integer_attribute(compare, "predicate") == Some(SIGNED_LESS)
        && value_key(compare.operand(0).ok()?) == value_key(index)
        && constant_integer(compare.operand(1).ok()?) == Some(0);
    is_wrap.then_some(index)
}
