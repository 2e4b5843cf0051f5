//! What each thread keeps for itself: how much it allocated, and small blocks that it freed.
//!
//! A value that a function returns lives in a cell of a few dozen bytes, which the caller often frees at once. Taking such
//! a cell from a list of its thread, and counting without atomic read-modify-write, makes that a few nanoseconds.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, Ordering};

use crate::sanitizer;

/// Blocks of so many bytes at most are kept.
const MOST_BYTES: usize = 256;
/// The sizes of small blocks are rounded up to multiples of this, so that a kept block serves many sizes.
const STEP: usize = 32;
const CLASSES: usize = MOST_BYTES / STEP;
/// How many blocks of a class a thread keeps. A thread that frees what others make does not hoard it.
const MOST_KEPT: u32 = 64;

/// How many bytes a block has that is asked for `size`.
pub(super) fn rounded(size: usize) -> usize {
    match class_of(size) {
        Some(class) => (class + 1) * STEP,
        None => size,
    }
}

fn class_of(size: usize) -> Option<usize> {
    (size <= MOST_BYTES).then(|| size.saturating_sub(1) / STEP)
}

/// What one thread at a time counts; its numbers outlive it. Alone on its cache lines (two, for the adjacent-line
/// prefetcher).
#[repr(align(128))]
struct Counter {
    live: AtomicI64,
    made: AtomicI64,
    taken: AtomicBool,
    /// The counter that was there before; never changes once this one can be found.
    next: AtomicPtr<Counter>,
}

impl Counter {
    const fn new() -> Counter {
        Counter {
            live: AtomicI64::new(0),
            made: AtomicI64::new(0),
            taken: AtomicBool::new(true),
            next: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// Counts for the one thread that has this counter.
    fn add(&self, bytes: i64, made: i64) {
        let add = |to: &AtomicI64, number: i64| {
            to.store(
                to.load(Ordering::Relaxed).wrapping_add(number),
                Ordering::Relaxed,
            );
        };
        add(&self.live, bytes);
        add(&self.made, made);
    }
}

/// For threads that are about to end and have given their counter back.
static LATE: Counter = Counter::new();
/// The list of all others.
static NEWEST: AtomicPtr<Counter> = AtomicPtr::new(std::ptr::null_mut());

fn counters() -> impl Iterator<Item = &'static Counter> {
    let after = |counter: &Counter| counter.next.load(Ordering::Acquire);
    // SAFETY: counters in the list are never freed.
    let at = |place: *mut Counter| unsafe { place.as_ref() };
    std::iter::successors(at(NEWEST.load(Ordering::Acquire)), move |counter| {
        at(after(counter))
    })
}

/// A counter that no other thread has, one left by an earlier thread if there is one.
fn claim() -> &'static Counter {
    let is_free = |counter: &&Counter| {
        let free =
            counter
                .taken
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed);
        free.is_ok()
    };
    if let Some(counter) = counters().find(is_free) {
        return counter;
    }
    let counter: &'static Counter = Box::leak(Box::new(Counter::new()));
    let mut newest = NEWEST.load(Ordering::Acquire);
    loop {
        counter.next.store(newest, Ordering::Relaxed);
        let place = std::ptr::from_ref(counter).cast_mut();
        match NEWEST.compare_exchange_weak(newest, place, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return counter,
            Err(other) => newest = other,
        }
    }
}

/// The sum over all threads of the bytes that are allocated and not freed.
pub(super) fn live_bytes() -> i64 {
    sum(|counter| &counter.live)
}

/// The sum over all threads of the blocks that were made.
pub(super) fn blocks_made() -> i64 {
    sum(|counter| &counter.made)
}

fn sum(number: impl Fn(&Counter) -> &AtomicI64) -> i64 {
    counters()
        .chain([&LATE])
        .map(|counter| number(counter).load(Ordering::Relaxed))
        .fold(0, i64::wrapping_add)
}

/// The kept blocks of a class: a list through their first bytes.
struct Kept {
    first: Cell<Option<NonNull<u8>>>,
    len: Cell<u32>,
}

struct Local {
    counter: &'static Counter,
    /// False under a sanitizer, which would not see that a kept block is nobody's.
    keeps: bool,
    kept: [Kept; CLASSES],
}

thread_local! {
    static LOCAL: Local = Local {
        counter: claim(),
        keeps: !sanitizer::is_there(),
        kept: [const { Kept { first: Cell::new(None), len: Cell::new(0) } }; CLASSES],
    };
}

impl Local {
    fn take(&self, size: usize) -> Option<NonNull<u8>> {
        let kept = &self.kept[class_of(size)?];
        let payload = kept.first.get()?;
        // SAFETY: a kept block is nobody's, and `keep` wrote the next one to its start.
        kept.first.set(unsafe { payload.cast().read() });
        kept.len.set(kept.len.get() - 1);
        Some(payload)
    }

    /// # Safety
    /// The block must be nobody's, and have the size that [`rounded`] gives for `size`.
    unsafe fn keep(&self, payload: NonNull<u8>, size: usize) -> bool {
        let Some(class) = class_of(size).filter(|_| self.keeps) else {
            return false;
        };
        let kept = &self.kept[class];
        if kept.len.get() == MOST_KEPT {
            return false;
        }
        // SAFETY: the smallest block has room for an address, and is aligned for it.
        unsafe { payload.cast().write(kept.first.get()) };
        kept.first.set(Some(payload));
        kept.len.set(kept.len.get() + 1);
        true
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        for class in 0..CLASSES {
            while let Some(payload) = self.take((class + 1) * STEP) {
                // SAFETY: the block was kept, so it is whole and nobody's.
                unsafe { super::release(payload) };
            }
        }
        self.counter.taken.store(false, Ordering::Release);
    }
}

/// Counts bytes that came or went, and blocks that were made.
pub(super) fn count(bytes: i64, made: i64) {
    // A destructor of another thread-local may allocate or free after `LOCAL` is gone.
    let counted = LOCAL.try_with(|local| local.counter.add(bytes, made));
    if counted.is_err() {
        LATE.live.fetch_add(bytes, Ordering::Relaxed);
        LATE.made.fetch_add(made, Ordering::Relaxed);
    }
}

/// A kept block of [`rounded`] size, which then counts as made.
pub(super) fn take(size: usize) -> Option<NonNull<u8>> {
    let taken = LOCAL.try_with(|local| {
        let payload = local.take(size)?;
        local.counter.add(size as i64, 1);
        Some(payload)
    });
    taken.ok().flatten()
}

/// Counts a block of `size` bytes as freed and keeps it for later, unless it is large or there are enough: then false, and
/// it is still to be given back to the C allocator.
///
/// # Safety
/// The block must be nobody's, and have the size that [`rounded`] gives for `size`.
pub(super) unsafe fn keep(payload: NonNull<u8>, size: usize) -> bool {
    let kept = LOCAL.try_with(|local| {
        local.counter.add(-(size as i64), 0);
        // SAFETY: the caller vouches for the block.
        unsafe { local.keep(payload, size) }
    });
    kept.unwrap_or_else(|_| {
        count(-(size as i64), 0);
        false
    })
}
