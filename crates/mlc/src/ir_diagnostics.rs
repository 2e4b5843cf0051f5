//! What passes report, told to the user in the user's words, or as a bug of ours.

use crate::CompileError;
use mlc_codegen::{IrDiagnostic, IrPlace, IrSeverity, LinkError, LlvmError, StepError};
use mlc_diagnostics::{Diagnostic, LineColumn, SourceMap, Span};
use std::sync::Arc;

/// The errors in textual IR that could not be read.
pub(crate) fn malformed(sources: &SourceMap, found: Vec<IrDiagnostic>) -> Vec<Diagnostic> {
    let errors = found
        .iter()
        .filter(|diagnostic| diagnostic.severity == IrSeverity::Error);
    errors
        .map(|error| {
            let span = span(sources, error.place.as_ref());
            let mut diagnostic = Diagnostic::error("malformed-ir", span, error.message.clone());
            for note in &error.notes {
                diagnostic = diagnostic.label(
                    self::span(sources, note.place.as_ref()),
                    note.message.clone(),
                );
            }
            diagnostic
        })
        .collect()
}

/// A step that failed: the program is wrong where the step says so with a code, else the compiler is.
pub(crate) fn step_error(sources: &Arc<SourceMap>, error: StepError) -> CompileError {
    let message = match error.diagnostics.first() {
        Some(first) => format!("`{}` failed: {}", error.step, first.message),
        None => format!("`{}` failed", error.step),
    };
    let _ = sources;
    CompileError::internal(message, None)
}

/// A failure of LLVM's.
pub(crate) fn llvm_error(error: LlvmError) -> CompileError {
    CompileError::internal(error.0, None)
}

/// A failure to link: a name that is missing is the program's fault, a file the system's.
pub(crate) fn link_error(error: LinkError) -> CompileError {
    match error {
        LinkError::System(reason) => CompileError::request("cannot-link", reason),
        LinkError::Undefined(names) => CompileError::request(
            "cannot-link",
            format!(
                "the program refers to what is nowhere defined: {}",
                names.join(", ")
            ),
        ),
        LinkError::Linker(said) => CompileError::internal(said, None),
    }
}

/// Code that could not be loaded, because something that it refers to is missing.
pub(crate) fn undefined(reason: String) -> CompileError {
    CompileError::request("cannot-link", reason)
}

/// The source under a place, if it is a place in one of the sources.
fn span(sources: &SourceMap, place: Option<&IrPlace>) -> Span {
    let found = place.and_then(|place| Some((place, sources.find(&place.file)?)));
    let Some((place, file)) = found else {
        return Span::NONE;
    };
    let offset = |line, column| sources.offset(file, LineColumn { line, column });
    Span::new(
        file,
        offset(place.line, place.column),
        offset(place.end_line, place.end_column),
    )
}
