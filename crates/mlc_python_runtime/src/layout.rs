//! The types of parameters and results, and how compiled code lays out their values.

use std::ffi::c_void;
use std::sync::Arc;

use crate::class::Class;
use crate::scalar::Scalar;

/// A type at the border between Python and compiled code.
#[derive(Clone, Debug)]
pub enum Type {
    Scalar(Scalar),
    Str,
    /// Any object, passed as it is.
    Object,
    /// `[T]`: growable; of numbers in Python a one-dimensional array, or a list.
    List(Box<Type>),
    /// `[T; …]`: `Some` extents are known at compile time.
    Array {
        elem: Scalar,
        dims: Vec<Option<usize>>,
    },
    /// `None` is the tuple of nothing.
    Tuple(Vec<Type>),
    Optional(Box<Type>),
    Struct(Arc<Class>),
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

/// Bytes and alignment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    pub size: usize,
    pub align: usize,
}

const WORD: usize = size_of::<usize>();

/// Where each of several values lies that are stored in a row, as C lays out a structure; and the layout of the whole.
pub fn aggregate<'t>(items: impl IntoIterator<Item = &'t Type>) -> (Vec<usize>, Layout) {
    let mut whole = Layout { size: 0, align: 1 };
    let mut offsets = Vec::new();
    for item in items {
        let layout = item.layout();
        let offset = whole.size.next_multiple_of(layout.align);
        offsets.push(offset);
        whole.size = offset + layout.size;
        whole.align = whole.align.max(layout.align);
    }
    whole.size = whole.size.next_multiple_of(whole.align);
    (offsets, whole)
}

impl Type {
    /// How a value is stored inline: in a cell, or as an element of a container.
    pub fn layout(&self) -> Layout {
        match self {
            Type::Scalar(scalar) => Layout {
                size: scalar.size(),
                align: scalar.alignment(),
            },
            Type::Str | Type::Object => Layout {
                size: WORD,
                align: WORD,
            },
            Type::List(_) => Layout {
                size: size_of::<ListHeader>(),
                align: WORD,
            },
            Type::Array { dims, .. } => Layout {
                size: size_of::<ArrayHeader>() + 2 * dims.len() * size_of::<i64>(),
                align: WORD,
            },
            Type::Tuple(items) => aggregate(items).1,
            Type::Optional(of) => aggregate([&Type::Scalar(Scalar::Bool), &**of]).1,
            Type::Struct(class) => class.layout(),
        }
    }

    /// Whether [`Type::layout`] can be told: the structs that lie in its values are defined.
    pub fn has_layout(&self) -> bool {
        match self {
            Type::Tuple(items) => items.iter().all(Type::has_layout),
            Type::Optional(of) => of.has_layout(),
            Type::Struct(class) => class.is_defined(),
            _ => true,
        }
    }

    /// Whether a struct in it holds itself.
    pub fn is_recursive(&self) -> bool {
        match self {
            Type::Tuple(items) => items.iter().any(Type::is_recursive),
            Type::List(of) | Type::Optional(of) => of.is_recursive(),
            Type::Struct(class) => class.is_recursive(),
            _ => false,
        }
    }

    /// The structs that it mentions itself, not through others.
    pub fn structs<'t>(&'t self, found: &mut Vec<&'t Arc<Class>>) {
        match self {
            Type::Tuple(items) => items.iter().for_each(|item| item.structs(found)),
            Type::List(of) | Type::Optional(of) => of.structs(found),
            Type::Struct(class) => found.push(class),
            _ => {}
        }
    }

    /// Whether both are one type: structs by what they are, not by their names.
    pub fn is_same(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Scalar(one), Type::Scalar(other)) => one == other,
            (Type::Str, Type::Str) => true,
            (Type::List(one), Type::List(other)) | (Type::Optional(one), Type::Optional(other)) => {
                one.is_same(other)
            }
            (
                Type::Array { elem, dims },
                Type::Array {
                    elem: other_elem,
                    dims: other_dims,
                },
            ) => elem == other_elem && dims == other_dims,
            (Type::Tuple(items), Type::Tuple(others)) => {
                items.len() == others.len()
                    && items
                        .iter()
                        .zip(others)
                        .all(|(one, other)| one.is_same(other))
            }
            (Type::Struct(one), Type::Struct(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// The bytes that a value takes where it is stored inline, up to the next one.
    pub fn size(&self) -> usize {
        self.layout().size
    }

    /// Where the value of an optional of this type lies behind its flag.
    pub fn offset_behind_flag(&self) -> usize {
        self.layout().align
    }

    /// The number of dimensions that an array in Python has for this type, and its elements; `None` for what is no array.
    pub fn as_array(&self) -> Option<(usize, Scalar)> {
        match self {
            Type::Scalar(scalar) => Some((0, *scalar)),
            Type::List(elem) => elem.as_array().map(|(rank, scalar)| (rank + 1, scalar)),
            Type::Array { elem, dims } => Some((dims.len(), *elem)),
            _ => None,
        }
    }
}

/// Writes an array's header to `place`.
///
/// # Safety
/// `place` must be aligned and have room for the header of an array of `shape`'s rank; `data` points to `shape`'s
/// elements in row-major order.
#[inline]
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
        let mut stride = 1i64;
        for (position, &extent) in shape.iter().enumerate().rev() {
            sizes.add(position).write(extent as i64);
            sizes.add(shape.len() + position).write(stride);
            stride = stride.saturating_mul(extent as i64);
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
