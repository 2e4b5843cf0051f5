//! Long files are read in pieces: what comes out is what one thread makes of the whole.

use mlc_diagnostics::FileId;
use mlc_syntax::parse_on;

/// Texts of several hundred thousand bytes, whose cuts lie where these parts have a line that looks like a definition.
#[track_caller]
fn same(parts: &[&str]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let text = parts.concat().repeat(200_000 / length);
    let alone = parse_on(Some(1), FileId(0), &text);
    for threads in [2, 3] {
        let together = parse_on(Some(threads), FileId(0), &text);
        assert_eq!(alone.1, together.1, "{parts:?}");
        assert!(alone.0 == together.0, "{parts:?}");
    }
}

const FN: &str = "fn f(x: Int) -> Int:\n    return x\n";

#[test]
fn cuts_lie_between_definitions() {
    same(&[FN]);
    same(&["\u{feff}# about\n", FN, "\n\n# more\n", FN]);
    same(&[
        "x = 1\n",
        FN,
        "def g(a, b=2):\n    pass\n",
        "struct S:\n    x: Int\n",
    ]);
    same(&["@strict\n", FN, "@fast\n@strict\n", FN]);
    same(&["if x:\n    y = 1\n", FN, "else:\n    y = 2\n"]);
    same(&["fn f(x: Int) -> Int:\r\n    return x\r\n"]);
    same(&["if x:\n    import math\n", FN]);
}

#[test]
fn cuts_may_lie_where_nothing_starts() {
    same(&["text = \"\"\"\n", FN, "\"\"\"\n"]);
    same(&["fn doc():\n    '''\n", FN, "    '''\n"]);
    same(&["x = (\n", FN, ")\n"]);
    same(&["x = [1,\n"]);
    same(&["x = 1 \\\n", FN]);
    same(&["x = 1 \\\r\n", FN]);
    same(&["@strict(\n1)\n", FN]);
    same(&["fn f(:\n", FN]);
    same(&["try:\n    pass\n", FN]);
    same(&["\tx = 1\n", FN, "if x:\n\ty = 1\n"]);
    same(&["for x in y: \n", FN, "x = 'a\n"]);
}
