use expect_test::expect;

use crate::hir;

#[test]
fn lists_and_reductions() {
    hir(
        r#"
fn f(xs: [f64], n: Int) -> f64:
    squares = [x * x for x in xs if x > 0]
    table = [[i * j for j in range(n)] for i in range(n)]
    a = sum(x * 2 for x in xs)
    b = any(x > 1 for x in xs)
    c = max(len(row) for row in table)
    steps = [0.0, 0.5, ..., 2.0]
    return a + c + squares[0] + steps[1]
"#,
        expect![[r#"
            fn f(borrowed xs: [f64], n: Int) raises -> f64:
                squares: [f64] = { $list1: [f64] = []:[f64]; iterate xs; for $i2 in range(0, len(xs)):; x.4: f64 = xs[unchecked $i2]; if (x.4 > 0.0):; list_append(&mut $list1, (x.4 * x.4)); move $list1 }
                table: [[Int]] = { $list3: [[Int]] = []:[[Int]]; for $i4 in range(0, n):; i: Int = $i4; list_append(&mut $list3, { $list5: [Int] = []:[Int]; for $i6 in range(0, n):; j: Int = $i6; list_append(&mut $list5, (i * j)); move $list5 }); move $list3 }
                a: f64 = { $total8: f64 = 0.0; iterate xs; for $i7 in range(0, len(xs)):; x.14: f64 = xs[unchecked $i7]; $total8: f64 = ($total8 + (x.14 * 2.0)); $total8 }
                b: Bool = { $total10: Bool = False; iterate xs; for $i9 in range(0, len(xs)):; x.18: f64 = xs[unchecked $i9]; $total10: Bool = ($total10 or (x.18 > 1.0)); $total10 }
                c: Int = reduce_max(&temporary({ $list11: [Int] = []:[Int]; iterate table; for $i12 in range(0, len(table)):; ref row: [Int] = &table[unchecked $i12]; list_append(&mut $list11, len(row)); move $list11 }))
                steps: [f64] = { $a14: f64 = 0.0; $step15: f64 = (0.5 - $a14); check ($step15 != 0.0) else ValueError("the items of a progression are equal"); $n16: Int = (cast<Int>(floor((((2.0 - $a14) / $step15) + 0.5))) + 1); $list13: [f64] = []:[f64]; for $i17 in range(0, $n16):; list_append(&mut $list13, ($a14 + (cast<f64>($i17) * $step15))); move $list13 }
                return (((a + cast<f64>(c)) + squares[0]) + steps[1])
        "#]],
    );
}
