//! The machine that code is generated for.

use crate::{CompileError, OptLevel, Options};
use mlc_codegen::Machine;

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
