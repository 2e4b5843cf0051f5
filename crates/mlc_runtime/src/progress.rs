//! How far a parallel loop has come, for hosts that show it. Counted only while somebody watches.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

static WATCHED: AtomicBool = AtomicBool::new(false);
static DONE: AtomicI64 = AtomicI64::new(0);
static TOTAL: AtomicI64 = AtomicI64::new(0);

/// Starts or stops the counting.
pub fn watch(on: bool) {
    WATCHED.store(on, Ordering::Relaxed);
}

/// How many iterations the running loop has behind it, and how many it has; `None` where none runs.
pub fn now() -> Option<(i64, i64)> {
    let total = TOTAL.load(Ordering::Relaxed);
    (total > 0).then(|| (DONE.load(Ordering::Relaxed).min(total), total))
}

/// While it lives, iterations are counted for a loop of so many.
pub(crate) struct Counted(());

impl Counted {
    /// `None` where nobody watches.
    pub(crate) fn start(total: i64) -> Option<Counted> {
        if !WATCHED.load(Ordering::Relaxed) {
            return None;
        }
        DONE.store(0, Ordering::Relaxed);
        TOTAL.store(total, Ordering::Relaxed);
        Some(Counted(()))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        TOTAL.store(0, Ordering::Relaxed);
    }
}

pub(crate) fn add(iterations: i64) {
    DONE.fetch_add(iterations, Ordering::Relaxed);
}
