//! NumPy arrays read through their header, where that looks as it has in every NumPy since 1.7.
//!
//! The layout is not taken on trust: when the first array is met, it is held against what Python says of arrays made for that.

use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyAnyMethods;

use crate::scalar::Scalar;

/// `PyArrayObject_fields` of NumPy's `ndarraytypes.h`.
#[repr(C)]
struct Header {
    base: ffi::PyObject,
    data: *mut c_char,
    rank: c_int,
    shape: *mut ffi::Py_ssize_t,
    strides: *mut ffi::Py_ssize_t,
    owner: *mut ffi::PyObject,
    dtype: *mut ffi::PyObject,
    flags: c_int,
}

const C_CONTIGUOUS: c_int = 0x0001;
const ALIGNED: c_int = 0x0100;
const WRITEABLE: c_int = 0x0400;

/// The scalar types that NumPy has, each at the position that [`index_of`] gives.
const SCALARS: [Scalar; 14] = [
    Scalar::Bool,
    Scalar::F16,
    Scalar::F32,
    Scalar::F64,
    Scalar::C64,
    Scalar::C128,
    int(8, true),
    int(16, true),
    int(32, true),
    int(64, true),
    int(8, false),
    int(16, false),
    int(32, false),
    int(64, false),
];

const fn int(bits: u8, signed: bool) -> Scalar {
    Scalar::Int { bits, signed }
}

fn index_of(scalar: Scalar) -> Option<usize> {
    Some(match scalar {
        Scalar::Bool => 0,
        Scalar::F16 => 1,
        Scalar::F32 => 2,
        Scalar::F64 => 3,
        Scalar::C64 => 4,
        Scalar::C128 => 5,
        Scalar::Bf16 => return None,
        Scalar::Int { bits, signed } => {
            6 + usize::from(!signed) * 4 + (bits.trailing_zeros() as usize - 3)
        }
    })
}

/// What is known of the NumPy of this process; it lives as long as that.
struct Numpy {
    array: *mut ffi::PyTypeObject,
    dtypes: [*mut ffi::PyObject; SCALARS.len()],
}

static NUMPY: AtomicPtr<Numpy> = AtomicPtr::new(std::ptr::null_mut());
/// Set once the first array was looked at, so that a NumPy that we do not know is looked at once.
static SEEN: AtomicBool = AtomicBool::new(false);

/// An array whose elements lie in row-major order.
pub struct Array<'a> {
    pub data: *mut c_void,
    pub shape: &'a [usize],
    pub count: usize,
}

/// The array that an object is; `None` where it is none that compiled code can use as it is.
///
/// # Safety
/// The thread must be attached, and `value` a live object, which stays alive as long as the result is used.
#[inline]
pub unsafe fn array_of<'a>(
    value: *mut ffi::PyObject,
    elem: Scalar,
    dims: &[Option<usize>],
    writes: bool,
) -> Option<Array<'a>> {
    let numpy = NUMPY.load(Ordering::Acquire);
    // SAFETY: what is known of NumPy is never freed; an object of its type has this header, which `learn` has checked.
    unsafe {
        if numpy.is_null() || ffi::Py_TYPE(value) != (*numpy).array {
            return None;
        }
        let header = &*value.cast::<Header>();
        let wanted = C_CONTIGUOUS | ALIGNED | if writes { WRITEABLE } else { 0 };
        if header.dtype != (*numpy).dtypes[index_of(elem)?]
            || header.flags & wanted != wanted
            || header.rank as usize != dims.len()
        {
            return None;
        }
        let shape = if dims.is_empty() {
            &[]
        } else {
            // Extents are never negative.
            std::slice::from_raw_parts(header.shape.cast::<usize>(), dims.len())
        };
        let mut count = 1;
        for (dim, &extent) in dims.iter().zip(shape) {
            if dim.is_some_and(|dim| dim != extent) {
                return None;
            }
            count *= extent;
        }
        Some(Array {
            data: header.data.cast(),
            shape,
            count,
        })
    }
}

/// Learns of NumPy from the first of its arrays that is met.
pub fn learn(value: &Bound<'_, PyAny>) {
    if SEEN.load(Ordering::Relaxed) || !is_array(value).unwrap_or(false) {
        return;
    }
    if SEEN.swap(true, Ordering::AcqRel) {
        return;
    }
    // An error here means another NumPy than we know: all calls then go the general way.
    if let Ok(Some(numpy)) = inspect(value.py()) {
        // It lives as long as the process.
        NUMPY.store(Box::into_raw(Box::new(numpy)), Ordering::Release);
    }
}

/// Whether an object is an array of NumPy's own type.
pub fn is_array(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let ty = value.get_type();
    Ok(ty.name()?.to_cow()? == "ndarray" && ty.module()?.to_cow()? == "numpy")
}

fn inspect(py: Python<'_>) -> PyResult<Option<Numpy>> {
    let numpy = py.import("numpy")?;
    let array = numpy.getattr("ndarray")?;
    let base = numpy
        .call_method1("arange", (24,))?
        .call_method1("astype", ("i2",))?
        .call_method1("reshape", (2, 3, 4))?;
    let frozen = base.call_method0("copy")?;
    frozen.call_method1("setflags", (false,))?;
    let turned = base.getattr("T")?;
    for example in [&base, &frozen, &turned] {
        if !looks_right(example)? {
            return Ok(None);
        }
    }
    let mut dtypes = [std::ptr::null_mut(); SCALARS.len()];
    for scalar in SCALARS {
        // NumPy has one object for each of these types, which it never frees.
        let dtype = numpy.call_method1("dtype", (scalar.dtype(),))?;
        if let Some(index) = index_of(scalar) {
            dtypes[index] = dtype.into_ptr();
        }
    }
    Ok(Some(Numpy {
        array: array.into_ptr().cast(),
        dtypes,
    }))
}

/// Whether the header says of an array what Python does.
fn looks_right(array: &Bound<'_, PyAny>) -> PyResult<bool> {
    // SAFETY: an array's header is not smaller than this in any NumPy; what it holds is only compared.
    let header = unsafe { &*array.as_ptr().cast::<Header>() };
    let interface = array.getattr("__array_interface__")?;
    let (data, _): (usize, bool) = interface.get_item("data")?.extract()?;
    let shape: Vec<isize> = array.getattr("shape")?.extract()?;
    let strides: Vec<isize> = array.getattr("strides")?.extract()?;
    if header.data.addr() != data
        || header.rank as usize != shape.len()
        || header.dtype != array.getattr("dtype")?.as_ptr()
    {
        return Ok(false);
    }
    let has = |flag: c_int| header.flags & flag != 0;
    let says = |name: &str| -> PyResult<bool> { array.getattr("flags")?.getattr(name)?.extract() };
    if has(C_CONTIGUOUS) != says("c_contiguous")?
        || has(ALIGNED) != says("aligned")?
        || has(WRITEABLE) != says("writeable")?
    {
        return Ok(false);
    }
    // SAFETY: rank and place have proved right, so these are arrays of that many words.
    let found = unsafe {
        (
            std::slice::from_raw_parts(header.shape, shape.len()),
            std::slice::from_raw_parts(header.strides, shape.len()),
        )
    };
    Ok(found == (&shape[..], &strides[..]))
}
