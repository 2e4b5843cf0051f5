//! What the parser makes of each construct of the language.

use expect_test::{Expect, expect};
use mlc_diagnostics::{FileId, SourceMap, render};
use mlc_syntax::{dump, parse};

fn check(text: &str, expected: &Expect) {
    let (module, diagnostics) = parse(FileId(0), text);
    let mut sources = SourceMap::new();
    sources.add("t.mlc", text);
    let messages = render::render(render::Format::Short, &diagnostics, &sources, false);
    expected.assert_eq(&(dump(&module) + &messages));
}

#[test]
fn functions_in_both_spellings() {
    check(
        r#"
fn axpy(alpha: f32, x: [f32], inout y: [f32]):
    """y += alpha * x"""
    for i in range(len(x)):
        y[i] += alpha * x[i]

@strict
@mark.slow(1)
def f[T: Number, N: Int = 4](read a: [T; N, _], /, mut b, *args: T, var c: T? = None, **kw) raises -> (T, Int): return a

fn m(self, out r: T, deinit d: T, borrowed e: T, owned f: T): pass
fn words(read, mut: Int, fn, struct: T, *, out=1, raises): pass
fn star(owned *rest: T, inout **named: T): pass
"#,
        &expect![[r#"
            module
              fn axpy
                param alpha: f32
                param x: (list f32)
                param inout y: (list f32)
                docstring "y += alpha * x"
                for i in (call range (call len x))
                  update += (index y i) (* alpha (index x i))
              def f
                decorator strict
                decorator (call (. mark slow) 1)
                generic T: Number
                generic N: Int = 4
                positional-only borrowed a: (array T N _)
                param inout b
                var-positional args: T
                keyword-only owned c: (optional T) = None
                var-keyword kw
                raises
                returns (tuple T Int)
                return a
              fn m
                param self
                param deinit d: T
                param borrowed e: T
                param owned f: T
                returns T
                declare r: T
                pass
                return r
              fn words
                param read
                param mut: Int
                param fn
                param struct: T
                keyword-only out = 1
                keyword-only raises
                pass
              fn star
                var-positional owned rest: T
                var-keyword inout named: T
                pass
        "#]],
    );
}

#[test]
fn structs_have_fields_methods_and_constants() {
    check(
        r#"
@value
struct Grid[T: Number]:
    """A grid."""
    comptime N = 3
    pos: [T; N]
    "documents `pos`"
    var mass: f32 = 1.0

    @staticmethod
    fn unit() -> Grid:
        "The unit."
        return Grid(pos=[0.0, 0.0, 0.0])
"#,
        &expect![[r#"
            module
              struct Grid
                decorator value
                generic T: Number
                docstring "A grid."
                comptime N = 3
                field pos: (array T N)
                field mass: f32 = 1.0
                fn unit
                  decorator staticmethod
                  returns Grid
                  docstring "The unit."
                  return (call Grid (= pos (list 0.0 0.0 0.0)))
        "#]],
    );
}

#[test]
fn operators_bind_as_in_python() {
    check(
        "\
a or b and not c == d
a < b <= c is not d not in e
-x ** -y ** 2
a + b * c @ d - e // f % g
a | b ^ c & d << e + ~f
x if a else y if b else z
lambda a, *b, c=1, **d: a + b
(n := 10) + 1
not a in b
",
        &expect![[r#"
            module
              expr (or a (and b (not (compare c == d))))
              expr (compare a < b <= c is not d not in e)
              expr (- (** x (- (** y 2))))
              expr (- (+ a (@ (* b c) d)) (% (// e f) g))
              expr (| a (^ b (& c (<< d (+ e (~ f))))))
              expr (if-else a x (if-else b y z))
              expr (lambda (param a, var-positional b, keyword-only c = 1, var-keyword d) (+ a b))
              expr (+ (:= n 10) 1)
              expr (not (compare a in b))
        "#]],
    );
}

#[test]
fn a_caret_before_nothing_transfers() {
    check(
        "f(x^, y ^ z, w^)\nfor row in batch^: pass\na = b^\nx ^= 1\nb = a^ if c else d\nx^.m()\nx ^ (y)\n",
        &expect![[r#"
            module
              expr (call f (transfer x) (^ y z) (transfer w))
              for row in (transfer batch)
                pass
              assign a (transfer b)
              update ^= x 1
              assign b (if-else c (transfer a) d)
              expr (call (. (transfer x) m))
              expr (^ x y)
        "#]],
    );
}

#[test]
fn types_are_expressions() {
    check(
        "\
a: [f32]
b: [f32; N, _] = []
c: SIMD[f32, 4]? = None
d: list[dict[str, T?]] | None
e: (Int, [T; 3]) = f()
x.y: Int = 1
",
        &expect![[r#"
            module
              declare a: (list f32)
              declare b: (array f32 N _) = (list)
              declare c: (optional (index SIMD (tuple f32 4))) = None
              declare d: (| (index list (index dict (tuple str (optional T)))) None)
              declare e: (tuple Int (array T 3)) = (call f)
              declare (. x y): Int = 1
        "#]],
    );
}

#[test]
fn displays_and_comprehensions() {
    check(
        "\
[1, 2, ..., 9]
[..., 1]
(), (1,), 1, *a
{}, {1, 2}, {1: 2, **d, 'k': v}
[x * y for x, (y, *z) in a if x if y for q in b]
{k: v for k, v in d}, {x for x in a}
sum(x for x in a), any((x for x in a), 1)
f(1, *a, k=2, **d)
",
        &expect![[r#"
            module
              expr (progression 1 2 9)
              expr (list ... 1)
              expr (tuple (tuple) (tuple 1) 1 (* a))
              expr (tuple (dict) (set 1 2) (dict (pair 1 2) (** d) (pair "k" v)))
              expr (list-for (* x y) for (tuple x (tuple y (* z))) in a if x if y for q in b)
              expr (tuple (dict-for k: v for (tuple k v) in d) (set-for x for x in a))
              expr (tuple (call sum (generator x for x in a)) (call any (generator x for x in a) 1))
              expr (call f 1 (* a) (= k 2) (** d))
        "#]],
    );
}

#[test]
fn subscripts_and_slices() {
    check(
        "a[i], a[i, j], a[1:], a[:, ::2, -1], a[i*w:(i+1)*w], a[()], a[*p], a[...]\n",
        &expect![[r#"
            module
              expr (tuple (index a i) (index a (tuple i j)) (index a (slice 1 _ _)) (index a (tuple (slice _ _ _) (slice _ _ 2) (- 1))) (index a (slice (* i w) (* (+ i 1) w) _)) (index a (tuple)) (index a (* p)) (index a ...))
        "#]],
    );
}

#[test]
fn literals() {
    check(
        r#"
0xFF, 0o17, 0b11, 1_000, 340282366920938463463374607431768211455
1., .5, 1e3, 1_0.0_1e-2, 2j, 1.5J
'a' "b\n\x41\u00e9\U0001F600\101\0" r'\d' '''c
d''' 'e\
f' "\'" "ü"
ü, ﬁne
True, False, None, ...
"#,
        &expect![[r#"
            module
              expr (tuple 255 15 3 1000 340282366920938463463374607431768211455)
              expr (tuple 1.0 0.5 1000.0 0.1001 2.0j 1.5j)
              expr "ab\nAé😀A\0\\dc\ndef'ü"
              expr (tuple ü fine)
              expr (tuple True False None ...)
        "#]],
    );
}

#[test]
fn fstrings() {
    check(
        r#"
f"{a}b{{c}}{d!r:>{w}.{p}f}{e=}{ f + 1 = !s}{g['k']:%H:%M}" "tail"
rf'\d{x}' f"{x,}{lambda_}{(lambda x: 1)}{a != b}{a == b}{ {1: 2} }"
f"""{
  a
}"""
"#,
        &expect![[r#"
            module
              expr (fstring (value a) "b{c}" (value d !r : ">" (value w) "." (value p) "f") (value "e=" e) (value " f + 1 = " (+ f 1) !s) (value (index g "k") : "%H:%M") "tail")
              expr (fstring "\\d" (value x) (value (tuple x)) (value lambda_) (value (lambda (param x) 1)) (value (compare a != b)) (value (compare a == b)) (value (dict (pair 1 2))))
              expr (fstring (value a))
        "#]],
    );
}

#[test]
fn statements() {
    check(
        "\
a = b = c
a, *b = b, a
(a, [b, c.d]) = e
var x = 1; var y: Int = 2; var p, q = r
a //= 2; b **= 3; c >>= 1; d @= e
del a, b[0], c.d
assert a, 'm'
raise E(1) from e
raise
return
global a, b
nonlocal c
import a.b as c, d
from . import x
from ...a.b import (c as d, e,)
from m import *
pass; break; continue
",
        &expect![[r#"
            module
              assign a b c
              assign (tuple a (* b)) (tuple b a)
              assign (tuple a (list b (. c d))) e
              var x = 1
              var y: Int = 2
              var (tuple p q) = r
              update //= a 2
              update **= b 3
              update >>= c 1
              update @= d e
              del a (index b 0) (. c d)
              assert a "m"
              raise (call E 1) from e
              raise
              return
              global a b
              nonlocal c
              import a.b as c d
              from . import x
              from ...a.b import c as d e
              from m import *
              pass
              break
              continue
        "#]],
    );
}

#[test]
fn blocks() {
    check(
        "\
if a: b
elif (c := d):
    e
else:
    f
while a:
    break
else:
    pass
for i, (j, k) in a, b: pass
else: c
try:
    a
except (A, B) as e:
    b
except:
    c
else:
    d
finally:
    e
with a as b, c: d
with (a as b, c,): d
with (a, b): c
with (a): b
with (a)(b) as c: d
",
        &expect![[r#"
            module
              if a
                expr b
              elif (:= c d)
                expr e
              else
                expr f
              while a
                break
              else
                pass
              for (tuple i (tuple j k)) in (tuple a b)
                pass
              else
                expr c
              try
                expr a
              except (tuple A B) as e
                expr b
              except
                expr c
              else
                expr d
              finally
                expr e
              with a as b c
                expr d
              with a as b c
                expr d
              with a b
                expr c
              with a
                expr b
              with (call a b) as c
                expr d
        "#]],
    );
}

#[test]
fn parallel_and_compile_time_loops() {
    check(
        "\
parallel for row in batch:
    total += x
    atomic a[k] += e
    atomic a[k] = min(a[k], e)
parallel for i, j in range(n), range(m): pass
parallel for i, x in enumerate(xs): pass
comptime N = 3
comptime M: Int
comptime K: Int = N
comptime if N > 2: a
elif b: c
else: d
comptime for i in range(3): a
comptime assert N == 3, 'no'
",
        &expect![[r#"
            module
              parallel-for row in batch
                update += total x
                atomic
                  update += (index a k) e
                atomic
                  assign (index a k) (call min (index a k) e)
              parallel-for i in (call range n) j in (call range m)
                pass
              parallel-for (tuple i x) in (call enumerate xs)
                pass
              comptime N = 3
              comptime M: Int
              comptime K: Int = N
              comptime-if (compare N > 2)
                expr a
              elif b
                expr c
              else
                expr d
              comptime-for i in (call range 3)
                expr a
              comptime-assert (compare N == 3) "no"
        "#]],
    );
}

#[test]
fn contextual_keywords_are_names_elsewhere() {
    check(
        "\
fn = struct + parallel
parallel(atomic, comptime)
match = case
match(x)
match[0] = 1
match.a, case.b
var = owned
var.x = out
atomic[k] += 1
comptime.x
raises: Int = 1
struct()
case(x)
",
        &expect![[r#"
            module
              assign fn (+ struct parallel)
              expr (call parallel atomic comptime)
              assign match case
              expr (call match x)
              assign (index match 0) 1
              expr (tuple (. match a) (. case b))
              assign var owned
              assign (. var x) out
              update += (index atomic k) 1
              expr (. comptime x)
              declare raises: Int = 1
              expr (call struct)
              expr (call case x)
        "#]],
    );
}

#[test]
fn match_patterns() {
    check(
        "\
match a, b:
    case 1 | -2 | 1 - 2j | 'a' 'b': pass
    case x, *_: pass
    case (x, [y, *z], ()) if x > y: pass
    case m.C | None | True: pass
    case {'k': v, 1: _, **rest}: pass
    case P(1, y=Q()) as p: pass
    case (x): pass
    case [x]: pass
match (x):
    case _: pass
match -x:
    case _: pass
",
        &expect![[r#"
            module
              match (tuple a b)
                case (| 1 (- 2) (- 1 2.0j) "ab")
                  pass
                case (sequence (capture x) (* _))
                  pass
                case (sequence (capture x) (sequence (capture y) (* z)) (sequence)) if (compare x > y)
                  pass
                case (| (. m C) None True)
                  pass
                case (mapping "k": (capture v) 1: _ (** rest))
                  pass
                case (as (class P 1 y=(class Q)) p)
                  pass
                case (capture x)
                  pass
                case (sequence (capture x))
                  pass
              match x
                case _
                  pass
              match (- x)
                case _
                  pass
        "#]],
    );
}

#[test]
fn lines_join() {
    check(
        "a = (1 +\n# comment\n  2)\nb = [\n1,\n\n2]\nc = 1 + \\\n  2\nif a and \\\n   b:\n  \t\n        # deep comment\n  c\n",
        &expect![[r#"
            module
              assign a (+ 1 2)
              assign b (list 1 2)
              assign c (+ 1 2)
              if (and a b)
                expr c
        "#]],
    );
}
