//! Patterns in prefix form.

use std::fmt::{self, Write};

use super::Dumper;
use crate::ast::{Pattern, PatternKind};

impl Dumper {
    pub(super) fn pattern(&mut self, pattern: &Pattern) -> fmt::Result {
        match &pattern.kind {
            PatternKind::Wildcard => write!(self, "_"),
            PatternKind::Capture(name) => write!(self, "(capture {})", name.name),
            PatternKind::As { pattern, name } => {
                write!(self, "(as ")?;
                self.pattern(pattern)?;
                write!(self, " {})", name.name)
            }
            PatternKind::Value(value) => self.expr(value),
            PatternKind::Or(alternatives) => self.patterns("|", alternatives),
            PatternKind::Sequence(items) => self.patterns("sequence", items),
            PatternKind::Star(Some(name)) => write!(self, "(* {})", name.name),
            PatternKind::Star(None) => write!(self, "(* _)"),
            PatternKind::Mapping { items, rest } => {
                write!(self, "(mapping")?;
                for (key, value) in items {
                    write!(self, " ")?;
                    self.expr(key)?;
                    write!(self, ": ")?;
                    self.pattern(value)?;
                }
                if let Some(rest) = rest {
                    write!(self, " (** {})", rest.name)?;
                }
                write!(self, ")")
            }
            PatternKind::Class {
                class,
                positional,
                keywords,
            } => {
                write!(self, "(class ")?;
                self.expr(class)?;
                for item in positional {
                    write!(self, " ")?;
                    self.pattern(item)?;
                }
                for (name, item) in keywords {
                    write!(self, " {}=", name.name)?;
                    self.pattern(item)?;
                }
                write!(self, ")")
            }
        }
    }

    fn patterns(&mut self, word: &str, patterns: &[Pattern]) -> fmt::Result {
        write!(self, "({word}")?;
        for pattern in patterns {
            write!(self, " ")?;
            self.pattern(pattern)?;
        }
        write!(self, ")")
    }
}
