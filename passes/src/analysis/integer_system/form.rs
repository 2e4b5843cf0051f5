//! Linear forms over numbered variables.

pub type Variable = usize;

/// `constant + sum of coefficient * variable`.
///
/// The terms are sorted by their variables, none of which occurs twice, and no coefficient is zero. Forms have a handful of
/// terms, so a vector is searched and merged faster than a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form {
    pub constant: i128,
    terms: Vec<(Variable, i128)>,
}

impl Form {
    /// Of terms in any order, of which those of one variable are added.
    pub fn new(constant: i128, terms: impl IntoIterator<Item = (Variable, i128)>) -> Self {
        let alone = |(variable, coefficient)| Self::variable(variable).times(coefficient);
        (terms.into_iter()).fold(Self::constant(constant), |all, term| {
            all.plus(&alone(term), 1)
        })
    }

    pub fn constant(constant: i128) -> Self {
        Self {
            constant,
            terms: Vec::new(),
        }
    }

    pub fn variable(variable: Variable) -> Self {
        Self {
            constant: 0,
            terms: vec![(variable, 1)],
        }
    }

    /// The variables with their coefficients, in the order of the variables.
    pub fn terms(&self) -> &[(Variable, i128)] {
        &self.terms
    }

    /// The one variable of a form and its coefficient; `None` where it has none or several.
    pub fn only_term(&self) -> Option<(Variable, i128)> {
        match self.terms[..] {
            [term] => Some(term),
            _ => None,
        }
    }

    /// `self + factor * other`.
    pub fn plus(&self, other: &Self, factor: i128) -> Self {
        let scaled = |coefficient: i128| coefficient.saturating_mul(factor);
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let mut rest = &self.terms[..];
        for &(variable, coefficient) in &other.terms {
            let before = rest.partition_point(|(known, _)| *known < variable);
            terms.extend_from_slice(&rest[..before]);
            rest = &rest[before..];
            let mut sum = scaled(coefficient);
            if let Some((known, own)) = rest.first()
                && *known == variable
            {
                sum = sum.saturating_add(*own);
                rest = &rest[1..];
            }
            if sum != 0 {
                terms.push((variable, sum));
            }
        }
        terms.extend_from_slice(rest);
        Self {
            constant: self.constant.saturating_add(scaled(other.constant)),
            terms,
        }
    }

    pub fn times(&self, factor: i128) -> Self {
        Self::default().plus(self, factor)
    }

    pub(super) fn coefficient(&self, variable: Variable) -> i128 {
        let found = self.terms.binary_search_by_key(&variable, |term| term.0);
        found.map_or(0, |at| self.terms[at].1)
    }

    pub(super) fn substitute(&mut self, variable: Variable, by: &Self) {
        if let Ok(at) = self.terms.binary_search_by_key(&variable, |term| term.0) {
            let (_, coefficient) = self.terms.remove(at);
            *self = self.plus(by, coefficient);
        }
    }

    /// The common divisor of the coefficients; zero where there are none.
    pub(super) fn divisor(&self) -> i128 {
        (self.terms.iter()).fold(0, |all, (_, one)| gcd(all, one.abs()))
    }

    /// Divides a form that is to be at least zero by the common divisor of its coefficients, which is not zero: the constant
    /// is rounded down.
    pub(super) fn tighten(&mut self, divisor: i128) {
        if divisor != 1 {
            (self.terms.iter_mut()).for_each(|(_, coefficient)| *coefficient /= divisor);
            self.constant = self.constant.div_euclid(divisor);
        }
    }

    /// Whether arithmetic on the numbers may have saturated, or soon will: two products of numbers that are not huge have a sum.
    pub(super) fn is_huge(&self) -> bool {
        const LIMIT: u128 = 1 << 62;
        let mut numbers = self.terms.iter().map(|(_, number)| *number);
        numbers.any(|number| number.unsigned_abs() > LIMIT) || self.constant.unsigned_abs() > LIMIT
    }
}

pub(super) fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn terms_are_sorted_and_none_is_zero() {
        let form = Form::new(3, [(2, 5), (0, 1), (2, -5), (1, 4)]);
        assert_eq!(form.terms(), [(0, 1), (1, 4)]);
        assert_eq!(form.constant, 3);
    }

    #[test]
    fn sums_merge_their_terms() {
        let (a, b) = (
            Form::new(1, [(0, 2), (3, 1)]),
            Form::new(2, [(0, 1), (1, 7), (4, 1)]),
        );
        assert_eq!(a.plus(&b, -2), Form::new(-3, [(1, -14), (3, 1), (4, -2)]));
        assert_eq!(a.times(0), Form::default());
    }

    #[test]
    fn a_variable_is_replaced_by_a_form() {
        // 2x + y with x = z - y + 1
        let mut form = Form::new(0, [(0, 2), (1, 1)]);
        form.substitute(0, &Form::new(1, [(1, -1), (2, 1)]));
        assert_eq!(form, Form::new(2, [(1, -1), (2, 2)]));
        assert_eq!(form.coefficient(0), 0);
    }

    #[test]
    fn what_is_at_least_zero_is_rounded_down() {
        // 4x - 6y - 3 >= 0 says that 2x - 3y - 2 >= 0.
        let mut form = Form::new(-3, [(0, 4), (1, -6)]);
        form.tighten(form.divisor());
        assert_eq!(form, Form::new(-2, [(0, 2), (1, -3)]));
    }

    #[test]
    fn numbers_saturate_and_are_told_to_be_huge() {
        let large = Form::new(0, [(0, i128::MAX)]);
        assert!(large.plus(&large, 1).is_huge());
        assert!(!Form::variable(0).is_huge());
    }
}
