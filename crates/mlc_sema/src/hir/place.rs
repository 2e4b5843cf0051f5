//! Places: paths to stored values.

use mlc_diagnostics::Span;

use super::{ConstId, Expr, GlobalId, LocalId, Ty};

/// A path to a stored value: a root, then projections applied from left to right.
///
/// Index operands are evaluated from left to right when the place is evaluated, once, also when the place is then both
/// read and written ([`StmtKind::Update`]).
#[derive(Clone, Debug)]
pub struct Place {
    pub root: Root,
    pub projections: Vec<Projection>,
    /// The type of the value in the place (after all projections).
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Root {
    /// A local; one of mode `Ref` or `Mut` is dereferenced first.
    Local(LocalId),
    Global(GlobalId),
    /// Read-only data; it can be borrowed shared or loaded from.
    Constant(ConstId),
    /// A fresh value, materialized here and destroyed after the innermost call or statement that uses the place.
    Temporary(Box<Expr>),
    /// An expression that yields a borrow (a call of a function with `result_borrows`), dereferenced.
    Borrowed(Box<Expr>),
}

#[derive(Clone, Debug)]
pub struct Projection {
    pub kind: ProjectionKind,
    /// The type after this step.
    pub ty: Ty,
    /// Where an error of this step (an index out of range) is reported.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ProjectionKind {
    /// A field of a struct, by position.
    Field(u32),
    /// An item of a tuple, by position.
    Item(u32),
    /// An element. One `Int` index for a list, up to rank many for an array; with fewer than rank the place is the
    /// sub-array of the remaining dimensions (a view). `String`: one index, the place is a `String` of one character.
    /// With `checked` a negative index counts from the end, and one out of range raises `IndexError`; without it the
    /// index is known to lie in `0..len`.
    Index { indices: Vec<Expr>, checked: bool },
    /// A slice as in Python: one subscript for a list or string, up to rank many for an array. Bounds clamp.
    /// Of an array it is a view, of lower rank by the number of [`Subscript::Index`]. Of a list the place may be borrowed
    /// and written through like a view; `Copy` makes the list that Python would have made.
    Slice(Vec<Subscript>),
    /// The array with its dimensions in another order, as a view: dimension `i` is the old dimension `axes[i]`.
    Transpose(Vec<u32>),
    /// The elements of the array in row-major order in another shape, one `Int` for each dimension: a view where they lie one
    /// after another, a fresh array elsewhere, as in NumPy; `ValueError` if the counts differ.
    Reshape(Vec<Expr>),
    /// The value inside an optional. With `checked` a `None` raises `TypeError`; without it a test has excluded that.
    Unwrap { checked: bool },
}

#[derive(Clone, Debug)]
pub enum Subscript {
    /// `i`: takes one position of the dimension and removes it. Negative indices wrap; out of range raises `IndexError`.
    Index(Expr),
    /// `start:stop:step`, each an `Int` or absent. `step` of zero raises `ValueError`. `lanes` is the length where the
    /// compiler knows it up to clamping (`a[i:i+8]`): arithmetic on it is SIMD of that width with a safe tail.
    Range {
        start: Option<Expr>,
        stop: Option<Expr>,
        step: Option<Expr>,
        lanes: Option<u64>,
    },
}
