//! The command `mlc`: reads arguments and files, calls the compiler, writes files and messages, and says by its exit
//! status who is to blame.

mod args;
mod cache;
mod compile;
mod explain;
mod input;
mod opt;
mod output;
mod report;
mod run;
mod targets;
mod timing;

use args::{Cli, Command};
use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Trees are many small blocks, which the C library's allocator scatters as soon as the first are freed. What compiled
/// programs own still comes from the C library, as it does in every other process that runs them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Room for programs and IR that nest deeply; what is not used takes no memory.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    // `mlir-opt` has its own language of flags.
    if words.next().is_some_and(|word| word == "opt") {
        return opt::run(words);
    }
    report::catch_bugs();
    log();
    let command = Cli::parse().command;
    let worker = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(|| run(command));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(status)) => status,
        // A panic has ended the process; no thread can be had.
        Ok(Err(_)) | Err(_) => ExitCode::from(3),
    }
}

fn run(command: Command) -> ExitCode {
    let result = match command {
        Command::Compile(args) => compile::compile(args),
        Command::Run(args) => run::run(args),
        Command::Check(args) => compile::check(args),
        Command::Explain { code } => explain::explain(&code),
        Command::Targets => targets::targets(),
        Command::Cache(command) => cache::cache(command),
        // Answered above, with whatever follows it.
        Command::Opt { .. } => Ok(ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|failure| failure.report())
}

/// `MLC_LOG=debug mlc …` tells what the compiler does, on standard error.
fn log() {
    use tracing_subscriber::{EnvFilter, fmt};
    if let Ok(filter) = EnvFilter::try_from_env("MLC_LOG") {
        fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .init();
    }
}
