//! `MLC_CHECK_LEAKS`: whether a program that ended normally has freed all that it allocated.

use std::io::Write as _;

use crate::alloc::mlc_rt_live_bytes;

/// The exit status of a program that leaks, that of LeakSanitizer.
const LEAKED: i32 = 23;

/// The exit status of a program that has ended normally and has destroyed its top-level values: 0, or where
/// `MLC_CHECK_LEAKS` is set to something other than 0 and memory is still allocated, 23, after a line on standard error
/// that says how much.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_check_leaks() -> i32 {
    let is_asked = std::env::var_os("MLC_CHECK_LEAKS").is_some_and(|value| value != "0");
    match mlc_rt_live_bytes() {
        leaked if is_asked && leaked != 0 => {
            let text =
                format!("leak: {leaked} bytes are still allocated at the end of the program\n");
            // Where standard error is gone, the exit status still tells.
            let _ = std::io::stderr().write_all(text.as_bytes());
            LEAKED
        }
        _ => 0,
    }
}
