//! From the last stage of the IR to machine code, kept for the forms that need it again.

use crate::{CompileError, OptLevel, Options, ir_diagnostics::llvm_error};
use mlc_codegen::{CodeFile, LlvmModule, Lowering, Machine, Unit};

/// The machine that the options name.
pub(crate) fn machine(options: &Options) -> Result<Machine, CompileError> {
    let level = match options.opt_level {
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

/// Optimized LLVM IR of a module at stage `llvm`.
pub(crate) fn optimized(
    lowering: &Lowering,
    machine: &Machine,
    unit: &Unit,
    options: &Options,
) -> Result<LlvmModule, CompileError> {
    let mut module = LlvmModule::translate(lowering, machine, unit).map_err(llvm_error)?;
    module
        .optimize(machine, options.verify_each)
        .map_err(llvm_error)?;
    Ok(module)
}

/// Machine code of optimized LLVM IR.
pub(crate) fn code(
    mut module: LlvmModule,
    machine: &Machine,
    file: CodeFile,
) -> Result<Vec<u8>, CompileError> {
    module.emit(machine, file).map_err(llvm_error)
}
