//! What is printed arrives whole, in order, and through the sink where one is set. One test: there is one output.

use std::ffi::{c_char, c_void};
use std::sync::Mutex;

use mlc_runtime::error;
use mlc_runtime::kind::OS_ERROR;
use mlc_runtime::output::{mlc_rt_flush, mlc_rt_set_output};
use mlc_runtime::pool::{mlc_rt_parallel_for, mlc_rt_set_num_threads};
use mlc_runtime::print::*;

static SEEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

unsafe extern "C" fn sink(context: *mut c_void, text: *const c_char, len: i64) {
    assert_eq!(context.addr(), 7);
    // SAFETY: the runtime passes `len` bytes.
    let text = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len as usize) };
    SEEN.lock().unwrap().extend_from_slice(text);
}

fn seen() -> String {
    assert_eq!(mlc_rt_flush(), 0);
    String::from_utf8(std::mem::take(&mut *SEEN.lock().unwrap())).unwrap()
}

fn print_str(text: &str) {
    // SAFETY: the text is given with its length.
    unsafe { mlc_rt_print_str(text.as_ptr().cast(), text.len() as i64) };
}

unsafe extern "C" fn print_lines(_context: *mut c_void, chunk: i64, begin: i64, end: i64) -> i32 {
    for i in begin..end {
        print_str("chunk ");
        mlc_rt_print_i64(chunk);
        std::thread::yield_now();
        print_str(" line ");
        mlc_rt_print_i64(i);
        mlc_rt_print_newline();
    }
    0
}

unsafe extern "C" fn print_marks(
    _context: *mut c_void,
    _chunk: i64,
    _begin: i64,
    _end: i64,
) -> i32 {
    print_str("x");
    std::thread::yield_now();
    0
}

#[test]
fn arrives_whole() {
    // SAFETY: the sink takes the context it is given, on any thread.
    unsafe { mlc_rt_set_output(Some(sink), std::ptr::without_provenance_mut(7)) };
    values_print_as_in_python();
    lines_stay_whole();
    unfinished_lines_are_not_lost();
    failures_show_at_the_flush();
}

fn values_print_as_in_python() {
    mlc_rt_print_i64(i64::MIN);
    print_str(" ");
    mlc_rt_print_u64(u64::MAX);
    print_str(" ");
    mlc_rt_print_f64(1e16);
    print_str(" ");
    mlc_rt_print_f32(0.1);
    print_str(" ");
    mlc_rt_print_bool(true);
    mlc_rt_print_bool(false);
    print_str(" héllo");
    mlc_rt_print_newline();
    assert_eq!(
        seen(),
        "-9223372036854775808 18446744073709551615 1e+16 0.1 TrueFalse héllo\n"
    );
}

fn lines_stay_whole() {
    mlc_rt_set_num_threads(4);
    // More than the buffer holds.
    const LINES: i64 = 20_000;
    // SAFETY: the body ignores its context.
    assert_eq!(
        unsafe { mlc_rt_parallel_for(print_lines, std::ptr::null_mut(), LINES, 10) },
        0
    );
    let text = seen();
    let mut lines: Vec<&str> = text.lines().collect();
    let mut expected: Vec<String> = (0..LINES)
        .map(|i| format!("chunk {} line {i}", i / 10))
        .collect();
    lines.sort_unstable();
    expected.sort_unstable();
    assert!(lines == expected);
}

fn unfinished_lines_are_not_lost() {
    // SAFETY: the body ignores its context.
    assert_eq!(
        unsafe { mlc_rt_parallel_for(print_marks, std::ptr::null_mut(), 1000, 1) },
        0
    );
    assert_eq!(seen(), "x".repeat(1000));
}

fn failures_show_at_the_flush() {
    // SAFETY: NULL restores standard output; the descriptors are duplicated and put back.
    unsafe {
        mlc_rt_set_output(None, std::ptr::null_mut());
        let stdout = libc::dup(1);
        let full = libc::open(c"/dev/full".as_ptr(), libc::O_WRONLY);
        assert!(stdout >= 0 && full >= 0);
        libc::dup2(full, 1);
        mlc_rt_print_i64(1);
        mlc_rt_print_newline();
        let status = mlc_rt_flush();
        libc::dup2(stdout, 1);
        assert_eq!(status, OS_ERROR);
    }
    assert_eq!(
        &*error::take().unwrap().message,
        b"[Errno 28] No space left on device"
    );
}
