//! Excerpts of the source with the places marked, in the layout of rustc.

use std::ops::Range;

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Snippet};

use crate::{Diagnostic, FileId, FixIt, Severity, SourceMap, Span};

/// A mend of more edits than this is named, not shown.
const MAX_SHOWN_EDITS: usize = 4;

/// Several lines, the last without its end. The first is `error[code]: message`, the second
/// ` --> file:line:column` where there is a place.
pub fn human(diagnostic: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let excerpts = excerpts(diagnostic, sources);
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code);
    let mut main = Group::with_title(title);
    for excerpt in &excerpts {
        main = main.element(excerpt.snippet());
    }
    let (shown, named): (Vec<&FixIt>, Vec<&FixIt>) = diagnostic
        .fixits
        .iter()
        .partition(|fixit| can_be_shown(fixit, sources));
    for help in &diagnostic.help {
        main = main.element(Level::HELP.message(help.as_str()));
    }
    for fixit in named {
        main = main.element(Level::HELP.message(fixit.message.as_str()));
    }
    let windows: Vec<Window> = shown
        .iter()
        .map(|fixit| fixit_window(fixit, sources))
        .collect();
    let mut report = vec![main];
    for (fixit, window) in shown.iter().zip(&windows) {
        let patches = fixit
            .edits
            .iter()
            .map(|edit| Patch::new(window.local(edit.span, sources), edit.replacement.as_str()));
        let snippet = Snippet::source(window.text.as_str())
            .line_start(window.line)
            .path(sources.name(window.file))
            .patches(patches);
        let title = Level::HELP.secondary_title(fixit.message.as_str());
        report.push(Group::with_title(title).element(snippet));
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    align_arrow(renderer.render(&report))
}

/// Consecutive lines of one file.
struct Window {
    file: FileId,
    text: String,
    /// The number of the first line.
    line: usize,
    /// The offset of the first line.
    start: usize,
}

impl Window {
    /// The lines that all spans of one file lie in.
    fn around(file: FileId, spans: impl Iterator<Item = Span>, sources: &SourceMap) -> Window {
        let mut lines: Option<Range<u32>> = None;
        for span in spans {
            let (first, last) = (sources.start(span).line, sources.end(span).line);
            lines = Some(match lines {
                None => first..last,
                Some(lines) => lines.start.min(first)..lines.end.max(last),
            });
        }
        let lines = lines.unwrap_or(1..1);
        let offset = |line: u32| {
            let at = crate::LineColumn { line, column: 1 };
            sources.offset(file, at) as usize
        };
        let start = offset(lines.start);
        let end = offset(lines.end) + sources.line_text(file, lines.end).len();
        let text = &sources.text(file)[start..end.max(start)];
        // A carriage return alone ends a line too; the excerpt keeps its length.
        let text = text
            .replace("\r\n", "\u{0}\n")
            .replace('\r', "\n")
            .replace('\u{0}', "\r");
        Window {
            file,
            text,
            line: lines.start as usize,
            start,
        }
    }

    fn local(&self, span: Span, sources: &SourceMap) -> Range<usize> {
        let range = sources.byte_range(span);
        let clamp = |at: usize| at.saturating_sub(self.start).min(self.text.len());
        clamp(range.start)..clamp(range.end)
    }
}

/// What is shown of one file.
struct Excerpt<'a> {
    window: Window,
    path: &'a str,
    marks: Vec<(Range<usize>, bool, Option<&'a str>)>,
}

impl Excerpt<'_> {
    fn snippet(&self) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let marks = self.marks.iter().map(|(range, primary, message)| {
            let kind = if *primary {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            kind.span(range.clone()).label(*message)
        });
        Snippet::source(self.window.text.as_str())
            .line_start(self.window.line)
            .path(self.path)
            .annotations(marks)
    }
}

/// The primary place's file first.
fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Excerpt<'a>> {
    let primary = (
        diagnostic.primary,
        true,
        diagnostic.primary_label.as_deref(),
    );
    let labels = diagnostic
        .labels
        .iter()
        .map(|label| (label.span, false, Some(label.message.as_str())));
    let marks: Vec<_> = std::iter::once(primary)
        .chain(labels)
        .filter(|(span, ..)| !span.is_none())
        .collect();
    let mut files: Vec<FileId> = Vec::new();
    for (span, ..) in &marks {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    let excerpt = |file| {
        let here = || marks.iter().filter(move |(span, ..)| span.file == file);
        let window = Window::around(file, here().map(|(span, ..)| *span), sources);
        let marks = here()
            .map(|&(span, primary, message)| (window.local(span, sources), primary, message))
            .collect();
        Excerpt {
            path: sources.name(file),
            window,
            marks,
        }
    };
    files.into_iter().map(excerpt).collect()
}

/// A few edits of one file that do not overlap.
fn can_be_shown(fixit: &FixIt, sources: &SourceMap) -> bool {
    let Some(first) = fixit.edits.first() else {
        return false;
    };
    let mut ranges: Vec<Range<usize>> = fixit
        .edits
        .iter()
        .map(|edit| sources.byte_range(edit.span))
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    fixit.edits.len() <= MAX_SHOWN_EDITS
        && !first.span.is_none()
        && fixit
            .edits
            .iter()
            .all(|edit| edit.span.file == first.span.file)
        && ranges.windows(2).all(|pair| pair[0].end <= pair[1].start)
}

fn fixit_window(fixit: &FixIt, sources: &SourceMap) -> Window {
    let spans = fixit.edits.iter().map(|edit| edit.span);
    let file = fixit.edits[0].span.file;
    Window::around(file, spans, sources)
}

/// One blank before the arrow of the second line, however wide the line numbers are.
fn align_arrow(text: String) -> String {
    let Some(second) = text.find('\n').map(|end| end + 1) else {
        return text;
    };
    let line_end = text[second..]
        .find('\n')
        .map_or(text.len(), |end| second + end);
    let Some(arrow) = text[second..line_end].find("-->").map(|at| second + at) else {
        return text;
    };
    let blanks = text[..arrow]
        .bytes()
        .rev()
        .take_while(|byte| *byte == b' ')
        .count();
    format!("{} {}", &text[..arrow - blanks], &text[arrow..])
}
