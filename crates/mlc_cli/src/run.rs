//! `mlc run`.

use crate::{args::RunArgs, compile::front, input, report::Failure, timing};
use mlc::Emit;
use std::process::ExitCode;

/// Compiles a file, runs its top-level statements, and exits as the program does.
pub fn run(args: RunArgs) -> Result<ExitCode, Failure> {
    let build = &args.build;
    let source = input::read(&args.file, build)?;
    let compiled = front(&source, Emit::Exe, build)?;
    timing::report(&compiled, build);
    let status = compiled
        .run(&args.args)
        .map_err(|error| Failure::compile(error, build))?;
    Ok(ExitCode::from(u8::try_from(status).unwrap_or(1)))
}
