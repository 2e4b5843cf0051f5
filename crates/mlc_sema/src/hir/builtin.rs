//! Operators, and the operations that the compiler knows.

use super::PythonOp;

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
    /// `(lanes…)`: a vector of these, in order.
    SimdNew,
    /// `(&slice)`: a vector of the elements of a slice of as many; `ValueError` if it is shorter.
    SimdLoad,
    /// `(vector, Int)`: one lane; `IndexError`.
    SimdLane,
    /// `(vector, Int, lane)`: the vector with one lane replaced; `IndexError`.
    SimdWith,
    /// `(mask, a, b)`: lane by lane, that of `a` where the mask is true and that of `b` elsewhere.
    SimdSelect,
    /// `(Int, Int)`: an integer rounded to a multiple of a power of ten, where the second operand is negative.
    RoundInt,
    /// `(Int, Int, Int)`: a power modulo the third operand, as Python's `pow`; `ValueError` where there is none.
    PowMod,
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
    /// `(&mut struct)`: from here on, destroying the value calls its `__del__`.
    Arm,
    /// `(&mut slice)`: removes the items of a slice with a step from its list.
    ListRemoveSlice,
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

    /// Reductions of a list or array, `(&a)`: over everything, in a fixed tree, whatever the number of threads. The result has the
    /// type of the expression, which the elements convert to first. `Min`, `Max`, `ArgMin`, `ArgMax` of nothing raise `ValueError`.
    /// With literal `Int`s behind it, `(&a, axes…)`, along those dimensions: the result is an array of the others, or one of as many
    /// dimensions as the operand, where those that were reduced have one position. Of a vector, which is passed as it is, all lanes.
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
    /// `(start, stop, Int, Bool)`: as NumPy's `linspace`, the end included where the last operand is true.
    Linspace,
    /// `(Int, Int, Int)`: rows, columns; ones on the diagonal that many places to the right.
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
    /// `(s, base)`: `ValueError` if it is no number in that base, `OverflowError` if the type does not hold it.
    IntFromStr,
    /// `(s)`: `ValueError` if it is no number.
    FloatFromStr,
    /// `(exception)`: what `str` gives of it.
    ExceptionMessage,
    /// `(exception)`: what `repr` gives of the tuple of its arguments.
    ExceptionArguments,
    /// `(exception)`: how many arguments it has.
    ExceptionCount,
    /// `(exception, Int)`: one of its arguments; `IndexError`, and `TypeError` where that is no text.
    ExceptionArgument,
    /// `(exception)`: the name of its type.
    ExceptionName,

    /// Prints the operands (values or borrows, any types) separated by the first and ended by the second operand, both `Str`.
    Print,
    /// An operation on objects of Python.
    Python(PythonOp),
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

impl Builtin {
    /// Whether an operation is one on texts.
    pub fn is_of_texts(self) -> bool {
        matches!(
            self,
            Builtin::StrConcat
                | Builtin::StrRepeat
                | Builtin::StrContains
                | Builtin::StrFind
                | Builtin::StrReplace
                | Builtin::StrSplit
                | Builtin::StrJoin
                | Builtin::StrStrip
                | Builtin::StrLstrip
                | Builtin::StrRstrip
                | Builtin::StrStartsWith
                | Builtin::StrEndsWith
                | Builtin::StrUpper
                | Builtin::StrLower
                | Builtin::Ord
                | Builtin::Chr
                | Builtin::Str
                | Builtin::Repr
                | Builtin::Format
                | Builtin::IntFromStr
                | Builtin::FloatFromStr
        )
    }
}
