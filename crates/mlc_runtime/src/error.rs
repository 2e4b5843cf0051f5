//! The pending error of a thread: what a function that returned a status other than 0 left behind.
//!
//! A status is the error's kind. The texts stay valid until the thread's pending error is set or cleared again.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::c_char;

use mlc_exceptions::Told;

use crate::kind;
use crate::python::Origin;

/// An error as the program raised it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// One of the numbers in [`crate::kind`].
    pub kind: i32,
    /// May hold any bytes: a message is built by the program.
    pub message: Cow<'static, [u8]>,
    /// The `repr` of each argument, with commas between, where they do not follow from the message.
    pub arguments: Option<String>,
    /// The source file; empty where the error has no place in the source.
    pub file: Cow<'static, [u8]>,
    /// Counted from 1; 0 where there is none.
    pub line: i32,
    /// The exception that it was in Python, where it comes from there.
    pub origin: Option<Origin>,
}

thread_local! {
    static PENDING: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Makes `error` the pending one of this thread and returns the status that announces it.
pub fn set(error: Error) -> i32 {
    let status = error.kind;
    PENDING.with_borrow_mut(|pending| *pending = Some(error));
    status
}

/// Takes this thread's pending error, leaving none.
pub fn take() -> Option<Error> {
    PENDING.with_borrow_mut(Option::take)
}

/// Raises an error that has no place in the source.
pub(crate) fn raise(kind: i32, message: impl Into<Cow<'static, str>>) -> i32 {
    let message = match message.into() {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    set(Error {
        kind,
        message,
        arguments: None,
        file: Cow::Borrowed(b""),
        line: 0,
        origin: None,
    })
}

/// Raises the error of which a text of [`Told`] says message and arguments, at a line of the source where `file` is not empty.
pub(crate) fn raise_told(kind: i32, text: &[u8], file: &[u8], line: i32) -> i32 {
    let told = std::str::from_utf8(text).map(Told::of);
    let (message, arguments) = match told {
        Ok(told) => (told.message.as_bytes(), told.arguments),
        Err(_) => (text, None),
    };
    set(Error {
        kind,
        message: Cow::Owned(message.to_vec()),
        arguments: arguments.map(str::to_owned),
        file: Cow::Owned(file.to_vec()),
        line,
        origin: None,
    })
}

/// Copies a text that a program passes as pointer and length.
///
/// # Safety
/// `text` must point to `len` readable bytes, or `len` must not be positive.
pub(crate) unsafe fn bytes<'a>(text: *const c_char, len: i64) -> &'a [u8] {
    match usize::try_from(len) {
        // SAFETY: the caller vouches for `len` bytes at `text`.
        Ok(len) if len > 0 && !text.is_null() => unsafe {
            std::slice::from_raw_parts(text.cast(), len)
        },
        _ => b"",
    }
}

/// Raises an error of the given kind at a line of the source; the message may be a text of [`Told`].
///
/// # Safety
/// `message` and `file` must point to as many bytes as their lengths say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_raise(
    kind: i32,
    message: *const c_char,
    message_len: i64,
    file: *const c_char,
    file_len: i64,
    line: i32,
) {
    // SAFETY: the caller vouches for both texts.
    let (message, file) = unsafe { (bytes(message, message_len), bytes(file, file_len)) };
    raise_told(kind, message, file, line);
}

/// Raises the `IndexError` of an index that does not fit a length.
///
/// # Safety
/// `file` must point to `file_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_raise_index(
    index: i64,
    len: i64,
    file: *const c_char,
    file_len: i64,
    line: i32,
) {
    let message = format!("index {index} is out of range for length {len}");
    // SAFETY: the caller vouches for the text.
    let file = unsafe { bytes(file, file_len) }.to_vec();
    set(Error {
        kind: kind::INDEX_ERROR,
        message: Cow::Owned(message.into_bytes()),
        arguments: None,
        file: Cow::Owned(file),
        line,
        origin: None,
    });
}

/// The kind of this thread's pending error, 0 if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_error_kind() -> i32 {
    PENDING.with_borrow(|pending| pending.as_ref().map_or(0, |error| error.kind))
}

/// Whether the pending error is of the kind `base` or of one derived from it, as `except` asks.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_error_matches(base: i32) -> bool {
    let kind = mlc_rt_error_kind();
    kind != 0 && kind::matches(kind, base)
}

/// The message of the pending error, empty if there is none. It is not NUL-terminated.
///
/// # Safety
/// `len` must be writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_error_message(len: *mut i64) -> *const c_char {
    // SAFETY: the caller vouches for `len`.
    unsafe { text(len, |error| &error.message) }
}

/// The source file of the pending error, empty if there is none. It is not NUL-terminated.
///
/// # Safety
/// `len` must be writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_error_file(len: *mut i64) -> *const c_char {
    // SAFETY: the caller vouches for `len`.
    unsafe { text(len, |error| &error.file) }
}

/// The line of the pending error, 0 if it has none.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_error_line() -> i32 {
    PENDING.with_borrow(|pending| pending.as_ref().map_or(0, |error| error.line))
}

/// Gives the pending error a place in the source, if it has none.
///
/// # Safety
/// `file` must point to `file_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_error_at(file: *const c_char, file_len: i64, line: i32) {
    PENDING.with_borrow_mut(|pending| {
        if let Some(error) = pending
            && error.line == 0
        {
            // SAFETY: the caller vouches for the text.
            error.file = Cow::Owned(unsafe { bytes(file, file_len) }.to_vec());
            error.line = line;
        }
    });
}

/// Forgets the pending error.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_error_clear() {
    drop(take());
}

/// The name that Python gives to a kind of error. It is not NUL-terminated and lives forever.
///
/// # Safety
/// `len` must be writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_kind_name(kind: i32, len: *mut i64) -> *const c_char {
    // SAFETY: the caller vouches for `len`.
    unsafe { returned(kind::name(kind).as_bytes(), len) }
}

/// # Safety
/// `len` must be writable or NULL.
unsafe fn text(len: *mut i64, field: impl Fn(&Error) -> &[u8]) -> *const c_char {
    PENDING.with_borrow(|pending| {
        let text: &[u8] = pending.as_ref().map_or(b"", &field);
        // SAFETY: the caller vouches for `len`.
        unsafe { returned(text, len) }
    })
}

/// # Safety
/// `len` must be writable or NULL.
unsafe fn returned(text: &[u8], len: *mut i64) -> *const c_char {
    if !len.is_null() {
        // SAFETY: `len` is not NULL, so the caller vouches that it can be written.
        unsafe { *len = i64::try_from(text.len()).unwrap_or(i64::MAX) };
    }
    text.as_ptr().cast()
}
