//! What is known where an operation runs: the conditions around it hold, and the checks in front of it have passed.

use super::{Instance, Question, is_word};
use crate::analysis::integer_system::{Form, System};
use melior::ir::{BlockLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Op, Val, arguments, constant_integer, defining_op, integer_attribute, is_inside, nested_blocks,
    op_name, ops, position, value_key,
};

impl<'c: 'a, 'a> Question<'c, 'a> {
    /// An operation runs: the conditions around it hold, and the checks in front of it have passed.
    pub(super) fn runs(&mut self, op: Op<'c, 'a>, instance: Instance) {
        let mut inner = op;
        while inner != self.around {
            let Some(block) = inner.block() else { return };
            let before = ops(block).into_iter().take_while(|other| *other != inner);
            let checks: Vec<_> = before
                .filter(|op| matches!(op_name(*op), "own.check" | "own.check_index"))
                .collect();
            for check in checks {
                self.has_passed(check, instance);
            }
            let Some(outer) = inner.parent_operation() else {
                return;
            };
            if op_name(outer) == "scf.if"
                && let Ok(condition) = outer.operand(0)
            {
                let holds = nested_blocks(outer).first() == Some(&block);
                self.holds(condition, holds, instance);
            }
            // A loop around it has an iteration, so that its bounds leave room for one.
            if outer != self.around && matches!(op_name(outer), "scf.for" | "par.for") {
                let variables = match op_name(outer) {
                    "scf.for" => 1,
                    _ => block.argument_count(),
                };
                for iv in arguments(block).into_iter().take(variables) {
                    self.form(iv, instance);
                }
            }
            inner = outer;
        }
    }

    fn has_passed(&mut self, check: Op<'c, 'a>, instance: Instance) {
        let known = |value: Val<'c, 'a>, this: &Self| {
            let inside = is_inside(value, this.around);
            let instance = if inside { instance } else { Instance::Shared };
            this.forms.contains_key(&(value_key(value), instance))
        };
        match (op_name(check), check.operand(0), check.operand(1)) {
            ("own.check", Ok(condition), _) => self.holds(condition, true, instance),
            // Of an index that does not matter here, nothing need be known.
            ("own.check_index", Ok(index), Ok(length)) if known(index, self) => {
                let (index, length) = (self.form(index, instance), self.form(length, instance));
                self.cases.system.at_least_zero(index.clone());
                self.cases
                    .system
                    .at_most(&index.plus(&Form::constant(1), 1), &length);
            }
            _ => {}
        }
    }

    fn holds(&mut self, condition: Val<'c, 'a>, holds: bool, instance: Instance) {
        let mut ways = self.condition(condition, holds, instance);
        match ways.len() {
            1 => self.cases.system.extend(&ways.remove(0)),
            _ => self.cases.alternatives.push(ways),
        }
    }

    /// The ways in which a condition holds, or does not.
    pub(super) fn condition(
        &mut self,
        condition: Val<'c, 'a>,
        holds: bool,
        instance: Instance,
    ) -> Vec<System> {
        self.condition_within(condition, holds, instance, DEEPEST_CONDITION)
    }

    fn condition_within(
        &mut self,
        condition: Val<'c, 'a>,
        holds: bool,
        instance: Instance,
        depth: u32,
    ) -> Vec<System> {
        let anything = || vec![System::default()];
        if let Some(known) = constant_integer(condition) {
            // A condition that never holds is one without a way.
            return if (known != 0) == holds {
                anything()
            } else {
                Vec::new()
            };
        }
        let Some(op) = defining_op(condition) else {
            return anything();
        };
        let (Ok(left), Ok(right)) = (
            op.operand(0),
            op.operand(1.min(op.operand_count().saturating_sub(1))),
        ) else {
            return anything();
        };
        match op_name(op) {
            "arith.cmpi" if is_word(left) => {
                let predicate = integer_attribute(op, "predicate");
                let (left, right) = (self.form(left, instance), self.form(right, instance));
                comparison(predicate, &left, &right, holds).unwrap_or_else(anything)
            }
            "arith.andi" | "arith.ori" if depth > 0 => {
                let first = self.condition_within(left, holds, instance, depth - 1);
                let second = self.condition_within(right, holds, instance, depth - 1);
                if first.len() * second.len() > MOST_WAYS {
                    return anything();
                }
                if (op_name(op) == "arith.andi") != holds {
                    return [first, second].concat();
                }
                all_of(&first, &second)
            }
            // `a and b` where `b` is not to run if `a` does not hold.
            "scf.if" if depth > 0 => {
                let mut ways = Vec::new();
                for (runs, block) in [true, false].into_iter().zip(nested_blocks(op)) {
                    let Some(yielded) = ops(block)
                        .pop()
                        .and_then(|end| end.operand(position(condition)).ok())
                    else {
                        return anything();
                    };
                    let first = self.condition_within(left, runs, instance, depth - 1);
                    let second = self.condition_within(yielded, holds, instance, depth - 1);
                    if first.len() * second.len() > MOST_WAYS {
                        return anything();
                    }
                    ways.extend(all_of(&first, &second));
                }
                ways
            }
            _ => anything(),
        }
    }
}

/// The ways in which two conditions hold at once, each of which holds in one of its ways.
fn all_of(first: &[System], second: &[System]) -> Vec<System> {
    let both = |one: &System, other: &System| {
        let mut both = one.clone();
        both.extend(other);
        both
    };
    (first.iter())
        .flat_map(|one| second.iter().map(move |other| both(one, other)))
        .collect()
}

/// How deeply conditions of conditions are looked into, and in how many ways one may hold.
const DEEPEST_CONDITION: u32 = 8;
const MOST_WAYS: usize = 64;

/// The ways in which `left predicate right` holds, or does not; `None` for predicates that say nothing here.
fn comparison(
    predicate: Option<i64>,
    left: &Form,
    right: &Form,
    holds: bool,
) -> Option<Vec<System>> {
    let less = |left: &Form, right: &Form, by: i128| {
        let mut way = System::default();
        way.at_most(&left.plus(&Form::constant(by), 1), right);
        way
    };
    let equal = || {
        let mut way = System::default();
        way.equate(left, right);
        vec![way]
    };
    let different = || vec![less(left, right, 1), less(right, left, 1)];
    Some(match (predicate?, holds) {
        (0, true) | (1, false) => equal(),
        (1, true) | (0, false) => different(),
        (2, true) | (5, false) => vec![less(left, right, 1)],
        (3, true) | (4, false) => vec![less(left, right, 0)],
        (4, true) | (3, false) => vec![less(right, left, 1)],
        (5, true) | (2, false) => vec![less(right, left, 0)],
        _ => return None,
    })
}
