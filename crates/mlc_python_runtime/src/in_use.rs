//! What calls use of a storage while they run: others may read what they only read, and nothing of what they write.
//!
//! A call that gave the GIL back, or that calls Python itself, may meet other calls and accesses to the same objects. Those
//! that would look into memory while it moves wait for its end. They are errors where they would wait for themselves, as what a call calls
//! back does; and where it lasts too long, for a call that calls Python may itself wait for others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mlc_runtime::fork;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::ended::Ended;
use crate::overlap::Range;
use crate::place::Storage;

/// How long others wait for a call that calls Python.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often one who waits looks at signals.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

thread_local! {
    /// Its address tells threads apart.
    static WAITS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How often this thread has waited: memory that it looked at before may have moved since.
pub fn waits() -> usize {
    WAITS.get()
}

fn this_thread() -> usize {
    WAITS.with(|waits| (&raw const *waits).addr())
}

/// The ranges of one storage that calls use.
#[derive(Default)]
pub struct InUse {
    /// How many there are, so that storages that nobody uses cost nothing.
    count: AtomicUsize,
    /// Locked with the GIL only, so by no thread that a fork leaves behind.
    ranges: Mutex<Vec<Used>>,
    ended: Ended,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Used {
    range: Range,
    thread: usize,
    /// Whether it calls no Python, so that it ends by itself.
    ends: bool,
    /// Whether there is nothing but a number, which is always whole.
    is_number: bool,
    /// Of the process that it began in.
    generation: usize,
}

impl Used {
    /// Whether its thread did not come along into this process, which a fork made.
    fn is_lost(&self) -> bool {
        self.generation != fork::generation() && self.thread != this_thread()
    }
}

/// A use that excludes another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Met {
    /// One that ends by itself.
    Ending,
    /// One that calls Python, in another thread.
    Lasting,
    /// One around it.
    Own,
    /// One that a fork cut off while it wrote.
    Lost,
}

/// What calls of the same thread, which still run, mean to a use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Around {
    Counts,
    Expects,
}

impl InUse {
    fn ranges(&self) -> MutexGuard<'_, Vec<Used>> {
        self.ranges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while a call uses `range` in a way that excludes this one. An error where that has no end.
    #[inline]
    pub fn check(
        &self,
        range: impl FnOnce() -> Range,
        what: impl FnOnce() -> String,
    ) -> PyResult<()> {
        match self.count.load(Ordering::Acquire) {
            0 => Ok(()),
            _ => self.wait(&range(), Around::Counts, what),
        }
    }

    /// The same for what a call of this thread calls back, which that call expects: the compiler holds that nothing is borrowed meanwhile.
    pub fn check_within(&self, range: Range, what: impl FnOnce() -> String) -> PyResult<()> {
        self.wait(&range, Around::Expects, what)
    }

    #[cold]
    fn wait(&self, range: &Range, around: Around, what: impl FnOnce() -> String) -> PyResult<()> {
        let mut deadline = None;
        loop {
            let before = self.ended.count();
            let refused = match met(&self.ranges(), range, around) {
                None => return Ok(()),
                Some(Met::Lost) => {
                    return Err(PyRuntimeError::new_err(format!(
                        "a call in another thread was changing {} when this process was forked off; it is not whole here",
                        what()
                    )));
                }
                Some(Met::Ending) => false,
                Some(Met::Lasting) => {
                    let now = Instant::now();
                    now >= *deadline.get_or_insert(now + PATIENCE)
                }
                Some(Met::Own) => true,
            };
            if refused {
                return Err(PyRuntimeError::new_err(format!(
                    "another call that still runs uses {}; threads that share it need a lock",
                    what()
                )));
            }
            WAITS.set(waits().wrapping_add(1));
            Python::attach(|py| {
                // Whoever is woken looks again.
                py.detach(|| self.ended.wait(before, LOOK_AGAIN));
                py.check_signals()
            })?;
        }
    }
}

fn met(ranges: &[Used], range: &Range, around: Around) -> Option<Met> {
    let excluding = (ranges.iter()).filter(|used| {
        let is_expected = around == Around::Expects && used.thread == this_thread();
        !is_expected && range.excludes(&used.range)
    });
    let kinds = excluding.filter_map(|used| match (used.thread == this_thread(), used.ends) {
        _ if used.is_lost() => (used.range.is_written() && !used.is_number).then_some(Met::Lost),
        (true, _) => Some(Met::Own),
        (false, false) => Some(Met::Lasting),
        (false, true) => Some(Met::Ending),
    });
    kinds.max_by_key(|kind| *kind as u8)
}

/// A range that a call uses, until this is dropped.
pub struct Use {
    storage: Arc<Storage>,
    used: Used,
}

impl Use {
    /// `None` where another use excludes it now. `ends` says that the call calls no Python.
    pub fn new(storage: &Arc<Storage>, range: Range, ends: bool) -> Option<Use> {
        Use::start(storage, range, ends, false, Around::Counts)
    }

    /// The same for what a call of this thread calls back, which may call Python.
    pub fn within(storage: &Arc<Storage>, range: Range) -> Option<Use> {
        Use::start(storage, range, false, false, Around::Expects)
    }

    fn start(
        storage: &Arc<Storage>,
        range: Range,
        ends: bool,
        is_number: bool,
        around: Around,
    ) -> Option<Use> {
        let used = Used {
            range,
            thread: this_thread(),
            ends,
            is_number,
            generation: fork::generation(),
        };
        let of = storage.used();
        let mut ranges = of.ranges();
        if met(&ranges, &range, around).is_some() {
            return None;
        }
        ranges.push(used);
        of.count.store(ranges.len(), Ordering::Release);
        drop(ranges);
        Some(Use {
            storage: storage.clone(),
            used,
        })
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        let of = self.storage.used();
        let mut ranges = of.ranges();
        if let Some(at) = ranges.iter().position(|used| *used == self.used) {
            ranges.swap_remove(at);
        }
        of.count.store(ranges.len(), Ordering::Release);
        drop(ranges);
        of.ended.note();
    }
}

/// A top-level variable that a function uses.
#[derive(Clone)]
pub struct Global {
    pub storage: Arc<Storage>,
    pub range: Range,
    /// Whether others wait for the function: not for a number where the function calls Python, for nothing moves.
    pub is_held: bool,
    pub is_number: bool,
}

/// The uses of all these variables, or none; what others use is waited for.
pub fn of_globals(globals: &[Global], ends: bool) -> PyResult<Vec<Use>> {
    loop {
        for global in globals {
            global.storage.check_use(|| global.range)?;
        }
        if let Some(uses) = try_globals(globals, ends) {
            return Ok(uses);
        }
    }
}

/// Whether nobody uses these variables in a way that excludes this.
#[inline]
pub fn are_free(globals: &[Global]) -> bool {
    globals.iter().all(|global| {
        let of = global.storage.used();
        of.count.load(Ordering::Acquire) == 0
            || met(&of.ranges(), &global.range, Around::Counts).is_none()
    })
}

/// The same as [`of_globals`] without waiting: `None` where others use one of them.
pub fn try_globals(globals: &[Global], ends: bool) -> Option<Vec<Use>> {
    let held = globals.iter().filter(|global| global.is_held);
    held.map(|global| {
        Use::start(
            &global.storage,
            global.range,
            ends,
            global.is_number,
            Around::Counts,
        )
    })
    .collect()
}
