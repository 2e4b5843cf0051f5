use expect_test::expect;

use crate::errors;

#[test]
fn one_mistake_one_message() {
    errors(
        r#"
fn f(x: [f32]) -> f32:
    a = lenght(x)
    b = a + 1
    c = b * a
    return c + x[0]

fn g() -> Int:
    return undefined + 1
"#,
        expect![[r#"
            test.mlc:3:9: error[unknown-name]: unknown name `lenght`
            test.mlc:9:12: error[unknown-name]: unknown name `undefined`
        "#]],
    );
}

#[test]
fn types_that_do_not_agree() {
    errors(
        r#"
fn f(x: f32, n: Int, s: String) -> f32:
    a: i32 = n
    b: u8 = 256
    c = x + s
    d: f32 = f64(x)
    if n:
        return n
    n = 0.5
    return "x"
"#,
        expect![[r#"
            test.mlc:3:14: error[type-mismatch]: expected `i32`, found `Int`
            test.mlc:4:13: error[constant-out-of-range]: `256` does not fit into `u8`
            test.mlc:5:9: error[bad-operands]: `+` is not defined for `f32` and `String`
            test.mlc:6:14: error[type-mismatch]: expected `f32`, found `f64`
            test.mlc:9:9: error[type-mismatch]: expected `Int`, found `f64`
            test.mlc:10:12: error[type-mismatch]: expected `f32`, found `String`
        "#]],
    );
}

#[test]
fn calls() {
    errors(
        r#"
fn f(a: Int, b: Int = 1) -> Int:
    return a + b

fn g() -> Int:
    f()
    f(1, 2, 3)
    f(1, c=2)
    f(1, a=2)
    f("x")
    1()
    return f
"#,
        expect![[r#"
            test.mlc:6:5: error[wrong-arguments]: missing argument `a` of `f`
            test.mlc:7:13: error[wrong-arguments]: `f` takes 2 arguments, 3 were given
            test.mlc:8:10: error[wrong-arguments]: `f` has no parameter `c`
            test.mlc:9:10: error[wrong-arguments]: `f` gets `a` twice
            test.mlc:10:7: error[type-mismatch]: expected `Int`, found `String`
            test.mlc:11:5: error[not-callable]: a value of type `Int` cannot be called
            test.mlc:12:12: error[not-a-value]: `f` is the name of a function, type or module, not of a value
        "#]],
    );
}

#[test]
fn missing_things() {
    errors(
        r#"
fn f(a, b: Int) -> Int:
    if b > 0:
        return 1

fn g():
    break
    x.append(1)
    for i in 5:
        pass
    return y

fn f():
    pass
"#,
        expect![[r#"
            test.mlc:2:4: error[missing-return]: `f` can end without returning a `Int`
            test.mlc:2:6: error[missing-annotation]: parameter `a` of `fn f` has no type
            test.mlc:7:5: error[outside-loop]: `break` outside a loop
            test.mlc:8:5: error[unknown-name]: unknown name `x`
            test.mlc:9:14: error[not-iterable]: `Int` cannot be iterated over
            test.mlc:11:12: error[unknown-name]: unknown name `y`
            test.mlc:13:4: error[duplicate-definition]: `f` is defined twice
        "#]],
    );
}

#[test]
fn not_yet_names_the_feature() {
    errors(
        r#"
fn f(d: Dict[String, Int]):
    pass

fn g():
    with open("x") as h:
        pass
    match 1:
        case _:
            pass
    x = {1, 2}
"#,
        expect![[r#"
            test.mlc:2:9: error[not-yet]: `Dict` is not supported yet
            test.mlc:6:10: error[not-yet]: `open` is not supported yet
            test.mlc:8:5: error[not-yet]: `match` is not supported yet
            test.mlc:11:9: error[not-yet]: `Set` is not supported yet
        "#]],
    );
}

#[test]
fn what_a_function_of_the_library_cannot_do_is_reported_at_its_call() {
    errors(
        r#"
struct Box:
    v: Int

xs = [Box(1)]
print(sorted(xs))
print(max(xs))
for i in range(2):
    late = 1
    late = late + 0.5
    xs.sort()
print(sorted([]))
"#,
        expect![[r#"
            test.mlc:6:7: error[bad-operands]: `<` is not defined for `Box` and `Box`
            test.mlc:7:7: error[bad-operands]: `>` is not defined for `Box` and `Box`
            test.mlc:11:5: error[bad-operands]: `<` is not defined for `Box` and `Box`
            test.mlc:12:7: error[cannot-infer]: the type of this argument cannot be inferred
        "#]],
    );
}
