//! What is told to a user, as data. Nothing here knows how it will look.

use crate::Span;

/// How bad it is. Only `Error` keeps a program from compiling.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A second place that explains the first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub span: Span,
    pub message: String,
}

/// Replace the text under `span`; an empty span inserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub span: Span,
    pub replacement: String,
}

/// A mend that a tool may apply as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixIt {
    pub message: String,
    pub edits: Vec<Edit>,
}

/// One message for one mistake. Build it with [`Diagnostic::error`] and the methods that add to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Kebab-case, listed in [`crate::codes`].
    pub code: &'static str,
    pub severity: Severity,
    /// Lower case, no final period, source words in backticks.
    pub message: String,
    /// [`Span::NONE`] where there is no source.
    pub primary: Span,
    /// What stands beside the primary place, where the message alone does not say it.
    pub primary_label: Option<String>,
    pub labels: Vec<Label>,
    /// What to write instead, in words.
    pub help: Vec<String>,
    pub fixits: Vec<FixIt>,
}

impl Diagnostic {
    fn new(
        severity: Severity,
        code: &'static str,
        primary: Span,
        message: impl Into<String>,
    ) -> Self {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            primary,
            primary_label: None,
            labels: Vec::new(),
            help: Vec::new(),
            fixits: Vec::new(),
        }
    }

    pub fn error(code: &'static str, primary: Span, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Error, code, primary, message)
    }

    /// Something that was asked for, and is no fault.
    pub fn note(code: &'static str, primary: Span, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Note, code, primary, message)
    }

    pub fn warning(code: &'static str, primary: Span, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Warning, code, primary, message)
    }

    /// Text beside the primary place.
    #[must_use]
    pub fn primary_label(mut self, message: impl Into<String>) -> Self {
        self.primary_label = Some(message.into());
        self
    }

    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    #[must_use]
    pub fn help(mut self, message: impl Into<String>) -> Self {
        self.help.push(message.into());
        self
    }

    /// A mend of one edit.
    #[must_use]
    pub fn fixit(
        self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        let replacement = replacement.into();
        self.fixit_edits(message, vec![Edit { span, replacement }])
    }

    /// A mend of several edits, which belong together.
    #[must_use]
    pub fn fixit_edits(mut self, message: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixits.push(FixIt {
            message: message.into(),
            edits,
        });
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
