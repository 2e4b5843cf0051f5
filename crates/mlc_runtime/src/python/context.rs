//! `with` around objects of Python, and exceptions that programs raise and name.

use std::ptr::null_mut;

use super::api::Api;
use super::{Object, Owned, perform, produce};
use crate::text::{self, Text};

/// A caught error as it lies in memory: its kind and its message.
#[repr(C)]
pub(super) struct Caught {
    kind: i32,
    message: Text,
}

/// The exception that a caught error is.
///
/// # Safety
/// `caught` must hold such an error, and the GIL be held.
pub(super) unsafe fn exception(api: &'static Api, caught: &Caught) -> Option<Owned> {
    // SAFETY: the caller vouches for the message and the GIL.
    unsafe {
        let error = text::caught(caught.kind, caught.message);
        if let Some(origin) = &error.origin {
            return Owned::new(api, api.share(origin.object()));
        }
        super::make::exception(api, &error, "<module>")
    }
}

/// `manager.__enter__()`
///
/// # Safety
/// `manager` must point to an object, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_enter(out: *mut Object, manager: *const Object) -> i32 {
    crate::output::mlc_rt_flush();
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            let manager = api.object(manager);
            let enter = Owned::new(api, api.attribute(manager, c"__enter__"));
            // That it can be left is asked first, as Python does.
            let exit = match enter {
                Some(_) => Owned::new(api, api.attribute(manager, c"__exit__")),
                None => None,
            };
            if let (Some(enter), Some(_)) = (enter, exit) {
                return (api.PyObject_Vectorcall)(enter.object, null_mut(), 0, null_mut());
            }
            if (api.PyErr_ExceptionMatches)(api.exception(c"PyExc_AttributeError")) != 0 {
                (api.PyErr_Clear)();
                let class = Owned::new(api, (api.PyObject_Type)(manager));
                let name = class
                    .and_then(|class| Owned::new(api, api.attribute(class.object, c"__name__")));
                let name = name.as_ref().and_then(|name| api.characters(name.object));
                let text = format!(
                    "'{}' object does not support the context manager protocol",
                    name.unwrap_or("?")
                );
                if let Some(text) = Owned::new(api, api.text(&text)) {
                    (api.PyErr_SetObject)(api.exception(c"PyExc_TypeError"), text.object);
                }
            }
            null_mut()
        })
    }
}

/// `manager.__exit__(type, exception, traceback)`, or with three times `None`: whether the result is true.
///
/// # Safety
/// The operands must point to objects, and `out` to where a `bool` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_exit(
    out: *mut bool,
    manager: *const Object,
    exception: *const Object,
) -> i32 {
    crate::output::mlc_rt_flush();
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe {
        let suppresses = leave(api, api.object(manager), api.object(exception));
        *out = suppresses == Some(true);
        if suppresses.is_none() { -1 } else { 0 }
    })
}

/// # Safety
/// The objects must be live, and the GIL held.
unsafe fn leave(api: &'static Api, manager: Object, exception: Object) -> Option<bool> {
    // SAFETY: the caller vouches for the objects.
    unsafe {
        let exit = Owned::new(api, api.attribute(manager, c"__exit__"))?;
        let result = if exception == api.none {
            let arguments = [api.none; 3];
            (api.PyObject_Vectorcall)(exit.object, arguments.as_ptr(), 3, null_mut())
        } else {
            let class = Owned::new(api, (api.PyObject_Type)(exception))?;
            let traceback = Owned::new(api, api.attribute(exception, c"__traceback__"))?;
            let arguments = [class.object, exception, traceback.object];
            (api.PyObject_Vectorcall)(exit.object, arguments.as_ptr(), 3, null_mut())
        };
        let result = Owned::new(api, result)?;
        match (api.PyObject_IsTrue)(result.object) {
            -1 => None,
            truth => Some(truth == 1),
        }
    }
}

/// Whether an exception is an instance of one of the classes, of which each must be one of exceptions.
///
/// # Safety
/// The operands must point to objects, `classes` to a tuple, and `out` to where a `bool` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_matches(
    out: *mut bool,
    exception: *const Object,
    classes: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe {
        let (exception, classes) = (api.object(exception), api.object(classes));
        for at in 0..(api.PyTuple_Size)(classes) {
            let class = (api.PyTuple_GetItem)(classes, at);
            let base = api.exception(c"PyExc_BaseException");
            let is_class = (api.PyObject_IsSubclass)(class, base);
            if is_class != 1 {
                (api.PyErr_Clear)();
                let text = "catching classes that do not inherit from BaseException is not allowed";
                if let Some(text) = Owned::new(api, api.text(text)) {
                    (api.PyErr_SetObject)(api.exception(c"PyExc_TypeError"), text.object);
                }
                return -1;
            }
        }
        *out = (api.PyErr_GivenExceptionMatches)(exception, classes) == 1;
        0
    })
}

/// `raise exception`
///
/// # Safety
/// `exception` must point to an object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_raise(exception: *const Object) -> i32 {
    // SAFETY: the caller vouches for the object; the GIL is held inside.
    perform(|api| unsafe {
        raise(api, api.object(exception), None);
        -1
    })
}

/// `raise exception from cause`
///
/// # Safety
/// The operands must point to objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_raise_from(
    exception: *const Object,
    cause: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the objects; the GIL is held inside.
    perform(|api| unsafe {
        raise(api, api.object(exception), Some(api.object(cause)));
        -1
    })
}

/// Makes an exception, or an instance of a class of them, the interpreter's pending one.
///
/// # Safety
/// The objects must be live, and the GIL held.
unsafe fn raise(api: &'static Api, exception: Object, cause: Option<Object>) -> Option<()> {
    // SAFETY: the caller vouches for the objects.
    unsafe {
        let base = api.exception(c"PyExc_BaseException");
        // A class that is given stands for an instance that it makes.
        let instance = |object: Object| {
            let class = Owned::new(api, (api.PyObject_Type)(object))?;
            if (api.PyObject_IsSubclass)(class.object, base) == 1 {
                return Some(api.share(object));
            }
            let made = match (api.PyObject_IsSubclass)(object, base) {
                1 => (api.PyObject_Vectorcall)(object, null_mut(), 0, null_mut()),
                _ => null_mut(),
            };
            if made.is_null()
                && (api.PyErr_ExceptionMatches)(api.exception(c"PyExc_TypeError")) != 0
            {
                (api.PyErr_Clear)();
            }
            if made.is_null() && (api.PyErr_Occurred)().is_null() {
                let text = Owned::new(api, api.text("exceptions must derive from BaseException"))?;
                (api.PyErr_SetObject)(api.exception(c"PyExc_TypeError"), text.object);
            }
            Owned::new(api, made).map(Owned::release)
        };
        let made = Owned::new(api, instance(exception)?)?;
        if let Some(cause) = cause {
            let cause = match cause == api.none {
                true => null_mut(),
                false => instance(cause)?,
            };
            (api.PyException_SetCause)(made.object, cause);
        }
        let class = Owned::new(api, (api.PyObject_Type)(made.object))?;
        (api.PyErr_SetObject)(class.object, made.object);
        Some(())
    }
}
