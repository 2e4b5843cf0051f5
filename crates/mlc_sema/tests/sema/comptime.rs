use expect_test::expect;

use crate::{errors, hir};

#[test]
fn functions_run_at_compile_time() {
    hir(
        r#"
fn fib(n: Int) -> Int:
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

fn table(n: Int) -> [Int]:
    out: [Int] = []
    for i in range(n):
        out.append(i * i)
    return out

comptime N = fib(30) % 7
comptime SQUARES = table(N)
comptime HALF: f32 = 0.5

fn f(a: [f32; N], i: Int) -> f32:
    return a[0] * HALF + SQUARES[i]
"#,
        expect![[r#"
            constant const0: [Int] = [0, 1, 4, 9, 16, 25]
            fn fib(n: Int) raises -> Int:
                if (n < 2):
                    return n
                return (fib((n - 1)) + fib((n - 2)))

            fn table(n: Int) raises -> [Int]:
                out: [Int] = []:[Int]
                for i in range(0, n):
                    list_append(&mut out, (i * i))
                return move out

            fn f(a: [f32; 6], i: Int) raises -> f32:
                return ((a[unchecked 0] * 0.5:f32) + cast<f32>(@const0[i]))
        "#]],
    );
}

#[test]
fn branches_and_repetition() {
    hir(
        r#"
comptime DEBUG = False

fn f(x: f64) -> f64:
    comptime if DEBUG:
        print(x)
    total = 0.0
    comptime for k in range(3):
        total += x ** k
    comptime assert not DEBUG, "not here"
    return total
"#,
        expect![[r#"
            fn f(x: f64) -> f64:
                total: f64 = 0.0
                total: f64 = (total + (x ** 0))
                total: f64 = (total + (x ** 1))
                total: f64 = (total + (x ** 2))
                return total
        "#]],
    );
}

#[test]
fn what_cannot_be_known() {
    errors(
        r#"
comptime N: Int
comptime Z = 1 // 0
comptime S = spin(1)

fn spin(n: Int) -> Int:
    while n > 0:
        n += 1
    return n

fn f(n: Int, x: [f32]):
    a: [f32; n] = []
    comptime assert 1 > 2, "one is less"
"#,
        expect![[r#"
            test.mlc:2:10: error[not-comptime]: `N` has no value
            test.mlc:3:14: error[comptime-error]: this raises `ZeroDivisionError` at compile time: division by zero
            test.mlc:8:9: error[comptime-limit]: this takes too long at compile time
            test.mlc:12:14: error[not-comptime]: this must be known at compile time
            test.mlc:13:5: error[comptime-assert]: assertion failed at compile time: one is less
        "#]],
    );
}
