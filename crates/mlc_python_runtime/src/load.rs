//! From values of compiled code to Python objects. The memory changes its owner; numbers are not copied.

use std::ffi::c_void;

use mlc_runtime::alloc::mlc_rt_free;
use mlc_runtime::boxes::mlc_rt_box_free;
use mlc_runtime::text::{self, Text};
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::buffer::{Buffer, Owner};
use crate::class;
use crate::drop::{copy_value, drop_value};
use crate::layout::{ArrayHeader, ListHeader, Type, aggregate, array_extents};
use crate::place::View;
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
        Type::Str => {
            // SAFETY: a text lies at `place`, which is ours to end.
            unsafe {
                let held = place.cast::<Text>().read();
                let object = PyString::new(py, text::as_str(held)).into_any();
                text::mlc_rt_str_release(held);
                Ok(object)
            }
        }
        Type::Object => {
            // SAFETY: an object lies at `place`, whose reference is ours, or null for `None`.
            unsafe {
                let object = place.cast::<*mut pyo3::ffi::PyObject>().read();
                Ok(match object.is_null() {
                    true => py.None().into_bound(py),
                    false => Bound::from_owned_ptr(py, object),
                })
            }
        }
        Type::Array { .. } => {
            // SAFETY: an array's header lies at `place`, and its allocation is ours now.
            unsafe {
                let allocated = place.cast::<ArrayHeader>().read().allocated;
                buffer_of(ty, place, Owner::block(allocated))
            }
            .into_array(py)
        }
        Type::List(elem) => {
            // SAFETY: a list's header lies at `place`.
            let header = unsafe { place.cast::<ListHeader>().read() };
            if matches!(**elem, Type::Scalar(_)) {
                // SAFETY: the block is ours now.
                return unsafe { buffer_of(ty, place, Owner::block(header.data)) }.into_array(py);
            }
            // SAFETY: the elements are values of this type, which the list owned.
            unsafe { list_into_python(py, elem, &header) }
        }
        Type::Tuple(items) if items.is_empty() => Ok(py.None().into_bound(py)),
        Type::Tuple(items) => {
            let mut objects = Vec::with_capacity(items.len());
            for (item, offset) in items.iter().zip(aggregate(items).0) {
                // SAFETY: the items lie within the tuple; each is taken once, also after a failure.
                objects.push(unsafe { into_python(py, item, place.add(offset)) });
            }
            let objects = objects.into_iter().collect::<PyResult<Vec<_>>>()?;
            Ok(PyTuple::new(py, objects)?.into_any())
        }
        Type::Optional(of) => {
            // SAFETY: the flag comes first, and behind it, if set, the value.
            unsafe {
                if place.read() == 0 {
                    drop_value(ty, place);
                    return Ok(py.None().into_bound(py));
                }
                into_python(py, of, place.add(of.offset_behind_flag()))
            }
        }
        Type::Struct(class) => {
            if let Some(elem) = class.items_of_tuple() {
                // SAFETY: the list is the tuple's only field: its elements and its block are ours now.
                let items = unsafe {
                    let header = place.cast::<ListHeader>().read();
                    list_into_python(py, elem, &header)?
                };
                return Ok(items.cast_into::<PyList>()?.to_tuple().into_any());
            }
            let cell = class::new_cell(class)?;
            // SAFETY: the value moves to the cell, which the object takes over.
            unsafe {
                cell.copy_from_nonoverlapping(place, class.layout().size);
                class::adopt(py, class, cell)
            }
        }
    }
}

/// Makes a Python object of a copy of the value at `place`.
///
/// # Safety
/// A value of type `ty` must lie at `place`.
pub unsafe fn copied<'py>(
    py: Python<'py>,
    ty: &Type,
    place: *const u8,
) -> PyResult<Bound<'py, PyAny>> {
    let mut room = vec![0u64; ty.size().div_ceil(8) + 1];
    let room = room.as_mut_ptr().cast::<u8>();
    // SAFETY: the room is zeroed and big enough; the copy owns its memory, which the object takes over.
    unsafe {
        if copy_value(ty, place, room) {
            into_python(py, ty, room)
        } else {
            drop_value(ty, room);
            Err(PyMemoryError::new_err("no memory for a copy"))
        }
    }
}

/// Makes an array of Python's over the list or array at `place`, which stays where it is.
///
/// # Safety
/// A list of numbers or an array must lie at `place`, and stay as it is while the view lives.
pub unsafe fn view<'py>(
    py: Python<'py>,
    ty: &Type,
    place: *mut u8,
    view: View,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the caller vouches for the value.
    unsafe { buffer_of(ty, place, Owner::View(view)) }.into_array(py)
}

/// The elements of the list of numbers or array at `place`.
///
/// # Safety
/// Such a value must lie at `place`, and its memory must stay as long as `owner`.
pub unsafe fn buffer_of(ty: &Type, place: *mut u8, owner: Owner) -> Buffer {
    // SAFETY: the caller vouches for the header, which is that of the type.
    unsafe {
        match ty {
            Type::Array { elem, dims } => {
                let header = place.cast::<ArrayHeader>().read();
                let (shape, strides) = array_extents(place, dims.len());
                let start = header
                    .aligned
                    .wrapping_byte_offset(header.offset as isize * elem.size() as isize);
                Buffer::new(owner, start, *elem, &shape, &strides)
            }
            _ => {
                let header = place.cast::<ListHeader>().read();
                let scalar = ty
                    .as_array()
                    .map_or(crate::scalar::Scalar::Bool, |(_, scalar)| scalar);
                Buffer::new(owner, header.data, scalar, &[header.len as usize], &[1])
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
        let place = unsafe { header.data.cast::<u8>().add(index * elem.size()) };
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

/// Where the elements of the value at `place` start; null for what is neither list nor array.
///
/// # Safety
/// A value of type `ty` must lie at `place`.
pub unsafe fn data_of(ty: &Type, place: *const u8) -> *mut c_void {
    match ty {
        // SAFETY: a list's header lies at `place`.
        Type::List(_) => unsafe { (*place.cast::<ListHeader>()).data },
        Type::Array { .. } => {
            // SAFETY: an array's header lies at `place`.
            unsafe { (*place.cast::<ArrayHeader>()).aligned }
        }
        _ => std::ptr::null_mut(),
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
        if let Type::Struct(class) = ty
            && class.items_of_tuple().is_none()
        {
            return class::adopt(py, class, cell);
        }
        let object = into_python(py, ty, cell);
        mlc_rt_box_free(cell.cast());
        object
    }
}
