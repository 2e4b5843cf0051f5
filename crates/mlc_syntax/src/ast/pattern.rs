//! Patterns of `match`.

use mlc_diagnostics::Span;

use super::{Expr, Ident};

#[derive(Clone, PartialEq, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum PatternKind {
    /// `_`
    Wildcard,
    /// `name`
    Capture(Ident),
    /// `pattern as name`
    As { pattern: Box<Pattern>, name: Ident },
    /// A literal, a signed number, a complex `1 + 2j`, or a dotted name.
    Value(Expr),
    /// `a | b`
    Or(Vec<Pattern>),
    /// `(a, *rest)`, `[a, b]` or `a, b`
    Sequence(Vec<Pattern>),
    /// `*rest` or `*_` in a sequence
    Star(Option<Ident>),
    /// `{key: pattern, **rest}`
    Mapping {
        items: Vec<(Expr, Pattern)>,
        rest: Option<Ident>,
    },
    /// `Name(a, field=b)`
    Class {
        class: Expr,
        positional: Vec<Pattern>,
        keywords: Vec<(Ident, Pattern)>,
    },
}
