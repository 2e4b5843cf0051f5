//! Arrays of Python's that look into memory which is about to move: those of other threads may be gone in a moment.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pyo3::prelude::*;

/// How often a call looks again: what other threads look at, as `module.TABLE[0]` does between its two steps, is gone when they have
/// run a few times.
const LOOKS: u32 = 300;
/// How long others run meanwhile, at a time.
const NAP: Duration = Duration::from_micros(100);

/// The patience of one call.
#[derive(Default)]
pub struct Patience {
    looks: u32,
}

impl Patience {
    /// Whether somebody looks into the memory, for whom there is no use in waiting. `None`: others have run, and what was looked at
    /// before may lie elsewhere.
    pub fn is_over(&mut self, py: Python<'_>, views: &AtomicUsize) -> PyResult<Option<bool>> {
        if views.load(Ordering::Acquire) == 0 {
            return Ok(Some(false));
        }
        if self.looks == LOOKS || !has_other_threads(py)? {
            return Ok(Some(true));
        }
        self.looks += 1;
        py.detach(|| std::thread::sleep(NAP));
        Ok(None)
    }
}

fn has_other_threads(py: Python<'_>) -> PyResult<bool> {
    let frames = py.import("sys")?.call_method0("_current_frames")?;
    Ok(frames.len()? > 1)
}
