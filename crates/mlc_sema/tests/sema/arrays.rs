use expect_test::expect;

use crate::{errors, hir};

#[test]
fn expressions_become_one_map() {
    hir(
        r#"
fn f(a: [f32; _], b: [f32; _]) -> [f32; _]:
    c = a * 2.0 + b / len(a) - exp(-a)
    return where(a > 0, a, -c)
"#,
        expect![[r#"
            fn f(borrowed a: [f32; _], borrowed b: [f32; _]) raises -> [f32; _]:
                $n3: Int = len(a)
                c: [f32; _] = map($e1 in &a, $e2 in &b, $e4 in &a: ((($e1 * 2.0:f32) + ($e2 / cast<f32>($n3))) - exp(-($e4))))
                return map($e5 in &a, $e7 in &a, $e6 in &c: ($e7 if ($e5 > 0.0:f32) else -($e6)))
        "#]],
    );
}

#[test]
fn views_are_written_through() {
    hir(
        r#"
fn f(m: [f64; _, _], a: [f64; _], n: [Int; _]):
    a[1:] = a[:-1]
    m[0] = 1
    m[:, 1] *= 3
    m[0] = a
    a[:] = n
    a += n
"#,
        expect![[r#"
            fn f(inout m: [f64; _, _], inout a: [f64; _], borrowed n: [Int; _]) raises:
                store a[1:] = &a[:-1]
                store m[0] = 1.0
                update m[:, 1] *= 3.0
                store m[0] = &a
                store a[:] = map($e1 in &n: cast<f64>($e1))
                update a += map($e2 in &n: cast<f64>($e2))
        "#]],
    );
}

#[test]
fn methods_and_builders() {
    hir(
        r#"
fn f(m: [f32; _, _], k: Int) -> [f32; _]:
    z: [f32; _, _] = zeros((3, k))
    e = ones_like(m)
    s = m.sum(axis=0) + m.max() * m[1] + arange(0, 3, dtype=f32)
    p = m @ m.T
    q = p.reshape(-1, 2).astype(f64)
    n = m.argmax() + z.size + e.ndim
    return s
"#,
        expect![[r#"
            fn f(borrowed m: [f32; _, _], k: Int) raises -> [f32; _]:
                z: [f32; _, _] = array(shape=(3, k), 0.0:f32)
                e: [f32; _, _] = array(shape=(len(m), len(m, 1)), 1.0:f32)
                $n1: f32 = reduce_max(&m)
                s: [f32; _] = map($e3 in sum(&m, 0), $e2 in &m[1], $e4 in arange(0.0:f32, 3.0:f32, 1.0:f32): (($e3 + ($n1 * $e2)) + $e4))
                p: [f32; _, _] = mat_mul(&m, &m.transpose[1, 0])
                q: [f64; _, _] = map($e5 in &p.reshape(((len(p) * len(p, 1)) // 2), 2): cast<f64>($e5))
                n: Int = ((arg_max(&m) + (len(z) * len(z, 1))) + 2)
                return move s
        "#]],
    );
}

#[test]
fn slices_of_lists_are_simd() {
    hir(
        r#"
fn f(a: [f32]):
    for i in range(0, len(a), 8):
        a[i:i+8] = a[i:i+8] * 42.0
"#,
        expect![[r#"
            fn f(inout a: [f32]) raises:
                for i in range(0, len(a), 8):
                    store a[i:(i + 8) lanes 8] = map($e2 in &a[i:(i + 8) lanes 8]: ($e2 * 42.0:f32))
        "#]],
    );
}

#[test]
fn what_does_not_go_together() {
    errors(
        r#"
fn f(a: [f32; 3], b: [f32; 4], c: [f64; _], i: [Int; _]):
    d = a + b
    a[:] = c
    i /= 2
    e = c.smu()
    g = c.sum(axis=1)
"#,
        expect![[r#"
            test.mlc:3:9: error[bad-operands]: the shapes of these arrays do not go together
            test.mlc:4:12: error[type-mismatch]: expected `[f32; _]`, found `[f64; _]`
            test.mlc:5:5: error[type-mismatch]: expected `[Int; _]`, found `[f64]`
            test.mlc:6:11: error[unknown-attribute]: `[f64; _]` has no field or method `smu`
            test.mlc:7:20: error[bad-index]: axis 1 is out of range for an array of rank 1
        "#]],
    );
}
