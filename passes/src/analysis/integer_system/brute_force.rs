//! Systems over small boxes, where all points can be tried: what is proved is true, and what is true is nearly always proved.

use super::{Form, System};

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    /// A number in `least..=most`.
    fn between(&mut self, least: i128, most: i128) -> i128 {
        self.0 = (self.0.wrapping_mul(6364136223846793005)).wrapping_add(1442695040888963407);
        let range = (most - least + 1) as u64;
        least + i128::from((self.0 >> 33) % range)
    }
}

fn form(constant: i128, coefficients: &[i128]) -> Form {
    Form::new(constant, coefficients.iter().copied().enumerate())
}

fn value(form: &Form, point: &[i128]) -> i128 {
    let terms = form.terms().iter();
    form.constant
        + terms
            .map(|(variable, coefficient)| coefficient * point[*variable])
            .sum::<i128>()
}

/// Whether a point of the box `-reach..=reach` in every variable satisfies the system.
fn has_point(system: &System, variables: usize, reach: i128) -> bool {
    let mut point = vec![-reach; variables];
    loop {
        let holds = system.equations.iter().all(|form| value(form, &point) == 0)
            && system
                .inequalities
                .iter()
                .all(|form| value(form, &point) >= 0);
        if holds {
            return true;
        }
        let Some(next) = point.iter().position(|number| *number < reach) else {
            return false;
        };
        point[..next].fill(-reach);
        point[next] += 1;
    }
}

/// How many of `count` random systems have no point, and for how many of those it was proved.
fn tried(
    count: usize,
    seed: u64,
    variables: usize,
    equations: usize,
    largest: i128,
) -> (usize, usize) {
    const REACH: i128 = 4;
    let mut random = Random(seed);
    let (mut empty, mut proved) = (0, 0);
    for number in 0..count {
        let mut system = System::default();
        for variable in 0..variables {
            let alone: Vec<i128> = (0..variables)
                .map(|other| i128::from(other == variable))
                .collect();
            let opposite: Vec<i128> = alone.iter().map(|one| -one).collect();
            system.at_least_zero(form(REACH, &alone));
            system.at_least_zero(form(REACH, &opposite));
        }
        let any = |random: &mut Random| {
            let coefficients: Vec<i128> = (0..variables)
                .map(|_| random.between(-largest, largest))
                .collect();
            form(random.between(-2 * largest, 2 * largest), &coefficients)
        };
        for _ in 0..equations {
            system.equations.push(any(&mut random));
        }
        for _ in 0..random.between(0, 3) {
            system.inequalities.push(any(&mut random));
        }
        let says_none = system.has_no_solution();
        let none = !has_point(&system, variables, REACH);
        assert!(
            none || !says_none,
            "system {number} of seed {seed} has a solution: {system:?}"
        );
        empty += usize::from(none);
        proved += usize::from(says_none);
    }
    (empty, proved)
}

#[test]
fn what_is_proved_has_no_point() {
    for (variables, equations, largest) in [(2, 1, 3), (2, 1, 9), (3, 1, 4), (3, 2, 5), (4, 1, 3)] {
        let (empty, proved) = tried(1000, 17 + variables as u64, variables, equations, largest);
        // The rational relaxation of a system may have a solution where the system has none.
        assert!(
            empty > 20 && proved * 100 >= empty * 96,
            "{variables} variables, {equations} equations: proved {proved} of {empty}"
        );
    }
}

#[test]
fn inequalities_alone_are_decided_as_well() {
    let (empty, proved) = tried(600, 5, 2, 0, 7);
    assert!(empty > 5 && proved == empty, "proved {proved} of {empty}");
}
