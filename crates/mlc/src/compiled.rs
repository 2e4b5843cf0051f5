//! A compiled module and what can be made of it.

use crate::{
    CompileError, Diagnostic, Emit, Format, JitModule, Observer, Options, Session, Source, backend,
    ir_diagnostics,
};
use mlc_codegen::{CodeFile, LlvmModule, Lowering, LoweringConfig, Machine, Unit};
use mlc_diagnostics::{FileId, SourceMap};
use mlc_passes::stage::Stage;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A module without errors of the user's, from which every form is made on request.
pub struct Compiled {
    name: String,
    options: Options,
    sources: Arc<SourceMap>,
    warnings: Vec<mlc_diagnostics::Diagnostic>,
    /// The function that is the program, if there is one.
    start: Option<String>,
    lowering: Mutex<Lowering>,
    observer: Option<Observer>,
    /// Of all but the passes, which the lowering keeps.
    times: Mutex<Vec<PartTime>>,
}

/// How long a part of a compilation took.
#[derive(Clone, Debug)]
pub struct PartTime {
    /// `front`, the stage that a pass leads out of, or `llvm`.
    pub phase: &'static str,
    pub part: String,
    pub time: Duration,
}

pub(crate) fn from_mlir(
    session: &Session,
    sources: SourceMap,
    file: FileId,
    source: &Source,
) -> Result<Compiled, CompileError> {
    let options = session.options();
    let start_time = Instant::now();
    let config = LoweringConfig {
        verify_each: options.verify_each,
        simd: backend::machine(options)?.simd(),
    };
    let sources = Arc::new(sources);
    let lowering = Lowering::parse(source.name(), sources.text(file), config).map_err(|found| {
        CompileError::program(
            Arc::clone(&sources),
            ir_diagnostics::malformed(&sources, found),
        )
    })?;
    let read = PartTime {
        phase: "front",
        part: "parse".into(),
        time: start_time.elapsed(),
    };
    let start = lowering.exported().into_iter().find(|name| name == "main");
    let compiled = Compiled {
        start,
        name: source.module_name(),
        options: options.clone(),
        sources,
        warnings: Vec::new(),
        lowering: Mutex::new(lowering),
        observer: session.observer(),
        times: Mutex::new(vec![read]),
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

    /// Warnings as text, each ending in a newline.
    pub fn render_warnings(&self, format: Format, color: bool) -> String {
        crate::render::render(&self.sources, &self.warnings, format, color)
    }

    /// How long each part took, up to now.
    pub fn times(&self) -> Vec<PartTime> {
        let others = self
            .times
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (front, back): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|time| time.phase == "front");
        let lowering = self.lowering();
        let passes = lowering.times().iter().map(|step| PartTime {
            phase: step.stage.name(),
            part: step.step.clone(),
            time: step.time,
        });
        front.into_iter().chain(passes).chain(back).collect()
    }

    /// Runs a part and notes how long it took.
    fn timed<T>(&self, part: &str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = run();
        let time = PartTime {
            phase: "llvm",
            part: part.to_owned(),
            time: start.elapsed(),
        };
        self.times
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(time);
        result
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
                let strip = !self.options.debug_info;
                self.timed("link", || {
                    mlc_codegen::shared_library(&object, &functions, &soname, strip)
                })
                .map_err(ir_diagnostics::link_error)
            }
            Emit::Exe => {
                let object = self.program(&mut lowering)?;
                self.timed("link", || {
                    mlc_codegen::executable(&object, !self.options.debug_info)
                })
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
        let object = self.machine_code(&mut lowering, &machine, &unit, CodeFile::Object)?;
        self.timed("load", || JitModule::load(&object, exported))
    }

    /// Runs the module as a program in this process: its top-level statements, or of textual IR the function `main`.
    /// Returns the exit status; an error that nobody caught has been written to standard error.
    pub fn run(&self, args: &[String]) -> Result<i32, CompileError> {
        let object = self.program(&mut self.lowering())?;
        mlc_codegen::run_program(&object, &self.name, args).map_err(ir_diagnostics::undefined)
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
        let mut module = self
            .timed("translate", || {
                LlvmModule::translate(lowering, machine, unit)
            })
            .map_err(ir_diagnostics::llvm_error)?;
        self.timed("optimize", || {
            module.optimize(machine, self.options.verify_each)
        })
        .map_err(ir_diagnostics::llvm_error)?;
        Ok(module)
    }

    fn code(&self, lowering: &mut Lowering, file: CodeFile) -> Result<Vec<u8>, CompileError> {
        let machine = backend::machine(&self.options)?;
        let unit = self.library(lowering);
        self.machine_code(lowering, &machine, &unit, file)
    }

    fn program(&self, lowering: &mut Lowering) -> Result<Vec<u8>, CompileError> {
        let machine = backend::machine(&self.options)?;
        let unit = Unit::Program {
            start: self.start.clone(),
        };
        self.machine_code(lowering, &machine, &unit, CodeFile::Object)
    }

    fn machine_code(
        &self,
        lowering: &mut Lowering,
        machine: &Machine,
        unit: &Unit,
        file: CodeFile,
    ) -> Result<Vec<u8>, CompileError> {
        let mut module = self.optimized(lowering, machine, unit)?;
        self.timed("emit", || module.emit(machine, file))
            .map_err(ir_diagnostics::llvm_error)
    }

    fn lowering(&self) -> MutexGuard<'_, Lowering> {
        // A lowering that panicked starts again from the module it was given.
        self.lowering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self, lowering: &mut Lowering, stage: Stage) -> Result<(), CompileError> {
        lowering
            .reach(
                stage,
                self.observer.as_deref().map(|observer| observer as _),
            )
            .map(drop)
            .map_err(|error| ir_diagnostics::step_error(&self.sources, error))
    }
}
