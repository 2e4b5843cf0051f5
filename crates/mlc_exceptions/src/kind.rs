//! The kinds: CPython's built-in exceptions, and `RaceError`.

macro_rules! kinds {
    ($($kind:ident = $number:literal: $base:ident,)*) => {
        /// A built-in exception type. The discriminant is its number (and the status value) in the run-time ABI.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum ErrorKind {
            $($kind = $number,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of the numbers.
            pub const ALL: &[ErrorKind] = &[$(ErrorKind::$kind),*];

            pub const fn name(self) -> &'static str {
                match self {
                    $(ErrorKind::$kind => stringify!($kind),)*
                }
            }

            /// The base class in CPython's hierarchy; `BaseException` is its own. `RaceError` is ours, below `RuntimeError`.
            pub const fn base(self) -> ErrorKind {
                match self {
                    $(ErrorKind::$kind => ErrorKind::$base,)*
                }
            }
        }
    };
}

// The numbers are part of the ABI: new kinds go to the end.
kinds! {
    Exception = 1: BaseException,
    IndexError = 2: LookupError,
    ZeroDivisionError = 3: ArithmeticError,
    ValueError = 4: Exception,
    TypeError = 5: Exception,
    OverflowError = 6: ArithmeticError,
    MemoryError = 7: Exception,
    RaceError = 8: RuntimeError,
    AssertionError = 9: Exception,
    KeyError = 10: LookupError,
    StopIteration = 11: Exception,
    UnboundLocalError = 12: NameError,
    NotImplementedError = 13: RuntimeError,
    RuntimeError = 14: Exception,
    ArithmeticError = 15: Exception,
    LookupError = 16: Exception,
    OSError = 17: Exception,
    KeyboardInterrupt = 18: BaseException,
    NameError = 19: Exception,
    RecursionError = 20: RuntimeError,
    FloatingPointError = 21: ArithmeticError,
    AttributeError = 22: Exception,
    EOFError = 23: Exception,
    ImportError = 24: Exception,
    FileNotFoundError = 25: OSError,
    BufferError = 26: Exception,
    BaseException = 27: BaseException,
    PermissionError = 28: OSError,
    FileExistsError = 29: OSError,
    IsADirectoryError = 30: OSError,
    NotADirectoryError = 31: OSError,
    TimeoutError = 32: OSError,
    ConnectionError = 33: OSError,
    BrokenPipeError = 34: ConnectionError,
    ConnectionRefusedError = 35: ConnectionError,
    ConnectionResetError = 36: ConnectionError,
    ConnectionAbortedError = 37: ConnectionError,
    InterruptedError = 38: OSError,
    BlockingIOError = 39: OSError,
    ChildProcessError = 40: OSError,
    ProcessLookupError = 41: OSError,
    ModuleNotFoundError = 42: ImportError,
    UnicodeError = 43: ValueError,
    SystemError = 44: Exception,
    ReferenceError = 45: Exception,
    Warning = 46: Exception,
    UserWarning = 47: Warning,
    DeprecationWarning = 48: Warning,
    RuntimeWarning = 49: Warning,
}

impl ErrorKind {
    /// The number of the kind in the run-time ABI.
    pub const fn code(self) -> i32 {
        self as i32
    }

    /// The kind of that number.
    pub fn from_code(code: i32) -> Option<ErrorKind> {
        let at = usize::try_from(code).ok()?.checked_sub(1)?;
        ErrorKind::ALL.get(at).copied()
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<ErrorKind> {
        let mut all = ErrorKind::ALL.iter().copied();
        all.find(|kind| kind.name() == name)
    }

    /// What `OSError(number, text)` is an instance of; the numbers are those of Linux.
    pub const fn of_number(number: i128) -> ErrorKind {
        match number {
            1 | 13 => ErrorKind::PermissionError,
            2 => ErrorKind::FileNotFoundError,
            3 => ErrorKind::ProcessLookupError,
            4 => ErrorKind::InterruptedError,
            10 => ErrorKind::ChildProcessError,
            11 | 114 | 115 => ErrorKind::BlockingIOError,
            17 => ErrorKind::FileExistsError,
            20 => ErrorKind::NotADirectoryError,
            21 => ErrorKind::IsADirectoryError,
            32 | 108 => ErrorKind::BrokenPipeError,
            103 => ErrorKind::ConnectionAbortedError,
            104 => ErrorKind::ConnectionResetError,
            110 => ErrorKind::TimeoutError,
            111 => ErrorKind::ConnectionRefusedError,
            _ => ErrorKind::OSError,
        }
    }

    /// Whether `except other` catches an error of this kind.
    pub fn is_a(self, other: ErrorKind) -> bool {
        let mut kind = self;
        loop {
            if kind == other {
                return true;
            }
            let base = kind.base();
            if base == kind {
                return false;
            }
            kind = base;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorKind;

    #[test]
    fn a_kind_stands_at_the_place_of_its_number() {
        for (place, kind) in ErrorKind::ALL.iter().copied().enumerate() {
            assert_eq!(usize::try_from(kind.code()), Ok(place + 1), "{kind:?}");
            assert_eq!(ErrorKind::from_code(kind.code()), Some(kind));
            assert_eq!(ErrorKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(ErrorKind::from_code(0), None);
        assert_eq!(ErrorKind::from_code(9999), None);
    }

    #[test]
    fn except_clauses_follow_the_hierarchy() {
        use ErrorKind::*;
        assert!(IndexError.is_a(LookupError) && IndexError.is_a(Exception));
        assert!(UnboundLocalError.is_a(NameError));
        assert!(!LookupError.is_a(IndexError));
        assert!(!KeyboardInterrupt.is_a(Exception));
        for kind in ErrorKind::ALL {
            assert!(kind.is_a(BaseException) && kind.is_a(*kind), "{kind:?}");
        }
    }
}
