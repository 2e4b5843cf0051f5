//! Parts of texts: characters, slices, and where a text stands in another.

use super::make::byte_at;
use super::{Text, as_str, chars, is_ascii, store};
use crate::error;
use crate::kind::{INDEX_ERROR, VALUE_ERROR};

/// `text[index]`; a negative index counts from the end, and `IndexError` tells of one out of range.
///
/// # Safety
/// `text` must point to a text, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_index(out: *mut Text, text: *const Text, index: i64) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let text = *text;
        let length = chars(text);
        let position = if index < 0 {
            index.saturating_add(length)
        } else {
            index
        };
        if position < 0 || position >= length {
            return error::raise(INDEX_ERROR, "string index out of range");
        }
        let (from, to) = (byte_at(text, position), byte_at(text, position + 1));
        store(out, &[&as_str(text)[from..to]])
    }
}

/// The bit of `present` that says that a slice has a start.
pub const HAS_START: i32 = 1;
/// The bit of `present` that says that a slice has a stop.
pub const HAS_STOP: i32 = 2;

/// `text[start:stop:step]` as in Python; `present` tells which of start and stop are there. `ValueError` for a step
/// of zero.
///
/// # Safety
/// As for [`mlc_rt_str_index`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_slice(
    out: *mut Text,
    text: *const Text,
    start: i64,
    stop: i64,
    step: i64,
    present: i32,
) -> i32 {
    if step == 0 {
        return error::raise(VALUE_ERROR, "slice step cannot be zero");
    }
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let text = *text;
        let length = chars(text);
        let (lowest, highest) = if step > 0 {
            (0, length)
        } else {
            (-1, length - 1)
        };
        let clamp = |bound: i64, has: i32, otherwise: i64| {
            if present & has == 0 {
                return otherwise;
            }
            let bound = if bound < 0 {
                bound.saturating_add(length)
            } else {
                bound
            };
            bound.clamp(lowest, highest)
        };
        let (first, last) = if step > 0 {
            (0, length)
        } else {
            (length - 1, -1)
        };
        let start = clamp(start, HAS_START, first);
        let stop = clamp(stop, HAS_STOP, last);
        if step == 1 {
            if start >= stop {
                return store(out, &[]);
            }
            return store(
                out,
                &[&as_str(text)[byte_at(text, start)..byte_at(text, stop)]],
            );
        }
        let mut picked = String::new();
        let (mut at, bytes) = (start, as_str(text).as_bytes());
        let characters: Vec<char> = if is_ascii(text) {
            Vec::new()
        } else {
            as_str(text).chars().collect()
        };
        while if step > 0 { at < stop } else { at > stop } {
            picked.push(match characters.get(at as usize) {
                Some(c) => *c,
                None => char::from(bytes[at as usize]),
            });
            at = match at.checked_add(step) {
                Some(next) => next,
                None => break,
            };
        }
        store(out, &[&picked])
    }
}

/// `part in text`.
///
/// # Safety
/// Both must point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_contains(text: *const Text, part: *const Text) -> bool {
    // SAFETY: the caller vouches for the pointers.
    unsafe { as_str(*text).contains(as_str(*part)) }
}

/// `text.find(part)`: the first position, or -1.
///
/// # Safety
/// Both must point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_find(text: *const Text, part: *const Text) -> i64 {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let whole = as_str(*text);
        whole
            .find(as_str(*part))
            .map_or(-1, |byte| whole[..byte].chars().count() as i64)
    }
}

/// `text.startswith(part)`.
///
/// # Safety
/// Both must point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_starts_with(text: *const Text, part: *const Text) -> bool {
    // SAFETY: the caller vouches for the pointers.
    unsafe { as_str(*text).starts_with(as_str(*part)) }
}

/// `text.endswith(part)`.
///
/// # Safety
/// Both must point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_ends_with(text: *const Text, part: *const Text) -> bool {
    // SAFETY: the caller vouches for the pointers.
    unsafe { as_str(*text).ends_with(as_str(*part)) }
}
