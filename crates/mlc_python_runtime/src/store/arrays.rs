//! Arrays of other libraries as what a call gets: headers over their elements, or copies for an owner.

use std::ffi::c_void;
use std::ptr::null_mut;

use mlc_interface::Access;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{Held, Target, no_memory};
use crate::array::Elements;
use crate::drop::{copied, zeroed};
use crate::layout::{ListHeader, Type, write_array_header};
use crate::overlap::Range;

impl Held {
    /// Writes the array or list that the elements of `value` make to `place`, which is zeroed.
    pub fn fill_from_array(
        &mut self,
        target: Target,
        ty: &Type,
        value: &Bound<'_, PyAny>,
        place: *mut u8,
    ) -> PyResult<()> {
        let mut array = Elements::of(value, ty, target.access == Access::Inout)?;
        if !target.takes() {
            let writes = target.access == Access::Inout;
            (self.ranges).push(Range::of(target.parameter, array.memory(), writes));
        }
        if !array.is_row_major() {
            if self.strict {
                return Err(PyValueError::new_err(
                    "expected a C-contiguous, aligned array, found another; `numpy.ascontiguousarray` makes a copy",
                ));
            }
            array.make_row_major(target.access == Access::Inout);
        }
        let data = array.data();
        let shape = array.memory().shape().to_vec();
        self.describe(target, ty, data, &shape, place)?;
        self.remember(target, value, data.cast());
        self.arrays.push(array);
        Ok(())
    }

    /// Keeps the object that the elements at `data` came from, where they may change in place.
    pub fn remember(&mut self, target: Target, value: &Bound<'_, PyAny>, data: *mut c_void) {
        if target.changes() && !data.is_null() {
            self.origins.insert(data.addr(), value.clone().unbind());
        }
    }

    /// Writes the header of an array whose elements lie at `data` in row-major order, which are copied for an owner.
    fn describe(
        &mut self,
        target: Target,
        ty: &Type,
        data: *mut u8,
        shape: &[usize],
        place: *mut u8,
    ) -> PyResult<()> {
        let header = place.cast::<ListHeader>();
        match ty {
            Type::Scalar(scalar) => {
                // SAFETY: `data` points to an element of the array, and `place` has room for it.
                unsafe { place.copy_from_nonoverlapping(data, scalar.size()) };
            }
            Type::Array { elem, .. } => {
                let bytes = shape.iter().product::<usize>() * elem.size();
                let (allocated, data) = block(target, data, bytes)?;
                // SAFETY: `place` has room for the header, and the shape is that of the elements at `data`.
                unsafe { write_array_header(place, allocated.cast(), data.cast(), shape) };
            }
            Type::List(elem) => {
                let len = shape[0];
                if let Type::Scalar(scalar) = **elem {
                    let (allocated, data) = block(target, data, len * scalar.size())?;
                    let capacity = if allocated.is_null() { 0 } else { len as i64 };
                    // SAFETY: `place` has room for the header.
                    unsafe {
                        header.write(ListHeader {
                            data: data.cast(),
                            len: len as i64,
                            capacity,
                        })
                    };
                    return Ok(());
                }
                let scalar_size = ty.as_array().map_or(0, |(_, scalar)| scalar.size());
                let row_bytes = shape[1..].iter().product::<usize>() * scalar_size;
                let rows = zeroed(len * elem.size()).ok_or_else(no_memory)?;
                for index in 0..=len {
                    // SAFETY: `rows` has room for `len` headers, and the array for as many rows. The length counts the
                    // row being made, too, as in `fill_from_items`.
                    unsafe {
                        header.write(ListHeader {
                            data: rows.cast(),
                            len: (index + 1).min(len) as i64,
                            capacity: len as i64,
                        });
                        if index < len {
                            let slot = rows.add(index * elem.size());
                            let row = data.add(index * row_bytes);
                            self.describe(target, elem, row, &shape[1..], slot)?;
                        }
                    }
                }
            }
            _ => return Err(PyValueError::new_err("expected no array")),
        }
        Ok(())
    }
}

/// The elements as the callee gets them: where they are, or a copy (its block first) where it will own them.
fn block(target: Target, data: *mut u8, bytes: usize) -> PyResult<(*mut u8, *mut u8)> {
    if !target.takes() {
        return Ok((null_mut(), data));
    }
    // SAFETY: the elements have this size.
    let block = unsafe { copied(data, bytes) }.ok_or_else(no_memory)?;
    Ok((block, block))
}
