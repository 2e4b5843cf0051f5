//! Standard output, buffered over all threads so that lines stay whole.
//!
//! A thread collects a line by itself and hands it over at its end, so `print` in a parallel loop writes whole lines.
//! The shared buffer goes out when it is full, at [`mlc_rt_flush`], at the end of the process, and after each line if
//! standard output is a terminal. A host may put a sink in the place of standard output.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError};

use crate::error;
use crate::kind::OS_ERROR;
use crate::{exit, fork, pool, sanitizer};

/// Takes `len` bytes of output. Called on threads of the host only, never on a worker of the pool.
pub type Sink = unsafe extern "C" fn(context: *mut c_void, text: *const c_char, len: i64);

const FULL: usize = 64 << 10;

pub(crate) struct Output {
    waiting: Vec<u8>,
    sink: Option<(Sink, Context)>,
}

#[derive(Clone, Copy)]
struct Context(*mut c_void);

// SAFETY: the runtime only hands the pointer back to the sink; who sets a sink says that it may run on any thread.
unsafe impl Send for Context {}

static OUTPUT: Mutex<Output> = Mutex::new(Output {
    waiting: Vec::new(),
    sink: None,
});

/// Whether something waits in the shared buffer; hosts flush after every call, mostly for nothing.
static WAITING: AtomicBool = AtomicBool::new(false);

static TERMINAL: LazyLock<bool> = LazyLock::new(|| io::stdout().is_terminal());

/// What a thread has printed of the line it is at.
struct Line(Vec<u8>);

impl Drop for Line {
    fn drop(&mut self) {
        hand_over(&mut self.0);
    }
}

thread_local! {
    static LINE: RefCell<Line> = const { RefCell::new(Line(Vec::new())) };
}

pub(crate) fn lock() -> MutexGuard<'static, Output> {
    OUTPUT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Appends to the line that this thread is at.
pub(crate) fn put(write: impl FnOnce(&mut Vec<u8>)) {
    with_line(write);
}

/// Changes the line that this thread is at. At the end of the process, where a thread has no such line any more, what is written
/// is handed over at once.
fn with_line<R>(change: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    let mut change = Some(change);
    let mut run = |line: &mut Vec<u8>| change.take().map(|change| change(line));
    let changed = LINE.try_with(|line| run(&mut line.borrow_mut().0));
    let changed = changed.ok().flatten().or_else(|| {
        let mut line = Vec::new();
        let changed = run(&mut line);
        hand_over(&mut line);
        changed
    });
    changed.expect("the one or the other was run")
}

/// Ends the line that this thread is at.
pub(crate) fn end_line() {
    let due = with_line(|line| {
        line.push(b'\n');
        hand_over(line)
    });
    if due {
        // A failure shows again at the explicit flush, where somebody looks at the status.
        let _ = write_out();
    }
}

/// Hands over an unfinished line; a worker does so at the end of a region, for it may never print again.
pub(crate) fn leave_line() {
    with_line(hand_over);
}

/// Moves a thread's text to the shared buffer; tells whether this thread should write that out.
fn hand_over(line: &mut Vec<u8>) -> bool {
    if line.is_empty() {
        return false;
    }
    flush_at_exit();
    let mut output = lock();
    sanitizer::acquire(&OUTPUT);
    output.waiting.append(line);
    sanitizer::release(&OUTPUT);
    WAITING.store(true, Ordering::Release);
    match output.sink {
        Some(_) => output.waiting.len() >= FULL && !pool::is_worker(),
        None => output.waiting.len() >= FULL || *TERMINAL,
    }
}

fn flush_at_exit() {
    extern "C" fn at_exit(_: *mut c_void) {
        let _ = write_out();
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        fork::watch();
        exit::call(at_exit);
    });
}

/// Writes the shared buffer. The sink runs without the lock, so that it may take locks of the host.
fn write_out() -> io::Result<()> {
    let mut output = lock();
    sanitizer::acquire(&OUTPUT);
    WAITING.store(false, Ordering::Release);
    if output.waiting.is_empty() {
        return Ok(());
    }
    let Some((sink, Context(context))) = output.sink else {
        // SAFETY: file descriptor 1 stays open, for the file is never dropped.
        let mut stdout = ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
        let written = stdout.write_all(&output.waiting);
        output.waiting.clear();
        sanitizer::release(&OUTPUT);
        return written;
    };
    let text = std::mem::take(&mut output.waiting);
    sanitizer::release(&OUTPUT);
    drop(output);
    // SAFETY: who set the sink vouches for it and for its context; the text outlives the call.
    unsafe { sink(context, text.as_ptr().cast(), text.len() as i64) };
    Ok(())
}

/// Writes out what was printed, this thread's unfinished line included. Returns 0, or the status of an `OSError`.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_flush() -> i32 {
    leave_line();
    if !WAITING.load(Ordering::Acquire) {
        return 0;
    }
    match write_out() {
        Ok(()) => 0,
        Err(cause) => error::raise(OS_ERROR, os_error_text(&cause)),
    }
}

/// `[Errno 28] No space left on device`, as Python says it; Rust adds the number behind the text.
fn os_error_text(cause: &io::Error) -> String {
    let text = cause.to_string();
    match cause.raw_os_error() {
        Some(number) => {
            format!(
                "[Errno {number}] {}",
                text.trim_end_matches(&format!(" (os error {number})"))
            )
        }
        None => text,
    }
}

/// Sends output to `sink` instead of standard output; NULL restores that. What was printed before goes out first.
///
/// # Safety
/// `sink` must stay callable with `context` from any thread until another is set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_set_output(sink: Option<Sink>, context: *mut c_void) {
    mlc_rt_flush();
    lock().sink = sink.map(|sink| (sink, Context(context)));
}
