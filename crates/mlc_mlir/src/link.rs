//! lld as a function, so that users need no linker.

use std::{
    ffi::{CString, c_char, c_void},
    fmt,
    sync::Mutex,
};

unsafe extern "C" {
    fn mlcLink(
        args: *const *const c_char,
        count: usize,
        report: extern "C" fn(*mut c_void, *const c_char, usize),
        sink: *mut c_void,
    ) -> bool;
}

/// What lld said when it could not link.
#[derive(Debug)]
pub struct LinkError(pub String);

impl fmt::Display for LinkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for LinkError {}

extern "C" fn collect(sink: *mut c_void, data: *const c_char, length: usize) {
    // SAFETY: `sink` is the `String` that `link` passes, and `data` holds `length` bytes.
    unsafe {
        let text = std::slice::from_raw_parts(data.cast::<u8>(), length);
        (*sink.cast::<String>()).push_str(&String::from_utf8_lossy(text));
    }
}

/// Links as `ld.lld ARGS...` does. Paths are as lld takes them; the error is lld's own text.
pub fn link(args: &[CString]) -> Result<(), LinkError> {
    // lld keeps global state while it runs.
    static LLD: Mutex<()> = Mutex::new(());
    let _guard = LLD.lock().unwrap_or_else(|poisoned| poisoned.into_inner());

    let mut argv: Vec<*const c_char> = vec![c"ld.lld".as_ptr()];
    argv.extend(args.iter().map(|arg| arg.as_ptr()));
    let mut text = String::new();
    // SAFETY: `argv` holds live C strings, `collect` expects the `String` that it is given, and the
    // lock keeps a second link out.
    let linked = unsafe {
        mlcLink(
            argv.as_ptr(),
            argv.len(),
            collect,
            (&raw mut text).cast::<c_void>(),
        )
    };
    if linked { Ok(()) } else { Err(LinkError(text)) }
}
