//! Operations on texts that take part of a text, or act so many times at most.

use super::make::{append_all, is_space};
use super::{Text, as_str, store};
use crate::error;
use crate::kind::VALUE_ERROR;
use crate::list::List;

/// `text.find(part, start, end)`: the first position in `text[start:end]`, counted from the start of the text, or -1.
///
/// # Safety
/// Both must point to texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_find_in(
    text: *const Text,
    part: *const Text,
    start: i64,
    end: i64,
) -> i64 {
    // SAFETY: the caller vouches for the pointers.
    let (whole, part) = unsafe { (as_str(*text), as_str(*part)) };
    let length = whole.chars().count() as i64;
    let from_start = |position: i64| match position {
        ..0 => (position + length).max(0),
        _ => position,
    };
    let (start, end) = (from_start(start), from_start(end).min(length));
    if start > end {
        return -1;
    }
    let byte = |position: i64| {
        (whole.char_indices().nth(position as usize)).map_or(whole.len(), |(byte, _)| byte)
    };
    let section = &whole[byte(start)..byte(end)];
    match section.find(part) {
        Some(found) => start + section[..found].chars().count() as i64,
        None => -1,
    }
}

/// `text.replace(old, new, count)`; a negative count is none.
///
/// # Safety
/// The texts must be texts, and `out` point to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_replace_most(
    out: *mut Text,
    text: *const Text,
    old: *const Text,
    new: *const Text,
    count: i64,
) -> i32 {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let replaced = as_str(*text).replacen(as_str(*old), as_str(*new), count);
        store(out, &[&replaced])
    }
}

/// `text.split(None, most)`: what is left behind the last split keeps its white space at the end. A negative `most` is none.
///
/// # Safety
/// `text` must point to a text, and `list` be an empty list of texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_split_most(
    list: *mut List,
    text: *const Text,
    most: i64,
) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { append_all(list, words(as_str(*text), most)) }
}

fn words(text: &str, most: i64) -> impl Iterator<Item = &str> {
    let (mut rest, mut left) = (text, u64::try_from(most).unwrap_or(u64::MAX));
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(is_space);
        if rest.is_empty() {
            return None;
        }
        let end = match left {
            0 => rest.len(),
            _ => rest.find(is_space).unwrap_or(rest.len()),
        };
        left = left.saturating_sub(1);
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some(word)
    })
}

/// `text.split(separator, most)`; `ValueError` for an empty separator. A negative `most` is none.
///
/// # Safety
/// As for [`mlc_rt_str_split_most`], and `separator` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_split_at_most(
    list: *mut List,
    text: *const Text,
    separator: *const Text,
    most: i64,
) -> i32 {
    let pieces = usize::try_from(most).map_or(usize::MAX, |most| most.saturating_add(1));
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let separator = as_str(*separator);
        if separator.is_empty() {
            return error::raise(VALUE_ERROR, "empty separator");
        }
        append_all(list, as_str(*text).splitn(pieces, separator))
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_split_so_many_times() {
        let split = |text, most| words(text, most).collect::<Vec<_>>();
        assert_eq!(split("  a b  c ", -1), ["a", "b", "c"]);
        assert_eq!(split("  a b  c ", 1), ["a", "b  c "]);
        assert_eq!(split("  a b ", 0), ["a b "]);
        assert!(split("   ", 3).is_empty());
    }
}
