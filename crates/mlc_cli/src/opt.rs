//! `mlc opt`: `mlir-opt` with our dialects and passes.

use std::{
    ffi::{CString, OsString},
    os::unix::ffi::OsStringExt,
    process::ExitCode,
};

/// Runs `mlir-opt` over the arguments that follow `mlc opt`.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let mut argv = vec![c"mlc opt".to_owned()];
    // An argument of the system's never holds a zero byte.
    argv.extend(args.filter_map(|arg| CString::new(arg.into_vec()).ok()));
    mlc_passes::register();
    let status = mlc_mlir::opt_main(argv, mlc_dialects::register);
    ExitCode::from(u8::try_from(status).unwrap_or(1))
}
