//! The news that a call ended, for the threads that wait for it without the GIL.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use mlc_runtime::fork;

/// How long a process that was forked off waits at a time: there a thread of its parent's may hold the lock for ever.
const NAP: Duration = Duration::from_millis(1);

#[derive(Default)]
pub struct Ended {
    count: AtomicUsize,
    gate: Mutex<()>,
    news: Condvar,
}

impl Ended {
    /// How many have ended until now.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    pub fn note(&self) {
        self.count.fetch_add(1, Ordering::Release);
        if fork::generation() == 0 {
            // Whoever holds the gate has looked at the count, and does not wait yet.
            drop(self.gate.lock().unwrap_or_else(PoisonError::into_inner));
            self.news.notify_all();
        }
    }

    /// Waits until one more has ended than there were `before`, but no longer than that.
    pub fn wait(&self, before: usize, longest: Duration) {
        if fork::generation() > 0 {
            std::thread::sleep(NAP);
            return;
        }
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        if self.count() == before {
            drop(self.news.wait_timeout(gate, longest));
        }
    }
}
