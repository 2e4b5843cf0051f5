use expect_test::expect;

use crate::{errors, hir};

#[test]
fn a_nested_function_gets_what_it_captures() {
    hir(
        r#"
fn f(xs: [f64], k: f64) -> f64:
    total = 0.0

    fn add(i: Int):
        nonlocal total
        total += xs[i] * k

    for i in range(len(xs)):
        add(i)
    return total
"#,
        expect![[r#"
            fn f(borrowed xs: [f64], k: f64) raises -> f64:
                total: f64 = 0.0
                for i in range(0, len(xs)):
                    f.add(i, k, &mut total, &xs)
                return total

            fn f.add(i: Int, k: f64, inout total: f64, borrowed xs: [f64]) raises:
                update total += (xs[i] * k)
        "#]],
    );
}

#[test]
fn functions_are_passed_down() {
    hir(
        r#"
fn twice(f, x: f64) -> f64:
    return f(f(x))

fn half(x: f64) -> f64:
    return x / 2

fn use(k: f64) -> f64:
    def scaled(x):
        return x * k
    return twice(lambda x: x + k, 1.0) + twice(half, 2) + twice(scaled, 3.0)
"#,
        expect![[r#"
            fn half(x: f64) -> f64:
                return (x / 2.0)

            fn use(k: f64) -> f64:
                return ((twice[use.lambda, f64](1.0, k) + twice[half, f64](2.0)) + twice[use.scaled, f64](3.0, k))

            fn twice[use.lambda, f64](x: f64, $f.k: f64) -> f64:
                return use.lambda[f64, f64](use.lambda[f64, f64](x, $f.k), $f.k)

            fn twice[half, f64](x: f64) -> f64:
                return half(half(x))

            fn twice[use.scaled, f64](x: f64, $f.k: f64) -> f64:
                return use.scaled[f64, f64](use.scaled[f64, f64](x, $f.k), $f.k)

            fn use.lambda[f64, f64](x: f64, k: f64) -> f64:
                return (x + k)

            fn use.scaled[f64, f64](x: f64, k: f64) -> f64:
                return (x * k)
        "#]],
    );
}

#[test]
fn nested_functions_may_be_recursive() {
    hir(
        r#"
fn f(n: Int) -> Int:
    fn go(i: Int) -> Int:
        if i == 0:
            return n
        return go(i - 1)
    return go(n)
"#,
        expect![[r#"
            fn f(n: Int) raises -> Int:
                return f.go(n, n)

            fn f.go(i: Int, n: Int) raises -> Int:
                if (i == 0):
                    return n
                return f.go((i - 1), n)
        "#]],
    );
}

#[test]
fn functions_do_not_escape() {
    errors(
        r#"
fn f(x: Int) -> Int:
    g = lambda y: y + x
    fn h(z: Int) -> Int:
        return z
    return h
"#,
        expect![[r#"
            test.mlc:6:12: error[not-a-value]: `h` is the name of a function, type or module, not of a value
        "#]],
    );
}
