//! What the parser says, and that it goes on.

use expect_test::{Expect, expect};
use mlc_diagnostics::{FileId, SourceMap, render};
use mlc_syntax::parse;

fn check(text: &str, expected: &Expect) {
    let (_, diagnostics) = parse(FileId(0), text);
    let mut sources = SourceMap::new();
    sources.add("t.mlc", text);
    expected.assert_eq(&render::render(
        render::Format::Short,
        &diagnostics,
        &sources,
        false,
    ));
}

#[test]
fn three_errors_are_three_messages() {
    check(
        "\
fn f(x: Int -> Int:
    return x

fn g(x: Int):
    y = x +
    z = x

if x
    w = (1, 2
v = 3
",
        &expect![[r#"
            t.mlc:1:5: error[unclosed-bracket]: `(` is never closed
            t.mlc:5:12: error[syntax]: expected an expression, found the end of the line
            t.mlc:8:5: error[syntax]: expected `:` after `if`, found the end of the line
            t.mlc:9:9: error[unclosed-bracket]: `(` is never closed
        "#]],
    );
}

#[test]
fn unclosed_brackets_do_not_swallow_what_follows() {
    check(
        "a = f(1, 2\nb = 3\nc = [1\nd = )\n",
        &expect![[r#"
        t.mlc:3:5: error[mismatched-bracket]: `[` is not closed
    "#]],
    );
    check(
        "a = [\n    1,\n    2\n\ndef f():\n    return (1\n\nx = 1 1\n",
        &expect![[r#"
        t.mlc:1:5: error[unclosed-bracket]: `[` is never closed
        t.mlc:6:12: error[unclosed-bracket]: `(` is never closed
        t.mlc:8:7: error[syntax]: expected an operator or the end of the line, found an integer
    "#]],
    );
    check(
        "a = (1, 2]\nb = [1, (2]\nc = 3 3\n",
        &expect![[r#"
        t.mlc:1:10: error[mismatched-bracket]: `]` does not match `(`
        t.mlc:2:9: error[mismatched-bracket]: `(` is not closed
        t.mlc:3:7: error[syntax]: expected an operator or the end of the line, found an integer
    "#]],
    );
    check(
        "f(a,\nb, c d,\ne)\ng h\n",
        &expect![[r#"
        t.mlc:2:6: error[syntax]: expected `,` or `)`, found `d`
        t.mlc:4:3: error[syntax]: expected an operator or the end of the line, found `h`
    "#]],
    );
}

#[test]
fn strings_that_do_not_end() {
    check(
        "a = 'abc\nb = 1 2\nc = \"\"\"x\ny\n",
        &expect![[r#"
        t.mlc:1:5: error[unterminated-string]: string is not closed: expected `'`
        t.mlc:2:7: error[syntax]: expected an operator or the end of the line, found an integer
        t.mlc:3:5: error[unterminated-string]: string is not closed: expected `"""`
    "#]],
    );
}

#[test]
fn indentation() {
    check(
        "if a:\n\tb\n\tc\nd\n",
        &expect![[r#"
        t.mlc:2:1: error[tab-indentation]: tab in indentation
    "#]],
    );
    check(
        "if a:\n    b\n  c\nd\n",
        &expect![[r#"
        t.mlc:3:3: error[inconsistent-indentation]: unindent does not match any open block
    "#]],
    );
    check(
        "a\n    b\n    c\nd e\n",
        &expect![[r#"
        t.mlc:2:5: error[unexpected-indent]: unexpected indent: no block starts here
        t.mlc:4:3: error[syntax]: expected an operator or the end of the line, found `e`
    "#]],
    );
    check(
        "if a:\nb\nfn f():\n# nothing\nwhile c:\n",
        &expect![[r#"
            t.mlc:1:5: error[missing-block]: expected an indented block below `if`
            t.mlc:3:7: error[missing-block]: expected an indented block below this function
            t.mlc:5:8: error[missing-block]: expected an indented block below `while`
        "#]],
    );
}

#[test]
fn features_of_python_that_are_not_here() {
    check(
        "\
class A(B):
    x = 1
    def f(self): return self
async def f():
    await g()
def g():
    yield 1
    x = yield
    y = (yield from z)
    await h
try:
    a
except* B:
    c
b = b'bytes'
struct S(T):
    a: Int
",
        &expect![[r#"
            t.mlc:1:1: error[unsupported-feature]: `class` is not part of mlc
            t.mlc:4:1: error[unsupported-feature]: `async` is not part of mlc
            t.mlc:5:5: error[unsupported-feature]: `await` is not part of mlc
            t.mlc:7:5: error[unsupported-feature]: `yield` is not part of mlc
            t.mlc:8:9: error[unsupported-feature]: `yield` is not part of mlc
            t.mlc:9:10: error[unsupported-feature]: `yield` is not part of mlc
            t.mlc:10:5: error[unsupported-feature]: `await` is not part of mlc
            t.mlc:13:7: error[unsupported-feature]: `except*` is not part of mlc
            t.mlc:15:5: error[unsupported-feature]: byte strings are not part of mlc
            t.mlc:16:9: error[unsupported-feature]: inheritance is not part of mlc
        "#]],
    );
}

#[test]
fn slips_of_other_languages() {
    check(
        "\
if a && b || !c: d
if x = 1: pass
if a: b
else if c:
    d
print x
let y = 1
func f():
    pass
a = b ? c : d
x++
a = “b”
a – b
a\u{a0}= 1
",
        &expect![[r#"
            t.mlc:1:6: error[unexpected-character]: `&&` is not an operator
            t.mlc:1:11: error[unexpected-character]: `||` is not an operator
            t.mlc:1:14: error[unexpected-character]: `!` is not an operator
            t.mlc:2:6: error[syntax]: expected `:` or an operator, found `=`
            t.mlc:4:1: error[syntax]: `else if` is written `elif`
            t.mlc:6:7: error[syntax]: expected an operator or the end of the line, found `x`
            t.mlc:7:5: error[syntax]: expected an operator or the end of the line, found `y`
            t.mlc:8:6: error[syntax]: expected an operator or the end of the line, found `f`
            t.mlc:10:9: error[syntax]: expected an operator or the end of the line, found `c`
            t.mlc:11:4: error[syntax]: expected an expression, found the end of the line
            t.mlc:12:5: error[unexpected-character]: unexpected character `“` (U+201C)
            t.mlc:12:7: error[unexpected-character]: unexpected character `”` (U+201D)
            t.mlc:13:3: error[unexpected-character]: unexpected character `–` (U+2013)
            t.mlc:14:2: error[unexpected-character]: unexpected character U+00A0
        "#]],
    );
}

#[test]
fn targets() {
    check(
        "\
f() = 1
1 = a
a + b += 1
(a, b) += 1
for f() in x: pass
del f()
*a = b
*a, *b = c
(a): Int = 1
a, b: Int = 1
(a.b := 1)
with a as 1: pass
a == b = c
[x for 1 in y]
",
        &expect![[r#"
            t.mlc:1:1: error[invalid-target]: cannot assign to a call
            t.mlc:2:1: error[invalid-target]: cannot assign to a number
            t.mlc:3:1: error[invalid-target]: cannot update an expression
            t.mlc:4:1: error[invalid-target]: cannot update several targets at once
            t.mlc:5:5: error[invalid-target]: cannot assign to a call
            t.mlc:6:5: error[invalid-target]: cannot delete a call
            t.mlc:7:1: error[syntax]: a starred expression needs a comma after it to be a tuple
            t.mlc:8:5: error[invalid-target]: only one target of an unpacking can be starred
            t.mlc:10:5: error[syntax]: expected an operator or the end of the line, found `:`
            t.mlc:11:2: error[invalid-target]: `:=` assigns to a plain name only
            t.mlc:12:11: error[invalid-target]: cannot assign to a number
            t.mlc:13:1: error[invalid-target]: cannot assign to a comparison
            t.mlc:14:8: error[invalid-target]: cannot assign to a number
        "#]],
    );
}

#[test]
fn parameters_and_arguments() {
    check(
        "\
def a(x=1, y): pass
def b(x, x): pass
def c(*): pass
def d(*a, *b): pass
def e(**k, x): pass
def f(*, /): pass
def g(/, x): pass
def h(*a=1): pass
i(a=1, b)
j(**a, *b)
k(x for x in y, 1)
l(1 2)
def m(x: Int y: Int): pass
def n(x: ): pass
fn o[](): pass
",
        &expect![[r#"
            t.mlc:1:12: error[parameter-order]: `y` needs a default: one before it has one
            t.mlc:2:10: error[repeated-parameter]: parameter `x` stands twice
            t.mlc:3:8: error[syntax]: expected a parameter, found `)`
            t.mlc:4:11: error[parameter-order]: only one `*` can stand in a parameter list
            t.mlc:5:12: error[parameter-order]: nothing can stand after a `**` parameter
            t.mlc:6:7: error[parameter-order]: `*` needs a keyword-only parameter after it
            t.mlc:6:10: error[parameter-order]: `/` must stand before `*`
            t.mlc:7:7: error[parameter-order]: `/` needs a parameter before it
            t.mlc:8:10: error[parameter-order]: a starred parameter has no default
            t.mlc:9:8: error[argument-order]: positional argument after a keyword argument
            t.mlc:10:9: error[argument-order]: positional argument after `**`
            t.mlc:11:3: error[syntax]: a generator expression beside other arguments needs parentheses
            t.mlc:12:5: error[syntax]: expected `,` or `)`, found an integer
            t.mlc:13:14: error[syntax]: expected `,` or `)`, found `y`
            t.mlc:14:10: error[syntax]: expected an expression, found `)`
            t.mlc:15:6: error[syntax]: expected a generic parameter, found `]`
        "#]],
    );
}

#[test]
fn numbers_and_characters() {
    check(
        "0777\n1__0\n0xg\n1abc\n1_\n340282366920938463463374607431768211456\n$a $ b\nx = 1 § 2\n0b12\n1.5.2\n",
        &expect![[r#"
            t.mlc:1:1: error[invalid-number]: leading zeros in a decimal integer
            t.mlc:2:1: error[invalid-number]: `1__0` is not a valid decimal number
            t.mlc:3:1: error[invalid-number]: `0xg` is not a valid hexadecimal number
            t.mlc:4:1: error[invalid-number]: `1abc` is not a valid decimal number
            t.mlc:5:1: error[invalid-number]: `1_` is not a valid decimal number
            t.mlc:6:1: error[number-too-large]: integer literal does not fit in 128 bits
            t.mlc:7:1: error[unexpected-character]: unexpected character `$`
            t.mlc:7:4: error[unexpected-character]: unexpected character `$`
            t.mlc:8:7: error[unexpected-character]: unexpected character `§` (U+00A7)
            t.mlc:9:1: error[invalid-number]: `0b12` is not a valid binary number
            t.mlc:10:4: error[syntax]: expected an operator or the end of the line, found a number
        "#]],
    );
}

#[test]
fn escapes() {
    check(
        r#"a = "\d \x1 \uD800 \N{BULLET} \U00110000 \é""#,
        &expect![[r#"
        t.mlc:1:6: warning[invalid-escape]: `\d` is no escape and stands for itself
        t.mlc:1:9: error[invalid-escape]: expected 2 hexadecimal digits, found 1
        t.mlc:1:13: error[invalid-escape]: `\uD800` is no character
        t.mlc:1:20: error[invalid-escape]: character names in strings are not part of mlc
        t.mlc:1:31: error[invalid-escape]: `\U00110000` is no character
        t.mlc:1:42: warning[invalid-escape]: `\é` is no escape and stands for itself
    "#]],
    );
}

#[test]
fn fstrings() {
    check(
        "f'{}'\nf'}'\nf'{a'\nf'{a b}'\nf'{a!x}'\nf'{a:{b:{c:{d}}}}'\nf'{#}'\nf'{(a}'\nf'{a[\"b\"]}'\nf'{a[\nf'{ }'\n",
        &expect![[r#"
            t.mlc:1:3: error[invalid-fstring]: empty braces in an f-string
            t.mlc:2:3: error[invalid-fstring]: `}` alone in an f-string
            t.mlc:3:3: error[invalid-fstring]: `{` is not closed in this f-string
            t.mlc:4:6: error[syntax]: expected an operator or `}`, found `b`
            t.mlc:5:5: error[invalid-fstring]: expected `!s`, `!r` or `!a`
            t.mlc:7:4: error[invalid-fstring]: comment in an f-string expression
            t.mlc:8:6: error[mismatched-bracket]: `}` does not match `(`
            t.mlc:10:1: error[unterminated-string]: string is not closed: expected `'`
            t.mlc:11:3: error[invalid-fstring]: empty braces in an f-string
        "#]],
    );
}

#[test]
fn clauses_without_their_statement() {
    check(
        "else:\n    a\nelif b: c\nexcept: d\ncase x:\n    e\n",
        &expect![[r#"
        t.mlc:1:1: error[syntax]: `else` without an `if`, loop or `try` before it
    "#]],
    );
    check(
        "if a b:\n    c\nelse:\n    d e\n",
        &expect![[r#"
        t.mlc:1:6: error[syntax]: expected `:` after `if`, found `b`
        t.mlc:4:7: error[syntax]: expected an operator or the end of the line, found `e`
    "#]],
    );
    check(
        "try:\n    a\nb\n",
        &expect![[r#"
        t.mlc:1:1: error[syntax]: `try` without `except` or `finally`
    "#]],
    );
    check(
        "match a:\n    b\n    case c d:\n        e\n    case _:\n        f g\n",
        &expect![[r#"
        t.mlc:2:5: error[syntax]: expected `case`, found `b`
        t.mlc:3:12: error[syntax]: expected `:` after `case`, found `d`
        t.mlc:6:11: error[syntax]: expected an operator or the end of the line, found `g`
    "#]],
    );
}

#[test]
fn struct_bodies() {
    check(
        "struct S:\n    x = 1\n    var y = 2\n    f()\n    a.b: Int\n    if c:\n        d: Int\n    z: Int\n",
        &expect![[r#"
            t.mlc:2:5: error[invalid-member]: a field needs a type
            t.mlc:3:9: error[invalid-member]: a field needs a type
            t.mlc:4:5: error[invalid-member]: only fields, methods and `comptime` constants can stand in a struct
            t.mlc:5:5: error[invalid-member]: a field is declared as `name: T`
            t.mlc:6:5: error[invalid-member]: only fields, methods and `comptime` constants can stand in a struct
        "#]],
    );
}

#[test]
fn the_rest() {
    check(
        "\
import a.
from import b
from a import
from a import (b
lambda
a = lambda: 
(*a)
x = *a
[1, ..., 2]
parallel for i in a, b: pass
parallel for i, j, k in a, b: pass
a[]
{1: 2, 3}
{**a, b}
atomic f(x)
var x
comptime N
@d
x = 1
return return
a.1
pass x
assert
global 1
not
a not b
a = 
1 if 2
[a for b]
",
        &expect![[r#"
            t.mlc:1:10: error[syntax]: expected a module's name, found the end of the line
            t.mlc:2:6: error[syntax]: expected a module's name, found `import`
            t.mlc:3:14: error[syntax]: expected a name, found the end of the line
            t.mlc:4:15: error[unclosed-bracket]: `(` is never closed
            t.mlc:5:7: error[syntax]: expected a parameter, found the end of the line
            t.mlc:6:12: error[syntax]: expected an expression, found the end of the line
            t.mlc:7:2: error[syntax]: a starred expression needs a comma after it to be a tuple
            t.mlc:8:5: error[syntax]: a starred expression needs a comma after it to be a tuple
            t.mlc:9:5: error[syntax]: `...` is out of place in this list
            t.mlc:10:14: error[syntax]: one target for 2 iterables
            t.mlc:11:14: error[syntax]: 3 targets for 2 iterables
            t.mlc:12:3: error[syntax]: expected an index, found `]`
            t.mlc:13:9: error[syntax]: expected `:` and a value, found `}`
            t.mlc:14:8: error[syntax]: expected `:` and a value, found `}`
            t.mlc:15:1: error[syntax]: `atomic` needs an update such as `a[k] += e` after it
            t.mlc:16:6: error[syntax]: expected `:` and a type, or `=` and a value, found the end of the line
            t.mlc:17:11: error[syntax]: expected `=` and a value, or `:` and a type, found the end of the line
            t.mlc:19:1: error[syntax]: expected `fn`, `def` or `struct` after a decorator, found `x`
            t.mlc:20:8: error[syntax]: expected an expression, found `return`
            t.mlc:21:2: error[syntax]: expected an operator or the end of the line, found a number
            t.mlc:22:6: error[syntax]: expected an operator or the end of the line, found `x`
            t.mlc:23:7: error[syntax]: expected an expression, found the end of the line
            t.mlc:24:8: error[syntax]: expected a name, found an integer
            t.mlc:25:4: error[syntax]: expected an expression, found the end of the line
            t.mlc:26:3: error[syntax]: expected an operator or the end of the line, found `not`
            t.mlc:27:4: error[syntax]: expected an expression, found the end of the line
            t.mlc:28:7: error[syntax]: expected `else`, found the end of the line
            t.mlc:29:9: error[syntax]: expected `in`, found `]`
        "#]],
    );
}
