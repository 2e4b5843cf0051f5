use expect_test::expect;

use crate::{errors, hir};

#[test]
fn rows_with_an_ordered_append() {
    hir(
        r#"
fn row_sums(batch: [[f32]]) -> [f32]:
    sums: [f32] = []
    parallel for row in batch:
        total: f32 = 0.0
        for x in row:
            total += x
        sums.append(total)
    return sums
"#,
        expect![[r#"
            fn row_sums(borrowed batch: [[f32]]) raises -> [f32]:
                sums: [f32] = []:[f32]
                parallel for $i1 in range(0, len(batch)) collect(sums) private(row, total, x):
                    ref row: [f32] = &batch[unchecked $i1]
                    total: f32 = 0.0:f32
                    iterate row
                    for $i2 in range(0, len(row)):
                        x: f32 = row[unchecked $i2]
                        total: f32 = (total + x)
                    collect #0: total
                return move sums
        "#]],
    );
}

#[test]
fn rows_written_in_place() {
    hir(
        r#"
fn normalize(batch: [f32; _, _]):
    parallel for row in batch:
        total: f32 = 0.0
        for x in row:
            total += x
        mean = total / len(row)
        for j in range(len(row)):
            row[j] -= mean
"#,
        expect![[r#"
            fn normalize(inout batch: [f32; _, _]) raises:
                parallel for $i1 in range(0, len(batch)) private(row, total, x, mean):
                    mut row: [f32; _] = &mut batch[unchecked $i1]
                    total: f32 = 0.0:f32
                    iterate row
                    for $i2 in range(0, len(row)):
                        x: f32 = row[unchecked $i2]
                        total: f32 = (total + x)
                    mean: f32 = (total / cast<f32>(len(row)))
                    for j in range(0, len(row)):
                        update row[j] -= mean
        "#]],
    );
}

#[test]
fn reductions_in_every_form() {
    hir(
        r#"
fn stats(x: [f64]) -> f64:
    s = 0.0
    low = x[0]
    high = x[0]
    every = True
    p = 1.0
    parallel for i in range(len(x)):
        if x[i] > 0:
            s += x[i]
        else:
            s = s - x[i]
        low = min(low, x[i])
        high = max(x[i], high)
        every = every and x[i] > 0
        p *= x[i]
    if every:
        return s + low + high
    return p
"#,
        expect![[r#"
            fn stats(borrowed x: [f64]) raises -> f64:
                s: f64 = 0.0
                low: f64 = x[0]
                high: f64 = x[0]
                every: Bool = True
                p: f64 = 1.0
                parallel for i in range(0, len(x)) reduce(+ s) reduce(min low) reduce(max high) reduce(& every) reduce(* p):
                    if (x[i] > 0.0):
                        reduce #0: x[i]
                    else:
                        reduce #0: -(x[i])
                    reduce #1: x[i]
                    reduce #2: x[i]
                    reduce #3: (x[i] > 0.0)
                    reduce #4: x[i]
                if every:
                    return ((s + low) + high)
                return p
        "#]],
    );
}

#[test]
fn an_accumulator_read_otherwise_is_no_reduction() {
    errors(
        r#"
fn prefix(x: [f64], out: [f64]):
    s = 0.0
    parallel for i in range(len(x)):
        s += x[i]
        out[i] = s
"#,
        expect![[r#"
            test.mlc:5:9: error[race]: an iteration of the parallel loop may write `s`, which another one reads
        "#]],
    );
}

#[test]
fn a_conditional_append_is_no_collect() {
    hir(
        r#"
fn positive(x: [f64]) -> [f64]:
    out: [f64] = []
    parallel for v in x:
        if v > 0:
            out.append(v)
    return out
"#,
        expect![[r#"
            fn positive(borrowed x: [f64]) raises -> [f64]:
                out: [f64] = []:[f64]
                parallel for $i1 in range(0, len(x)) private(v):
                    v: f64 = x[unchecked $i1]
                    if (v > 0.0):
                        list_append(&mut out, v)
                return move out
        "#]],
    );
}

#[test]
fn several_ranges_and_atomic_updates() {
    hir(
        r#"
fn histogram(x: [u8; _, _], bins: [Int]):
    parallel for i, j in range(len(x)), range(x.shape[1]):
        atomic bins[Int(x[i, j])] += 1
"#,
        expect![[r#"
            fn histogram(borrowed x: [u8; _, _], inout bins: [Int]) raises:
                parallel for i, j in range(0, len(x)), range(0, len(x, 1)):
                    atomic bins[cast<Int>(x[i, j])] += 1
        "#]],
    );
}

#[test]
fn a_nested_parallel_reduction() {
    hir(
        r#"
fn total(m: [f64; _, _]) -> f64:
    s = 0.0
    parallel for i in range(len(m)):
        parallel for j in range(m.shape[1]):
            s += m[i, j]
    return s
"#,
        expect![[r#"
            fn total(borrowed m: [f64; _, _]) raises -> f64:
                s: f64 = 0.0
                parallel for i in range(0, len(m)) reduce(+ s):
                    parallel for j in range(0, len(m, 1)) reduce(+ s):
                        reduce #0: m[i, j]
                return s
        "#]],
    );
}

#[test]
fn nothing_leaves_a_parallel_loop() {
    errors(
        r#"
fn find(x: [Int]) -> Int:
    parallel for i in range(len(x)):
        if x[i] == 0:
            break
        if x[i] == 1:
            return i
    return 0
"#,
        expect![[r#"
            test.mlc:5:13: error[parallel-exit]: `break` cannot leave a parallel loop
            test.mlc:7:13: error[parallel-exit]: `return` cannot leave a parallel loop
        "#]],
    );
}
