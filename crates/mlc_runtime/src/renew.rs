//! Buffers that are taken over: one that belongs to somebody else is replaced by one of the same size.

use std::ffi::c_void;

use crate::alloc::mlc_rt_alloc;
use crate::error;
use crate::kind::MEMORY_ERROR;
use crate::list::List;

fn too_large() -> i32 {
    error::raise(MEMORY_ERROR, "cannot hold that many elements".to_owned())
}

/// A new buffer of as many bytes as there are at `old`, with the same contents if `keep` is not 0; NULL on failure.
///
/// # Safety
/// There must be `bytes` bytes at `old`.
unsafe fn renewed(old: *const c_void, bytes: i64, keep: i32) -> *mut c_void {
    let new = mlc_rt_alloc(bytes);
    if !new.is_null() && keep != 0 {
        // SAFETY: the caller vouches for the old buffer, and the new one is as large and apart from it.
        unsafe {
            new.cast::<u8>()
                .copy_from_nonoverlapping(old.cast(), bytes as usize)
        };
    }
    new
}

/// Makes the buffer of a list its own: one of somebody else's is replaced, its elements are copied if `keep` is not 0 and hold
/// anything else. Returns 0, or the status of a `MemoryError`.
///
/// # Safety
/// `list` must be a valid header whose `len` elements have `elem_size` bytes each and own nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_list_renew(list: *mut List, elem_size: i64, keep: i32) -> i32 {
    // SAFETY: the caller vouches for the header, and nothing else uses it during the call.
    let list = unsafe { &mut *list };
    if list.cap > 0 || list.len == 0 {
        return 0;
    }
    let Some(bytes) = list.len.checked_mul(elem_size) else {
        return too_large();
    };
    // SAFETY: the caller vouches for the elements.
    let data = unsafe { renewed(list.data, bytes, keep) };
    if data.is_null() {
        return MEMORY_ERROR;
    }
    list.data = data;
    list.cap = list.len;
    0
}

/// The same for the elements of an array, whose descriptor is MLIR's: allocated, aligned, offset, `rank` sizes and as many
/// strides, in row-major order without gaps.
///
/// # Safety
/// `array` must be a valid descriptor of that rank, of elements of `elem_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_array_renew(
    array: *mut c_void,
    rank: i64,
    elem_size: i64,
    keep: i32,
) -> i32 {
    // SAFETY: a descriptor is two pointers, then the offset and the sizes as words.
    unsafe {
        let pointers = array.cast::<*mut c_void>();
        let words = array.cast::<i64>();
        if !pointers.read().is_null() {
            return 0;
        }
        let sizes = (0..rank as usize).map(|axis| words.add(3 + axis).read());
        let Some(bytes) = { sizes }.try_fold(elem_size, i64::checked_mul) else {
            return too_large();
        };
        let aligned = pointers.add(1).read().cast::<u8>();
        let first = aligned.offset((words.add(2).read() * elem_size) as isize);
        let data = renewed(first.cast(), bytes, keep);
        if data.is_null() {
            return MEMORY_ERROR;
        }
        pointers.write(data);
        pointers.add(1).write(data);
        words.add(2).write(0);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::{mlc_rt_array_renew, mlc_rt_list_renew};
    use crate::alloc::mlc_rt_free;
    use crate::list::List;

    #[test]
    fn a_list_of_its_own_stays() {
        let mut data = [1.0f64, 2.0];
        let mut list = List {
            data: data.as_mut_ptr().cast(),
            len: 2,
            cap: 2,
        };
        // SAFETY: the header is valid.
        let status = unsafe { mlc_rt_list_renew(&raw mut list, 8, 1) };
        assert_eq!((status, list.data), (0, data.as_mut_ptr().cast()));
    }

    #[test]
    fn a_list_of_somebody_else_gets_its_own_copy() {
        let mut data = [1.0f64, 2.0];
        let mut list = List {
            data: data.as_mut_ptr().cast(),
            len: 2,
            cap: 0,
        };
        // SAFETY: the header is valid; the copy is freed once.
        unsafe {
            assert_eq!(mlc_rt_list_renew(&raw mut list, 8, 1), 0);
            assert_ne!(list.data, data.as_mut_ptr().cast());
            assert_eq!(list.data.cast::<f64>().add(1).read(), 2.0);
            mlc_rt_free(list.data);
        }
        assert_eq!(list.cap, 2);
    }

    #[test]
    fn an_array_of_somebody_else_gets_its_own_copy() {
        let mut data = [1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        // One element in, two rows of three.
        let mut array: [i64; 7] = [0, data.as_mut_ptr() as i64, 1, 2, 3, 3, 1];
        // SAFETY: the descriptor is valid; the copy is freed once.
        unsafe {
            assert_eq!(mlc_rt_array_renew(array.as_mut_ptr().cast(), 2, 4, 1), 0);
            let own = array[0] as *mut f32;
            assert_eq!((array[1], array[2]), (array[0], 0));
            assert_eq!((own.read(), own.add(5).read()), (2.0, 7.0));
            mlc_rt_free(own.cast());
        }
    }
}
