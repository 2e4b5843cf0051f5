//! Parallel regions: `mlc_rt_parallel_for` over a pool of threads that wakes up in microseconds.
//!
//! A region is cut into chunks by the problem alone (`grain`), never by the number of threads, so what a chunk computes
//! is the same everywhere. Each participant starts on a contiguous share of the chunks, which keeps a thread on the
//! data it touched in the region before, and then helps with the shares of others.
//!
//! Rayon was considered: it splits adaptively, so its tasks depend on timing; it wakes threads one after the other; and
//! it cannot be restarted after `fork`. What is needed here is one loop at a time, in a few hundred lines.

mod config;
mod job;
mod workers;

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::{fork, interrupt, progress, race};

pub use config::{mlc_rt_num_threads, mlc_rt_set_num_threads};
pub(crate) use job::Job;
use workers::Workers;

/// Runs the iterations `begin..end`, which are chunk `chunk`; returns 0 or the status of an error it left pending.
pub type Body = unsafe extern "C" fn(context: *mut c_void, chunk: i64, begin: i64, end: i64) -> i32;

thread_local! {
    static IN_REGION: Cell<bool> = const { Cell::new(false) };
    static WORKER: Cell<bool> = const { Cell::new(false) };
}

/// The pool of this process. A child of `fork` finds none and makes its own.
static WORKERS: AtomicPtr<Workers> = AtomicPtr::new(std::ptr::null_mut());

/// Whether this thread belongs to the pool.
pub(crate) fn is_worker() -> bool {
    WORKER.get()
}

/// Gives up the pool: its threads did not come along into the child of a `fork`. What it occupies stays, for the
/// parent's threads may have been anywhere in it.
pub(crate) fn forget() {
    WORKERS.store(std::ptr::null_mut(), Ordering::Relaxed);
    IN_REGION.set(false);
    WORKER.set(false);
}

fn workers() -> &'static Workers {
    let mut current = WORKERS.load(Ordering::Acquire);
    if current.is_null() {
        fork::watch();
        let fresh = Box::into_raw(Box::new(Workers::new()));
        current =
            match WORKERS.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => fresh,
                Err(other) => {
                    // SAFETY: `fresh` came from `Box::into_raw` above and nobody else has seen it.
                    drop(unsafe { Box::from_raw(fresh) });
                    other
                }
            };
    }
    // SAFETY: a pool that was published is never freed.
    unsafe { &*current }
}

/// Calls `body` for each chunk of `0..n`: chunk `k` covers `k*grain .. min(n, (k+1)*grain)`.
///
/// Returns 0, or the status of the lowest chunk that failed, whose error is then pending on the calling thread; all
/// chunks below it have run. A single chunk, a region inside another, and a region entered while another thread runs
/// one are executed by the calling thread alone, in order.
///
/// # Safety
/// `body` must be callable with `context` from several threads at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_parallel_for(
    body: Body,
    context: *mut c_void,
    n: i64,
    grain: i64,
) -> i32 {
    let counted = match IN_REGION.get() {
        true => None,
        false => progress::Counted::start(n),
    };
    let job = Job::new(body, context, n, grain, counted.is_some());
    if race::log::is_active() {
        race::log::stack_begins(std::ptr::from_ref(&job).addr());
        return job.run_serially();
    }
    if job.chunks() <= 1 || IN_REGION.get() {
        return job.run_serially();
    }
    let threads = config::threads().min(usize::try_from(job.chunks()).unwrap_or(usize::MAX));
    if threads == 1 {
        return job.run_serially();
    }
    let outcome = workers().try_run(&job, threads);
    let status = outcome.unwrap_or_else(|_busy| job.run_serially());
    if status == crate::kind::KEYBOARD_INTERRUPT {
        interrupt::mlc_rt_interrupt_clear();
    }
    status
}

/// Marks this thread as being inside a region for as long as it lives.
struct InRegion;

impl InRegion {
    fn enter() -> InRegion {
        IN_REGION.set(true);
        InRegion
    }
}

impl Drop for InRegion {
    fn drop(&mut self) {
        IN_REGION.set(false);
    }
}
