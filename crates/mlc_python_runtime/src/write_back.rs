//! After a call: what the callee wrote reaches the Python objects that were passed to `inout`.
//!
//! An array was written in place, so there is nothing to do unless the callee put another buffer in its place. A Python
//! list gets all its items anew; rows that are the objects they were before stay these objects.

use mlc_runtime::alloc::mlc_rt_free;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::drop::drop_value;
use crate::layout::{ArrayHeader, ListHeader, Type, array_extents};
use crate::load::{data_of, into_python};
use crate::memory::Memory;
use crate::store::Held;

/// Brings the value at `place`, which was made from `value`, back to it, and frees what of it is not `value`'s. An empty
/// value stays at `place`.
///
/// # Safety
/// A value of type `ty` must lie at `place`; `held` is what the call held.
pub unsafe fn write_back(
    held: &Held,
    ty: &Type,
    value: &Bound<'_, PyAny>,
    place: *mut u8,
) -> PyResult<()> {
    let outcome = match (ty, value.cast::<PyList>()) {
        // SAFETY: the caller vouches for the value, which is a list's header here.
        (Type::List(elem), Ok(list)) => unsafe { list_back(held, elem, list, place) },
        _ => {
            // SAFETY: the caller vouches for the value.
            let outcome = unsafe { array_back(held, ty, value, place) };
            // SAFETY: the value's contents are where they belong.
            unsafe { drop_value(ty, place) };
            outcome
        }
    };
    // SAFETY: the value at `place` is gone, and has this size.
    unsafe { place.write_bytes(0, ty.size()) };
    outcome
}

/// Whether [`write_back`] can change the object: a list, or an array that may be written.
pub fn is_writable(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyList>()
        || matches!(Memory::of(value), Ok(Some(memory)) if !memory.readonly)
}

/// # Safety
/// As for [`write_back`], where the value is a list of `elem`.
unsafe fn list_back(
    held: &Held,
    elem: &Type,
    list: &Bound<'_, PyList>,
    place: *mut u8,
) -> PyResult<()> {
    let py = list.py();
    // SAFETY: a list's header lies at `place`.
    let header = unsafe { place.cast::<ListHeader>().read() };
    let items = PyList::empty(py);
    for index in 0..header.len as usize {
        // SAFETY: the list has `len` elements of this size.
        let slot = unsafe { header.data.cast::<u8>().add(index * elem.size()) };
        // SAFETY: an element of this type lies at `slot`.
        let data = unsafe { data_of(elem, slot) };
        items.append(
            match held.origins.get(&data.addr()).filter(|_| !data.is_null()) {
                Some(row) => {
                    let row = row.bind(py);
                    // SAFETY: as above; the element was made from this object.
                    unsafe { write_back(held, elem, row, slot) }?;
                    row.clone()
                }
                // SAFETY: as above; what is not of another object's memory owns its own.
                None => unsafe { into_python(py, elem, slot) }?,
            },
        )?;
    }
    if header.capacity != 0 {
        // SAFETY: the block is the list's own, and its elements have left it.
        unsafe { mlc_rt_free(header.data) };
    }
    list.set_slice(0, list.len(), items.as_any())
}

/// # Safety
/// As for [`write_back`], where `value` has the buffer protocol.
unsafe fn array_back(
    held: &Held,
    ty: &Type,
    value: &Bound<'_, PyAny>,
    place: *mut u8,
) -> PyResult<()> {
    let memory = crate::array::memory_of(value, ty)?;
    // SAFETY: the value at `place` was made from this memory, or from a copy that the call holds.
    let is_in_place = |data| unsafe { lies_in(ty, place, data, memory.shape()) };
    if is_in_place(memory.data()) || held.copies().any(is_in_place) {
        return Ok(());
    }
    let mut bytes = Vec::with_capacity(memory.bytes());
    // SAFETY: the caller vouches for the value.
    if !unsafe { gather(ty, place, memory.shape(), &mut bytes) } || bytes.len() != memory.bytes() {
        return Err(PyValueError::new_err(
            "an array cannot change its length; pass a list",
        ));
    }
    memory.scatter(&bytes);
    Ok(())
}

/// Whether the value's elements still lie at `data`, in row-major order and in this number.
///
/// # Safety
/// A value of type `ty` must lie at `place`.
unsafe fn lies_in(ty: &Type, place: *const u8, data: *mut u8, shape: &[usize]) -> bool {
    match ty {
        Type::Scalar(_) => true,
        Type::Str | Type::Object | Type::Tuple(_) | Type::Optional(_) | Type::Struct(_) => false,
        Type::Array { dims, .. } => {
            // SAFETY: an array's header lies at `place`.
            let (header, (sizes, _)) = unsafe {
                (
                    place.cast::<ArrayHeader>().read(),
                    array_extents(place, dims.len()),
                )
            };
            header.allocated.is_null() && header.aligned.cast() == data && sizes == shape
        }
        Type::List(elem) => {
            // SAFETY: a list's header lies at `place`.
            let header = unsafe { place.cast::<ListHeader>().read() };
            if header.len as usize != shape[0] {
                return false;
            }
            if matches!(**elem, Type::Scalar(_)) {
                return header.data.cast() == data;
            }
            let row_bytes = shape[1..].iter().product::<usize>() * scalar_size(ty);
            (0..shape[0]).all(|index| {
                let slot = header.data.cast::<u8>().wrapping_add(index * elem.size());
                // SAFETY: the list has `len` elements of this size.
                unsafe {
                    lies_in(
                        elem,
                        slot,
                        data.wrapping_add(index * row_bytes),
                        &shape[1..],
                    )
                }
            })
        }
    }
}

/// Appends the elements of the value in row-major order; `false` where it has not got this shape.
///
/// # Safety
/// A value of type `ty` must lie at `place`.
unsafe fn gather(ty: &Type, place: *const u8, shape: &[usize], bytes: &mut Vec<u8>) -> bool {
    let scalars = |data: *const u8, count: usize, bytes: &mut Vec<u8>| {
        let size = count * scalar_size(ty);
        if size > 0 {
            // SAFETY: `count` scalars lie at `data`.
            bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(data, size) });
        }
    };
    match ty {
        Type::Scalar(_) => scalars(place, 1, bytes),
        Type::Str | Type::Object | Type::Tuple(_) | Type::Optional(_) | Type::Struct(_) => {
            return false;
        }
        Type::Array { dims, .. } => {
            // SAFETY: an array's header lies at `place`.
            let (header, (sizes, _)) = unsafe {
                (
                    place.cast::<ArrayHeader>().read(),
                    array_extents(place, dims.len()),
                )
            };
            if sizes != shape {
                return false;
            }
            scalars(header.aligned.cast(), sizes.iter().product(), bytes);
        }
        Type::List(elem) => {
            // SAFETY: a list's header lies at `place`.
            let header = unsafe { place.cast::<ListHeader>().read() };
            if header.len as usize != shape[0] {
                return false;
            }
            if matches!(**elem, Type::Scalar(_)) {
                scalars(header.data.cast(), shape[0], bytes);
                return true;
            }
            return (0..shape[0]).all(|index| {
                let slot = header.data.cast::<u8>().wrapping_add(index * elem.size());
                // SAFETY: the list has `len` elements of this size.
                unsafe { gather(elem, slot, &shape[1..], bytes) }
            });
        }
    }
    true
}

/// The bytes of one number of an array of this type.
fn scalar_size(ty: &Type) -> usize {
    ty.as_array().map_or(0, |(_, scalar)| scalar.size())
}
