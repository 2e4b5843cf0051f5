//! The heap cells of owned values: a box holds one payload (an array descriptor, a list header, a struct).

use std::ffi::c_void;

use crate::alloc::{mlc_rt_alloc, mlc_rt_free};

/// Makes a cell of `bytes` zero bytes. NULL and a pending `MemoryError` if that fails.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_box_new(bytes: i64) -> *mut c_void {
    let cell = mlc_rt_alloc(bytes);
    if !cell.is_null() {
        // SAFETY: the allocation succeeded, so `bytes` is not negative and that many bytes are ours.
        unsafe { cell.cast::<u8>().write_bytes(0, bytes as usize) };
    }
    cell
}

/// Frees a cell, not what its payload owns; NULL is fine.
///
/// # Safety
/// `cell` must be NULL or come from `mlc_rt_box_new` and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_box_free(cell: *mut c_void) {
    // SAFETY: the caller vouches for the cell.
    unsafe { mlc_rt_free(cell) }
}
