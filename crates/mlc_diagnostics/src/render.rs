//! Diagnostics to text, one format a file.

mod human;
mod json;
mod short;

pub use human::human;
pub use json::json;
pub use short::short;

use crate::{Diagnostic, SourceMap};

/// What `--error-format` chooses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Format {
    /// For people: excerpts of the source, with the places marked.
    #[default]
    Human,
    /// `file:line:column: error[code]: message`, one a line.
    Short,
    /// One JSON object a line.
    Json,
}

impl Format {
    pub const NAMES: &[&str] = &["human", "short", "json"];

    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "human" => Some(Format::Human),
            "short" => Some(Format::Short),
            "json" => Some(Format::Json),
            _ => None,
        }
    }
}

/// All of them, each ended by a line end; in the human format an empty line follows each.
pub fn render(
    format: Format,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    color: bool,
) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        match format {
            Format::Human => {
                text += &human(diagnostic, sources, color);
                text.push('\n');
            }
            Format::Short => text += &short(diagnostic, sources),
            Format::Json => text += &json(diagnostic, sources),
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
