//! The buffer protocol, and copies between regions of numbers.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use super::Object;
use super::api::Api;
use super::number::Misfit;
use super::shape::Number;

/// Python's `Py_buffer`.
#[repr(C)]
pub(super) struct View {
    data: *mut c_void,
    owner: Object,
    len: isize,
    item_size: isize,
    is_read_only: c_int,
    rank: c_int,
    format: *const c_char,
    shape: *const isize,
    strides: *const isize,
    suboffsets: *const isize,
    internal: *mut c_void,
}

/// `PyBUF_STRIDES | PyBUF_FORMAT`
const READ: c_int = 0x18 | 0x4;
/// The same, and `PyBUF_WRITABLE`.
const WRITE: c_int = READ | 0x1;

/// An object's memory, held until the end of this value.
pub(super) struct Buffer {
    view: View,
    api: &'static Api,
}

impl Buffer {
    /// `None` for an object that shows no memory; no error is left.
    ///
    /// # Safety
    /// `object` must be live, and the GIL held as long as the buffer is.
    pub unsafe fn of(api: &'static Api, object: Object, writes: bool) -> Option<Buffer> {
        let mut view = View {
            data: null_mut(),
            owner: null_mut(),
            len: 0,
            item_size: 0,
            is_read_only: 0,
            rank: 0,
            format: std::ptr::null(),
            shape: std::ptr::null(),
            strides: std::ptr::null(),
            suboffsets: std::ptr::null(),
            internal: null_mut(),
        };
        // SAFETY: the caller vouches for the object; the view is ours.
        unsafe {
            if (api.PyObject_CheckBuffer)(object) == 0 {
                return None;
            }
            let flags = if writes { WRITE } else { READ };
            if (api.PyObject_GetBuffer)(object, &raw mut view, flags) != 0 {
                (api.PyErr_Clear)();
                return None;
            }
        }
        Some(Buffer { view, api })
    }

    /// What the elements are; `None` for what is no number of the language, or in another order of bytes.
    pub fn number(&self) -> Option<Number> {
        let format = if self.view.format.is_null() {
            "B"
        } else {
            // SAFETY: the format is a C string that lives as long as the view.
            unsafe { CStr::from_ptr(self.view.format) }.to_str().ok()?
        };
        let format = format.trim_start_matches(['@', '=', '<', '|']);
        let bytes = usize::try_from(self.view.item_size).ok()?;
        let number = match format {
            "?" => Number::Bool,
            "b" | "h" | "i" | "l" | "q" | "n" => Number::Int {
                bytes,
                signed: true,
            },
            "B" | "H" | "I" | "L" | "Q" | "N" => Number::Int {
                bytes,
                signed: false,
            },
            "e" => Number::Half,
            "f" => Number::Single,
            "d" => Number::Double,
            "Zf" => Number::Complex { double: false },
            "Zd" => Number::Complex { double: true },
            _ => return None,
        };
        (number.size() == bytes).then_some(number)
    }

    pub fn region(&self) -> Option<Region> {
        let rank = usize::try_from(self.view.rank).ok()?;
        let View { shape, strides, .. } = self.view;
        let item = self.view.item_size;
        // SAFETY: a view of this rank has so many extents and strides where it has any.
        let (extents, strides) = unsafe {
            let extents = match rank {
                0 => Vec::new(),
                1 if shape.is_null() => vec![self.view.len / item.max(1)],
                _ if shape.is_null() => return None,
                _ => std::slice::from_raw_parts(shape, rank).to_vec(),
            };
            let strides = match rank {
                0 => Vec::new(),
                // As `ctypes` has it, although it was asked: the items lie one after the other.
                _ if strides.is_null() => {
                    let behind = |axis: usize| extents[axis + 1..].iter().product::<isize>();
                    (0..rank).map(|axis| behind(axis) * item).collect()
                }
                _ => std::slice::from_raw_parts(strides, rank).to_vec(),
            };
            (extents, strides)
        };
        Some(Region {
            data: self.view.data.cast(),
            extents: extents.into_iter().map(|extent| extent as usize).collect(),
            strides,
            number: self.number()?,
        })
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the view was filled and is released once.
        unsafe { (self.api.PyBuffer_Release)(&raw mut self.view) };
    }
}

/// Numbers at regular places.
#[derive(Clone)]
pub(super) struct Region {
    pub data: *mut u8,
    pub extents: Vec<usize>,
    /// In bytes.
    pub strides: Vec<isize>,
    pub number: Number,
}

impl Region {
    /// Rows one after the other.
    pub fn contiguous(data: *mut u8, extents: &[usize], number: Number) -> Region {
        let mut strides = vec![0; extents.len()];
        let mut stride = number.size() as isize;
        for (at, extent) in extents.iter().enumerate().rev() {
            strides[at] = stride;
            stride *= *extent as isize;
        }
        Region {
            data,
            extents: extents.to_vec(),
            strides,
            number,
        }
    }

    /// Converts every number of another region of the same extents.
    ///
    /// # Safety
    /// Both regions must lie in live memory, this one in memory that may be written.
    pub unsafe fn copy_from(&self, from: &Region) -> Result<(), Misfit> {
        // SAFETY: the caller vouches for both.
        unsafe { self.copy(from, 0, self.data, from.data) }
    }

    /// # Safety
    /// As above; the places are those of one sub-region of each.
    unsafe fn copy(
        &self,
        from: &Region,
        axis: usize,
        to: *mut u8,
        at: *const u8,
    ) -> Result<(), Misfit> {
        // SAFETY: every place that is reached lies in its region, for which the caller vouches.
        unsafe {
            if axis == self.extents.len() {
                return self.number.store(from.number.load(at), to);
            }
            let (extent, step, by) = (self.extents[axis], self.strides[axis], from.strides[axis]);
            let size = self.number.size();
            let is_row = axis + 1 == self.extents.len() && step == size as isize && by == step;
            if is_row && self.number == from.number {
                to.copy_from_nonoverlapping(at, extent * size);
                return Ok(());
            }
            for position in 0..extent as isize {
                self.copy(
                    from,
                    axis + 1,
                    to.offset(position * step),
                    at.offset(position * by),
                )?;
            }
        }
        Ok(())
    }
}
