//! Whether two accesses of different iterations of a parallel loop can meet.
//!
//! For linear indices this is the classic dependence question, answered by the greatest-common-divisor test and by
//! bounds (Banerjee, *Dependence Analysis*, 1997): the equation "index of iteration p = index of iteration q" has no
//! solution with p different from q.

use crate::analysis::{
    access::{Access, HEADER, Index, Mode, Step},
    linear::{Linear, range},
    slice::unclamped,
};
use melior::ir::Value;
use mlc_mlir::rewrite::{Op, Val, arguments, is_inside, nested_blocks, op_name, value_key};
use std::collections::BTreeSet;

/// Whether the accesses of two different iterations of `around` (a `par.for` or an
/// `scf.for`) never touch the same place.
pub fn separated<'c: 'a, 'a>(around: Op<'c, 'a>, a: &Access<'c, 'a>, b: &Access<'c, 'a>) -> bool {
    let induction = induction(around);
    // The induction variables in which the iterations must agree if the places are one.
    let mut agreed = BTreeSet::new();
    for (first, second) in a.path.iter().zip(&b.path) {
        match (first, second) {
            (Step::Field(first), Step::Field(second)) if first != second => return true,
            (Step::Field(_), Step::Field(_)) => {}
            (Step::At(first), Step::At(second)) if first.len() == second.len() => {
                for (first, second) in first.iter().zip(second) {
                    match compare(around, &induction, [&first.linear; 2], [&second.linear; 2]) {
                        Verdict::NeverEqual => return true,
                        Verdict::EqualOnlyIfSame(ivs) => agreed.extend(ivs),
                        Verdict::Unknown => {}
                    }
                }
            }
            // What lies at fewer indices is all of the other dimensions; below, shapes differ.
            (Step::At(first), Step::At(second)) => {
                for (first, second) in first.iter().zip(second) {
                    match compare(around, &induction, [&first.linear; 2], [&second.linear; 2]) {
                        Verdict::NeverEqual => return true,
                        Verdict::EqualOnlyIfSame(ivs) => agreed.extend(ivs),
                        Verdict::Unknown => {}
                    }
                }
                break;
            }
            (Step::Range(first), Step::Range(second)) => {
                let (first, second) = (last_included(first), last_included(second));
                let [a, b] = [[&first[0], &first[1]], [&second[0], &second[1]]];
                match compare(around, &induction, a, b) {
                    Verdict::NeverEqual => return true,
                    Verdict::EqualOnlyIfSame(ivs) => agreed.extend(ivs),
                    Verdict::Unknown => {}
                }
                break;
            }
            // A header apart from an element, or shapes that do not match: nothing is known below.
            (Step::Field(_), Step::At(_) | Step::Range(_))
            | (Step::At(_) | Step::Range(_), Step::Field(_)) => return true,
            _ => break,
        }
    }
    agreed.len() == induction.len()
}

/// Whether all of these accesses, reads and writes of what one owner owns, are separated for a reason that they share: the
/// same indices keep the iterations apart, as in `a[i, 2] = a[i, 0] + a[i, 1]`. Takes as long as there are accesses, not pairs.
pub fn all_separated<'c: 'a, 'a>(around: Op<'c, 'a>, accesses: &[&Access<'c, 'a>]) -> bool {
    let induction = induction(around);
    let mut agreed = BTreeSet::new();
    let mut meeting = accesses.to_vec();
    for level in 0.. {
        let is_header = |access: &&Access| {
            let header = matches!(access.path.get(level), Some(Step::Field(HEADER)));
            header && access.mode == Mode::Read
        };
        let (headers, others): (Vec<&Access>, Vec<&Access>) =
            meeting.iter().partition(|access| is_header(access));
        let Some(steps) = (others.iter())
            .map(|access| access.path.get(level))
            .collect::<Option<Vec<_>>>()
        else {
            break;
        };
        match steps.first() {
            // Headers are apart from elements, and only read.
            Some(Step::At(first)) => {
                for dimension in 0..first.len() {
                    let one = &first[dimension].linear;
                    let key = one.key();
                    let is_same = |step: &&Step| match step {
                        Step::At(indices) if indices.len() == first.len() => {
                            indices[dimension].linear.key() == key
                        }
                        _ => false,
                    };
                    if steps.iter().all(is_same)
                        && let Verdict::EqualOnlyIfSame(ivs) =
                            compare(around, &induction, [one; 2], [one; 2])
                    {
                        agreed.extend(ivs);
                    }
                }
                let is_at = |step: &&Step| matches!(step, Step::At(indices) if indices.len() == first.len());
                if !steps.iter().all(is_at) {
                    break;
                }
            }
            Some(Step::Field(first)) if headers.is_empty() => {
                let is_same = |step: &&Step| matches!(step, Step::Field(field) if field == first);
                if !steps.iter().all(is_same) {
                    break;
                }
            }
            _ => break,
        }
        meeting = others;
    }
    agreed.len() == induction.len()
}

/// The variables that tell the iterations of a `par.for` or an `scf.for` apart.
fn induction<'c: 'a, 'a>(around: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
    let mut induction: Vec<Val> = nested_blocks(around)
        .first()
        .map(|body| arguments(*body))
        .unwrap_or_default();
    if op_name(around) == "scf.for" {
        induction.truncate(1);
    }
    induction
}

/// The first and the last position of a range, if it is not empty.
fn last_included<'c: 'a, 'a>(range: &[Index<'c, 'a>; 2]) -> [Linear<'c, 'a>; 2] {
    let [first, end] = unclamped(range);
    [first, end.plus(&Linear::constant(1), -1)]
}

/// Multiples of larger numbers may leave 64 bits in a loop that ends (see `magnitude.rs`).
const MOST_COEFFICIENT: i128 = 1 << 13;

enum Verdict {
    /// No two iterations, and not one with itself, give equal indices.
    NeverEqual,
    /// Equal indices mean that the iterations agree in these induction variables, by number.
    EqualOnlyIfSame(Vec<usize>),
    Unknown,
}

/// Compares positions, each between a first and a last one.
fn compare<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    induction: &[Val<'c, 'a>],
    [a, a_last]: [&Linear<'c, 'a>; 2],
    [b, b_last]: [&Linear<'c, 'a>; 2],
) -> Verdict {
    let single = std::ptr::eq(a, a_last) && std::ptr::eq(b, b_last);
    let otherwise = || match single {
        true => gcd_test(around, a, b),
        false => Verdict::Unknown,
    };
    let is_induction = |value: Value<'c, 'a>| {
        induction
            .iter()
            .any(|iv| value_key(*iv) == value_key(value))
    };
    let mut varying = Vec::new();
    for (number, iv) in induction.iter().enumerate() {
        let (first, second) = (a.coefficient(*iv), b.coefficient(*iv));
        let same_ends = a_last.coefficient(*iv) == first && b_last.coefficient(*iv) == second;
        if first != second || !same_ends {
            return otherwise();
        }
        if first != 0 {
            varying.push((first.abs(), number));
        }
    }
    // What is left of the difference when the iterations' own share is taken away.
    let without = |e: &Linear<'c, 'a>| {
        induction
            .iter()
            .fold(e.clone(), |e, iv| e.substitute(*iv, &Linear::default()))
    };
    let inner = |value: Value<'c, 'a>| is_inside(value, around) && !is_induction(value);
    // What the body computes and nothing bounds is another value in another iteration: it does not cancel.
    let bound = |e: &Linear<'c, 'a>, least| {
        (without(e).extreme(least, inner))
            .filter(|bound| !bound.terms().any(|(symbol, _)| inner(symbol)))
    };
    let extremes = |first: &Linear<'c, 'a>, last: &Linear<'c, 'a>| {
        Some((bound(first, true)?, bound(last, false)?))
    };
    let (Some((a_least, a_most)), Some((b_least, b_most))) =
        (extremes(a, a_last), extremes(b, b_last))
    else {
        return otherwise();
    };
    let least = a_least.plus(&b_most, -1);
    let most = a_most.plus(&b_least, -1);
    if least.terms().next().is_some() || most.terms().next().is_some() {
        return otherwise();
    }
    let mut reach = least.constant.abs().max(most.constant.abs());
    if varying.is_empty() {
        let is_apart = least.constant > 0 || most.constant < 0;
        return if is_apart {
            Verdict::NeverEqual
        } else {
            Verdict::Unknown
        };
    }
    // A mixed radix: each coefficient is larger than all that the smaller ones and the rest can reach.
    varying.sort_unstable();
    // Beyond 64 bits, multiples of large numbers meet again.
    if varying
        .iter()
        .any(|(coefficient, _)| *coefficient > MOST_COEFFICIENT)
    {
        return Verdict::Unknown;
    }
    let mut agreed = Vec::new();
    for (position, &(coefficient, number)) in varying.iter().enumerate() {
        if coefficient <= reach {
            return otherwise();
        }
        agreed.push(number);
        if position + 1 < varying.len() {
            let Some(trips) = constant_trips(induction[number]) else {
                return otherwise();
            };
            reach = reach.saturating_add(coefficient.saturating_mul(trips - 1));
        }
    }
    Verdict::EqualOnlyIfSame(agreed)
}

/// The number of iterations in a dimension, where it is a constant.
fn constant_trips(iv: Val) -> Option<i128> {
    let range = range(iv)?;
    let trips = range.last.plus(&range.first, -1);
    trips.terms().next().is_none().then_some(trips.constant + 1)
}

/// Two indices whose difference is never a multiple of the common divisor of all that varies are never equal.
fn gcd_test<'c: 'a, 'a>(around: Op<'c, 'a>, a: &Linear<'c, 'a>, b: &Linear<'c, 'a>) -> Verdict {
    // Values from outside are the same in both iterations: their coefficients subtract.
    let (mut divisor, mut invariant) = (0i128, a.plus(b, -1));
    let mut may_wrap = false;
    for expression in [a, b] {
        for (symbol, coefficient) in expression.terms() {
            if is_inside(symbol, around) {
                divisor = gcd(divisor, coefficient.abs());
                may_wrap |= coefficient.abs() > MOST_COEFFICIENT || range(symbol).is_none();
                invariant = invariant.substitute(symbol, &Linear::default());
            }
        }
    }
    for (_, coefficient) in invariant.terms() {
        divisor = gcd(divisor, coefficient.abs());
        may_wrap = true;
    }
    if may_wrap {
        divisor = gcd(divisor, 1 << 64);
    }
    let never = if divisor == 0 {
        invariant.constant != 0
    } else {
        invariant.constant % divisor != 0
    };
    if never {
        Verdict::NeverEqual
    } else {
        Verdict::Unknown
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
