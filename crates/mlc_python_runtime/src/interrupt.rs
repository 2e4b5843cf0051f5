//! Ctrl-C while compiled code runs: Python only notes the signal, so a handler in front of Python's tells the runtime, too.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use mlc_runtime::interrupt::{mlc_rt_interrupt, mlc_rt_interrupt_clear};

/// Python's handler, to which ours passes the signal on.
static BEFORE: AtomicUsize = AtomicUsize::new(0);
/// How many calls may want to be stopped.
static RUNNING: AtomicUsize = AtomicUsize::new(0);
/// When the handler was last seen in its place, in milliseconds.
static SEEN: AtomicI64 = AtomicI64::new(i64::MIN / 2);

/// Python code may put a handler of its own in the place of ours at any time; to look at every call would cost more than
/// many a call.
const LOOK_AGAIN_MS: i64 = 100;

/// While it lives, SIGINT asks running loops to stop.
pub struct Watch(());

/// Watches for SIGINT, where Python listens to it.
#[inline]
pub fn watch() -> Watch {
    RUNNING.fetch_add(1, Ordering::Relaxed);
    let now = milliseconds();
    if now - SEEN.load(Ordering::Relaxed) > LOOK_AGAIN_MS {
        SEEN.store(now, Ordering::Relaxed);
        install();
    }
    Watch(())
}

impl Drop for Watch {
    #[inline]
    fn drop(&mut self) {
        if RUNNING.fetch_sub(1, Ordering::Relaxed) == 1 {
            mlc_rt_interrupt_clear();
        }
    }
}

/// A clock that costs a few nanoseconds to read.
#[inline]
fn milliseconds() -> i64 {
    let mut now = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the call fills the place, or fails and leaves it, which is then not read.
    unsafe {
        match libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, now.as_mut_ptr()) {
            0 => now.assume_init().tv_sec * 1000 + now.assume_init().tv_nsec / 1_000_000,
            _ => 0,
        }
    }
}

/// Puts our handler in front of Python's, if that is in force.
#[cold]
fn install() {
    // SAFETY: an all-zero `sigaction` is a valid one, and the calls only read or fill it.
    unsafe {
        let mut before: libc::sigaction = std::mem::zeroed();
        let ours = handle as *const () as usize;
        if libc::sigaction(libc::SIGINT, std::ptr::null(), &mut before) != 0
            || before.sa_sigaction == libc::SIG_DFL
            || before.sa_sigaction == libc::SIG_IGN
            || before.sa_sigaction == ours
            || before.sa_flags & libc::SA_SIGINFO != 0
        {
            return;
        }
        BEFORE.store(before.sa_sigaction, Ordering::Relaxed);
        before.sa_sigaction = ours;
        libc::sigaction(libc::SIGINT, &before, std::ptr::null_mut());
    }
}

/// Runs as a signal handler: it only stores to memory, and Python's own handler is made to run as one.
extern "C" fn handle(signal: c_int) {
    if RUNNING.load(Ordering::Relaxed) > 0 {
        mlc_rt_interrupt();
    }
    let before = BEFORE.load(Ordering::Relaxed);
    // SAFETY: it is the address of a handler of one argument, stored before this one came into force.
    let before = unsafe { std::mem::transmute::<usize, extern "C" fn(c_int)>(before) };
    before(signal);
}
