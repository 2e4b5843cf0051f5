//! The interpreter of the process: the one that runs the program, or one that the program starts.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread::ThreadId;

use super::api::{Api, Library};
use super::{Gil, Owned, find};
use crate::error;
use crate::kind::{IMPORT_ERROR, RUNTIME_ERROR};

static API: OnceLock<Result<Api, String>> = OnceLock::new();

/// Whether the program has ended the interpreter that it started. Objects that are left then are Python's no more.
static ENDED: AtomicBool = AtomicBool::new(false);

/// The thread that started the interpreter, until that ends.
static MAIN: Mutex<Option<ThreadId>> = Mutex::new(None);

/// The words of the command that runs a program that is no executable, its file first.
static PROGRAM: OnceLock<Vec<String>> = OnceLock::new();

/// Says which program runs, with its arguments: what Python has as `sys.argv`. Python looks for modules beside it first.
pub fn run_as(program: &str, args: &[String]) {
    let mut words = vec![program.to_owned()];
    words.extend_from_slice(args);
    // A process runs one program; a second would find the interpreter started.
    let _ = PROGRAM.set(words);
}

/// Python's interface, started where nobody has. The error is a status.
pub(super) fn api() -> Result<&'static Api, i32> {
    if ENDED.load(Ordering::Acquire) {
        return Err(error::raise(RUNTIME_ERROR, "Python has ended"));
    }
    match API.get_or_init(start) {
        Ok(api) => Ok(api),
        Err(message) => Err(error::raise(IMPORT_ERROR, message.clone())),
    }
}

/// Python's interface, if the program has used it.
pub(super) fn started() -> Option<&'static Api> {
    let api = API.get()?.as_ref().ok();
    api.filter(|_| !ENDED.load(Ordering::Acquire))
}

fn symbol(library: *mut c_void, name: &CStr) -> *mut c_void {
    // SAFETY: the handle is that of a library that stays loaded, and the name ends with a zero byte.
    unsafe { libc::dlsym(library, name.as_ptr()) }
}

fn start() -> Result<Api, String> {
    let running = symbol(libc::RTLD_DEFAULT, c"Py_IsInitialized");
    if !running.is_null() {
        // SAFETY: the function of this name is Python's, and may be called at any time.
        let is_running = unsafe {
            std::mem::transmute::<*mut c_void, unsafe extern "C" fn() -> c_int>(running)() != 0
        };
        if is_running {
            return load(Library(libc::RTLD_DEFAULT));
        }
    }
    let interpreter = find::find()?;
    let library = open(interpreter.library()?)?;
    let api = load(library)?;
    initialize(&api, &interpreter.executable)?;
    Ok(api)
}

fn load(library: Library) -> Result<Api, String> {
    // SAFETY: only Python has functions of these names.
    unsafe { Api::load(library, symbol) }
        .map_err(|name| format!("this Python has no function `{name}`; 3.11 or newer is needed"))
}

/// Its names are for all: extension modules find the interpreter's functions in the process.
fn open(path: &Path) -> Result<Library, String> {
    use std::os::unix::ffi::OsStrExt;
    let name = CString::new(path.as_os_str().as_bytes()).unwrap_or_default();
    // SAFETY: loading runs the initializers of Python's library, which do nothing.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
    if handle.is_null() {
        // SAFETY: after a failure this is a text that lives until the next call.
        let cause = unsafe { CStr::from_ptr(libc::dlerror()) };
        return Err(format!(
            "Python cannot be loaded: {}",
            cause.to_string_lossy()
        ));
    }
    Ok(Library(handle))
}

/// A function that only the start of an interpreter needs.
macro_rules! function {
    ($library:expr, $name:literal, fn($($parameter:ty),*) $(-> $result:ty)?) => {{
        let address = symbol($library, $name);
        // SAFETY: Python's function of this name has this signature.
        (!address.is_null()).then(|| unsafe {
            std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($parameter),*) $(-> $result)?>(address)
        })
    }};
}

fn initialize(api: &Api, executable: &str) -> Result<(), String> {
    let missing = || "this Python cannot be started from a program; 3.11 to 3.14 can".to_owned();
    let library = api.library.0;
    let decode = function!(
        library,
        c"Py_DecodeLocale",
        fn(*const c_char, *mut usize) -> *mut c_void
    )
    .ok_or_else(missing)?;
    let name = function!(library, c"Py_SetProgramName", fn(*const c_void)).ok_or_else(missing)?;
    let start = function!(library, c"Py_InitializeEx", fn(c_int)).ok_or_else(missing)?;
    let leave =
        function!(library, c"PyEval_SaveThread", fn() -> *mut c_void).ok_or_else(missing)?;
    let executable = CString::new(executable).unwrap_or_default();
    // SAFETY: Python is not initialized yet. The program's name, which is never freed, tells it where its packages are. The
    // variable, an `int`, has what Python prints appear at once: the program prints in between.
    unsafe {
        let unbuffered = symbol(library, c"Py_UnbufferedStdioFlag").cast::<c_int>();
        if !unbuffered.is_null() {
            *unbuffered = 1;
        }
        name(decode(executable.as_ptr(), null_mut()));
        // Ctrl-C ends the program, as it does without Python.
        start(0);
    }
    set_arguments(api);
    if let Ok(mut main) = MAIN.lock() {
        *main = Some(std::thread::current().id());
    }
    // SAFETY: this thread has the GIL from the start. From now on it is held where it is used only.
    unsafe { leave() };
    extern "C" fn at_exit(_: *mut c_void) {
        finish();
    }
    crate::exit::call(at_exit);
    // Python ends while this thread has what functions of the program need, which Python may call at its end: what a thread has
    // used last it loses first.
    crate::output::put(|_| ());
    crate::error::mlc_rt_error_kind();
    AT_END.with(|_| ());
    Ok(())
}

struct AtEnd;

impl Drop for AtEnd {
    fn drop(&mut self) {
        finish();
    }
}

thread_local! {
    static AT_END: AtEnd = const { AtEnd };
}

/// Sets `sys.argv`, and lets modules beside the program be found.
fn set_arguments(api: &Api) {
    let words: Vec<String> = match PROGRAM.get() {
        Some(words) => words.clone(),
        None => std::env::args_os()
            .map(|word| word.to_string_lossy().into_owned())
            .collect(),
    };
    let Some(set) = function!(
        api.library.0,
        c"PySys_SetObject",
        fn(*const c_char, *mut c_void) -> c_int
    ) else {
        return;
    };
    let Some(get) = function!(
        api.library.0,
        c"PySys_GetObject",
        fn(*const c_char) -> *mut c_void
    ) else {
        return;
    };
    let Some(insert) = function!(
        api.library.0,
        c"PyList_Insert",
        fn(*mut c_void, isize, *mut c_void) -> c_int
    ) else {
        return;
    };
    // SAFETY: the GIL is held; the lists and texts are live, and what fails leaves Python's own defaults.
    unsafe {
        let list = (api.PyList_New)(0);
        for word in &words {
            let word = api.text(word);
            (api.PyList_Append)(list, word);
            (api.Py_DecRef)(word);
        }
        set(c"argv".as_ptr(), list);
        (api.Py_DecRef)(list);
        let path = get(c"path".as_ptr());
        if let Some(program) = PROGRAM.get().and_then(|words| words.first())
            && !path.is_null()
        {
            let folder = Path::new(program).parent().unwrap_or(Path::new(""));
            let folder = api.text(&folder.to_string_lossy());
            insert(path, 0, folder);
            (api.Py_DecRef)(folder);
        }
        (api.PyErr_Clear)();
    }
}

/// What was registered with `atexit` runs while functions of the program can still use objects.
///
/// # Safety
/// The GIL must be held.
unsafe fn run_exit_functions(api: &'static Api) {
    // SAFETY: the caller vouches for the GIL.
    unsafe {
        if let Some(module) = Owned::new(api, api.import("atexit"))
            && let Some(run) = Owned::new(api, api.attribute(module.object, c"_run_exitfuncs"))
        {
            let arguments = std::ptr::null();
            drop(Owned::new(
                api,
                (api.PyObject_Vectorcall)(run.object, arguments, 0, null_mut()),
            ));
        }
        (api.PyErr_Clear)();
    }
}

/// Ends the interpreter that this program started: what waits for the end of the program runs now. Python's main thread is
/// the one that started it, so on another one nothing happens.
pub fn finish() {
    let here = std::thread::current().id();
    let Ok(true) = MAIN
        .lock()
        .map(|mut main| main.take_if(|main| *main == here).is_some())
    else {
        return;
    };
    let Some(api) = started() else { return };
    crate::output::mlc_rt_flush();
    if let Some(end) = function!(api.library.0, c"Py_FinalizeEx", fn() -> c_int) {
        let gil = Gil::of(api);
        // SAFETY: the GIL is held.
        unsafe { run_exit_functions(api) };
        crate::output::mlc_rt_flush();
        // The lock goes with the interpreter.
        std::mem::forget(gil);
        ENDED.store(true, Ordering::Release);
        // SAFETY: the GIL is held, and no other thread of the program uses Python any more.
        unsafe { end() };
    }
}
