//! From what compiled code returned to Python objects. The memory changes its owner; nothing is copied.

use std::ffi::c_void;

use mlc_runtime::alloc::mlc_rt_free;
use mlc_runtime::boxes::mlc_rt_box_free;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::buffer::Buffer;
use crate::layout::{ArrayHeader, ListHeader, Type, array_extents};
use crate::scalar::Bits;

/// Makes a Python object of the value at `place` and takes over what it owns.
///
/// # Safety
/// A value of type `ty` must lie at `place`; it must own its memory, and nobody may use it afterwards.
pub unsafe fn into_python<'py>(
    py: Python<'py>,
    ty: &Type,
    place: *mut u8,
) -> PyResult<Bound<'py, PyAny>> {
    match ty {
        Type::Scalar(scalar) => {
            let mut bits = Bits::default();
            // SAFETY: a scalar of this size lies at `place`.
            unsafe { place.copy_to_nonoverlapping(bits.as_mut_ptr(), scalar.size()) };
            scalar.to_python(py, &bits)
        }
        Type::Array { elem, dims } => {
            // SAFETY: an array's header lies at `place`.
            let (header, (shape, _)) = unsafe {
                (
                    place.cast::<ArrayHeader>().read(),
                    array_extents(place, dims.len()),
                )
            };
            let start = header
                .aligned
                .wrapping_byte_offset(header.offset as isize * elem.size() as isize);
            // SAFETY: the value is ours now, and so is its allocation.
            unsafe { Buffer::owning(header.allocated, start, *elem, &shape) }.into_array(py)
        }
        Type::List(elem) => {
            // SAFETY: a list's header lies at `place`.
            let header = unsafe { place.cast::<ListHeader>().read() };
            match &**elem {
                // SAFETY: the value is ours now, and so is its allocation.
                Type::Scalar(scalar) => unsafe {
                    Buffer::owning(header.data, header.data, *scalar, &[header.len as usize])
                }
                .into_array(py),
                // SAFETY: the elements are values of this type, which the list owned.
                elem => unsafe { list_into_python(py, elem, &header) },
            }
        }
    }
}

/// # Safety
/// As for [`into_python`], for a list of which `header` is a copy.
unsafe fn list_into_python<'py>(
    py: Python<'py>,
    elem: &Type,
    header: &ListHeader,
) -> PyResult<Bound<'py, PyAny>> {
    let list = PyList::empty(py);
    let mut outcome = Ok(());
    for index in 0..header.len as usize {
        // SAFETY: the list has `len` elements, each of this size.
        let place = unsafe { header.data.cast::<u8>().add(index * elem.payload_size()) };
        if outcome.is_ok() {
            // SAFETY: the list owned the element at `place`.
            outcome = unsafe { into_python(py, elem, place) }.and_then(|item| list.append(item));
        } else {
            // SAFETY: the list owned the element at `place`.
            unsafe { drop_value(elem, place) };
        }
    }
    // SAFETY: the list's own block; its elements have left it.
    unsafe { mlc_rt_free(header.data) };
    outcome.map(|()| list.into_any())
}

/// Frees what the value at `place` owns, which is nothing where its memory belongs to somebody else.
///
/// # Safety
/// A value of type `ty` must lie at `place`, and nobody may use it afterwards.
pub unsafe fn drop_value(ty: &Type, place: *mut u8) {
    match ty {
        Type::Scalar(_) => {}
        // SAFETY: an array's header lies at `place`; an allocation of null is fine.
        Type::Array { .. } => unsafe { mlc_rt_free((*place.cast::<ArrayHeader>()).allocated) },
        Type::List(elem) => {
            // SAFETY: a list's header lies at `place`.
            let header = unsafe { place.cast::<ListHeader>().read() };
            if elem.is_owning() {
                for index in 0..header.len as usize {
                    // SAFETY: the list has `len` elements, each of this size, and owns what they own.
                    unsafe {
                        drop_value(
                            elem,
                            header.data.cast::<u8>().add(index * elem.payload_size()),
                        )
                    };
                }
            }
            if header.capacity != 0 {
                // SAFETY: a capacity says that the block is the list's own.
                unsafe { mlc_rt_free(header.data) };
            }
        }
    }
}

/// Where the elements of the value at `place` start.
///
/// # Safety
/// A value of type `ty`, which is owning, must lie at `place`.
pub unsafe fn data_of(ty: &Type, place: *const u8) -> *mut c_void {
    match ty {
        Type::Scalar(_) => std::ptr::null_mut(),
        // SAFETY: a list's header lies at `place`.
        Type::List(_) => unsafe { (*place.cast::<ListHeader>()).data },
        Type::Array { .. } => {
            // SAFETY: an array's header lies at `place`.
            unsafe { (*place.cast::<ArrayHeader>()).aligned }
        }
    }
}

/// Makes a Python object of the value in a cell, and frees the cell.
///
/// # Safety
/// `cell` must hold a value of type `ty`; both must be the caller's.
pub unsafe fn take_cell<'py>(
    py: Python<'py>,
    ty: &Type,
    cell: *mut u8,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the caller vouches for the value and the cell.
    unsafe {
        let object = into_python(py, ty, cell);
        mlc_rt_box_free(cell.cast());
        object
    }
}
