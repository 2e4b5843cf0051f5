//! From values of compiled code to objects of Python.

use std::ptr::null_mut;

use super::api::Api;
use super::buffer::{Buffer, Region};
use super::shape::{Shape, offsets};
use super::{Object, Owned, array, produce};
use crate::list::List;
use crate::text::{Text, as_str};

/// A new object of the value in a place, which lies there as `shape` says. Tuples and lists become Python's, arrays
/// become NumPy's with a copy of the elements; without NumPy they become lists.
///
/// # Safety
/// `value` must point to such a value, `shape` to a text, and `out` to where an object may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_from(
    out: *mut Object,
    value: *const u8,
    shape: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        let shape = as_str(*shape);
        produce(out, |api| match shape {
            // The value of `None` lies nowhere.
            "" => api.share(api.none),
            shape => match Shape::parse(shape) {
                Some(shape) => give(api, &shape, value).map_or(null_mut(), Owned::release),
                None => null_mut(),
            },
        })
    }
}

/// # Safety
/// `place` must hold such a value, and the GIL be held.
unsafe fn give(api: &'static Api, shape: &Shape, place: *const u8) -> Option<Owned> {
    // SAFETY: the caller vouches for the place, and the shape says what lies where in it.
    unsafe {
        match shape {
            Shape::Number(number) => Owned::new(api, number.give(api, place)),
            Shape::Text => Owned::new(api, api.text(as_str(place.cast::<Text>().read()))),
            Shape::Object => Owned::new(api, api.share(api.object(place.cast()))),
            Shape::Caught => super::context::exception(api, &*place.cast()),
            Shape::List(element) => {
                let list = &*place.cast::<List>();
                let made = Owned::new(api, (api.PyList_New)(list.len as isize))?;
                for at in 0..list.len {
                    let item = list.data.cast::<u8>().add(at as usize * element.size());
                    let item = give(api, element, item)?.release();
                    (api.PyList_SetItem)(made.object, at as isize, item);
                }
                Some(made)
            }
            Shape::Array { element, extents } => {
                give_array(api, &array::region(place, extents.len(), *element))
            }
            Shape::Tuple(items) => {
                let made = Owned::new(api, (api.PyTuple_New)(items.len() as isize))?;
                for (position, (at, item)) in offsets(items).enumerate() {
                    let item = give(api, item, place.add(at))?.release();
                    (api.PyTuple_SetItem)(made.object, position as isize, item);
                }
                Some(made)
            }
            Shape::Optional(_) if place.read() == 0 => Owned::new(api, api.share(api.none)),
            Shape::Optional(of) => give(api, of, place.add(of.offset_in_optional())),
        }
    }
}

/// # Safety
/// The region must lie in live memory, and the GIL be held.
pub(super) unsafe fn give_array(api: &'static Api, from: &Region) -> Option<Owned> {
    // SAFETY: the caller vouches for the region; the array is new, so nothing else sees its memory.
    unsafe {
        let Some(numpy) = Owned::new(api, api.import("numpy")) else {
            if (api.PyErr_ExceptionMatches)(api.exception(c"PyExc_ImportError")) == 0 {
                return None;
            }
            (api.PyErr_Clear)();
            return give_rows(api, from, 0, from.data);
        };
        let empty = Owned::new(api, api.attribute(numpy.object, c"empty"))?;
        let extents = Owned::new(api, (api.PyTuple_New)(from.extents.len() as isize))?;
        for (axis, &extent) in from.extents.iter().enumerate() {
            let extent = Owned::new(api, (api.PyLong_FromLongLong)(extent as i64))?;
            (api.PyTuple_SetItem)(extents.object, axis as isize, extent.release());
        }
        let dtype = Owned::new(api, api.name(from.number.dtype()))?;
        let arguments = [extents.object, dtype.object];
        let made = (api.PyObject_Vectorcall)(empty.object, arguments.as_ptr(), 2, null_mut());
        let made = Owned::new(api, made)?;
        let buffer = Buffer::of(api, made.object, true)?;
        // Numbers fit their own type, and `bf16` the wider one.
        let copied = buffer.region()?.copy_from(from);
        drop(buffer);
        copied.ok().map(|()| made)
    }
}

/// Nested lists of the elements.
///
/// # Safety
/// As above; `place` is the first element of a sub-region.
unsafe fn give_rows(
    api: &'static Api,
    from: &Region,
    axis: usize,
    place: *const u8,
) -> Option<Owned> {
    // SAFETY: the caller vouches for the region.
    unsafe {
        if axis == from.extents.len() {
            return Owned::new(api, from.number.give(api, place));
        }
        let made = Owned::new(api, (api.PyList_New)(from.extents[axis] as isize))?;
        for at in 0..from.extents[axis] as isize {
            let row = give_rows(api, from, axis + 1, place.offset(at * from.strides[axis]))?;
            (api.PyList_SetItem)(made.object, at, row.release());
        }
        Some(made)
    }
}
