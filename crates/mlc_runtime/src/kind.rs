//! The kinds of errors, which are CPython's built-in exceptions plus `RaceError`.

/// `(number, name, number of the parent)`; the numbers are part of the ABI, so new kinds go to the end.
///
/// `BaseException` is its own parent.
const KINDS: &[(i32, &str, i32)] = &[
    (EXCEPTION, "Exception", BASE_EXCEPTION),
    (INDEX_ERROR, "IndexError", LOOKUP_ERROR),
    (ZERO_DIVISION_ERROR, "ZeroDivisionError", ARITHMETIC_ERROR),
    (VALUE_ERROR, "ValueError", EXCEPTION),
    (TYPE_ERROR, "TypeError", EXCEPTION),
    (OVERFLOW_ERROR, "OverflowError", ARITHMETIC_ERROR),
    (MEMORY_ERROR, "MemoryError", EXCEPTION),
    (RACE_ERROR, "RaceError", RUNTIME_ERROR),
    (ASSERTION_ERROR, "AssertionError", EXCEPTION),
    (KEY_ERROR, "KeyError", LOOKUP_ERROR),
    (STOP_ITERATION, "StopIteration", EXCEPTION),
    (UNBOUND_LOCAL_ERROR, "UnboundLocalError", NAME_ERROR),
    (NOT_IMPLEMENTED_ERROR, "NotImplementedError", RUNTIME_ERROR),
    (RUNTIME_ERROR, "RuntimeError", EXCEPTION),
    (ARITHMETIC_ERROR, "ArithmeticError", EXCEPTION),
    (LOOKUP_ERROR, "LookupError", EXCEPTION),
    (OS_ERROR, "OSError", EXCEPTION),
    (KEYBOARD_INTERRUPT, "KeyboardInterrupt", BASE_EXCEPTION),
    (NAME_ERROR, "NameError", EXCEPTION),
    (RECURSION_ERROR, "RecursionError", RUNTIME_ERROR),
    (FLOATING_POINT_ERROR, "FloatingPointError", ARITHMETIC_ERROR),
    (ATTRIBUTE_ERROR, "AttributeError", EXCEPTION),
    (EOF_ERROR, "EOFError", EXCEPTION),
    (IMPORT_ERROR, "ImportError", EXCEPTION),
    (FILE_NOT_FOUND_ERROR, "FileNotFoundError", OS_ERROR),
    (BUFFER_ERROR, "BufferError", EXCEPTION),
    (BASE_EXCEPTION, "BaseException", BASE_EXCEPTION),
];

pub const EXCEPTION: i32 = 1;
pub const INDEX_ERROR: i32 = 2;
pub const ZERO_DIVISION_ERROR: i32 = 3;
pub const VALUE_ERROR: i32 = 4;
pub const TYPE_ERROR: i32 = 5;
pub const OVERFLOW_ERROR: i32 = 6;
pub const MEMORY_ERROR: i32 = 7;
pub const RACE_ERROR: i32 = 8;
pub const ASSERTION_ERROR: i32 = 9;
pub const KEY_ERROR: i32 = 10;
pub const STOP_ITERATION: i32 = 11;
pub const UNBOUND_LOCAL_ERROR: i32 = 12;
pub const NOT_IMPLEMENTED_ERROR: i32 = 13;
pub const RUNTIME_ERROR: i32 = 14;
pub const ARITHMETIC_ERROR: i32 = 15;
pub const LOOKUP_ERROR: i32 = 16;
pub const OS_ERROR: i32 = 17;
pub const KEYBOARD_INTERRUPT: i32 = 18;
pub const NAME_ERROR: i32 = 19;
pub const RECURSION_ERROR: i32 = 20;
pub const FLOATING_POINT_ERROR: i32 = 21;
pub const ATTRIBUTE_ERROR: i32 = 22;
pub const EOF_ERROR: i32 = 23;
pub const IMPORT_ERROR: i32 = 24;
pub const FILE_NOT_FOUND_ERROR: i32 = 25;
pub const BUFFER_ERROR: i32 = 26;
pub const BASE_EXCEPTION: i32 = 27;

fn entry(kind: i32) -> Option<&'static (i32, &'static str, i32)> {
    let index = usize::try_from(kind).ok()?.checked_sub(1)?;
    KINDS.get(index)
}

/// The exception's name in Python; a number that names no kind is a plain `Exception`.
pub fn name(kind: i32) -> &'static str {
    entry(kind).map_or("Exception", |&(_, name, _)| name)
}

/// The number of the exception that Python calls `name`.
pub fn number(name: &str) -> Option<i32> {
    KINDS
        .iter()
        .find(|&&(_, known, _)| known == name)
        .map(|&(number, ..)| number)
}

/// Whether `except base` catches an error of this kind.
pub fn matches(kind: i32, base: i32) -> bool {
    let mut current = kind;
    loop {
        if current == base {
            return true;
        }
        match entry(current) {
            Some(&(_, _, parent)) if parent != current => current = parent,
            _ => return false,
        }
    }
}

/// Every kind as `(number, name)`, in the order of the numbers.
pub fn all() -> impl Iterator<Item = (i32, &'static str)> {
    KINDS.iter().map(|&(number, name, _)| (number, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_stands_at_the_place_of_its_number() {
        for (place, (number, name)) in all().enumerate() {
            assert_eq!(usize::try_from(number).unwrap(), place + 1, "{name}");
            assert_eq!(super::number(name), Some(number));
            assert_eq!(super::name(number), name);
        }
        assert_eq!(name(0), "Exception");
        assert_eq!(name(9999), "Exception");
    }

    #[test]
    fn except_clauses_follow_the_hierarchy() {
        assert!(matches(INDEX_ERROR, LOOKUP_ERROR));
        assert!(matches(INDEX_ERROR, EXCEPTION));
        assert!(matches(UNBOUND_LOCAL_ERROR, NAME_ERROR));
        assert!(!matches(LOOKUP_ERROR, INDEX_ERROR));
        assert!(!matches(KEYBOARD_INTERRUPT, EXCEPTION));
        assert!(matches(KEYBOARD_INTERRUPT, BASE_EXCEPTION));
        assert!(matches(INDEX_ERROR, BASE_EXCEPTION));
        assert!(!matches(BASE_EXCEPTION, EXCEPTION));
        assert!(matches(KEYBOARD_INTERRUPT, KEYBOARD_INTERRUPT));
    }
}
