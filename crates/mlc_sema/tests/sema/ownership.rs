use expect_test::expect;

use crate::hir;

#[test]
fn names_for_parts_borrow() {
    hir(
        r#"
fn f(m: [[f64]], flag: Bool) -> f64:
    a = m[0]
    a[0] = 1
    b = m[1][1:]
    b[0] = 2
    m[0], m[1] = m[1], m[0]
    x, y = 1, 2.5
    x, y = Int(y), f64(x)
    for i, row in enumerate(m):
        row[i] += x
    del b
    return y
"#,
        expect![[r#"
            fn f(inout m: [[f64]], flag: Bool) raises -> f64:
                mut a: [f64] = &mut m[0]
                store a[0] = 1.0
                b: [f64] = share m[1][1:]
                store b[0] = 2.0
                swap m[0], m[1]
                x: Int = 1
                y: f64 = 2.5
                $v1: Int = cast<Int>(y)
                $v2: f64 = cast<f64>(x)
                x: Int = $v1
                y: f64 = $v2
                iterate m
                for i in range(0, len(m)):
                    mut row: [f64] = &mut m[unchecked i]
                    update row[i] += cast<f64>(x)
                del b
                return y
        "#]],
    );
}
