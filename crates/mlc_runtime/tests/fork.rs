//! A child of `fork` has a pool and an output of its own. Alone in its process, for a child of a busy test run could
//! inherit locks of the test harness.

use std::ffi::c_void;
use std::sync::atomic::{AtomicI64, Ordering};

use mlc_runtime::pool::{mlc_rt_parallel_for, mlc_rt_set_num_threads};

unsafe extern "C" fn add(context: *mut c_void, _chunk: i64, begin: i64, end: i64) -> i32 {
    // SAFETY: `sum` passes an atomic that outlives the region.
    let sum = unsafe { &*context.cast::<AtomicI64>() };
    sum.fetch_add((begin..end).sum(), Ordering::Relaxed);
    // Both threads shall find chunks to run.
    std::thread::yield_now();
    0
}

fn sum() -> i64 {
    let sum = AtomicI64::new(0);
    // SAFETY: `add` takes the atomic it is given.
    let status =
        unsafe { mlc_rt_parallel_for(add, (&raw const sum).cast_mut().cast(), 10_000, 10) };
    assert_eq!(status, 0);
    sum.into_inner()
}

const EXPECTED: i64 = 9_999 * 5_000;

#[test]
fn child_has_its_own_pool() {
    mlc_rt_set_num_threads(3);
    for _ in 0..50 {
        assert_eq!(sum(), EXPECTED);
        // SAFETY: the child only runs regions and leaves by `_exit`.
        let child = unsafe { libc::fork() };
        assert!(child >= 0);
        if child == 0 {
            let right = (0..20).all(|_| sum() == EXPECTED);
            // SAFETY: always possible.
            unsafe { libc::_exit(if right { 42 } else { 1 }) };
        }
        assert_eq!(sum(), EXPECTED, "the parent goes on meanwhile");
        let mut status = 0;
        // SAFETY: `status` is a valid place.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert!(libc::WIFEXITED(status));
        assert_eq!(libc::WEXITSTATUS(status), 42);
    }
}
