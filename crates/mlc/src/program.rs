//! A module as a program that runs in this process.

use crate::{CompileError, Format, ir_diagnostics, render};
use mlc_diagnostics::{Diagnostic, SourceMap};
use std::sync::Arc;

/// The code of a program, and what was warned of when it was compiled.
#[derive(Debug)]
pub struct Program {
    name: String,
    object: Vec<u8>,
    warnings: Vec<Diagnostic>,
    sources: Arc<SourceMap>,
    cached: bool,
}

impl Program {
    pub(crate) fn compiled(
        name: String,
        object: Vec<u8>,
        warnings: Vec<Diagnostic>,
        sources: Arc<SourceMap>,
    ) -> Program {
        Program {
            name,
            object,
            warnings,
            sources,
            cached: false,
        }
    }

    /// One from the cache, which keeps none that is warned of.
    pub(crate) fn kept(name: String, object: Vec<u8>) -> Program {
        Program {
            name,
            object,
            warnings: Vec::new(),
            sources: Arc::default(),
            cached: true,
        }
    }

    pub(crate) fn object(&self) -> &[u8] {
        &self.object
    }

    /// Whether it came from the cache.
    pub fn is_cached(&self) -> bool {
        self.cached
    }

    pub fn has_warnings(&self) -> bool {
        !self.warnings.is_empty()
    }

    /// Warnings as text, each ending in a newline.
    pub fn render_warnings(&self, format: Format, color: bool) -> String {
        render::render(&self.sources, &self.warnings, format, color)
    }

    /// Runs its top-level statements, or of textual IR the function `main`. Returns the exit status; an error that nobody caught has
    /// been written to standard error.
    pub fn run(&self, args: &[String]) -> Result<i32, CompileError> {
        mlc_codegen::run_program(&self.object, &self.name, args).map_err(ir_diagnostics::undefined)
    }
}
