//! Whether two accesses of different iterations of a parallel loop can meet, decided exactly where the integers allow.
//!
//! The question "iterations p and q differ, both run the access, and the places are one" becomes a system of integer
//! equations and inequalities: indices are equal in every dimension, induction variables keep to their bounds (those of
//! inner loops too), and the conditions around the accesses hold. Two iterations differ in a first induction variable,
//! where either is the greater: each of these cases must be without a solution.
//!
//! Minima, maxima, wraps of negative indices and other selections are alternatives, which are tried one by one. Products
//! of two values are variables of their own; what is known of one factor is multiplied with the other where its sign is
//! known, which decides `i * w + j` with `j < w`.
//!
//! The program's integers wrap at 64 bits. Computations that may do so (`magnitude.rs`) are values that nothing is known of, or,
//! where values from before the loop decide, are taken exactly and named in the proof, so that they are checked.

mod bits;
#[cfg(test)]
mod brute_force;
mod cases;
mod conditions;
mod forms;
mod products;

use crate::analysis::{
    access::{Access, Step},
    integer_system::{Form, Variable},
    linear::is_length,
};
use bits::Exchange;
use cases::Cases;
use melior::ir::{BlockLike, ValueLike, operation::OperationLike, r#type::IntegerType};
use mlc_mlir::rewrite::{
    Key, Op, Val, arguments, constant_integer, defining_block, is_inside, nested_blocks, op_name,
    position, value_key,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

/// What was asked of pairs of accesses, and whether it was proved. Loops of one form ask the same of numbers, whatever the
/// values are called, so that each is decided once.
#[derive(Default)]
pub struct Proofs {
    decided: RefCell<HashMap<Cases, bool>>,
}

impl Proofs {
    /// The proof that the accesses of two different iterations of `around`, a `par.for`, never touch the same place, where
    /// there is one: it holds if the results of these operations are those of exact integers.
    pub fn never_meet<'c: 'a, 'a>(
        &self,
        around: Op<'c, 'a>,
        a: &Access<'c, 'a>,
        b: &Access<'c, 'a>,
    ) -> Option<Vec<Op<'c, 'a>>> {
        let Some(indices) = common_indices(a, b) else {
            return Some(Vec::new());
        };
        let mut taken = BTreeMap::new();
        if self.proves(around, (a, b), &indices, false, &mut taken) {
            return Some(Vec::new());
        }
        let more = !taken.is_empty() && self.proves(around, (a, b), &indices, true, &mut taken);
        more.then(|| taken.into_values().collect())
    }

    /// Whether there is a proof, with computations taken for exact where values from before the loop decide if they are, or
    /// not. Names these computations.
    fn proves<'c: 'a, 'a>(
        &self,
        around: Op<'c, 'a>,
        (a, b): (&Access<'c, 'a>, &Access<'c, 'a>),
        indices: &[(Val<'c, 'a>, Val<'c, 'a>)],
        takes_exactly: bool,
        taken: &mut BTreeMap<Key, Op<'c, 'a>>,
    ) -> bool {
        let mut question = Question::new(around, takes_exactly);
        // By dimension, how far the first iteration is ahead of the second.
        let distances: Vec<Form> = (induction_variables(around).into_iter())
            .map(|iv| {
                let first = question.form(iv, Instance::First);
                first.plus(&question.form(iv, Instance::Second), -1)
            })
            .collect();
        for (first, second) in indices {
            let first = question.form(*first, Instance::First);
            let second = question.form(*second, Instance::Second);
            question.cases.system.equate(&first, &second);
        }
        question.runs(a.op, Instance::First);
        question.runs(b.op, Instance::Second);
        question.split_signs();
        taken.append(&mut question.taken_exactly);
        // They agree in the dimensions before one, in which either is ahead. What an access does to itself is the same
        // question both ways.
        let orders: &[i128] = if a.op == b.op { &[1] } else { &[1, -1] };
        (0..distances.len()).all(|differing| {
            orders.iter().all(|order| {
                let mut cases = question.cases.clone();
                for distance in &distances[..differing] {
                    cases.system.equate(distance, &Form::default());
                }
                let ahead = distances[differing].times(*order);
                cases
                    .system
                    .at_least_zero(ahead.plus(&Form::constant(1), -1));
                self.have_no_solution(cases)
            })
        })
    }

    fn have_no_solution(&self, cases: Cases) -> bool {
        if let Some(known) = self.decided.borrow().get(&cases) {
            return *known;
        }
        let found = cases.have_no_solution();
        self.decided.borrow_mut().insert(cases, found);
        found
    }
}

/// The pairs of indices that are equal where two accesses touch one place; `None` where they never do.
pub fn common_indices<'c: 'a, 'a>(
    a: &Access<'c, 'a>,
    b: &Access<'c, 'a>,
) -> Option<Vec<(Val<'c, 'a>, Val<'c, 'a>)>> {
    let mut pairs = Vec::new();
    for steps in a.path.iter().zip(&b.path) {
        match steps {
            (Step::Field(first), Step::Field(second)) if first != second => return None,
            (Step::Field(_), Step::Field(_)) => {}
            (Step::Flat(first), Step::Flat(second)) if first == second => {}
            // A header apart from an element.
            (Step::Field(_), Step::At(..)) | (Step::At(..), Step::Field(_)) => return None,
            (Step::At(first), Step::At(second)) if first.len() == second.len() => {
                let values = first.iter().zip(second);
                pairs.extend(values.map(|(first, second)| (first.value, second.value)));
            }
            _ => break,
        }
    }
    Some(pairs)
}

/// The induction variables of a loop.
pub fn induction_variables<'c: 'a, 'a>(around: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
    nested_blocks(around)
        .first()
        .map(|body| arguments(*body))
        .unwrap_or_default()
}

/// Which of the two iterations a value belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Instance {
    /// It is the same in both.
    Shared,
    First,
    Second,
}

struct Question<'c, 'a> {
    around: Op<'c, 'a>,
    cases: Cases,
    forms: HashMap<(Key, Instance), Form>,
    /// Quotients in the two iterations that a divisor is multiplied with.
    quotients: HashMap<(Key, Key), (Option<Variable>, Option<Variable>)>,
    exchanges: Vec<Exchange>,
    /// Whether computations are taken for those of exact integers where values from before the loop decide.
    takes_exactly: bool,
    /// These computations.
    taken_exactly: BTreeMap<Key, Op<'c, 'a>>,
    next: Variable,
}

impl<'c: 'a, 'a> Question<'c, 'a> {
    fn new(around: Op<'c, 'a>, takes_exactly: bool) -> Self {
        Self {
            around,
            takes_exactly,
            cases: Cases::default(),
            forms: HashMap::new(),
            quotients: HashMap::new(),
            exchanges: Vec::new(),
            taken_exactly: BTreeMap::new(),
            next: 0,
        }
    }

    fn fresh(&mut self) -> Variable {
        self.next += 1;
        self.next - 1
    }

    /// A value as a form over variables; what is known of them is added to the system.
    fn form(&mut self, value: Val<'c, 'a>, instance: Instance) -> Form {
        let instance = match is_inside(value, self.around) {
            true => instance,
            false => Instance::Shared,
        };
        if let Some(number) = constant_integer(value) {
            return Form::constant(number.into());
        }
        let key = (value_key(value), instance);
        if let Some(form) = self.forms.get(&key) {
            return form.clone();
        }
        let form = self
            .look_into(value, instance)
            .unwrap_or_else(|| self.opaque(value, instance));
        self.forms.insert(key, form.clone());
        form
    }

    /// A value that is a variable of its own.
    fn opaque(&mut self, value: Val<'c, 'a>, instance: Instance) -> Form {
        let form = Form::variable(self.fresh());
        if is_length(value) {
            self.cases.system.at_least_zero(form.clone());
        }
        if value.is_block_argument() {
            // Its bounds may lead back to the variable, which has its form by now.
            self.forms
                .insert((value_key(value), instance), form.clone());
            self.keeps_to_bounds(value, &form, instance);
        }
        form
    }

    /// The bounds of an induction variable.
    fn keeps_to_bounds(&mut self, iv: Val<'c, 'a>, form: &Form, instance: Instance) {
        let Some(op) = defining_block(iv).and_then(|block| block.parent_operation()) else {
            return;
        };
        let operand = |number| op.operand(number).ok();
        let one = Form::constant(1);
        match op_name(op) {
            "par.for" => {
                let Some(bound) = operand(position(iv)) else {
                    return;
                };
                let bound = self.form(bound, instance);
                self.cases.system.at_least_zero(form.clone());
                self.cases.system.at_most(&form.plus(&one, 1), &bound);
            }
            "scf.for" if position(iv) == 0 => {
                let (Some(low), Some(high), Some(step)) = (operand(0), operand(1), operand(2))
                else {
                    return;
                };
                let (low, high) = (self.form(low, instance), self.form(high, instance));
                self.cases.system.at_most(&low, form);
                self.cases.system.at_most(&form.plus(&one, 1), &high);
                if let Some(step) = constant_integer(step)
                    && step > 1
                {
                    let count = Form::variable(self.fresh());
                    self.cases
                        .system
                        .equate(form, &low.plus(&count.times(step.into()), 1));
                }
            }
            _ => {}
        }
    }
}

/// Whether arithmetic on a value is that of 64 bits.
fn is_word(value: Val) -> bool {
    let ty = value.r#type();
    melior::ir::TypeLike::is_index(&ty)
        || IntegerType::try_from(ty).is_ok_and(|ty| ty.width() == 64)
}
