//! The compiler as a C library: the functions of `include/mlc.h`, each a few lines over the crate `mlc`.

use mlc::{CompileError, Diagnostic, Format, JitModule, Options, Session, Source};
use std::{
    ffi::{CStr, CString, c_char, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::{null, null_mut},
    slice,
};

/// `mlc_session`.
#[derive(Default)]
pub struct MlcSession {
    options: Options,
    text: CString,
    diagnostics: Vec<Kept>,
}

/// A diagnostic whose strings C can read.
struct Kept {
    code: CString,
    severity: CString,
    message: CString,
    file: Option<CString>,
    /// Line, column, end line, end column.
    range: [u32; 4],
}

/// `mlc_diagnostic`.
#[repr(C)]
pub struct MlcDiagnostic {
    code: *const c_char,
    severity: *const c_char,
    message: *const c_char,
    file: *const c_char,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// A string for C, which ends at the first zero.
fn text(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

impl From<&Diagnostic> for Kept {
    fn from(from: &Diagnostic) -> Kept {
        let place = from.place.as_ref();
        Kept {
            code: text(&from.code),
            severity: text(from.severity.as_str()),
            message: text(&from.message),
            file: place.map(|place| text(&place.file)),
            range: place.map_or([0; 4], |place| {
                [place.line, place.column, place.end_line, place.end_column]
            }),
        }
    }
}

impl MlcSession {
    fn say(&mut self, rendered: &str, diagnostics: &[Diagnostic]) {
        self.text = text(rendered);
        self.diagnostics = diagnostics.iter().map(Kept::from).collect();
    }

    fn fail(&mut self, error: &CompileError) {
        self.say(&error.render(Format::Human, false), &error.diagnostics());
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        let wrong = |error: mlc::UnknownWord| error.to_string();
        match option {
            "opt-level" => self.options.opt_level = value.parse().map_err(wrong)?,
            "cpu" => self.options.cpu = value.to_owned(),
            "checks" => self.options.checks = value.parse().map_err(wrong)?,
            "fp" => self.options.fp = value.parse().map_err(wrong)?,
            "sanitize" => self.options.sanitize = value.parse().map_err(wrong)?,
            "race-checks" => self.options.race_checks = value.parse().map_err(wrong)?,
            "debug-info" => {
                let expected = |_| format!("expected `true` or `false`, found `{value}`");
                self.options.debug_info = value.parse().map_err(expected)?;
            }
            "define" => {
                let (name, value) = value
                    .split_once('=')
                    .ok_or_else(|| format!("expected NAME=VALUE, found `{value}`"))?;
                self.options
                    .defines
                    .push((name.to_owned(), value.to_owned()));
            }
            _ => return Err(format!("unknown option `{option}`")),
        }
        Ok(())
    }

    fn compile(&mut self, source: &Source) -> Option<JitModule> {
        self.say("", &[]);
        let compiled =
            Session::new(self.options.clone()).and_then(|session| session.compile(source));
        let loaded = compiled.and_then(|compiled| {
            self.say(
                &compiled.render_warnings(Format::Human, false),
                &compiled.warnings(),
            );
            compiled.jit()
        });
        loaded.map_err(|error| self.fail(&error)).ok()
    }
}

/// A C string as text, with what is not UTF-8 replaced.
///
/// # Safety
/// `text` must be null or a C string.
unsafe fn read(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller vouches for the string.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

/// Runs what must not unwind into C.
fn quiet<T>(otherwise: T, run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(otherwise)
}

/// See `mlc.h`.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_api_version() -> u32 {
    1
}

/// See `mlc.h`.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_session_new() -> *mut MlcSession {
    Box::into_raw(Box::default())
}

/// See `mlc.h`.
///
/// # Safety
/// `session` must be null or come from `mlc_session_new` and not have been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_session_free(session: *mut MlcSession) {
    if !session.is_null() {
        // SAFETY: the caller gives the session back.
        drop(unsafe { Box::from_raw(session) });
    }
}

/// See `mlc.h`.
///
/// # Safety
/// `session` must be null or live, and the others null or C strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_session_set(
    session: *mut MlcSession,
    option: *const c_char,
    value: *const c_char,
) -> bool {
    // SAFETY: the caller vouches for all three.
    let (session, option, value) = unsafe { (session.as_mut(), read(option), read(value)) };
    let Some(session) = session else { return false };
    match session.set(&option, &value) {
        Ok(()) => true,
        Err(reason) => {
            session.fail(&CompileError::request("usage", reason));
            false
        }
    }
}

/// See `mlc.h`.
///
/// # Safety
/// `session` must be null or live, `name` null or a C string, and `source` hold `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_compile(
    session: *mut MlcSession,
    name: *const c_char,
    source: *const c_char,
    length: usize,
) -> *mut JitModule {
    // SAFETY: the caller vouches for session and name.
    let (session, name) = unsafe { (session.as_mut(), read(name)) };
    let Some(session) = session else {
        return null_mut();
    };
    let bytes = if source.is_null() {
        &[]
    } else {
        // SAFETY: the caller vouches for the bytes.
        unsafe { slice::from_raw_parts(source.cast::<u8>(), length) }
    };
    quiet(null_mut(), || {
        match session.compile(&Source::from_name(name, bytes)) {
            Some(module) => Box::into_raw(Box::new(module)),
            None => null_mut(),
        }
    })
}

/// See `mlc.h`.
///
/// # Safety
/// `module` must be null or come from `mlc_compile` and not have been freed; none of its functions may be running.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_module_free(module: *mut JitModule) {
    if !module.is_null() {
        // SAFETY: the caller gives the module back.
        drop(unsafe { Box::from_raw(module) });
    }
}

/// See `mlc.h`.
///
/// # Safety
/// `session` must be null or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_messages(session: *const MlcSession) -> *const c_char {
    // SAFETY: the caller vouches for the session.
    unsafe { session.as_ref() }.map_or(c"".as_ptr(), |session| session.text.as_ptr())
}

/// See `mlc.h`.
///
/// # Safety
/// `session` must be null or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_diagnostic_count(session: *const MlcSession) -> usize {
    // SAFETY: the caller vouches for the session.
    unsafe { session.as_ref() }.map_or(0, |session| session.diagnostics.len())
}

/// See `mlc.h`.
///
/// # Safety
/// `session` must be null or live, and `out` null or a place for a diagnostic.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_diagnostic_get(
    session: *const MlcSession,
    index: usize,
    out: *mut MlcDiagnostic,
) -> bool {
    // SAFETY: the caller vouches for the session.
    let session = unsafe { session.as_ref() };
    let found = session.and_then(|session| session.diagnostics.get(index));
    let Some(found) = found.filter(|_| !out.is_null()) else {
        return false;
    };
    let [line, column, end_line, end_column] = found.range;
    let diagnostic = MlcDiagnostic {
        code: found.code.as_ptr(),
        severity: found.severity.as_ptr(),
        message: found.message.as_ptr(),
        file: found.file.as_ref().map_or(null(), |file| file.as_ptr()),
        line,
        column,
        end_line,
        end_column,
    };
    // SAFETY: the caller vouches for the place.
    unsafe { out.write(diagnostic) };
    true
}

/// See `mlc.h`.
///
/// # Safety
/// `module` must be null or live, and `name` null or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_function(
    module: *const JitModule,
    name: *const c_char,
) -> *const c_void {
    // SAFETY: the caller vouches for module and name.
    let (module, name) = unsafe { (module.as_ref(), read(name)) };
    module
        .and_then(|module| module.lookup(&name))
        .unwrap_or(null())
}
