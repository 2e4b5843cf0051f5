//! Texts that grow at their end.

use std::sync::atomic::{AtomicI64, Ordering};

use super::{Buffer, Text, as_str, chars, mlc_rt_str_release, mlc_rt_str_retain, store};
use crate::alloc::{capacity, mlc_rt_realloc};
use crate::kind::MEMORY_ERROR;

/// `place += more`. Where nobody else has the text, it stays in its buffer, which grows by half when it is full: a text that is
/// put together piece by piece costs what its length is.
///
/// # Safety
/// Both must point to texts; `place` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_append(place: *mut Text, more: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers. A buffer with one reference belongs to this text alone, so that nobody reads
    // it meanwhile; `more` has another one.
    unsafe {
        let (text, piece) = (*place, *more);
        if piece.is_null() {
            return 0;
        }
        if text.is_null() {
            mlc_rt_str_retain(piece);
            *place = piece;
            return 0;
        }
        if text == piece || (*text).references.load(Ordering::Acquire) != 1 {
            let mut joined: Text = std::ptr::null_mut();
            let status = store(&raw mut joined, &[as_str(text), as_str(piece)]);
            if status == 0 {
                mlc_rt_str_release(text);
                *place = joined;
            }
            return status;
        }
        let (old, added) = (as_str(text), as_str(piece));
        let (start, chars) = (old.len(), chars(text) + chars(piece));
        let bytes = start + added.len();
        let needed = (size_of::<Buffer>() + bytes) as i64;
        let room = capacity(text.cast());
        let text = match needed <= room {
            true => text,
            false => mlc_rt_realloc(text.cast(), needed.max(room + room / 2)).cast(),
        };
        if text.is_null() {
            return MEMORY_ERROR;
        }
        let end = text.add(1).cast::<u8>().add(start);
        added.as_ptr().copy_to_nonoverlapping(end, added.len());
        text.write(Buffer {
            references: AtomicI64::new(1),
            bytes: bytes as i64,
            chars,
        });
        *place = text;
        0
    }
}

#[cfg(test)]
mod tests {
    use super::super::{mlc_rt_str_release, mlc_rt_str_retain, new};
    use super::*;

    fn text(of: &str) -> Text {
        new(of).expect("there is memory")
    }

    fn append(place: &mut Text, more: &Text) {
        // SAFETY: both are texts.
        assert_eq!(unsafe { mlc_rt_str_append(place, more) }, 0);
    }

    fn seen(text: Text) -> (String, i64) {
        // SAFETY: a live text.
        unsafe { (as_str(text).to_owned(), chars(text)) }
    }

    fn release(texts: &[Text]) {
        for text in texts {
            // SAFETY: each is the last use of a text.
            unsafe { mlc_rt_str_release(*text) };
        }
    }

    #[test]
    fn a_sole_text_grows_where_it_is() {
        let (mut place, more) = (text("héé"), text("é!"));
        let mut expected = String::from("héé");
        let mut moves = 0;
        for _ in 0..10_000 {
            let before = place;
            append(&mut place, &more);
            expected.push_str("é!");
            moves += i32::from(place != before);
        }
        assert_eq!(
            seen(place),
            (expected.clone(), expected.chars().count() as i64)
        );
        assert!(moves < 40, "{moves} buffers");
        release(&[place, more]);
    }

    #[test]
    fn a_shared_text_stays_as_it_is_for_others() {
        let (mut place, more) = (text("shared"), text(" no more"));
        let other = place;
        // SAFETY: a live text.
        unsafe { mlc_rt_str_retain(other) };
        append(&mut place, &more);
        assert_eq!(seen(other).0, "shared");
        assert_eq!(seen(place).0, "shared no more");
        release(&[place, more, other]);
    }

    #[test]
    fn a_text_is_appended_to_itself_and_to_nothing() {
        let mut place = text("twice");
        let itself: *const Text = &raw const place;
        // SAFETY: a text; that both are one is what is tested.
        assert_eq!(unsafe { mlc_rt_str_append(&raw mut place, itself) }, 0);
        assert_eq!(seen(place), ("twicetwice".to_owned(), 10));
        let mut empty: Text = std::ptr::null_mut();
        append(&mut empty, &place);
        append(&mut place, &std::ptr::null_mut());
        assert_eq!(empty, place);
        release(&[place, empty]);
    }
}
