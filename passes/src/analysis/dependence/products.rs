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
        for (one, first) in left.terms() {
            for (other, second) in right.terms() {
                let mut factors = [self.cases.factors(*one), self.cases.factors(*other)].concat();
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

    fn product_variable(&mut self, factors: Vec<Variable>) -> Variable {
        if let Some(known) = self.cases.products.get(&factors) {
            return *known;
        }
        let variable = self.fresh();
        self.cases.products.insert(factors, variable);
        variable
    }

    /// The sign of a factor that products share decides what follows for them.
    pub(super) fn split_signs(&mut self) {
        let mut seen = BTreeSet::new();
        let shared: Vec<Variable> = (self.cases.products.keys().flatten().copied())
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
            self.cases.alternatives.insert(0, ways);
        }
    }
}
