//! The names of the language itself.

use crate::annotations::CONVERTING_TYPES;

/// Functions that need no import, and types in Python's spelling.
const FUNCTIONS: &[&str] = &[
    "len",
    "range",
    "min",
    "max",
    "abs",
    "sum",
    "any",
    "all",
    "zip",
    "enumerate",
    "reversed",
    "sorted",
    "print",
    "round",
    "divmod",
    "pow",
    "copy",
    "isinstance",
    "ord",
    "chr",
    "repr",
    "hex",
    "bin",
    "oct",
    "format",
    "int",
    "float",
    "bool",
    "str",
    "list",
    "tuple",
    "map",
    "filter",
    "random",
    "prefetch",
    "zeros",
    "ones",
    "full",
    "empty",
    "arange",
    "linspace",
    "eye",
    "where",
    "zeros_like",
    "ones_like",
    "empty_like",
    "full_like",
    "dot",
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "tanh",
    "erf",
    "floor",
    "ceil",
];

/// Functions and types that need no import.
pub(crate) fn builtins() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().chain(CONVERTING_TYPES).copied()
}

pub(crate) fn is_builtin(name: &str) -> bool {
    builtins().any(|builtin| builtin == name)
}
