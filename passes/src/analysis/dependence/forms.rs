//! Integers of the program as forms over the variables of a question.

use super::{Instance, Question, is_word};
use crate::analysis::{
    floor::{self, Part},
    integer_system::{Form, System, Variable},
    linear::Linear,
    magnitude::{Exact, is_exact},
};
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Val, constant_integer, defining_op, op_key, op_name, value_key};

impl<'c: 'a, 'a> Question<'c, 'a> {
    /// A value through the operation that makes it.
    pub(super) fn look_into(&mut self, value: Val<'c, 'a>, instance: Instance) -> Option<Form> {
        let op = defining_op(value)?;
        if !is_word(value) {
            return None;
        }
        if matches!(op_name(op), "arith.addi" | "arith.subi" | "arith.muli") {
            match is_exact(self.around, op) {
                Exact::Always => {}
                Exact::IfSmall => {
                    self.taken_exactly.insert(op_key(op), op);
                    self.takes_exactly.then_some(())?;
                }
                Exact::Unknown => return None,
            }
        }
        let operand = |number| op.operand(number).ok();
        let binary = || operand(0).zip(operand(1));
        match op_name(op) {
            "arith.index_cast" => {
                let source = operand(0).filter(|source| is_word(*source))?;
                Some(self.form(source, instance))
            }
            "arith.addi" | "arith.subi" => {
                let (left, right) = binary()?;
                let (left, right) = (self.form(left, instance), self.form(right, instance));
                let factor = if op_name(op) == "arith.addi" { 1 } else { -1 };
                Some(left.plus(&right, factor))
            }
            "arith.muli" => {
                let (left, right) = binary()?;
                let (left, right) = (self.form(left, instance), self.form(right, instance));
                self.product(&left, &right)
            }
            "arith.minsi" | "arith.maxsi" => {
                let (left, right) = binary()?;
                let (left, right) = (self.form(left, instance), self.form(right, instance));
                Some(self.extreme(&left, &right, op_name(op) == "arith.minsi"))
            }
            // Where the dividend is not negative, all divisions are one.
            "arith.floordivsi" | "arith.divui" | "arith.divsi" | "arith.remui" | "arith.remsi" => {
                let (dividend, divisor) = binary()?;
                let truncates = op_name(op) != "arith.floordivsi";
                let is_negative = |value| !Linear::of(value).is_non_negative();
                // A truncated remainder has the sign of the dividend, whatever that of the divisor.
                if truncates && (is_negative(dividend) || is_negative(divisor)) {
                    return None;
                }
                let part = match op_name(op) {
                    "arith.remui" | "arith.remsi" => Part::Remainder,
                    _ => Part::Quotient,
                };
                self.division(part, dividend, divisor, instance)
            }
            "arith.ceildivsi" => {
                let (dividend, divisor) = binary()?;
                let divisor: i128 = constant_integer(divisor).filter(|d| *d > 0)?.into();
                let dividend = self.form(dividend, instance);
                let quotient = Form::variable(self.fresh());
                let multiple = quotient.times(divisor);
                self.cases.system.at_most(&dividend, &multiple);
                let most = dividend.plus(&Form::constant(divisor - 1), 1);
                self.cases.system.at_most(&multiple, &most);
                Some(quotient)
            }
            "arith.select" => match floor::floor_division(op) {
                Some((part, dividend, divisor)) => self.division(part, dividend, divisor, instance),
                None => {
                    let (condition, otherwise) = (operand(0)?, operand(2)?);
                    let then = operand(1)?;
                    let then = self.form(then, instance);
                    let otherwise = self.form(otherwise, instance);
                    Some(self.selection(condition, &then, &otherwise, instance))
                }
            },
            "arith.shli" | "arith.shrsi" | "arith.andi" | "arith.xori" => self.bits(op, instance),
            _ => None,
        }
    }

    /// The lesser or the greater of two forms.
    fn extreme(&mut self, left: &Form, right: &Form, least: bool) -> Form {
        let result = Form::variable(self.fresh());
        let ways = [left, right].map(|form| {
            let mut way = System::default();
            way.equate(&result, form);
            way
        });
        for form in [left, right] {
            match least {
                true => self.cases.system.at_most(&result, form),
                false => self.cases.system.at_most(form, &result),
            }
        }
        self.cases.alternatives.push(ways.into());
        result
    }

    fn selection(
        &mut self,
        condition: Val<'c, 'a>,
        then: &Form,
        otherwise: &Form,
        instance: Instance,
    ) -> Form {
        let result = Form::variable(self.fresh());
        let mut ways = Vec::new();
        for (holds, form) in [(true, then), (false, otherwise)] {
            for mut way in self.condition(condition, holds, instance) {
                way.equate(&result, form);
                ways.push(way);
            }
        }
        self.cases.alternatives.push(ways);
        result
    }

    /// `dividend = divisor * quotient + remainder`, rounded down.
    fn division(
        &mut self,
        part: Part,
        dividend: Val<'c, 'a>,
        divisor: Val<'c, 'a>,
        instance: Instance,
    ) -> Option<Form> {
        let form = self.form(dividend, instance);
        let constant = constant_integer(divisor).filter(|divisor| *divisor > 0);
        if let Some(divisor) = constant {
            return Some(self.divided(part, &form, divisor.into()));
        }
        let by = self.form(divisor, instance);
        let quotient = self.fresh();
        let quotient_form = Form::variable(quotient);
        let multiple = self.product(&quotient_form, &by)?;
        let remainder = form.plus(&multiple, -1);
        let one = Form::constant(1);
        // The remainder has the sign of the divisor.
        let mut positive = System::default();
        positive.at_least_zero(remainder.clone());
        positive.at_most(&remainder.plus(&one, 1), &by);
        let mut negative = System::default();
        negative.at_most(&remainder, &Form::default());
        negative.at_most(&by, &remainder.plus(&one, -1));
        // By zero nothing is divided: the program checks that, and what it computes then is anything.
        let mut zero = System::default();
        zero.equate(&by, &Form::default());
        self.cases.alternatives.push(vec![positive, negative, zero]);
        self.order_quotients(dividend, divisor, quotient, instance);
        match part {
            Part::Quotient => Some(quotient_form),
            // By zero the remainder is not `dividend - 0`: it is a value of its own.
            Part::Remainder => {
                let result = Form::variable(self.fresh());
                let mut divided = System::default();
                divided.equate(&result, &remainder);
                let mut zero = System::default();
                zero.equate(&by, &Form::default());
                self.cases.alternatives.push(vec![divided, zero]);
                Some(result)
            }
        }
    }

    /// A division by a number that is greater than zero, rounded down.
    pub(super) fn divided(&mut self, part: Part, dividend: &Form, divisor: i128) -> Form {
        let quotient = Form::variable(self.fresh());
        let remainder = dividend.plus(&quotient.times(divisor), -1);
        self.cases.system.at_least_zero(remainder.clone());
        let most = Form::constant(divisor - 1);
        self.cases.system.at_most(&remainder, &most);
        match part {
            Part::Quotient => quotient,
            Part::Remainder => remainder,
        }
    }

    /// The quotients of one division in the two iterations are ordered: products with a divisor follow from that.
    fn order_quotients(
        &mut self,
        dividend: Val<'c, 'a>,
        divisor: Val<'c, 'a>,
        quotient: Variable,
        instance: Instance,
    ) {
        let pair = self
            .quotients
            .entry((value_key(dividend), value_key(divisor)))
            .or_default();
        match instance {
            Instance::First => pair.0 = Some(quotient),
            Instance::Second => pair.1 = Some(quotient),
            Instance::Shared => return,
        }
        let (Some(first), Some(second)) = *pair else {
            return;
        };
        let (first, second) = (Form::variable(first), Form::variable(second));
        let one = Form::constant(1);
        let mut ways = vec![System::default(), System::default(), System::default()];
        ways[0].equate(&first, &second);
        ways[1].at_most(&first.plus(&one, 1), &second);
        ways[2].at_most(&second.plus(&one, 1), &first);
        self.cases.alternatives.push(ways);
    }
}
