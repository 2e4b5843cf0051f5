//! Exceptions of Python as errors of the program, which remember where they come from.

use std::borrow::Cow;
use std::io::Write;
use std::ptr::null_mut;

use super::api::Api;
use super::{Gil, Object, Owned, start};
use crate::error::{self, Error};
use crate::kind;

/// The exception that an error was in Python, with its traceback.
#[derive(Debug, PartialEq, Eq)]
pub struct Origin(Object);

// SAFETY: the object is only touched with the GIL.
unsafe impl Send for Origin {}
// SAFETY: as above.
unsafe impl Sync for Origin {}

impl Origin {
    /// One more reference to an exception.
    ///
    /// # Safety
    /// `object` must be a live exception.
    pub(crate) unsafe fn share(object: Object) -> Origin {
        // SAFETY: the caller vouches for the object.
        unsafe { super::mlc_rt_py_retain(object) };
        Origin(object)
    }

    /// The exception; it lives as long as this value.
    pub fn object(&self) -> Object {
        self.0
    }

    /// The exit status that a `SystemExit` asks for. What it has in the place of a number goes to standard error.
    pub(crate) fn exit_status(&self) -> Option<i32> {
        let gil = Gil::of(start::started()?);
        let api = gil.api;
        // SAFETY: the GIL is held, and the exception is live.
        unsafe {
            let class = api.exception(c"PyExc_SystemExit");
            if (api.PyErr_GivenExceptionMatches)(self.0, class) != 1 {
                return None;
            }
            let code = Owned::new(api, api.attribute(self.0, c"code"));
            let Some(code) = code.filter(|code| code.object != api.none) else {
                (api.PyErr_Clear)();
                return Some(0);
            };
            let mut overflow = 0;
            let number = (api.PyLong_AsLongLongAndOverflow)(code.object, &raw mut overflow);
            if (api.PyErr_Occurred)().is_null() {
                return Some(number as i32);
            }
            (api.PyErr_Clear)();
            let text = Owned::new(api, (api.PyObject_Str)(code.object));
            let text = text.and_then(|text| api.characters(text.object).map(str::to_owned));
            (api.PyErr_Clear)();
            // Nothing can be done about a closed standard error.
            let _ = writeln!(std::io::stderr(), "{}", text.unwrap_or_default());
            Some(1)
        }
    }

    /// What Python prints of the exception, with the line of the program where it came from outermost.
    pub(crate) fn traceback(&self, file: &str, line: i32) -> Option<String> {
        let gil = Gil::of(start::started()?);
        let api = gil.api;
        // SAFETY: the GIL is held, and every object is live while it is used.
        let text = unsafe { formatted(api, self.0) };
        // SAFETY: what failed is of no more use.
        unsafe { (api.PyErr_Clear)() };
        let text = text?;
        const HEAD: &str = "Traceback (most recent call last):\n";
        if file.is_empty() {
            return Some(text);
        }
        let place = format!("  File \"{file}\", line {line}\n");
        Some(match text.rfind(HEAD) {
            Some(at) => {
                let (before, behind) = text.split_at(at + HEAD.len());
                format!("{before}{place}{behind}")
            }
            None => format!("{HEAD}{place}{text}"),
        })
    }
}

impl Clone for Origin {
    fn clone(&self) -> Origin {
        // SAFETY: the object is live.
        unsafe { Origin::share(self.0) }
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        // SAFETY: the reference is this value's own.
        unsafe { super::mlc_rt_py_release(self.0) };
    }
}

/// # Safety
/// `exception` must be live, and the GIL held.
unsafe fn formatted(api: &'static Api, exception: Object) -> Option<String> {
    // SAFETY: the caller vouches for the exception; all else is made here.
    unsafe {
        let module = Owned::new(api, api.import("traceback"))?;
        let function = Owned::new(api, api.attribute(module.object, c"format_exception"))?;
        let lines = (api.PyObject_Vectorcall)(function.object, &exception, 1, null_mut());
        let lines = Owned::new(api, lines)?;
        let mut text = String::new();
        for at in 0..(api.PyList_Size)(lines.object) {
            text.push_str(api.characters((api.PyList_GetItem)(lines.object, at))?);
        }
        Some(text)
    }
}

/// Makes the interpreter's pending exception the pending error of this thread; its status. The GIL must be held.
pub(super) fn raise(api: &'static Api) -> i32 {
    let (mut class, mut value, mut traceback) = (null_mut(), null_mut(), null_mut());
    // SAFETY: the GIL is held; the three references are ours afterwards, and the exception is a live object.
    unsafe {
        (api.PyErr_Fetch)(&raw mut class, &raw mut value, &raw mut traceback);
        (api.PyErr_NormalizeException)(&raw mut class, &raw mut value, &raw mut traceback);
        if !traceback.is_null() {
            (api.PyException_SetTraceback)(value, traceback);
            (api.Py_DecRef)(traceback);
        }
        if value.is_null() {
            return error::raise(kind::RUNTIME_ERROR, "Python failed without an exception");
        }
        let (number, name, exact) =
            classify(api, class).unwrap_or((kind::EXCEPTION, String::new(), false));
        let text = Owned::new(api, (api.PyObject_Str)(value));
        let text = text.and_then(|text| api.characters(text.object).map(str::to_owned));
        (api.PyErr_Clear)();
        (api.Py_DecRef)(class);
        let text = text.unwrap_or_default();
        // `except` cannot name a class that is no built-in one, so the text does.
        let message = match (exact || number != kind::EXCEPTION, text.as_str()) {
            (true, _) => text,
            (false, "") => name,
            (false, _) => format!("{name}: {text}"),
        };
        error::set(Error {
            kind: number,
            message: Cow::Owned(message.into_bytes()),
            arguments: None,
            file: Cow::Borrowed(b""),
            line: 0,
            origin: Some(Origin(value)),
        })
    }
}

/// The kind of the nearest class that the language has, the name of the class itself, and whether they are the same.
///
/// # Safety
/// `class` must be a live class, and the GIL held.
unsafe fn classify(api: &'static Api, class: Object) -> Option<(i32, String, bool)> {
    let mut own_name = None;
    // SAFETY: the caller vouches for the class; the items of its order are kept by it.
    unsafe {
        let order = Owned::new(api, api.attribute(class, c"__mro__"))?;
        for at in 0..(api.PyTuple_Size)(order.object) {
            let base = (api.PyTuple_GetItem)(order.object, at);
            let text = |attribute| {
                let text = Owned::new(api, api.attribute(base, attribute))?;
                api.characters(text.object).map(str::to_owned)
            };
            let name = text(c"__name__")?;
            let module = text(c"__module__")?;
            let first = own_name.get_or_insert_with(|| name.clone()).clone();
            if let Some(number) = kind::number(&name)
                && (module == "builtins" || module == "mlc")
            {
                return Some((number, first, at == 0));
            }
        }
    }
    None
}
