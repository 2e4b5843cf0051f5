//! `file:line:column: error[code]: message`, which editors and `grep` understand.

use crate::{Diagnostic, SourceMap};

/// One line, without its end.
pub fn short(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let message = diagnostic.message.replace(['\n', '\r'], " ");
    let rest = format!(
        "{}[{}]: {message}",
        diagnostic.severity.as_str(),
        diagnostic.code
    );
    if diagnostic.primary.is_none() {
        return rest;
    }
    let at = sources.start(diagnostic.primary);
    let file = sources.name(diagnostic.primary.file);
    format!("{file}:{}:{}: {rest}", at.line, at.column)
}
