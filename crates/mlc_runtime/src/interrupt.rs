//! Stopping a running program from outside, as Ctrl-C does.
//!
//! A host's signal handler calls [`mlc_rt_interrupt`]; a parallel region looks between two chunks, and code that loops
//! serially for long may look through [`mlc_rt_check_interrupt`]. Whoever sees the request raises `KeyboardInterrupt`.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error;
use crate::kind::KEYBOARD_INTERRUPT;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Asks running regions to stop. Safe to call in a signal handler.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_interrupt() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Withdraws a request that nobody has seen; hosts do so before they enter compiled code.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_interrupt_clear() {
    REQUESTED.store(false, Ordering::Relaxed);
}

/// Raises `KeyboardInterrupt` and returns its status if a stop was asked for, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_check_interrupt() -> i32 {
    if requested() && REQUESTED.swap(false, Ordering::Relaxed) {
        raise()
    } else {
        0
    }
}

pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

pub(crate) fn raise() -> i32 {
    error::raise(KEYBOARD_INTERRUPT, "")
}
