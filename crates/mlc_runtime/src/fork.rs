//! Surviving `fork`: a child has none of its parent's threads, and must not inherit a lock that one of them held.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{MutexGuard, Once};

use crate::output::{self, Output};
use crate::pool;

unsafe extern "C" {
    /// What `pthread_atfork` calls. That function itself is in no shared object, and what mlc emits is linked against
    /// shared objects alone; this one is part of the Linux Standard Base.
    fn __register_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
        dso_handle: *mut c_void,
    ) -> i32;
}

thread_local! {
    /// The output's lock, held by the thread that forks while it does.
    static HELD: Cell<Option<MutexGuard<'static, Output>>> = const { Cell::new(None) };
}

/// How many forks lie between the process that registered the handlers and this one.
static FORKS: AtomicUsize = AtomicUsize::new(0);

/// How many forks of processes with this runtime led to this one: what threads left behind in a parent is older than that.
pub fn generation() -> usize {
    FORKS.load(Ordering::Relaxed)
}

/// Registers the handlers, once in the life of the process.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handlers have the right type and live as long as the program.
        unsafe {
            __register_atfork(
                Some(prepare),
                Some(parent),
                Some(child),
                std::ptr::null_mut(),
            )
        };
    });
}

extern "C" fn prepare() {
    HELD.set(Some(output::lock()));
}

extern "C" fn parent() {
    HELD.set(None);
}

extern "C" fn child() {
    HELD.set(None);
    FORKS.fetch_add(1, Ordering::Relaxed);
    pool::forget();
}
