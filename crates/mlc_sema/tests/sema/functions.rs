use expect_test::expect;

use crate::hir;

#[test]
fn scalars_take_the_type_they_meet() {
    hir(
        r#"
fn mix(i: Int, x: f32, y: f64, k: u8) -> f64:
    a: f32 = i * 0.5
    b = x * i
    c = x + y
    d = k + 1
    return a + b + c + d
"#,
        expect![[r#"
            fn mix(i: Int, x: f32, y: f64, k: u8) -> f64:
                a: f32 = (cast<f32>(i) * 0.5:f32)
                b: f32 = (x * cast<f32>(i))
                c: f64 = (cast<f64>(x) + y)
                d: u8 = (k + 1:u8)
                return ((cast<f64>((a + b)) + c) + cast<f64>(d))
        "#]],
    );
}

#[test]
fn constants_fold_and_take_the_type_expected() {
    hir(
        r#"
fn constants() -> f32:
    a: u8 = 2 * 100 + 55
    b = 7 // 2 - 7 % 4
    c: f32 = 1 / 3
    return c * a + b
"#,
        expect![[r#"
            fn constants() -> f32:
                a: u8 = 255:u8
                b: Int = 0
                c: f32 = 0.3333333333333333:f32
                return ((c * cast<f32>(a)) + cast<f32>(b))
        "#]],
    );
}

#[test]
fn a_parameter_may_be_bound_again() {
    hir(
        r#"
fn collatz(n: Int) -> Int:
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps
"#,
        expect![[r#"
            fn collatz(n: Int) -> Int:
                steps: Int = 0
                while (n != 1):
                    if ((n % 2) == 0):
                        n: Int = (n // 2)
                    else:
                        n: Int = ((3 * n) + 1)
                    steps: Int = (steps + 1)
                return steps
        "#]],
    );
}

#[test]
fn recursion_with_an_inferred_result() {
    hir(
        r#"
fn fib(n: Int):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
"#,
        expect![[r#"
            fn fib(n: Int) raises -> Int:
                if (n < 2):
                    return n
                return (fib((n - 1)) + fib((n - 2)))
        "#]],
    );
}

#[test]
fn a_def_is_compiled_for_each_list_of_types() {
    hir(
        r#"
def norm(a, b):
    return sqrt(a * a + b * b)

fn both(x: f32, y: f64) -> f64:
    return norm(x, x) + norm(y, y)
"#,
        expect![[r#"
            fn both(x: f32, y: f64) -> f64:
                return (cast<f64>(norm[f32, f32](x, x)) + norm[f64, f64](y, y))

            fn norm[f32, f32](a: f32, b: f32) -> f32:
                return sqrt(((a * a) + (b * b)))

            fn norm[f64, f64](a: f64, b: f64) -> f64:
                return sqrt(((a * a) + (b * b)))
        "#]],
    );
}

#[test]
fn in_a_def_numbers_widen_where_paths_join() {
    hir(
        r#"
def mean(n: Int):
    total = 0
    for i in range(n):
        total = total + i * 0.5
    return total / n
"#,
        expect![[r#"
            fn mean(n: Int) -> f64:
                total.1: Int = 0
                total.3: f64 = cast<f64>(total.1)
                for i in range(0, n):
                    total.3: f64 = (total.3 + (cast<f64>(i) * 0.5))
                return (total.3 / cast<f64>(n))
        "#]],
    );
}

#[test]
fn defaults_and_keywords() {
    hir(
        r#"
fn scale(x: f64, by: f64 = 2.0, *, offset: f64 = 0.0) -> f64:
    return x * by + offset

fn use() -> f64:
    return scale(1.0, offset=3) + scale(by=4, x=5)
"#,
        expect![[r#"
            fn scale(x: f64, by: f64, offset: f64) -> f64:
                return ((x * by) + offset)

            fn use() -> f64:
                return (scale(1.0, 2.0, 3.0) + scale(5.0, 4.0, 0.0))
        "#]],
    );
}

#[test]
fn a_loop_variable_that_is_read_later_is_its_own() {
    hir(
        r#"
fn last(n: Int) -> Int:
    i = 0
    for i in range(n):
        pass
    return i
"#,
        expect![[r#"
            fn last(n: Int) -> Int:
                i: Int = 0
                for $i1 in range(0, n):
                    i: Int = $i1
                return i
        "#]],
    );
}

#[test]
fn a_variable_that_may_be_unbound_is_checked() {
    hir(
        r#"
fn maybe(c: Bool) -> Int:
    if c:
        x = 1
    return x
"#,
        expect![[r#"
            fn maybe(c: Bool) raises -> Int:
                $bound_x: Bool = False
                if c:
                    x: Int = 1
                    $bound_x: Bool = True
                return { check $bound_x else UnboundLocalError("cannot access local variable 'x' where it is not associated with a value"); x }
        "#]],
    );
}

#[test]
fn what_an_earlier_iteration_bound() {
    hir(
        r#"
fn deltas(xs: [Int]) -> Int:
    total = 0
    for i in range(len(xs)):
        if i > 0:
            total += xs[i] - before
        before = xs[i]
    return total
"#,
        expect![[r#"
            fn deltas(borrowed xs: [Int]) raises -> Int:
                $bound_before: Bool = False
                total: Int = 0
                for i in range(0, len(xs)):
                    if (i > 0):
                        total: Int = (total + (xs[i] - { check $bound_before else UnboundLocalError("cannot access local variable 'before' where it is not associated with a value"); before }))
                    before: Int = xs[i]
                    $bound_before: Bool = True
                return total
        "#]],
    );
}

#[test]
fn chained_comparisons_evaluate_once() {
    hir(
        r#"
fn inside(xs: [Int], i: Int) -> Bool:
    return 0 <= xs[i] < 10
"#,
        expect![[r#"
            fn inside(borrowed xs: [Int], i: Int) raises -> Bool:
                return ((0 <= { $v1: Int = xs[i]; $v1 }) and ($v1 < 10))
        "#]],
    );
}

#[test]
fn elements_enumerate_zip_reversed() {
    hir(
        r#"
fn walk(a: [f64], b: [f64]) -> f64:
    s = 0.0
    for i, x in enumerate(a):
        s += i * x
    for x, y in zip(a, b):
        s += x * y
    for x in reversed(a):
        s -= x
    for i in range(10, 0, -2):
        s += i
    return s
"#,
        expect![[r#"
            fn walk(borrowed a: [f64], borrowed b: [f64]) -> f64:
                s: f64 = 0.0
                iterate a
                for i in range(0, len(a)):
                    x: f64 = a[unchecked i]
                    s: f64 = (s + (cast<f64>(i) * x))
                iterate a
                iterate b
                for $i2 in range(0, min(len(a), len(b))):
                    x: f64 = a[unchecked $i2]
                    y: f64 = b[unchecked $i2]
                    s: f64 = (s + (x * y))
                $n3: Int = len(a)
                iterate a
                for $i4 in range(0, $n3):
                    x: f64 = a[unchecked (($n3 - 1) - $i4)]
                    s: f64 = (s - x)
                for i in range(10, 0, -2):
                    s: f64 = (s + cast<f64>(i))
                return s
        "#]],
    );
}

#[test]
fn arrays_of_rank_two() {
    hir(
        r#"
fn trace(m: [f64; _, _]) -> f64:
    s = 0.0
    for i in range(min(len(m), m.shape[1])):
        s += m[i, i] + m[i][i]
    return s
"#,
        expect![[r#"
            fn trace(borrowed m: [f64; _, _]) raises -> f64:
                s: f64 = 0.0
                for i in range(0, min(len(m), len(m, 1))):
                    s: f64 = (s + (m[i, i] + m[i][i]))
                return s
        "#]],
    );
}

#[test]
fn a_list_without_a_type_takes_it_from_its_first_use() {
    hir(
        r#"
fn squares(n: Int) -> [Int]:
    out = []
    for i in range(n):
        out.append(i * i)
    return out
"#,
        expect![[r#"
            fn squares(n: Int) raises -> [Int]:
                out: [Int] = []:[Int]
                for i in range(0, n):
                    list_append(&mut out, (i * i))
                return move out
        "#]],
    );
}

#[test]
fn math_and_its_constants() {
    hir(
        r#"
import math
from math import hypot

fn area(r: f32) -> f32:
    return math.pi * r ** 2 + hypot(r, 1) + exp(-r)

fn whole(x: f64) -> Int:
    return math.floor(x)
"#,
        expect![[r#"
            fn area(r: f32) -> f32:
                return (((3.141592653589793:f32 * (r ** 2)) + hypot(r, 1.0:f32)) + exp(-(r)))

            fn whole(x: f64) raises -> Int:
                return cast<Int>(floor(x))
        "#]],
    );
}

#[test]
fn top_level_statements() {
    hir(
        r#"
n = 3
total = 0
for i in range(n):
    total += i
print("total", total)
"#,
        expect![[r#"
            fn __init__():
                n: Int = 3
                total: Int = 0
                for i in range(0, n):
                    total: Int = (total + i)
                print(" ", "\n", "total", total)
        "#]],
    );
}
