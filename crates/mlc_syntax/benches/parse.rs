//! Lines a second through lexer and parser, on source such as a person writes, and that time stays
//! linear: twice the lines should take twice the time.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mlc_diagnostics::FileId;
use mlc_syntax::{lex, parse};

mod source;
use source::source;

fn parse_throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    group.sample_size(20);
    for lines in [50_000, 100_000] {
        let text = source(lines);
        group.throughput(Throughput::Elements(text.lines().count() as u64));
        group.bench_with_input(BenchmarkId::new("lex", lines), &text, |bencher, text| {
            bencher.iter_with_large_drop(|| lex(FileId(0), text));
        });
        group.bench_with_input(BenchmarkId::new("parse", lines), &text, |bencher, text| {
            bencher.iter_with_large_drop(|| {
                let (module, diagnostics) = parse(FileId(0), text);
                assert!(diagnostics.is_empty());
                module
            });
        });
    }
    group.finish();
}

criterion_group!(benches, parse_throughput);
criterion_main!(benches);
