//! What shifts, masks and exclusive ors say in linear forms: `i >> 1`, `i & 7`, and the partner `i ^ j` of an element.

use super::{Instance, Question, is_word};
use crate::analysis::{
    floor::Part,
    integer_system::{Form, System},
    magnitude::is_small,
};
use mlc_mlir::rewrite::{
    Key, Op, Val, constant_integer, is_inside, op_name, operand, results, value_key,
};

/// How many exclusive ors are held against each other in one question.
const MOST_EXCHANGES: usize = 4;

/// So many bits of a constant are looked at one by one: each is two cases.
const MOST_BITS: u32 = 2;

/// `result = from ^ by`, with a `by` that all iterations share.
pub(super) struct Exchange {
    by: By,
    from: Form,
    result: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Value(Key),
    Number(i64),
}

impl<'c: 'a, 'a> Question<'c, 'a> {
    /// An operation on the bits of an integer.
    pub(super) fn bits(&mut self, op: Op<'c, 'a>, instance: Instance) -> Option<Form> {
        let value = operand(op, 0);
        let number = constant_integer(operand(op, 1));
        match op_name(op) {
            "arith.shli" => {
                let factor = power_of_two(number?)?;
                is_small(results(op)[0]).then_some(())?;
                Some(self.form(value, instance).times(factor))
            }
            "arith.shrsi" => {
                let divisor = power_of_two(number?)?;
                let form = self.form(value, instance);
                Some(self.divided(Part::Quotient, &form, divisor))
            }
            // Of the low bits, whatever the sign.
            "arith.andi" => {
                let mask = number.filter(|mask| *mask > 0 && (mask & (mask + 1)) == 0)?;
                let form = self.form(value, instance);
                Some(self.divided(Part::Remainder, &form, i128::from(mask) + 1))
            }
            "arith.xori" => self.exchange(op, instance),
            _ => None,
        }
    }

    /// `x ^ j` takes each number to one of its own, and back.
    fn exchange(&mut self, op: Op<'c, 'a>, instance: Instance) -> Option<Form> {
        let pair = [operand(op, 0), operand(op, 1)];
        let shared = |value: &Val<'c, 'a>| {
            constant_integer(*value).is_some() || !is_inside(*value, self.around)
        };
        let by = pair.into_iter().find(|value| shared(value))?;
        let from = (pair.into_iter()).find(|value| !shared(value) && is_word(*value))?;
        let from = self.form(from, instance);
        let by = match constant_integer(by) {
            Some(number) if (0..1 << 61).contains(&number) && number.count_ones() <= MOST_BITS => {
                return Some(self.flipped(from, number));
            }
            Some(number) => By::Number(number),
            None => By::Value(value_key(by)),
        };
        let result = Form::variable(self.fresh());
        let exchange = Exchange {
            by,
            from,
            result: result.clone(),
        };
        let alternatives: Vec<_> = (self.exchanges.iter())
            .filter(|known| known.by == by)
            .flat_map(|known| known.agrees_with(&exchange))
            .collect();
        if self.exchanges.len() < MOST_EXCHANGES {
            self.cases.alternatives.extend(alternatives);
            self.exchanges.push(exchange);
        }
        Some(result)
    }

    /// A number with some bits changed, each of which is added or taken away.
    fn flipped(&mut self, mut form: Form, bits: i64) -> Form {
        for bit in (0..62).filter(|bit| bits >> bit & 1 == 1) {
            let value = Form::constant(1 << bit);
            let low = self.divided(Part::Remainder, &form, 2 << bit);
            let flipped = Form::variable(self.fresh());
            let mut is_clear = System::default();
            is_clear.at_most(&low.plus(&Form::constant(1), 1), &value);
            is_clear.equate(&flipped, &form.plus(&value, 1));
            let mut is_set = System::default();
            is_set.at_most(&value, &low);
            is_set.equate(&flipped, &form.plus(&value, -1));
            self.cases.alternatives.push(vec![is_clear, is_set]);
            form = flipped;
        }
        form
    }
}

impl Exchange {
    /// Numbers are one where what they are taken to is one, and one of them is taken to the other where that is taken to it.
    fn agrees_with(&self, other: &Self) -> [Vec<System>; 2] {
        let both = |(a, b): (&Form, &Form), (c, d): (&Form, &Form)| {
            let mut equal = System::default();
            equal.equate(a, b);
            equal.equate(c, d);
            let mut ways = vec![equal];
            for first in orders(a, b) {
                for second in orders(c, d) {
                    let mut way = first.clone();
                    way.extend(&second);
                    ways.push(way);
                }
            }
            ways
        };
        [
            both((&self.result, &other.from), (&self.from, &other.result)),
            both((&self.result, &other.result), (&self.from, &other.from)),
        ]
    }
}

/// The two ways in which forms differ.
fn orders(a: &Form, b: &Form) -> [System; 2] {
    [(a, b), (b, a)].map(|(less, greater)| {
        let mut way = System::default();
        way.at_most(&less.plus(&Form::constant(1), 1), greater);
        way
    })
}

fn power_of_two(bits: i64) -> Option<i128> {
    (0..62).contains(&bits).then(|| 1 << bits)
}
