//! Marks of places, which compiled code sets one by one: whether any is set twice.
//!
//! They are one bit a place, which stays in the caches where numbers of iterations would not. Who set a mark is not known: where one is
//! set twice, `inspect.rs` finds out.

use std::alloc::{Layout, alloc_zeroed};
use std::ptr::NonNull;

/// Where compiled code finds how many places there are, and says that it marked one twice. The bits are behind them.
const PLACES: usize = 0;
const TWICE: usize = 1;
const FIRST_BITS: usize = 2;
/// The bits of so many places are in as many words of 64 bits as they need, in an order that compiled code knows.
const BLOCK: usize = 64 * 64;

/// Begins marks for so many places, to be ended. Where there is no memory for them, there is no place, and one counts as marked
/// twice.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_race_marks(places: i64) -> *mut u64 {
    let count = usize::try_from(places).unwrap_or(0);
    let words = FIRST_BITS + words_for(count);
    let mut marks = zeroed(words).unwrap_or_default();
    match marks.get_mut(PLACES) {
        Some(known) => *known = count as u64,
        None => marks = vec![0, 1],
    }
    Box::into_raw(marks.into_boxed_slice()).cast()
}

/// The words of the bits: those of whole blocks.
fn words_for(places: usize) -> usize {
    places.div_ceil(BLOCK) * (BLOCK / 64)
}

/// So many words, whose memory is only touched where they are.
fn zeroed(words: usize) -> Option<Vec<u64>> {
    let layout = Layout::array::<u64>(words).ok()?;
    // SAFETY: there are some words.
    let memory = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    // SAFETY: the memory is new, was made for so many words, and all of them are zero.
    Some(unsafe { Vec::from_raw_parts(memory.as_ptr().cast(), words, words) })
}

/// Ends marks; whether none was set twice.
///
/// # Safety
/// `marks` must come from `mlc_rt_race_marks` and not have been ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_race_marks_apart(marks: *mut u64) -> bool {
    // SAFETY: both words of the head are there, and the number of places is as it was written.
    let (places, twice) = unsafe { (*marks.add(PLACES), *marks.add(TWICE)) };
    let words = FIRST_BITS + words_for(places as usize);
    // SAFETY: the slice was made of so many words, and the caller hands it over.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(marks, words)) });
    twice == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_begin_unset_and_tell_of_the_second() {
        let marks = mlc_rt_race_marks(130);
        // SAFETY: the head and a block of bits are there until the marks end.
        unsafe {
            assert_eq!(*marks.add(PLACES), 130);
            assert!((TWICE..FIRST_BITS + BLOCK / 64).all(|word| *marks.add(word) == 0));
            assert!(mlc_rt_race_marks_apart(marks));
        }
        let marks = mlc_rt_race_marks(0);
        // SAFETY: the head is there until the marks end.
        unsafe {
            *marks.add(TWICE) = 1;
            assert!(!mlc_rt_race_marks_apart(marks));
        }
    }

    #[test]
    fn without_memory_nothing_is_known() {
        let marks = mlc_rt_race_marks(i64::MAX);
        // SAFETY: the marks are alive until they end here.
        unsafe {
            assert_eq!(*marks.add(PLACES), 0);
            assert!(!mlc_rt_race_marks_apart(marks));
        }
    }
}
