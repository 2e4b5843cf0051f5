//! The check in front of a loop in constant time: the numbers of two affine indices, which the runtime compares.
//!
//! An index is affine where it is a sum of the loop's induction variables and those of inner loops, each times a value
//! from before the loop. Other indices are inspected place by place.

use crate::{analysis::wrap::unwrapped, emit};
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, constant_integer, defining_block, defining_op, is_inside, op_name,
    operand, position, results, value_key,
};

/// A sum over the dimensions of the loop, in values from before it.
#[derive(Clone)]
struct Affine<'c, 'a> {
    constant: Val<'c, 'a>,
    coefficients: Vec<Val<'c, 'a>>,
    /// The loops inside, each with its step and the number of its iterations.
    inner: Vec<Inner<'c, 'a>>,
}

#[derive(Clone)]
struct Inner<'c, 'a> {
    iv: Val<'c, 'a>,
    step: Val<'c, 'a>,
    constant: Val<'c, 'a>,
    growth: Vec<Val<'c, 'a>>,
}

/// Asks the runtime about two accesses by their pairs of indices; `None` where an index is not affine.
pub fn apart<'c: 'a, 'a>(
    at: &Cursor<'c, 'a>,
    module: Blk<'c, 'a>,
    around: Op<'c, 'a>,
    induction: &[Val<'c, 'a>],
    pairs: &[(Val<'c, 'a>, Val<'c, 'a>)],
) -> Option<Val<'c, 'a>> {
    let reader = Reader {
        at,
        around,
        induction,
    };
    let mut numbers = vec![emit::index(at, induction.len() as i64)];
    numbers.extend(around.operands().take(induction.len()));
    numbers.push(emit::index(at, pairs.len() as i64));
    for (first, second) in pairs {
        numbers.extend(reader.numbers(*first)?);
        numbers.extend(reader.numbers(*second)?);
    }
    let word = emit::int_type(at, 64);
    let bit = emit::int_type(at, 1);
    emit::declare(at.context, module, "mlc_rt_race_number", &[word], &[]);
    emit::declare(at.context, module, "mlc_rt_race_apart", &[], &[bit]);
    for number in numbers {
        let number = emit::index_cast(at, number, word);
        emit::call(at, "mlc_rt_race_number", &[number], &[]);
    }
    Some(results(emit::call(at, "mlc_rt_race_apart", &[], &[bit]))[0])
}

struct Reader<'c, 'a, 'r> {
    /// Before the loop.
    at: &'r Cursor<'c, 'a>,
    around: Op<'c, 'a>,
    induction: &'r [Val<'c, 'a>],
}

impl<'c: 'a, 'a> Reader<'c, 'a, '_> {
    /// An index as the runtime reads it.
    fn numbers(&self, index: Val<'c, 'a>) -> Option<Vec<Val<'c, 'a>>> {
        let (mut value, mut length) = (index, None);
        while let Some(op) = defining_op(value) {
            match op_name(op) {
                "arith.index_cast" => value = operand(op, 0),
                "arith.select" if length.is_none() => {
                    let Some(index) = unwrapped(op) else { break };
                    let sum =
                        defining_op(operand(op, 1)).filter(|op| op_name(*op) == "arith.addi")?;
                    let added: Vec<_> = (sum.operands())
                        .filter(|one| value_key(*one) != value_key(index))
                        .collect();
                    let [added] = added[..] else { return None };
                    length = Some(added);
                    value = index;
                }
                _ => break,
            }
        }
        if length.is_some_and(|length| is_inside(length, self.around)) {
            return None;
        }
        let affine = self.read(value)?;
        let count = |number: usize| emit::index(self.at, number as i64);
        let mut numbers = vec![affine.constant];
        numbers.extend(affine.coefficients);
        numbers.push(count(length.is_some().into()));
        numbers.push(length.unwrap_or_else(|| count(0)));
        numbers.push(count(affine.inner.len()));
        for inner in affine.inner {
            numbers.extend([inner.step, inner.constant]);
            numbers.extend(inner.growth);
        }
        Some(numbers)
    }

    fn constant(&self, constant: Val<'c, 'a>) -> Affine<'c, 'a> {
        let zero = emit::index(self.at, 0);
        Affine {
            constant,
            coefficients: vec![zero; self.induction.len()],
            inner: Vec::new(),
        }
    }

    fn read(&self, value: Val<'c, 'a>) -> Option<Affine<'c, 'a>> {
        if let Some(number) = constant_integer(value) {
            return Some(self.constant(emit::index(self.at, number)));
        }
        if !is_inside(value, self.around) {
            let index = emit::index_type(self.at);
            return Some(self.constant(emit::index_cast(self.at, value, index)));
        }
        let Some(op) = defining_op(value) else {
            return self.induction_variable(value);
        };
        let both = || Some((self.read(operand(op, 0))?, self.read(operand(op, 1))?));
        match op_name(op) {
            "arith.index_cast" => self.read(operand(op, 0)),
            "arith.addi" => both().map(|(left, right)| self.sum(&left, &right, false)),
            "arith.subi" => both().map(|(left, right)| self.sum(&left, &right, true)),
            "arith.muli" => {
                let (left, right) = both()?;
                match (
                    is_inside(operand(op, 0), self.around),
                    is_inside(operand(op, 1), self.around),
                ) {
                    (true, true) => None,
                    (false, _) => Some(self.scaled(&right, left.constant)),
                    (_, false) => Some(self.scaled(&left, right.constant)),
                }
            }
            _ => None,
        }
    }

    fn induction_variable(&self, iv: Val<'c, 'a>) -> Option<Affine<'c, 'a>> {
        let (zero, one) = (emit::index(self.at, 0), emit::index(self.at, 1));
        let mut affine = self.constant(zero);
        let known = (self.induction.iter()).position(|known| value_key(*known) == value_key(iv));
        if let Some(number) = known {
            affine.coefficients[number] = one;
            return Some(affine);
        }
        let op = defining_block(iv)?.parent_operation()?;
        // In single steps: where a step is longer, there are fewer iterations than are counted.
        let (start, end) = match op_name(op) {
            "par.for" => (self.constant(zero), self.read(operand(op, position(iv)))?),
            "scf.for" if position(iv) == 0 => {
                constant_integer(operand(op, 2)).filter(|step| *step > 0)?;
                (self.read(operand(op, 0))?, self.read(operand(op, 1))?)
            }
            _ => return None,
        };
        let trips = self.sum(&end, &start, true);
        if !trips.inner.is_empty() {
            return None;
        }
        affine = start;
        affine.inner.push(Inner {
            iv,
            step: one,
            constant: trips.constant,
            growth: trips.coefficients,
        });
        Some(affine)
    }

    fn add(&self, left: Val<'c, 'a>, right: Val<'c, 'a>, subtract: bool) -> Val<'c, 'a> {
        let name = if subtract { "arith.subi" } else { "arith.addi" };
        emit::binary(self.at, name, left, right)
    }

    fn sum(&self, left: &Affine<'c, 'a>, right: &Affine<'c, 'a>, subtract: bool) -> Affine<'c, 'a> {
        let zero = emit::index(self.at, 0);
        let mut sum = left.clone();
        sum.constant = self.add(left.constant, right.constant, subtract);
        for (coefficient, other) in sum.coefficients.iter_mut().zip(&right.coefficients) {
            *coefficient = self.add(*coefficient, *other, subtract);
        }
        for inner in &right.inner {
            let known = (sum.inner.iter_mut()).find(|one| value_key(one.iv) == value_key(inner.iv));
            match known {
                Some(known) => known.step = self.add(known.step, inner.step, subtract),
                None => {
                    let mut inner = inner.clone();
                    inner.step = self.add(zero, inner.step, subtract);
                    sum.inner.push(inner);
                }
            }
        }
        sum
    }

    fn scaled(&self, affine: &Affine<'c, 'a>, by: Val<'c, 'a>) -> Affine<'c, 'a> {
        let product = |value: Val<'c, 'a>| emit::binary(self.at, "arith.muli", value, by);
        let mut scaled = affine.clone();
        scaled.constant = product(scaled.constant);
        for coefficient in &mut scaled.coefficients {
            *coefficient = product(*coefficient);
        }
        for inner in &mut scaled.inner {
            inner.step = product(inner.step);
        }
        scaled
    }
}
