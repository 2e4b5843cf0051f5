//! The last words of an executable whose error nobody caught.

use std::io::Write;

use crate::error::{self, Error};
use crate::kind;
use crate::output::mlc_rt_flush;

/// What a shell expects of a program that Ctrl-C ended: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// Flushes the output, writes the pending error to standard error as CPython writes a traceback, clears it, and returns
/// the exit status of the process.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_report_uncaught() -> i32 {
    let pending = error::take();
    mlc_rt_flush();
    error::mlc_rt_error_clear();
    let Some(pending) = pending else { return 1 };
    if let Some(status) = pending
        .origin
        .as_ref()
        .and_then(|origin| origin.exit_status())
    {
        return status;
    }
    // Nothing can be done about a closed standard error.
    let _ = std::io::stderr().write_all(&traceback(&pending));
    if pending.kind == kind::KEYBOARD_INTERRUPT {
        INTERRUPTED
    } else {
        1
    }
}

/// The text of an error nobody caught, with its final newline.
pub fn traceback(error: &Error) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(origin) = &error.origin
        && let Some(text) = origin.traceback(&String::from_utf8_lossy(&error.file), error.line)
    {
        return text.into_bytes();
    }
    if !error.file.is_empty() {
        text.extend_from_slice(b"Traceback (most recent call last):\n  File \"");
        text.extend_from_slice(&error.file);
        text.extend_from_slice(format!("\", line {}\n", error.line).as_bytes());
    }
    text.extend_from_slice(kind::name(error.kind).as_bytes());
    if !error.message.is_empty() {
        text.extend_from_slice(b": ");
        text.extend_from_slice(&error.message);
    }
    text.push(b'\n');
    text
}
