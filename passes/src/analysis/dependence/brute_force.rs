//! Random loops with known bounds, all of whose iterations can be run: what is said of two accesses is true, and what is true
//! is nearly always said.

use super::Proofs;
use crate::analysis::{
    access::{Access, Mode, accesses},
    certainty::certainly_meet,
    separation::{all_separated, separated},
};
use melior::{Context, dialect::DialectRegistry, ir::Module};
use mlc_mlir::{
    parse_module,
    rewrite::{Op, nested_blocks, ops_named},
};
use std::fmt::Write as _;

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    /// A number in `least..=most`.
    fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0 = (self.0.wrapping_mul(6364136223846793005)).wrapping_add(1442695040888963407);
        least + ((self.0 >> 33) % (most - least + 1) as u64) as i64
    }
}

/// An index, over the variables of the loops by number.
enum Index {
    Constant(i64),
    Variable(usize),
    Of(&'static str, Box<Index>, Box<Index>),
}

/// What indices are made of.
#[derive(Clone, Copy)]
enum Shapes {
    Lines,
    /// And quotients, minima and maxima.
    Curves,
    /// And shifts, masks and exclusive ors.
    Bits,
}

impl Index {
    fn random(random: &mut Random, variables: usize, depth: u32, shapes: Shapes) -> Self {
        let part =
            |random: &mut Random| Box::new(Self::random(random, variables, depth - 1, shapes));
        let constant =
            |random: &mut Random, least| Box::new(Self::Constant(random.between(least, 4)));
        let kind = match shapes {
            Shapes::Lines => random.between(0, 4),
            Shapes::Curves => random.between(0, 7),
            Shapes::Bits => [0, 1, 2, 4, 8, 9, 10, 11][random.between(0, 7) as usize],
        };
        match kind {
            0 => Self::Constant(random.between(-3, 6)),
            _ if depth == 0 => Self::Variable(random.between(0, variables as i64 - 1) as usize),
            1 => Self::Variable(random.between(0, variables as i64 - 1) as usize),
            2 => Self::Of("arith.addi", part(random), part(random)),
            3 => Self::Of("arith.subi", part(random), part(random)),
            4 => Self::Of("arith.muli", part(random), constant(random, -2)),
            5 => Self::Of("arith.floordivsi", part(random), constant(random, 1)),
            6 => Self::Of("arith.minsi", part(random), part(random)),
            8 | 9 => Self::Of("arith.xori", part(random), constant(random, 0)),
            10 => {
                let mask = [1, 3, 7][random.between(0, 2) as usize];
                Self::Of("arith.andi", part(random), Box::new(Self::Constant(mask)))
            }
            11 => {
                let name = ["arith.shli", "arith.shrsi"][random.between(0, 1) as usize];
                Self::Of(
                    name,
                    part(random),
                    Box::new(Self::Constant(random.between(0, 2))),
                )
            }
            _ => Self::Of("arith.maxsi", part(random), part(random)),
        }
    }

    fn value(&self, variables: &[i64]) -> i64 {
        match self {
            Self::Constant(number) => *number,
            Self::Variable(number) => variables[*number],
            Self::Of(name, left, right) => {
                let (left, right) = (left.value(variables), right.value(variables));
                match *name {
                    "arith.addi" => left + right,
                    "arith.subi" => left - right,
                    "arith.muli" => left * right,
                    "arith.floordivsi" => left.div_euclid(right),
                    "arith.minsi" => left.min(right),
                    "arith.xori" => left ^ right,
                    "arith.andi" => left & right,
                    "arith.shli" => left << right,
                    "arith.shrsi" => left >> right,
                    _ => left.max(right),
                }
            }
        }
    }

    /// Writes what computes it; returns the name of the value.
    fn write(&self, text: &mut String, next: &mut usize) -> String {
        let made = match self {
            Self::Variable(number) => return format!("%v{number}"),
            Self::Constant(number) => format!("arith.constant {number} : index"),
            Self::Of(name, left, right) => {
                let (left, right) = (left.write(text, next), right.write(text, next));
                format!("{name} {left}, {right} : index")
            }
        };
        *next += 1;
        let _ = writeln!(text, "%x{next} = {made}");
        format!("%x{next}")
    }
}

/// `parallel for` over a box, with a serial loop in it from a line to a constant, which holds accesses.
struct Loop {
    trips: Vec<i64>,
    inner: Option<(Index, i64, i64)>,
    accesses: Vec<Vec<Index>>,
    /// The last access runs where an index is less than a number.
    condition: Option<(Index, i64)>,
}

impl Loop {
    fn random(random: &mut Random, shapes: Shapes) -> Self {
        let trips: Vec<i64> = (0..random.between(1, 2))
            .map(|_| random.between(2, 5))
            .collect();
        let inner = (random.between(0, 2) > 0).then(|| {
            let first = match random.between(0, 2) {
                0 => Index::Constant(random.between(0, 2)),
                _ => Index::Of(
                    "arith.addi",
                    Box::new(Index::Variable(0)),
                    Box::new(Index::Constant(random.between(-1, 1))),
                ),
            };
            (first, random.between(2, 5), random.between(1, 2))
        });
        let variables = trips.len() + usize::from(inner.is_some());
        let rank = random.between(1, 2);
        let index = |random: &mut Random| Index::random(random, variables, 2, shapes);
        let accesses = (0..random.between(1, 3))
            .map(|_| (0..rank).map(|_| index(random)).collect())
            .collect();
        let condition = (random.between(0, 2) == 0).then(|| (index(random), random.between(-1, 4)));
        Self {
            trips,
            inner,
            accesses,
            condition,
        }
    }

    fn text(&self) -> String {
        let (mut body, mut next) = (String::new(), 0);
        let mut ends = String::new();
        if let Some((first, end, step)) = &self.inner {
            let first = first.write(&mut body, &mut next);
            let number = self.trips.len();
            let _ = writeln!(
                body,
                "%end = arith.constant {end} : index\n%step = arith.constant {step} : index\n\
                 scf.for %v{number} = {first} to %end step %step {{"
            );
            ends += "}\n";
        }
        let rank = self.accesses[0].len();
        let ty = format!("memref<{}f32>", "?x".repeat(rank));
        for (number, indices) in self.accesses.iter().enumerate() {
            let indices: Vec<_> = (indices.iter())
                .map(|index| index.write(&mut body, &mut next))
                .collect();
            let guard = (self.condition.as_ref()).filter(|_| number + 1 == self.accesses.len());
            if let Some((index, below)) = guard {
                let index = index.write(&mut body, &mut next);
                let _ = writeln!(
                    body,
                    "%limit = arith.constant {below} : index\n\
                     %runs = arith.cmpi slt, {index}, %limit : index\nscf.if %runs {{"
                );
                ends += "}\n";
            }
            let _ = writeln!(body, "memref.store %e, %a[{}] : {ty}", indices.join(", "));
        }
        let (mut bounds, mut names, mut sizes) = (String::new(), Vec::new(), Vec::new());
        for (number, trips) in self.trips.iter().enumerate() {
            let _ = writeln!(bounds, "%n{number} = arith.constant {trips} : index");
            names.push(format!("%v{number}"));
            sizes.push(format!("%n{number}"));
        }
        format!(
            "func.func @f(%a: {ty}, %e: f32) {{\n{bounds}par.for ({}) in ({}) {{\n{body}{ends}}}\nreturn\n}}\n",
            names.join(", "),
            sizes.join(", ")
        )
    }

    /// By access, the places that each iteration touches.
    fn touched(&self) -> Vec<Vec<(Vec<i64>, Vec<i64>)>> {
        let mut touched = vec![Vec::new(); self.accesses.len()];
        let mut iterations = vec![Vec::new()];
        for trips in &self.trips {
            iterations = (iterations.iter())
                .flat_map(|point| (0..*trips).map(move |number| [&point[..], &[number]].concat()))
                .collect();
        }
        for iteration in iterations {
            let points = match &self.inner {
                None => vec![iteration.clone()],
                Some((first, end, step)) => (first.value(&iteration)..*end)
                    .step_by(*step as usize)
                    .map(|inner| [&iteration[..], &[inner]].concat())
                    .collect(),
            };
            for point in points {
                for (number, indices) in self.accesses.iter().enumerate() {
                    let guard =
                        (self.condition.as_ref()).filter(|_| number + 1 == self.accesses.len());
                    if guard.is_none_or(|(index, below)| index.value(&point) < *below) {
                        let place = indices.iter().map(|index| index.value(&point)).collect();
                        touched[number].push((iteration.clone(), place));
                    }
                }
            }
        }
        touched
    }

    /// Whether conditions, or loops that may be empty, leave open if the accesses run.
    fn may_not_run(&self) -> bool {
        let starts_at_once =
            |first: &Index, end: i64| matches!(first, Index::Constant(first) if *first < end);
        let inner_runs =
            (self.inner.as_ref()).is_none_or(|(first, end, _)| starts_at_once(first, *end));
        self.condition.is_some() || !inner_runs
    }
}

fn new_context() -> Context {
    let registry = DialectRegistry::new();
    mlc_mlir::register_compile_dialects(&registry);
    mlc_dialects::register(registry.to_raw());
    let context = Context::new_with_registry(&registry, false);
    context.load_all_available_dialects();
    context
}

/// How many pairs of accesses of random loops never meet, and of how many of them that was proved.
fn tried(count: usize, seed: u64, shapes: Shapes) -> (usize, usize) {
    let context = new_context();
    let mut random = Random(seed);
    let (mut apart, mut proved) = (0, 0);
    let proofs = Proofs::default();
    for _ in 0..count {
        let sample = Loop::random(&mut random, shapes);
        let text = sample.text();
        let module: Module = parse_module(&context, &text, "loop").expect("the text is right");
        let module_op: Op = module.as_operation();
        let around = ops_named(module_op, "par.for")[0];
        assert_eq!(nested_blocks(around).len(), 1);
        let found: Vec<Access> = accesses(around);
        let found: Vec<&Access> = found
            .iter()
            .filter(|access| access.mode == Mode::Write)
            .collect();
        let touched = sample.touched();
        let meet = |first: usize, second: usize| {
            touched[first].iter().any(|(p, place)| {
                (touched[second].iter()).any(|(q, other)| p != q && place == other)
            })
        };
        let mut none_meet = true;
        for second in 0..found.len() {
            for first in 0..=second {
                let (a, b) = (found[first], found[second]);
                let meets = meet(first, second);
                none_meet &= !meets;
                let says_apart = separated(around, a, b);
                let says_never = proofs.never_meet(around, a, b).is_some();
                let says_certain = certainly_meet(around, a, b);
                assert!(!(says_apart && meets), "{first} and {second} meet:\n{text}");
                assert!(!(says_never && meets), "{first} and {second} meet:\n{text}");
                assert!(
                    !says_certain || meets || sample.may_not_run(),
                    "{first} and {second} do not meet:\n{text}"
                );
                apart += usize::from(!meets);
                proved += usize::from(says_apart || says_never);
            }
        }
        assert!(
            none_meet || !all_separated(around, &found),
            "some meet:\n{text}"
        );
    }
    (apart, proved)
}

#[test]
fn lines_are_decided_exactly() {
    let (apart, proved) = tried(800, 11, Shapes::Lines);
    assert!(
        apart > 500 && proved * 1000 >= apart * 999,
        "proved {proved} of {apart}"
    );
}

#[test]
fn quotients_minima_and_maxima_are_nearly_always_decided() {
    let (apart, proved) = tried(800, 12, Shapes::Curves);
    assert!(
        apart > 500 && proved * 1000 >= apart * 993,
        "proved {proved} of {apart}"
    );
}

#[test]
fn shifts_masks_and_partners_are_mostly_decided() {
    let (apart, proved) = tried(500, 13, Shapes::Bits);
    assert!(
        apart > 500 && proved * 100 >= apart * 90,
        "proved {proved} of {apart}"
    );
}
