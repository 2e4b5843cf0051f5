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

mod conditions;
mod forms;
mod products;

use crate::analysis::{
    access::{Access, Step},
    integer_system::{Form, System, Variable},
    linear::is_length,
};
use melior::ir::{BlockLike, ValueLike, operation::OperationLike, r#type::IntegerType};
use mlc_mlir::rewrite::{
    Key, Op, Val, arguments, constant_integer, defining_block, is_inside, nested_blocks, op_name,
    position, value_key,
};
use std::collections::{BTreeMap, HashMap};

/// The proof that the accesses of two different iterations of `around`, a `par.for`, never touch the same place, where there is
/// one: it holds if the results of these operations are those of exact integers.
pub fn never_meet<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    a: &Access<'c, 'a>,
    b: &Access<'c, 'a>,
) -> Option<Vec<Op<'c, 'a>>> {
    let Some(indices) = common_indices(a, b) else {
        return Some(Vec::new());
    };
    let mut taken = BTreeMap::new();
    if proves(around, (a, b), &indices, false, &mut taken) {
        return Some(Vec::new());
    }
    let more = !taken.is_empty() && proves(around, (a, b), &indices, true, &mut taken);
    more.then(|| taken.into_values().collect())
}

/// Whether there is a proof, with computations taken for exact where values from before the loop decide if they are, or not.
/// Names these computations.
fn proves<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    (a, b): (&Access<'c, 'a>, &Access<'c, 'a>),
    indices: &[(Val<'c, 'a>, Val<'c, 'a>)],
    takes_exactly: bool,
    taken: &mut BTreeMap<Key, Op<'c, 'a>>,
) -> bool {
    let induction = induction_variables(around);
    let symmetric = a.op == b.op;
    (0..induction.len()).all(|differing| {
        let orders: &[bool] = if symmetric { &[true] } else { &[true, false] };
        orders.iter().all(|first_is_greater| {
            let mut question = Question::new(around, takes_exactly);
            question.iterations_differ(&induction, differing, *first_is_greater);
            for (first, second) in indices {
                let first = question.form(*first, Instance::First);
                let second = question.form(*second, Instance::Second);
                question.system.equate(&first, &second);
            }
            question.runs(a.op, Instance::First);
            question.runs(b.op, Instance::Second);
            taken.append(&mut question.taken_exactly);
            question.has_no_solution()
        })
    })
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

/// How many cases of the alternatives are tried before the question is given up. Of the random loops of `tests/soundness` and
/// the examples, the proofs that succeed need at most 49 (half of them 3), and questions without a proof end after 20: this
/// bounds the time of what is built to take long, and leaves room for one alternative more.
const MOST_CASES: usize = 128;

struct Question<'c, 'a> {
    around: Op<'c, 'a>,
    system: System,
    /// Each holds in one of the ways listed.
    alternatives: Vec<Vec<System>>,
    variables: HashMap<(Key, Instance), Variable>,
    forms: HashMap<(Key, Instance), Form>,
    /// Products, by their sorted factors.
    products: BTreeMap<Vec<Variable>, Variable>,
    /// Quotients in the two iterations that a divisor is multiplied with.
    quotients: HashMap<(Key, Key), (Option<Variable>, Option<Variable>)>,
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
            system: System::default(),
            alternatives: Vec::new(),
            variables: HashMap::new(),
            forms: HashMap::new(),
            products: BTreeMap::new(),
            quotients: HashMap::new(),
            taken_exactly: BTreeMap::new(),
            next: 0,
        }
    }

    /// The iterations agree before the induction variable `differing`, and differ in it.
    fn iterations_differ(
        &mut self,
        induction: &[Val<'c, 'a>],
        differing: usize,
        first_is_greater: bool,
    ) {
        for (number, iv) in induction.iter().enumerate().take(differing + 1) {
            let first = self.form(*iv, Instance::First);
            let second = self.form(*iv, Instance::Second);
            if number < differing {
                self.system.equate(&first, &second);
                continue;
            }
            let distance = match first_is_greater {
                true => first.plus(&second, -1),
                false => second.plus(&first, -1),
            };
            self.system
                .at_least_zero(distance.plus(&Form::constant(1), -1));
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
        let variable = self.fresh();
        self.variables
            .insert((value_key(value), instance), variable);
        let form = Form::variable(variable);
        if is_length(value) {
            self.system.at_least_zero(form.clone());
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
                self.system.at_least_zero(form.clone());
                self.system.at_most(&form.plus(&one, 1), &bound);
            }
            "scf.for" if position(iv) == 0 => {
                let (Some(low), Some(high), Some(step)) = (operand(0), operand(1), operand(2))
                else {
                    return;
                };
                let (low, high) = (self.form(low, instance), self.form(high, instance));
                self.system.at_most(&low, form);
                self.system.at_most(&form.plus(&one, 1), &high);
                if let Some(step) = constant_integer(step)
                    && step > 1
                {
                    let count = Form::variable(self.fresh());
                    self.system
                        .equate(form, &low.plus(&count.times(step.into()), 1));
                }
            }
            _ => {}
        }
    }

    /// Whether no case of the alternatives has a solution.
    fn has_no_solution(mut self) -> bool {
        self.split_signs();
        let mut budget = MOST_CASES;
        self.refutes(&self.system, &self.alternatives, &mut budget)
    }

    fn refutes(&self, system: &System, alternatives: &[Vec<System>], budget: &mut usize) -> bool {
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        if self.with_products(system).has_no_solution() {
            return true;
        }
        let Some((ways, rest)) = alternatives.split_first() else {
            return false;
        };
        ways.iter().all(|way| {
            let mut one = system.clone();
            one.extend(way);
            self.refutes(&one, rest, budget)
        })
    }
}

/// Whether arithmetic on a value is that of 64 bits.
fn is_word(value: Val) -> bool {
    let ty = value.r#type();
    melior::ir::TypeLike::is_index(&ty)
        || IntegerType::try_from(ty).is_ok_and(|ty| ty.width() == 64)
}
