//! DLPack, the exchange of tensors between libraries: capsules that carry a tensor and how it is released.
//!
//! The structures are those of `dlpack.h`, versions 0 and 1 (<https://dmlc.github.io/dlpack/latest/c_api.html>).

use std::ffi::{CStr, c_void};

use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::buffer::Buffer;
use crate::memory::{Keeps, Memory};
use crate::scalar::Scalar;

const PLAIN: &CStr = c"dltensor";
const VERSIONED: &CStr = c"dltensor_versioned";
const USED_PLAIN: &CStr = c"used_dltensor";
const USED_VERSIONED: &CStr = c"used_dltensor_versioned";

/// `kDLCPU`; memory of CUDA's that the host can read and write, too, has other numbers.
const CPU: i32 = 1;
const OF_HOST: [i32; 3] = [CPU, 3, 13];
const READ_ONLY: u64 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
struct Device {
    kind: i32,
    id: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct DataType {
    code: u8,
    bits: u8,
    lanes: u16,
}

/// `DLTensor`
#[repr(C)]
struct Described {
    data: *mut c_void,
    device: Device,
    rank: i32,
    dtype: DataType,
    shape: *mut i64,
    /// In elements; null for row-major order.
    strides: *mut i64,
    byte_offset: u64,
}

/// `DLManagedTensor`
#[repr(C)]
struct Plain {
    tensor: Described,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Plain)>,
}

/// `DLManagedTensorVersioned`
#[repr(C)]
struct Versioned {
    major: u32,
    minor: u32,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Versioned)>,
    flags: u64,
    tensor: Described,
}

/// A tensor that was taken over from a capsule.
pub enum Tensor {
    Plain(*mut c_void),
    Versioned(*mut c_void),
}

impl Drop for Tensor {
    fn drop(&mut self) {
        // SAFETY: the tensor was taken out of its capsule, so its release is ours, once.
        unsafe {
            match *self {
                Tensor::Plain(tensor) => {
                    let tensor = tensor.cast::<Plain>();
                    if let Some(deleter) = (*tensor).deleter {
                        deleter(tensor);
                    }
                }
                Tensor::Versioned(tensor) => {
                    let tensor = tensor.cast::<Versioned>();
                    if let Some(deleter) = (*tensor).deleter {
                        deleter(tensor);
                    }
                }
            }
        }
    }
}

/// The memory of an object with `__dlpack__`.
pub fn memory_of(value: &Bound<'_, PyAny>) -> PyResult<Memory> {
    let py = value.py();
    let (device, _): (i32, i64) = value.call_method0("__dlpack_device__")?.extract()?;
    if !OF_HOST.contains(&device) {
        return Err(PyTypeError::new_err(format!(
            "expected an array in the memory of the CPU, found one on a device of DLPack's kind {device}"
        )));
    }
    let keywords = PyDict::new(py);
    keywords.set_item("max_version", (1, 0))?;
    let capsule = match value.call_method("__dlpack__", (), Some(&keywords)) {
        // A library from before DLPack 1.
        Err(error) if error.is_instance_of::<PyTypeError>(py) => value.call_method0("__dlpack__"),
        other => other,
    };
    let capsule = capsule.map_err(|error| {
        let text = format!("expected an array that can be shared: {}", error.value(py));
        PyTypeError::new_err(text)
    })?;
    take(&capsule)
}

/// Takes the tensor out of a capsule, which is marked as used.
fn take(capsule: &Bound<'_, PyAny>) -> PyResult<Memory> {
    let object = capsule.as_ptr();
    // SAFETY: CPython checks what the object is; a capsule of one of these names holds a live tensor of that kind, of which
    // nobody else takes anything once the name has changed.
    unsafe {
        if ffi::PyCapsule_IsValid(object, VERSIONED.as_ptr()) != 0 {
            let found = ffi::PyCapsule_GetPointer(object, VERSIONED.as_ptr()).cast::<Versioned>();
            if (*found).major != 1 {
                return Err(PyValueError::new_err(format!(
                    "expected a tensor of DLPack 1, found one of version {}.{}",
                    (*found).major,
                    (*found).minor
                )));
            }
            ffi::PyCapsule_SetName(object, USED_VERSIONED.as_ptr());
            let keeps = Tensor::Versioned(found.cast());
            let readonly = (*found).flags & READ_ONLY != 0;
            return described(&raw const (*found).tensor, readonly, keeps);
        }
        if ffi::PyCapsule_IsValid(object, PLAIN.as_ptr()) != 0 {
            let found = ffi::PyCapsule_GetPointer(object, PLAIN.as_ptr()).cast::<Plain>();
            ffi::PyCapsule_SetName(object, USED_PLAIN.as_ptr());
            let keeps = Tensor::Plain(found.cast());
            // It cannot say whether it may be written; the libraries that make such tensors have writable ones.
            return described(&raw const (*found).tensor, false, keeps);
        }
    }
    Err(PyTypeError::new_err(
        "expected a capsule with a tensor from `__dlpack__`, found something else",
    ))
}

/// # Safety
/// The tensor must live as long as `keeps`.
unsafe fn described(tensor: *const Described, readonly: bool, keeps: Tensor) -> PyResult<Memory> {
    // SAFETY: the caller vouches for the tensor, whose shape and strides have an entry for each dimension.
    unsafe {
        let tensor = &*tensor;
        let Some(scalar) = scalar_of(tensor.dtype) else {
            let DataType { code, bits, lanes } = tensor.dtype;
            return Err(PyTypeError::new_err(format!(
                "found elements of DLPack's type ({code}, {bits}, {lanes}), which compiled code has no type for"
            )));
        };
        let rank = tensor.rank.max(0) as usize;
        let words = |start: *mut i64| match rank {
            0 => &[][..],
            _ => std::slice::from_raw_parts(start, rank),
        };
        let shape = words(tensor.shape)
            .iter()
            .map(|&extent| extent as usize)
            .collect();
        let size = scalar.size() as isize;
        let strides = (!tensor.strides.is_null()).then(|| {
            let strides = words(tensor.strides).iter();
            strides.map(|&stride| stride as isize * size).collect()
        });
        let data = tensor
            .data
            .cast::<u8>()
            .wrapping_add(tensor.byte_offset as usize);
        Ok(Memory::new(
            data,
            shape,
            strides,
            scalar,
            readonly,
            Keeps::Tensor(keeps),
        ))
    }
}

fn scalar_of(dtype: DataType) -> Option<Scalar> {
    if dtype.lanes != 1 {
        return None;
    }
    let bits = dtype.bits;
    Some(match (dtype.code, bits) {
        (0 | 1, 8 | 16 | 32 | 64) => Scalar::Int {
            bits,
            signed: dtype.code == 0,
        },
        (2, 16) => Scalar::F16,
        (2, 32) => Scalar::F32,
        (2, 64) => Scalar::F64,
        (4, 16) => Scalar::Bf16,
        (5, 64) => Scalar::C64,
        (5, 128) => Scalar::C128,
        (6, 8) => Scalar::Bool,
        _ => return None,
    })
}

fn dtype_of(scalar: Scalar) -> DataType {
    let code = match scalar {
        Scalar::Int { signed: true, .. } => 0,
        Scalar::Int { .. } => 1,
        Scalar::F16 | Scalar::F32 | Scalar::F64 => 2,
        Scalar::Bf16 => 4,
        Scalar::C64 | Scalar::C128 => 5,
        Scalar::Bool => 6,
    };
    DataType {
        code,
        bits: 8 * scalar.size() as u8,
        lanes: 1,
    }
}

/// `(kDLCPU, 0)`
pub fn device() -> (i32, i32) {
    (CPU, 0)
}

/// What a tensor that we gave away refers to.
struct Given {
    _buffer: Py<Buffer>,
    /// The extents, then the strides.
    words: Vec<i64>,
}

/// The capsule over a buffer, as `__dlpack__` returns it.
pub fn capsule<'py>(
    buffer: &Bound<'py, Buffer>,
    max_version: Option<(u32, u32)>,
    device_wanted: Option<(i32, i32)>,
    copy: Option<bool>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = buffer.py();
    if device_wanted.is_some_and(|wanted| wanted != device()) {
        return Err(PyBufferError::new_err(
            "the elements are in the memory of the CPU",
        ));
    }
    if copy == Some(true) {
        return Err(PyBufferError::new_err(
            "`__dlpack__` makes no copies; copy the array",
        ));
    }
    let (data, scalar, shape, strides) = buffer.get().parts();
    let rank = shape.len();
    let size = scalar.size() as i64;
    let words = shape.iter().map(|&extent| extent as i64);
    let words = words.chain(strides.iter().map(|&stride| stride as i64 / size));
    let mut given = Box::new(Given {
        _buffer: buffer.clone().unbind(),
        words: words.collect(),
    });
    let start = given.words.as_mut_ptr();
    let tensor = Described {
        data,
        device: Device { kind: CPU, id: 0 },
        rank: rank as i32,
        dtype: dtype_of(scalar),
        shape: start,
        strides: start.wrapping_add(rank),
        byte_offset: 0,
    };
    let context = Box::into_raw(given).cast();
    // SAFETY: each tensor is a fresh box, released by its deleter: that of whoever takes the tensor calls it, or the capsule.
    unsafe {
        let capsule = if max_version.is_some_and(|(major, _)| major >= 1) {
            let made = Box::into_raw(Box::new(Versioned {
                major: 1,
                minor: 0,
                context,
                deleter: Some(release_versioned),
                flags: 0,
                tensor,
            }));
            ffi::PyCapsule_New(made.cast(), VERSIONED.as_ptr(), Some(forget_versioned))
        } else {
            let made = Box::into_raw(Box::new(Plain {
                tensor,
                context,
                deleter: Some(release_plain),
            }));
            ffi::PyCapsule_New(made.cast(), PLAIN.as_ptr(), Some(forget_plain))
        };
        Bound::from_owned_ptr_or_err(py, capsule)
    }
}

/// # Safety
/// `context` must be that of a tensor of ours, once.
unsafe fn release(context: *mut c_void) {
    // SAFETY: the caller vouches for the box. Whoever holds a tensor may let it go on any thread.
    let given = unsafe { Box::from_raw(context.cast::<Given>()) };
    Python::attach(|_| drop(given));
}

unsafe extern "C" fn release_plain(tensor: *mut Plain) {
    // SAFETY: the tensor is a box of ours, whose holder calls this once.
    unsafe { release(Box::from_raw(tensor).context) }
}

unsafe extern "C" fn release_versioned(tensor: *mut Versioned) {
    // SAFETY: as above.
    unsafe { release(Box::from_raw(tensor).context) }
}

/// Releases a tensor that nobody took.
///
/// # Safety
/// CPython calls it with a capsule that ends.
unsafe extern "C" fn forget_plain(capsule: *mut ffi::PyObject) {
    // SAFETY: a capsule that still has its name holds its tensor.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, PLAIN.as_ptr()) != 0 {
            release_plain(ffi::PyCapsule_GetPointer(capsule, PLAIN.as_ptr()).cast());
        }
    }
}

/// # Safety
/// As for [`forget_plain`].
unsafe extern "C" fn forget_versioned(capsule: *mut ffi::PyObject) {
    // SAFETY: as above.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, VERSIONED.as_ptr()) != 0 {
            release_versioned(ffi::PyCapsule_GetPointer(capsule, VERSIONED.as_ptr()).cast());
        }
    }
}
