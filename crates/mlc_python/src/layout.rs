//! The types of parameters and results, and how compiled code lays out what they refer to.

use std::ffi::c_void;

use crate::scalar::Scalar;

/// A type at the border between Python and compiled code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    Scalar(Scalar),
    /// `[T]`: growable; in Python a one-dimensional array, or a list.
    List(Box<Type>),
    /// `[T; …]`: `Some` extents are known at compile time.
    Array {
        elem: Scalar,
        dims: Vec<Option<usize>>,
    },
}

/// The header of a `[T]`. A capacity of 0 says that the memory belongs to somebody else.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ListHeader {
    pub data: *mut c_void,
    pub len: i64,
    pub capacity: i64,
}

/// The first words of an array's header (MLIR's memref descriptor); `rank` sizes and `rank` strides follow them.
/// An `allocated` of null says that the memory belongs to somebody else.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ArrayHeader {
    pub allocated: *mut c_void,
    pub aligned: *mut c_void,
    pub offset: i64,
}

impl Type {
    /// The bytes that a value takes where it is stored inline: in a cell, or as an element of a list.
    pub fn payload_size(&self) -> usize {
        match self {
            Type::Scalar(scalar) => scalar.size(),
            Type::List(_) => size_of::<ListHeader>(),
            Type::Array { dims, .. } => {
                size_of::<ArrayHeader>() + 2 * dims.len() * size_of::<i64>()
            }
        }
    }

    /// Whether a value owns memory, so that it is passed by reference to a header.
    pub fn is_owning(&self) -> bool {
        !matches!(self, Type::Scalar(_))
    }

    /// The number of dimensions that an array in Python has for this type; 0 for a scalar.
    pub fn rank(&self) -> usize {
        match self {
            Type::Scalar(_) => 0,
            Type::List(elem) => 1 + elem.rank(),
            Type::Array { dims, .. } => dims.len(),
        }
    }

    /// The scalars that it is made of.
    pub fn scalar(&self) -> Scalar {
        match self {
            Type::Scalar(scalar) => *scalar,
            Type::List(elem) => elem.scalar(),
            Type::Array { elem, .. } => *elem,
        }
    }
}

/// Writes an array's header to `place`.
///
/// # Safety
/// `place` must be aligned and have room for the header of an array of `shape`'s rank; `data` points to `shape`'s
/// elements in row-major order.
pub unsafe fn write_array_header(
    place: *mut u8,
    allocated: *mut c_void,
    data: *mut c_void,
    shape: &[usize],
) {
    // SAFETY: the caller vouches for the room, which is three words and two a dimension.
    unsafe {
        place.cast::<ArrayHeader>().write(ArrayHeader {
            allocated,
            aligned: data,
            offset: 0,
        });
        let sizes = place.add(size_of::<ArrayHeader>()).cast::<i64>();
        let mut stride = 1;
        for (position, &extent) in shape.iter().enumerate().rev() {
            sizes.add(position).write(extent as i64);
            sizes.add(shape.len() + position).write(stride);
            stride *= extent as i64;
        }
    }
}

/// The sizes and the strides (in elements) of the array whose header lies at `place`.
///
/// # Safety
/// A header of an array of this rank must lie at `place`.
pub unsafe fn array_extents(place: *const u8, rank: usize) -> (Vec<usize>, Vec<isize>) {
    // SAFETY: the caller vouches for the header, behind whose first words `2 * rank` more lie.
    let words = unsafe {
        std::slice::from_raw_parts(place.add(size_of::<ArrayHeader>()).cast::<i64>(), 2 * rank)
    };
    let (sizes, strides) = words.split_at(rank);
    (
        sizes.iter().map(|&size| size as usize).collect(),
        strides.iter().map(|&stride| stride as isize).collect(),
    )
}
