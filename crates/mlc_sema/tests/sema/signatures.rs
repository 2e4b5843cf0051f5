use expect_test::expect;

use crate::signatures;

#[test]
fn everything_inferred_is_shown() {
    signatures(
        r#"
fn axpy(alpha: f32, x: [f32], inout y: [f32]):
    """y += alpha * x"""
    for i in range(len(x)):
        y[i] += alpha * x[i]

fn f(a: Int, /, b: Int = 2, *, c: Bool = True, d: String = "x") -> (Int, f64):
    return a + b, 0.5

fn _private() -> Int:
    return 1

struct Point:
    x: f64
    y: f64

    fn norm(self) -> f64:
        return sqrt(self.x ** 2 + self.y ** 2)

    fn move(self, dx: f64):
        self.x += dx
"#,
        expect![[r#"
            fn axpy(alpha: f32, borrowed x: [f32], inout y: [f32]) raises
            fn f(a: Int, /, b: Int = 2, *, c: Bool = True, d: String = "x") -> (Int, f64)
            fn Point.norm(borrowed self: Point) -> f64
            fn Point.move(inout self: Point, dx: f64)
        "#]],
    );
}
