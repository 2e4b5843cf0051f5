use expect_test::expect;

use crate::hir;

#[test]
fn try_except_else_finally() {
    hir(
        r#"
fn parse(s: String) -> Int:
    try:
        n = Int(s)
    except (ValueError, TypeError) as e:
        print("bad", e)
        return -1
    except:
        raise
    else:
        n += 1
    finally:
        print("done")
    return n

fn check(x: Int):
    assert x > 0, "positive"
    if x > 10:
        raise ValueError(f"too large: {x}")
"#,
        expect![[r#"
            fn parse(s: String) raises -> Int:
                try:
                    n: Int = int_from_str(s, 10)
                except ValueError, TypeError as e:
                    print(" ", "\n", "bad", e)
                    return -1
                except:
                    raise
                else:
                    n: Int = (n + 1)
                finally:
                    print(" ", "\n", "done")
                return n

            fn check(x: Int) raises:
                check (x > 0) else AssertionError("positive")
                if (x > 10):
                    raise ValueError(str_concat("too large: ", str(x)))
        "#]],
    );
}
