//! Whether two accesses with affine indices stay apart, decided from numbers that only the run knows, in constant time.
//!
//! The tests are those of the compiler (bounds, the greatest common divisor, mixed radix; Banerjee, *Dependence Analysis*,
//! 1997), and for one dimension the exact solution of the equation. "Apart" is a proof; otherwise the places are
//! inspected one by one.

use std::cell::RefCell;

/// An index of one dimension: `constant + sum of coefficients * iteration + sum of steps * inner loops`.
struct Index<'a> {
    constant: i128,
    coefficients: &'a [i64],
    /// The step of each inner loop and its greatest number of iterations.
    inner: Vec<(i128, i128)>,
}

/// Reads the numbers in the order in which compiled code wrote them.
struct Numbers<'a>(&'a [i64]);

impl<'a> Numbers<'a> {
    fn next(&mut self) -> Option<i64> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [i64]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// `constant, coefficients…, wraps, length, inner loops, (step, trips, coefficients of the trips…)…`; an index that
    /// wraps is below zero always or never, or else nothing is known.
    fn index(&mut self, trips: &[i64]) -> Option<Index<'a>> {
        let constant = self.next()?.into();
        let coefficients = self.take(trips.len())?;
        let (wraps, length) = (self.next()? != 0, self.next()?);
        let mut inner = Vec::new();
        for _ in 0..self.next()? {
            let step = self.next()?.into();
            let fixed: i128 = self.next()?.into();
            let growth = self.take(trips.len())?;
            inner.push((step, fixed + range(growth, trips).1));
        }
        let mut index = Index {
            constant,
            coefficients,
            inner,
        };
        let (least, most) = index.range(trips);
        // Where an index leaves 64 bits, the program computes another one.
        let word = i128::from(i64::MIN)..=i128::from(i64::MAX);
        if !word.contains(&least) || !word.contains(&most) {
            return None;
        }
        if wraps && least < 0 {
            if most >= 0 {
                return None;
            }
            index.constant += i128::from(length);
        }
        Some(index)
    }
}

/// The least and the greatest value of a sum over iterations.
fn range(coefficients: &[i64], trips: &[i64]) -> (i128, i128) {
    coefficients
        .iter()
        .zip(trips)
        .map(|(&coefficient, &trips)| i128::from(coefficient) * i128::from(trips - 1))
        .fold((0, 0), |(least, most), reach| {
            (least + reach.min(0), most + reach.max(0))
        })
}

impl Index<'_> {
    /// What does not depend on the iteration.
    fn rest(&self) -> (i128, i128) {
        self.inner.iter().fold(
            (self.constant, self.constant),
            |(least, most), (step, trips)| {
                let reach = step.saturating_mul(trips - 1);
                (
                    least.saturating_add(reach.min(0)),
                    most.saturating_add(reach.max(0)),
                )
            },
        )
    }

    fn range(&self, trips: &[i64]) -> (i128, i128) {
        let (rest, outer) = (self.rest(), range(self.coefficients, trips));
        (
            rest.0.saturating_add(outer.0),
            rest.1.saturating_add(outer.1),
        )
    }

    fn never_runs(&self) -> bool {
        self.inner.iter().any(|(_, trips)| *trips <= 0)
    }
}

/// What equal indices of two different iterations say.
enum Verdict {
    NeverEqual,
    /// The iterations agree in these dimensions.
    Agree(Vec<usize>),
}

fn compare(first: &Index, second: &Index, trips: &[i64]) -> Verdict {
    let (one, other) = (first.range(trips), second.range(trips));
    if one.1 < other.0 || other.1 < one.0 || divisor_excludes(first, second) {
        return Verdict::NeverEqual;
    }
    if trips.len() == 1 && first.inner.is_empty() && second.inner.is_empty() {
        let equation = (
            i128::from(first.coefficients[0]),
            i128::from(second.coefficients[0]),
            second.constant - first.constant,
        );
        return match different_solution(equation, trips[0].into()) {
            true => Verdict::Agree(Vec::new()),
            false => Verdict::NeverEqual,
        };
    }
    if first.coefficients != second.coefficients {
        return Verdict::Agree(Vec::new());
    }
    let (one, other) = (first.rest(), second.rest());
    let mut reach = (one.1 - other.0).abs().max((other.1 - one.0).abs());
    let mut varying: Vec<(i128, usize)> = (first.coefficients.iter().enumerate())
        .filter(|(dimension, coefficient)| **coefficient != 0 && trips[*dimension] > 1)
        .map(|(dimension, coefficient)| (i128::from(*coefficient).abs(), dimension))
        .collect();
    varying.sort_unstable();
    let mut agreed = Vec::new();
    for (coefficient, dimension) in varying {
        if coefficient <= reach {
            return Verdict::Agree(Vec::new());
        }
        agreed.push(dimension);
        reach += coefficient * i128::from(trips[dimension] - 1);
    }
    Verdict::Agree(agreed)
}

/// Whether the difference of the constants is no multiple of what divides all that varies.
fn divisor_excludes(first: &Index, second: &Index) -> bool {
    let outer = first.coefficients.iter().chain(second.coefficients);
    let inner = first
        .inner
        .iter()
        .chain(&second.inner)
        .map(|(step, _)| *step);
    let divisor = outer
        .map(|&number| i128::from(number))
        .chain(inner)
        .fold(0, |all, one| gcd(all, one.abs()));
    let difference = first.constant - second.constant;
    divisor != 0 && difference % divisor != 0
}

/// Whether `a * p - b * q = c` for different `p` and `q` in `0..trips`.
fn different_solution((a, b, c): (i128, i128, i128), trips: i128) -> bool {
    if a == 0 && b == 0 {
        return c == 0 && trips > 1;
    }
    let (divisor, x, y) = extended_gcd(a, -b);
    if c % divisor != 0 {
        return false;
    }
    // All solutions: p = start.0 + t * steps.0, q = start.1 + t * steps.1.
    let (scale, steps) = (c / divisor, (-b / divisor, -a / divisor));
    let (Some(p), Some(q)) = (x.checked_mul(scale), y.checked_mul(scale)) else {
        return true;
    };
    let (mut low, mut high) = (i128::MIN, i128::MAX);
    for (start, step) in [(p, steps.0), (q, steps.1)] {
        if step == 0 {
            if !(0..trips).contains(&start) {
                return false;
            }
            continue;
        }
        let (at_first, at_last) = (-start, trips - 1 - start);
        let (from, to) = match step > 0 {
            true => (ceil_div(at_first, step), at_last.div_euclid(step)),
            false => (ceil_div(at_last, step), floor_div(at_first, step)),
        };
        (low, high) = (low.max(from), high.min(to));
    }
    if low > high {
        return false;
    }
    // Of two solutions at most one has p = q, unless all have.
    let differs = |t: i128| p + t * steps.0 != q + t * steps.1;
    differs(low) || (low < high && differs(low + 1))
}

fn floor_div(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    quotient - i128::from(a % b != 0 && (a % b < 0) != (b < 0))
}

fn ceil_div(a: i128, b: i128) -> i128 {
    -floor_div(-a, b)
}

/// The common divisor `d > 0` and `x`, `y` with `a * x + b * y = d`.
fn extended_gcd(a: i128, b: i128) -> (i128, i128, i128) {
    let (mut old, mut new) = ((a, 1, 0), (b, 0, 1));
    while new.0 != 0 {
        let quotient = old.0 / new.0;
        let next = (
            old.0 - quotient * new.0,
            old.1 - quotient * new.1,
            old.2 - quotient * new.2,
        );
        (old, new) = (new, next);
    }
    if old.0 < 0 {
        (-old.0, -old.1, -old.2)
    } else {
        old
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// `dimensions, trips…, indices, (index of the first access, index of the second)…`
fn are_apart(numbers: &[i64]) -> Option<bool> {
    let mut numbers = Numbers(numbers);
    let dimensions = usize::try_from(numbers.next()?).ok()?;
    let trips = numbers.take(dimensions)?;
    if trips.iter().any(|&trips| trips <= 0) || trips.iter().all(|&trips| trips == 1) {
        return Some(true);
    }
    let mut agreed: Vec<bool> = trips.iter().map(|&trips| trips == 1).collect();
    for _ in 0..numbers.next()? {
        let (first, second) = (numbers.index(trips)?, numbers.index(trips)?);
        if first.never_runs() || second.never_runs() {
            return Some(true);
        }
        match compare(&first, &second, trips) {
            Verdict::NeverEqual => return Some(true),
            Verdict::Agree(dimensions) => {
                dimensions.into_iter().for_each(|one| agreed[one] = true);
            }
        }
    }
    Some(agreed.into_iter().all(|agreed| agreed))
}

thread_local! {
    /// The numbers of the question that this thread is about to ask.
    static NUMBERS: RefCell<Vec<i64>> = const { RefCell::new(Vec::new()) };
}

/// Adds a number to the question that [`mlc_rt_race_apart`] answers.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_race_number(number: i64) {
    NUMBERS.with_borrow_mut(|numbers| numbers.push(number));
}

/// Whether two accesses of a parallel loop never touch one place in different iterations, as far as constant time tells.
/// The numbers that this thread gave are forgotten.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_race_apart() -> bool {
    NUMBERS.with_borrow_mut(|numbers| {
        let answer = are_apart(numbers).unwrap_or(false);
        numbers.clear();
        answer
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `c * i + d` over one dimension.
    fn line(coefficient: i64, constant: i64) -> Vec<i64> {
        vec![constant, coefficient, 0, 0, 0]
    }

    fn apart(trips: i64, first: &[i64], second: &[i64]) -> bool {
        let numbers = [&[1, trips, 1], first, second].concat();
        are_apart(&numbers).unwrap_or(false)
    }

    #[test]
    fn lines_are_decided_exactly() {
        for trips in 0..6i64 {
            for (a, b) in (-3..=3).flat_map(|a| (-3..=3).map(move |b| (a, b))) {
                for (c, d) in (-4..=4).flat_map(|c| (-4..=4).map(move |d| (c, d))) {
                    let meets = (0..trips)
                        .flat_map(|p| (0..trips).map(move |q| (p, q)))
                        .any(|(p, q)| p != q && a * p + c == b * q + d);
                    assert_eq!(
                        apart(trips, &line(a, c), &line(b, d)),
                        !meets,
                        "{a} * p + {c} = {b} * q + {d} below {trips}"
                    );
                }
            }
        }
    }

    #[test]
    fn blocks_are_apart_where_they_are_no_wider_than_the_step() {
        for (width, step) in (0..6).flat_map(|width| (0..6).map(move |step| (width, step))) {
            let block = [0, step, 0, 0, 1, 1, width, 0];
            let expected = width <= step || width == 0;
            assert_eq!(apart(10, &block, &block), expected, "{width} by {step}");
        }
    }

    #[test]
    fn a_grid_is_a_mixed_radix() {
        let grid = |rows: i64, columns: i64, pitch: i64| {
            let index = [0, pitch, 1, 0, 0, 0];
            let numbers = [&[2, rows, columns, 1][..], &index, &index].concat();
            are_apart(&numbers).unwrap_or(false)
        };
        assert!(grid(4, 8, 8));
        assert!(grid(4, 8, 9));
        assert!(!grid(4, 8, 7));
        assert!(grid(1, 8, 0));
    }

    #[test]
    fn several_indices_agree_together() {
        let (row, column) = ([0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]);
        let both = [&[2, 4, 5, 2][..], &row, &row, &column, &column].concat();
        assert_eq!(are_apart(&both), Some(true));
        let one = [&[2, 4, 5, 1][..], &row, &row].concat();
        assert_eq!(are_apart(&one), Some(false));
    }

    #[test]
    fn negative_indices_wrap_before_they_are_compared() {
        let wrapped = |constant: i64| vec![constant, 1, 1, 10, 0];
        // -5..0 is 5..10.
        assert!(apart(5, &wrapped(-5), &line(1, 0)));
        assert!(!apart(5, &wrapped(-5), &line(1, 3)));
        // Some are negative, some are not: nothing is known.
        assert!(!apart(5, &wrapped(-2), &wrapped(-2)));
    }

    #[test]
    fn what_leaves_64_bits_is_not_known_to_be_apart() {
        assert!(!apart(5, &line(1 << 62, 0), &line(1 << 62, 0)));
    }

    #[test]
    fn triangles_count_with_their_longest_row() {
        // j in range(i + 1), at 4 * i + j, below 4 and below 5 iterations.
        let row = [0, 4, 0, 0, 1, 1, 1, 1];
        assert!(apart(4, &row, &row));
        assert!(!apart(5, &row, &row));
    }

    #[test]
    fn numbers_that_are_cut_off_prove_nothing() {
        assert_eq!(are_apart(&[1, 5, 1, 0]), None);
        assert_eq!(are_apart(&[]), None);
    }
}
