//! `mlc run`.

use crate::{
    args::RunArgs,
    compile::front,
    input,
    report::{self, Failure},
    timing,
};
use mlc::{Cache, Emit, Sanitize, SourceLoader};
use std::{process::ExitCode, sync::Arc};

/// Compiles a file, runs its top-level statements, and exits as the program does.
pub fn run(args: RunArgs) -> Result<ExitCode, Failure> {
    let build = &args.build;
    let source = input::read(&args.file, build)?;
    let options = build.options();
    let fail = |error| Failure::compile(error, build);
    let watched = build.timing.is_some() || build.print_ir_after_all;
    let status = if watched || options.sanitize != Sanitize::None {
        let compiled = front(&source, Emit::Exe, build)?;
        timing::report(&compiled, build);
        compiled.run(&args.args).map_err(fail)?
    } else {
        let loader: Arc<dyn SourceLoader> = Arc::new(build.loader(&source));
        let program = Cache::of_user().program(&options, &loader, &source);
        let program = program.map_err(fail)?;
        report::say(&program.render_warnings(build.error_format, report::color()));
        program.run(&args.args).map_err(fail)?
    };
    Ok(ExitCode::from(u8::try_from(status).unwrap_or(1)))
}
