//! Making texts of other texts.

use super::{Text, as_str, chars, is_ascii, store};
use crate::error;
use crate::kind::{MEMORY_ERROR, TYPE_ERROR, VALUE_ERROR};
use crate::list::{List, mlc_rt_list_reserve};
use crate::race::log;

/// `a + b`.
///
/// # Safety
/// `a` and `b` must point to texts, and `out` to where one may be written; so it is in all functions here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_concat(out: *mut Text, a: *const Text, b: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { store(out, &[as_str(*a), as_str(*b)]) }
}

/// `text * count`; a count below one gives the empty text.
///
/// # Safety
/// As for [`mlc_rt_str_concat`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_repeat(out: *mut Text, text: *const Text, count: i64) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    let piece = unsafe { as_str(*text) };
    let count = usize::try_from(count).unwrap_or(0);
    let fits = piece
        .len()
        .checked_mul(count)
        .is_some_and(|bytes| bytes < isize::MAX as usize / 2);
    if !fits {
        return error::raise(MEMORY_ERROR, "the repeated text is too long");
    }
    // SAFETY: as above.
    unsafe { store(out, &vec![piece; if piece.is_empty() { 0 } else { count }]) }
}

/// `text.replace(old, new)`; an empty `old` stands between all characters, as in Python.
///
/// # Safety
/// As for [`mlc_rt_str_concat`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_replace(
    out: *mut Text,
    text: *const Text,
    old: *const Text,
    new: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let replaced = as_str(*text).replace(as_str(*old), as_str(*new));
        store(out, &[&replaced])
    }
}

/// `separator.join(list)`.
///
/// # Safety
/// As for [`mlc_rt_str_concat`]; the elements of `list` must be texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_join(
    out: *mut Text,
    separator: *const Text,
    list: *const List,
) -> i32 {
    // SAFETY: the caller vouches for the pointers and for the elements.
    unsafe {
        let separator = as_str(*separator);
        let mut pieces = Vec::new();
        for (position, text) in elements(&*list).iter().enumerate() {
            if position > 0 {
                pieces.push(separator);
            }
            pieces.push(as_str(*text));
        }
        store(out, &pieces)
    }
}

/// # Safety
/// The elements of `list` must be texts.
unsafe fn elements(list: &List) -> &[Text] {
    if list.len <= 0 || list.data.is_null() {
        return &[];
    }
    // SAFETY: the caller vouches for the elements.
    let elements = unsafe { std::slice::from_raw_parts(list.data.cast(), list.len as usize) };
    log::read_by_runtime(list.data.addr(), size_of_val(elements));
    elements
}

/// `text.split()`: the parts between white space, appended to an empty list.
///
/// # Safety
/// As for [`mlc_rt_str_concat`]; `list` must be an empty list of texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_split(list: *mut List, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        append_all(
            list,
            as_str(*text)
                .split(is_space)
                .filter(|part| !part.is_empty()),
        )
    }
}

/// `text.split(separator)`; `ValueError` for an empty separator.
///
/// # Safety
/// As for [`mlc_rt_str_split`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_split_at(
    list: *mut List,
    text: *const Text,
    separator: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        let separator = as_str(*separator);
        if separator.is_empty() {
            return error::raise(VALUE_ERROR, "empty separator");
        }
        append_all(list, as_str(*text).split(separator))
    }
}

/// # Safety
/// `list` must be an empty list of texts.
pub(super) unsafe fn append_all<'a>(list: *mut List, parts: impl Iterator<Item = &'a str>) -> i32 {
    for part in parts {
        // SAFETY: after the reservation there is room for one more element.
        unsafe {
            let size = std::mem::size_of::<Text>() as i64;
            let status = mlc_rt_list_reserve(list, (*list).len + 1, size);
            if status != 0 {
                return status;
            }
            let status = store(
                (*list).data.cast::<Text>().add((*list).len as usize),
                &[part],
            );
            if status != 0 {
                return status;
            }
            (*list).len += 1;
        }
    }
    0
}

/// What Python's `str.isspace` says of a character.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

macro_rules! strip {
    ($name:ident, $doc:literal, $method:ident) => {
        #[doc = $doc]
        ///
        /// # Safety
        /// As for [`mlc_rt_str_concat`].
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(out: *mut Text, text: *const Text) -> i32 {
            // SAFETY: the caller vouches for the pointers.
            unsafe { store(out, &[as_str(*text).$method(is_space)]) }
        }
    };
}

strip!(mlc_rt_str_strip, "`text.strip()`.", trim_matches);
strip!(mlc_rt_str_lstrip, "`text.lstrip()`.", trim_start_matches);
strip!(mlc_rt_str_rstrip, "`text.rstrip()`.", trim_end_matches);

macro_rules! strip_of {
    ($name:ident, $doc:literal, $method:ident) => {
        #[doc = $doc]
        ///
        /// # Safety
        /// As for [`mlc_rt_str_concat`].
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(out: *mut Text, text: *const Text, of: *const Text) -> i32 {
            // SAFETY: the caller vouches for the pointers.
            unsafe {
                let of = as_str(*of);
                store(out, &[as_str(*text).$method(|c| of.contains(c))])
            }
        }
    };
}

strip_of!(
    mlc_rt_str_strip_of,
    "`text.strip(characters)`.",
    trim_matches
);
strip_of!(
    mlc_rt_str_lstrip_of,
    "`text.lstrip(characters)`.",
    trim_start_matches
);
strip_of!(
    mlc_rt_str_rstrip_of,
    "`text.rstrip(characters)`.",
    trim_end_matches
);

/// `text.upper()`.
///
/// # Safety
/// As for [`mlc_rt_str_concat`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_upper(out: *mut Text, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { store(out, &[&as_str(*text).to_uppercase()]) }
}

/// `text.lower()`.
///
/// # Safety
/// As for [`mlc_rt_str_concat`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_lower(out: *mut Text, text: *const Text) -> i32 {
    // SAFETY: the caller vouches for the pointers.
    unsafe { store(out, &[&as_str(*text).to_lowercase()]) }
}

/// `chr(code)`; `ValueError` where there is no such character.
///
/// # Safety
/// As for [`mlc_rt_str_concat`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_chr(out: *mut Text, code: i64) -> i32 {
    let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) else {
        return error::raise(VALUE_ERROR, "chr() arg not in range(0x110000)");
    };
    // SAFETY: the caller vouches for the pointer.
    unsafe { store(out, &[c.encode_utf8(&mut [0; 4])]) }
}

/// `ord(text)`; -1 and a `TypeError` unless it is one character.
///
/// # Safety
/// `text` must point to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_str_ord(text: *const Text) -> i64 {
    // SAFETY: the caller vouches for the pointer.
    unsafe {
        let mut characters = as_str(*text).chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) => i64::from(u32::from(c)),
            _ => {
                let found = chars(*text);
                let message =
                    format!("ord() expected a character, but string of length {found} found");
                error::raise(TYPE_ERROR, message);
                -1
            }
        }
    }
}

/// The byte at which a code point starts, of `0..=chars`.
///
/// # Safety
/// `text` must be null or point to a live buffer.
pub(super) unsafe fn byte_at(text: Text, position: i64) -> usize {
    // SAFETY: the caller vouches for the buffer.
    unsafe {
        if is_ascii(text) {
            return position as usize;
        }
        let text = as_str(text);
        text.char_indices()
            .nth(position as usize)
            .map_or(text.len(), |(byte, _)| byte)
    }
}
