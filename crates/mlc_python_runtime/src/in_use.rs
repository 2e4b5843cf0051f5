//! What calls use of a storage while they run: others may read what they only read, and nothing of what they write.
//!
//! A call that gave the GIL back, or that calls Python itself, may meet other calls and accesses to the same objects. Those
//! that would look into memory while it moves are errors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::overlap::Range;
use crate::place::Storage;

/// The ranges of one storage that calls use.
#[derive(Default)]
pub struct InUse {
    /// How many there are, so that storages that nobody uses cost nothing.
    count: AtomicUsize,
    ranges: Mutex<Vec<Range>>,
}

impl InUse {
    /// An error where a call uses `range` in a way that excludes this one.
    #[inline]
    pub fn check(
        &self,
        range: impl FnOnce() -> Range,
        what: impl FnOnce() -> String,
    ) -> PyResult<()> {
        if self.count.load(Ordering::Acquire) == 0 || !self.excludes(&range()) {
            return Ok(());
        }
        Err(PyRuntimeError::new_err(format!(
            "another call that still runs uses {}; threads that share it need a lock",
            what()
        )))
    }

    #[cold]
    fn excludes(&self, range: &Range) -> bool {
        let ranges = self.ranges.lock().unwrap_or_else(PoisonError::into_inner);
        ranges.iter().any(|used| range.excludes(used))
    }
}

/// A range that a call uses, until this is dropped.
pub struct Use {
    storage: Arc<Storage>,
    range: Range,
}

impl Use {
    pub fn new(storage: &Arc<Storage>, range: Range) -> PyResult<Use> {
        storage.check_use(|| range)?;
        let used = storage.used();
        let mut ranges = (used.ranges.lock()).unwrap_or_else(PoisonError::into_inner);
        ranges.push(range);
        used.count.store(ranges.len(), Ordering::Release);
        drop(ranges);
        Ok(Use {
            storage: storage.clone(),
            range,
        })
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        let used = self.storage.used();
        let mut ranges = (used.ranges.lock()).unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = ranges.iter().position(|range| *range == self.range) {
            ranges.swap_remove(at);
        }
        used.count.store(ranges.len(), Ordering::Release);
    }
}
