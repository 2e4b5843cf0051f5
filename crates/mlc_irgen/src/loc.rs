//! Source spans as locations of the IR: file, line and column of both ends.

use melior::{Context, ir::Location};
use mlc_diagnostics::{SourceMap, Span};

/// The location of a span; unknown for [`Span::NONE`].
pub fn location<'c>(context: &'c Context, sources: &SourceMap, span: Span) -> Location<'c> {
    if span.is_none() {
        return Location::unknown(context);
    }
    let (start, end) = (sources.start(span), sources.end(span));
    Location::file_line_col_range(
        context,
        sources.name(span.file),
        start.line as usize,
        start.column as usize,
        end.line as usize,
        end.column as usize,
    )
}
