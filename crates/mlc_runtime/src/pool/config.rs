//! How many threads a region may use.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More would not help any region, and it bounds what the pool sets aside.
pub(super) const MOST_THREADS: usize = 512;

/// 0 until it is first asked for.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// The number of threads that a region uses at most, the calling one included.
pub(super) fn threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => {
            let initial = initial();
            // Whoever comes first decides, so that a number set meanwhile is kept.
            match THREADS.compare_exchange(0, initial, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => initial,
                Err(set) => set,
            }
        }
        set => set,
    }
}

/// `MLC_NUM_THREADS`, or as many as this process may run at once (CPU affinity and control groups considered).
fn initial() -> usize {
    std::env::var("MLC_NUM_THREADS")
        .ok()
        .and_then(|text| text.trim().parse::<NonZeroUsize>().ok())
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get)
        .min(MOST_THREADS)
}

/// How many threads a parallel region uses at most.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_num_threads() -> i32 {
    threads() as i32
}

/// Sets how many threads the next regions use at most, the calling one included; below 1 the default comes back.
/// Results do not depend on it.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_set_num_threads(count: i32) {
    let count = match usize::try_from(count) {
        Ok(0) | Err(_) => initial(),
        Ok(count) => count.min(MOST_THREADS),
    };
    THREADS.store(count, Ordering::Relaxed);
}
