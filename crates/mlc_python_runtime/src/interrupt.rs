//! Ctrl-C while compiled code runs: Python only notes the signal, so a handler in front of Python's tells the runtime, too.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};

use mlc_runtime::interrupt::{mlc_rt_interrupt, mlc_rt_interrupt_clear};

/// Python's handler, to which ours passes the signal on.
static BEFORE: AtomicUsize = AtomicUsize::new(0);

/// While it lives, SIGINT asks running loops to stop.
pub struct Watch {
    before: Option<libc::sigaction>,
    /// Handlers are put back in the order opposite to that in which they came, on one thread.
    _thread: PhantomData<*mut ()>,
}

/// Watches for SIGINT, where this is the main thread and Python listens to the signal.
pub fn watch() -> Watch {
    let nothing = Watch {
        before: None,
        _thread: PhantomData,
    };
    // SAFETY: both only read the ids of this thread and process.
    let is_main = unsafe { libc::gettid() == libc::getpid() };
    if !is_main {
        return nothing;
    }
    // SAFETY: an all-zero `sigaction` is a valid one, and both calls only read or fill it.
    unsafe {
        let mut before: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(libc::SIGINT, std::ptr::null(), &mut before) != 0
            || before.sa_sigaction == libc::SIG_DFL
            || before.sa_sigaction == libc::SIG_IGN
            || before.sa_sigaction == handle as *const () as usize
            || before.sa_flags & libc::SA_SIGINFO != 0
        {
            return nothing;
        }
        mlc_rt_interrupt_clear();
        BEFORE.store(before.sa_sigaction, Ordering::Relaxed);
        let mut ours = before;
        ours.sa_sigaction = handle as *const () as usize;
        if libc::sigaction(libc::SIGINT, &ours, std::ptr::null_mut()) != 0 {
            return nothing;
        }
        Watch {
            before: Some(before),
            _thread: PhantomData,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // SAFETY: it is the action that was in force before.
            unsafe { libc::sigaction(libc::SIGINT, before, std::ptr::null_mut()) };
            mlc_rt_interrupt_clear();
        }
    }
}

/// Runs as a signal handler: both that it calls only store to memory and write to a pipe.
extern "C" fn handle(signal: libc::c_int) {
    mlc_rt_interrupt();
    let before = BEFORE.load(Ordering::Relaxed);
    // SAFETY: it is the address of a handler of one argument, stored before this one came into force.
    let before = unsafe { std::mem::transmute::<usize, extern "C" fn(libc::c_int)>(before) };
    before(signal);
}
