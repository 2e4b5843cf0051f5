//! Lines a second through lexer and parser, on source such as a person writes, and that time stays
//! linear: twice the lines should take twice the time.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mlc_diagnostics::FileId;
use mlc_syntax::{lex, parse};

/// Functions of 20 lines with distinct names.
fn source(lines: usize) -> String {
    let mut text = String::new();
    for index in 0..lines / 20 {
        text += &format!(
            r#"fn step_{index}(alpha: f32, x: [f32; N, _], inout y: [f32], limit: Int = 100) -> f32:
    """Scales the rows of `x` into `y`."""
    total: f32 = 0.0
    count_{index} = 0
    for i in range(len(x)):
        # rows are independent
        if i % 2 == 0 and y[i] < alpha * 3.5:
            y[i] += alpha * x[i, 0] - x[i, 1]
        elif y[i] > limit or not valid(i, y[i]):
            continue
        else:
            count_{index} += 1
            y[i] = max(y[i], x[i, -1] ** 2) / (1.0 + alpha)
    parallel for row in x:
        total += sum(v * v for v in row[1:])
    if count_{index} > 10:
        print(f"step {{count_{index}}}: {{total:.3f}}")
        raise ValueError("too many rows")
    return total

"#
        );
    }
    text
}

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
