//! A panic of the compiler's, as an error.

use crate::CompileError;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a part of the compiler. What it changes is not used again after a panic, or starts afresh.
pub(crate) fn guard<T>(run: impl FnOnce() -> Result<T, CompileError>) -> Result<T, CompileError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(CompileError::internal(
            text.unwrap_or_else(|| "panic".into()),
            None,
        ))
    })
}
