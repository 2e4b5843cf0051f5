//! How large the values of an index computation can be, so that exact integers stand for what wraps at 64 bits.
//!
//! A bound is computed from the bounds of the parts, in whatever the caller computes in: numbers for what is known when the
//! program is compiled, operations for what only the run knows. That a loop ends is taken for granted: none has more than
//! 2^48 iterations (a loop that does a thousand million of them in a second runs for three days), and no array more elements.

use crate::analysis::linear::is_length;
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Op, Val, constant_integer, defining_block, defining_op, is_inside, op_name, operand, position,
};

/// The most iterations of a loop, and the most elements of an array.
const MOST: u128 = 1 << 48;
/// Sums and differences of a few values below it fit 64 bits.
const SMALL: u128 = 1 << 61;
/// How deep computations are looked into.
const DEPTH: u32 = 16;

/// What bounds of absolute values are computed in.
pub trait Bounds<'c, 'a> {
    type Bound: Clone;
    fn number(&self, number: u128) -> Self::Bound;
    /// A value of which nothing more is known; `None` where that is no bound.
    fn value(&self, value: Val<'c, 'a>) -> Option<Self::Bound>;
    /// How far a loop gets of whose end nothing is known.
    fn end_of_loop(&self, _most: u128) -> Option<Self::Bound> {
        None
    }
    fn sum(&self, first: Self::Bound, second: Self::Bound) -> Self::Bound;
    fn product(&self, first: Self::Bound, second: Self::Bound) -> Self::Bound;
    fn greater(&self, first: Self::Bound, second: Self::Bound) -> Self::Bound;
}

/// A bound of the absolute value of an integer.
pub fn bound<'c: 'a, 'a, B: Bounds<'c, 'a>>(value: Val<'c, 'a>, bounds: &B) -> Option<B::Bound> {
    bound_within(value, bounds, DEPTH)
}

fn bound_within<'c: 'a, 'a, B: Bounds<'c, 'a>>(
    value: Val<'c, 'a>,
    bounds: &B,
    depth: u32,
) -> Option<B::Bound> {
    if let Some(number) = constant_integer(value) {
        return Some(bounds.number(number.unsigned_abs().into()));
    }
    if is_length(value) {
        return Some(bounds.number(MOST));
    }
    let parts = match depth {
        0 => None,
        _ => looked_into(value, bounds, depth - 1),
    };
    parts.or_else(|| bounds.value(value))
}

fn looked_into<'c: 'a, 'a, B: Bounds<'c, 'a>>(
    value: Val<'c, 'a>,
    bounds: &B,
    depth: u32,
) -> Option<B::Bound> {
    let Some(op) = defining_op(value) else {
        return of_induction_variable(value, bounds, depth);
    };
    let of = |number: usize| bound_within(op.operand(number).ok()?, bounds, depth);
    match op_name(op) {
        "arith.index_cast" => of(0),
        "arith.addi" | "arith.subi" => Some(bounds.sum(of(0)?, of(1)?)),
        "arith.muli" => Some(bounds.product(of(0)?, of(1)?)),
        "arith.minsi" | "arith.maxsi" => Some(bounds.greater(of(0)?, of(1)?)),
        "arith.select" => Some(bounds.greater(of(1)?, of(2)?)),
        "arith.divsi" | "arith.floordivsi" | "arith.ceildivsi" => of(0),
        "arith.remsi" => of(1).or_else(|| of(0)),
        "arith.shrsi" => of(0),
        "arith.shli" => {
            let bits = constant_integer(op.operand(1).ok()?)?;
            let factor = 1 << u32::try_from(bits).ok().filter(|bits| *bits < 62)?;
            Some(bounds.product(of(0)?, bounds.number(factor)))
        }
        "arith.andi" => {
            let mask = constant_integer(op.operand(1).ok()?).filter(|mask| *mask >= 0)?;
            Some(bounds.number(mask.unsigned_abs().into()))
        }
        // No bit above those of both.
        "arith.xori" => Some(bounds.sum(of(0)?, of(1)?)),
        _ => None,
    }
}

fn of_induction_variable<'c: 'a, 'a, B: Bounds<'c, 'a>>(
    iv: Val<'c, 'a>,
    bounds: &B,
    depth: u32,
) -> Option<B::Bound> {
    let around = defining_block(iv)?.parent_operation()?;
    let number = position(iv);
    // What ends a loop, or else how far it gets at most.
    let last = |end, step: u128| {
        bound_within(end, bounds, depth).or_else(|| bounds.end_of_loop(step.saturating_mul(MOST)))
    };
    match op_name(around) {
        "par.for" => last(operand(around, number), 1),
        "scf.for" if number == 0 => {
            let step = constant_integer(operand(around, 2))?.unsigned_abs();
            let first = bound_within(operand(around, 0), bounds, depth)?;
            let last = last(operand(around, 1), step.into())?;
            Some(bounds.sum(first, last))
        }
        _ => None,
    }
}

/// What is known when the program is compiled.
pub struct Static;

impl<'c, 'a> Bounds<'c, 'a> for Static {
    type Bound = u128;
    fn number(&self, number: u128) -> u128 {
        number
    }
    fn value(&self, _: Val<'c, 'a>) -> Option<u128> {
        None
    }
    fn end_of_loop(&self, most: u128) -> Option<u128> {
        Some(most)
    }
    fn sum(&self, first: u128, second: u128) -> u128 {
        first.saturating_add(second)
    }
    fn product(&self, first: u128, second: u128) -> u128 {
        first.saturating_mul(second)
    }
    fn greater(&self, first: u128, second: u128) -> u128 {
        first.max(second)
    }
}

/// Whether values from outside of a loop are all that is missing for a bound.
struct FromOutside<'c, 'a>(Op<'c, 'a>);

impl<'c: 'a, 'a> Bounds<'c, 'a> for FromOutside<'c, 'a> {
    type Bound = ();
    fn number(&self, _: u128) {}
    fn value(&self, value: Val<'c, 'a>) -> Option<()> {
        (!is_inside(value, self.0)).then_some(())
    }
    fn sum(&self, (): (), (): ()) {}
    fn product(&self, (): (), (): ()) {}
    fn greater(&self, (): (), (): ()) {}
}

/// Whether the result of an addition, a subtraction or a multiplication is that of exact integers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exact {
    Always,
    /// Values from before the loop decide.
    IfSmall,
    Unknown,
}

/// Whether sums and differences of a few such values fit 64 bits.
pub fn is_small(value: Val) -> bool {
    bound(value, &Static).is_some_and(|bound| bound < SMALL)
}

/// Whether a computation in or before a loop is exact.
pub fn is_exact<'c: 'a, 'a>(around: Op<'c, 'a>, op: Op<'c, 'a>) -> Exact {
    let operands = [operand(op, 0), operand(op, 1)];
    let fits = match op_name(op) {
        // By at most one.
        "arith.muli" => {
            let result = op.result(0).ok().map(Val::from);
            result.is_some_and(is_small)
                || operands.iter().any(|factor| {
                    constant_integer(*factor).is_some_and(|number| number.unsigned_abs() <= 1)
                })
        }
        // Beyond 64 bits with one large value only, an index is far out of range.
        _ => operands.into_iter().any(is_small),
    };
    let known = |value| bound(value, &FromOutside(around)).is_some();
    match fits {
        true => Exact::Always,
        false if operands.into_iter().all(known) => Exact::IfSmall,
        false => Exact::Unknown,
    }
}
