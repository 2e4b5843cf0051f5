//! What the checks of ownership and of races cost: at most a tenth of a compilation, and of what comes before stage `par`; a file of
//! 10,000 lines within a second; twice the time for twice the functions, or for functions of twice the length.
//!
//! The shares are printed and held to these limits before anything is timed.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mlc::{Compiled, Emit, Options, PartTime, Session, Source};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// Functions of nine lines with loops, branches, calls, and values that are moved.
fn functions(count: usize) -> String {
    let mut text = String::from("fn take(owned xs: [f64]) -> [f64]:\n    return xs\n");
    for number in 0..count {
        let _ = match number % 2 {
            0 => write!(
                text,
                "
fn sum{number}(xs: [f64], n: Int) -> f64:
    total = 0.0
    for i in range(n):
        if xs[i] > {number}.5:
            total += xs[i]
        else:
            total -= {number}.0
    return total
"
            ),
            _ => write!(
                text,
                "
fn part{number}(owned rows: [[f64]], n: Int) -> [f64]:
    total = 0.0
    for row in rows:
        total += row[0]
    kept = [total for i in range(n)]
    if n > {number}:
        return take(kept)
    kept.append(total)
    return kept
"
            ),
        };
    }
    text
}

/// Functions of 19 lines with five parallel loops, no two of which have the same numbers.
fn loops(count: usize) -> String {
    let mut text = String::new();
    for number in 1..=count {
        let (width, next) = (number + 3, number + 4);
        let _ = write!(
            text,
            "
fn grid{number}(a: [f64; _, _], inout b: [f64; _, _], inout c: [f64], p: [Int], w: Int):
    n, m = a.shape
    parallel for i in range(1, n - 1):
        for j in range(1, m - 1):
            b[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])
        for j in range(m // {next}):
            b[i, {next} * j] += 1.0
            b[i, {next} * j + 1] += b[i, {next} * j]
            b[i, {next} * j + 2] += b[i, {next} * j + 1]
            b[i, {next} * j + 3] += b[i, {next} * j + 2]
    parallel for i, j in range(n), range(m):
        b[i, j] = b[i, j] * {number}.5 + a[i, j]
    parallel for i in range(len(c) // {width}):
        for j in range({width}):
            c[{width} * i + j] += c[{width} * i + {number} + 2 - j]
    parallel for i in range(n):
        for j in range(w):
            c[i * w + j] += {number}.0
    parallel for i in range(len(p)):
        c[p[i] + {number}] = 1.0
"
        );
    }
    text
}

/// One function of so many statements: some change a list, some make one and move it on one of two paths.
fn statements(count: usize) -> String {
    let mut text = String::from(
        "fn take(owned xs: [f64]) -> f64:\n    return xs[0]\n\nfn long(inout xs: [f64], n: Int) -> f64:\n    total = 0.0\n",
    );
    for number in 0..count / 8 {
        let _ = write!(
            text,
            "    xs[{number}] = total + {number}.0
    total += xs[n - {number}]
    y{number} = [total, 1.0]
    if n > {number}:
        total += take(y{number}^)
    else:
        total += y{number}[0]
    xs.append(total)
"
        );
    }
    text + "    return total\n"
}

/// One function that sorts and cuts so many lists of lists, and changes what is in the results.
fn copies(count: usize) -> String {
    let mut text = String::from("fn long(n: Int):\n    rows = [[3], [1], [2]]\n");
    for number in 0..count / 2 {
        let _ = write!(
            text,
            "    rows = sorted(rows)
    rows[0].append({number})
    part{number} = [[{number}]]
    if n > {number}:
        part{number} = part{number}[:1]
    part{number}[0].append(n)
"
        );
    }
    text + "    print(rows[0])\n\nlong(3)\n"
}

/// One function that keeps so many sorted copies of a list of lists, all of which its callers get.
fn kept_copies(count: usize) -> String {
    let mut text = String::from(
        "fn long(n: Int) -> [[[Int]]]:\n    rows = [[3], [n]]\n    kept = [rows[:1]]\n    rows = [[3], [n]]\n",
    );
    for number in 0..count {
        let _ = write!(
            text,
            "    rows.append([{number}])
    sorted{number} = sorted(rows)
    kept.append(sorted{number})
"
        );
    }
    text + "    return kept\n\nprint(len(long(3)))\n"
}

fn compiled(session: &Session, text: &str, emit: Option<Emit>) -> Compiled {
    let compiled =
        (session.compile(&Source::mlc("checks.mlc", text))).expect("the source is right");
    if let Some(emit) = emit {
        compiled.emit(emit).expect("the source is right");
    }
    compiled
}

fn both_checks(times: &[PartTime]) -> Duration {
    (times.iter())
        .filter(|part| matches!(part.part.as_str(), "own-check" | "par-check"))
        .map(|part| part.time)
        .sum()
}

fn share(times: &[PartTime], phases: &[&str]) -> f64 {
    let all: Duration = (times.iter())
        .filter(|part| phases.is_empty() || phases.contains(&part.phase))
        .map(|part| part.time)
        .sum();
    both_checks(times).as_secs_f64() / all.as_secs_f64()
}

/// Says what share of compilations the checks are.
#[expect(clippy::print_stderr, reason = "the shares are what is asked for")]
fn shares(session: &Session) {
    for (name, text) in [
        ("functions", functions(1050)),
        ("parallel loops", loops(100)),
    ] {
        let start = Instant::now();
        let times = compiled(session, &text, Some(Emit::Obj)).times();
        let (before, whole) = (share(&times, &["front", "own"]), share(&times, &[]));
        eprintln!(
            "{name}, {} lines: both checks {:.0} ms, {:.1} % of what comes before stage par, {:.2} % of {:.1} s to an object",
            text.lines().count(),
            both_checks(&times).as_secs_f64() * 1e3,
            before * 100.0,
            whole * 100.0,
            start.elapsed().as_secs_f64(),
        );
        assert!(
            whole < 0.1,
            "the checks take too large a part of a compilation"
        );
        assert!(
            before < 0.2,
            "the checks take too large a part of what comes before stage par"
        );
        assert!(both_checks(&times) < Duration::from_secs(1));
    }
}

/// The name of a file, what makes it for a count of its parts, and the counts.
type GrowingFile = (&'static str, fn(usize) -> String, &'static [usize]);

/// The time of both checks alone.
fn checks(criterion: &mut Criterion) {
    let session = Session::new(Options::default()).expect("the default options suit every machine");
    shares(&session);
    let mut group = criterion.benchmark_group("both checks");
    group.sample_size(10);
    let files: [GrowingFile; 5] = [
        ("functions", functions, &[525, 1050, 2100]),
        ("parallel loops", loops, &[50, 100, 200]),
        (
            "statements of one function",
            statements,
            &[2000, 4000, 8000],
        ),
        ("copies of lists in one function", copies, &[100, 200, 400]),
        ("copies that are kept", kept_copies, &[100, 200, 400]),
    ];
    for (name, make, counts) in files {
        for count in counts {
            let text = make(*count);
            group.bench_function(BenchmarkId::new(name, count), |bencher| {
                bencher.iter_custom(|times| {
                    (0..times)
                        .map(|_| both_checks(&compiled(&session, &text, Some(Emit::Par)).times()))
                        .sum()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, checks);
criterion_main!(benches);
