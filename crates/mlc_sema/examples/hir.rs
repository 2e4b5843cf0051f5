//! Prints the HIR of a file, or its diagnostics: `cargo run -p mlc_sema --example hir FILE`.

use std::process::ExitCode;

use mlc_diagnostics::{SourceMap, render};
use mlc_sema::{NoImports, Options, check, hir_dump};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("a file is missing");
        return ExitCode::from(2);
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::from(1);
        }
    };
    let mut sources = SourceMap::new();
    let file = sources.add(path, text.as_str());
    let (module, mut diagnostics) = mlc_syntax::parse(file, &text);
    let options = Options {
        module: "main".to_owned(),
        ..Options::default()
    };
    let (program, found) = check(&module, &mut NoImports, &options);
    diagnostics.extend(found);
    for diagnostic in &diagnostics {
        print!("{}", render::human(diagnostic, &sources, false));
    }
    if diagnostics.is_empty() {
        print!("{}", hir_dump::dump(&program));
    }
    ExitCode::SUCCESS
}
