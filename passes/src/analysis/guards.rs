//! What is known of guards: hidden variables that say how a statement ended, and the conditions on the way.

use melior::ir::ValueLike;
use mlc_mlir::rewrite::{
    Key, Val, constant_integer, defining_op, integer_attribute, op_name, operand, value_key,
};
use std::collections::{BTreeSet, HashMap};

/// The values that some integers may have.
pub type Facts<'c, 'a> = HashMap<Key, (Val<'c, 'a>, BTreeSet<i64>)>;

/// Adds that a condition holds, or does not, and what follows for the conditions that it is made of.
pub fn assume<'c: 'a, 'a>(condition: Val<'c, 'a>, holds: bool, facts: &mut Facts<'c, 'a>) {
    if constant_integer(condition).is_some() {
        return;
    }
    let known = |value: i64| BTreeSet::from([value]);
    facts.insert(value_key(condition), (condition, known(i64::from(holds))));
    let Some(op) = defining_op(condition) else {
        return;
    };
    match op_name(op) {
        "arith.xori" if constant_integer(operand(op, 1)).is_some_and(|flip| flip & 1 == 1) => {
            assume(operand(op, 0), !holds, facts);
        }
        "arith.andi" if holds => (0..2).for_each(|at| assume(operand(op, at), true, facts)),
        "arith.ori" if !holds => (0..2).for_each(|at| assume(operand(op, at), false, facts)),
        "arith.cmpi" => {
            let equal = match integer_attribute(op, "predicate") {
                Some(0) => holds,
                Some(1) => !holds,
                _ => return,
            };
            if let (true, Some(value)) = (equal, constant_integer(operand(op, 1))) {
                let left = operand(op, 0);
                facts.insert(value_key(left), (left, known(value)));
            }
        }
        _ => {}
    }
}

/// How deep expressions are looked into.
const DEPTH: usize = 8;

/// The values that an expression of guards may have.
pub fn evaluate<'c: 'a, 'a>(
    value: Val<'c, 'a>,
    facts: &Facts<'c, 'a>,
    depth: usize,
) -> Option<BTreeSet<i64>> {
    if let Some((_, set)) = facts.get(&value_key(value)) {
        return Some(set.clone());
    }
    if let Some(constant) = constant_integer(value) {
        // A boolean is 1 or -1 by the way it is written.
        let is_flag = value.r#type().to_string() == "i1";
        return Some(BTreeSet::from([if is_flag {
            constant & 1
        } else {
            constant
        }]));
    }
    let op = defining_op(value).filter(|_| depth < DEPTH)?;
    let part = |position: usize| evaluate(operand(op, position), facts, depth + 1);
    let flag = |known: Option<bool>| known.map(|known| BTreeSet::from([i64::from(known)]));
    let is = |set: &Option<BTreeSet<i64>>, value: i64| *set == Some(BTreeSet::from([value]));
    match op_name(op) {
        "arith.cmpi" => {
            let (left, right) = (part(0)?, part(1)?);
            let equal = if left.is_disjoint(&right) {
                Some(false)
            } else if left.len() == 1 && left == right {
                Some(true)
            } else {
                None
            };
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
        "arith.xori" => {
            let (left, right) = (part(0)?, part(1)?);
            match (left.len(), right.len()) {
                (1, 1) => Some(BTreeSet::from([left.first()? ^ right.first()?])),
                _ => None,
            }
        }
        "arith.select" => {
            let choice = part(0);
            if is(&choice, 1) {
                part(1)
            } else if is(&choice, 0) {
                part(2)
            } else {
                Some(part(1)?.union(&part(2)?).copied().collect())
            }
        }
        "arith.index_cast" | "arith.extui" | "arith.index_castui" => part(0),
        _ => None,
    }
}
