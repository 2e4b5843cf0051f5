//! What a compilation takes: the checks alone, and up to code in this process, of a function of 20 lines.

use criterion::{Criterion, criterion_group, criterion_main};
use mlc::{Options, Session, Source};

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

criterion_group!(benches, compile, run);
criterion_main!(benches);
