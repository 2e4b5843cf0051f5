use mlc_sema::work::{Work, WorkOf};

use crate::checked;

#[track_caller]
fn check(source: &str, expected: &[(&str, Work)]) {
    let (program, diagnostics, _) = checked(source);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut work = WorkOf::new(&program);
    for (name, expected) in expected {
        let position = program
            .functions
            .iter()
            .position(|function| function.name.rsplit('.').next() == Some(*name));
        let position = position.unwrap_or_else(|| panic!("no function `{name}`"));
        let found = work.function(mlc_sema::hir::FuncId(position as u32));
        assert_eq!(found, *expected, "{name}");
    }
}

#[test]
fn loops_over_parameters_are_bounded_by_them() {
    check(
        "
fn add(a: Int, b: Int) -> Int:
    return a + b
fn corners() -> Int:
    s = 0
    for i in range(8):
        s += i
    return s
fn total(x: [f64]) -> f64:
    s = 0.0
    for v in x:
        s += v
    return s
fn by_index(x: [f64]) -> f64:
    n = len(x)
    s = 0.0
    for i in range(1, n - 1):
        s += x[i]
    return s
fn pairs(x: [f64]) -> f64:
    s = 0.0
    for a in x:
        for b in x:
            s += a * b
    return s
fn table(m: [[f64]]) -> f64:
    s = 0.0
    for row in m:
        for v in row:
            s += v
    return s
fn twice(x: [f64]) -> f64:
    return total(x) + total(x[1:])
",
        &[
            ("add", Work::Constant),
            ("corners", Work::Constant),
            ("total", Work::Elements(1)),
            ("by_index", Work::Elements(1)),
            ("pairs", Work::Elements(2)),
            ("table", Work::Elements(2)),
            ("twice", Work::Elements(1)),
        ],
    );
}

#[test]
fn other_loops_are_unknown() {
    check(
        "
fn count(n: Int) -> Int:
    s = 0
    for i in range(n):
        s += i
    return s
fn halve(n: Int) -> Int:
    k = n
    while k > 0:
        k = k // 2
    return k
fn fib(n: Int) -> Int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)
fn caller(n: Int) -> Int:
    return count(n) + 1
fn grown(n: Int, x: [f64]) -> f64:
    y = copy(x)
    for v in x:
        for w in x:
            y.append(v * w)
    s = 0.0
    for v in y:
        s += v
    return s
fn growing(inout x: [f64]):
    for i in range(10):
        x.append(0.0)
    for i in range(len(x)):
        x[i] = 1.0
fn climbing(x: [f64]) -> Int:
    n = len(x)
    for v in x:
        n = n * n
    s = 0
    for i in range(n):
        s += 1
    return s
fn spread(x: [f64], inout y: [f64]):
    parallel for i in range(len(y)):
        y[i] = x[i]
",
        &[
            ("count", Work::Unknown),
            ("halve", Work::Unknown),
            ("fib", Work::Unknown),
            ("caller", Work::Unknown),
            ("grown", Work::Unknown),
            ("growing", Work::Unknown),
            ("climbing", Work::Unknown),
            ("spread", Work::Unknown),
        ],
    );
}
