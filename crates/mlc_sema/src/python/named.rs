//! Names of Python where an object is expected: its built-in functions, types and exceptions, and NumPy's types for the sized numbers.

use mlc_diagnostics::Span;
use mlc_syntax::Name;

use crate::coerce::Val;
use crate::expr::is_shadowed;
use crate::func::FnCx;
use crate::hir::{ErrorKind, PythonOp};

/// What Python calls so too.
const NAMES: &[&str] = &[
    "abs",
    "all",
    "any",
    "bin",
    "bool",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "hasattr",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "ord",
    "pow",
    "print",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "tuple",
    "type",
    "zip",
];

/// The module of what a name means in Python, and its name there.
fn found(name: &str) -> Option<(&'static str, &str)> {
    Some(match name {
        "Int" => ("builtins", "int"),
        "Bool" => ("builtins", "bool"),
        "String" => ("builtins", "str"),
        "i8" | "Int8" => ("numpy", "int8"),
        "i16" | "Int16" => ("numpy", "int16"),
        "i32" | "Int32" => ("numpy", "int32"),
        "i64" | "Int64" => ("numpy", "int64"),
        "u8" | "UInt8" => ("numpy", "uint8"),
        "u16" | "UInt16" => ("numpy", "uint16"),
        "u32" | "UInt32" => ("numpy", "uint32"),
        "u64" | "UInt64" | "UInt" | "uint" => ("numpy", "uint64"),
        "f16" | "Float16" => ("numpy", "float16"),
        "f32" | "Float32" => ("numpy", "float32"),
        "f64" | "Float64" => ("numpy", "float64"),
        "c64" => ("numpy", "complex64"),
        "c128" => ("numpy", "complex128"),
        "Error" => ("builtins", "Exception"),
        "RaceError" => return None,
        name if NAMES.contains(&name) || ErrorKind::from_name(name).is_some() => ("builtins", name),
        _ => return None,
    })
}

impl FnCx<'_, '_> {
    /// What the name of a built-in means as an object; `None` for other names, and where the program binds it.
    pub fn named_in_python(&mut self, name: Name, span: Span) -> Option<Val> {
        let (module, item) = found(name.as_str())?;
        if is_shadowed(self, name) {
            return None;
        }
        self.cx.uses_python = true;
        let args = vec![self.str(module, span), self.str(item, span)];
        Some(self.object(PythonOp::Import, args, span))
    }
}
