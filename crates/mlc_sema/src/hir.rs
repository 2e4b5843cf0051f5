//! The HIR: the program after names are resolved, types are known, generics are instantiated, conventions are
//! inferred, compile time has been evaluated and sugar is gone.
//!
//! What a consumer may rely on, in a program that was checked without errors:
//!
//! - Every expression and place carries its type. No conversion is implicit: the operands of a binary operation have
//!   one type, an argument has the type of its parameter, a stored value that of its place. Signedness is in the type.
//! - Evaluation is left to right, each expression once. `and`, `or` and conditional expressions evaluate what they need.
//! - A value of an *owning* type ([`TypeTable::is_owning`]) is never read silently: a place is read by
//!   [`ExprKind::Move`], [`ExprKind::Copy`] or [`ExprKind::Borrow`]. [`ExprKind::Load`] reads the other types.
//!   An expression of owning type that is no `Borrow` (and no call that returns a borrow) produces a fresh value
//!   that its consumer owns.
//! - Loops run over integer ranges. `for x in xs`, `enumerate`, `zip`, `reversed` and comprehensions have been rewritten to them.
//! - There are no closures: a nested function is a [`Function`] whose captures are trailing parameters.
//! - The span of a node that may raise is where the run-time error is reported.

use mlc_diagnostics::Span;

pub use crate::error_kind::ErrorKind;
pub use crate::signature::{FunctionKind, ParamKind};
pub use crate::types::{Dim, FloatKind, Ty, TyKind, TypeTable};

/// Index into [`Program::functions`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FuncId(pub u32);

/// Index into [`Program::structs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StructId(pub u32);

/// Index into [`Program::globals`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct GlobalId(pub u32);

/// Index into [`Program::constants`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ConstId(pub u32);

/// Index into [`Function::locals`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LocalId(pub u32);

/// A whole checked program: one module with everything it imports, already instantiated.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The name of the module that was compiled (the stem of its file).
    pub module: String,
    /// The docstring of the module.
    pub doc: Option<String>,
    pub types: TypeTable,
    pub structs: Vec<Struct>,
    pub globals: Vec<Global>,
    pub constants: Vec<Constant>,
    /// Every function to emit, exported or not. Generic functions appear once for each instantiation.
    pub functions: Vec<Function>,
    /// The top-level statements, in order, as a function without parameters; `None` if there are none. Run once before
    /// anything else of the module is called; under `mlc run` it is the program.
    pub init: Option<FuncId>,
}

/// A struct type. A value is its fields inline, in this order; it owns them.
#[derive(Clone, Debug)]
pub struct Struct {
    pub name: String,
    pub ty: Ty,
    pub fields: Vec<Field>,
    /// `__del__`: run when a value is destroyed, before its fields are. It takes `self` as owned.
    pub destructor: Option<FuncId>,
    /// The methods that were instantiated, `__init__` and operators included.
    pub methods: Vec<FuncId>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Ty,
    pub span: Span,
}

/// A top-level variable. It lives as long as the module; [`Program::init`] gives it its value.
#[derive(Clone, Debug)]
pub struct Global {
    pub name: String,
    pub ty: Ty,
    pub span: Span,
}

/// Read-only data that was computed at compile time (a comptime list or array).
#[derive(Clone, Debug)]
pub struct Constant {
    pub name: String,
    pub ty: Ty,
    pub value: ConstValue,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ConstValue {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Complex(f64, f64),
    Str(Box<str>),
    /// The items of a tuple, list or struct, or the elements of an array in row-major order.
    Items(Vec<ConstValue>),
}

/// How a parameter is passed. Scalars and other implicitly copied types are `Borrowed` (that is: passed by value)
/// unless `Inout` or `Owned` is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Convention {
    /// The callee reads. The caller keeps the value.
    Borrowed,
    /// The callee reads and writes in place through an exclusive borrow.
    Inout,
    /// The callee becomes the owner: it destroys, stores or returns the value.
    Owned,
}

#[derive(Clone, Debug)]
pub struct Function {
    /// As written; a method is `Struct.method`, a nested function `outer.inner`.
    pub name: String,
    /// Unique in the program; equal to `name` for an exported function that is not generic.
    pub symbol: String,
    pub params: Vec<Param>,
    /// The type of the result; `Ty::NONE` for a function that returns nothing.
    pub result: Ty,
    /// `Some(p)`: the result is a borrow of part of parameter `p` and the caller must not outlive that argument.
    /// The `return` statements then carry a [`ExprKind::Borrow`]. `None`: the caller owns the result.
    pub result_borrows: Option<u32>,
    /// Parameters first, in order, then all other variables.
    pub locals: Vec<Local>,
    pub body: Vec<Stmt>,
    /// `Some(p)`: every path returns the whole of parameter `p`, which is changed in place and whose convention is not written.
    pub returns_param: Option<u32>,
    pub kind: FunctionKind,
    /// Whether a call may raise (conservatively, from the body and everything called; checks count unless `unchecked`).
    pub raises: bool,
    /// Whether it is visible from outside: C, Python, other languages.
    pub exported: bool,
    pub attributes: Attributes,
    pub doc: Option<String>,
    /// The name in the header of the definition.
    pub span: Span,
}

/// Decorators that change how a function is compiled; they override the options of the whole compilation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attributes {
    /// `@strict`: source order, one rounding per operation.
    pub strict: bool,
    /// `@fast`: no NaN, no infinities, reassociation.
    pub fast: bool,
    /// `@unchecked`: no run-time checks.
    pub unchecked: bool,
}

#[derive(Clone, Debug)]
pub struct Param {
    /// The variable that holds it in the body.
    pub local: LocalId,
    pub convention: Convention,
    /// Whether the convention was written rather than inferred.
    pub written: bool,
    pub kind: ParamKind,
    /// For callers from outside; calls inside the program have it filled in.
    pub default: Option<crate::signature::Default>,
}

/// How a variable holds its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It is the value: a scalar or shared value, or the one owner of an owning one.
    Owner,
    /// A shared borrow of a place of another value: reads through it are [`ExprKind::Load`] or [`ExprKind::Borrow`]
    /// of a place rooted at this local.
    Ref,
    /// An exclusive borrow: as `Ref`, and a [`StmtKind::Store`] to a place rooted here writes the borrowed value.
    /// An `inout` parameter is one, of any type.
    Mut,
}

#[derive(Clone, Debug)]
pub struct Local {
    /// As written; names that the desugaring made start with `$`.
    pub name: String,
    pub ty: Ty,
    pub mode: Mode,
    /// Where it is first bound.
    pub span: Span,
}

// ---------------------------------------------------------------------------------------------------------- places

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

// ----------------------------------------------------------------------------------------------------- expressions

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
    /// does: lists and strings lexicographically, structs field by field). The result is `Bool`.
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
    /// An array whose elements are given in row-major order; all dims are static or there is one, of that many items.
    Array(Vec<Expr>),
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

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// Of a signed or unsigned integer (wraps), float or complex.
    Neg,
    /// Of `Bool`.
    Not,
    /// Of an integer.
    Invert,
    /// Of a signed or unsigned integer (wraps), a float; of a complex number with a float result.
    Abs,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// True division. Of floats and complex: IEEE. Operands may both be integers, with a float type as the result: then
    /// the quotient is rounded once, and division by zero raises `ZeroDivisionError`.
    Div,
    /// Rounds towards minus infinity. Integers by zero raise `ZeroDivisionError`.
    FloorDiv,
    /// Has the sign of the divisor. Integers by zero raise `ZeroDivisionError`.
    Mod,
    /// `Int ** Int` is an integer (wraps; a negative exponent raises `ValueError`); a float power is `math.pow`'s without raising.
    Pow,
    /// By 64 or more (by the width or more): 0, or -1 of a negative number for `Shr`. A negative count raises `ValueError`.
    Shl,
    Shr,
    /// On integers and `Bool`.
    And,
    Or,
    Xor,
    /// Python's `min(a, b)`: `b if b < a else a`.
    Min,
    /// Python's `max(a, b)`: `b if b > a else a`.
    Max,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LogicalOp {
    And,
    Or,
}

/// An operation that is known to the compiler. `&x` stands for a `Borrow`, `&mut x` for a mutable one; other operands are
/// values. Results that own memory are fresh.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Builtin {
    /// On one float type (or SIMD of it), the result too, but for the predicates, which give `Bool`. Never raises.
    Math(MathFn),
    /// `math.gcd(a, b)`, `Int`s.
    Gcd,
    /// `(re, im)` floats to complex.
    ComplexNew,
    ComplexReal,
    ComplexImag,
    /// `(x, Int)`: a float rounded to that many decimal digits, correctly, as Python's `round(x, n)`. Never raises.
    RoundDigits,
    /// Integer types: the number of one bits.
    PopCount,

    /// `(&mut list, item)`: the list owns the item afterwards. May raise `MemoryError`.
    ListAppend,
    /// `(&mut list, &other)`: appends copies of the items of another list.
    ListExtend,
    /// `(&mut list)` or `(&mut list, Int)`: removes and gives the item; `IndexError` if there is none.
    ListPop,
    /// `(&mut list, Int, item)`; the index clamps.
    ListInsert,
    /// `(&mut list, Int)`: removes the item at an index; `IndexError`.
    ListRemoveAt,
    /// `(&mut list)`
    ListClear,
    ListReverse,
    /// `(&mut list, Bool)`: stable, ascending unless the operand is true; scalars and strings.
    ListSort,
    /// `(&list, &list)`: a new list of copies.
    ListConcat,
    /// `(&list, Int)`: a new list of that many repetitions.
    ListRepeat,
    /// `(&list or array, item)`: `Bool`.
    Contains,
    /// `(&list or array, item)`: the first position; `ValueError` if there is none.
    IndexOf,
    /// `(&list or array, item)`: `Int`.
    CountOf,

    /// Reductions of a list or array, `(&a)`: over everything, in the fixed tree of LANGUAGE.md section 7. The result has the
    /// type of the expression, which the elements convert to first. `Min`, `Max`, `ArgMin`, `ArgMax` of nothing raise `ValueError`.
    Sum,
    Prod,
    ReduceMin,
    ReduceMax,
    ArgMin,
    ArgMax,
    Any,
    All,
    Mean,
    Std,
    /// The same along one axis, a literal `Int` as the second operand; the result is an array of one dimension fewer.
    SumAxis,
    ProdAxis,
    MinAxis,
    MaxAxis,
    ArgMinAxis,
    ArgMaxAxis,
    AnyAxis,
    AllAxis,
    MeanAxis,
    StdAxis,

    /// `(&a, extents…)`: a fresh array of the same elements in row-major order; `ValueError` if the counts differ.
    Reshape,
    /// `(&a, axes…)`, literal `Int`s: a fresh array with permuted dimensions.
    Transpose,
    /// `(&mut a, value)`: sets every element.
    ArrayFillWith,
    /// `(&a, &b)`: the matrix product of `@` for ranks 1 and 2; a scalar for two vectors. `ValueError` on a mismatch.
    MatMul,
    /// `(start, stop, step)`: a one-dimensional array as NumPy's `arange`.
    Arange,
    /// `(start, stop, Int)`: as NumPy's `linspace`, end included.
    Linspace,
    /// `(Int, Int)`: ones on the diagonal.
    Eye,
    /// `(&list)`: a one-dimensional array of the items of a list; a list of lists gives rank 2 (`ValueError` if ragged).
    ArrayFromList,
    /// `(&array)`: a list of the elements of a one-dimensional array.
    ListFromArray,

    /// `(a, b)`
    StrConcat,
    /// `(s, Int)`
    StrRepeat,
    /// `(needle, haystack)`: `Bool`.
    StrContains,
    StrFind,
    /// `(s, old, new)`
    StrReplace,
    /// `(s)` or `(s, separator)`: a list of strings.
    StrSplit,
    /// `(separator, &list)`
    StrJoin,
    StrStrip,
    StrLstrip,
    StrRstrip,
    StrStartsWith,
    StrEndsWith,
    StrUpper,
    StrLower,
    /// `(s)`: the code point of a string of one character; `TypeError` otherwise.
    Ord,
    /// `(Int)`: `ValueError` out of range.
    Chr,
    /// `(value or &value)`: what `str(x)` gives.
    Str,
    /// `(value or &value)`: what `repr(x)` gives.
    Repr,
    /// `(value, spec)`: what `format(x, spec)` gives; the spec is a literal `Str`.
    Format,
    /// `(s)`: `ValueError` if it is no number.
    IntFromStr,
    FloatFromStr,
    /// `(exception)`: its message.
    ExceptionMessage,

    /// Prints the operands (values or borrows, any types) separated by the first and ended by the second operand, both `Str`.
    Print,
    /// `(&place)`: a hint.
    Prefetch,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MathFn {
    Exp,
    Exp2,
    Expm1,
    Log,
    Log2,
    Log10,
    Log1p,
    Sqrt,
    Rsqrt,
    Cbrt,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Atan2,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Erf,
    Erfc,
    Gamma,
    Lgamma,
    Floor,
    Ceil,
    Trunc,
    /// To nearest, ties to even, as Python's `round(x)`.
    Round,
    Pow,
    Hypot,
    Fmod,
    Copysign,
    Fma,
    IsNan,
    IsInf,
    IsFinite,
}

// ------------------------------------------------------------------------------------------------------ statements

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

/// `start`, `stop`, `step` of `Int`, evaluated once, in this order, before the loop. `step` is absent for 1; a step of
/// zero raises `ValueError`.
#[derive(Clone, Debug)]
pub struct Range {
    pub start: Expr,
    pub stop: Expr,
    pub step: Option<Expr>,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// Binds a local, for the first time or again. `Owner`: the local takes the value; what it owned before ends. `Ref` and
    /// `Mut`: the value is a `Borrow` (or a call that yields one), and the local is that borrow from now on.
    Bind {
        local: LocalId,
        value: Expr,
    },
    /// Writes through a place: an element, a field, a slice (element by element, the lengths must agree: `ValueError`, but a slice of a list
    /// without step takes any length), a global, the whole of a `Mut` local. The value is evaluated before the place. An owning value
    /// replaced is destroyed. Where the value is a borrow of an array or list, elements are copied, as if it were read first.
    Store {
        place: Place,
        value: Expr,
    },
    /// `place op= value` for a place that is not a plain local: the place is evaluated once, first, and read; then the value is evaluated, then
    /// written. On slices and arrays element by element; the value is then a scalar or a borrow of a list or array.
    Update {
        place: Place,
        op: BinaryOp,
        value: Expr,
    },
    /// `atomic place op= value`, in a `ParFor`: indivisible, in no fixed order. `op` is one of `Add Sub Mul And Or Xor Min Max`.
    AtomicUpdate {
        place: Place,
        op: BinaryOp,
        value: Expr,
    },
    /// Exchanges the contents of two places of one type (`m[i], m[j] = m[j], m[i]`).
    Swap {
        left: Place,
        right: Place,
    },
    /// Evaluates for the effect; an owning result is destroyed.
    Expr(Expr),
    /// `del x`: destroys what the local owns.
    Drop(LocalId),
    If {
        condition: Expr,
        then: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    /// `orelse` runs when the condition was false, not after a `break`.
    While {
        condition: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    /// Counts `index` through the range. The body never assigns `index`, and nothing reads it after the loop (a `Bind` in the body
    /// makes the copy where a program does). `orelse` runs when the range was exhausted.
    For {
        index: LocalId,
        range: Range,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    /// `for x in list^`: consumes the list and binds each item, owned, in turn.
    Drain {
        item: LocalId,
        list: Expr,
        body: Vec<Stmt>,
    },
    ParFor(Box<ParFor>),
    /// In the body of a `ParFor`, anywhere: combines `value` into the reduction of that number. To be treated as an update of an
    /// accumulator that is private to the iteration and starts at the identity of the operator.
    Reduce {
        reduction: u32,
        value: Expr,
    },
    /// In the body of a `ParFor`, once, directly in its statement list: appends the value to the collect of that number.
    Collect {
        collect: u32,
        value: Expr,
    },
    /// Leaves the innermost loop. Never leaves a `ParFor`.
    Break,
    /// In the statement list of a `ParFor`: ends the iteration.
    Continue,
    /// The value is absent for a result of `None`. Never inside a `ParFor`.
    Return(Option<Expr>),
    /// Raises an error of the kind; the message is a `Str`.
    Raise {
        error: ErrorKind,
        message: Option<Expr>,
    },
    /// Raises a caught exception again (an expression of type `Exception`), or, absent, the one that is being handled.
    Reraise(Option<Expr>),
    /// If the `Bool` is false, raises. What `assert` and checks that the desugaring needs become.
    Check {
        condition: Expr,
        error: ErrorKind,
        message: Option<Expr>,
    },
    /// Python's `try`. `orelse` runs if the body raised nothing; `finally` on every way out.
    Try {
        body: Vec<Stmt>,
        handlers: Vec<Handler>,
        orelse: Vec<Stmt>,
        finally: Vec<Stmt>,
    },
}

#[derive(Clone, Debug)]
pub struct Handler {
    /// What is caught: an error of one of these kinds or of one derived from it. Empty: everything.
    pub kinds: Vec<ErrorKind>,
    /// The local, of type `Exception`, that the error is bound to.
    pub name: Option<LocalId>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// A `parallel for`. Iterations are claimed, not yet proved, to be independent.
///
/// The iteration space is the product of the `axes`, the last the fastest. What the loop iterates over besides ranges has been
/// rewritten: for `parallel for row in batch` there is one axis over `0..len(batch)` and the body starts by binding `row`, a
/// `Ref` or `Mut` local, to a borrow of `batch[$i]` that is not checked.
///
/// Inside the body, a write to a local that is declared outside is either in `privates` or a race, which the race check
/// reports; reductions and collects never appear as plain writes.
#[derive(Clone, Debug)]
pub struct ParFor {
    pub axes: Vec<Axis>,
    pub reductions: Vec<Reduction>,
    pub collects: Vec<CollectInto>,
    /// Locals that every iteration sets before it reads them and that nothing reads after the loop.
    pub privates: Vec<LocalId>,
    pub body: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub struct Axis {
    /// Never assigned in the body.
    pub index: LocalId,
    pub range: Range,
}

/// After the loop, `place = place op (contributions of all iterations in the fixed tree)`.
#[derive(Clone, Debug)]
pub struct Reduction {
    /// A local of the enclosing function (or an `inout` parameter of scalar type).
    pub local: LocalId,
    /// `Add Mul Min Max And Or Xor`; `s -= e` arrives as `Add` of the negated value. `and`, `or` are `And`, `Or` on `Bool`.
    pub op: BinaryOp,
    pub span: Span,
}

/// After the loop the list has grown by one item per iteration, in order.
#[derive(Clone, Debug)]
pub struct CollectInto {
    /// A place that holds a list and is not otherwise used in the loop.
    pub list: Place,
    pub span: Span,
}
