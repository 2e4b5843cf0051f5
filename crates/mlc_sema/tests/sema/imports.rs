use std::collections::HashMap;
use std::sync::Arc;

use expect_test::{Expect, expect};
use mlc_diagnostics::{SourceMap, render};
use mlc_sema::{LoadError, Loaded, Loader, NotFound, Options, Request, check, hir_dump};

/// Modules by dotted name; `a.__init__` is the package `a`.
struct Texts<'t> {
    sources: &'t mut SourceMap,
    texts: &'t [(&'t str, &'t str)],
    loaded: HashMap<String, Loaded>,
}

impl Loader for Texts<'_> {
    fn load(&mut self, request: Request<'_>) -> Result<Loaded, LoadError> {
        let named = |wanted: &str| self.texts.iter().find(|(name, _)| *name == wanted);
        let package = format!("{}.__init__", request.name);
        let Some((name, text)) = named(request.name).or_else(|| named(&package)) else {
            let known = self.texts.iter().map(|(name, _)| (*name).to_owned());
            return Err(LoadError::NotFound(NotFound {
                known: known.collect(),
                ..NotFound::default()
            }));
        };
        if let Some(loaded) = self.loaded.get(*name) {
            return Ok(loaded.clone());
        }
        let file = self.sources.add(format!("{name}.mlc"), *text);
        let loaded = Loaded {
            id: file.0,
            path: request.name.to_owned(),
            module: Arc::new(mlc_syntax::parse(file, text).0),
            package: name.ends_with("__init__"),
        };
        self.loaded.insert((*name).to_owned(), loaded.clone());
        Ok(loaded)
    }
}

fn with_modules(main: &str, texts: &[(&str, &str)], expected: Expect) {
    let mut sources = SourceMap::new();
    let file = sources.add("main.mlc", main);
    let (module, _) = mlc_syntax::parse(file, main);
    let options = Options {
        module: "main".to_owned(),
        path: "main".to_owned(),
        ..Options::default()
    };
    let mut loader = Texts {
        sources: &mut sources,
        texts,
        loaded: HashMap::new(),
    };
    let (program, diagnostics) = check(&module, &mut loader, &options);
    let mut shown: String = diagnostics
        .iter()
        .map(|diagnostic| render::short(diagnostic, &sources) + "\n")
        .collect();
    if diagnostics.is_empty() {
        shown = hir_dump::dump(&program);
    }
    expected.assert_eq(&shown);
}

#[test]
fn functions_constants_and_variables_of_other_modules() {
    with_modules(
        "import a\nfrom b import twice as double, SIZE\n\nfn f(x: [f64; SIZE]) -> f64:\n    return double(x[0]) + a.base\n",
        &[
            ("a", "from b import twice\nbase = twice(2.0)\n"),
            (
                "b",
                "comptime SIZE = 3\n\nfn twice(x: f64) -> f64:\n    return x * 2\n",
            ),
        ],
        expect![[r#"
            global a.base: f64
            fn f(x: [f64; 3]) -> f64:
                return (b.twice(x[unchecked 0]) + @a.base)

            fn a.__init__():
                store @a.base = b.twice(2.0)

            fn b.twice(x: f64) -> f64:
                return (x * 2.0)

            fn __init__():
                a.__init__()
        "#]],
    );
}

#[test]
fn what_is_not_there() {
    with_modules(
        "import nowhere\nfrom b import twise\n\nfn f() -> f64:\n    return nowhere.g() + twise(1)\n",
        &[("b", "fn twice(x: f64) -> f64:\n    return x * 2\n")],
        expect![[r#"
            main.mlc:1:8: error[unknown-module]: no module named `nowhere`
            main.mlc:2:15: error[unknown-name]: the module `b` has no `twise`
        "#]],
    );
}

#[test]
fn packages_and_what_they_run() {
    with_modules(
        "from p.a import f\nimport p.b\nimport q.b as qb\n\nfn g() -> Int:\n    return f() + p.b.n + qb.n\n",
        &[
            ("p.__init__", "from . import a\nprint(1)\n"),
            (
                "p.a",
                "from .b import n\nfrom p import b as other\nfn f() -> Int:\n    return n + other.n\n",
            ),
            ("p.b", "n = 2\n"),
            ("q.__init__", "from .b import *\nm = n\n"),
            ("q.b", "n = 3\n"),
        ],
        expect![[r#"
            global p.b.n: Int
            global q.b.n: Int
            global q.m: Int
            fn g() -> Int:
                return ((p.a.f() + @p.b.n) + @q.b.n)

            fn p.b.__init__():
                store @p.b.n = 2

            fn p.a.__init__():
                p.b.__init__()

            fn p.__init__():
                p.a.__init__()
                print(" ", "\n", 1)

            fn q.b.__init__():
                store @q.b.n = 3

            fn q.__init__():
                q.b.__init__()
                store @q.m = @q.b.n

            fn __init__():
                p.__init__()
                q.__init__()

            fn p.a.f() -> Int:
                return (@p.b.n + @p.b.n)
        "#]],
    );
}

#[test]
fn modules_that_import_each_other() {
    with_modules(
        "import a\nprint(a.x)\n",
        &[
            ("a", "import b\nx = b.y\n"),
            ("b", "from c import *\ny = z\n"),
            ("c", "from a import x\nz = x\n"),
        ],
        expect![[r#"
            c.mlc:1:6: error[circular-import]: circular import: `a` -> `b` -> `c` -> `a`
        "#]],
    );
}

#[test]
fn names_that_are_out_of_reach() {
    with_modules(
        "from ..a import x\nfrom p import _hidden, n\nimport p\nimport q.r\nimport mian\nn = 3\nprint(p._hidden, p.f, p.g, p.count)\nfrom p import count\n",
        &[
            (
                "p.__init__",
                "from .a import _shared\n_hidden = _shared\nn = 2\ncount = 0\nfn f():\n    global count\n    count += 1\n",
            ),
            ("p.a", "_shared = 1\n"),
            ("q", ""),
            ("main", ""),
        ],
        expect![[r#"
            main.mlc:1:8: error[unknown-module]: this relative import leaves the outermost package
            main.mlc:2:15: error[private-name]: `_hidden` is private to `p`
            main.mlc:4:8: error[unknown-module]: no module named `q.r`
            main.mlc:5:8: error[unknown-module]: no module named `mian`
            main.mlc:6:1: error[not-yet]: assigning to `n`, which is imported, is not supported yet
            main.mlc:7:9: error[private-name]: `_hidden` is private to `p`
            main.mlc:7:18: error[not-a-value]: `f` is the name of a function, type or module, not of a value
            main.mlc:7:25: error[unknown-name]: the module `p` has no `g`
            main.mlc:8:15: error[not-yet]: importing `count`, which a function assigns, by its name is not supported yet
        "#]],
    );
}

#[test]
fn variables_that_other_modules_assign() {
    with_modules(
        "import p\nfrom p import n, m, words\ndef f(a: Int = p.n, b: Int = p.m) -> Int:\n    return a + b\np.n += 1\nprint(f(), n, m, words)\n",
        &[("p", "n = 1\nm = 2\nwords = [n]\n")],
        expect![[r#"
            main.mlc:2:15: error[not-yet]: importing `n`, which another module assigns, by its name is not supported yet
        "#]],
    );
}
