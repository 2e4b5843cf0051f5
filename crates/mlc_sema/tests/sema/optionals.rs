use expect_test::expect;

use crate::hir;

#[test]
fn tests_narrow() {
    hir(
        r#"
fn f(x: Int?, y: f64? = None) -> f64:
    if x is None:
        return 0
    t = x * 2
    if y is not None and y > 1:
        return y + t
    return t if y is None else y

fn find(xs: [Int], v: Int) -> Int?:
    for i in range(len(xs)):
        if xs[i] == v:
            return i
    return None

fn use(xs: [Int]) -> Int:
    return find(xs, 3) + 1
"#,
        expect![[r#"
            fn f(x: Int?, y: f64?) -> f64:
                if not (is_some(x)):
                    return 0.0
                t: Int = (x!unchecked * 2)
                if (is_some(y) and (y!unchecked > 1.0)):
                    return (y!unchecked + cast<f64>(t))
                return (cast<f64>(t) if not (is_some(y)) else y!unchecked)

            fn find(borrowed xs: [Int], v: Int) raises -> Int?:
                for i in range(0, len(xs)):
                    if (xs[i] == v):
                        return some(i)
                return nothing

            fn use(borrowed xs: [Int]) raises -> Int:
                return (temporary(find(&xs, 3))! + 1)
        "#]],
    );
}
