//! Comparison of values at compile time.

use super::Value;

use crate::hir::CompareOp;
fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Float(b)) => with_float(*a, *b),
        (Value::Float(a), Value::Int(b)) => with_float(*b, *a).map(std::cmp::Ordering::reverse),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Items(a), Value::Items(b)) => {
            let (a, b) = (a.borrow(), b.borrow());
            for (left, right) in a.iter().zip(b.iter()) {
                match order(left, right)? {
                    std::cmp::Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        _ => None,
    }
}

/// An integer of 64 bits beside a float: where it rounds to that, the rest decides.
fn with_float(int: i128, float: f64) -> Option<std::cmp::Ordering> {
    let rounded = (int as f64).partial_cmp(&float)?;
    Some(rounded.then_with(|| int.cmp(&(float as i128))))
}

pub(crate) fn compare(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    let are_numbers = matches!(
        (left, right),
        (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_))
    );
    if !are_numbers && std::mem::discriminant(left) != std::mem::discriminant(right) {
        return None;
    }
    // A NaN is unordered: only `!=` is true of it.
    let order = order(left, right);
    Some(match op {
        CompareOp::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
        CompareOp::Ne => !order.is_some_and(std::cmp::Ordering::is_eq),
        CompareOp::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
        CompareOp::Le => order.is_some_and(std::cmp::Ordering::is_le),
        CompareOp::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        CompareOp::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
    })
}
