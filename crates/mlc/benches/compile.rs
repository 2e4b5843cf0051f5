//! What a compilation takes: the checks alone, and up to code in this process, of a function of 20 lines; and objects of many
//! functions, whose cost has to be linear in their number.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mlc::{Emit, Options, Session, Source};
use std::fmt::Write as _;

const SOURCE: &str = include_str!("../../../benches/peers/function.mlc");

fn compile(criterion: &mut Criterion) {
    let session = Session::new(Options::default()).expect("the default options suit every machine");
    let source = Source::mlc("function.mlc", SOURCE);
    let mut group = criterion.benchmark_group("20 lines");
    group.bench_function("check", |bencher| {
        bencher.iter(|| session.compile(&source).expect("the source is right"));
    });
    group.bench_function("to code in this process", |bencher| {
        bencher.iter(|| {
            session
                .compile(&source)
                .and_then(|module| module.jit())
                .expect("the source is right")
        });
    });
    group.finish();
}

/// Functions of eight lines with a loop, a branch and a call each.
fn functions(count: usize) -> Source {
    let mut text = String::from("fn scale(x: f64) -> f64:\n    return x * 0.5\n");
    for number in 0..count {
        let _ = write!(
            text,
            "\nfn work{number}(xs: [f64], n: Int) -> f64:\n    total = 0.0\n    for i in range(n):\n        if xs[i] > {number}.5:\n            total += scale(xs[i])\n        else:\n            total -= {number}.0\n    return total\n"
        );
    }
    Source::mlc("functions.mlc", text)
}

fn many(criterion: &mut Criterion) {
    let session = Session::new(Options::default()).expect("the default options suit every machine");
    let mut group = criterion.benchmark_group("functions to an object");
    group.sample_size(10);
    for count in [500, 1000, 2000] {
        let source = functions(count);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                session
                    .compile(&source)
                    .and_then(|module| module.emit(Emit::Obj))
                    .expect("the source is right")
            });
        });
    }
    group.finish();
}

fn run(criterion: &mut Criterion) {
    let source = Source::mlc(
        "sum.mlc",
        "fn total(n: Int) -> f64:\n    result = 0.0\n    parallel for i in range(n):\n        result += sqrt(f64(i))\n    return result\n",
    );
    let session = Session::new(Options::default()).expect("the default options suit every machine");
    let module = session
        .compile(&source)
        .and_then(|module| module.jit())
        .expect("the source is right");
    let total = module.entry("total").expect("the function is exported");
    // SAFETY: `JitModule::entry` says that an entry is such a function.
    let total: extern "C" fn(*mut *mut std::ffi::c_void) = unsafe { std::mem::transmute(total) };
    criterion.bench_function("sum of a million square roots", |bencher| {
        bencher.iter(|| {
            let (mut n, mut result) = (1_000_000i64, 0f64);
            let mut slots = [(&raw mut n).cast(), (&raw mut result).cast()];
            total(slots.as_mut_ptr());
            result
        });
    });
}

criterion_group!(benches, compile, many, run);
criterion_main!(benches);
