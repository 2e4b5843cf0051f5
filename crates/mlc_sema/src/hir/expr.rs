//! Expressions.

use mlc_diagnostics::Span;

use super::{
    BinaryOp, Builtin, CompareOp, FuncId, LocalId, LogicalOp, Place, Stmt, StructId, Ty, UnaryOp,
};

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    /// The value `None` of type `Ty::NONE`.
    None,
    Bool(bool),
    /// An integer of the expression's integer type; it fits.
    Int(i128),
    /// A number of the expression's float type, to be rounded to it.
    Float(f64),
    /// Real and imaginary part.
    Complex(f64, f64),
    Str(Box<str>),

    /// Reads a value of a type that is not owning. Of a `Str` or `PythonObject` it makes a new shared reference.
    Load(Place),
    /// Takes an owning value out of its place; the place is empty afterwards. Only of a whole local, of a field or of an
    /// item: moving out of an element or out of a borrow is what the ownership check rejects.
    Move(Place),
    /// A deep copy of the value in the place: a fresh value.
    Copy(Place),
    /// A deep copy of an owning value that Python would hold a second time instead of copying it; of a slice of a list: of its
    /// items, in a new list. Ownership checks see to it that nobody can tell.
    Share(Place),
    /// A borrow of the place; `mutable`: exclusive. It lives until its last use.
    Borrow {
        place: Place,
        mutable: bool,
    },

    /// A conversion of a number or `Bool` to the expression's type. Integer to integer keeps the low bits (extends by the
    /// sign of the operand's type); to float rounds to nearest; real to complex has imaginary part zero; `Bool` is 0 or 1.
    /// Float to integer truncates and raises: `ValueError` for NaN, `OverflowError` out of range.
    Cast(Box<Expr>),
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    /// Both operands have the type of the expression, but for `Div` of integers (see [`BinaryOp::Div`]), and shifts and
    /// powers, whose right operand may be another integer type. On SIMD types lane by lane.
    Binary {
        op: BinaryOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Both operands have one type (a number, `Bool`, `Str`, or a borrow of anything compared element-wise as Python
    /// does: lists and strings lexicographically, structs field by field); or one is an integer of 64 bits and the other an
    /// `f64`, which are compared exactly. The result is `Bool`.
    Compare {
        op: CompareOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `and`, `or` on `Bool`; the right side is evaluated only where the left does not decide.
    Logical {
        op: LogicalOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// A conditional expression; one branch is evaluated. An owning result is owned by the consumer.
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// Runs the statements, then evaluates the value. What comprehensions, chained comparisons and `:=` become.
    Block {
        stmts: Vec<Stmt>,
        value: Box<Expr>,
    },

    /// A call; arguments in the order of the parameters, defaults filled in. A `Borrowed` argument of owning type is a
    /// `Borrow`, an `Inout` one a mutable `Borrow` (of a `Root::Temporary` for a temporary), an `Owned` one a fresh value,
    /// `Move` or `Copy`. Raises if the callee does. Where the callee has `result_borrows` the value is a borrow.
    Call {
        callee: FuncId,
        args: Vec<Expr>,
    },
    /// An operation that the compiler knows; see [`Builtin`] for operands.
    Builtin {
        op: Builtin,
        args: Vec<Expr>,
    },

    /// The extent of dimension `axis` of an array, or the length of a list, string, tuple, dict or set (`axis` 0). `Int`.
    Len {
        place: Box<Place>,
        axis: u32,
    },
    /// A list of these items, which it owns. Empty: an empty list, which allocates nothing.
    List(Vec<Expr>),
    /// A list of `count` (below zero: none) copies of `value`, a type that is copied implicitly.
    ListFill {
        value: Box<Expr>,
        count: Box<Expr>,
    },
    /// An array of these extents, also where its type does not tell them, whose elements are given in row-major order.
    Array {
        items: Vec<Expr>,
        shape: Vec<u64>,
    },
    /// A new array. `shape` has one `Int` for each dimension of the type (also the static ones); negative raises `ValueError`.
    ArrayFill {
        shape: Vec<Expr>,
        fill: Fill,
    },
    Tuple(Vec<Expr>),
    /// An item of a tuple value that is not in a place.
    TupleItem {
        tuple: Box<Expr>,
        item: u32,
    },
    /// A struct of all its fields, in order of declaration. `__init__` is a call, not this.
    Struct {
        id: StructId,
        fields: Vec<Expr>,
        /// Not where `__init__` starts: destroying the value does not call its `__del__` before [`Builtin::Arm`].
        whole: bool,
    },
    /// The operand as a `T?`.
    Some(Box<Expr>),
    /// The `T?` that is `None`.
    Nothing,
    /// Whether the optional in the place holds a value.
    IsSome(Box<Place>),
    /// All lanes of the SIMD type are the operand.
    Splat(Box<Expr>),
    /// An element-wise computation: the result is a fresh array whose shape is that of the inputs broadcast together as
    /// NumPy does (a mismatch raises `ValueError`); where no input is an array it is a list, and the lists have one length.
    /// For each position the `params` are bound to the elements of the inputs and `body`, a scalar expression without
    /// side effects, gives the element; it may raise (an integer division). Nested element-wise expressions arrive
    /// fused into one. Inputs are borrows or fresh arrays or lists.
    Map {
        inputs: Vec<MapInput>,
        body: Box<Expr>,
    },
}

#[derive(Clone, Debug)]
pub struct MapInput {
    /// The local that is bound to the element.
    pub param: LocalId,
    /// A borrow of an array (or of a list, whose elements are combined without broadcasting), or a fresh one.
    pub value: Expr,
}

/// The elements of a new array.
#[derive(Clone, Debug)]
pub enum Fill {
    /// `empty(…)`: not initialized.
    Uninitialized,
    /// Every element is this scalar.
    Value(Box<Expr>),
}
