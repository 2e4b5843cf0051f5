use expect_test::expect;

use crate::{errors, hir};

#[test]
fn strings() {
    hir(
        r#"
fn f(name: String, n: Int, x: f64) -> String:
    s = f"{name}: {n} {x:.2f} {n!r}"
    parts = s.split(" ")
    if "a" in s and s[0] == "b" and s[1:3] < name:
        return ", ".join(parts).strip() + str(n) * 2
    for c in s:
        print(c, ord(c), end="")
    return s.replace("a", "b").upper()
"#,
        expect![[r#"
            fn f(name: String, n: Int, x: f64) raises -> String:
                s: String = str_concat(str_concat(str_concat(str_concat(str_concat(str_concat(name, ": "), str(n)), " "), format(x, ".2f")), " "), repr(n))
                parts: [String] = str_split(s, " ")
                if ((str_contains("a", s) and (s[0] == "b")) and (s[1:3] < name)):
                    return str_concat(str_strip(str_join(", ", &parts)), str_repeat(str(n), 2))
                $it1: String = s
                for $i2 in range(0, len($it1)):
                    c: String = $it1[unchecked $i2]
                    print(" ", "", c, ord(c))
                return str_upper(str_replace(s, "a", "b"))
        "#]],
    );
}

#[test]
fn items_of_lists_of_strings_can_be_stored_and_characters_not() {
    hir(
        r#"
fn f(words: [String]):
    words[0] = "a" + words[1]
"#,
        expect![[r#"
            fn f(inout words: [String]) raises:
                store words[0] = str_concat("a", words[1])
        "#]],
    );
    errors(
        r#"
fn f(word: String, words: [String]):
    word[0] = "a"
    words[0][1:] = "b"
"#,
        expect![[r#"
            test.mlc:3:5: error[bad-target]: this cannot be assigned to
            test.mlc:4:5: error[bad-target]: this cannot be assigned to
        "#]],
    );
}
