//! A compiled function as Python sees it: a built-in function with a docstring and a signature.

use std::any::Any;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::Arc;

use mlc_interface::FunctionKind;
use pyo3::exceptions::{PySystemError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::bind::Passed;
use crate::call::{self, Entry};
use crate::fast::Plan;
use crate::signature::Signature;

/// Keeps machine code loaded.
pub type Code = Arc<dyn Any + Send + Sync>;

/// What is called: machine code, or what makes a struct of its fields.
pub enum Target {
    Compiled { entry: Entry, plan: Option<Plan> },
    Fields(Arc<crate::class::Class>),
}

/// What a built-in function carries as its `__self__`; it keeps the machine code loaded.
#[pyclass(frozen, module = "mlc")]
struct Callee {
    signature: Signature,
    target: Target,
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
/// The entry in `target` must be the packed entry of a function with this signature, in `code`.
pub unsafe fn new<'py>(
    py: Python<'py>,
    module: &Bound<'py, PyString>,
    signature: Signature,
    kind: FunctionKind,
    target: Target,
    code: Code,
) -> PyResult<Bound<'py, PyAny>> {
    let own_name = signature.name.rsplit('.').next().unwrap_or_default();
    let name = c_text(own_name)?;
    let doc = c_text(&signature.builtin_doc(kind))?;
    let definition = Definition(Box::new(ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer {
            PyCFunctionFastWithKeywords: trampoline,
        },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: doc.as_ptr(),
    }));
    let callee = Callee {
        signature,
        target,
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
    // SAFETY: CPython calls this with the thread attached to it.
    let py = unsafe { Python::assume_attached() };
    // SAFETY: `new` gave the function this object as its `__self__`.
    let callee = unsafe { Borrowed::from_ptr(py, slf).cast_unchecked::<Callee>() };
    let callee = callee.get();
    if let Target::Compiled {
        entry,
        plan: Some(plan),
    } = &callee.target
        && names.is_null()
    {
        // SAFETY: CPython passes `positional` objects and keeps them alive; the plan is that of this entry.
        let result = unsafe { plan.run(py, *entry, arguments, positional as usize) };
        if let Some(result) = result {
            return result;
        }
    }
    // SAFETY: CPython passes its arguments so.
    unsafe { general(callee, arguments, positional as usize, names) }
}

/// Calls with any arguments: by position, by keyword, of any type.
///
/// # Safety
/// The thread must be attached; `arguments` holds `positional` objects, and behind them one for each of `names`.
unsafe fn general(
    callee: &Callee,
    arguments: *const *mut ffi::PyObject,
    positional: usize,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    Python::attach(|py| {
        let call = || {
            let signature = &callee.signature;
            if let Some(reason) = &signature.unsupported {
                return Err(PyTypeError::new_err(format!(
                    "{}: {reason}",
                    signature.name
                )));
            }
            // SAFETY: the caller vouches for the arguments.
            let passed = unsafe { Passed::new(py, arguments, positional, names) };
            let values = passed.bind(py, signature)?;
            match &callee.target {
                // SAFETY: `new`'s caller vouched for the entry, and the callee keeps its code.
                Target::Compiled { entry, .. } => unsafe {
                    call::call(py, signature, *entry, &values)
                },
                Target::Fields(class) => crate::construct::of_fields(py, signature, class, &values),
            }
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
