//! `mlir-opt` as a function.

use crate::nesting::too_deep;
use mlir_sys::{MlirDialectRegistry, MlirStringRef};
use std::{
    ffi::{CString, c_char, c_int, c_void},
    sync::OnceLock,
};

unsafe extern "C" {
    fn mlcOptMain(
        argc: c_int,
        argv: *mut *mut c_char,
        extend: extern "C" fn(registry: *mut c_void),
        accept: extern "C" fn(text: MlirStringRef, name: MlirStringRef) -> bool,
    ) -> c_int;
}

static EXTEND: OnceLock<fn(MlirDialectRegistry)> = OnceLock::new();

extern "C" fn call_extend(registry: *mut c_void) {
    if let Some(extend) = EXTEND.get() {
        extend(MlirDialectRegistry { ptr: registry });
    }
}

/// Says so where a text nests too deeply to be parsed.
extern "C" fn accepts(text: MlirStringRef, name: MlirStringRef) -> bool {
    let bytes = |text: MlirStringRef| match text.length {
        0 => &[],
        // SAFETY: the texts are live during the call.
        length => unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), length) },
    };
    let Some(place) = too_deep(bytes(text)) else {
        return true;
    };
    let name = String::from_utf8_lossy(bytes(name));
    let (line, column) = (place.line, place.column);
    eprintln!("{name}:{line}:{column}: error: {}", place.message());
    false
}

/// Runs `MlirOptMain` with every upstream dialect and those that `extend` adds; passes must be
/// registered before. `args[0]` is the program's name. Returns the exit status. Call it at most
/// once in a process: it parses LLVM's global command-line options.
pub fn opt_main(args: Vec<CString>, extend: fn(MlirDialectRegistry)) -> i32 {
    EXTEND.get_or_init(|| extend);
    let mut argv: Vec<*mut c_char> = args.into_iter().map(CString::into_raw).collect();
    let argc = argv.len() as c_int;
    argv.push(std::ptr::null_mut());
    // SAFETY: `argv` holds `argc` C strings and a null, all live until the end of the process
    // (LLVM's options may keep pointers into them).
    unsafe { mlcOptMain(argc, argv.as_mut_ptr(), call_extend, accepts) }
}
