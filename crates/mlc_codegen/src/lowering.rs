//! A module on its way through the stages.

use crate::{
    diagnostics::{IrDiagnostic, IrSeverity, collect},
    exports,
};
use melior::{
    Context,
    dialect::DialectRegistry,
    ir::{
        Module,
        operation::{OperationLike, OperationPrintingFlags, WalkOrder, WalkResult},
    },
    pass::PassManager,
    utility::parse_pass_pipeline,
};
use mlc_passes::{
    pipeline::{self, Flow, Step},
    race_options::RaceOptions,
    simd::Simd,
    stage::Stage,
};
use mlir_sys::{mlirModuleFromOperation, mlirOperationClone};
use std::{
    mem::ManuallyDrop,
    time::{Duration, Instant},
};

/// How to run pipelines.
#[derive(Clone, Debug, Default)]
pub struct LoweringConfig {
    /// Verify the module after every pass.
    pub verify_each: bool,
    /// Say in the IR at stage `llvm` which lines of the source it comes from.
    pub debug_info: bool,
    /// What the processor does on vectors; the module may say otherwise.
    pub simd: Simd,
    /// What becomes of loops that may race; the module may say more.
    pub races: RaceOptions,
    /// Where the stages lead.
    pub flow: Flow,
}

/// Gives every function a scope in which places in the source count.
const LINE_TABLES: Step = "ensure-debug-info-scope-on-llvm-func{emission-kind=LineTablesOnly}";

/// How long a step took.
#[derive(Clone, Debug)]
pub struct StepTime {
    /// The stage that the step leads out of.
    pub stage: Stage,
    pub step: String,
    pub time: Duration,
}

/// A step of a pipeline that failed.
#[derive(Clone, Debug)]
pub struct StepError {
    /// The steps that ran since the module was as it came.
    before: Vec<String>,
    /// The step, as in a textual pipeline.
    pub step: String,
    /// What it reported.
    pub diagnostics: Vec<IrDiagnostic>,
}

/// Sees the IR after every step.
pub type Observer<'a> = &'a dyn Fn(&str, &str);

/// A module with the context it lives in. It keeps the module it was given, so that every stage can be reached at any
/// time: forwards from where it is, or again from the start.
pub struct Lowering {
    // The modules live in the context and go before it.
    base: ManuallyDrop<Module<'static>>,
    current: ManuallyDrop<Module<'static>>,
    context: ManuallyDrop<Box<Context>>,
    base_stage: Stage,
    stage: Stage,
    config: LoweringConfig,
    /// Whether the module came as text, from another front end.
    foreign: bool,
    /// The steps that led from the module that came to the current one.
    ran: Vec<String>,
    times: Vec<StepTime>,
}

// SAFETY: the context and all that lives in it are reachable through this value alone, MLIR keeps nothing of them in
// thread-local storage, and the context runs no threads of its own.
unsafe impl Send for Lowering {}

impl Drop for Lowering {
    fn drop(&mut self) {
        // SAFETY: each is dropped once, the modules before their context.
        unsafe {
            ManuallyDrop::drop(&mut self.base);
            ManuallyDrop::drop(&mut self.current);
            ManuallyDrop::drop(&mut self.context);
        }
    }
}

fn new_context() -> Box<Context> {
    mlc_passes::register();
    let registry = DialectRegistry::new();
    mlc_mlir::register_compile_dialects(&registry);
    mlc_dialects::register(registry.to_raw());
    let context = Context::new_with_registry(&registry, false);
    context.load_all_available_dialects();
    Box::new(context)
}

fn clone_module(module: &Module<'static>) -> Module<'static> {
    // SAFETY: the clone of a module's operation is a module in the same context, owned by nobody else.
    unsafe {
        Module::from_raw(mlirModuleFromOperation(mlirOperationClone(
            module.as_operation().to_raw(),
        )))
    }
}

impl Lowering {
    /// A module made by `build` in a new context. An error comes with what was reported meanwhile.
    pub fn build<E>(
        stage: Stage,
        config: LoweringConfig,
        build: impl for<'c> FnOnce(&'c Context) -> Result<Module<'c>, E>,
    ) -> Result<Lowering, (E, Vec<IrDiagnostic>)> {
        let context = new_context();
        let (module, reported) = collect(&context, || build(&context));
        let module = module.map_err(|error| (error, reported))?;
        // SAFETY: the module lives in `context`, which goes into the same value and is dropped after it.
        let base: Module<'static> = unsafe {
            let raw = module.to_raw();
            std::mem::forget(module);
            Module::from_raw(raw)
        };
        config.simd.annotate(&context, base.as_operation());
        config.races.annotate(&context, base.as_operation());
        let current = clone_module(&base);
        Ok(Lowering {
            base: ManuallyDrop::new(base),
            current: ManuallyDrop::new(current),
            context: ManuallyDrop::new(context),
            base_stage: stage,
            stage,
            config,
            foreign: false,
            ran: Vec::new(),
            times: Vec::new(),
        })
    }

    /// A module from its text, at the earliest stage that allows what is in it. `name` is its file in diagnostics.
    pub fn parse(
        name: &str,
        text: &str,
        config: LoweringConfig,
    ) -> Result<Lowering, Vec<IrDiagnostic>> {
        let mut lowering = Lowering::build(Stage::Own, config, |context| {
            mlc_mlir::parse_module(context, text, name).ok_or(())
        })
        .map_err(|((), reported)| reported)?;
        lowering.foreign = true;
        lowering.base_stage = stage_of(&lowering.base);
        lowering.stage = lowering.base_stage;
        Ok(lowering)
    }

    /// The stage that the module is at.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// How long each step took, in the order in which they ran.
    pub fn times(&self) -> &[StepTime] {
        &self.times
    }

    /// Takes the module to a stage. Returns the warnings of the passes.
    pub fn reach(
        &mut self,
        goal: Stage,
        observe: Option<Observer>,
    ) -> Result<Vec<IrDiagnostic>, StepError> {
        if goal < self.stage && self.stage != self.base_stage {
            self.restart();
        }
        let mut warnings = Vec::new();
        // What comes in at a later stage has not been checked on its way out of `own`.
        if self.foreign && self.ran.is_empty() && (self.stage > Stage::Own || goal > Stage::Own) {
            for step in pipeline::enter(self.stage) {
                warnings.extend(self.step(step, observe)?);
            }
        }
        while self.stage < goal {
            let Some((steps, next)) = pipeline::leave(self.stage, &self.config.flow) else {
                break;
            };
            for step in steps {
                warnings.extend(self.step(step, observe)?);
            }
            if next == Stage::Llvm && self.config.debug_info {
                warnings.extend(self.step(LINE_TABLES, observe)?);
            }
            self.stage = next;
        }
        Ok(warnings)
    }

    /// Where the values of the program are destroyed and their memory is used again: remarks, at their places. The program
    /// is one that the checks accept.
    pub fn drops(&self) -> Vec<IrDiagnostic> {
        let mut found = Vec::new();
        if self.base_stage != Stage::Own {
            return found;
        }
        let mut copy = clone_module(&self.base);
        for step in pipeline::explain_drops() {
            let (done, reported) = run(&self.context, &mut copy, step, false);
            if !done {
                return Vec::new();
            }
            found = reported;
        }
        found.retain(|found| found.severity == IrSeverity::Remark);
        found
    }

    fn restart(&mut self) {
        let fresh = clone_module(&self.base);
        // SAFETY: the old module is dropped once and replaced at once.
        unsafe { ManuallyDrop::drop(&mut self.current) };
        self.current = ManuallyDrop::new(fresh);
        self.stage = self.base_stage;
        self.ran.clear();
    }

    fn step(
        &mut self,
        step: Step,
        observe: Option<Observer>,
    ) -> Result<Vec<IrDiagnostic>, StepError> {
        let step = pipeline::fill(step, &self.config.flow);
        let start = Instant::now();
        let (done, diagnostics) = run(
            &self.context,
            &mut self.current,
            &step,
            self.config.verify_each,
        );
        let time = start.elapsed();
        tracing::debug!(%step, ?time, "ran");
        self.times.push(StepTime {
            stage: self.stage,
            step: step.to_string(),
            time,
        });
        if !done {
            // What a failed step leaves behind is not to be used.
            let before = std::mem::take(&mut self.ran);
            self.restart();
            return Err(StepError {
                before,
                step: step.into_owned(),
                diagnostics,
            });
        }
        if let Some(observe) = observe {
            observe(&step, &self.text(false));
        }
        self.ran.push(step.into_owned());
        Ok(diagnostics)
    }

    /// Runs a step over a copy of the module, which `read` gets.
    pub(crate) fn on_copy<T>(
        &self,
        step: Step,
        read: impl FnOnce(&Module) -> T,
    ) -> Result<T, Vec<IrDiagnostic>> {
        let mut copy = clone_module(&self.current);
        match run(&self.context, &mut copy, step, false) {
            (true, _) => Ok(read(&copy)),
            (false, diagnostics) => Err(diagnostics),
        }
    }

    /// Whether a step that failed is the check of the stage at which textual IR came in.
    pub fn is_input_check(&self, error: &StepError) -> bool {
        self.foreign && error.before.is_empty() && error.step.starts_with("verify-")
    }

    /// The module as it was before a step that failed: what runs is deterministic, so it is made again.
    pub fn input_of(&mut self, error: &StepError) -> String {
        self.restart();
        for step in &error.before {
            run(&self.context, &mut self.current, step, false);
        }
        let text = self.text(true);
        self.restart();
        text
    }

    /// The module as text, on request with the places of its operations.
    pub fn text(&self, locations: bool) -> String {
        let flags = OperationPrintingFlags::new();
        let flags = if locations {
            flags.enable_debug_info(true, false)
        } else {
            flags
        };
        self.current
            .as_operation()
            .to_string_with_flags(flags)
            .unwrap_or_default()
    }

    /// Runs something that reads the module, and returns what was reported meanwhile.
    pub(crate) fn collect<T>(&self, read: impl FnOnce(&Module) -> T) -> (T, Vec<IrDiagnostic>) {
        collect(&self.context, || read(&self.current))
    }

    /// The functions that the module exports: those marked so, or of textual IR without marks all public ones.
    pub fn exported(&self) -> Vec<String> {
        exports::exported(&self.base, self.foreign)
    }
}

/// Runs one step over the module; returns whether it succeeded and what was reported.
fn run(
    context: &Context,
    module: &mut Module<'static>,
    step: &str,
    verify: bool,
) -> (bool, Vec<IrDiagnostic>) {
    let (result, mut diagnostics) = collect(context, || {
        let manager = PassManager::new(context);
        manager.enable_verifier(verify);
        let text = pipeline::text(step);
        parse_pass_pipeline(manager.as_operation_pass_manager(), &text)?;
        manager.run(module)
    });
    if let Err(melior::Error::ParsePassPipeline(message)) = &result {
        let message = message.trim().to_owned();
        let severity = IrSeverity::Error;
        diagnostics.push(IrDiagnostic {
            severity,
            message,
            place: None,
            notes: Vec::new(),
        });
    }
    (result.is_ok(), diagnostics)
}

/// The earliest stage that allows every dialect in the module; `own` where none does, so that its check says so.
fn stage_of(module: &Module<'static>) -> Stage {
    let allowed = |stage: &Stage| {
        let mut all = true;
        module.as_operation().walk(WalkOrder::PreOrder, |op| {
            let name = op.name();
            let name = name.as_string_ref().as_str().unwrap_or_default();
            all = stage.allows(name);
            if all {
                WalkResult::Advance
            } else {
                WalkResult::Interrupt
            }
        });
        all
    };
    Stage::ALL.into_iter().find(allowed).unwrap_or(Stage::Own)
}
