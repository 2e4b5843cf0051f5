//! What people write out of habit from other languages, and how it is said here.

/// A value's name in another language.
pub(crate) fn value(name: &str) -> Option<&'static str> {
    Some(match name {
        "null" | "nil" | "NULL" | "nullptr" | "undefined" | "none" => "None",
        "true" | "TRUE" => "True",
        "false" | "FALSE" => "False",
        "this" => "self",
        _ => return None,
    })
}

/// A type's name in another language.
pub(crate) fn ty(name: &str) -> Option<&'static str> {
    Some(match name {
        "integer" | "Integer" | "long" | "usize" | "isize" => "Int",
        "double" | "Double" => "f64",
        "Float" => "f64",
        "boolean" | "Boolean" => "Bool",
        "string" | "Str" => "String",
        "void" => "None",
        _ => return None,
    })
}

/// What a type of functions is called elsewhere.
pub(crate) fn is_function_type(name: &str) -> bool {
    matches!(
        name,
        "Callable" | "callable" | "function" | "Function" | "FunctionType"
    )
}

/// A method's name in another language, where the type has the method.
pub(crate) fn method(name: &str) -> Option<&'static str> {
    Some(match name {
        "push" | "push_back" | "add" => "append",
        "indexOf" => "index",
        "toUpperCase" | "to_upper" => "upper",
        "toLowerCase" | "to_lower" => "lower",
        "trim" => "strip",
        "starts_with" | "startsWith" => "startswith",
        "ends_with" | "endsWith" => "endswith",
        _ => return None,
    })
}

/// What a function says here that is an attribute elsewhere.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    Some(match name {
        "length" | "len" | "size" => "write `len(…)`",
        "to_string" | "toString" => "write `str(…)`",
        _ => return None,
    })
}

/// The modules of Python that programs import most.
pub(crate) fn is_python_module(name: &str) -> bool {
    const MODULES: &[&str] = &[
        "collections",
        "csv",
        "functools",
        "itertools",
        "json",
        "matplotlib",
        "numpy",
        "os",
        "pandas",
        "pathlib",
        "random",
        "re",
        "scipy",
        "time",
        "torch",
        "typing",
    ];
    MODULES.contains(&name.split('.').next().unwrap_or(name))
}
