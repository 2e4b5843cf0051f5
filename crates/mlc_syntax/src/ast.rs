//! The syntax tree: what was written, with spans, nothing resolved.
//!
//! Names follow Python's `ast` module where Python has the construct. Types are expressions, as in
//! Python: `[f32; N, _]` is [`ExprKind::ArrayType`], `T?` is [`ExprKind::Optional`], and `list[T]` is a
//! plain subscript. Decorators, annotations and defaults keep their source order.
//!
//! Where text could not be parsed the tree holds [`StmtKind::Invalid`] or [`ExprKind::Invalid`], and an
//! error has been reported.

mod expr;
mod function;
mod pattern;

pub use expr::*;
pub use function::*;
pub use pattern::*;

use mlc_diagnostics::Span;

use crate::Name;

/// One source file.
#[derive(Clone, PartialEq, Debug)]
pub struct Module {
    pub docstring: Option<Docstring>,
    /// Without the docstring.
    pub body: Vec<Stmt>,
    /// Whether an import or a generic struct may stand inside of a function, struct or block.
    pub inner_imports: bool,
    /// The whole text.
    pub span: Span,
}

/// The string literal that a module, function or struct starts with, its escapes resolved.
#[derive(Clone, PartialEq, Debug)]
pub struct Docstring {
    pub text: Box<str>,
    pub span: Span,
}

/// A name where it stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ident {
    pub name: Name,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    /// A compound statement's reaches to the end of its last block.
    pub span: Span,
    /// Whether a `:=` may stand in it, at any depth: statements without one need not be searched for the names that those bind.
    pub named: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub enum StmtKind {
    Function(Box<Function>),
    Struct(Box<Struct>),
    Return(Option<Expr>),
    Delete(Vec<Expr>),
    /// `a = b = value`; a target may be a tuple or list of targets, with one `Starred` in it.
    Assign {
        targets: Vec<Expr>,
        value: Expr,
    },
    /// `target += value`
    AugAssign {
        target: Expr,
        op: BinaryOp,
        value: Expr,
    },
    /// `target: T`, `target: T = value`, `var target = value`, `var target: T = value`
    Declare(Box<Declare>),
    /// `comptime NAME: T = value`
    Comptime(Box<Comptime>),
    /// `atomic a[k] += e` and `atomic a[k] = min(a[k], e)`: holds an `AugAssign` or an `Assign`.
    Atomic(Box<Stmt>),
    For(Box<For>),
    While {
        test: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    If(Box<If>),
    With(Box<With>),
    Match(Box<Match>),
    Raise {
        exception: Option<Expr>,
        cause: Option<Expr>,
    },
    Try(Box<Try>),
    /// `assert test, message` and `comptime assert test, message`
    Assert {
        comptime: bool,
        test: Expr,
        message: Option<Expr>,
    },
    /// `import a.b as c, d`
    Import(Vec<ImportedModule>),
    /// `from .a import b as c`
    ImportFrom(Box<ImportFrom>),
    Global(Vec<Ident>),
    Nonlocal(Vec<Ident>),
    Expr(Expr),
    Pass,
    Break,
    Continue,
    /// Text that could not be parsed, and every name in it: each may have been bound there, so that
    /// no later use of one deserves a message.
    Invalid {
        names: Vec<Name>,
    },
}

#[derive(Clone, PartialEq, Debug)]
pub struct Declare {
    /// Written with `var`.
    pub var: bool,
    /// A name, attribute or subscript; with `var` also a tuple of names.
    pub target: Expr,
    pub annotation: Option<Expr>,
    pub value: Option<Expr>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Comptime {
    pub name: Ident,
    pub annotation: Option<Expr>,
    /// Without a value the command line must give one.
    pub value: Option<Expr>,
}

/// A `for` loop. Only a parallel one may have more than one axis.
#[derive(Clone, PartialEq, Debug)]
pub struct For {
    pub kind: ForKind,
    pub axes: Vec<ForAxis>,
    pub body: Vec<Stmt>,
    pub orelse: Vec<Stmt>,
    /// From the first keyword to the colon.
    pub header: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ForKind {
    Serial,
    Parallel,
    Comptime,
}

/// One target with the iterable that it runs over.
#[derive(Clone, PartialEq, Debug)]
pub struct ForAxis {
    pub target: Expr,
    pub iter: Expr,
}

/// `if` with its `elif`s: at least one branch.
#[derive(Clone, PartialEq, Debug)]
pub struct If {
    pub comptime: bool,
    pub branches: Vec<Branch>,
    pub orelse: Vec<Stmt>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Branch {
    pub test: Expr,
    pub body: Vec<Stmt>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct With {
    pub items: Vec<WithItem>,
    pub body: Vec<Stmt>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct WithItem {
    pub context: Expr,
    pub target: Option<Expr>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Match {
    pub subject: Expr,
    pub cases: Vec<Case>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Try {
    pub body: Vec<Stmt>,
    pub handlers: Vec<Handler>,
    pub orelse: Vec<Stmt>,
    pub finally: Vec<Stmt>,
}

/// `except exception as name:`; a tuple of exceptions is a `Tuple` expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Handler {
    pub exception: Option<Expr>,
    pub name: Option<Ident>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// `a.b as c`
#[derive(Clone, PartialEq, Debug)]
pub struct ImportedModule {
    pub path: Vec<Ident>,
    pub alias: Option<Ident>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ImportFrom {
    /// How many dots lead the path.
    pub level: u32,
    /// Empty in `from . import x`.
    pub path: Vec<Ident>,
    pub names: ImportedNames,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ImportedNames {
    All(Span),
    Some(Vec<ImportedName>),
}

/// `b as c`
#[derive(Clone, PartialEq, Debug)]
pub struct ImportedName {
    pub name: Ident,
    pub alias: Option<Ident>,
}
