//! Arrow arrays through the PyCapsule interface: columns of numbers without nulls.
//!
//! The structures are those of Arrow's C data interface (<https://arrow.apache.org/docs/format/CDataInterface.html>). Arrow arrays
//! never change, so they are read only.

use std::ffi::{CStr, c_char, c_void};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::memory::{Keeps, Memory};
use crate::scalar::Scalar;

/// `ArrowSchema`
#[repr(C)]
struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    children: i64,
    child: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private: *mut c_void,
}

/// `ArrowArray`
#[repr(C)]
struct Array {
    length: i64,
    nulls: i64,
    offset: i64,
    buffer_count: i64,
    children: i64,
    buffers: *mut *const c_void,
    child: *mut *mut Array,
    dictionary: *mut Array,
    release: Option<unsafe extern "C" fn(*mut Array)>,
    private: *mut c_void,
}

/// The capsules that keep an array, which release it when they end.
pub struct Parts(#[expect(dead_code, reason = "released when they are dropped")] [Py<PyAny>; 2]);

/// The memory of an object with `__arrow_c_array__`.
pub fn memory_of(value: &Bound<'_, PyAny>) -> PyResult<Memory> {
    let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
        value.call_method0("__arrow_c_array__")?.extract()?;
    // SAFETY: CPython checks the names; capsules of these names hold live structures of these kinds.
    unsafe {
        let found = ffi::PyCapsule_GetPointer(schema.as_ptr(), c"arrow_schema".as_ptr());
        let found = found.cast::<Schema>();
        let items = ffi::PyCapsule_GetPointer(array.as_ptr(), c"arrow_array".as_ptr());
        let items = items.cast::<Array>();
        if found.is_null() || items.is_null() {
            return Err(PyErr::fetch(value.py()));
        }
        let (found, items) = (&*found, &*items);
        let format = CStr::from_ptr(found.format).to_string_lossy();
        let scalar = match scalar_of(&format) {
            Some(scalar) if found.dictionary.is_null() && items.buffer_count == 2 => scalar,
            _ => return Err(wrong_format(&format)),
        };
        let nulls = nulls(items);
        if nulls > 0 {
            return Err(PyValueError::new_err(format!(
                "expected an Arrow array without nulls, found one with {nulls}"
            )));
        }
        let data = (*items.buffers.add(1)).cast::<u8>().cast_mut();
        let data = data.wrapping_add(items.offset as usize * scalar.size());
        let shape = vec![items.length as usize];
        let keeps = Keeps::Arrow(Parts([schema.unbind(), array.unbind()]));
        Ok(Memory::new(data, shape, None, scalar, true, keeps))
    }
}

fn scalar_of(format: &str) -> Option<Scalar> {
    let int = |bits, signed| Scalar::Int { bits, signed };
    Some(match format {
        "c" => int(8, true),
        "C" => int(8, false),
        "s" => int(16, true),
        "S" => int(16, false),
        "i" => int(32, true),
        "I" => int(32, false),
        "l" => int(64, true),
        "L" => int(64, false),
        "e" => Scalar::F16,
        "f" => Scalar::F32,
        "g" => Scalar::F64,
        _ => return None,
    })
}

fn wrong_format(format: &str) -> PyErr {
    PyTypeError::new_err(match format {
        "b" => "expected an Arrow array of numbers, found one of bits; cast it to uint8".to_owned(),
        _ => format!("expected an Arrow array of numbers, found one of the format `{format}`"),
    })
}

/// How many elements are null.
///
/// # Safety
/// The array must be live, with a bit for each element in its first buffer if that is there.
unsafe fn nulls(array: &Array) -> i64 {
    // SAFETY: the caller vouches for the buffers.
    unsafe {
        let bits = (*array.buffers).cast::<u8>();
        if array.nulls >= 0 || bits.is_null() {
            return array.nulls.max(0);
        }
        // It was not counted yet.
        let valid = |index: &i64| {
            let at = (array.offset + index) as usize;
            *bits.add(at / 8) >> (at % 8) & 1 != 0
        };
        array.length - (0..array.length).filter(valid).count() as i64
    }
}
