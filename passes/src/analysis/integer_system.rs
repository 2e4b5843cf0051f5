//! Whether a system of linear equations and inequalities over the integers has a solution.
//!
//! Equations are solved by unimodular substitution, which includes the greatest-common-divisor test (Banerjee,
//! *Dependence Analysis*, 1997, chapter 3); inequalities by Fourier-Motzkin elimination, each of which is tightened
//! by the common divisor of its coefficients, and is an equation where its opposite holds, too, as in the Omega test
//! (Pugh, *A practical algorithm for exact array dependence analysis*, CACM 1992). "No solution" is a proof; a system
//! that is too large, or that has a rational solution only, counts as one that may have a solution.

mod form;

use form::gcd;
use std::collections::BTreeMap;

pub use form::{Form, Variable};

/// Equations and inequalities that hold at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
        let largest = |form: &Form| form.terms().last().map_or(0, |(variable, _)| variable + 1);
        let all = self.equations.iter().chain(&self.inequalities);
        let mut fresh = all.map(largest).max().unwrap_or(0);
        self.forget_huge();
        while let Some(equation) = self.equations.pop() {
            let divisor = equation.divisor();
            if divisor == 0 {
                if equation.constant != 0 {
                    return Outcome::Contradiction;
                }
                continue;
            }
            if equation.constant % divisor != 0 {
                return Outcome::Contradiction;
            }
            let (variable, coefficient) = (equation.terms().iter().copied())
                .min_by_key(|(_, coefficient)| coefficient.abs())
                .expect("a form with a divisor has a term");
            let others = (equation.terms().iter()).filter(|(other, _)| *other != variable);
            let replacement = if coefficient.abs() == divisor {
                // All others are multiples of it: the variable is what is left.
                let others = others.map(|(other, factor)| (*other, -factor / coefficient));
                Form::new(-equation.constant / coefficient, others)
            } else {
                // A unimodular step makes the other coefficients remainders (Euclid's algorithm).
                let others =
                    others.map(|(other, factor)| (*other, -factor.div_euclid(coefficient)));
                let replacement = Form::new(0, others.chain([(fresh, 1)]));
                fresh += 1;
                self.equations.push(equation);
                replacement
            };
            let all = self.equations.iter_mut().chain(&mut self.inequalities);
            all.for_each(|form| form.substitute(variable, &replacement));
            self.forget_huge();
        }
        Outcome::Unknown
    }

    /// Leaves out what is too large to compute with: with less that has to hold, nothing wrong is proved.
    fn forget_huge(&mut self) {
        self.equations.retain(|form| !form.is_huge());
        self.inequalities.retain(|form| !form.is_huge());
    }

    /// Fourier-Motzkin elimination of all variables.
    fn eliminate(&mut self) -> Outcome {
        loop {
            if self.tighten() == Outcome::Contradiction {
                return Outcome::Contradiction;
            }
            if self.find_equations() {
                if self.solve_equations() == Outcome::Contradiction {
                    return Outcome::Contradiction;
                }
                continue;
            }
            let mut counts: BTreeMap<Variable, (usize, usize)> = BTreeMap::new();
            for form in &self.inequalities {
                for (variable, coefficient) in form.terms() {
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

    /// Makes an equation of each form that is at least and at most zero. Of sorted inequalities, none of which is there twice.
    fn find_equations(&mut self) -> bool {
        let opposite = |form: &Form| {
            let opposite = form.times(-1);
            let known = &self.inequalities;
            let found = known.binary_search_by(|other| other.terms().cmp(opposite.terms()));
            found.is_ok_and(|at| known[at].constant == opposite.constant)
        };
        let starts_positive = |form: &&Form| form.terms().first().is_some_and(|term| term.1 > 0);
        let equations = self.inequalities.iter().filter(starts_positive);
        let equations: Vec<Form> = equations.filter(|form| opposite(form)).cloned().collect();
        let found = !equations.is_empty();
        self.equations.extend(equations);
        found
    }

    /// Divides every inequality by its common divisor, rounding the constant down, and keeps the strongest of each.
    fn tighten(&mut self) -> Outcome {
        let mut empty = false;
        self.inequalities.retain_mut(|form| {
            let divisor = form.divisor();
            empty |= divisor == 0 && form.constant < 0;
            if divisor != 0 {
                form.tighten(divisor);
            }
            divisor != 0
        });
        if empty {
            return Outcome::Contradiction;
        }
        // The strongest of each comes first.
        (self.inequalities)
            .sort_unstable_by(|a, b| (a.terms(), a.constant).cmp(&(b.terms(), b.constant)));
        (self.inequalities).dedup_by(|weaker, stronger| weaker.terms() == stronger.terms());
        Outcome::Unknown
    }
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Contradiction,
    Unknown,
}

#[cfg(test)]
mod brute_force;

#[cfg(test)]
mod tests {
    use super::{Form, System};

    fn form(constant: i128, terms: &[(usize, i128)]) -> Form {
        Form::new(constant, terms.iter().copied())
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
