//! Whether two accesses of a parallel loop meet whatever the run-time values are, once each dimension has two iterations.
//!
//! "May meet" is all that a dependence test can say of `a[i + k]` and `a[i]`; of `a[i - 1]` and `a[i]` it is certain. The
//! first iterations of the loop, and of the loops inside of it, are put in place of the induction variables: where two
//! indices become one linear expression, the places are one. Conditions around the accesses are not looked at.

use crate::analysis::{
    access::Access,
    dependence::{common_indices, induction_variables},
    floor::{Part, floor_division},
    linear::{Linear, range},
    wrap::{unwrapped, without_wrap},
};
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Key, Op, Val, constant_integer, defining_block, defining_op, integer_attribute, is_inside,
    op_name, operand, value_key,
};
use std::collections::BTreeMap;

/// How many iterations of a loop are looked at.
const ITERATIONS: i128 = 4;
/// How many pairs of iterations are tried.
const MOST_TRIALS: usize = 4096;

/// Whether two different iterations of `around` certainly touch one place, if both run the accesses.
pub fn certainly_meet<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    a: &Access<'c, 'a>,
    b: &Access<'c, 'a>,
) -> bool {
    let Some(pairs) = common_indices(a, b) else {
        return false;
    };
    if numerically_meet(around, &pairs) {
        return true;
    }
    let mut budget = MOST_TRIALS;
    let (first, second): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .map(|(first, second)| (given(first), given(second)))
        .unzip();
    let induction = induction_variables(around);
    let (all_first, all_second) = (
        iterations(around, &induction, &first),
        iterations(around, &induction, &second),
    );
    all_first.iter().any(|(p, first)| {
        all_second.iter().any(|(q, second)| {
            budget = budget.saturating_sub(1);
            budget > 0
                && are_different(p, q)
                && first.iter().zip(second).all(|(a, b)| are_equal(a, b))
        })
    })
}

/// The number of the last of an unknown number of iterations: another one than the first, and perhaps the second.
const LAST: i128 = -1;

/// Whether two iterations certainly differ, if each dimension has two.
fn are_different(p: &[i128], q: &[i128]) -> bool {
    p.iter().zip(q).any(|(p, q)| {
        let (least, most) = (*p.min(q), *p.max(q));
        least != most && (least != LAST || most == 0)
    })
}

/// Whether the indices are numbers once the iteration is, as in `a[i // 2]` and `a[i % 4]`, and equal in two iterations.
fn numerically_meet<'c: 'a, 'a>(around: Op<'c, 'a>, pairs: &[(Val<'c, 'a>, Val<'c, 'a>)]) -> bool {
    let induction = induction_variables(around);
    // As many in all, whatever the number of dimensions.
    let most: i128 = match induction.len() {
        1 => 32,
        2 => 6,
        _ => 3,
    };
    let mut points: Vec<Point> = vec![Point::new()];
    for iv in &induction {
        let Some(range) = range(*iv) else {
            return false;
        };
        let length = range.last.plus(&range.first, -1);
        let unknown = length.terms().next().is_some();
        let trips = if unknown { 2 } else { length.constant + 1 };
        points = (points.iter())
            .flat_map(|point| {
                (0..trips.min(most)).map(|number| {
                    let mut point = point.clone();
                    point.insert(value_key(*iv), number);
                    point
                })
            })
            .collect();
    }
    let places = |first: bool| -> Vec<Option<Vec<i128>>> {
        let of = |point: &Point| {
            (pairs.iter())
                .map(|pair| evaluated(if first { pair.0 } else { pair.1 }, point, 24))
                .collect()
        };
        points.iter().map(of).collect()
    };
    let (first, second) = (places(true), places(false));
    first.iter().enumerate().any(|(p, place)| {
        place.is_some() && (second.iter().enumerate()).any(|(q, other)| q != p && other == place)
    })
}

/// The number of an iteration in each dimension, by induction variable.
type Point = BTreeMap<Key, i128>;

/// An index as a number, where the induction variables have one each.
fn evaluated<'c: 'a, 'a>(value: Val<'c, 'a>, point: &Point, budget: u32) -> Option<i128> {
    if let Some(constant) = constant_integer(value) {
        return Some(constant.into());
    }
    if let Some(number) = point.get(&value_key(value)) {
        return Some(*number);
    }
    let op = defining_op(value).filter(|_| budget > 0)?;
    let of = |position: usize| evaluated(operand(op, position), point, budget - 1);
    let divided = |(part, dividend, divisor): (Part, Val<'c, 'a>, Val<'c, 'a>)| {
        let dividend = evaluated(dividend, point, budget - 1)?;
        let divisor: i128 = constant_integer(divisor)
            .filter(|divisor| *divisor > 0)?
            .into();
        Some(match part {
            Part::Quotient => dividend.div_euclid(divisor),
            Part::Remainder => dividend.rem_euclid(divisor),
        })
    };
    match op_name(op) {
        "arith.index_cast" => of(0),
        "arith.addi" => of(0)?.checked_add(of(1)?),
        "arith.subi" => of(0)?.checked_sub(of(1)?),
        "arith.muli" => of(0)?.checked_mul(of(1)?),
        "arith.minsi" => Some(of(0)?.min(of(1)?)),
        "arith.maxsi" => Some(of(0)?.max(of(1)?)),
        // Truncating operations agree with flooring ones on what is not negative.
        "arith.divui" | "arith.divsi" if of(0)? >= 0 => {
            divided((Part::Quotient, operand(op, 0), operand(op, 1)))
        }
        "arith.remui" | "arith.remsi" if of(0)? >= 0 => {
            divided((Part::Remainder, operand(op, 0), operand(op, 1)))
        }
        "arith.floordivsi" => divided((Part::Quotient, operand(op, 0), operand(op, 1))),
        "arith.shrsi" => Some(of(0)? >> of(1).filter(|bits| (0..64).contains(bits))?),
        "arith.shli" => of(0)?.checked_mul(1 << of(1).filter(|bits| (0..62).contains(bits))?),
        "arith.andi" => Some(of(0)? & of(1)?),
        "arith.select" => match unwrapped(op) {
            // A negative one counts from an end that is not known.
            Some(index) => evaluated(index, point, budget - 1).filter(|index| *index >= 0),
            None => divided(floor_division(op)?),
        },
        _ => None,
    }
}

/// An index as it is before negative ones wrap: both wrap, or both do not.
fn given<'c: 'a, 'a>(value: Val<'c, 'a>) -> Linear<'c, 'a> {
    Linear::of(without_wrap(value))
}

fn are_equal<'c: 'a, 'a>(a: &Linear<'c, 'a>, b: &Linear<'c, 'a>) -> bool {
    let difference = a.plus(b, -1);
    difference.constant == 0 && difference.terms().next().is_none()
}

/// The indices in the first iterations of a loop, with the numbers of these iterations; none where an index depends on
/// more than induction variables.
fn iterations<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    induction: &[Val<'c, 'a>],
    indices: &[Linear<'c, 'a>],
) -> Vec<(Vec<i128>, Vec<Linear<'c, 'a>>)> {
    let mut found = vec![(Vec::new(), indices.to_vec())];
    for iv in induction {
        found = found
            .into_iter()
            .flat_map(|(numbers, indices)| {
                values(*iv).into_iter().map(move |(number, value)| {
                    let numbers = [&numbers[..], &[number]].concat();
                    (numbers, substituted(&indices, *iv, &value))
                })
            })
            .collect();
    }
    // Inner loops, outermost last: bounds may name the variables of outer ones.
    loop {
        let inner = found
            .iter()
            .flat_map(|(_, indices)| indices)
            .flat_map(Linear::terms)
            .map(|(symbol, _)| symbol)
            .filter(|symbol| is_inside(*symbol, around))
            .max_by_key(|symbol| depth(*symbol));
        let Some(inner) = inner else {
            return found;
        };
        if defining_op(inner).is_some() {
            return Vec::new();
        }
        let values = values(inner);
        // A value of the body, such as one that was read: nothing is certain of it.
        if values.is_empty() || found.len() * values.len() > MOST_TRIALS {
            return Vec::new();
        }
        found = found
            .into_iter()
            .flat_map(|(numbers, indices)| {
                values
                    .iter()
                    .map(|(_, value)| (numbers.clone(), substituted(&indices, inner, value)))
                    .collect::<Vec<_>>()
            })
            .collect();
    }
}

fn substituted<'c: 'a, 'a>(
    indices: &[Linear<'c, 'a>],
    symbol: Val<'c, 'a>,
    by: &Linear<'c, 'a>,
) -> Vec<Linear<'c, 'a>> {
    (indices.iter())
        .map(|index| index.substitute(symbol, by))
        .collect()
}

/// The first values of an induction variable, and the last where it is known; two where the number is not.
fn values<'c: 'a, 'a>(iv: Val<'c, 'a>) -> Vec<(i128, Linear<'c, 'a>)> {
    let Some(range) = range(iv) else {
        return Vec::new();
    };
    let step = step(iv);
    let length = range.last.plus(&range.first, -1);
    let at = |number: i128| {
        let offset = Linear::constant(number * step);
        (number, range.first.plus(&offset, 1))
    };
    if length.terms().next().is_some() {
        let last = (step == 1).then_some((LAST, range.last));
        return [at(0), at(1)].into_iter().chain(last).collect();
    }
    let trips = (length.constant + step).div_euclid(step).max(0);
    let last = (trips > ITERATIONS).then_some(trips - 1);
    (0..trips.min(ITERATIONS)).chain(last).map(at).collect()
}

fn step(iv: Val) -> i128 {
    let op = defining_block(iv).and_then(|block| block.parent_operation());
    op.filter(|op| op_name(*op) == "scf.for")
        .and_then(|op| constant_integer(op.operand(2).ok()?))
        .map_or(1, i128::from)
}

fn depth(value: Val) -> usize {
    let around = defining_block(value).and_then(|block| block.parent_operation());
    std::iter::successors(around, |op| mlc_mlir::rewrite::parent(op)).count()
}

/// Whether one iteration uses the same index for both accesses, in every step.
pub fn have_one_index<'c: 'a, 'a>(a: &Access<'c, 'a>, b: &Access<'c, 'a>) -> bool {
    common_indices(a, b).is_some_and(|pairs| {
        (pairs.iter()).all(|(first, second)| are_one_expression(*first, *second, 16))
    })
}

/// Whether two values are computed alike, from the same values; what they load is taken not to change in between.
fn are_one_expression<'c: 'a, 'a>(first: Val<'c, 'a>, second: Val<'c, 'a>, budget: u32) -> bool {
    if value_key(first) == value_key(second) {
        return true;
    }
    let (Some(one), Some(other)) = (defining_op(first), defining_op(second)) else {
        return false;
    };
    budget > 0
        && op_name(one) == op_name(other)
        && one.region_count() == 0
        && constant_integer(first) == constant_integer(second)
        && (["predicate", "field"].into_iter())
            .all(|name| integer_attribute(one, name) == integer_attribute(other, name))
        && one.operand_count() == other.operand_count()
        && (one.operands().zip(other.operands()))
            .all(|(first, second)| are_one_expression(first, second, budget - 1))
}
