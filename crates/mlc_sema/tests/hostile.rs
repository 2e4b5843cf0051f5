//! Programs that no person would write: an answer comes, in little time and on the small stack of a thread.

use std::time::Duration;

use mlc_diagnostics::FileId;
use mlc_sema::{NoImports, Options, check};
use mlc_syntax::parse_on;

/// The time that this thread has run: what else the machine does is not counted. No other thread may work for it.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux says it");
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first number is the time"))
}

fn on_this_thread() -> Options {
    Options {
        threads: Some(1),
        ..Options::default()
    }
}

/// The codes of what is wrong, each once, from a thread with 2 MiB of stack.
fn codes(text: String) -> Vec<&'static str> {
    let shown: String = text.chars().take(60).collect();
    let run = move || {
        let start = cpu_time();
        let (module, mut found) = parse_on(Some(1), FileId(0), &text);
        found.extend(check(&module, &mut NoImports, &on_this_thread()).1);
        let mut codes: Vec<_> = found.iter().map(|diagnostic| diagnostic.code).collect();
        codes.sort_unstable();
        codes.dedup();
        (codes, cpu_time() - start)
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    let (codes, took) = thread.unwrap().join().unwrap();
    assert!(took < Duration::from_secs(10), "{shown}: {took:?}");
    codes
}

fn fine(text: String) {
    assert_eq!(codes(text), [""; 0]);
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn chains_up_to_the_limit_are_fine_and_longer_ones_an_error() {
    for (start, link, end) in [
        ("x = 1\ny = x", " + x", ""),
        ("x = \"a\"\ny = x", " + x", ""),
        ("x = True\ny = x", " and x", ""),
        ("x = True\ny = x", " or x", ""),
        ("x = 1\ny = x", " < x", ""),
        ("x = \"a\"", ".strip()", ""),
    ] {
        fine(format!("{start}{}{end}\n", link.repeat(450)));
        let text = format!("{start}{}{end}\n", link.repeat(20_000));
        assert_eq!(codes(text), ["nesting-too-deep"], "{link}");
    }
}

#[test]
fn branches_up_to_the_limit_are_fine_and_more_an_error() {
    let branches = |count| {
        let elifs = lines(count, |n| format!("    elif n == {n}:\n        y = {n}\n"));
        format!(
            "def f(n: Int) -> Int:\n    if n < 0:\n        y = 0\n{elifs}    else:\n        y = 1\n    return y\n"
        )
    };
    fine(branches(400));
    assert_eq!(codes(branches(10_000)), ["nesting-too-deep"]);
}

#[test]
fn what_nests_to_the_limit_is_fine() {
    let nested = |open: &str, inner: &str, close: &str, count| {
        format!("x = {}{inner}{}\n", open.repeat(count), close.repeat(count))
    };
    fine(nested("(", "1", ")", 190));
    fine(nested("[", "1", "]", 190));
    fine(nested("-", "1", "", 190));
    fine(nested("", "1", " if True else 2", 190));
    fine(nested("(1, ", "2", ")", 190));
    fine(nested("(y := ", "1", ")", 190));
    fine(format!(
        "def f(n: Int) -> Int:\n    return n\n{}",
        nested("f(", "1", ")", 190)
    ));
    fine(format!(
        "def f(x: {}Int{}):\n    pass\n",
        "[".repeat(190),
        "]".repeat(190)
    ));
    let blocks = lines(95, |depth| {
        format!("{}if n > {depth}:\n", " ".repeat(depth + 1))
    });
    fine(format!("def f(n: Int):\n{blocks}{}pass\n", " ".repeat(96)));
}

#[test]
fn comprehensions_nest_a_little() {
    let nested = |count: usize| {
        format!(
            "x = {}1{}\n",
            "[".repeat(count),
            " for i in range(2)]".repeat(count)
        )
    };
    fine(nested(6));
    assert_eq!(codes(nested(150)), ["nesting-too-deep"]);
}

#[test]
fn time_is_linear_in_errors() {
    assert_eq!(
        codes(lines(3_000, |n| format!("x{n} = undefined{n}\n"))),
        ["unknown-name"]
    );
    let body = lines(3_000, |n| format!("    y = aaaa{n} + bbbb{n}\n"));
    assert_eq!(codes(format!("def f():\n{body}")), ["unknown-name"]);
    assert_eq!(
        codes(lines(2_000, |n| format!("import m{n}\n"))),
        ["unknown-module"]
    );
}

#[test]
fn time_is_linear_in_names() {
    let body = lines(4_000, |n| format!("    x{n} = {n}\n"));
    fine(format!("def f():\n{body}"));
    let body = lines(800, |n| {
        format!("    x{n} = {n}\n    for j{n} in range(3):\n        x{n} += j{n}\n")
    });
    fine(format!("def f():\n{body}"));
}

#[test]
fn structs_that_hold_each_other() {
    let chain = lines(300, |n| {
        format!("struct S{n}:\n    a: S{0}\n    b: S{0}\n", n + 1)
    });
    fine(format!("{chain}struct S300:\n    a: Int\n"));
    let inside = "struct A:\n    tags: [A]\n    a: A\n\nstruct B:\n    a: A\n    c: C?\n\nstruct C:\n    b: B\n\nfn f(a: A, b: B) -> A:\n    return a\n";
    assert_eq!(codes(inside.into()), ["recursive-struct"]);
    // A name that is a type of the language, too.
    assert_eq!(
        codes("struct String:\n    name: String\n\nstruct P:\n    s: String\n".into()),
        ["recursive-struct"]
    );
}

#[test]
fn long_chains_of_inferred_results_are_an_error() {
    let chain = lines(2_000, |n| {
        format!("def f{n}(x):\n    return f{}(x)\n", n + 1)
    });
    let text = format!("{chain}def f2000(x):\n    return x\nprint(f0(1))\n");
    assert_eq!(codes(text), ["cannot-infer"]);
    let circle = "def f(x):\n    return g(x)\ndef g(x):\n    return f(x)\nprint(f(1))\n";
    assert_eq!(codes(circle.into()), ["cannot-infer"]);
}

#[test]
fn functions_that_need_ever_more_instances_are_an_error() {
    for text in [
        "def f(x):\n    return f((x, x))\nprint(f(1))\n",
        "def f(x, n: int) -> int:\n    return 0 if n == 0 else f([x], n - 1)\nprint(f(1, 3))\n",
        "def f(x):\n    g([x])\ndef g(x):\n    f([x])\nf(1)\n",
        "def g(n: int, *xs):\n    return g(n, 1, *xs)\nprint(g(3))\n",
        "def f(g):\n    return f(lambda x: g(x) + 1)\nprint(f(lambda x: x))\n",
    ] {
        assert_eq!(codes(text.into()), ["endless-instances"], "{text}");
    }
}

#[test]
fn built_in_functions_within_each_other_are_looked_at_once_where_objects_of_python_are() {
    for (ty, result) in [("PythonObject", "PythonObject"), ("f64", "f64")] {
        let nested = format!("{}x{}", "abs(".repeat(60), ")".repeat(60));
        fine(format!(
            "from python import math\nfn f(x: {ty}) -> {result}:\n    return {nested}\n"
        ));
    }
}

/// Twice as much of the same takes at most so many times as long: linear work takes twice as long, quadratic four times.
const MOST_RATIO: f64 = 3.2;

/// The processor time that a text takes. The clock is coarse: it is checked as often as that needs.
fn time_of(text: &str) -> f64 {
    let start = cpu_time();
    let mut rounds = 0;
    loop {
        let (module, _) = parse_on(Some(1), FileId(0), text);
        let _ = check(&module, &mut NoImports, &on_this_thread());
        rounds += 1;
        let took = cpu_time() - start;
        if took > Duration::from_millis(40) {
            return took.as_secs_f64() / f64::from(rounds);
        }
    }
}

#[test]
fn time_is_linear_in_what_there_are_many_of() {
    type Make = fn(usize) -> String;
    let cases: &[(&str, Make)] = &[
        ("functions that write what they are handed", |count| {
            let calls = lines(count, |n| format!("    f{n}(x)\n"));
            let functions = lines(count, |n| format!("fn f{n}(x: [Int]):\n    x[0] = {n}\n"));
            format!("def g(x: [Int]):\n{calls}{functions}")
        }),
        ("slices", |count| {
            let body = lines(count, |n| {
                format!("    y{n} = xs[{n}:]\n    t += y{n}[0]\n")
            });
            format!("def f(xs: [Int]):\n    t = 0\n{body}")
        }),
        ("instances", |count| {
            let calls = lines(count, |n| format!("    s += f[{n}](1)\n"));
            format!(
                "fn f[N: Int](x: Int) -> Int:\n    return x + N\nfn g() -> Int:\n    s = 0\n{calls}    return s\n"
            )
        }),
        ("lambdas", |count| {
            let calls = lines(count, |n| format!("    s += ap(lambda v: v + {n}, 1)\n"));
            format!(
                "def ap(g, x: Int) -> Int:\n    return g(x)\ndef f() -> Int:\n    s = 0\n{calls}    return s\n"
            )
        }),
        ("variables of branches", |count| {
            let body = lines(count, |n| format!("    if c > {n}:\n        z{n} = 1\n"));
            let uses = lines(count, |n| format!("    print(z{n})\n"));
            format!("def f(c: Int):\n{body}{uses}")
        }),
        ("items", |count| {
            format!("x = [{}]\n", "1.5, ".repeat(count * 20))
        }),
        ("parts of texts", |count| {
            format!("def f(x: Int):\n    s = f\"{}\"\n", "{x} ".repeat(count))
        }),
        ("results lent along a chain of calls", |count| {
            let chain = lines(count, |n| {
                format!("def f{n}(s: S) -> [Int]:\n    return f{}(s)\n", n + 1)
            });
            format!(
                "struct S:\n    v: [Int]\n{chain}def f{count}(s: S) -> [Int]:\n    return s.v\ndef g(s: S):\n    f0(s)[0] = 1\n"
            )
        }),
        ("parameters returned along a chain of calls", |count| {
            let chain = lines(count, |n| {
                format!("def f{n}(x: [Int]) -> [Int]:\n    return f{}(x)\n", n + 1)
            });
            format!("{chain}def f{count}(x: [Int]) -> [Int]:\n    x.append(1)\n    return x\n")
        }),
        ("nested functions", |count| {
            let body = lines(count, |n| {
                format!(
                    "    def g{n}(y: Int) -> Int:\n        return x + y\n    if x > {n}:\n        s += g{n}(1)\n"
                )
            });
            format!("def f(x: Int) -> Int:\n    s = 0\n{body}    return s\n")
        }),
        ("reductions", |count| {
            let starts = lines(count, |n| format!("    s{n} = 0\n"));
            let updates = lines(count, |n| format!("        s{n} += v\n"));
            format!("def f(x: [Int]):\n{starts}    parallel for v in x:\n{updates}    print(s0)\n")
        }),
        ("keyword arguments", |count| {
            let params = lines(count, |n| format!("a{n}: Int = 0, "));
            let given = lines(count, |n| format!("a{}={n}, ", count - 1 - n));
            format!("def f({params}) -> Int:\n    return a0\nx = f({given})\n")
        }),
        ("fields by keyword", |count| {
            let fields = lines(count, |n| format!("    a{n}: Int\n"));
            let given = lines(count, |n| format!("a{n}=g(), "));
            format!("struct S:\n{fields}def g() -> Int:\n    return 1\nx = S({given})\n")
        }),
        ("breaks", |count| {
            let body = lines(count, |n| {
                format!(
                    "        if i > {n}:\n            y = {n}\n            break\n        s += 1\n"
                )
            });
            format!(
                "def f(x: Int) -> Int:\n    s = 0\n    for i in range(x):\n{body}    return s\n"
            )
        }),
        ("constants", |count| {
            let constants = lines(count, |n| format!("comptime C{n} = [{n}, 2]\n"));
            let uses = lines(count, |n| format!("    s += C{n}[s]\n"));
            format!("{constants}def f() -> Int:\n    s = 0\n{uses}    return s\n")
        }),
        ("types of arrays", |count| {
            let body = lines(count, |n| {
                format!("    x{n}: [f64; {0}] = zeros({0})\n", n + 1)
            });
            format!("def f():\n{body}")
        }),
        ("mistakes", |count| {
            let body = lines(count, |n| format!("    s.abd{n} = 1\n"));
            format!("struct S:\n    abc: Int\ndef f(s: S):\n{body}")
        }),
    ];
    for (name, text) in cases {
        let [once, twice] = [500, 1_000].map(|count| time_of(&text(count)));
        let ratio = twice / once;
        assert!(
            ratio < MOST_RATIO,
            "{name}: {once} s, {twice} s, {ratio} times"
        );
    }
}

#[test]
fn loops_in_loops_are_checked_a_few_times_each() {
    let nested = |line: &dyn Fn(usize, &str) -> String| {
        let body = lines(40, |depth| line(depth, &" ".repeat(depth + 1)));
        format!("def f():\n{body}")
    };
    fine(nested(&|depth, indent| {
        format!(
            "{indent}v{depth} = 0\n{indent}for i{depth} in range(2):\n{indent} v{depth} = v{depth} + 0.5\n"
        )
    }));
    fine(nested(&|depth, indent| {
        format!("{indent}v{depth} = None\n{indent}while v{depth} is None:\n{indent} v{depth} = 1\n")
    }));
    let repeated = lines(12, |depth| {
        format!(
            "{}comptime for i{depth} in range(10):\n",
            " ".repeat(depth + 1)
        )
    });
    let text = format!("def f():\n{repeated}{}print(1)\n", " ".repeat(13));
    assert_eq!(codes(text), ["comptime-limit"]);
}

#[test]
fn what_doubles_or_grows_without_end_is_one_error() {
    let chain = lines(40, |n| {
        format!("def f{n}(x):\n    f{0}([x])\n    f{0}((x, 1.5))\n", n + 1)
    });
    let text = format!("{chain}def f40(x):\n    pass\nf0(1)\n");
    assert_eq!(codes(text), ["endless-instances"]);
    let doubled = lines(40, |n| format!("    x{} = (x{n}, x{n})\n", n + 1));
    let text = format!("def f():\n    x0 = (1, 2)\n{doubled}");
    assert_eq!(codes(text), ["tuple-too-large"]);
    let iterator = "struct S:\n    n: Int\n    def __iter__(self):\n        return self\n";
    let text = format!("{iterator}def f():\n    for x in S(1):\n        pass\n");
    assert_eq!(codes(text), ["not-iterable"]);
    let text = format!("{iterator}        for x in S(1):\n            pass\n");
    assert_eq!(codes(text), ["not-iterable"]);
    let field = "struct S[T]:\n    v: [S[[T]]]\ndef f(x: S[Int]):\n    pass\n";
    assert_eq!(codes(field.into()), ["recursive-struct"]);
}

#[test]
fn a_list_whose_items_are_never_told_ends_the_rounds_of_a_loop() {
    let text = "dp = []\nfor i in range(5):\n    g(dp[0][0] + )\n    dp = []\n";
    assert!(codes(text.to_owned()).contains(&"cannot-infer"));
}
