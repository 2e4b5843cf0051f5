//! Diagnostics as plain data, with files and lines in place of offsets.

use mlc_diagnostics::{SourceMap, Span};

pub use mlc_diagnostics::Severity;

/// A place in a source, as a person counts: lines and columns from 1, the end behind the last character.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A second place that explains the first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub place: Place,
    pub message: String,
}

/// One message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Kebab-case, such as `use-after-move`.
    pub code: String,
    pub severity: Severity,
    pub message: String,
    /// `None` where there is no source.
    pub place: Option<Place>,
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Vec<String>,
}

impl Diagnostic {
    pub(crate) fn new(sources: &SourceMap, from: &mlc_diagnostics::Diagnostic) -> Diagnostic {
        let labels = from.labels.iter().filter_map(|label| {
            Some(Label {
                place: place(sources, label.span)?,
                message: label.message.clone(),
            })
        });
        Diagnostic {
            code: from.code.to_owned(),
            severity: from.severity,
            message: from.message.clone(),
            place: place(sources, from.primary),
            labels: labels.collect(),
            help: from
                .help
                .iter()
                .cloned()
                .chain(from.fixits.iter().map(|fixit| fixit.message.clone()))
                .collect(),
        }
    }
}

fn place(sources: &SourceMap, span: Span) -> Option<Place> {
    if span.is_none() {
        return None;
    }
    let (start, end) = (sources.start(span), sources.end(span));
    Some(Place {
        file: sources.name(span.file).to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    })
}
