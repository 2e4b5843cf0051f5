//! Operations on objects of Python.

use super::CompareOp;

/// An operation on objects of Python. Operands and results are of type `PythonObject` where nothing else is said. Each may raise,
/// but for `Is` and `IsEnd`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PythonOp {
    /// `(package, name)`, both `Str`: the name in a package, or the module `name` where the package is empty.
    Import,
    /// `(value or &value)`: the object that stands for a value of any type that can become one.
    From,
    /// `(object)`: the value of the expression's type that the object converts to; fresh.
    Into,
    /// As `Into`, of an argument that Python calls this function with, which is a list or an array of numbers: what is only read need
    /// not be a copy.
    Argument,
    /// `(object, Str)`
    Attribute,
    /// `(object, Str, value)`; `None`.
    SetAttribute,
    /// `(object, Str)`; `None`.
    DelAttribute,
    /// `(object, index)`
    Item,
    /// `(object, index, value)`; `None`.
    SetItem,
    /// `(object, index)`; `None`.
    DelItem,
    /// `(start, stop, step)`
    Slice,
    /// `([PythonObject])`: a tuple of the items.
    Tuple,
    /// `(function, [PythonObject], Str)`: the text is empty, or says of each argument, separated by commas, what it is: nothing for
    /// one by position, its name, `*` or `**`.
    Call,
    /// `(function, [PythonObject], Str)` as for `Call`, then for each function of the program among the arguments a `Str`, the
    /// position and the description, and a call of the function that Python calls: it takes a list of objects, then what is captured, and
    /// gives an object. That call is not evaluated. The objects are good for the length of this call.
    CallWith,
    /// `(Str, call)`, as for `CallWith`, of a function that captures nothing: the object for it, for good.
    Callback,
    /// `(left, right)`
    Binary(PythonBinary),
    /// `(left, right)`: the object that takes the place of `left`.
    InPlace(PythonBinary),
    Negative,
    Positive,
    Invert,
    /// `(left, right)`; an object, as Python's comparisons give.
    Compare(CompareOp),
    /// `(item, container)`: `Bool`.
    Contains,
    /// `(left, right)`: `Bool`.
    Is,
    /// `(object)`: `Bool`.
    Truth,
    /// `(object)`: `Int`.
    Len,
    /// `(object)`: `Str`.
    Str,
    /// `(object)`: `Str`.
    Repr,
    /// `(object, Str)`: `Str`.
    Format,
    /// `(object)`: an iterator.
    Iterate,
    /// `(iterator)`: the next object, or an end, which `IsEnd` tells from it and which is good for nothing else.
    Next,
    /// `(object)`: `Bool`.
    IsEnd,
    /// `(manager)`: what `__enter__` gives.
    Enter,
    /// `(manager, exception)`, or `None` for no exception: what `__exit__` gives, as a `Bool`.
    Exit,
    /// `(exception, class or tuple of classes)`: `Bool`.
    Matches,
    /// `(exception)`: raises; `None`.
    Raise,
    /// `(exception, cause)`, with the object `None` for no cause: raises; `None`.
    RaiseFrom,
}

/// Python's operators, in the order of the runtime's numbers for them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PythonBinary {
    Add,
    Sub,
    Mul,
    MatMul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    Shl,
    Shr,
    Or,
    Xor,
    And,
}
