//! Waiting for a 32-bit word to change, and waking those who wait: Linux futexes.
//!
//! `std` keeps its futexes to itself, and its `Condvar` makes every woken thread take one mutex in turn, which is what
//! a pool of many workers cannot afford at the start of each parallel region.

use std::sync::atomic::AtomicU32;

/// Sleeps while `word` holds `expected`; may also return early for no reason.
pub(crate) fn wait(word: &AtomicU32, expected: u32) {
    // SAFETY: the word outlives the call, and a null timeout means none.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
            expected,
            std::ptr::null::<libc::timespec>(),
        );
    }
}

/// Wakes up to `count` threads that wait for `word`.
pub(crate) fn wake(word: &AtomicU32, count: usize) {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    // SAFETY: the word outlives the call.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
            count,
        )
    };
}
