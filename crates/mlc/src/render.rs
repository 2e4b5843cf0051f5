//! Diagnostics as text.

use crate::{Diagnostic, Format};
use mlc_diagnostics::SourceMap;

pub(crate) fn render(
    sources: &SourceMap,
    diagnostics: &[mlc_diagnostics::Diagnostic],
    _format: Format,
    _color: bool,
) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let data = Diagnostic::new(sources, diagnostic);
        if let Some(place) = &data.place {
            text += &format!("{}:{}:{}: ", place.file, place.line, place.column);
        }
        text += &format!(
            "{}[{}]: {}\n",
            data.severity.as_str(),
            data.code,
            data.message
        );
        for help in &data.help {
            text += &format!("  help: {help}\n");
        }
    }
    text
}
