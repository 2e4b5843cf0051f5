//! Errors of programs as exceptions of Python. Python makes them: only that makes entries of tracebacks.

use std::ffi::CString;
use std::ptr::null_mut;

use super::Owned;
use super::api::Api;
use crate::error::Error;
use crate::kind;

/// The source of the module that makes exceptions, of which a process has one.
pub const EXCEPTIONS: &str = include_str!("exceptions.py");
/// What that module is called in `sys.modules`.
pub const EXCEPTIONS_MODULE: &str = "mlc._exceptions";

/// `Py_file_input`: the source is that of a module.
const MODULE: i32 = 257;

/// The module, made where no other part of the process has made it; `None` with an error of the interpreter.
///
/// # Safety
/// The GIL must be held.
unsafe fn module(api: &'static Api) -> Option<Owned> {
    // SAFETY: the caller vouches for the GIL; the names and the source are C strings.
    unsafe {
        let name = Owned::new(api, api.text(EXCEPTIONS_MODULE))?;
        let known = (api.PyImport_GetModule)(name.object);
        if let Some(known) = Owned::new(api, known) {
            return Some(known);
        }
        if !(api.PyErr_Occurred)().is_null() {
            return None;
        }
        let source = CString::new(EXCEPTIONS).ok()?;
        let code = (api.Py_CompileString)(source.as_ptr(), c"<mlc>".as_ptr(), MODULE);
        let code = Owned::new(api, code)?;
        let name = CString::new(EXCEPTIONS_MODULE).ok()?;
        let made = (api.PyImport_ExecCodeModule)(name.as_ptr(), code.object);
        Owned::new(api, made)
    }
}

/// The exception that an error is, whose traceback goes on with the line of the program: one of its kind, or the very exception
/// that it was in Python. `None` with an error of the interpreter.
///
/// # Safety
/// The GIL must be held.
pub(super) unsafe fn exception(api: &'static Api, error: &Error, function: &str) -> Option<Owned> {
    let text = |bytes: &[u8]| Owned::new(api, api.text(&String::from_utf8_lossy(bytes)));
    // SAFETY: the caller vouches for the GIL; the arguments are live during the call.
    unsafe {
        let line = Owned::new(api, (api.PyLong_FromLongLong)(error.line.into()))?;
        let (file, function) = (text(&error.file)?, text(function.as_bytes())?);
        let module = module(api)?;
        if let Some(origin) = &error.origin {
            let again = Owned::new(api, api.attribute(module.object, c"again"))?;
            let arguments = [origin.object(), file.object, line.object, function.object];
            let made = (api.PyObject_Vectorcall)(again.object, arguments.as_ptr(), 4, null_mut());
            return Owned::new(api, made);
        }
        let make = Owned::new(api, api.attribute(module.object, c"make"))?;
        let name = text(kind::name(error.kind).as_bytes())?;
        let message = text(&error.message)?;
        let told = match &error.arguments {
            Some(told) => Some(text(told.as_bytes())?),
            None => None,
        };
        let arguments = [
            name.object,
            message.object,
            file.object,
            line.object,
            function.object,
            told.as_ref().map_or(null_mut(), |told| told.object),
        ];
        let count = 5 + usize::from(told.is_some());
        let made = (api.PyObject_Vectorcall)(make.object, arguments.as_ptr(), count, null_mut());
        Owned::new(api, made)
    }
}
