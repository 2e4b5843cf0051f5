//! Objects of Python in compiled programs: `PythonObject`, and what is done with it.
//!
//! Compiled code holds an object as one counted pointer; a null pointer stands for `None`. Nothing here links Python:
//! its C interface is looked up in the process that the program runs in, or else in the `libpython` of the interpreter
//! that [`find`] finds, when the program first needs it. Each function holds the GIL while it runs.

mod api;
mod arguments;
mod array;
mod buffer;
mod call;
mod callback;
mod context;
mod exception;
mod find;
mod give;
mod hand_over;
mod lend;
mod make;
mod number;
mod operation;
mod shape;
mod start;
mod structs;
mod take;
mod text;

use std::ffi::{c_int, c_void};

use api::Api;
pub use call::*;
pub use callback::*;
pub use context::*;
pub use exception::Origin;
pub use give::mlc_rt_py_from;
pub use hand_over::mlc_rt_py_hand_over;
pub use lend::mlc_rt_py_lend;
pub use make::{EXCEPTIONS, EXCEPTIONS_MODULE};
pub use operation::*;
pub use start::{finish, run_as};
pub use structs::{Giver, mlc_rt_py_struct};
pub use take::mlc_rt_py_into;
pub use text::*;

/// A reference to an object of Python, as compiled code holds it.
pub type Object = *mut c_void;

/// The right to use the interpreter, given back at the end.
struct Gil {
    api: &'static Api,
    /// What to give back; `None` where the caller had it before.
    state: Option<c_int>,
}

impl Gil {
    /// Starts the interpreter where there is none. The error is a status.
    fn hold() -> Result<Gil, i32> {
        Ok(Gil::of(start::api()?))
    }

    fn of(api: &'static Api) -> Gil {
        // SAFETY: the interpreter runs; both functions may be called on any thread.
        let state = unsafe {
            match (api.PyGILState_Check)() {
                1 => None,
                _ => Some((api.PyGILState_Ensure)()),
            }
        };
        Gil { api, state }
    }
}

impl Drop for Gil {
    fn drop(&mut self) {
        if let Some(state) = self.state {
            // SAFETY: the state is that of the matching call, on the same thread.
            unsafe { (self.api.PyGILState_Release)(state) };
        }
    }
}

/// A counted reference that ends with this value.
struct Owned {
    object: Object,
    api: &'static Api,
}

impl Owned {
    /// Takes over a new reference; the error of the interpreter is pending where there is none.
    fn new(api: &'static Api, object: Object) -> Option<Owned> {
        (!object.is_null()).then_some(Owned { object, api })
    }

    fn release(self) -> Object {
        let object = self.object;
        std::mem::forget(self);
        object
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the reference is this value's own, and who made it still holds the GIL.
        unsafe { (self.api.Py_DecRef)(self.object) };
    }
}

/// Stores the new reference that `make` gives; where that is null the interpreter's error is raised. A status.
///
/// # Safety
/// `out` must point to where an object may be written; what it held is not looked at.
unsafe fn produce(out: *mut Object, make: impl FnOnce(&'static Api) -> Object) -> i32 {
    let gil = match Gil::hold() {
        Ok(gil) => gil,
        Err(status) => return status,
    };
    let made = make(gil.api);
    if made.is_null() {
        return exception::raise(gil.api);
    }
    // SAFETY: the caller vouches for the place.
    unsafe { *out = made };
    0
}

/// Runs `act`, which fails with -1 and an error of the interpreter. A status.
fn perform(act: impl FnOnce(&'static Api) -> c_int) -> i32 {
    match Gil::hold() {
        Ok(gil) if act(gil.api) == -1 => exception::raise(gil.api),
        Ok(_) => 0,
        Err(status) => status,
    }
}

/// Whether the program has used Python.
pub(crate) fn is_used() -> bool {
    start::started().is_some()
}

/// Makes one more reference to an object.
///
/// # Safety
/// `object` must be null or a live object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_retain(object: Object) {
    if !object.is_null()
        && let Ok(api) = start::api()
    {
        let gil = Gil::of(api);
        // SAFETY: the caller vouches for the object.
        unsafe { (gil.api.Py_IncRef)(object) };
    }
}

/// Ends a reference to an object.
///
/// # Safety
/// `object` must be null or a live object, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_release(object: Object) {
    if !object.is_null()
        && let Ok(api) = start::api()
    {
        let gil = Gil::of(api);
        // SAFETY: the caller vouches for the object.
        unsafe { (gil.api.Py_DecRef)(object) };
    }
}
