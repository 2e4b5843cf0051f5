//! Texts: immutable, shared and counted.
//!
//! Compiled code holds a text as one pointer to a buffer; a null pointer is the empty text. Texts are UTF-8, and
//! positions count code points, as in Python; a text of ASCII alone is indexed in constant time.

mod append;
mod arguments;
mod builder;
mod caught;
mod character;
mod compare;
mod complex;
mod convert;
mod exception;
mod format;
mod limited;
mod make;
mod numeral;
mod parts;
mod scalar;

use std::sync::atomic::{AtomicI64, Ordering, fence};

use crate::alloc::{mlc_rt_alloc, mlc_rt_free};
use crate::kind::MEMORY_ERROR;
use crate::sanitizer;

pub use append::*;
pub use builder::*;
pub use caught::*;
pub use compare::*;
pub use complex::*;
pub use convert::*;
pub use exception::*;
pub use format::*;
pub use limited::*;
pub use make::*;
pub use numeral::*;
pub use parts::*;
pub use scalar::*;

/// What a text points to; its bytes follow.
#[repr(C)]
#[derive(Debug)]
pub struct Buffer {
    /// How many texts point here; negative for a literal, which is never freed. That of a message of a caught error may have
    /// [`CAUGHT`] in it.
    references: AtomicI64,
    /// The length in bytes.
    bytes: i64,
    /// The length in code points.
    chars: i64,
}

/// What compiled code holds for a text.
pub type Text = *mut Buffer;

/// The characters of a text.
///
/// # Safety
/// `text` must be null or point to a live buffer, which then stays alive as long as the result is used.
pub unsafe fn as_str<'a>(text: Text) -> &'a str {
    if text.is_null() {
        return "";
    }
    // SAFETY: the bytes follow the buffer's head and were UTF-8 when they were written; nothing writes them again.
    unsafe {
        let bytes = std::slice::from_raw_parts(text.add(1).cast::<u8>(), (*text).bytes as usize);
        std::str::from_utf8_unchecked(bytes)
    }
}

/// The number of code points in a text.
///
/// # Safety
/// As for [`as_str`].
pub(crate) unsafe fn chars(text: Text) -> i64 {
    if text.is_null() {
        return 0;
    }
    // SAFETY: the caller vouches for the buffer.
    unsafe { (*text).chars }
}

/// Whether each code point is one byte.
///
/// # Safety
/// As for [`as_str`].
pub(crate) unsafe fn is_ascii(text: Text) -> bool {
    // SAFETY: the caller vouches for the buffer.
    text.is_null() || unsafe { (*text).chars == (*text).bytes }
}

/// A new text with these characters, which the caller ends; `None` where there is no memory.
pub fn new(text: &str) -> Option<Text> {
    let mut made: Text = std::ptr::null_mut();
    // SAFETY: the place is a local variable.
    let status = unsafe { store(&raw mut made, &[text]) };
    (status == 0).then_some(made)
}

/// Stores a new text that joins the pieces. Returns 0, or the status of a `MemoryError`, with nothing stored.
///
/// # Safety
/// `out` must be writable; what it held before is not looked at.
pub(crate) unsafe fn store(out: *mut Text, pieces: &[&str]) -> i32 {
    let bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
    if bytes == 0 {
        // SAFETY: the caller vouches for `out`.
        unsafe { *out = std::ptr::null_mut() };
        return 0;
    }
    if bytes == 1
        && let Some(text) = pieces.iter().find_map(|piece| character::literal(piece))
    {
        // SAFETY: as above.
        unsafe { *out = text };
        return 0;
    }
    // SAFETY: the caller vouches for `out`.
    unsafe { allocate(out, pieces, bytes) }
}

/// Stores a new buffer of the pieces, which together have this many bytes. Returns 0, or the status of a `MemoryError`.
///
/// # Safety
/// As for [`store`].
unsafe fn allocate(out: *mut Text, pieces: &[&str], bytes: usize) -> i32 {
    let head = std::mem::size_of::<Buffer>();
    let buffer: Text = mlc_rt_alloc((head + bytes) as i64).cast();
    if buffer.is_null() {
        return MEMORY_ERROR;
    }
    let chars: usize = pieces.iter().map(|piece| piece.chars().count()).sum();
    // SAFETY: the block has room for the head and all bytes, and nothing else knows of it yet.
    unsafe {
        buffer.write(Buffer {
            references: AtomicI64::new(1),
            bytes: bytes as i64,
            chars: chars as i64,
        });
        let mut end = buffer.add(1).cast::<u8>();
        for piece in pieces {
            piece.as_ptr().copy_to_nonoverlapping(end, piece.len());
            end = end.add(piece.len());
        }
        *out = buffer;
    }
    0
}

/// Makes one more text of a buffer.
///
/// # Safety
/// `text` must be null or point to a live buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_retain(text: Text) {
    if text.is_null() {
        return;
    }
    // SAFETY: the caller vouches for the buffer; the count of a literal is never written, so that it may be read-only.
    unsafe {
        if (*text).references.load(Ordering::Relaxed) >= 0 {
            (*text).references.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Ends a text; the buffer is freed with the last one.
///
/// # Safety
/// `text` must be null or point to a live buffer, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_release(text: Text) {
    if text.is_null() {
        return;
    }
    // SAFETY: the caller vouches for the buffer. As in any count of references, the last decrement comes after all
    // uses on other threads.
    unsafe {
        if (*text).references.load(Ordering::Relaxed) < 0 {
            return;
        }
        sanitizer::release(text);
        let before = (*text).references.fetch_sub(1, Ordering::Release);
        if before & !CAUGHT == 1 {
            fence(Ordering::Acquire);
            sanitizer::acquire(text);
            if before & CAUGHT != 0 {
                caught::forget(text);
            }
            mlc_rt_free(text.cast());
        }
    }
}

/// The number of code points.
///
/// # Safety
/// `text` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_len(text: *const Text) -> i64 {
    // SAFETY: the caller vouches for the text.
    unsafe { chars(*text) }
}
