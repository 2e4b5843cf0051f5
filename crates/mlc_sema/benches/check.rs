//! Lines a second from text to HIR, and that time stays linear: twice the lines should take twice the time.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mimalloc::MiMalloc;
use mlc_diagnostics::FileId;
use mlc_sema::{NoImports, Options, check};
use mlc_syntax::parse;

#[path = "../../mlc_syntax/benches/source.rs"]
mod source;

/// As in the command `mlc`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn check_throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10);
    let options = Options::default();
    for lines in [50_000, 100_000] {
        let text = source::source(lines);
        group.throughput(Throughput::Elements(text.lines().count() as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(lines),
            &text,
            |bencher, text| {
                bencher.iter_with_large_drop(|| {
                    let (module, found) = parse(FileId(0), text);
                    assert!(found.is_empty());
                    let (program, found) = check(&module, &mut NoImports, &options);
                    assert!(found.is_empty(), "{found:?}");
                    (module, program)
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, check_throughput);
criterion_main!(benches);
