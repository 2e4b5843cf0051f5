//! From IR at stage `llvm` to machine code.

use crate::{
    CompileError, OptLevel, Options, RaceChecks, Sanitize, Target, ir_diagnostics, times::Times,
};
use mlc_codegen::{CodeFile, LlvmModule, Lowering, LoweringConfig, Machine, Sanitizer, Unit};
use mlc_passes::{pipeline::Flow, race_options::RaceOptions};

/// The machine that the options name.
pub(crate) fn machine(options: &Options) -> Result<Machine, CompileError> {
    // The log of accesses tells iterations apart by their stack, which inlining would mix.
    let wanted = match options.sanitize {
        Sanitize::Race => OptLevel::O0,
        Sanitize::None | Sanitize::Address | Sanitize::Thread => options.opt_level,
    };
    let level = match wanted {
        OptLevel::O0 => mlc_codegen::OptLevel::O0,
        OptLevel::O1 => mlc_codegen::OptLevel::O1,
        OptLevel::O2 => mlc_codegen::OptLevel::O2,
        OptLevel::O3 => mlc_codegen::OptLevel::O3,
    };
    Machine::new(&options.cpu, level).map_err(|unknown| {
        let names = mlc_codegen::cpu_names();
        let near = mlc_diagnostics::closest(&unknown.0, names.iter().map(String::as_str));
        let hint = near.map_or_else(
            || "`mlc targets` lists those there are".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        CompileError::request(
            "unknown-cpu",
            format!("unknown CPU `{}`; {hint}", unknown.0),
        )
    })
}

/// The sanitizer of LLVM's that the options name.
pub(crate) fn sanitizer(options: &Options) -> Option<Sanitizer> {
    match options.sanitize {
        Sanitize::None | Sanitize::Race => None,
        Sanitize::Address => Some(Sanitizer::Address),
        Sanitize::Thread => Some(Sanitizer::Thread),
    }
}

/// The width of a vector register of the CPU that the options name; nothing where there is no such CPU.
pub(crate) fn vector_bits(options: &Options) -> u32 {
    machine(options).map_or(0, |machine| machine.simd().vector_bits as u32)
}

/// How the options want IR to be lowered.
pub(crate) fn lowering_config(options: &Options) -> Result<LoweringConfig, CompileError> {
    Ok(LoweringConfig {
        verify_each: options.verify_each,
        debug_info: options.debug_info,
        simd: machine(options)?.simd(),
        races: RaceOptions {
            only_static: options.race_checks == RaceChecks::Static,
            log_accesses: options.sanitize == Sanitize::Race,
        },
        flow: flow(options)?,
    })
}

/// Where the stages lead for the target that the options name.
pub(crate) fn flow(options: &Options) -> Result<Flow, CompileError> {
    match options.target {
        Target::Cpu => Ok(Flow::Cpu),
        Target::Cuda => {
            let names = mlc_codegen::gpu_names();
            let arch = &options.gpu_arch;
            if names.contains(arch) {
                return Ok(Flow::Cuda { arch: arch.clone() });
            }
            let near = mlc_diagnostics::closest(arch, names.iter().map(String::as_str));
            let hint = near.map_or_else(
                || format!("known are {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            Err(CompileError::request(
                "unknown-gpu",
                format!("unknown GPU `{arch}`; {hint}"),
            ))
        }
        Target::CudaEmu => Err(CompileError::request(
            "unavailable-target",
            format!("this build does not generate code for `{}`", options.target),
        )),
    }
}

/// Optimized LLVM IR.
pub(crate) fn optimized(
    name: &str,
    lowering: &Lowering,
    unit: &Unit,
    options: &Options,
    times: &Times,
) -> Result<(LlvmModule, Machine), CompileError> {
    let machine = times.measure("llvm", "target", || machine(options))?;
    let error = |error| ir_diagnostics::llvm_error(error, lowering);
    let mut module = times
        .measure("llvm", "translate", || {
            LlvmModule::translate(name, lowering, &machine, unit)
        })
        .map_err(error)?;
    times
        .measure("llvm", "optimize", || {
            module.optimize(&machine, options.verify_each, sanitizer(options))
        })
        .map_err(error)?;
    Ok((module, machine))
}

/// Machine code for this process.
pub(crate) struct HostCode {
    pub object: Vec<u8>,
    /// The variables whose memory it wants, and their sizes.
    pub variables: Vec<(String, usize)>,
}

/// Machine code for this process.
pub(crate) fn host_code(
    name: &str,
    lowering: &Lowering,
    unit: &Unit,
    options: &Options,
    times: &Times,
) -> Result<HostCode, CompileError> {
    let (mut module, machine) = optimized(name, lowering, unit, options, times)?;
    let emitted = times.measure("llvm", "emit", || module.emit(&machine, CodeFile::Object));
    let object = emitted.map_err(|error| ir_diagnostics::llvm_error(error, lowering))?;
    Ok(HostCode {
        object,
        variables: module.external().to_vec(),
    })
}

/// Machine code.
pub(crate) fn code(
    name: &str,
    lowering: &Lowering,
    unit: &Unit,
    file: CodeFile,
    options: &Options,
    times: &Times,
) -> Result<Vec<u8>, CompileError> {
    let (mut module, machine) = optimized(name, lowering, unit, options, times)?;
    times
        .measure("llvm", "emit", || module.emit(&machine, file))
        .map_err(|error| ir_diagnostics::llvm_error(error, lowering))
}
