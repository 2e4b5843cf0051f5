use std::sync::Arc;

use expect_test::{Expect, expect};
use mlc_diagnostics::{SourceMap, render};
use mlc_sema::{LoadError, Loader, Options, check, hir_dump};
use mlc_syntax::Module;

/// Modules by path.
struct Texts<'t> {
    sources: &'t mut SourceMap,
    texts: &'t [(&'t str, &'t str)],
}

impl Loader for Texts<'_> {
    fn load(&mut self, _: &str, _: u32, path: &str) -> Result<Arc<Module>, LoadError> {
        let text = self
            .texts
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, text)| *text);
        let text = text.ok_or(LoadError::NotFound)?;
        let file = self.sources.add(format!("{path}.mlc"), text);
        Ok(Arc::new(mlc_syntax::parse(file, text).0))
    }
}

fn with_modules(main: &str, texts: &[(&str, &str)], expected: Expect) {
    let mut sources = SourceMap::new();
    let file = sources.add("main.mlc", main);
    let (module, _) = mlc_syntax::parse(file, main);
    let options = Options {
        module: "main".to_owned(),
        ..Options::default()
    };
    let mut loader = Texts {
        sources: &mut sources,
        texts,
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
            global base: f64
            fn f(x: [f64; 3]) -> f64:
                return (b.twice(x[unchecked 0]) + @base)

            fn a.__init__():
                store @base = b.twice(2.0)

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
            main.mlc:1:1: error[unknown-module]: no module named `nowhere`
            main.mlc:2:15: error[unknown-name]: `b` has no `twise`
        "#]],
    );
}
