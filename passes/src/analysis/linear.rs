//! Linear expressions over SSA values, and what can be proved about their sign.
//!
//! An index such as `2 * i + j - 1` is a constant and a sum of coefficients times symbols. A symbol is any
//! value that is not itself a linear operation: an induction variable, a length, an argument. All
//! arithmetic of the IR wraps at 64 bits, and so does the reading of an expression; what is proved of
//! the exact value holds for the wrapped one too as long as the exact value fits, which a proof of
//! `0 <= e < length` includes.
//!
//! Bounds of induction variables are put in place of the variables one by one, innermost first, which for
//! linear bounds is exact on boxes and conservative on triangles (Banerjee, *Dependence Analysis*, 1997,
//! chapter 3).

use melior::ir::{BlockLike, Value, ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Key, constant_integer, defining_block, defining_op, op_name, parent, position, value_key,
};
use std::collections::BTreeMap;

/// The most operations that an expression is read through.
const MOST_OPERATIONS: usize = 256;

/// `constant + sum of coefficient * symbol`. No coefficient is zero.
#[derive(Clone, Debug, Default)]
pub struct Linear<'c, 'a> {
    pub constant: i128,
    terms: BTreeMap<Key, (Value<'c, 'a>, i128)>,
}

impl<'c: 'a, 'a> Linear<'c, 'a> {
    /// A number.
    pub fn constant(constant: i128) -> Self {
        Self {
            constant,
            terms: BTreeMap::new(),
        }
    }

    /// A value that is not looked into.
    pub fn symbol(value: Value<'c, 'a>) -> Self {
        Self {
            constant: 0,
            terms: BTreeMap::from([(value_key(value), (value, 1))]),
        }
    }

    /// A value of type `index` or an integer, read through additions, subtractions, multiplications
    /// with constants, shifts by them and casts between 64-bit types.
    pub fn of(value: Value<'c, 'a>) -> Self {
        Self::within(value, &mut { MOST_OPERATIONS })
    }

    /// What is beyond the budget of operations is a symbol: sums of sums have more terms than operations.
    fn within(value: Value<'c, 'a>, budget: &mut usize) -> Self {
        let Some(op) = defining_op(value).filter(|_| *budget > 0) else {
            return Self::symbol(value);
        };
        let is_linear = matches!(
            op_name(op),
            "arith.index_cast"
                | "arith.addi"
                | "arith.subi"
                | "arith.muli"
                | "arith.shli"
                | "arith.minsi"
                | "arith.maxsi"
        );
        if !is_linear {
            let number = constant_integer(value).filter(|_| op_name(op) == "arith.constant");
            return number.map_or_else(
                || Self::symbol(value),
                |number| Self::constant(number.into()),
            );
        }
        *budget -= 1;
        let mut operand = |index| Some(Self::within(op.operand(index).ok()?, budget));
        let found = match op_name(op) {
            "arith.index_cast" => operand(0),
            "arith.addi" => operand(0).zip(operand(1)).map(|(a, b)| a.plus(&b, 1)),
            "arith.subi" => operand(0).zip(operand(1)).map(|(a, b)| a.plus(&b, -1)),
            "arith.muli" => operand(0).zip(operand(1)).and_then(|(a, b)| {
                if b.terms.is_empty() {
                    Some(a.times(b.constant))
                } else if a.terms.is_empty() {
                    Some(b.times(a.constant))
                } else {
                    None
                }
            }),
            "arith.shli" => operand(0).zip(operand(1)).and_then(|(a, bits)| {
                let bits = bits.terms.is_empty().then_some(bits.constant)?;
                (0..62).contains(&bits).then(|| a.times(1 << bits))
            }),
            // Of lengths that turned out to be one.
            _ => {
                let (first, second) = (op.operand(0).ok(), op.operand(1).ok());
                let one = first.map(value_key) == second.map(value_key);
                one.then(|| operand(0)).flatten()
            }
        };
        found.unwrap_or_else(|| Self::symbol(value))
    }

    /// `self + factor * other`.
    pub fn plus(&self, other: &Self, factor: i128) -> Self {
        let mut sum = self.clone();
        sum.constant = sum
            .constant
            .saturating_add(other.constant.saturating_mul(factor));
        for (&key, &(value, coefficient)) in &other.terms {
            let entry = sum.terms.entry(key).or_insert((value, 0));
            entry.1 = entry.1.saturating_add(coefficient.saturating_mul(factor));
            if entry.1 == 0 {
                sum.terms.remove(&key);
            }
        }
        sum
    }

    /// `self * factor`.
    pub fn times(&self, factor: i128) -> Self {
        Self::default().plus(self, factor)
    }

    /// The symbols with their coefficients.
    pub fn terms(&self) -> impl Iterator<Item = (Value<'c, 'a>, i128)> + '_ {
        self.terms.values().copied()
    }

    /// What tells the expression from others, as a key of maps.
    pub fn key(&self) -> (i128, Vec<(Key, i128)>) {
        let terms = self
            .terms
            .iter()
            .map(|(key, (_, coefficient))| (*key, *coefficient));
        (self.constant, terms.collect())
    }

    /// The coefficient of a symbol; zero where it does not occur.
    pub fn coefficient(&self, symbol: Value<'c, 'a>) -> i128 {
        self.terms.get(&value_key(symbol)).map_or(0, |term| term.1)
    }

    /// The expression with `symbol` replaced by another expression.
    pub fn substitute(&self, symbol: Value<'c, 'a>, by: &Self) -> Self {
        let coefficient = self.coefficient(symbol);
        let mut rest = self.clone();
        rest.terms.remove(&value_key(symbol));
        rest.plus(by, coefficient)
    }

    /// Whether the expression is at least zero wherever the program is when it is inside all the
    /// loops whose induction variables occur in it.
    pub fn is_non_negative(&self) -> bool {
        prove(self.clone(), 8)
    }

    /// The least (or greatest) value of the expression while the loops whose induction variables
    /// satisfy `inside` run: those variables are replaced by their bounds.
    pub fn extreme(&self, least: bool, inside: impl Fn(Value<'c, 'a>) -> bool) -> Option<Self> {
        let mut expression = self.clone();
        for _ in 0..64 {
            let innermost = expression
                .terms()
                .filter(|(symbol, _)| inside(*symbol))
                .filter_map(|(symbol, coefficient)| Some((symbol, coefficient, range(symbol)?)))
                .max_by_key(|(symbol, ..)| depth(*symbol));
            let Some((symbol, coefficient, range)) = innermost else {
                return Some(expression);
            };
            let bound = if (coefficient > 0) == least {
                range.first
            } else {
                range.last
            };
            expression = expression.substitute(symbol, &bound);
        }
        None
    }
}

fn prove(expression: Linear, budget: u32) -> bool {
    // The expression's own least value: every induction variable at the bound that makes it so.
    let Some(least) = expression.extreme(true, |_| true) else {
        return false;
    };
    if least.constant >= 0 && least.terms().all(|(symbol, c)| c > 0 && is_length(symbol)) {
        return true;
    }
    if budget == 0 {
        return false;
    }
    // `-min(a, b)` is at least `-a` and at least `-b`; either may do.
    least.terms().any(|(symbol, coefficient)| {
        let Some(op) = defining_op(symbol) else {
            return false;
        };
        let bounds_above = match op_name(op) {
            "arith.minsi" => coefficient < 0,
            "arith.maxsi" => coefficient > 0,
            _ => return false,
        };
        bounds_above
            && (0..2).any(|index| {
                op.operand(index).is_ok_and(|operand| {
                    prove(least.substitute(symbol, &Linear::of(operand)), budget - 1)
                })
            })
    })
}

/// The first and the last value that an induction variable takes when its loop runs at all.
pub struct Range<'c, 'a> {
    pub first: Linear<'c, 'a>,
    pub last: Linear<'c, 'a>,
}

/// The range of an induction variable of an `scf.for` or a `par.for`; none for any other value.
pub fn range<'c: 'a, 'a>(symbol: Value<'c, 'a>) -> Option<Range<'c, 'a>> {
    if !symbol.is_block_argument() {
        return None;
    }
    let number = position(symbol);
    let op = defining_block(symbol)?.parent_operation()?;
    let one = Linear::constant(1);
    match op_name(op) {
        "par.for" => Some(Range {
            first: Linear::default(),
            last: Linear::of(op.operand(number).ok()?).plus(&one, -1),
        }),
        // With a step above one the last value may be less: the bound still holds.
        "scf.for" if number == 0 => {
            let step = Linear::of(op.operand(2).ok()?);
            let is_positive = step.terms.is_empty() && step.constant > 0;
            is_positive.then_some(())?;
            Some(Range {
                first: Linear::of(op.operand(0).ok()?),
                last: Linear::of(op.operand(1).ok()?).plus(&one, -1),
            })
        }
        _ => None,
    }
}

/// How many operations are around a value.
fn depth(value: Value) -> usize {
    let around = defining_block(value).and_then(|block| block.parent_operation());
    std::iter::successors(around, parent).count()
}

/// Whether a value is a length, which is never negative and fits an `index` with room to spare.
pub fn is_length(value: Value) -> bool {
    defining_op(value).is_some_and(|op| matches!(op_name(op), "own.len" | "memref.dim"))
}
