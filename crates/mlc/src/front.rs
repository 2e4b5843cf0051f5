//! The front end: from the text of a source to a checked program, and from that to IR.

use crate::{Checks, CompileError, Fp, Options, ir_diagnostics, native, times::Times};
use mlc_codegen::Lowering;
use mlc_diagnostics::{Diagnostic, FileId, SourceMap};
use mlc_passes::stage::Stage;
use mlc_sema::{NoImports, hir::Program};
use mlc_syntax::Module;
use std::sync::Arc;

/// A program without errors of the front end's.
pub(crate) struct Front {
    pub ast: Module,
    pub program: Program,
    pub warnings: Vec<Diagnostic>,
}

/// The syntax tree of a source.
pub(crate) fn parse(
    sources: &Arc<SourceMap>,
    file: FileId,
    times: &Times,
) -> Result<(Module, Vec<Diagnostic>), CompileError> {
    let (ast, diagnostics) = times.measure("front", "parse", || {
        mlc_syntax::parse(file, sources.text(file))
    });
    reject_errors(sources, &diagnostics)?;
    Ok((ast, diagnostics))
}

/// Parses and checks a source.
pub(crate) fn check(
    sources: &Arc<SourceMap>,
    file: FileId,
    module: String,
    options: &Options,
    times: &Times,
) -> Result<Front, CompileError> {
    let (ast, mut warnings) = parse(sources, file, times)?;
    let options = mlc_sema::Options {
        module,
        defines: options.defines.clone(),
        unchecked: options.checks == Checks::None,
        ..mlc_sema::Options::default()
    };
    let (program, found) = times.measure("front", "check", || {
        mlc_sema::check(&ast, &mut NoImports, &options)
    });
    warnings.extend(found);
    reject_errors(sources, &warnings)?;
    Ok(Front {
        ast,
        program,
        warnings,
    })
}

fn reject_errors(sources: &Arc<SourceMap>, found: &[Diagnostic]) -> Result<(), CompileError> {
    if found.iter().any(Diagnostic::is_error) {
        return Err(CompileError::program(Arc::clone(sources), found.to_vec()));
    }
    Ok(())
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
