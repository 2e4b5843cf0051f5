//! The memory of an array of another library's: through the buffer protocol, Arrow's interface or DLPack, in this order.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyMemoryView;

use crate::arrow;
use crate::dlpack;
use crate::numpy;
use crate::scalar::Scalar;

/// Elements at a place, and what keeps them there.
pub struct Memory {
    data: *mut u8,
    shape: Vec<usize>,
    /// In bytes, one for each extent.
    strides: Vec<isize>,
    /// Bytes of one element.
    item: usize,
    /// `None` for elements that compiled code has no type for.
    pub scalar: Option<Scalar>,
    pub readonly: bool,
    _keeps: Keeps,
}

/// What the memory belongs to, as long as it is used; released when it is dropped.
pub enum Keeps {
    Buffer(PyUntypedBuffer),
    Tensor(dlpack::Tensor),
    Arrow(arrow::Parts),
}

impl Memory {
    /// `strides` are in bytes; without them the elements lie in row-major order.
    ///
    /// # Safety
    /// The elements must lie at `data` as long as `keeps`.
    pub unsafe fn new(
        data: *mut u8,
        shape: Vec<usize>,
        strides: Option<Vec<isize>>,
        scalar: Scalar,
        readonly: bool,
        keeps: Keeps,
    ) -> Memory {
        let item = scalar.size();
        Memory {
            data,
            strides: strides.unwrap_or_else(|| row_major(&shape, item)),
            shape,
            item,
            scalar: Some(scalar),
            readonly,
            _keeps: keeps,
        }
    }

    /// The memory of an object; `None` where it is no array by any of the protocols.
    pub fn of(value: &Bound<'_, PyAny>) -> PyResult<Option<Memory>> {
        if let Ok(buffer) = PyUntypedBuffer::get(value) {
            return Memory::of_buffer(buffer).map(Some);
        }
        // Those of `ctypes` leave out what a `memoryview` of them says.
        if let Ok(view) = PyMemoryView::from(value)
            && let Ok(buffer) = PyUntypedBuffer::get(&view)
        {
            return Memory::of_buffer(buffer).map(Some);
        }
        if value.hasattr("__arrow_c_array__")? {
            return arrow::memory_of(value).map(Some);
        }
        // What NumPy does not give as a buffer it does not give by DLPack either.
        if value.hasattr("__dlpack__")? && !numpy::is_array(value)? {
            return dlpack::memory_of(value).map(Some);
        }
        Ok(None)
    }

    fn of_buffer(buffer: PyUntypedBuffer) -> PyResult<Memory> {
        if buffer.suboffsets().is_some() {
            return Err(PyTypeError::new_err(
                "expected an array in one block, found one of pointers to rows",
            ));
        }
        Ok(Memory {
            data: buffer.buf_ptr().cast(),
            shape: buffer.shape().to_vec(),
            strides: buffer.strides().to_vec(),
            item: buffer.item_size(),
            scalar: Scalar::of_buffer(buffer.format(), buffer.item_size()),
            readonly: buffer.readonly(),
            _keeps: Keeps::Buffer(buffer),
        })
    }

    pub fn data(&self) -> *mut u8 {
        self.data
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub fn item_size(&self) -> usize {
        self.item
    }

    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn bytes(&self) -> usize {
        self.count() * self.item
    }

    /// Whether the elements lie in row-major order without gaps.
    pub fn is_row_major(&self) -> bool {
        let wanted = row_major(&self.shape, self.item);
        let mut strides = self.shape.iter().zip(self.strides.iter().zip(&wanted));
        self.count() == 0
            || strides.all(|(&extent, (found, wanted))| extent == 1 || found == wanted)
    }

    /// The lowest address of an element.
    pub fn start(&self) -> usize {
        let strides = self.shape.iter().zip(&self.strides);
        let below: isize = strides
            .map(|(&extent, &stride)| (extent.max(1) as isize - 1).saturating_mul(stride).min(0))
            .sum();
        self.data.addr().wrapping_add_signed(below)
    }

    /// The bytes from the lowest element to the end of the highest.
    pub fn extent(&self) -> usize {
        if self.count() == 0 {
            return 0;
        }
        let strides = self.shape.iter().zip(&self.strides);
        let span: usize = strides
            .map(|(&extent, &stride)| (extent - 1).saturating_mul(stride.unsigned_abs()))
            .sum();
        span + self.item
    }

    /// Where the elements lie in blocks with gaps between them, as in a column of an array: bytes from the start of one
    /// block to that of the next, and of each.
    pub fn blocks(&self) -> Option<(usize, usize)> {
        let spans = (self.shape.iter().zip(&self.strides))
            .filter(|(extent, _)| **extent > 1)
            .map(|(&extent, stride)| (stride.unsigned_abs(), extent));
        let (period, extent) = spans.max()?;
        let width = self
            .extent()
            .checked_sub((extent - 1).checked_mul(period)?)?;
        (0 < width && width < period).then_some((period, width))
    }

    /// Writes elements in row-major order to where the array has them.
    pub fn scatter(&self, bytes: &[u8]) {
        let mut items = bytes.chunks_exact(self.item);
        self.for_each(|element| {
            if let Some(item) = items.next() {
                // SAFETY: an element of this size lies there; the memory is held and, as the caller knows, writable.
                unsafe { element.copy_from_nonoverlapping(item.as_ptr(), item.len()) };
            }
        });
    }

    /// Every element in row-major order.
    pub fn for_each(&self, mut visit: impl FnMut(*mut u8)) {
        fn rows(
            shape: &[usize],
            strides: &[isize],
            place: *mut u8,
            visit: &mut impl FnMut(*mut u8),
        ) {
            let [extent, shape @ ..] = shape else {
                return visit(place);
            };
            for index in 0..*extent {
                let row = place.wrapping_offset(index as isize * strides[0]);
                rows(shape, &strides[1..], row, visit);
            }
        }
        rows(&self.shape, &self.strides, self.data, &mut visit);
    }
}

fn row_major(shape: &[usize], item: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut stride = item as isize;
    for (place, &extent) in strides.iter_mut().zip(shape).rev() {
        *place = stride;
        stride = stride.saturating_mul(extent as isize);
    }
    strides
}
