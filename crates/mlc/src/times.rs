//! How long the parts of a compilation take.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a part of a compilation took.
#[derive(Clone, Debug)]
pub struct PartTime {
    /// `front`, the stage that a pass leads out of, or `llvm`.
    pub phase: &'static str,
    pub part: String,
    pub time: Duration,
}

/// A stopwatch that several threads may use.
#[derive(Debug, Default)]
pub(crate) struct Times(Mutex<Vec<PartTime>>);

impl Times {
    /// Runs a part and notes how long it took.
    pub fn measure<T>(&self, phase: &'static str, part: &str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = run();
        let time = PartTime {
            phase,
            part: part.to_owned(),
            time: start.elapsed(),
        };
        tracing::debug!(phase, part, time = ?time.time, "done");
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(time);
        result
    }

    /// What was measured in one phase, or in all others.
    pub fn of(&self, phase: &str) -> Vec<PartTime> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter(|time| time.phase == phase)
            .cloned()
            .collect()
    }
}
