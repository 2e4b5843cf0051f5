//! From Python objects to arguments of compiled code: arrays by reference, Python lists through temporary memory.
//!
//! Errors say what was expected and found; the caller puts the function's and parameter's names in front.

use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::null_mut;

use mlc_runtime::alloc::mlc_rt_alloc;
use mlc_runtime::boxes::{mlc_rt_box_free, mlc_rt_box_new};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::layout::{ListHeader, Type, write_array_header};
use crate::overlap::Range;
use crate::result::drop_value;
use crate::scalar::{Scalar, type_name, wrong_type};

/// What the callee does with an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// It reads.
    Borrowed,
    /// It writes in place.
    Inout,
    /// It becomes the owner: of a copy, for Python keeps what it passes.
    Owned,
    /// As `Owned`, because it may return the argument whole: that comes back as the object that was passed, changed in place.
    Returned,
}

impl Access {
    fn takes(self) -> bool {
        matches!(self, Access::Owned | Access::Returned)
    }
}

/// All that must stay alive while one call runs.
#[derive(Default)]
pub struct Held {
    buffers: Vec<PyUntypedBuffer>,
    /// Headers, and the elements of Python lists; in words, so that everything is aligned.
    memory: Vec<Box<[u64]>>,
    cells: Vec<Cell>,
    /// The memory that arguments refer to.
    pub ranges: Vec<Range>,
    /// The lists and arrays that arguments are made of which may change in place, by the address of their elements.
    pub origins: HashMap<usize, Py<PyAny>>,
}

/// A cell made for an `owned` parameter, freed with all that it owns unless the callee has got it.
struct Cell {
    ty: Type,
    /// Null once the callee has got it.
    place: *mut c_void,
}

impl Drop for Cell {
    fn drop(&mut self) {
        if self.place.is_null() {
            return;
        }
        // SAFETY: the cell holds a value of its type (at first the empty one), and nobody else has got it.
        unsafe {
            drop_value(&self.ty, self.place.cast());
            mlc_rt_box_free(self.place);
        }
    }
}

impl Held {
    /// Zeroed memory for `bytes` bytes, which lives as long as the call.
    pub fn scratch(&mut self, bytes: usize) -> *mut u8 {
        // Never empty, so that no two share an address.
        let mut words = vec![0u64; bytes.div_ceil(8).max(1)].into_boxed_slice();
        let place = words.as_mut_ptr().cast();
        self.memory.push(words);
        place
    }

    /// The pointer that the callee gets for an argument of owning type: to a header, or to a cell of its own.
    pub fn reference(
        &mut self,
        parameter: usize,
        ty: &Type,
        value: &Bound<'_, PyAny>,
        access: Access,
    ) -> PyResult<*mut u8> {
        let place = if access.takes() {
            let place = mlc_rt_box_new(ty.payload_size() as i64);
            if place.is_null() {
                return Err(PyMemoryError::new_err(
                    "no memory for a copy of the argument",
                ));
            }
            self.cells.push(Cell {
                ty: ty.clone(),
                place,
            });
            place.cast()
        } else {
            self.scratch(ty.payload_size())
        };
        self.fill(parameter, ty, value, access, place)?;
        Ok(place)
    }

    /// The callee has got all cells.
    pub fn hand_over(&mut self) {
        for cell in &mut self.cells {
            cell.place = null_mut();
        }
        self.cells.clear();
    }

    /// Writes the argument `value` to `place`, which is zeroed, has room for a `ty` and lives as long as the call.
    fn fill(
        &mut self,
        parameter: usize,
        ty: &Type,
        value: &Bound<'_, PyAny>,
        access: Access,
        place: *mut u8,
    ) -> PyResult<()> {
        let elem = match ty {
            Type::Scalar(scalar) => {
                let bits = scalar.extract(value)?;
                // SAFETY: `place` has room for the scalar.
                unsafe { place.copy_from_nonoverlapping(bits.as_ptr(), scalar.size()) };
                return Ok(());
            }
            Type::List(elem) => elem,
            Type::Array { .. } => {
                return self.fill_from_buffer(parameter, ty, value, access, place);
            }
        };
        if let Ok(list) = value.cast::<PyList>() {
            if access == Access::Inout {
                // The list itself is what the callee changes, so passing it twice is an overlap.
                self.ranges
                    .push(Range::new(parameter, list.as_ptr().addr(), 1, true));
            }
            self.fill_from_items(parameter, elem, list.len(), list.iter(), access, place)?;
            // SAFETY: the header was just written.
            self.remember(value, access, unsafe { (*place.cast::<ListHeader>()).data });
            return Ok(());
        }
        match value.cast::<PyTuple>() {
            Ok(_) if access == Access::Inout => Err(wrong_type(
                value,
                "a list or an array, which can be changed",
            )),
            Ok(tuple) => {
                self.fill_from_items(parameter, elem, tuple.len(), tuple.iter(), access, place)
            }
            Err(_) => self.fill_from_buffer(parameter, ty, value, access, place),
        }
    }

    fn fill_from_items<'py>(
        &mut self,
        parameter: usize,
        elem: &Type,
        len: usize,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        access: Access,
        place: *mut u8,
    ) -> PyResult<()> {
        let size = elem.payload_size();
        let data = self.elements(len * size, access)?;
        let capacity = if access.takes() { len as i64 } else { 0 };
        let header = place.cast::<ListHeader>();
        for (index, item) in items.take(len).enumerate() {
            // SAFETY: `place` has room for the header, and `data` for `len` elements. The length counts the element
            // being made, too: zeroed or half made, it owns what a failure must free.
            unsafe {
                let slot = data.add(index * size);
                header.write(ListHeader {
                    data: data.cast(),
                    len: index as i64 + 1,
                    capacity,
                });
                self.fill(parameter, elem, &item, access, slot)
                    .map_err(|error| in_item(item.py(), index, error))?;
            }
        }
        // SAFETY: as above.
        unsafe {
            header.write(ListHeader {
                data: data.cast(),
                len: len as i64,
                capacity,
            })
        };
        Ok(())
    }

    /// Zeroed memory for the elements of a list: the runtime's, where the callee will own it.
    fn elements(&mut self, bytes: usize, access: Access) -> PyResult<*mut u8> {
        if !access.takes() {
            return Ok(self.scratch(bytes));
        }
        let data = mlc_rt_alloc(bytes as i64).cast::<u8>();
        if data.is_null() && bytes > 0 {
            return Err(PyMemoryError::new_err(
                "no memory for a copy of the argument",
            ));
        }
        if bytes > 0 {
            // SAFETY: the allocation has this size.
            unsafe { data.write_bytes(0, bytes) };
        }
        Ok(data)
    }

    fn fill_from_buffer(
        &mut self,
        parameter: usize,
        ty: &Type,
        value: &Bound<'_, PyAny>,
        access: Access,
        place: *mut u8,
    ) -> PyResult<()> {
        let buffer =
            PyUntypedBuffer::get(value).map_err(|_| wrong_type(value, &expected_array(ty)))?;
        check_buffer(&buffer, ty, value, access)?;
        if !access.takes() {
            let range = Range::new(
                parameter,
                buffer.buf_ptr().addr(),
                buffer.len_bytes(),
                access == Access::Inout,
            );
            self.ranges.push(range);
        }
        self.describe(ty, buffer.buf_ptr().cast(), buffer.shape(), access, place)?;
        self.remember(value, access, buffer.buf_ptr());
        self.buffers.push(buffer);
        Ok(())
    }

    fn remember(&mut self, value: &Bound<'_, PyAny>, access: Access, data: *mut c_void) {
        if matches!(access, Access::Inout | Access::Returned) && !data.is_null() {
            self.origins.insert(data.addr(), value.clone().unbind());
        }
    }

    /// Writes the header of an array whose elements lie at `data`, which is copied for an owner.
    fn describe(
        &mut self,
        ty: &Type,
        data: *mut u8,
        shape: &[usize],
        access: Access,
        place: *mut u8,
    ) -> PyResult<()> {
        let elem = match ty {
            Type::Scalar(scalar) => {
                // SAFETY: `data` points to an element of the array, and `place` has room for it.
                unsafe { place.copy_from_nonoverlapping(data, scalar.size()) };
                return Ok(());
            }
            Type::Array { elem, .. } => {
                let bytes = shape.iter().product::<usize>() * elem.size();
                let (allocated, data) = self.block(data, bytes, access)?;
                // SAFETY: `place` has room for the header, and the shape is that of the elements at `data`.
                unsafe { write_array_header(place, allocated.cast(), data.cast(), shape) };
                return Ok(());
            }
            Type::List(elem) => &**elem,
        };
        let header = place.cast::<ListHeader>();
        let len = shape[0];
        if let Type::Scalar(scalar) = elem {
            let (allocated, data) = self.block(data, len * scalar.size(), access)?;
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
        let row_bytes = shape[1..].iter().product::<usize>() * ty.scalar().size();
        let rows = self.elements(len * elem.payload_size(), access)?;
        let capacity = if access.takes() { len as i64 } else { 0 };
        for index in 0..len {
            // SAFETY: `rows` has room for `len` headers, and the array for as many rows. The length counts the row
            // being made, too, as above.
            unsafe {
                header.write(ListHeader {
                    data: rows.cast(),
                    len: index as i64 + 1,
                    capacity,
                });
                let slot = rows.add(index * elem.payload_size());
                self.describe(elem, data.add(index * row_bytes), &shape[1..], access, slot)?;
            }
        }
        // SAFETY: `place` has room for the header.
        unsafe {
            header.write(ListHeader {
                data: rows.cast(),
                len: len as i64,
                capacity,
            })
        };
        Ok(())
    }

    /// The elements as the callee gets them: where they are, or a copy (its block first) where it will own them.
    fn block(
        &mut self,
        data: *mut u8,
        bytes: usize,
        access: Access,
    ) -> PyResult<(*mut u8, *mut u8)> {
        if !access.takes() {
            return Ok((null_mut(), data));
        }
        let block = self.elements(bytes, access)?;
        if bytes > 0 {
            // SAFETY: the block is new and has this size, as the elements have.
            unsafe { block.copy_from_nonoverlapping(data, bytes) };
        }
        Ok((block, block))
    }
}

fn in_item(py: Python<'_>, index: usize, error: PyErr) -> PyErr {
    let text = format!("item {index}: {}", error.value(py));
    PyErr::from_type(error.get_type(py), text)
}

fn expected_array(ty: &Type) -> String {
    let array = format!(
        "a {}-dimensional array of {}",
        ty.rank(),
        ty.scalar().dtype()
    );
    if matches!(ty, Type::List(_)) {
        format!("{array}, or a list")
    } else {
        array
    }
}

/// Whether compiled code can use the buffer as it is.
fn check_buffer(
    buffer: &PyUntypedBuffer,
    ty: &Type,
    value: &Bound<'_, PyAny>,
    access: Access,
) -> PyResult<()> {
    let wanted = ty.scalar();
    let found = Scalar::of_buffer(buffer.format(), buffer.item_size());
    if found != Some(wanted) {
        return Err(PyTypeError::new_err(format!(
            "expected {}, found {}",
            expected_array(ty),
            type_name(value)
        )));
    }
    if buffer.dimensions() != ty.rank() {
        return Err(PyValueError::new_err(format!(
            "expected {}, found {}",
            expected_array(ty),
            type_name(value)
        )));
    }
    if let Type::Array { dims, .. } = ty {
        let fits = |(wanted, &found): (&Option<usize>, &usize)| {
            wanted.is_none_or(|wanted| wanted == found)
        };
        if !dims.iter().zip(buffer.shape()).all(fits) {
            let shape = |extents: Vec<String>| format!("({})", extents.join(", "));
            let wanted = dims
                .iter()
                .map(|dim| dim.map_or("_".to_owned(), |dim| dim.to_string()))
                .collect();
            let found = buffer.shape().iter().map(usize::to_string).collect();
            return Err(PyValueError::new_err(format!(
                "expected shape {}, found {}",
                shape(wanted),
                shape(found)
            )));
        }
    }
    if access == Access::Inout && buffer.readonly() {
        return Err(PyValueError::new_err(
            "expected a writable array, found a read-only one",
        ));
    }
    if !buffer.is_c_contiguous() {
        return Err(PyValueError::new_err(
            "expected a C-contiguous array, found one with other strides; `numpy.ascontiguousarray` makes a copy",
        ));
    }
    if !buffer.buf_ptr().addr().is_multiple_of(wanted.alignment()) {
        return Err(PyValueError::new_err(
            "expected an aligned array, found one that is not",
        ));
    }
    Ok(())
}
