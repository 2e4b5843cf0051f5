//! Whether a system of linear equations and inequalities over the integers has a solution.
//!
//! Equations are solved by unimodular substitution, which includes the greatest-common-divisor test (Banerjee,
//! *Dependence Analysis*, 1997, chapter 3); inequalities by Fourier-Motzkin elimination, each of which is tightened
//! by the common divisor of its coefficients, as in the Omega test (Pugh, *A practical algorithm for exact array
//! dependence analysis*, CACM 1992). "No solution" is a proof; a system that is too large, or that has a rational
//! solution only, counts as one that may have a solution.

use std::collections::BTreeMap;

pub type Variable = usize;

/// `constant + sum of coefficient * variable`. No coefficient is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    pub constant: i128,
    pub terms: BTreeMap<Variable, i128>,
}

impl Form {
    pub fn constant(constant: i128) -> Self {
        Self {
            constant,
            terms: BTreeMap::new(),
        }
    }

    pub fn variable(variable: Variable) -> Self {
        Self {
            constant: 0,
            terms: BTreeMap::from([(variable, 1)]),
        }
    }

    /// `self + factor * other`.
    pub fn plus(&self, other: &Self, factor: i128) -> Self {
        let mut sum = self.clone();
        sum.constant = sum
            .constant
            .saturating_add(other.constant.saturating_mul(factor));
        for (&variable, &coefficient) in &other.terms {
            let entry = sum.terms.entry(variable).or_insert(0);
            *entry = entry.saturating_add(coefficient.saturating_mul(factor));
            if *entry == 0 {
                sum.terms.remove(&variable);
            }
        }
        sum
    }

    pub fn times(&self, factor: i128) -> Self {
        Self::default().plus(self, factor)
    }

    fn coefficient(&self, variable: Variable) -> i128 {
        self.terms.get(&variable).copied().unwrap_or(0)
    }

    fn substitute(&self, variable: Variable, by: &Self) -> Self {
        let coefficient = self.coefficient(variable);
        if coefficient == 0 {
            return self.clone();
        }
        let mut rest = self.clone();
        rest.terms.remove(&variable);
        rest.plus(by, coefficient)
    }

    /// The common divisor of the coefficients; zero where there are none.
    fn divisor(&self) -> i128 {
        self.terms.values().fold(0, |all, one| gcd(all, one.abs()))
    }

    /// Whether arithmetic on the numbers may have saturated, or soon will.
    fn is_huge(&self) -> bool {
        const LIMIT: i128 = 1 << 100;
        self.constant.abs() > LIMIT || self.terms.values().any(|number| number.abs() > LIMIT)
    }
}

/// Equations and inequalities that hold at once.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// Each is zero.
    pub equations: Vec<Form>,
    /// Each is at least zero.
    pub inequalities: Vec<Form>,
}

/// More inequalities than this are given up: twice the most that elimination comes to in the random loops of
/// `tests/soundness` and the examples, where proofs need at most 18.
const MOST_INEQUALITIES: usize = 72;

impl System {
    pub fn equate(&mut self, first: &Form, second: &Form) {
        self.equations.push(first.plus(second, -1));
    }

    /// Adds `form >= 0`.
    pub fn at_least_zero(&mut self, form: Form) {
        self.inequalities.push(form);
    }

    /// Adds `first <= second`.
    pub fn at_most(&mut self, first: &Form, second: &Form) {
        self.inequalities.push(second.plus(first, -1));
    }

    pub fn extend(&mut self, other: &System) {
        self.equations.extend_from_slice(&other.equations);
        self.inequalities.extend_from_slice(&other.inequalities);
    }

    /// Whether it is proved that no integers satisfy all of it.
    pub fn has_no_solution(&self) -> bool {
        let mut system = self.clone();
        system.solve_equations() == Outcome::Contradiction
            || system.eliminate() == Outcome::Contradiction
    }

    /// Uses every equation to replace a variable.
    fn solve_equations(&mut self) -> Outcome {
        let largest = |form: &Form| form.terms.keys().next_back().copied();
        let all = self.equations.iter().chain(&self.inequalities);
        let mut fresh = all.filter_map(largest).max().map_or(0, |last| last + 1);
        while let Some(equation) = self.equations.pop() {
            let divisor = equation.divisor();
            if equation.is_huge() {
                continue;
            }
            if divisor == 0 {
                if equation.constant != 0 {
                    return Outcome::Contradiction;
                }
                continue;
            }
            if equation.constant % divisor != 0 {
                return Outcome::Contradiction;
            }
            let (variable, coefficient) = (equation.terms.iter())
                .map(|(variable, coefficient)| (*variable, *coefficient))
                .min_by_key(|(_, coefficient)| coefficient.abs())
                .expect("a form with a divisor has a term");
            let mut replacement = Form::default();
            if coefficient.abs() == divisor {
                // All others are multiples of it: the variable is what is left.
                for (other, factor) in &equation.terms {
                    if *other != variable {
                        replacement.terms.insert(*other, -factor / coefficient);
                    }
                }
                replacement.constant = -equation.constant / coefficient;
            } else {
                // A unimodular step makes the other coefficients remainders (Euclid's algorithm).
                for (other, factor) in &equation.terms {
                    let quotient = factor.div_euclid(coefficient);
                    if *other != variable && quotient != 0 {
                        replacement.terms.insert(*other, -quotient);
                    }
                }
                replacement.terms.insert(fresh, 1);
                fresh += 1;
                self.equations.push(equation);
            }
            let all = self.equations.iter_mut().chain(&mut self.inequalities);
            for form in all {
                *form = form.substitute(variable, &replacement);
            }
        }
        Outcome::Unknown
    }

    /// Fourier-Motzkin elimination of all variables.
    fn eliminate(&mut self) -> Outcome {
        loop {
            if self.tighten() == Outcome::Contradiction {
                return Outcome::Contradiction;
            }
            let mut counts: BTreeMap<Variable, (usize, usize)> = BTreeMap::new();
            for form in &self.inequalities {
                for (variable, coefficient) in &form.terms {
                    let count = counts.entry(*variable).or_default();
                    match *coefficient > 0 {
                        true => count.0 += 1,
                        false => count.1 += 1,
                    }
                }
            }
            let cheapest = (counts.into_iter())
                .min_by_key(|(_, (below, above))| below * above)
                .map(|(variable, _)| variable);
            let Some(variable) = cheapest else {
                return Outcome::Unknown;
            };
            let (with, without): (Vec<Form>, Vec<Form>) = std::mem::take(&mut self.inequalities)
                .into_iter()
                .partition(|form| form.coefficient(variable) != 0);
            let (below, above): (Vec<Form>, Vec<Form>) = with
                .into_iter()
                .partition(|form| form.coefficient(variable) > 0);
            self.inequalities = without;
            for low in &below {
                for high in &above {
                    let (one, other) = (low.coefficient(variable), -high.coefficient(variable));
                    let shared = gcd(one, other);
                    let sum = low.times(other / shared).plus(high, one / shared);
                    if !sum.is_huge() {
                        self.inequalities.push(sum);
                    }
                }
            }
            if self.inequalities.len() > MOST_INEQUALITIES {
                return Outcome::Unknown;
            }
        }
    }

    /// Divides every inequality by its common divisor, rounding the constant down, and keeps the strongest of each.
    fn tighten(&mut self) -> Outcome {
        let mut strongest: BTreeMap<BTreeMap<Variable, i128>, i128> = BTreeMap::new();
        for mut form in std::mem::take(&mut self.inequalities) {
            let divisor = form.divisor();
            if divisor == 0 {
                if form.constant < 0 {
                    return Outcome::Contradiction;
                }
                continue;
            }
            form.terms
                .values_mut()
                .for_each(|number| *number /= divisor);
            let constant = form.constant.div_euclid(divisor);
            let known = strongest.entry(form.terms).or_insert(constant);
            *known = constant.min(*known);
        }
        self.inequalities = strongest
            .into_iter()
            .map(|(terms, constant)| Form { constant, terms })
            .collect();
        Outcome::Unknown
    }
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Contradiction,
    Unknown,
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod brute_force;

#[cfg(test)]
mod tests {
    use super::{Form, System};

    fn form(constant: i128, terms: &[(usize, i128)]) -> Form {
        Form {
            constant,
            terms: terms.iter().copied().collect(),
        }
    }

    fn system(equations: &[Form], inequalities: &[Form]) -> System {
        System {
            equations: equations.to_vec(),
            inequalities: inequalities.to_vec(),
        }
    }

    #[test]
    fn the_empty_system_has_a_solution() {
        assert!(!System::default().has_no_solution());
    }

    #[test]
    fn the_greatest_common_divisor_must_divide() {
        // 2x - 2y = 1
        assert!(system(&[form(-1, &[(0, 2), (1, -2)])], &[]).has_no_solution());
        // 2x - 3y = 1
        assert!(!system(&[form(-1, &[(0, 2), (1, -3)])], &[]).has_no_solution());
        // 6x + 10y + 15z = 1
        assert!(!system(&[form(-1, &[(0, 6), (1, 10), (2, 15)])], &[]).has_no_solution());
    }

    #[test]
    fn equations_meet_bounds() {
        // x = y + 5, 0 <= x <= 4, y >= 0
        let apart = [form(0, &[(0, 1)]), form(4, &[(0, -1)]), form(0, &[(1, 1)])];
        assert!(system(&[form(-5, &[(0, 1), (1, -1)])], &apart).has_no_solution());
        assert!(!system(&[form(-4, &[(0, 1), (1, -1)])], &apart).has_no_solution());
    }

    #[test]
    fn euclid_solves_coefficients_above_one() {
        // 4x + 6y = 2 has solutions, but none with 0 <= x <= 1 and 1 <= y <= 2.
        let bounds = [
            form(0, &[(0, 1)]),
            form(1, &[(0, -1)]),
            form(-1, &[(1, 1)]),
            form(2, &[(1, -1)]),
        ];
        assert!(system(&[form(-2, &[(0, 4), (1, 6)])], &bounds).has_no_solution());
    }

    #[test]
    fn inequalities_are_tightened() {
        // 1 <= 2x <= 1 has a rational solution, but no integer.
        let bounds = [form(-1, &[(0, 2)]), form(1, &[(0, -2)])];
        assert!(system(&[], &bounds).has_no_solution());
    }

    #[test]
    fn a_triangle_never_meets_its_mirror() {
        // p < j, q < i, and (p, j) = (i, q).
        let equations = [form(0, &[(0, 1), (3, -1)]), form(0, &[(1, 1), (2, -1)])];
        let inequalities = [form(-1, &[(1, 1), (0, -1)]), form(-1, &[(3, 1), (2, -1)])];
        assert!(system(&equations, &inequalities).has_no_solution());
    }

    #[test]
    fn blocks_of_four_meet_when_five_are_written() {
        // 4p + j = 4q + k, p >= q + 1, 0 <= j, k < width
        let meets = |width: i128| {
            let equation = form(0, &[(0, 4), (1, 1), (2, -4), (3, -1)]);
            let inequalities = [
                form(-1, &[(0, 1), (2, -1)]),
                form(0, &[(1, 1)]),
                form(width - 1, &[(1, -1)]),
                form(0, &[(3, 1)]),
                form(width - 1, &[(3, -1)]),
            ];
            !system(&[equation], &inequalities).has_no_solution()
        };
        assert!(!meets(4));
        assert!(meets(5));
    }

    #[test]
    fn numbers_near_the_limit_prove_nothing() {
        let huge = i128::MAX / 2;
        assert!(!system(&[form(huge, &[(0, huge), (1, 3)])], &[]).has_no_solution());
    }
}
