//! The operands of `own.slice`, and whether two ranges of positions are apart.
//!
//! Bounds of slices are clamped (`min(i, n)`, counted from the end where they are negative), so that what is compared is not
//! linear as a whole: operations that are computed alike from the same values are equal, and a minimum grows with its operands.

use super::{access::Index, linear::Linear};
use melior::ir::{ValueLike, attribute::DenseI32ArrayAttribute, operation::OperationLike};
use mlc_mlir::rewrite::{Op, Val, defining_op, op_name, operand, position, value_key};

/// The fixed indices and the bounds of an `own.slice`.
pub fn operands<'c: 'a, 'a>(op: Op<'c, 'a>) -> (Vec<Val<'c, 'a>>, Option<[Index<'c, 'a>; 2]>) {
    let segments = (op.attribute("operandSegmentSizes").ok())
        .and_then(|attribute| DenseI32ArrayAttribute::try_from(attribute).ok());
    let count = |segment| match &segments {
        Some(segments) => segments.element(segment).unwrap_or(0) as usize,
        None => 0,
    };
    let (indices, bounds) = (count(1), count(2));
    let fixed = (1..=indices).map(|at| operand(op, at)).collect();
    let range = (bounds == 2).then(|| [1, 2].map(|at| Index::of(operand(op, indices + at))));
    (fixed, range)
}

/// Linear bounds of a range: those that were written, where both are clamped at one end. A start behind the end makes an
/// empty range, so that all positions lie between the bounds as they were before.
pub fn unclamped<'c: 'a, 'a>(range: &[Index<'c, 'a>; 2]) -> [Linear<'c, 'a>; 2] {
    let [start, stop] = range;
    match (minimum(start.value), minimum(stop.value)) {
        (Some(from), Some(to)) if is_same(from[1], to[1], 8) => {
            [Linear::of(from[0]), Linear::of(to[0])]
        }
        _ => [start.linear.clone(), stop.linear.clone()],
    }
}

/// Whether no position is in both ranges.
pub fn are_apart<'c: 'a, 'a>(first: &[Index<'c, 'a>; 2], second: &[Index<'c, 'a>; 2]) -> bool {
    never_above(first[1].value, second[0].value, 8)
        || never_above(second[1].value, first[0].value, 8)
}

/// Whether the first value is known not to be greater than the second.
fn never_above<'c: 'a, 'a>(first: Val<'c, 'a>, second: Val<'c, 'a>, depth: u32) -> bool {
    if is_same(first, second, depth) {
        return true;
    }
    if depth == 0 {
        return false;
    }
    let below = Linear::of(second).plus(&Linear::of(first), -1);
    if below.is_non_negative() {
        return true;
    }
    let (a, b) = (minimum(first), minimum(second));
    match (a, b) {
        (Some(a), Some(b)) if is_same(a[1], b[1], depth) => {
            never_above(a[0], b[0], depth - 1) || never_above(a[0], second, depth - 1)
        }
        (Some(a), _) => a.iter().any(|part| never_above(*part, second, depth - 1)),
        (None, Some(b)) => b.iter().all(|part| never_above(first, *part, depth - 1)),
        _ => false,
    }
}

/// The operands of a minimum.
fn minimum<'c: 'a, 'a>(value: Val<'c, 'a>) -> Option<[Val<'c, 'a>; 2]> {
    let op = defining_op(value).filter(|op| op_name(*op) == "arith.minsi")?;
    Some([operand(op, 0), operand(op, 1)])
}

/// Whether two values are computed alike from the same values.
fn is_same<'c: 'a, 'a>(first: Val<'c, 'a>, second: Val<'c, 'a>, depth: u32) -> bool {
    if value_key(first) == value_key(second) {
        return true;
    }
    let (Some(a), Some(b)) = (defining_op(first), defining_op(second)) else {
        return false;
    };
    let name = op_name(a);
    let repeats = name.starts_with("arith.")
        || matches!(
            name,
            "own.len" | "own.borrow" | "own.borrow_mut" | "own.field" | "own.view" | "memref.dim"
        );
    let is_borrow = |name| matches!(name, "own.borrow" | "own.borrow_mut");
    depth > 0
        && repeats
        && (name == op_name(b) || is_borrow(name) && is_borrow(op_name(b)))
        && position(first) == position(second)
        && (first.r#type() == second.r#type() || is_borrow(name))
        && a.operand_count() == b.operand_count()
        && (["value", "predicate", "field"].into_iter())
            .all(|attribute| a.attribute(attribute).ok() == b.attribute(attribute).ok())
        && (0..a.operand_count()).all(|at| is_same(operand(a, at), operand(b, at), depth - 1))
}
