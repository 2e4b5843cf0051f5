//! Arrays of other libraries as compiled code sees them: a place, extents and elements, through the buffer protocol or DLPack.

use std::sync::Arc;

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::class::Storage;
use crate::layout::Type;
use crate::numpy;
use crate::scalar::{Scalar, type_name, wrong_type};

/// What a call keeps alive that it did not make.
pub enum Source {
    Array(Elements),
    Struct(#[expect(dead_code, reason = "held for its destructor")] Arc<Storage>),
}

impl Source {
    pub fn copy_place(&self) -> Option<*mut u8> {
        match self {
            Source::Array(array) => array.copy_place(),
            Source::Struct(_) => None,
        }
    }

    pub fn copy_back(&self) {
        if let Source::Array(array) = self {
            array.copy_back();
        }
    }
}

/// The elements of one array.
pub struct Elements {
    buffer: PyUntypedBuffer,
    scalar: Scalar,
    /// The elements in row-major order, where those of the array are not; in words, so that they are aligned.
    copy: Option<Box<[u64]>>,
    /// Whether the copy goes back after the call.
    writes: bool,
}

impl Elements {
    /// The elements of `value`, which must be an array of this type, and writable if the callee writes.
    pub fn of(value: &Bound<'_, PyAny>, ty: &Type, writes: bool) -> PyResult<Elements> {
        let Some((rank, scalar)) = ty.as_array() else {
            return Err(wrong_type(value, &expected(ty)));
        };
        numpy::learn(value);
        let buffer = buffer_of(value, ty)?;
        if Scalar::of_buffer(buffer.format(), buffer.item_size()) != Some(scalar) {
            return Err(PyTypeError::new_err(format!(
                "expected {}, found {}",
                expected(ty),
                type_name(value)
            )));
        }
        if buffer.dimensions() != rank {
            return Err(PyValueError::new_err(format!(
                "expected {}, found {}",
                expected(ty),
                type_name(value)
            )));
        }
        check_extents(ty, buffer.shape())?;
        if buffer.suboffsets().is_some() {
            return Err(PyTypeError::new_err(
                "expected an array in one block, found one of pointers to rows",
            ));
        }
        if writes && buffer.readonly() {
            return Err(PyValueError::new_err(
                "expected a writable array, found a read-only one",
            ));
        }
        Ok(Elements {
            buffer,
            scalar,
            copy: None,
            writes: false,
        })
    }

    /// Whether compiled code can use the elements where they are.
    pub fn is_row_major(&self) -> bool {
        self.buffer.is_c_contiguous()
            && self
                .buffer
                .buf_ptr()
                .addr()
                .is_multiple_of(self.scalar.alignment())
    }

    /// Copies the elements to memory of their own; with `writes` they are copied back after the call.
    pub fn make_row_major(&mut self, writes: bool) {
        let size = self.buffer.item_size();
        let mut words = vec![0u64; self.buffer.len_bytes().div_ceil(8).max(1)].into_boxed_slice();
        let mut to = words.as_mut_ptr().cast::<u8>();
        for_each(&self.buffer, |element| {
            // SAFETY: `to` walks over as many elements as the buffer has.
            unsafe {
                to.copy_from_nonoverlapping(element, size);
                to = to.add(size);
            }
        });
        self.copy = Some(words);
        self.writes = writes;
    }

    /// Copies what was changed in a copy back to the array.
    pub fn copy_back(&self) {
        let Some(copy) = self.copy.as_ref().filter(|_| self.writes) else {
            return;
        };
        // SAFETY: every initialized word is eight bytes, of which the array needs no more.
        let bytes = unsafe {
            std::slice::from_raw_parts(copy.as_ptr().cast::<u8>(), self.buffer.len_bytes())
        };
        scatter(&self.buffer, bytes);
    }

    /// Where the copy lies that the callee works on, if there is one.
    pub fn copy_place(&self) -> Option<*mut u8> {
        let copy = self.copy.as_ref()?;
        Some(copy.as_ptr().cast_mut().cast())
    }

    /// Where the elements lie in row-major order; never null for some.
    pub fn data(&mut self) -> *mut u8 {
        match &mut self.copy {
            Some(copy) => copy.as_mut_ptr().cast(),
            None => self.buffer.buf_ptr().cast(),
        }
    }

    pub fn shape(&self) -> &[usize] {
        self.buffer.shape()
    }

    /// The lowest address of an element.
    pub fn start(&self) -> usize {
        let strides = self.buffer.shape().iter().zip(self.buffer.strides());
        let below: isize = strides
            .map(|(&extent, &stride)| (extent.max(1) as isize - 1).saturating_mul(stride).min(0))
            .sum();
        self.buffer.buf_ptr().addr().wrapping_add_signed(below)
    }

    /// The bytes from the lowest element to the end of the highest.
    pub fn extent(&self) -> usize {
        if self.buffer.item_count() == 0 {
            return 0;
        }
        let strides = self.buffer.shape().iter().zip(self.buffer.strides());
        let span: usize = strides
            .map(|(&extent, &stride)| (extent - 1).saturating_mul(stride.unsigned_abs()))
            .sum();
        span + self.buffer.item_size()
    }
}

/// Writes elements in row-major order to where the array has them.
pub fn scatter(buffer: &PyUntypedBuffer, bytes: &[u8]) {
    let mut items = bytes.chunks_exact(buffer.item_size());
    for_each(buffer, |element| {
        if let Some(item) = items.next() {
            // SAFETY: an element of this size lies there; the buffer is held and, as the caller knows, writable.
            unsafe { element.copy_from_nonoverlapping(item.as_ptr(), item.len()) };
        }
    });
}

/// Every element in row-major order.
fn for_each(buffer: &PyUntypedBuffer, mut visit: impl FnMut(*mut u8)) {
    fn rows(shape: &[usize], strides: &[isize], place: *mut u8, visit: &mut impl FnMut(*mut u8)) {
        let [extent, shape @ ..] = shape else {
            return visit(place);
        };
        for index in 0..*extent {
            let row = place.wrapping_offset(index as isize * strides[0]);
            rows(shape, &strides[1..], row, visit);
        }
    }
    rows(
        buffer.shape(),
        buffer.strides(),
        buffer.buf_ptr().cast(),
        &mut visit,
    );
}

/// What a parameter of this type takes, in words.
pub fn expected(ty: &Type) -> String {
    let (Some((rank, scalar)), false) = (ty.as_array(), matches!(ty, Type::Scalar(_))) else {
        return match ty {
            Type::List(_) => "a list".to_owned(),
            _ => "another type".to_owned(),
        };
    };
    let array = format!("a {rank}-dimensional array of {}", scalar.dtype());
    if matches!(ty, Type::List(_)) {
        format!("{array}, or a list")
    } else {
        array
    }
}

/// The memory of an array, through the buffer protocol or DLPack.
pub fn buffer_of(value: &Bound<'_, PyAny>, ty: &Type) -> PyResult<PyUntypedBuffer> {
    match PyUntypedBuffer::get(value) {
        Ok(buffer) => Ok(buffer),
        Err(_) => PyUntypedBuffer::get(&through_dlpack(value, ty)?)
            .map_err(|_| wrong_type(value, &expected(ty))),
    }
}

/// An object with the buffer protocol that shares the memory of `value`, by NumPy's reading of DLPack.
fn through_dlpack<'py>(value: &Bound<'py, PyAny>, ty: &Type) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    if !value.hasattr("__dlpack__")? {
        return Err(wrong_type(value, &expected(ty)));
    }
    let numpy = py.import("numpy").map_err(|_| {
        PyTypeError::new_err("reading DLPack needs NumPy, which cannot be imported")
    })?;
    numpy
        .call_method1("from_dlpack", (value,))
        .map_err(|error| {
            PyTypeError::new_err(format!(
                "expected {}, found {} that cannot be shared: {}",
                expected(ty),
                type_name(value),
                error.value(py)
            ))
        })
}

fn check_extents(ty: &Type, found: &[usize]) -> PyResult<()> {
    let Type::Array { dims, .. } = ty else {
        return match ty {
            // Of nested lists the rows may be arrays with extents of their own.
            Type::List(elem) if !matches!(**elem, Type::Scalar(_)) => {
                check_extents(elem, &found[1..])
            }
            _ => Ok(()),
        };
    };
    let fits =
        |(wanted, &found): (&Option<usize>, &usize)| wanted.is_none_or(|wanted| wanted == found);
    if dims.iter().zip(found).all(fits) {
        return Ok(());
    }
    let shape = |extents: Vec<String>| format!("({})", extents.join(", "));
    let wanted = dims
        .iter()
        .map(|dim| dim.map_or("_".to_owned(), |dim| dim.to_string()))
        .collect();
    let found = found.iter().map(usize::to_string).collect();
    Err(PyValueError::new_err(format!(
        "expected shape {}, found {}",
        shape(wanted),
        shape(found)
    )))
}
