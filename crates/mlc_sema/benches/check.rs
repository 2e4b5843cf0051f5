//! Lines a second from text to HIR, and that time stays linear: twice the lines should take twice the time.
//!
//! Criterion measures one length after the other. What it says of the two lengths is seconds apart, in which a machine that others
//! use may change its pace. So the growth is measured once more, both lengths in turn.

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use mimalloc::MiMalloc;
use mlc_diagnostics::FileId;
use mlc_sema::{NoImports, Options, check};
use mlc_syntax::parse;

#[path = "../../mlc_syntax/benches/source.rs"]
mod source;

/// As in the command `mlc`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const LINES: [usize; 2] = [50_000, 100_000];

/// Pairs of runs whose median is the growth.
const PAIRS: usize = 15;

fn check_whole(text: &str, options: &Options) -> impl Sized + use<> {
    let (module, found) = parse(FileId(0), text);
    assert!(found.is_empty());
    let (program, found) = check(&module, &mut NoImports, options);
    assert!(found.is_empty(), "{found:?}");
    (module, program)
}

fn check_throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10);
    let options = Options::default();
    for lines in LINES {
        let text = source::source(lines);
        group.throughput(Throughput::Elements(text.lines().count() as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(lines),
            &text,
            |bencher, text| bencher.iter_with_large_drop(|| check_whole(text, &options)),
        );
    }
    group.finish();
}

/// How many times the cost of the shorter text the longer one costs.
fn check_growth() {
    let options = Options::default();
    let texts = LINES.map(source::source);
    let time = |text: &str| {
        let start = Instant::now();
        let made = check_whole(text, &options);
        let took = start.elapsed();
        drop(made);
        took
    };
    let mut pairs: Vec<[Duration; 2]> = (0..PAIRS)
        .map(|_| [time(&texts[0]), time(&texts[1])])
        .collect();
    let growth = |pair: &[Duration; 2]| pair[1].as_secs_f64() / pair[0].as_secs_f64();
    pairs.sort_by(|one, other| growth(one).total_cmp(&growth(other)));
    let [shorter, longer] = pairs[PAIRS / 2];
    println!(
        "check: {} lines {shorter:.1?}, {} lines {longer:.1?}: {:.2} times the cost (from {:.2} to {:.2}, {PAIRS} pairs)",
        texts[0].lines().count(),
        texts[1].lines().count(),
        growth(&[shorter, longer]),
        growth(&pairs[0]),
        growth(&pairs[PAIRS - 1]),
    );
}

criterion_group!(throughput, check_throughput);

fn main() {
    throughput();
    check_growth();
    Criterion::default().configure_from_args().final_summary();
}
