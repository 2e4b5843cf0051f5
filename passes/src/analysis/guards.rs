//! What is known of guards: hidden variables that say how a statement ended, and the conditions on the way.

use super::values::Values;
use melior::ir::ValueLike;
use mlc_mlir::rewrite::{
    Key, Val, constant_integer, defining_op, integer_attribute, op_name, operand, value_key,
};
use std::collections::HashMap;

/// The values that some integers may have.
pub type Facts<'c, 'a> = HashMap<Key, (Val<'c, 'a>, Values)>;

/// Adds that a condition holds, or does not, and what follows for the conditions that it is made of. Returns
/// whether that is possible.
pub fn assume<'c: 'a, 'a>(condition: Val<'c, 'a>, holds: bool, facts: &mut Facts<'c, 'a>) -> bool {
    if !restrict(condition, Values::only(i64::from(holds)), facts) {
        return false;
    }
    let Some(op) = defining_op(condition) else {
        return true;
    };
    match op_name(op) {
        "arith.xori" if constant_integer(operand(op, 1)).is_some_and(|flip| flip & 1 == 1) => {
            assume(operand(op, 0), !holds, facts)
        }
        "arith.andi" if holds => (0..2).all(|at| assume(operand(op, at), true, facts)),
        "arith.ori" if !holds => (0..2).all(|at| assume(operand(op, at), false, facts)),
        "arith.cmpi" => {
            let equal = match integer_attribute(op, "predicate") {
                Some(0) => holds,
                Some(1) => !holds,
                _ => return true,
            };
            let Some(value) = constant_integer(operand(op, 1)) else {
                return true;
            };
            let allowed = match equal {
                true => Values::only(value),
                false => Values::any_but(value),
            };
            restrict(operand(op, 0), allowed, facts)
        }
        _ => true,
    }
}

/// Adds that an integer has one of some values. Returns whether that is possible.
pub fn restrict<'c: 'a, 'a>(
    value: Val<'c, 'a>,
    allowed: Values,
    facts: &mut Facts<'c, 'a>,
) -> bool {
    let known = match evaluate(value, facts, 0) {
        Some(known) => known.and(&allowed),
        None => allowed,
    };
    let possible = !known.is_empty();
    if constant_integer(value).is_none() {
        facts.insert(value_key(value), (value, known));
    }
    possible
}

/// How deep expressions are looked into.
const DEPTH: usize = 8;

/// The values that an expression of guards may have.
pub fn evaluate<'c: 'a, 'a>(
    value: Val<'c, 'a>,
    facts: &Facts<'c, 'a>,
    depth: usize,
) -> Option<Values> {
    if let Some((_, known)) = facts.get(&value_key(value)) {
        return Some(known.clone());
    }
    if let Some(constant) = constant_integer(value) {
        // A boolean is 1 or -1 by the way it is written.
        let is_flag = value.r#type().to_string() == "i1";
        return Some(Values::only(if is_flag { constant & 1 } else { constant }));
    }
    let op = defining_op(value).filter(|_| depth < DEPTH)?;
    let part = |position: usize| evaluate(operand(op, position), facts, depth + 1);
    let flag = |known: Option<bool>| known.map(|known| Values::only(i64::from(known)));
    let is = |known: &Option<Values>, value: i64| {
        known
            .as_ref()
            .is_some_and(|known| known.single() == Some(value))
    };
    match op_name(op) {
        "arith.cmpi" => {
            let equal = part(0)?.equals(&part(1)?);
            match integer_attribute(op, "predicate")? {
                0 => flag(equal),
                1 => flag(equal.map(|equal| !equal)),
                _ => None,
            }
        }
        "arith.andi" => {
            let (left, right) = (part(0), part(1));
            if is(&left, 0) || is(&right, 0) {
                flag(Some(false))
            } else if is(&left, 1) {
                right
            } else if is(&right, 1) {
                left
            } else {
                None
            }
        }
        "arith.ori" => {
            let (left, right) = (part(0), part(1));
            if is(&left, 0) {
                right
            } else if is(&right, 0) {
                left
            } else if is(&left, 1) || is(&right, 1) {
                flag(Some(true))
            } else {
                None
            }
        }
        "arith.xori" => Some(Values::only(part(0)?.single()? ^ part(1)?.single()?)),
        "arith.select" => {
            let choice = part(0);
            if is(&choice, 1) {
                part(1)
            } else if is(&choice, 0) {
                part(2)
            } else {
                Some(part(1)?.or(&part(2)?))
            }
        }
        "arith.index_cast" | "arith.extui" | "arith.index_castui" => part(0),
        _ => None,
    }
}
