//! Failures, as messages and exit statuses.

use crate::args::BuildArgs;
use mlc::{CompileError, Fault, Format};
use std::{
    io::{IsTerminal, Write, stderr},
    path::PathBuf,
    process::ExitCode,
};

/// Why the command did not do what it was asked for.
pub enum Failure {
    /// The compiler said so.
    Compile {
        error: Box<CompileError>,
        format: Format,
        reproducer: Option<PathBuf>,
    },
    /// The command line is wrong, or the system refused a file.
    Usage { message: String, format: Format },
}

impl Failure {
    /// A wrong command line.
    pub fn usage(message: impl Into<String>, build: &BuildArgs) -> Failure {
        Failure::Usage {
            message: message.into(),
            format: build.error_format,
        }
    }

    /// What the compiler said.
    pub fn compile(error: CompileError, build: &BuildArgs) -> Failure {
        let (format, reproducer) = (build.error_format, build.reproducer.clone());
        let error = Box::new(error);
        Failure::Compile {
            error,
            format,
            reproducer,
        }
    }

    /// Writes the message to standard error and returns the exit status.
    pub fn report(self) -> ExitCode {
        match self {
            Failure::Usage { message, format } => {
                say(&CompileError::request("usage", message).render(format, color()));
                ExitCode::from(2)
            }
            Failure::Compile {
                mut error,
                format,
                reproducer,
            } => {
                error.write_reproducer(reproducer.as_deref());
                say(&error.render(format, color()));
                ExitCode::from(match error.fault() {
                    Fault::Program => 1,
                    Fault::Request => 2,
                    Fault::Compiler => 3,
                })
            }
        }
    }
}

/// Whether messages may be in color.
pub fn color() -> bool {
    stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes a message to standard error. Nothing can be done where that is closed.
pub fn say(message: &str) {
    let _ = stderr().write_all(message.as_bytes());
}

/// Makes a panic of ours, and LLVM's giving up, messages like any other, with exit status 3.
pub fn catch_bugs() {
    mlc::on_fatal(|reason| bug(&format!("LLVM cannot go on: {reason}")));
    std::panic::set_hook(Box::new(|panic| {
        let what = panic.payload();
        let what = what
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| what.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        let place = panic.location().map(|place| format!(" ({place})"));
        bug(&format!("{what}{}", place.unwrap_or_default()));
    }));
}

fn bug(what: &str) -> ! {
    let words: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    say(&format!(
        "error[internal-error]: {what}\n  = help: this is a bug of the compiler's, not of the program\n  = help: to see it \
         again: {}\n",
        words.join(" ")
    ));
    std::process::exit(3)
}
