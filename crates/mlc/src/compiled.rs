//! A compiled module and what can be made of it.

use crate::{
    CompileError, Dependency, Diagnostic, Emit, Format, Interface, JitModule, Language, Observer,
    Options, PartTime, Program, Session, Sharing, Source, Target,
    front::{self, Front},
    generics,
    guard::guard,
    interface, ir_diagnostics,
    jit::Symbols,
    native, separate, state, stub,
    times::Times,
};
use mlc_codegen::{CodeFile, Extension, LinkError, Lowering, Unit};
use mlc_diagnostics::{FileId, SourceMap};
use mlc_passes::stage::Stage;
use mlc_sema::signature;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A module, from which every form is made on request. Several threads may ask; they wait for each other.
pub struct Compiled {
    name: String,
    options: Options,
    observer: Option<Observer>,
    sources: Arc<SourceMap>,
    /// `None` for textual IR.
    front: Option<Front>,
    /// `None` until the first form that needs IR.
    lowering: Mutex<Option<Lowering>>,
    times: Times,
}

impl Compiled {
    /// Compiles a source as far as `last` needs.
    pub(crate) fn new(
        session: &Session,
        source: &Source,
        sources: SourceMap,
        file: FileId,
        last: Emit,
    ) -> Result<Compiled, CompileError> {
        let name = source.module_name();
        let options = session.options().clone();
        let times = Times::default();
        let (sources, front, lowering) = match source.language() {
            Language::Mlc => {
                let loader = session.loader();
                let (sources, front) =
                    front::check(sources, file, source, loader, &options, &times)?;
                (sources, Some(front), None)
            }
            Language::Mlir => {
                let sources = Arc::new(sources);
                let config = native::lowering_config(&options)?;
                let text = sources.text(file);
                let parse = || Lowering::parse(source.name(), text, config);
                let parsed = times.measure("front", "parse", parse);
                let malformed = |found| {
                    let errors = ir_diagnostics::malformed(&sources, found);
                    CompileError::program(Arc::clone(&sources), errors)
                };
                let lowering = parsed.map_err(malformed)?;
                (sources, None, Some(lowering))
            }
        };
        let observer = session.observer();
        let lowering = Mutex::new(lowering);
        let compiled = Compiled {
            name,
            options,
            observer,
            sources,
            front,
            lowering,
            times,
        };
        if last > Emit::Own {
            compiled.at(Stage::Par, |_| Ok(()))?;
        }
        Ok(compiled)
    }

    /// The name of the module.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The checked program, where the source is in the mlc language: what it exports, and its types.
    pub fn checked(&self) -> Option<&mlc_sema::hir::Program> {
        self.front.as_ref().map(|front| &front.program)
    }

    /// What it depends on besides its own source: where each import led, with a hash of what was there.
    pub fn dependencies(&self) -> &[Dependency] {
        self.front.as_ref().map_or(&[], |front| &front.dependencies)
    }

    /// What the module offers to its callers, as data; `None` for textual IR.
    pub fn interface(&self) -> Option<Interface> {
        let front = self.front.as_ref()?;
        let text = self.sources.text(FileId(0));
        Some(Interface {
            generics: generics::of_module(&front.ast, text),
            generic_structs: generics::structs_of_module(&front.ast, text),
            ..interface::describe(&front.program)
        })
    }

    /// The signature of every exported function, then of every instance of a generic one, with the conventions that were
    /// inferred: a line each. Empty for textual IR.
    pub fn signatures(&self) -> String {
        let Some(front) = &self.front else {
            return String::new();
        };
        let functions = signature::of_program(&front.program).functions;
        let instances = signature::of_instances(&front.program);
        (functions.iter().chain(&instances))
            .map(|function| function.render(&front.program) + "\n")
            .collect()
    }

    /// Warnings of the compilation.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let warnings = self.front.iter().flat_map(|front| &front.warnings);
        warnings
            .map(|warning| Diagnostic::new(&self.sources, warning))
            .collect()
    }

    /// Warnings as text, each ending in a newline.
    pub fn render_warnings(&self, format: Format, color: bool) -> String {
        let warnings = self.front.as_ref().map_or(&[][..], |front| &front.warnings);
        crate::render::render(&self.sources, warnings, format, color)
    }

    /// Where each value is destroyed, and where its memory is used again: text at the lines of the source.
    pub fn explain_drops(&self, format: Format, color: bool) -> Result<String, CompileError> {
        guard(|| {
            let found = self.at(Stage::Par, |lowering| Ok(lowering.drops()))?;
            let remarks = ir_diagnostics::remarks(&self.sources, &found);
            Ok(crate::render::render(
                &self.sources,
                &remarks,
                format,
                color,
            ))
        })
    }

    /// How long each part took, up to now.
    pub fn times(&self) -> Vec<PartTime> {
        let lowering = self.lock();
        let steps = lowering.iter().flat_map(|lowering| lowering.times());
        let passes = steps.map(|step| PartTime {
            phase: step.stage.name(),
            part: step.step.clone(),
            time: step.time,
        });
        let mut times = self.times.of("front");
        times.extend(passes);
        times.extend(self.times.of("llvm"));
        times
    }

    /// The symbols of the functions that can be called from outside.
    pub fn exported(&self) -> Result<Vec<String>, CompileError> {
        guard(|| self.at(Stage::Own, |lowering| Ok(lowering.exported())))
    }

    /// The module in one form: text is UTF-8, libraries and objects are the bytes of the file.
    pub fn emit(&self, emit: Emit) -> Result<Vec<u8>, CompileError> {
        guard(|| match emit {
            Emit::Ast | Emit::Hir | Emit::Header => self.front_text(emit).map(String::into_bytes),
            Emit::LlvmIr => self.exactly_at(Stage::Llvm, |lowering| {
                let unit = self.library(lowering);
                let optimized =
                    native::optimized(&self.name, lowering, &unit, &self.options, &self.times)?;
                Ok(optimized.0.text().into_bytes())
            }),
            Emit::Asm => self.code(|lowering| self.library(lowering), CodeFile::Assembly),
            Emit::Obj => self.code(|lowering| self.library(lowering), CodeFile::Object),
            Emit::Shared => {
                let object = self.code(|lowering| self.library(lowering), CodeFile::Object)?;
                let functions = self.public()?;
                let sanitizer = native::sanitizer(&self.options);
                self.link(|strip| {
                    mlc_codegen::shared_library(&object, &functions, strip, sanitizer)
                })
            }
            Emit::Exe => {
                let object =
                    self.code(|lowering| self.unit_of_program(lowering), CodeFile::Object)?;
                let sanitizer = native::sanitizer(&self.options);
                self.link(|strip| mlc_codegen::executable(&object, strip, sanitizer))
            }
            Emit::Pyi => {
                let interface = self.interface().ok_or_else(|| self.no_form(emit))?;
                Ok(stub::stub(&interface).into_bytes())
            }
            Emit::Pyext => {
                self.without_sanitizer("an extension module")?;
                let extension = self.extension()?;
                let init = extension.init_symbol();
                let unit = |lowering: &Lowering| Unit::Extension {
                    exported: lowering.exported(),
                    extension,
                };
                let object = self.code(unit, CodeFile::Object)?;
                self.link(|strip| mlc_codegen::extension(&object, &init, strip))
            }
            Emit::Ptx => self.exactly_at(Stage::Nvvm, |lowering| {
                let ptx = self.times.measure("llvm", "kernels", || lowering.ptx());
                let ptx = ptx.map_err(|error| ir_diagnostics::llvm_error(error, lowering))?;
                ptx.map(String::into_bytes).ok_or_else(no_kernel)
            }),
            _ => match emit.stage() {
                Some(stage) => {
                    self.exactly_at(stage, |lowering| Ok(lowering.text(false).into_bytes()))
                }
                None => Err(self.no_form(emit)),
            },
        })
    }

    /// The module as code in this process.
    pub fn jit(&self) -> Result<JitModule, CompileError> {
        guard(|| {
            self.without_sanitizer("code in this process")?;
            let (object, symbols) = self.host_object()?;
            let load = || JitModule::load(&object, symbols, &Sharing::Imports);
            self.times.measure("llvm", "load", load)
        })
    }

    /// The object of which [`Compiled::jit`] makes code, and what is to be known of its symbols.
    pub(crate) fn host_object(&self) -> Result<(Vec<u8>, Symbols), CompileError> {
        let program = self.front.as_ref().map(|front| &front.program);
        let names: Vec<String> = program.map(state::symbols).unwrap_or_default();
        let code = self.exactly_at(Stage::Llvm, |lowering| {
            let unit = Unit::Host {
                exported: lowering.exported(),
                variables: names,
            };
            native::host_code(&self.name, lowering, &unit, &self.options, &self.times)
        })?;
        let variables = self.front.as_ref().map(|front| {
            state::variables(
                &front.program,
                &self.sources,
                &self.options,
                &front.path,
                &code.variables,
            )
        });
        let symbols = Symbols {
            exported: self.exported()?,
            variables: variables.unwrap_or_default(),
        };
        Ok((code.object, symbols))
    }

    /// The module as a program that runs in this process.
    pub fn program(&self) -> Result<Program, CompileError> {
        guard(|| {
            self.without_sanitizer("code in this process")?;
            let object = self.code(|lowering| self.unit_of_program(lowering), CodeFile::Object)?;
            let warnings = self.front.as_ref().map(|front| front.warnings.clone());
            let warnings = warnings.unwrap_or_default();
            let sources = Arc::clone(&self.sources);
            Ok(Program::compiled(
                self.name.clone(),
                object,
                warnings,
                sources,
            ))
        })
    }

    /// Runs the module as a program, in this process unless a sanitizer needs one of its own: its top-level statements, or of textual IR
    /// the function `main`. Returns the exit status; an error that nobody caught has been written to standard error.
    pub fn run(&self, args: &[String]) -> Result<i32, CompileError> {
        if native::sanitizer(&self.options).is_some() {
            return separate::run(&self.emit(Emit::Exe)?, &self.name, args);
        }
        let program = self.program()?;
        guard(|| program.run(args))
    }

    /// A sanitizer takes over the memory of the whole process, so that it must be there from its start.
    fn without_sanitizer(&self, what: &str) -> Result<(), CompileError> {
        if native::sanitizer(&self.options).is_none() {
            return Ok(());
        }
        let sanitize = self.options.sanitize;
        Err(CompileError::request(
            "unavailable-sanitizer",
            format!("{what} cannot be instrumented with `{sanitize}`: emit `exe` or `shared`"),
        ))
    }

    fn front_text(&self, emit: Emit) -> Result<String, CompileError> {
        let front = self.front.as_ref().ok_or_else(|| self.no_form(emit))?;
        Ok(match emit {
            Emit::Ast => mlc_syntax::dump(&front.ast),
            Emit::Header => mlc_codegen::header(&front.program),
            _ => mlc_sema::hir_dump::dump(&front.program),
        })
    }

    /// The library that the module is: its exported functions, and one that runs its top-level statements.
    fn library(&self, lowering: &Lowering) -> Unit {
        let start = self.start();
        let public = mlc_codegen::init_symbol(&self.name);
        let renamed = start.map(|start| (start, public)).into_iter().collect();
        Unit::Library {
            exported: lowering.exported(),
            renamed,
        }
    }

    /// The module as Python imports it.
    fn extension(&self) -> Result<Extension, CompileError> {
        let interface = self.interface().ok_or_else(|| self.no_form(Emit::Pyext))?;
        // Python finds a module by its last name, and one of other characters by a name that it makes up.
        let name = interface.name.rsplit('.').next().unwrap_or_default();
        if !name.is_ascii() {
            return Err(CompileError::request(
                "cannot-emit",
                format!("an extension module needs a name in ASCII, `{name}` is not"),
            ));
        }
        let init = interface.init.iter().map(|init| init.symbol.clone());
        let init = init.chain(std::iter::repeat(String::new())).take(1);
        let functions = interface.functions.iter().map(|item| item.symbol.clone());
        Ok(Extension {
            name: name.to_owned(),
            symbols: init.chain(functions).collect(),
            variables: (interface.variables.iter().map(|item| &item.symbol))
                .chain(interface.structs.iter().map(|item| &item.symbol))
                .cloned()
                .collect(),
            interface: interface.to_bytes(),
        })
    }

    /// The symbols that a library exports.
    fn public(&self) -> Result<Vec<String>, CompileError> {
        let (start, init) = (self.start(), mlc_codegen::init_symbol(&self.name));
        let public = |symbol: String| {
            if Some(&symbol) == start.as_ref() {
                init.clone()
            } else {
                symbol
            }
        };
        Ok(self.exported()?.into_iter().map(public).collect())
    }

    /// The symbol of the function that runs the top-level statements.
    fn start(&self) -> Option<String> {
        let Front { program, .. } = self.front.as_ref()?;
        Some(program.functions[program.init?.0 as usize].symbol.clone())
    }

    /// The program that the module is when it is run.
    fn unit_of_program(&self, lowering: &Lowering) -> Unit {
        let start = match &self.front {
            Some(_) => self.start(),
            None => lowering.exported().into_iter().find(|name| name == "main"),
        };
        Unit::Program { start }
    }

    fn code(
        &self,
        unit: impl FnOnce(&Lowering) -> Unit,
        file: CodeFile,
    ) -> Result<Vec<u8>, CompileError> {
        self.exactly_at(Stage::Llvm, |lowering| {
            native::code(
                &self.name,
                lowering,
                &unit(lowering),
                file,
                &self.options,
                &self.times,
            )
        })
    }

    fn link(
        &self,
        link: impl FnOnce(bool) -> Result<Vec<u8>, LinkError>,
    ) -> Result<Vec<u8>, CompileError> {
        let linked = self
            .times
            .measure("llvm", "link", || link(!self.options.debug_info));
        linked.map_err(ir_diagnostics::link_error)
    }

    /// Takes the module to a stage and reads it there; an error where its way does not lead through the stage.
    fn exactly_at<T>(
        &self,
        stage: Stage,
        read: impl FnOnce(&Lowering) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        self.at(stage, |lowering| {
            if lowering.stage() == stage {
                read(lowering)
            } else {
                Err(self.no_stage(stage))
            }
        })
    }

    /// Takes the module to a stage and reads it there. One that never reaches the stage is as far as it goes.
    fn at<T>(
        &self,
        stage: Stage,
        read: impl FnOnce(&Lowering) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let mut kept = self.lock();
        // After a panic it is made anew.
        let mut lowering = match (kept.take(), &self.front) {
            (Some(lowering), _) => lowering,
            (None, Some(Front { program, .. })) => {
                front::generate(&self.sources, program, &self.options, &self.times)?
            }
            (None, None) => return Err(CompileError::internal("the module was lost", None)),
        };
        let observer = self.observer.as_deref().map(|observer| observer as _);
        let result = match lowering.reach(stage, observer) {
            Ok(_) => read(&lowering),
            Err(error) => Err(ir_diagnostics::step_error(
                &self.sources,
                &mut lowering,
                &error,
            )),
        };
        *kept = Some(lowering);
        result
    }

    fn no_form(&self, emit: Emit) -> CompileError {
        match emit {
            Emit::Staticlib | Emit::Cubin => {
                CompileError::request("not-yet", format!("`{emit}` cannot be made yet"))
            }
            _ => CompileError::request(
                "cannot-emit",
                format!("`{emit}` cannot be made from this source"),
            ),
        }
    }

    fn no_stage(&self, stage: Stage) -> CompileError {
        let target = self.options.target;
        CompileError::request(
            "cannot-emit",
            match (stage, target) {
                (Stage::Llvm, Target::Cuda) => format!(
                    "this build makes no host code for `{target}`: emit `gpu`, `nvvm` or `ptx`"
                ),
                (Stage::Gpu | Stage::Nvvm, Target::Cpu) => {
                    format!("kernels are made with `--target {}`", Target::Cuda)
                }
                _ => format!("this source is not at stage `{stage}` on its way to `{target}`"),
            },
        )
    }

    fn lock(&self) -> MutexGuard<'_, Option<Lowering>> {
        self.lowering.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_kernel() -> CompileError {
    CompileError::request(
        "no-kernel",
        "there is no kernel: no parallel loop of this source runs on the GPU",
    )
}
