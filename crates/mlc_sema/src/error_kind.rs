//! The built-in exceptions: names, the numbers that the run-time ABI uses for them, and the hierarchy.

/// A built-in exception type. The discriminant is the kind (and the status value) in the run-time ABI.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum ErrorKind {
    Exception = 1,
    IndexError = 2,
    ZeroDivisionError = 3,
    ValueError = 4,
    TypeError = 5,
    OverflowError = 6,
    MemoryError = 7,
    RaceError = 8,
    AssertionError = 9,
    KeyError = 10,
    StopIteration = 11,
    UnboundLocalError = 12,
    NotImplementedError = 13,
    RuntimeError = 14,
    ArithmeticError = 15,
    LookupError = 16,
    OSError = 17,
    KeyboardInterrupt = 18,
    NameError = 19,
    RecursionError = 20,
    FloatingPointError = 21,
    AttributeError = 22,
    EOFError = 23,
    ImportError = 24,
    FileNotFoundError = 25,
    BufferError = 26,
    BaseException = 27,
}

impl ErrorKind {
    pub const ALL: [ErrorKind; 27] = [
        ErrorKind::Exception,
        ErrorKind::IndexError,
        ErrorKind::ZeroDivisionError,
        ErrorKind::ValueError,
        ErrorKind::TypeError,
        ErrorKind::OverflowError,
        ErrorKind::MemoryError,
        ErrorKind::RaceError,
        ErrorKind::AssertionError,
        ErrorKind::KeyError,
        ErrorKind::StopIteration,
        ErrorKind::UnboundLocalError,
        ErrorKind::NotImplementedError,
        ErrorKind::RuntimeError,
        ErrorKind::ArithmeticError,
        ErrorKind::LookupError,
        ErrorKind::OSError,
        ErrorKind::KeyboardInterrupt,
        ErrorKind::NameError,
        ErrorKind::RecursionError,
        ErrorKind::FloatingPointError,
        ErrorKind::AttributeError,
        ErrorKind::EOFError,
        ErrorKind::ImportError,
        ErrorKind::FileNotFoundError,
        ErrorKind::BufferError,
        ErrorKind::BaseException,
    ];

    /// The number of the kind in the run-time ABI.
    pub fn code(self) -> i32 {
        i32::from(self as u8)
    }

    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Exception => "Exception",
            ErrorKind::IndexError => "IndexError",
            ErrorKind::ZeroDivisionError => "ZeroDivisionError",
            ErrorKind::ValueError => "ValueError",
            ErrorKind::TypeError => "TypeError",
            ErrorKind::OverflowError => "OverflowError",
            ErrorKind::MemoryError => "MemoryError",
            ErrorKind::RaceError => "RaceError",
            ErrorKind::AssertionError => "AssertionError",
            ErrorKind::KeyError => "KeyError",
            ErrorKind::StopIteration => "StopIteration",
            ErrorKind::UnboundLocalError => "UnboundLocalError",
            ErrorKind::NotImplementedError => "NotImplementedError",
            ErrorKind::RuntimeError => "RuntimeError",
            ErrorKind::ArithmeticError => "ArithmeticError",
            ErrorKind::LookupError => "LookupError",
            ErrorKind::OSError => "OSError",
            ErrorKind::KeyboardInterrupt => "KeyboardInterrupt",
            ErrorKind::NameError => "NameError",
            ErrorKind::RecursionError => "RecursionError",
            ErrorKind::FloatingPointError => "FloatingPointError",
            ErrorKind::AttributeError => "AttributeError",
            ErrorKind::EOFError => "EOFError",
            ErrorKind::ImportError => "ImportError",
            ErrorKind::FileNotFoundError => "FileNotFoundError",
            ErrorKind::BufferError => "BufferError",
            ErrorKind::BaseException => "BaseException",
        }
    }

    /// The kind of that name; `Error` is `Exception`.
    pub fn from_name(name: &str) -> Option<ErrorKind> {
        if name == "Error" {
            return Some(ErrorKind::Exception);
        }
        ErrorKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The base class in CPython's hierarchy. `RaceError` is ours, below `RuntimeError`.
    pub fn base(self) -> Option<ErrorKind> {
        Some(match self {
            ErrorKind::BaseException => return None,
            ErrorKind::Exception | ErrorKind::KeyboardInterrupt => ErrorKind::BaseException,
            ErrorKind::IndexError | ErrorKind::KeyError => ErrorKind::LookupError,
            ErrorKind::ZeroDivisionError
            | ErrorKind::OverflowError
            | ErrorKind::FloatingPointError => ErrorKind::ArithmeticError,
            ErrorKind::UnboundLocalError => ErrorKind::NameError,
            ErrorKind::FileNotFoundError => ErrorKind::OSError,
            ErrorKind::NotImplementedError | ErrorKind::RaceError | ErrorKind::RecursionError => {
                ErrorKind::RuntimeError
            }
            _ => ErrorKind::Exception,
        })
    }

    /// Whether `except other` catches an error of this kind.
    pub fn is_a(self, other: ErrorKind) -> bool {
        let mut kind = Some(self);
        while let Some(current) = kind {
            if current == other {
                return true;
            }
            kind = current.base();
        }
        false
    }

    /// Every kind that `except self` catches.
    pub fn caught(self) -> impl Iterator<Item = ErrorKind> {
        ErrorKind::ALL
            .into_iter()
            .filter(move |kind| kind.is_a(self))
    }
}
