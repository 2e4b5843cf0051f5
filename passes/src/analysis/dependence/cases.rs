//! A question about integers: a system with alternatives and products, decided case by case.

use crate::analysis::integer_system::{Form, System, Variable};
use std::collections::{BTreeMap, BTreeSet};

/// How many cases of the alternatives are tried before the question is given up. Of the random loops of `tests/soundness` and
/// the examples, the proofs that succeed need at most 49 (half of them 3), and questions without a proof end after 20: this
/// bounds the time of what is built to take long, and leaves room for one alternative more.
const MOST_CASES: usize = 128;

/// More equations and inequalities than this are given up before they are solved: proofs need a tenth of them.
const MOST_FORMS: usize = 512;

/// What has to hold at once, where each of the alternatives holds in one of its ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Cases {
    pub system: System,
    /// Each holds in one of the ways listed.
    pub alternatives: Vec<Vec<System>>,
    /// Products, by their sorted factors.
    pub products: BTreeMap<Vec<Variable>, Variable>,
}

impl Cases {
    /// Whether it is proved that no case has a solution.
    pub fn have_no_solution(&self) -> bool {
        let forms = self.system.equations.len() + self.system.inequalities.len();
        let mut budget = MOST_CASES;
        forms <= MOST_FORMS && self.refutes(&self.system, &self.alternatives, &mut budget)
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
        for (variable, coefficient) in form.terms() {
            let mut factors = self.factors(*variable);
            factors.push(factor);
            factors.sort_unstable();
            let product = self.products.get(&factors)?;
            result = result.plus(&Form::variable(*product), *coefficient);
        }
        Some(result)
    }

    /// What a variable is the product of: itself, where it is none.
    pub fn factors(&self, variable: Variable) -> Vec<Variable> {
        let product = self
            .products
            .iter()
            .find(|(_, product)| **product == variable);
        product.map_or_else(|| vec![variable], |(factors, _)| factors.clone())
    }
}

/// The sign that a variable is stated to have.
fn sign(system: &System, variable: Variable) -> Option<i128> {
    let alone = |form: &Form| form.only_term().filter(|(only, _)| *only == variable);
    if let Some(form) = system.equations.iter().find(|form| alone(form).is_some()) {
        return (form.constant == 0).then_some(0);
    }
    (system.inequalities.iter())
        .filter(|form| form.constant <= 0)
        .find_map(|form| Some(alone(form)?.1.signum()))
}
