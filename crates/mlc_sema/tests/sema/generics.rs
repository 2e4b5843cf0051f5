use expect_test::expect;

use crate::hir;

#[test]
fn over_types_and_numbers() {
    hir(
        r#"
fn dot[T: Number, N: Int](a: [T; N], b: [T; N]) -> T:
    s: T = 0
    for i in range(N):
        s += a[i] * b[i]
    return s

struct Pair[T]:
    first: T
    second: T

    fn swap(self) -> Pair[T]:
        return Pair(self.second, self.first)

fn largest[T](xs: [T]) -> T:
    best = xs[0]
    for x in xs:
        best = max(best, x)
    return best

fn use(a: [f32; 4], xs: [Int]) -> f32:
    p = Pair(1, 2).swap()
    return dot(a, a) + largest(xs) + p.first
"#,
        expect![[r#"
            struct Pair[Int]:
                first: Int
                second: Int

            fn use(a: [f32; 4], borrowed xs: [Int]) raises -> f32:
                p: Pair[Int] = Pair.swap(&temporary(Pair[Int](first=1, second=2)))
                return ((dot[[f32; 4], [f32; 4]](a, a) + cast<f32>(largest[[Int]](&xs))) + cast<f32>(p.first))

            fn Pair.swap(borrowed self: Pair[Int]) -> Pair[Int]:
                return Pair[Int](first=self.second, second=self.first)

            fn dot[[f32; 4], [f32; 4]](a: [f32; 4], b: [f32; 4]) raises -> f32:
                s: f32 = 0.0:f32
                for i in range(0, 4):
                    s: f32 = (s + (a[i] * b[i]))
                return s

            fn largest[[Int]](borrowed xs: [Int]) raises -> Int:
                best: Int = xs[0]
                iterate xs
                for $i1 in range(0, len(xs)):
                    x: Int = xs[unchecked $i1]
                    best: Int = max(best, x)
                return best
        "#]],
    );
}
