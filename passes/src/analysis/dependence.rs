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

use crate::analysis::{
    access::{Access, Step},
    floor::{self, Part},
    integer_system::{Form, System, Variable},
    linear::{Linear, is_length},
};
use melior::ir::{BlockLike, ValueLike, operation::OperationLike, r#type::IntegerType};
use mlc_mlir::rewrite::{
    Key, Op, Val, arguments, constant_integer, defining_block, defining_op, integer_attribute,
    is_inside, nested_blocks, op_name, ops, position, value_key,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whether it is proved that the accesses of two different iterations of `around`, a `par.for`, never touch the same place.
pub fn never_meet<'c: 'a, 'a>(around: Op<'c, 'a>, a: &Access<'c, 'a>, b: &Access<'c, 'a>) -> bool {
    let Some(indices) = common_indices(a, b) else {
        return true;
    };
    let induction = induction_variables(around);
    let symmetric = a.op == b.op;
    (0..induction.len()).all(|differing| {
        let orders: &[bool] = if symmetric { &[true] } else { &[true, false] };
        orders.iter().all(|first_is_greater| {
            let mut question = Question::new(around);
            question.iterations_differ(&induction, differing, *first_is_greater);
            for (first, second) in &indices {
                let first = question.form(*first, Instance::First);
                let second = question.form(*second, Instance::Second);
                question.system.equate(&first, &second);
            }
            question.runs(a.op, Instance::First);
            question.runs(b.op, Instance::Second);
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

/// Products of more factors are not looked into.
const MOST_FACTORS: usize = 3;
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
    next: Variable,
}

impl<'c: 'a, 'a> Question<'c, 'a> {
    fn new(around: Op<'c, 'a>) -> Self {
        Self {
            around,
            system: System::default(),
            alternatives: Vec::new(),
            variables: HashMap::new(),
            forms: HashMap::new(),
            products: BTreeMap::new(),
            quotients: HashMap::new(),
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

    /// A value through the operation that makes it.
    fn look_into(&mut self, value: Val<'c, 'a>, instance: Instance) -> Option<Form> {
        let op = defining_op(value)?;
        if !is_word(value) {
            return None;
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
                self.system.at_most(&dividend, &multiple);
                let most = dividend.plus(&Form::constant(divisor - 1), 1);
                self.system.at_most(&multiple, &most);
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
                true => self.system.at_most(&result, form),
                false => self.system.at_most(form, &result),
            }
        }
        self.alternatives.push(ways.into());
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
        self.alternatives.push(ways);
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
        if constant_integer(divisor).is_some_and(|divisor| divisor > 0) {
            self.system.extend(&positive);
        } else {
            let mut negative = System::default();
            negative.at_most(&remainder, &Form::default());
            negative.at_most(&by, &remainder.plus(&one, -1));
            // By zero nothing is divided: the program checks that, and what it computes then is anything.
            let mut zero = System::default();
            zero.equate(&by, &Form::default());
            self.alternatives.push(vec![positive, negative, zero]);
            self.order_quotients(dividend, divisor, quotient, instance);
        }
        match part {
            Part::Quotient => Some(quotient_form),
            Part::Remainder if constant_integer(divisor).is_some_and(|d| d > 0) => Some(remainder),
            // By zero the remainder is not `dividend - 0`: it is a value of its own.
            Part::Remainder => {
                let result = Form::variable(self.fresh());
                let mut divided = System::default();
                divided.equate(&result, &remainder);
                let mut zero = System::default();
                zero.equate(&by, &Form::default());
                self.alternatives.push(vec![divided, zero]);
                Some(result)
            }
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
        self.alternatives.push(ways);
    }

    /// The product of two forms, with products of variables as variables.
    fn product(&mut self, left: &Form, right: &Form) -> Option<Form> {
        let mut result = left
            .times(right.constant)
            .plus(&right.times(left.constant), 1);
        result.constant = left.constant.checked_mul(right.constant)?;
        for (one, first) in &left.terms {
            for (other, second) in &right.terms {
                let mut factors = [self.factors(*one), self.factors(*other)].concat();
                factors.sort_unstable();
                if factors.len() > MOST_FACTORS {
                    return None;
                }
                let variable = self.product_variable(factors);
                let coefficient = first.checked_mul(*second)?;
                result = result.plus(&Form::variable(variable), coefficient);
            }
        }
        Some(result)
    }

    fn factors(&self, variable: Variable) -> Vec<Variable> {
        let product = self
            .products
            .iter()
            .find(|(_, product)| **product == variable);
        product.map_or_else(|| vec![variable], |(factors, _)| factors.clone())
    }

    fn product_variable(&mut self, factors: Vec<Variable>) -> Variable {
        if let Some(known) = self.products.get(&factors) {
            return *known;
        }
        let variable = self.fresh();
        self.products.insert(factors, variable);
        variable
    }

    /// An operation runs: the conditions around it hold, and the checks in front of it have passed.
    fn runs(&mut self, op: Op<'c, 'a>, instance: Instance) {
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
                self.system.at_least_zero(index.clone());
                self.system
                    .at_most(&index.plus(&Form::constant(1), 1), &length);
            }
            _ => {}
        }
    }

    fn holds(&mut self, condition: Val<'c, 'a>, holds: bool, instance: Instance) {
        let mut ways = self.condition(condition, holds, instance);
        match ways.len() {
            1 => self.system.extend(&ways.remove(0)),
            _ => self.alternatives.push(ways),
        }
    }

    /// The ways in which a condition holds, or does not.
    fn condition(
        &mut self,
        condition: Val<'c, 'a>,
        holds: bool,
        instance: Instance,
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
        let (Ok(left), Ok(right)) = (op.operand(0), op.operand(1.min(op.operand_count() - 1)))
        else {
            return anything();
        };
        match op_name(op) {
            "arith.cmpi" if is_word(left) => {
                let predicate = integer_attribute(op, "predicate");
                let (left, right) = (self.form(left, instance), self.form(right, instance));
                comparison(predicate, &left, &right, holds).unwrap_or_else(anything)
            }
            "arith.andi" | "arith.ori" => {
                let first = self.condition(left, holds, instance);
                let second = self.condition(right, holds, instance);
                if (op_name(op) == "arith.andi") != holds {
                    return [first, second].concat();
                }
                let both = |one: &System, other: &System| {
                    let mut both = one.clone();
                    both.extend(other);
                    both
                };
                first
                    .iter()
                    .flat_map(|one| second.iter().map(move |other| both(one, other)))
                    .collect()
            }
            _ => anything(),
        }
    }

    /// Whether no case of the alternatives has a solution.
    fn has_no_solution(mut self) -> bool {
        self.split_signs();
        let mut budget = MOST_CASES;
        self.refutes(&self.system, &self.alternatives, &mut budget)
    }

    /// The sign of a factor that products share decides what follows for them.
    fn split_signs(&mut self) {
        let mut seen = BTreeSet::new();
        let shared: Vec<Variable> = (self.products.keys().flatten().copied())
            .filter(|factor| !seen.insert(*factor))
            .collect();
        for factor in BTreeSet::from_iter(shared) {
            let form = Form::variable(factor);
            let one = Form::constant(1);
            let mut ways = vec![System::default(), System::default(), System::default()];
            ways[0].at_most(&one, &form);
            ways[1].equate(&form, &Form::default());
            ways[2].at_most(&form, &Form::constant(-1));
            // First: products are useless without it.
            self.alternatives.insert(0, ways);
        }
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

    /// The system, and what follows from it for products of which a factor has a known sign.
    fn with_products(&self, system: &System) -> System {
        let mut all = system.clone();
        if self.products.is_empty() {
            return all;
        }
        let factors: BTreeSet<Variable> = self.products.keys().flatten().copied().collect();
        for factor in factors {
            let Some(sign) = sign(system, factor) else {
                continue;
            };
            for form in &system.inequalities {
                if let Some(multiplied) = self.multiplied(form, factor) {
                    match sign {
                        0 => all.equate(&multiplied, &Form::default()),
                        sign => all.at_least_zero(multiplied.times(sign)),
                    }
                }
            }
            for form in &system.equations {
                if let Some(multiplied) = self.multiplied(form, factor) {
                    all.equate(&multiplied, &Form::default());
                }
            }
        }
        all
    }

    /// A form times a factor, where all products that arise are variables already.
    fn multiplied(&self, form: &Form, factor: Variable) -> Option<Form> {
        let mut result = Form::variable(factor).times(form.constant);
        for (variable, coefficient) in &form.terms {
            let mut factors = self.factors(*variable);
            factors.push(factor);
            factors.sort_unstable();
            let product = self.products.get(&factors)?;
            result = result.plus(&Form::variable(*product), *coefficient);
        }
        Some(result)
    }
}

/// The sign that a variable is stated to have.
fn sign(system: &System, variable: Variable) -> Option<i128> {
    let alone = |form: &&Form| form.terms.len() == 1 && form.terms.contains_key(&variable);
    if let Some(form) = system.equations.iter().find(alone) {
        return (form.constant == 0).then_some(0);
    }
    (system.inequalities.iter().filter(alone))
        .find(|form| form.constant <= 0)
        .map(|form| form.terms[&variable].signum())
}

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

/// Whether arithmetic on a value is that of 64 bits.
fn is_word(value: Val) -> bool {
    let ty = value.r#type();
    melior::ir::TypeLike::is_index(&ty)
        || IntegerType::try_from(ty).is_ok_and(|ty| ty.width() == 64)
}
