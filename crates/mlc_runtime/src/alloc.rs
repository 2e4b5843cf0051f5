//! Memory for arrays, lists and boxes: 64-byte aligned, counted exactly, on huge pages where that pays.
//!
//! A block is a block of the C allocator; of small ones each thread keeps some that it freed (`alloc/local.rs`). In front
//! of the payload stand 16 bytes: its size, so that the count is exact, and its distance from the start of the C block.
//!
//! ```text
//! C block          size     distance  payload (64-byte aligned)
//! |.... padding ...|........|........|.................
//! ```

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

use crate::error;
use crate::kind::MEMORY_ERROR;
use crate::race::log;
use crate::sanitizer;

mod local;

/// Alignment of every payload: a cache line, and the widest vector register.
pub const ALIGNMENT: usize = 64;
/// From this size on a block asks for huge pages: page faults dominate freshly allocated arrays otherwise.
pub const HUGE_PAGES_FROM: usize = 4 << 20;

const HUGE_PAGE: usize = 2 << 20;
const HEADER: usize = 16;
/// A C block is 16-byte aligned, so header and padding together never take more than one alignment unit.
const OVERHEAD: usize = ALIGNMENT;

#[derive(Clone, Copy)]
#[repr(C)]
struct Header {
    size: i64,
    distance: i64,
}

const _: () = assert!(size_of::<Header>() == HEADER);

/// Where the payload starts in the C block at `block`.
fn payload_address(block: usize) -> usize {
    (block + HEADER).next_multiple_of(ALIGNMENT)
}

/// Writes the header of the C block `block` and returns its payload.
///
/// # Safety
/// `block` must be 16-byte aligned and have the size that [`c_size`] gives.
unsafe fn dress(block: NonNull<u8>, size: usize) -> NonNull<u8> {
    let distance = payload_address(block.addr().get()) - block.addr().get();
    // SAFETY: `distance` is at least HEADER and at most OVERHEAD, so header and payload lie in the block.
    unsafe {
        let payload = block.add(distance);
        payload.sub(HEADER).cast().write(Header {
            size: size as i64,
            distance: distance as i64,
        });
        let (start, end) = (payload.addr().get(), payload.addr().get() + size);
        sanitizer::poison(start - HEADER, start);
        sanitizer::poison(end, block.addr().get() + c_size(size));
        payload
    }
}

/// The header of a block that is about to be freed or resized.
///
/// # Safety
/// `payload` must come from `dress` and still be alive.
unsafe fn header(payload: NonNull<u8>) -> Header {
    let start = payload.addr().get();
    sanitizer::unpoison(start - HEADER, start);
    // SAFETY: `dress` wrote a header just before the payload.
    unsafe { payload.sub(HEADER).cast().read() }
}

/// How many bytes a block has room for.
///
/// # Safety
/// `payload` must come from [`mlc_rt_alloc`] or [`mlc_rt_realloc`] and still be alive.
pub(crate) unsafe fn capacity(payload: *mut c_void) -> i64 {
    // SAFETY: the caller vouches for the payload, before which its header stands.
    unsafe {
        let payload = NonNull::new_unchecked(payload.cast::<u8>());
        let size = header(payload).size;
        let start = payload.addr().get();
        sanitizer::poison(start - HEADER, start);
        size
    }
}

/// Checks a size that a program asked for; leaves room for the overhead and for rounding to huge pages.
fn checked(bytes: i64) -> Option<usize> {
    let size = usize::try_from(bytes).ok()?;
    (size <= isize::MAX as usize - 2 * HUGE_PAGE).then_some(size)
}

fn out_of_memory(bytes: i64) -> *mut c_void {
    error::raise(MEMORY_ERROR, format!("cannot allocate {bytes} bytes"));
    null_mut()
}

/// The size of the C block for a payload of `size` bytes.
fn c_size(size: usize) -> usize {
    local::rounded(size) + OVERHEAD
}

fn c_block(size: usize) -> Option<NonNull<u8>> {
    if size < HUGE_PAGES_FROM {
        // SAFETY: malloc has no preconditions.
        return NonNull::new(unsafe { libc::malloc(c_size(size)) }.cast());
    }
    let mut block = null_mut();
    // SAFETY: `block` is a valid place for the result and the alignment is a power of two.
    let failed = unsafe { libc::posix_memalign(&mut block, HUGE_PAGE, c_size(size)) };
    if failed != 0 {
        return None;
    }
    let block = NonNull::new(block)?;
    advise_huge_pages(block.cast(), c_size(size));
    Some(block.cast())
}

fn advise_huge_pages(block: NonNull<u8>, len: usize) {
    const PAGE: usize = 4096;
    let start = block.addr().get().next_multiple_of(PAGE);
    let end = (block.addr().get() + len) / PAGE * PAGE;
    if start < end {
        // SAFETY: the pages lie inside a block that we own; the advice does not change what they hold. A kernel that
        // does not know it refuses, and then small pages serve.
        unsafe { libc::madvise(start as *mut c_void, end - start, libc::MADV_HUGEPAGE) };
    }
}

/// Allocates `bytes` bytes, 64-byte aligned and not initialized. NULL and a pending `MemoryError` if that fails; for no
/// bytes at all the result is not NULL, so NULL always means failure.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_alloc(bytes: i64) -> *mut c_void {
    let Some(size) = checked(bytes) else {
        return out_of_memory(bytes);
    };
    if let Some(payload) = local::take(size) {
        // SAFETY: a kept block is whole and now ours; its distance stays, its size is that of its last payload.
        unsafe { payload.sub(HEADER).cast::<i64>().write(bytes) };
        return payload.as_ptr().cast();
    }
    let Some(block) = c_block(size) else {
        return out_of_memory(bytes);
    };
    local::count(bytes, 1);
    // SAFETY: the C allocator aligns to 16 bytes and gave us what was asked for.
    unsafe { dress(block, size) }.as_ptr().cast()
}

/// Frees what `mlc_rt_alloc` or `mlc_rt_realloc` returned; NULL is fine.
///
/// # Safety
/// `payload` must be NULL or come from this module and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_free(payload: *mut c_void) {
    let Some(payload) = NonNull::new(payload.cast::<u8>()) else {
        return;
    };
    // SAFETY: the caller vouches for the payload, so its header and the C block around it are ours.
    unsafe {
        let size = header(payload).size as usize;
        log::forget(payload.addr().get(), size);
        if !local::keep(payload, size) {
            release(payload);
        }
    }
}

/// Gives a block back to the C allocator.
///
/// # Safety
/// `payload` must come from `dress` and be nobody's.
unsafe fn release(payload: NonNull<u8>) {
    // SAFETY: the header in front of the payload says where the C block begins.
    unsafe {
        let distance = header(payload).distance as usize;
        libc::free(payload.sub(distance).as_ptr().cast());
    }
}

/// Resizes a block and keeps its contents up to the smaller size. NULL and a pending `MemoryError` if that fails, and
/// then the block is untouched. NULL is resized by allocating.
///
/// # Safety
/// `payload` must be NULL or come from this module and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_realloc(payload: *mut c_void, bytes: i64) -> *mut c_void {
    let Some(old) = NonNull::new(payload.cast::<u8>()) else {
        return mlc_rt_alloc(bytes);
    };
    let Some(size) = checked(bytes) else {
        return out_of_memory(bytes);
    };
    // SAFETY: the caller vouches for the payload. C's `realloc` keeps the bytes of the block, so the old payload still
    // starts `distance` bytes into the new block; both placements fit, since each distance is at most OVERHEAD.
    unsafe {
        let Header {
            size: old_size,
            distance,
        } = header(old);
        let distance = distance as usize;
        log::forget(old.addr().get(), old_size as usize);
        let block = old.sub(distance);
        let end = old.addr().get() + old_size as usize;
        sanitizer::unpoison(end, block.addr().get() + c_size(old_size as usize));
        let block = libc::realloc(block.as_ptr().cast(), c_size(size));
        let Some(block) = NonNull::new(block.cast::<u8>()) else {
            return out_of_memory(bytes);
        };
        if size >= HUGE_PAGES_FROM {
            advise_huge_pages(block, c_size(size));
        }
        let moved_to = payload_address(block.addr().get()) - block.addr().get();
        if moved_to != distance {
            let kept = size.min(old_size as usize);
            block.add(distance).copy_to(block.add(moved_to), kept);
        }
        local::count(bytes - old_size, 1);
        dress(block, size).as_ptr().cast()
    }
}

/// How many bytes of payload are allocated and not yet freed, over all threads.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_live_bytes() -> i64 {
    local::live_bytes()
}

/// How many blocks were allocated or resized so far, over all threads: what a call allocates is the difference.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_allocations() -> i64 {
    local::blocks_made()
}
