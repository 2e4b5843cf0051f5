//! A compiled module and what can be made of it.

use crate::{CompileError, Diagnostic, Emit, JitModule, Options, Source, ir_diagnostics};
use mlc_codegen::{Lowering, LoweringConfig};
use mlc_diagnostics::{FileId, SourceMap};
use mlc_passes::stage::Stage;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A module without errors of the user's, from which every form is made on request.
pub struct Compiled {
    name: String,
    options: Options,
    sources: Arc<SourceMap>,
    warnings: Vec<mlc_diagnostics::Diagnostic>,
    lowering: Mutex<Lowering>,
}

pub(crate) fn from_mlir(
    options: &Options,
    sources: SourceMap,
    file: FileId,
    source: &Source,
) -> Result<Compiled, CompileError> {
    let config = LoweringConfig {
        verify_each: options.verify_each,
    };
    let sources = Arc::new(sources);
    let lowering = Lowering::parse(source.name(), sources.text(file), config).map_err(|found| {
        CompileError::program(
            Arc::clone(&sources),
            ir_diagnostics::malformed(&sources, found),
        )
    })?;
    let compiled = Compiled {
        name: source.module_name(),
        options: options.clone(),
        sources,
        warnings: Vec::new(),
        lowering: Mutex::new(lowering),
    };
    compiled.reach(&mut compiled.lowering(), Stage::Par)?;
    Ok(compiled)
}

impl Compiled {
    /// The name of the module.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Warnings of the compilation.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.warnings
            .iter()
            .map(|warning| Diagnostic::new(&self.sources, warning))
            .collect()
    }

    /// The module in one form: text is UTF-8, libraries and objects are the bytes of the file.
    pub fn emit(&self, emit: Emit) -> Result<Vec<u8>, CompileError> {
        if let Some(stage) = emit.stage() {
            let mut lowering = self.lowering();
            self.reach(&mut lowering, stage)?;
            return Ok(lowering.text(false).into_bytes());
        }
        Err(CompileError::request(
            "cannot-emit",
            format!("`{emit}` cannot be emitted from this source"),
        ))
    }

    /// The module as code in this process.
    pub fn jit(&self) -> Result<JitModule, CompileError> {
        Err(CompileError::request(
            "cannot-emit",
            "this build cannot run code in its process",
        ))
    }

    fn lowering(&self) -> MutexGuard<'_, Lowering> {
        // A lowering that panicked starts again from the module it was given.
        self.lowering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self, lowering: &mut Lowering, stage: Stage) -> Result<(), CompileError> {
        lowering
            .reach(stage, None)
            .map(drop)
            .map_err(|error| ir_diagnostics::step_error(&self.sources, error))
    }
}
