use expect_test::expect;

use crate::{errors, hir};

#[test]
fn an_init_makes_the_value() {
    hir(
        r#"
struct Stack:
    items: [f64]
    limit: Int = 8
    name: String

    fn __init__(inout self, first: f64, name: String = "s"):
        self.items = [first]
        if first < 0:
            return
        self.name = name

    fn __len__(self) -> Int:
        return len(self.items)

    fn __del__(owned self):
        print("gone", self.name)

fn use() -> Int:
    s = Stack(1.5)
    return len(s)
"#,
        expect![[r#"
            struct Stack:
                items: [f64]
                limit: Int
                name: String

            fn Stack.__del__(owned self: Stack):
                print(" ", "\n", "gone", self.name)

            fn use() raises -> Int:
                s: Stack = Stack.__init__(1.5, "s")
                return Stack.__len__(&s)

            fn Stack.__init__(first: f64, name: String) raises -> Stack:
                self: Stack = Stack(items=[]:[f64], limit=8, name="")
                store self.items = [first]
                if (first < 0.0):
                    arm(&mut self)
                    return move self
                store self.name = name
                arm(&mut self)
                return move self

            fn Stack.__len__(borrowed self: Stack) -> Int:
                return len(self.items)
        "#]],
    );
}

#[test]
fn a_field_without_a_value() {
    errors(
        r#"
struct P:
    x: f64
    y: f64

    fn __init__(out self, x: f64):
        self.x = x
"#,
        expect![[r#"
            test.mlc:6:8: error[use-before-assignment]: `__init__` gives no value to the field `y`
        "#]],
    );
}
