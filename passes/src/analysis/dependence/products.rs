//! Products of two values, which are variables of their own, and what follows for them from what is known of a factor.

use super::Question;
use crate::analysis::integer_system::{Form, System, Variable};
use std::collections::BTreeSet;

/// Products of more factors are not looked into.
const MOST_FACTORS: usize = 3;

impl Question<'_, '_> {
    /// The product of two forms, with products of variables as variables.
    pub(super) fn product(&mut self, left: &Form, right: &Form) -> Option<Form> {
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

    /// The sign of a factor that products share decides what follows for them.
    pub(super) fn split_signs(&mut self) {
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

    /// The system, and what follows from it for products of which a factor has a known sign.
    pub(super) fn with_products(&self, system: &System) -> System {
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
