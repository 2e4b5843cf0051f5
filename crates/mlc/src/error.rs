//! Why a compilation failed.

use crate::{Diagnostic, words::words};
use mlc_diagnostics::SourceMap;
use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

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
    reproducer: Option<Reproducer>,
}

/// What shows a bug of the compiler's again.
#[derive(Clone, Debug)]
pub(crate) struct Reproducer {
    /// The contents of a file.
    pub text: String,
    /// What its name ends in.
    pub extension: &'static str,
    /// The command, up to the name of the file.
    pub command: String,
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

    /// An error of whoever calls: what was asked for cannot be had.
    pub fn request(code: &'static str, message: impl Into<String>) -> CompileError {
        let diagnostic =
            mlc_diagnostics::Diagnostic::error(code, mlc_diagnostics::Span::NONE, message);
        CompileError {
            fault: Fault::Request,
            sources: Arc::default(),
            diagnostics: vec![diagnostic],
            reproducer: None,
        }
    }

    /// A bug of ours.
    pub(crate) fn internal(
        message: impl Into<String>,
        reproducer: Option<Reproducer>,
    ) -> CompileError {
        let none = mlc_diagnostics::Span::NONE;
        let diagnostic = mlc_diagnostics::Diagnostic::error("internal-error", none, message)
            .help("this is a bug of the compiler's, not of the program");
        CompileError {
            fault: Fault::Compiler,
            sources: Arc::default(),
            diagnostics: vec![diagnostic],
            reproducer,
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

    /// For a bug of the compiler's: writes a file that shows it again, to `file` or a temporary one, and adds the
    /// command that does so to the message. Returns the file; nothing for other errors.
    pub fn write_reproducer(&mut self, file: Option<&Path>) -> Option<PathBuf> {
        let reproducer = self.reproducer.take()?;
        let first = self.diagnostics.first_mut()?;
        match reproducer.write(file) {
            Ok(file) => {
                first.help.push(format!(
                    "to see it again: {} {}",
                    reproducer.command,
                    file.display()
                ));
                Some(file)
            }
            Err(error) => {
                first.help.push(format!(
                    "no file that shows it again could be written: {error}"
                ));
                None
            }
        }
    }
}

impl Reproducer {
    fn write(&self, file: Option<&Path>) -> io::Result<PathBuf> {
        if let Some(file) = file {
            std::fs::write(file, &self.text)?;
            return Ok(file.to_owned());
        }
        let (mut temporary, file) = tempfile::Builder::new()
            .prefix("mlc-reproducer-")
            .suffix(self.extension)
            .tempfile()?
            .keep()
            .map_err(|error| error.error)?;
        io::Write::write_all(&mut temporary, self.text.as_bytes())?;
        Ok(file)
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.render(Format::Human, false).trim_end())
    }
}

impl std::error::Error for CompileError {}
