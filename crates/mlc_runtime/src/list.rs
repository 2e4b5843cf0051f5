//! The header of a growable list, and its growth.

use std::ffi::c_void;

use crate::alloc::{mlc_rt_alloc, mlc_rt_realloc};
use crate::error;
use crate::kind::MEMORY_ERROR;
use crate::race::log;

/// What compiled code holds inline for a list.
#[repr(C)]
#[derive(Debug)]
pub struct List {
    /// `len` elements, one after the other.
    pub data: *mut c_void,
    pub len: i64,
    /// How many elements fit; 0 with elements present means that the buffer belongs to somebody else.
    pub cap: i64,
}

/// A first allocation holds at least this many elements.
const SMALLEST: i64 = 8;

/// Makes room for at least `min_cap` elements of `elem_size` bytes; growth is by half, so appending is amortized. A
/// buffer that belongs to somebody else is copied, not resized. Returns 0, or the status of a `MemoryError`.
///
/// # Safety
/// `list` must be a valid header whose `len` elements have `elem_size` bytes each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_list_reserve(list: *mut List, min_cap: i64, elem_size: i64) -> i32 {
    // SAFETY: the caller vouches for the header, and nothing else uses it during the call.
    let list = unsafe { &mut *list };
    log::write_by_runtime(std::ptr::from_mut(list).addr(), size_of::<List>());
    let foreign = list.cap == 0 && list.len > 0;
    let min_cap = min_cap.max(list.len);
    if min_cap <= list.cap && !foreign {
        return 0;
    }
    let grown = list.cap.max(if foreign { list.len } else { 0 });
    let cap = min_cap.max(grown.saturating_add(grown / 2)).max(SMALLEST);
    // Near the end of the address space the amortized size may be too much where the asked size is not.
    let Some((cap, bytes)) = [cap, min_cap]
        .into_iter()
        .find_map(|cap| Some((cap, cap.checked_mul(elem_size)?)))
    else {
        return error::raise(
            MEMORY_ERROR,
            format!("cannot hold {min_cap} elements of {elem_size} bytes"),
        );
    };
    let data = if foreign {
        let data = mlc_rt_alloc(bytes);
        if !data.is_null() {
            // SAFETY: the foreign buffer has `len` elements, and the new one room for at least as many.
            unsafe {
                list.data
                    .cast::<u8>()
                    .copy_to_nonoverlapping(data.cast(), (list.len * elem_size) as usize)
            };
        }
        data
    } else if list.cap == 0 {
        mlc_rt_alloc(bytes)
    } else {
        // SAFETY: a buffer with a capacity comes from this function.
        unsafe { mlc_rt_realloc(list.data, bytes) }
    };
    if data.is_null() {
        return MEMORY_ERROR;
    }
    list.data = data;
    list.cap = cap;
    0
}
