//! A compiled function as Python sees it: a built-in function with a docstring and a signature.

use std::any::Any;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::Arc;

use pyo3::exceptions::{PySystemError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::bind::Passed;
use crate::call::{self, Entry};
use crate::error::Place;
use crate::signature::Signature;

/// Keeps machine code loaded.
pub type Code = Arc<dyn Any + Send + Sync>;

/// What a built-in function carries as its `__self__`; it keeps the machine code loaded.
#[pyclass(frozen, module = "mlc")]
struct Callee {
    signature: Signature,
    entry: Entry,
    place: Place,
    /// CPython keeps pointers to these three as long as the function lives.
    _name: CString,
    _doc: CString,
    definition: Definition,
    _code: Code,
}

struct Definition(Box<ffi::PyMethodDef>);

// SAFETY: the definition and the texts that it points to are never written after they are made.
unsafe impl Send for Definition {}
// SAFETY: as for `Send`.
unsafe impl Sync for Definition {}

/// The function object for `signature`, a member of the Python module `module`.
///
/// # Safety
/// `entry` must be the packed entry of a function with this signature, in `code`.
pub unsafe fn new<'py>(
    py: Python<'py>,
    module: &Bound<'py, PyString>,
    signature: Signature,
    entry: Entry,
    code: Code,
) -> PyResult<Bound<'py, PyAny>> {
    let name = c_text(&signature.name)?;
    let doc = c_text(&signature.builtin_doc())?;
    let definition = Definition(Box::new(ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer {
            PyCFunctionFastWithKeywords: trampoline,
        },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: doc.as_ptr(),
    }));
    let place = Place {
        function: signature.name.clone(),
    };
    let callee = Callee {
        signature,
        entry,
        place,
        _name: name,
        _doc: doc,
        definition,
        _code: code,
    };
    let callee = Bound::new(py, callee)?;
    let definition = (&raw const *callee.get().definition.0).cast_mut();
    // SAFETY: the definition lives in the callee, to which the function holds a reference.
    unsafe {
        let function = ffi::PyCFunction_NewEx(definition, callee.as_ptr(), module.as_ptr());
        Bound::from_owned_ptr_or_err(py, function)
    }
}

fn c_text(text: &str) -> PyResult<CString> {
    CString::new(text).map_err(|_| PyValueError::new_err("a docstring holds a NUL character"))
}

/// What CPython calls.
unsafe extern "C" fn trampoline(
    slf: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    positional: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    Python::attach(|py| {
        let call = || {
            // SAFETY: `new` gave the function this object as its `__self__`.
            let callee = unsafe { Borrowed::from_ptr(py, slf).cast_unchecked::<Callee>() };
            let callee = callee.get();
            if let Some(reason) = &callee.signature.unsupported {
                return Err(PyTypeError::new_err(format!(
                    "{}: {reason}",
                    callee.signature.name
                )));
            }
            // SAFETY: CPython passes its arguments so, and keeps them alive.
            let passed = unsafe { Passed::new(py, arguments, positional as usize, names) };
            let values = passed.bind(py, &callee.signature)?;
            // SAFETY: `new`'s caller vouched for the entry, and the callee keeps its code.
            unsafe { call::call(py, &callee.signature, callee.entry, &callee.place, &values) }
        };
        // A panic is a bug of ours, but must not unwind through CPython.
        let outcome: PyResult<Bound<'_, PyAny>> = catch_unwind(AssertUnwindSafe(call))
            .unwrap_or_else(|_| Err(PySystemError::new_err("mlc: internal error in a call")));
        match outcome {
            Ok(value) => value.into_ptr(),
            Err(error) => {
                error.restore(py);
                null_mut()
            }
        }
    })
}
