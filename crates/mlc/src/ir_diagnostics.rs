//! What passes report, told to the user in the user's words, or as a bug of ours.

use crate::{CompileError, error::Reproducer};
use mlc_codegen::{IrDiagnostic, IrPlace, IrSeverity, LinkError, LlvmError, Lowering, StepError};
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

/// A step that failed. The program is wrong where everything the step reported as an error says so with a code, as the
/// checks do (`use-after-move: …`); else the compiler is.
pub(crate) fn step_error(
    sources: &Arc<SourceMap>,
    lowering: &mut Lowering,
    error: &StepError,
) -> CompileError {
    let errors = error
        .diagnostics
        .iter()
        .filter(|found| found.severity == IrSeverity::Error);
    let theirs: Option<Vec<Diagnostic>> = errors.map(|found| coded(sources, found)).collect();
    if let Some(theirs) = theirs
        && !theirs.is_empty()
    {
        return CompileError::program(Arc::clone(sources), theirs);
    }
    // The check that textual IR meets first says what is wrong with it.
    if lowering.is_input_check(error) {
        let errors = malformed(sources, error.diagnostics.clone());
        return CompileError::program(Arc::clone(sources), errors);
    }
    let first = error
        .diagnostics
        .iter()
        .find(|found| found.severity == IrSeverity::Error);
    let message = match first {
        Some(first) => format!("`{}` failed: {}", error.step, first.message),
        None => format!("`{}` failed", error.step),
    };
    let command = format!("mlc opt --pass-pipeline='builtin.module({})'", error.step);
    let reproducer = Reproducer {
        text: lowering.input_of(error),
        extension: ".mlir",
        command,
    };
    CompileError::internal(message, Some(reproducer))
}

/// What passes remark on, each once, in the order of the sources. What comes from nowhere in them is left out.
pub(crate) fn remarks(sources: &SourceMap, found: &[IrDiagnostic]) -> Vec<Diagnostic> {
    let remark = |found: &IrDiagnostic| {
        let (code, message) = found.message.split_once(": ")?;
        let code = mlc_diagnostics::codes::explain(code)?.code;
        let place = span(sources, found.place.as_ref());
        (!place.is_none()).then(|| Diagnostic::note(code, place, message))
    };
    let mut remarks: Vec<Diagnostic> = found.iter().filter_map(remark).collect();
    remarks.sort_by(|first, second| {
        let key = |item: &Diagnostic| (item.primary.file, item.primary.end, item.primary.start);
        (key(first), &first.message).cmp(&(key(second), &second.message))
    });
    remarks.dedup_by(|second, first| {
        first.primary == second.primary && first.message == second.message
    });
    remarks
}

/// A diagnostic for the user: its message is `code: text`.
fn coded(sources: &SourceMap, found: &IrDiagnostic) -> Option<Diagnostic> {
    let (code, message) = found.message.split_once(": ")?;
    let code = mlc_diagnostics::codes::explain(code)?.code;
    let mut diagnostic = Diagnostic::error(code, span(sources, found.place.as_ref()), message);
    for note in &found.notes {
        let place = span(sources, note.place.as_ref());
        diagnostic = match note.message.strip_prefix("help: ") {
            Some(help) => diagnostic.help(help),
            None => diagnostic.label(place, note.message.clone()),
        };
    }
    Some(diagnostic)
}

/// IR of ours that is not valid; the source shows it again.
pub(crate) fn invalid(message: String, reported: &[IrDiagnostic], source: &str) -> CompileError {
    let message = match reported.first() {
        Some(first) => format!("{message}: {}", first.message),
        None => message,
    };
    let text = source.to_owned();
    let reproducer = Reproducer {
        text,
        extension: ".mlc",
        command: "mlc compile".to_owned(),
    };
    CompileError::internal(message, Some(reproducer))
}

/// A failure of LLVM's over a module at stage `llvm`.
pub(crate) fn llvm_error(error: LlvmError, lowering: &Lowering) -> CompileError {
    let command = "mlc compile --emit obj".to_owned();
    let text = lowering.text(true);
    CompileError::internal(
        error.0,
        Some(Reproducer {
            text,
            extension: ".mlir",
            command,
        }),
    )
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
        LinkError::NoSanitizer(reason) => CompileError::request("unavailable-sanitizer", reason),
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
