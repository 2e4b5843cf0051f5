//! From objects of Python to values of compiled code, as the conversions `Int(obj)`, `String(obj)`, `[f32](obj)` ask for.

use std::ptr::null_mut;

use super::api::Api;
use super::buffer::{Buffer, Region};
use super::number::Misfit;
use super::shape::{Number, Shape, offsets};
use super::{Gil, Object, Owned, array, exception};
use crate::alloc::mlc_rt_free;
use crate::error;
use crate::kind::{TYPE_ERROR, VALUE_ERROR};
use crate::list::{List, mlc_rt_list_reserve};
use crate::text::{Text, as_str, mlc_rt_str_release, store};

/// Why a value was not made.
enum Failure {
    /// An exception of the interpreter is pending.
    Python,
    /// An error of the runtime is.
    Raised(i32),
    Misfit(Misfit),
}

impl From<Misfit> for Failure {
    fn from(misfit: Misfit) -> Failure {
        Failure::Misfit(misfit)
    }
}

/// Makes the value of an object that lies in memory as `shape` says. Numbers are converted as Python's `int`, `float`, `complex` and
/// `bool` do, texts as `str`; one that does not fit is an `OverflowError`. Lists and arrays of numbers are copied from the
/// object's buffer where it has one. A status; where it is an error nothing was made.
///
/// # Safety
/// `out` must point to room for such a value, `object` to an object, and `shape` to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_into(
    out: *mut u8,
    object: *const Object,
    shape: *const Text,
) -> i32 {
    let gil = match Gil::hold() {
        Ok(gil) => gil,
        Err(status) => return status,
    };
    let api = gil.api;
    // SAFETY: the caller vouches for the operands.
    unsafe {
        let Some(shape) = Shape::parse(as_str(*shape)) else {
            return error::raise(TYPE_ERROR, "this type cannot come from Python");
        };
        into(api, &shape, api.object(object), out)
    }
}

/// Makes the value of an object. A status; where it is an error nothing was made.
///
/// # Safety
/// `out` must point to room for such a value, `object` be live, and the GIL be held.
pub(super) unsafe fn into(api: &'static Api, shape: &Shape, object: Object, out: *mut u8) -> i32 {
    // SAFETY: the caller vouches for the room and the object.
    unsafe {
        out.write_bytes(0, shape.size());
        let failure = match take(api, shape, object, out) {
            Ok(()) => return 0,
            Err(failure) => failure,
        };
        destroy(shape, out);
        out.write_bytes(0, shape.size());
        match failure {
            Failure::Python => exception::raise(api),
            Failure::Raised(status) => status,
            Failure::Misfit((kind, message)) => error::raise(kind, message),
        }
    }
}

/// # Safety
/// `place` must have room for such a value and hold zeros, `object` be live, and the GIL be held.
unsafe fn take(
    api: &'static Api,
    shape: &Shape,
    object: Object,
    place: *mut u8,
) -> Result<(), Failure> {
    // SAFETY: the caller vouches for the place, and the shape says what lies where in it.
    unsafe {
        match shape {
            Shape::Number(number) => {
                let value = number.number_of(api, object).ok_or(Failure::Python)?;
                Ok(number.store(value, place)?)
            }
            Shape::Text => {
                let text = Owned::new(api, (api.PyObject_Str)(object)).ok_or(Failure::Python)?;
                let text = api.characters(text.object).ok_or(Failure::Python)?;
                raised(store(place.cast::<Text>(), &[text]))
            }
            Shape::Object => {
                place.cast::<Object>().write(api.share(object));
                Ok(())
            }
            Shape::Caught => Err((
                TYPE_ERROR,
                "an exception cannot come from Python".to_owned(),
            )
                .into()),
            Shape::List(element) => take_list(api, element, object, place.cast()),
            Shape::Array { element, extents } => take_array(api, *element, extents, object, place),
            Shape::Tuple(items) => {
                let found =
                    Owned::new(api, (api.PySequence_Tuple)(object)).ok_or(Failure::Python)?;
                let len = (api.PyTuple_Size)(found.object) as usize;
                if len != items.len() {
                    return Err((
                        VALUE_ERROR,
                        format!("expected {} values, found {len}", items.len()),
                    )
                        .into());
                }
                for (position, (at, item)) in offsets(items).enumerate() {
                    let from = (api.PyTuple_GetItem)(found.object, position as isize);
                    take(api, item, from, place.add(at))?;
                }
                Ok(())
            }
            Shape::Optional(_) if object == api.none => Ok(()),
            Shape::Optional(of) => {
                take(api, of, object, place.add(of.offset_in_optional()))?;
                place.write(1);
                Ok(())
            }
        }
    }
}

fn raised(status: i32) -> Result<(), Failure> {
    match status {
        0 => Ok(()),
        status => Err(Failure::Raised(status)),
    }
}

/// # Safety
/// As for [`take`].
unsafe fn take_list(
    api: &'static Api,
    element: &Shape,
    object: Object,
    list: *mut List,
) -> Result<(), Failure> {
    let size = element.size();
    // SAFETY: the caller vouches for the list; no more is written than it has room for.
    unsafe {
        if let Shape::Number(number) = element
            && let Some(buffer) = Buffer::of(api, object, false)
            && let Some(from) = buffer.region()
            && let [len] = from.extents[..]
        {
            raised(mlc_rt_list_reserve(list, len as i64, size as i64))?;
            Region::contiguous((*list).data.cast(), &[len], *number).copy_from(&from)?;
            (*list).len = len as i64;
            return Ok(());
        }
        let items = Owned::new(api, (api.PySequence_List)(object)).ok_or(Failure::Python)?;
        let len = (api.PyList_Size)(items.object);
        raised(mlc_rt_list_reserve(list, len as i64, size as i64))?;
        for at in 0..len {
            let place = (*list).data.cast::<u8>().add(at as usize * size);
            place.write_bytes(0, size);
            // What is half made is destroyed with the list.
            (*list).len = at as i64 + 1;
            // The conversion of an item may change nothing here: the list is a copy.
            take(api, element, (api.PyList_GetItem)(items.object, at), place)?;
        }
    }
    Ok(())
}

/// # Safety
/// As for [`take`].
unsafe fn take_array(
    api: &'static Api,
    number: Number,
    wanted: &[Option<usize>],
    object: Object,
    header: *mut u8,
) -> Result<(), Failure> {
    // SAFETY: the caller vouches for the object and the header.
    unsafe {
        let seen = |object| {
            let buffer = Buffer::of(api, object, false)?;
            let from = buffer.region()?;
            Some((buffer, from))
        };
        if let Some((_buffer, from)) = seen(object) {
            return copy_array(number, wanted, &from, header);
        }
        if let Some(numpy) = Owned::new(api, api.import("numpy")) {
            let function =
                Owned::new(api, api.attribute(numpy.object, c"asarray")).ok_or(Failure::Python)?;
            let dtype = Owned::new(api, api.name(number.dtype())).ok_or(Failure::Python)?;
            let arguments = [object, dtype.object];
            let made =
                (api.PyObject_Vectorcall)(function.object, arguments.as_ptr(), 2, null_mut());
            let made = Owned::new(api, made).ok_or(Failure::Python)?;
            let Some((_buffer, from)) = seen(made.object) else {
                return Err((TYPE_ERROR, "NumPy made no array of numbers".to_owned()).into());
            };
            return copy_array(number, wanted, &from, header);
        }
        (api.PyErr_Clear)();
        if wanted.len() != 1 {
            let message = "arrays of several dimensions come from objects with a buffer; NumPy, which makes such, is not installed";
            return Err((TYPE_ERROR, message.to_owned()).into());
        }
        let mut list = List {
            data: null_mut(),
            len: 0,
            cap: 0,
        };
        let taken = take_list(api, &Shape::Number(number), object, &raw mut list);
        let taken = taken.and_then(|()| {
            let from = Region::contiguous(list.data.cast(), &[list.len as usize], number);
            copy_array(number, wanted, &from, header)
        });
        mlc_rt_free(list.data);
        taken
    }
}

/// # Safety
/// The region must lie in live memory, and `header` have room.
unsafe fn copy_array(
    number: Number,
    wanted: &[Option<usize>],
    from: &Region,
    header: *mut u8,
) -> Result<(), Failure> {
    let fits =
        |(wanted, &found): (&Option<usize>, &usize)| wanted.is_none_or(|wanted| wanted == found);
    if from.extents.len() != wanted.len() {
        let message = format!(
            "expected {} dimensions, found {}",
            wanted.len(),
            from.extents.len()
        );
        return Err((VALUE_ERROR, message).into());
    }
    if !wanted.iter().zip(&from.extents).all(fits) {
        let wanted = wanted
            .iter()
            .map(|extent| extent.map_or("_".to_owned(), |extent| extent.to_string()));
        let wanted = wanted.collect::<Vec<_>>().join(", ");
        let found = from
            .extents
            .iter()
            .map(usize::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        return Err((
            VALUE_ERROR,
            format!("expected shape ({wanted}), found ({found})"),
        )
            .into());
    }
    // SAFETY: the caller vouches for both; the new array has the extents of the region.
    unsafe {
        let status = crate::kind::MEMORY_ERROR;
        let to = array::new(header, &from.extents, number).ok_or(Failure::Raised(status))?;
        Ok(to.copy_from(from)?)
    }
}

/// Frees what a value owns that was made here, in whole or in part.
///
/// # Safety
/// `place` must hold such a value; where it was not made, zeros.
pub(super) unsafe fn destroy(shape: &Shape, place: *mut u8) {
    // SAFETY: the caller vouches for the place, and the shape says what lies where in it.
    unsafe {
        match shape {
            Shape::Number(_) | Shape::Caught => {}
            Shape::Text => mlc_rt_str_release(place.cast::<Text>().read()),
            Shape::Object => super::mlc_rt_py_release(place.cast::<Object>().read()),
            Shape::List(element) => {
                let list = &*place.cast::<List>();
                for at in 0..list.len {
                    destroy(
                        element,
                        list.data.cast::<u8>().add(at as usize * element.size()),
                    );
                }
                mlc_rt_free(list.data);
            }
            Shape::Array { .. } => mlc_rt_free(place.cast::<*mut std::ffi::c_void>().read()),
            Shape::Tuple(items) => {
                for (at, item) in offsets(items) {
                    destroy(item, place.add(at));
                }
            }
            Shape::Optional(of) => destroy(of, place.add(of.offset_in_optional())),
        }
    }
}
