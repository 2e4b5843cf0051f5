//! The runtime as static libraries, and how to link them into what `mlc` emits.
//!
//! The compiler carries these bytes along, so that it can link artefacts on machines that have neither Rust nor a C
//! toolchain: besides the archive only shared objects take part that every such system has at run time.
//!
//! # Several artefacts in one process
//!
//! A shared library exports its functions and the whole runtime ([`version_script`]). Libraries that are linked into
//! one program, or loaded with `RTLD_GLOBAL`, then share the runtime of the first of them, as ELF resolves names: one
//! pool, one pending error per thread, one count of live bytes. Libraries loaded with `RTLD_LOCAL`, as Python does,
//! have a runtime each. That is sound, for no memory or error crosses between them but through the host; their pools
//! share nothing, idle workers sleep after 50 microseconds, and a host that calls into both at once from two threads
//! limits each through `mlc_rt_set_num_threads` or `MLC_NUM_THREADS`.
//!
//! A library stays loaded until the process ends (`-z nodelete`), because workers of its pool sleep in its code.

/// The contents of `libmlc_runtime.a`: position-independent, aborts on panic.
pub static ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libmlc_runtime.a"));

/// The contents of `libmlc_python_runtime.a`, for Python extension modules: the runtime, and what makes a Python module of compiled
/// code. It leaves the names of Python's C interface open.
pub static PYTHON_ARCHIVE: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/libmlc_python_runtime.a"));

pub use mlc_runtime::ABI_VERSION;

/// What else goes on the command line of the linker, by soname. They lie beside each other in the system's library
/// folder; `libc6` of Debian brings all of them.
pub const SHARED_LIBRARIES: [&str; 4] = [
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "ld-linux-x86-64.so.2",
];

/// The loader that an executable names.
pub const DYNAMIC_LINKER: &str = "/lib64/ld-linux-x86-64.so.2";

/// Where an executable starts; it calls `main(argc, argv, envp)` through the C library, as `crt1.o` would.
pub const ENTRY: &str = "mlc_rt_start";

/// The flag that makes an undefined name an error; a Python extension module is linked without.
pub const NO_UNDEFINED: &str = "--no-undefined";

/// Flags of every link with the archive. What is not used stays out of the artefact.
pub const LINK_FLAGS: [&str; 6] = [
    "--gc-sections",
    "--as-needed",
    "--eh-frame-hdr",
    NO_UNDEFINED,
    "-z",
    "nodelete",
];

/// The version script of a shared library that exports `functions`, and with them the runtime if it uses it. The
/// runtime's math is not exported: it has no state to share, and what is not called can be left out. Nor are the functions for
/// objects of Python, whose state is the interpreter's.
pub fn version_script<'a>(functions: impl IntoIterator<Item = &'a str>) -> String {
    let runtime = mlc_runtime::mlc_rt_symbols().iter().map(|&(name, _)| name);
    let runtime =
        runtime.filter(|name| !name.starts_with("mlc_rt_math_") && !name.starts_with("mlc_rt_py_"));
    let mut script = String::from("{ global:");
    for name in functions.into_iter().chain(runtime) {
        script.push_str(" \"");
        script.push_str(name);
        script.push_str("\";");
    }
    script.push_str(" local: *; };\n");
    script
}
