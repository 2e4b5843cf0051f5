//! Why a compilation failed.

use crate::{Diagnostic, words::words};
use mlc_diagnostics::SourceMap;
use std::{fmt, path::PathBuf, sync::Arc};

/// Who is to blame, which decides the exit status of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The program is wrong.
    Program,
    /// What was asked for cannot be had: an option, a file, this machine.
    Request,
    /// A bug of the compiler's.
    Compiler,
}

words! {
    /// How diagnostics are rendered.
    pub enum Format: "error format" {
        /// With excerpts of the source.
        Human = "human",
        /// A line each.
        Short = "short",
        /// A JSON object a line.
        Json = "json",
    }
}

/// Why a compilation failed: one error at least.
#[derive(Clone, Debug)]
pub struct CompileError {
    fault: Fault,
    sources: Arc<SourceMap>,
    diagnostics: Vec<mlc_diagnostics::Diagnostic>,
    reproducer: Option<PathBuf>,
}

impl CompileError {
    pub(crate) fn program(
        sources: Arc<SourceMap>,
        diagnostics: Vec<mlc_diagnostics::Diagnostic>,
    ) -> CompileError {
        CompileError {
            fault: Fault::Program,
            sources,
            diagnostics,
            reproducer: None,
        }
    }

    pub(crate) fn request(code: &'static str, message: impl Into<String>) -> CompileError {
        let diagnostic =
            mlc_diagnostics::Diagnostic::error(code, mlc_diagnostics::Span::NONE, message);
        CompileError {
            fault: Fault::Request,
            sources: Arc::default(),
            diagnostics: vec![diagnostic],
            reproducer: None,
        }
    }

    /// A bug of ours. `reproducer` is a file that shows it, and `command` runs it again.
    pub(crate) fn internal(
        message: impl Into<String>,
        reproducer: Option<(PathBuf, String)>,
    ) -> CompileError {
        let mut diagnostic = mlc_diagnostics::Diagnostic::error(
            "internal-error",
            mlc_diagnostics::Span::NONE,
            message,
        );
        diagnostic = diagnostic.help("this is a bug of the compiler's, not of the program");
        let file = reproducer.map(|(file, command)| {
            diagnostic.help.push(format!("to see it again: {command}"));
            file
        });
        CompileError {
            fault: Fault::Compiler,
            sources: Arc::default(),
            diagnostics: vec![diagnostic],
            reproducer: file,
        }
    }

    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The diagnostics as data, warnings included.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics
            .iter()
            .map(|diagnostic| Diagnostic::new(&self.sources, diagnostic))
            .collect()
    }

    /// The diagnostics as text, each ending in a newline.
    pub fn render(&self, format: Format, color: bool) -> String {
        crate::render::render(&self.sources, &self.diagnostics, format, color)
    }

    /// For a bug of the compiler's: the file that shows it again.
    pub fn reproducer(&self) -> Option<&std::path::Path> {
        self.reproducer.as_deref()
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.render(Format::Human, false).trim_end())
    }
}

impl std::error::Error for CompileError {}
