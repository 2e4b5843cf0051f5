use expect_test::expect;

use crate::{hir, signatures};

#[test]
fn inferred_from_the_body() {
    signatures(
        r#"
fn total(x: [f64]) -> f64:
    s = 0.0
    for v in x:
        s += v
    return s

fn clear(x: [f64]):
    for i in range(len(x)):
        x[i] = 0

fn grow(x: [f64], v: f64):
    x.append(v)

fn keep(x: [f64], all: [[f64]]):
    all.append(x)

fn same(x: [f64]) -> [f64]:
    x[0] = 1
    return x

fn rows(m: [[f64]]):
    for row in m:
        row[0] = 1

fn alias(m: [[f64]]):
    row = m[0]
    row.append(1)

fn rebound(x: [f64]) -> Int:
    x = [1.0]
    return len(x)
"#,
        expect![[r#"
            fn total(borrowed x: [f64]) -> f64
            fn clear(inout x: [f64]) raises
            fn grow(inout x: [f64], v: f64) raises
            fn keep(owned x: [f64], inout all: [[f64]]) raises
            fn same(owned x: [f64]) raises -> [f64]
            fn rows(inout m: [[f64]]) raises
            fn alias(inout m: [[f64]]) raises
            fn rebound(borrowed x: [f64]) raises -> Int
        "#]],
    );
}

#[test]
fn a_fixpoint_through_calls() {
    signatures(
        r#"
fn even(x: [Int], n: Int):
    if n > 0:
        odd(x, n - 1)

fn odd(x: [Int], n: Int):
    x[n] = n
    if n > 0:
        even(x, n - 1)

fn reads(x: [Int]) -> Int:
    return peek(x)

fn peek(x: [Int]) -> Int:
    return x[0]
"#,
        expect![[r#"
            fn even(inout x: [Int], n: Int) raises
            fn odd(inout x: [Int], n: Int) raises
            fn reads(borrowed x: [Int]) raises -> Int
            fn peek(borrowed x: [Int]) raises -> Int
        "#]],
    );
}

#[test]
fn arguments_become_borrows_and_moves() {
    hir(
        r#"
fn read(x: [f64]) -> f64:
    return x[0]

fn write(x: [f64]):
    x[0] = 1

fn take(owned x: [f64]) -> [f64]:
    return x

fn use(m: [[f64]]) -> [f64]:
    a = [1.0, 2.0]
    write(a)
    write(a[:1])
    write(m[0])
    s = read(a) + read([s2 for s2 in a]) + read(a[1:])
    b = take(a^)
    c = take(copy(b))
    c.append(s)
    return c
"#,
        expect![[r#"
            fn test.read(borrowed x: [f64]) raises -> f64:
                return x[0]

            fn test.write(inout x: [f64]) raises:
                store x[0] = 1.0

            fn take(owned x: [f64]) -> [f64]:
                return move x

            fn use(inout m: [[f64]]) raises -> [f64]:
                a: [f64] = [1.0, 2.0]
                test.write(&mut a)
                test.write(&mut temporary(share a[:1]))
                test.write(&mut m[0])
                s: f64 = ((test.read(&a) + test.read(&temporary({ $list1: [f64] = []:[f64]; iterate a; for $i2 in range(0, len(a)):; s2: f64 = a[unchecked $i2]; list_append(&mut $list1, s2); move $list1 }))) + test.read(&a[1:]))
                b: [f64] = take(move a)
                c: [f64] = take(copy b)
                list_append(&mut c, s)
                return move c
        "#]],
    );
}

#[test]
fn a_part_of_a_parameter_is_returned_as_a_borrow() {
    hir(
        r#"
fn row(m: [[f64]], i: Int) -> [f64]:
    return m[i]

fn use(m: [[f64]]) -> f64:
    r = row(m, 0)
    return r[0] + row(m, 1)[0]
"#,
        expect![[r#"
            fn row(borrowed m: [[f64]], i: Int) raises -> [f64] borrowing m:
                return &m[i]

            fn use(borrowed m: [[f64]]) raises -> f64:
                ref r: [f64] = &deref(row(&m, 0))
                return (r[0] + deref(row(&m, 1))[0])
        "#]],
    );
}
