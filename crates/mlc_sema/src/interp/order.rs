//! Comparison of values at compile time.

use super::Value;

use crate::hir::CompareOp;
fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
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

pub(crate) fn compare(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    let comparable = std::mem::discriminant(left) == std::mem::discriminant(right);
    if !comparable {
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
