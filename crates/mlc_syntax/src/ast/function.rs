//! Functions and structs.

use mlc_diagnostics::Span;

use super::{Comptime, Docstring, Expr, Ident, Stmt};

#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    pub keyword: FunctionKeyword,
    pub decorators: Vec<Expr>,
    pub name: Ident,
    pub generics: Vec<GenericParam>,
    /// Positional-only, then plain, then `*args`, then keyword-only, then `**kwargs`.
    pub params: Vec<Param>,
    /// The word `raises`, where written.
    pub raises: Option<Span>,
    pub returns: Option<Expr>,
    pub docstring: Option<Docstring>,
    /// Without the docstring, so it may be empty.
    pub body: Vec<Stmt>,
    /// From the keyword to the end of the result type, decorators not included.
    pub signature: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FunctionKeyword {
    /// `fn`: wants types on every parameter.
    Fn,
    /// `def`: may leave them out.
    Def,
}

/// `T: Number` or `N: Int = 4` in brackets behind a name.
#[derive(Clone, PartialEq, Debug)]
pub struct GenericParam {
    pub name: Ident,
    pub bound: Option<Expr>,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    pub kind: ParamKind,
    pub convention: Option<Convention>,
    pub name: Ident,
    pub annotation: Option<Expr>,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamKind {
    /// Before `/`.
    PositionalOnly,
    Plain,
    /// `*args`
    VarPositional,
    /// Behind `*` or `*args`.
    KeywordOnly,
    /// `**kwargs`
    VarKeyword,
}

/// A parameter convention as written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Convention {
    pub kind: ConventionKind,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ConventionKind {
    /// `borrowed`, `read`
    Borrowed,
    /// `inout`, `mut`
    Inout,
    /// `owned`, `var`
    Owned,
    /// `deinit`: owned, and destroyed field by field without `__del__`.
    Deinit,
    /// `out`: the result of an initializer, not yet initialized.
    Out,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Struct {
    pub decorators: Vec<Expr>,
    pub name: Ident,
    pub generics: Vec<GenericParam>,
    pub docstring: Option<Docstring>,
    pub fields: Vec<Field>,
    pub methods: Vec<Function>,
    /// `comptime` declarations in the body.
    pub constants: Vec<Comptime>,
    /// From the keyword to the name or its generic parameters.
    pub signature: Span,
}

/// `name: T = default` or `var name: T`
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    pub name: Ident,
    pub annotation: Expr,
    pub default: Option<Expr>,
    pub span: Span,
}
