//! Diagnostics as text.

use crate::Format;
use mlc_diagnostics::{Diagnostic, SourceMap, render};

pub(crate) fn render(
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    format: Format,
    color: bool,
) -> String {
    let format = match format {
        Format::Human => render::Format::Human,
        Format::Short => render::Format::Short,
        Format::Json => render::Format::Json,
    };
    render::render(format, diagnostics, sources, color)
}
