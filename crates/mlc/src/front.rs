//! The front end: from the text of a source to a checked program, and from that to IR.

use crate::{
    Checks, CompileError, Dependency, Fp, Options, Source, SourceLoader, imports::Imports,
    ir_diagnostics, native, times::Times,
};
use mlc_codegen::Lowering;
use mlc_diagnostics::{Diagnostic, FileId, SourceMap};
use mlc_passes::stage::Stage;
use mlc_sema::hir::Program;
use mlc_syntax::Module;
use std::sync::Arc;

/// A program without errors of the front end's.
pub(crate) struct Front {
    pub ast: Arc<Module>,
    /// The dotted name of the module; empty where it is in no package.
    pub path: String,
    pub program: Program,
    pub warnings: Vec<Diagnostic>,
    /// What it depends on besides its source.
    pub dependencies: Vec<Dependency>,
}

/// The syntax tree of a source.
pub(crate) fn parse(
    sources: SourceMap,
    file: FileId,
    times: &Times,
) -> Result<(SourceMap, Module, Vec<Diagnostic>), CompileError> {
    let (ast, diagnostics) = times.measure("front", "parse", || {
        mlc_syntax::parse(file, sources.text(file))
    });
    if has_errors(&diagnostics) {
        return Err(CompileError::program(Arc::new(sources), diagnostics));
    }
    Ok((sources, ast, diagnostics))
}

/// Parses and checks a source with everything that it imports.
pub(crate) fn check(
    sources: SourceMap,
    file: FileId,
    source: &Source,
    loader: &dyn SourceLoader,
    options: &Options,
    times: &Times,
) -> Result<(Arc<SourceMap>, Front), CompileError> {
    let (mut sources, ast, mut warnings) = parse(sources, file, times)?;
    let ast = Arc::new(ast);
    let name = source.imported().cloned();
    let imported = name.is_some();
    let name = name.or_else(|| loader.locate(source.name()));
    let name = name.unwrap_or_default();
    let options = mlc_sema::Options {
        module: source.module_name(),
        path: name.path.clone(),
        package: name.package,
        imported,
        defines: options.defines.clone(),
        unchecked: options.checks == Checks::None,
        overflow: options.checks == Checks::Overflow,
        vector_bits: crate::native::vector_bits(options),
        ..mlc_sema::Options::default()
    };
    let mut imports = Imports::new(loader, &mut sources, file, name, &ast);
    let (program, found) = times.measure("front", "check", || {
        mlc_sema::check(&ast, &mut imports, &options)
    });
    let Imports {
        diagnostics,
        dependencies,
        ..
    } = imports;
    warnings.extend(diagnostics);
    warnings.extend(found);
    let sources = Arc::new(sources);
    if has_errors(&warnings) {
        return Err(CompileError::program(sources, warnings));
    }
    let front = Front {
        ast,
        path: options.path,
        program,
        warnings,
        dependencies,
    };
    Ok((sources, front))
}

fn has_errors(found: &[Diagnostic]) -> bool {
    found.iter().any(Diagnostic::is_error)
}

/// The IR of a program, at stage `own`.
pub(crate) fn generate(
    sources: &Arc<SourceMap>,
    program: &Program,
    options: &Options,
    times: &Times,
) -> Result<Lowering, CompileError> {
    let config = native::lowering_config(options)?;
    let choices = mlc_irgen::Options {
        fp: match options.fp {
            Fp::Strict => mlc_irgen::FpMode::Strict,
            Fp::Reassoc => mlc_irgen::FpMode::Reassoc,
            Fp::Fast => mlc_irgen::FpMode::Fast,
        },
        unchecked: options.checks == Checks::None,
    };
    let built = times.measure("front", "generate", || {
        Lowering::build(Stage::Own, config, |context| {
            mlc_irgen::generate(context, program, sources, choices)
        })
    });
    built.map_err(|(error, reported)| match error {
        mlc_irgen::Error::Unsupported(diagnostic) => {
            CompileError::program(Arc::clone(sources), vec![*diagnostic])
        }
        mlc_irgen::Error::Invalid(message) => {
            // The file that was compiled is the first of the map.
            let source = sources.text(FileId(0));
            ir_diagnostics::invalid(message, &reported, source)
        }
    })
}
