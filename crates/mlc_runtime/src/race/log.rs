//! `--sanitize=race`: the accesses of each iteration of a parallel loop, held against those of all others.
//!
//! Instrumented code tells when a loop begins and ends, which iteration runs, and every access with its place in the
//! source. Regions run on one thread then, in order: what is found does not depend on the threads, only on which
//! iteration touches what. Memory that is freed is forgotten, and what lies on the stack below the loop belongs to the
//! iteration. A place that two iterations touch, one of them writing and not both by `atomic`, is reported once for each
//! pair of lines; the process ends with the exit status 66.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ffi::{c_char, c_int, c_void};
use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{error, output};

/// The exit status of a program in which a race was found, that of ThreadSanitizer.
const FOUND: i32 = 66;
/// More pairs of lines than these are not shown.
const MOST_REPORTS: usize = 20;

/// How many loops are running on all threads: nothing is logged outside of loops.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// How a place is touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Read,
    Write,
    Atomic,
}

/// Where an access stands in the source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Line {
    /// The address of the file's name, a constant of the program.
    file: usize,
    file_len: usize,
    line: i32,
}

#[derive(Clone, Copy)]
struct Touch {
    iteration: i64,
    mode: Mode,
    at: Line,
}

/// The touches of one byte that a later one may meet: the last write, and readers of two iterations.
type Cell = Vec<Touch>;

struct Region {
    /// The stack below belongs to the iterations.
    stack: usize,
    iteration: i64,
    bytes: HashMap<usize, Cell>,
}

#[derive(Default)]
struct Log {
    regions: Vec<Region>,
    reported: HashSet<(Line, Line)>,
    last: Option<Line>,
}

thread_local! {
    static LOG: RefCell<Log> = RefCell::new(Log::default());
}

/// Whether regions are to run serially, since their accesses are logged.
pub(crate) fn is_active() -> bool {
    RUNNING.load(Ordering::Relaxed) > 0
}

/// The memory is free: what an iteration touched there meets nobody any more.
pub(crate) fn forget(address: usize, size: usize) {
    if !is_active() {
        return;
    }
    // A thread that is ending has no log.
    let _ = LOG.try_with(|log| {
        for region in &mut log.borrow_mut().regions {
            for byte in address..address + size {
                region.bytes.remove(&byte);
            }
        }
    });
}

/// The runtime writes memory for the program, at the place of the program's last access.
pub(crate) fn write_by_runtime(address: usize, size: usize) {
    access_by_runtime(address, size, Mode::Write);
}

/// The runtime reads memory for the program, at the place of the program's last access.
pub(crate) fn read_by_runtime(address: usize, size: usize) {
    access_by_runtime(address, size, Mode::Read);
}

fn access_by_runtime(address: usize, size: usize, mode: Mode) {
    if is_active() {
        LOG.with_borrow_mut(|log| {
            if let Some(at) = log.last {
                log.access(address, size, mode, at);
            }
        });
    }
}

fn conflict(first: Mode, second: Mode) -> bool {
    !matches!(
        (first, second),
        (Mode::Read, Mode::Read) | (Mode::Atomic, Mode::Atomic)
    )
}

impl Region {
    /// Notes a touch; returns one of another iteration that it meets.
    fn touch(&mut self, byte: usize, touch: Touch) -> Option<Touch> {
        let cell = self.bytes.entry(byte).or_default();
        let met = (cell.iter())
            .find(|known| known.iteration != touch.iteration && conflict(known.mode, touch.mode))
            .copied();
        let known = (cell.iter())
            .filter(|known| known.mode == touch.mode)
            .count();
        let is_new = !(cell.iter())
            .any(|known| known.iteration == touch.iteration && known.mode == touch.mode);
        // Of each mode two iterations are enough to find one that is not a given one.
        if is_new && known < 2 {
            cell.push(touch);
        }
        met
    }
}

impl Log {
    fn access(&mut self, address: usize, size: usize, mode: Mode, at: Line) {
        self.last = Some(at);
        let here = std::ptr::from_ref(&size).addr();
        for number in 0..self.regions.len() {
            let region = &mut self.regions[number];
            if (here..region.stack).contains(&address) {
                continue;
            }
            let touch = Touch {
                iteration: region.iteration,
                mode,
                at,
            };
            let met = (address..address + size)
                .filter_map(|byte| region.touch(byte, touch))
                .next();
            if let Some(met) = met {
                self.report(met, touch);
            }
        }
    }

    fn report(&mut self, first: Touch, second: Touch) {
        end_with_status();
        let new = self.reported.insert((first.at, second.at));
        if !new || self.reported.len() > MOST_REPORTS {
            return;
        }
        let mut text = format!(
            "race: iterations {} and {} of a parallel loop touch the same place\n",
            first.iteration, second.iteration
        );
        for touch in [second, first] {
            let verb = match touch.mode {
                Mode::Read => "read",
                Mode::Write => "written",
                Mode::Atomic => "updated",
            };
            let Line {
                file,
                file_len,
                line,
            } = touch.at;
            // SAFETY: instrumented code gave the address of a constant of that length, which lives as long as the program.
            let file =
                unsafe { error::bytes(std::ptr::with_exposed_provenance(file), file_len as i64) };
            let file = String::from_utf8_lossy(file);
            text += &format!(
                "  {verb} at {file}:{line} by iteration {}\n",
                touch.iteration
            );
        }
        output::mlc_rt_flush();
        // Where standard error is gone, the exit status still tells.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// The stack from here on down belongs to the iterations of the innermost region, which are about to run.
pub(crate) fn stack_begins(marker: usize) {
    LOG.with_borrow_mut(|log| {
        if let Some(region) = log.regions.last_mut() {
            region.stack = region.stack.max(marker);
        }
    });
}

/// From now on the process ends with status 66, whatever it is asked to end with.
fn end_with_status() {
    // `atexit` is no symbol of the C library's shared object.
    unsafe extern "C" {
        fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }
    extern "C" fn end(_: c_int, _: *mut c_void) {
        output::mlc_rt_flush();
        // SAFETY: ends the process without running handlers again.
        unsafe { libc::_exit(FOUND) };
    }
    static ONCE: Once = Once::new();
    // SAFETY: the function may run at any exit.
    ONCE.call_once(|| unsafe {
        on_exit(end, std::ptr::null_mut());
    });
}

/// A parallel loop begins. To be left.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_race_enter() {
    let marker = 0u8;
    RUNNING.fetch_add(1, Ordering::Relaxed);
    LOG.with_borrow_mut(|log| {
        log.regions.push(Region {
            stack: std::ptr::from_ref(&marker).addr(),
            iteration: 0,
            bytes: HashMap::new(),
        });
    });
}

/// The innermost parallel loop has ended.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_race_leave() {
    LOG.with_borrow_mut(|log| log.regions.pop());
    RUNNING.fetch_sub(1, Ordering::Relaxed);
}

/// An iteration of the innermost parallel loop begins.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_race_iteration(iteration: i64) {
    LOG.with_borrow_mut(|log| {
        if let Some(region) = log.regions.last_mut() {
            region.iteration = iteration;
        }
    });
}

/// Memory is read (`mode` 0), written (1) or updated indivisibly (2) at a line of the source.
///
/// # Safety
/// `file` must point to `file_len` bytes that live as long as the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_race_access(
    address: i64,
    size: i64,
    mode: i32,
    file: *const c_char,
    file_len: i64,
    line: i32,
) {
    if !is_active() {
        return;
    }
    let mode = match mode {
        0 => Mode::Read,
        1 => Mode::Write,
        _ => Mode::Atomic,
    };
    let at = Line {
        file: file.expose_provenance(),
        file_len: usize::try_from(file_len).unwrap_or(0),
        line,
    };
    let size = usize::try_from(size).unwrap_or(0);
    LOG.with_borrow_mut(|log| log.access(address as usize, size, mode, at));
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Line = Line {
        file: 0,
        file_len: 0,
        line: 1,
    };

    fn touch(iteration: i64, mode: Mode) -> Touch {
        Touch {
            iteration,
            mode,
            at: HERE,
        }
    }

    /// Whether the last of some touches of one byte meets another iteration.
    fn meets(touches: &[(i64, Mode)]) -> bool {
        let mut region = Region {
            stack: 0,
            iteration: 0,
            bytes: HashMap::new(),
        };
        let mut last = None;
        for (iteration, mode) in touches {
            last = region.touch(100, touch(*iteration, *mode));
        }
        last.is_some()
    }

    #[test]
    fn a_write_meets_all_but_its_own_iteration() {
        use Mode::{Atomic, Read, Write};
        assert!(meets(&[(0, Write), (1, Write)]));
        assert!(meets(&[(0, Write), (1, Read)]));
        assert!(meets(&[(0, Read), (1, Write)]));
        assert!(meets(&[(0, Read), (1, Read), (0, Write)]));
        assert!(meets(&[(0, Write), (0, Write), (1, Write)]));
        assert!(meets(&[(0, Atomic), (1, Write)]));
        assert!(meets(&[(0, Read), (1, Atomic)]));
        assert!(!meets(&[(0, Write), (0, Read), (0, Write)]));
        assert!(!meets(&[(0, Read), (1, Read), (2, Read)]));
        assert!(!meets(&[(0, Atomic), (1, Atomic)]));
    }
}
