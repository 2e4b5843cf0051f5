//! Comparing texts: by code points, which in UTF-8 is by bytes.

use super::{Text, as_str};

/// -1, 0 or 1 as the first text is less than, equal to or greater than the second.
///
/// # Safety
/// Both must point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_compare(a: *const Text, b: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { as_str(*a).cmp(as_str(*b)) as i32 }
}

/// `a == b`.
///
/// # Safety
/// Both must point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_equal(a: *const Text, b: *const Text) -> bool {
    // SAFETY: the caller vouches for the pointers.
    unsafe { *a == *b || as_str(*a) == as_str(*b) }
}
