//! Memory that compiled code made and Python now owns: `mlc.Buffer`, and the NumPy array over it.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use mlc_runtime::alloc::mlc_rt_free;
use pyo3::exceptions::{PyBufferError, PyModuleNotFoundError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::dlpack;
use crate::place::View;
use crate::scalar::Scalar;

/// A result of compiled code, in the memory that the code made. It has the buffer and the sequence protocol; where
/// NumPy can be imported it stays behind an `ndarray`, as its `base`.
#[pyclass(frozen, module = "mlc")]
pub struct Buffer {
    _owner: Owner,
    data: *mut c_void,
    scalar: Scalar,
    /// As the buffer protocol wants them, extents first, then strides in bytes.
    extents: Box<[ffi::Py_ssize_t]>,
}

// SAFETY: the memory is owned by this object alone and freed once; what Python's threads do to its elements is theirs
// to order, as with every buffer.
unsafe impl Send for Buffer {}
// SAFETY: as for `Send`; the fields never change.
unsafe impl Sync for Buffer {}

/// What keeps the elements of a buffer alive.
pub enum Owner {
    Block(Allocation),
    View(View),
    /// The object that was passed, of which the result is a part.
    Object(Py<PyAny>),
}

/// A block of the runtime's memory, freed with this value.
pub struct Allocation(*mut c_void);

impl Owner {
    /// # Safety
    /// The block must be the runtime's (or null, for no elements) and nobody else's.
    pub unsafe fn block(block: *mut c_void) -> Owner {
        Owner::Block(Allocation(block))
    }
}

impl Drop for Allocation {
    fn drop(&mut self) {
        // SAFETY: who made this value vouched for the block.
        unsafe { mlc_rt_free(self.0) }
    }
}

impl Buffer {
    /// Elements of this shape at `data`, which are `strides` (counted in elements) apart.
    ///
    /// # Safety
    /// The elements must stay there as long as `owner`.
    pub unsafe fn new(
        owner: Owner,
        data: *mut c_void,
        scalar: Scalar,
        shape: &[usize],
        strides: &[isize],
    ) -> Buffer {
        let item = scalar.size() as ffi::Py_ssize_t;
        let shape = shape.iter().map(|&extent| extent as ffi::Py_ssize_t);
        let strides = strides.iter().map(|&stride| stride * item);
        Buffer {
            _owner: owner,
            data,
            scalar,
            extents: shape.chain(strides).collect(),
        }
    }

    /// The object that Python sees: an `ndarray` over this buffer, or the buffer itself where there is no NumPy.
    pub fn into_array(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        static ASARRAY: PyOnceLock<Option<Py<PyAny>>> = PyOnceLock::new();
        let buffer = Bound::new(py, self)?.into_any();
        let asarray = ASARRAY.get_or_try_init(py, || match py.import("numpy") {
            Ok(numpy) => Ok::<_, PyErr>(Some(numpy.getattr("asarray")?.unbind())),
            Err(error) if error.is_instance_of::<PyModuleNotFoundError>(py) => Ok(None),
            Err(error) => Err(error),
        })?;
        match asarray {
            Some(asarray) => asarray.bind(py).call1((buffer,)),
            None => Ok(buffer),
        }
    }

    fn rank(&self) -> usize {
        self.extents.len() / 2
    }

    /// Where the elements start, what they are, the extents, and the strides in bytes.
    pub fn parts(&self) -> (*mut c_void, Scalar, &[isize], &[isize]) {
        let (shape, strides) = self.extents.split_at(self.rank());
        (self.data, self.scalar, shape, strides)
    }

    fn item_count(&self) -> ffi::Py_ssize_t {
        self.extents[..self.rank()].iter().product()
    }
}

#[pymethods]
impl Buffer {
    // SAFETY: CPython calls this with a `Py_buffer` to fill, which PyO3 passes on.
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("no view to fill"));
        }
        let buffer = slf.get();
        let item_size = buffer.scalar.size() as ffi::Py_ssize_t;
        let wants = |flag: c_int| flags & flag == flag;
        let extents = buffer.extents.as_ptr().cast_mut();
        // A pointer of a buffer without elements is never followed, but must not be null.
        let data = if buffer.data.is_null() {
            buffer.extents.as_ptr().cast_mut().cast()
        } else {
            buffer.data
        };
        // SAFETY: `view` is not null, so it is CPython's to fill. The extents live as long as this object, to which the
        // view holds a reference; nobody writes through the pointer to them.
        unsafe {
            (*view).buf = data;
            (*view).len = buffer.item_count() * item_size;
            (*view).readonly = 0;
            (*view).itemsize = item_size;
            (*view).format = match wants(ffi::PyBUF_FORMAT) {
                true => buffer.scalar.format().as_ptr().cast_mut(),
                false => null_mut(),
            };
            (*view).ndim = buffer.rank() as c_int;
            (*view).shape = if wants(ffi::PyBUF_ND) {
                extents
            } else {
                null_mut()
            };
            (*view).strides = if wants(ffi::PyBUF_STRIDES) {
                extents.add(buffer.rank())
            } else {
                null_mut()
            };
            (*view).suboffsets = null_mut();
            (*view).internal = null_mut();
            (*view).obj = slf.into_any().into_ptr();
        }
        Ok(())
    }

    /// The elements as a DLPack tensor, which keeps this buffer. They are in the memory of the CPU, so `stream` says nothing.
    #[pyo3(signature = (*, stream=None, max_version=None, dl_device=None, copy=None))]
    fn __dlpack__<'py>(
        slf: &Bound<'py, Self>,
        stream: Option<Bound<'py, PyAny>>,
        max_version: Option<(u32, u32)>,
        dl_device: Option<(i32, i32)>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        drop(stream);
        dlpack::capsule(slf, max_version, dl_device, copy)
    }

    fn __dlpack_device__(&self) -> (i32, i32) {
        dlpack::device()
    }

    fn __len__(&self) -> usize {
        self.extents[0] as usize
    }

    fn __getitem__<'py>(
        slf: &Bound<'py, Self>,
        index: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        pyo3::types::PyMemoryView::from(slf.as_any())?.get_item(index)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let items = pyo3::types::PyMemoryView::from(slf.as_any())?.call_method0("tolist")?;
        Ok(format!("mlc.Buffer({items}, {})", slf.get().scalar.dtype()))
    }
}
