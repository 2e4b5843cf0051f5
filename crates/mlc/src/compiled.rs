//! A compiled module and what can be made of it.

use crate::{CompileError, Diagnostic, Emit, JitModule, Options, Source, backend, ir_diagnostics};
use mlc_codegen::{CodeFile, LlvmModule, Lowering, LoweringConfig, Machine, Unit};
use mlc_diagnostics::{FileId, SourceMap};
use mlc_passes::stage::Stage;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A module without errors of the user's, from which every form is made on request.
pub struct Compiled {
    name: String,
    options: Options,
    sources: Arc<SourceMap>,
    warnings: Vec<mlc_diagnostics::Diagnostic>,
    /// The function that is the program, if there is one.
    start: Option<String>,
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
    let start = lowering.exported().into_iter().find(|name| name == "main");
    let compiled = Compiled {
        start,
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
        let mut lowering = self.lowering();
        if let Some(stage) = emit.stage() {
            self.reach(&mut lowering, stage)?;
            if lowering.stage() != stage {
                return Err(self.no_emit(emit));
            }
            return Ok(lowering.text(false).into_bytes());
        }
        match emit {
            Emit::LlvmIr => {
                let machine = backend::machine(&self.options)?;
                let unit = self.library(&lowering);
                let module = self.optimized(&mut lowering, &machine, &unit)?;
                Ok(module.text().into_bytes())
            }
            Emit::Asm => self.code(&mut lowering, CodeFile::Assembly),
            Emit::Obj => self.code(&mut lowering, CodeFile::Object),
            Emit::Shared => {
                let object = self.code(&mut lowering, CodeFile::Object)?;
                let soname = format!("{}.so", self.name);
                let functions = lowering.exported();
                mlc_codegen::shared_library(&object, &functions, &soname, !self.options.debug_info)
                    .map_err(ir_diagnostics::link_error)
            }
            Emit::Exe => {
                let object = self.program(&mut lowering)?;
                mlc_codegen::executable(&object, !self.options.debug_info)
                    .map_err(ir_diagnostics::link_error)
            }
            _ => Err(self.no_emit(emit)),
        }
    }

    /// The module as code in this process.
    pub fn jit(&self) -> Result<JitModule, CompileError> {
        let mut lowering = self.lowering();
        let machine = backend::machine(&self.options)?;
        let exported = lowering.exported();
        let unit = Unit::Host {
            exported: exported.clone(),
        };
        let module = self.optimized(&mut lowering, &machine, &unit)?;
        JitModule::load(
            &backend::code(module, &machine, CodeFile::Object)?,
            exported,
        )
    }

    /// Runs the module as a program in this process: its top-level statements, or of textual IR the function `main`.
    /// Returns the exit status; an error that nobody caught has been written to standard error.
    pub fn run(&self) -> Result<i32, CompileError> {
        let object = self.program(&mut self.lowering())?;
        mlc_codegen::run_program(&object).map_err(ir_diagnostics::undefined)
    }

    fn no_emit(&self, emit: Emit) -> CompileError {
        CompileError::request(
            "cannot-emit",
            format!("`{emit}` cannot be emitted from this source"),
        )
    }

    fn library(&self, lowering: &Lowering) -> Unit {
        Unit::Library {
            exported: lowering.exported(),
        }
    }

    fn optimized(
        &self,
        lowering: &mut Lowering,
        machine: &Machine,
        unit: &Unit,
    ) -> Result<LlvmModule, CompileError> {
        self.reach(lowering, Stage::Llvm)?;
        backend::optimized(lowering, machine, unit, &self.options)
    }

    fn code(&self, lowering: &mut Lowering, file: CodeFile) -> Result<Vec<u8>, CompileError> {
        let machine = backend::machine(&self.options)?;
        let unit = self.library(lowering);
        backend::code(self.optimized(lowering, &machine, &unit)?, &machine, file)
    }

    fn program(&self, lowering: &mut Lowering) -> Result<Vec<u8>, CompileError> {
        let machine = backend::machine(&self.options)?;
        let unit = Unit::Program {
            start: self.start.clone(),
        };
        backend::code(
            self.optimized(lowering, &machine, &unit)?,
            &machine,
            CodeFile::Object,
        )
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
