//! The kinds of errors by the numbers that the ABI knows them by, which are those of [`ErrorKind`].

use mlc_exceptions::ErrorKind;

pub const EXCEPTION: i32 = ErrorKind::Exception.code();
pub const INDEX_ERROR: i32 = ErrorKind::IndexError.code();
pub const VALUE_ERROR: i32 = ErrorKind::ValueError.code();
pub const TYPE_ERROR: i32 = ErrorKind::TypeError.code();
pub const OVERFLOW_ERROR: i32 = ErrorKind::OverflowError.code();
pub const MEMORY_ERROR: i32 = ErrorKind::MemoryError.code();
pub const RACE_ERROR: i32 = ErrorKind::RaceError.code();
pub const KEY_ERROR: i32 = ErrorKind::KeyError.code();
pub const RUNTIME_ERROR: i32 = ErrorKind::RuntimeError.code();
pub const OS_ERROR: i32 = ErrorKind::OSError.code();
pub const KEYBOARD_INTERRUPT: i32 = ErrorKind::KeyboardInterrupt.code();
pub const IMPORT_ERROR: i32 = ErrorKind::ImportError.code();

/// The exception's name in Python; a number that names no kind is a plain `Exception`.
pub fn name(kind: i32) -> &'static str {
    known(kind).name()
}

/// The kind of a number; one that names none is a plain `Exception`.
pub fn known(kind: i32) -> ErrorKind {
    ErrorKind::from_code(kind).unwrap_or(ErrorKind::Exception)
}

/// The number of the exception that Python calls `name`.
pub fn number(name: &str) -> Option<i32> {
    ErrorKind::from_name(name).map(ErrorKind::code)
}

/// Whether `except base` catches an error of this kind.
pub fn matches(kind: i32, base: i32) -> bool {
    match (ErrorKind::from_code(kind), ErrorKind::from_code(base)) {
        (Some(kind), Some(base)) => kind.is_a(base),
        _ => kind == base,
    }
}

/// Every kind as `(number, name)`, in the order of the numbers.
pub fn all() -> impl Iterator<Item = (i32, &'static str)> {
    let all = ErrorKind::ALL.iter();
    all.map(|kind| (kind.code(), kind.name()))
}
