//! The threads of the pool and the gate through which they join a region.
//!
//! The gate is one 32-bit word:
//!
//! ```text
//! bits 31..11  epoch, changed by every region      bit 10  open      bits 9..0  workers inside
//! ```
//!
//! The caller of a region publishes it, opens the gate, works itself, closes the gate when no chunk is unclaimed, and
//! waits until nobody is inside. A worker that wakes up late finds the gate closed and goes back to sleep: no region
//! waits for a thread that has not begun to help. The count makes it safe to keep the region on the caller's stack.

use std::hint::spin_loop;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::WORKER;
use super::config::MOST_THREADS;
use super::job::{Cursor, Job};
use crate::{futex, output, sanitizer};

const OPEN: u32 = 1 << 10;
const INSIDE: u32 = OPEN - 1;
const EPOCH: u32 = OPEN << 1;

const _: () = assert!(MOST_THREADS <= INSIDE as usize);

/// How long a worker looks for the next region, and a caller for the last worker, before it sleeps: longer than
/// between the regions of one computation, too short to be felt by other programs.
const SPIN: Duration = Duration::from_micros(50);
/// What compiled code keeps on the stack may be more than the 2 MiB that `std` would give.
const STACK: usize = 8 << 20;

pub(crate) struct Workers {
    gate: AtomicU32,
    /// Set by the worker that leaves last after the gate was closed.
    left: AtomicU32,
    sleeping: AtomicUsize,
    /// Taken by the host thread that runs a region.
    busy: AtomicBool,
    /// Workers that exist; changed by the thread that holds `busy` only.
    spawned: AtomicUsize,
    /// Of the present region; written while the gate is closed and nobody is inside.
    job: AtomicPtr<Job>,
    participants: AtomicUsize,
    cursors: Box<[Cursor]>,
}

/// Another thread of the host is running a region.
pub(crate) struct Busy;

impl Workers {
    pub(crate) fn new() -> Workers {
        Workers {
            gate: AtomicU32::new(0),
            left: AtomicU32::new(0),
            sleeping: AtomicUsize::new(0),
            busy: AtomicBool::new(false),
            spawned: AtomicUsize::new(0),
            job: AtomicPtr::new(std::ptr::null_mut()),
            participants: AtomicUsize::new(0),
            cursors: (0..MOST_THREADS).map(|_| Cursor::new()).collect(),
        }
    }

    /// Runs the chunks of `job` on up to `threads` threads and returns its status.
    pub(crate) fn try_run(&'static self, job: &Job, threads: usize) -> Result<i32, Busy> {
        if self
            .busy
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            return Err(Busy);
        }
        let participants = threads.min(self.spawn_up_to(threads - 1) + 1);
        let cursors = &self.cursors[..participants];
        job.reset(cursors);
        self.open(job, participants);
        job.participate(0, cursors);
        self.close();
        self.busy.store(false, Ordering::Release);
        Ok(job.finish())
    }

    /// Makes sure that `count` workers exist, if the system allows so many; returns how many do.
    fn spawn_up_to(&'static self, count: usize) -> usize {
        let mut spawned = self.spawned.load(Ordering::Relaxed);
        if spawned >= count {
            return spawned;
        }
        let _blocked = BlockedSignals::new();
        while spawned < count {
            let worker = thread::Builder::new()
                .name("mlc-worker".to_owned())
                .stack_size(STACK);
            if worker.spawn(move || self.work()).is_err() {
                break;
            }
            spawned += 1;
        }
        self.spawned.store(spawned, Ordering::Relaxed);
        spawned
    }

    fn open(&self, job: &Job, participants: usize) {
        self.job
            .store(std::ptr::from_ref(job).cast_mut(), Ordering::Relaxed);
        self.participants.store(participants, Ordering::Relaxed);
        sanitizer::release(&self.gate);
        let closed = self.gate.load(Ordering::Relaxed);
        debug_assert_eq!(closed & (OPEN | INSIDE), 0);
        // Sequentially consistent against `sleeping`: either we see the sleeper, or the sleeper sees the open gate.
        self.gate
            .store(closed.wrapping_add(EPOCH) | OPEN, Ordering::SeqCst);
        if self.sleeping.load(Ordering::SeqCst) > 0 {
            futex::wake(&self.gate, participants - 1);
        }
    }

    /// Closes the gate and waits until nobody is inside.
    fn close(&self) {
        self.wait_until_empty();
        sanitizer::acquire(&self.left);
    }

    fn wait_until_empty(&self) {
        self.gate.fetch_and(!OPEN, Ordering::AcqRel);
        let empty = || self.gate.load(Ordering::Acquire) & INSIDE == 0;
        if spin_until(empty) {
            return;
        }
        loop {
            // A swap reads what the last worker wrote, so the gate is seen as it left it.
            self.left.swap(CALLER_SLEEPS, Ordering::AcqRel);
            if empty() {
                return;
            }
            futex::wait(&self.left, CALLER_SLEEPS);
        }
    }

    /// What a worker does all its life; the end of the process ends it.
    fn work(&self) {
        WORKER.set(true);
        let mut seen = NO_EPOCH;
        loop {
            let gate = self.wait_for_region(seen);
            seen = epoch(gate);
            if let Some(me) = self.join(gate) {
                sanitizer::acquire(&self.gate);
                // SAFETY: we are inside, so the caller keeps the region alive until we leave.
                let job = unsafe { &*self.job.load(Ordering::Relaxed) };
                job.participate(
                    me,
                    &self.cursors[..self.participants.load(Ordering::Relaxed)],
                );
                output::leave_line();
                sanitizer::release(&self.left);
                self.leave();
            }
        }
    }

    fn wait_for_region(&self, seen: u32) -> u32 {
        let is_new = |gate: u32| gate & OPEN != 0 && epoch(gate) != seen;
        let mut gate = 0;
        if spin_until(|| {
            gate = self.gate.load(Ordering::Acquire);
            is_new(gate)
        }) {
            return gate;
        }
        self.sleeping.fetch_add(1, Ordering::SeqCst);
        loop {
            gate = self.gate.load(Ordering::SeqCst);
            if is_new(gate) {
                break;
            }
            futex::wait(&self.gate, gate);
        }
        self.sleeping.fetch_sub(1, Ordering::Relaxed);
        gate
    }

    /// Enters the region that `gate` showed; returns the number of this participant, or None if it is over or full.
    fn join(&self, mut gate: u32) -> Option<usize> {
        let region = epoch(gate);
        let participants = self.participants.load(Ordering::Relaxed);
        loop {
            let me = (gate & INSIDE) as usize + 1;
            if gate & OPEN == 0 || epoch(gate) != region || me >= participants {
                return None;
            }
            match self.gate.compare_exchange_weak(
                gate,
                gate + 1,
                Ordering::Acquire,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(me),
                Err(now) => gate = now,
            }
        }
    }

    fn leave(&self) {
        let before = self.gate.fetch_sub(1, Ordering::AcqRel);
        if before & (OPEN | INSIDE) == 1
            && self.left.swap(ALL_LEFT, Ordering::AcqRel) == CALLER_SLEEPS
        {
            futex::wake(&self.left, 1);
        }
    }
}

const CALLER_SLEEPS: u32 = 1;
const ALL_LEFT: u32 = 2;
/// No gate has it: the bits below those of the epoch are set.
const NO_EPOCH: u32 = 1;

fn epoch(gate: u32) -> u32 {
    gate & !(OPEN | INSIDE)
}

/// Looks again and again for a short while; tells whether `ready` came true.
fn spin_until(mut ready: impl FnMut() -> bool) -> bool {
    const LOOKS_BETWEEN_CLOCK_READINGS: u32 = 16;
    let start = Instant::now();
    loop {
        for _ in 0..LOOKS_BETWEEN_CLOCK_READINGS {
            if ready() {
                return true;
            }
            spin_loop();
        }
        if start.elapsed() > SPIN {
            return false;
        }
    }
}

/// Threads inherit the mask of blocked signals; workers block all, so that the host's own threads handle them.
struct BlockedSignals(libc::sigset_t);

impl BlockedSignals {
    fn new() -> BlockedSignals {
        let mut all = MaybeUninit::uninit();
        let mut old = MaybeUninit::uninit();
        // SAFETY: `sigfillset` initializes `all`, `pthread_sigmask` reads it and initializes `old`; with these
        // arguments neither can fail.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), old.as_mut_ptr());
            BlockedSignals(old.assume_init())
        }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        // SAFETY: the mask is the one that was in force before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}
