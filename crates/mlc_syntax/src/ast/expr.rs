//! Expressions, which types are too.

use std::fmt;

use mlc_diagnostics::Span;

use super::{Ident, Param};
use crate::Name;

#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    /// Without the parentheses around it; with those of a tuple or generator.
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    Name(Name),
    Int(IntLit),
    Float(f64),
    /// `2j`
    Imaginary(f64),
    /// Escapes resolved, adjacent literals joined.
    Str(Box<str>),
    FString(Vec<FStringPart>),
    Bool(bool),
    None,
    /// `...`
    Ellipsis,
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    /// `[first, second, ..., last]`
    Progression(Box<Progression>),
    Set(Vec<Expr>),
    Dict(Vec<DictItem>),
    Comprehension(Box<Comprehension>),
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinaryOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `a and b and c`: two values or more.
    Logical {
        op: BoolOp,
        values: Vec<Expr>,
    },
    /// `a < b <= c`: one operator or more.
    Compare {
        left: Box<Expr>,
        rest: Vec<(CompareOp, Expr)>,
    },
    /// `body if test else orelse`
    IfElse(Box<IfElse>),
    Lambda(Box<Lambda>),
    /// `target := value`
    Named {
        target: Ident,
        value: Box<Expr>,
    },
    Call {
        function: Box<Expr>,
        args: Vec<Arg>,
    },
    Attribute {
        value: Box<Expr>,
        attr: Ident,
    },
    /// `value[index]`; several indices are a `Tuple`, slices stand in it as [`ExprKind::Slice`].
    Subscript {
        value: Box<Expr>,
        index: Box<Expr>,
    },
    /// `lower:upper:step`, only directly in a subscript.
    Slice(Box<Slice>),
    /// `*value`
    Starred(Box<Expr>),
    /// `value^`
    Transfer(Box<Expr>),
    /// `T?`
    Optional(Box<Expr>),
    /// `[element; extent, …]`
    ArrayType {
        element: Box<Expr>,
        extents: Vec<Extent>,
    },
    /// Reported already; takes any type.
    Invalid,
}

/// An integer literal: it is not negative, and there is an error where it has more than 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IntLit([u64; 2]);

impl IntLit {
    pub fn new(value: u128) -> IntLit {
        IntLit([value as u64, (value >> 64) as u64])
    }

    pub fn value(self) -> u128 {
        u128::from(self.0[0]) | (u128::from(self.0[1]) << 64)
    }
}

impl fmt::Debug for IntLit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl fmt::Display for IntLit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub enum FStringPart {
    Text(Box<str>),
    /// `{value!conversion:spec}`
    Value(Box<FStringValue>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct FStringValue {
    pub value: Expr,
    /// The text of `{text=}`, blanks and `=` included, which is printed before the value.
    pub debug: Option<Box<str>>,
    pub conversion: Option<Conversion>,
    pub spec: Vec<FStringPart>,
    /// From brace to brace.
    pub span: Span,
}

/// `!s`, `!r`, `!a`
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Conversion {
    Str,
    Repr,
    Ascii,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Progression {
    pub first: Expr,
    pub second: Expr,
    pub last: Expr,
}

#[derive(Clone, PartialEq, Debug)]
pub enum DictItem {
    Pair(Expr, Expr),
    /// `**other`
    Unpack(Expr),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Comprehension {
    pub kind: ComprehensionKind,
    pub element: Expr,
    /// At least one; the first is the outermost loop.
    pub clauses: Vec<ComprehensionClause>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ComprehensionKind {
    List,
    Set,
    /// The key is here, the value is the element.
    Dict {
        key: Expr,
    },
    Generator,
}

/// `for target in iter if condition if condition`
#[derive(Clone, PartialEq, Debug)]
pub struct ComprehensionClause {
    pub target: Expr,
    pub iter: Expr,
    pub conditions: Vec<Expr>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct IfElse {
    pub test: Expr,
    pub body: Expr,
    pub orelse: Expr,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Lambda {
    /// Without annotations.
    pub params: Vec<Param>,
    pub body: Expr,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Arg {
    pub kind: ArgKind,
    pub value: Expr,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ArgKind {
    Positional,
    /// `name=value`
    Keyword(Ident),
    /// `*value`
    Star,
    /// `**value`
    DoubleStar,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Slice {
    pub lower: Option<Expr>,
    pub upper: Option<Expr>,
    pub step: Option<Expr>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Extent {
    /// `_`: known at run time.
    Dynamic(Span),
    Value(Expr),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    Not,
    Minus,
    Plus,
    Invert,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    MatMul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LeftShift,
    RightShift,
    BitOr,
    BitXor,
    BitAnd,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CompareOp {
    Eq,
    NotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    Is,
    IsNot,
    In,
    NotIn,
}

impl UnaryOp {
    pub fn as_str(self) -> &'static str {
        match self {
            UnaryOp::Not => "not",
            UnaryOp::Minus => "-",
            UnaryOp::Plus => "+",
            UnaryOp::Invert => "~",
        }
    }
}

impl BinaryOp {
    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::MatMul => "@",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::LeftShift => "<<",
            BinaryOp::RightShift => ">>",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::BitAnd => "&",
        }
    }
}

impl BoolOp {
    pub fn as_str(self) -> &'static str {
        match self {
            BoolOp::And => "and",
            BoolOp::Or => "or",
        }
    }
}

impl CompareOp {
    pub fn as_str(self) -> &'static str {
        match self {
            CompareOp::Eq => "==",
            CompareOp::NotEq => "!=",
            CompareOp::Less => "<",
            CompareOp::LessEq => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterEq => ">=",
            CompareOp::Is => "is",
            CompareOp::IsNot => "is not",
            CompareOp::In => "in",
            CompareOp::NotIn => "not in",
        }
    }
}
