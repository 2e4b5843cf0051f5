//! Arrays of programs as arrays of NumPy without a copy: the memory changes hands.

use std::ffi::{CStr, c_void};
use std::ptr::null_mut;

use super::api::Api;
use super::buffer::Region;
use super::give::give_array;
use super::shape::{Number, Shape};
use super::{Object, Owned, array, produce, start};
use crate::alloc::mlc_rt_free;
use crate::text::{Text, as_str};

/// From this number of bytes on a copy costs more than to tell NumPy of the memory.
const WORTH_IT: usize = 1 << 16;

const CAPSULE: &CStr = c"mlc.memory";

/// A NumPy array of an array that the caller owns, in a place that ends after the call. NumPy gets the memory where that is
/// worth it; then the place holds no memory any more.
///
/// # Safety
/// `value` must point to an array that nothing else uses, `shape` to the text for it, and `out` to where an object may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_hand_over(
    out: *mut Object,
    value: *mut u8,
    shape: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        let shape = Shape::parse(as_str(*shape));
        produce(out, |api| match &shape {
            Some(Shape::Array { element, extents }) => {
                let region = array::region(value, extents.len(), *element);
                let made = match handed_over(api, value.cast(), &region) {
                    Handed::Over(made) => Some(made),
                    Handed::Not => give_array(api, &region),
                    Handed::Failed => None,
                };
                made.map_or(null_mut(), Owned::release)
            }
            _ => null_mut(),
        })
    }
}

enum Handed {
    Over(Owned),
    Not,
    /// With an error of the interpreter.
    Failed,
}

/// # Safety
/// `memory` must be the first word of the header of the array, and the GIL be held.
unsafe fn handed_over(api: &'static Api, memory: *mut *mut c_void, region: &Region) -> Handed {
    let bytes = region.extents.iter().product::<usize>() * region.number.size();
    // SAFETY: the caller vouches for the header.
    let block = unsafe { *memory };
    // A header without a block is that of memory that somebody else has lent.
    let Some(kind) = kind(region.number).filter(|_| bytes >= WORTH_IT && !block.is_null()) else {
        return Handed::Not;
    };
    // SAFETY: the caller vouches for the GIL; the capsule frees the memory once nothing refers to it.
    unsafe {
        let Some(numpy) = Owned::new(api, api.import("numpy")) else {
            (api.PyErr_Clear)();
            return Handed::Not;
        };
        let capsule = (api.PyCapsule_New)(block, CAPSULE.as_ptr(), Some(free));
        let Some(capsule) = Owned::new(api, capsule) else {
            return Handed::Failed;
        };
        *memory = null_mut();
        describe(api, &numpy, &capsule, region, kind).map_or(Handed::Failed, Handed::Over)
    }
}

unsafe extern "C" fn free(capsule: Object) {
    let Some(api) = start::started() else { return };
    // SAFETY: the capsule holds a block of the runtime, which ends with it.
    unsafe { mlc_rt_free((api.PyCapsule_GetPointer)(capsule, CAPSULE.as_ptr())) };
}

/// `numpy.asarray` of an object that says where the elements lie (NumPy's array interface), and keeps the capsule.
///
/// # Safety
/// The GIL must be held.
unsafe fn describe(
    api: &'static Api,
    numpy: &Owned,
    capsule: &Owned,
    region: &Region,
    kind: &str,
) -> Option<Owned> {
    // SAFETY: the caller vouches for the GIL; what is made here ends here.
    unsafe {
        let number = |value: i64| Owned::new(api, (api.PyLong_FromLongLong)(value));
        let tuple = |values: Vec<Owned>| {
            let made = Owned::new(api, (api.PyTuple_New)(values.len() as isize))?;
            for (at, value) in values.into_iter().enumerate() {
                (api.PyTuple_SetItem)(made.object, at as isize, value.release());
            }
            Some(made)
        };
        let numbers = |values: &mut dyn Iterator<Item = i64>| {
            tuple(values.map(number).collect::<Option<Vec<_>>>()?)
        };
        let extents = numbers(&mut region.extents.iter().map(|&extent| extent as i64))?;
        let strides = numbers(&mut region.strides.iter().map(|&stride| stride as i64))?;
        let writable = Owned::new(api, (api.PyBool_FromLong)(0))?;
        let data = tuple(vec![number(region.data.addr() as i64)?, writable])?;
        let typestr = Owned::new(api, api.text(&format!("<{kind}{}", region.number.size())))?;
        let interface = Owned::new(api, (api.PyDict_New)())?;
        for (name, value) in [
            ("shape", extents),
            ("strides", strides),
            ("data", data),
            ("typestr", typestr),
            ("version", number(3)?),
        ] {
            let name = Owned::new(api, api.name(name))?;
            if (api.PyDict_SetItem)(interface.object, name.object, value.object) != 0 {
                return None;
            }
        }
        let types = Owned::new(api, api.import("types"))?;
        let class = Owned::new(api, api.attribute(types.object, c"SimpleNamespace"))?;
        let holder = (api.PyObject_Vectorcall)(class.object, null_mut(), 0, null_mut());
        let holder = Owned::new(api, holder)?;
        for (name, value) in [("__array_interface__", &interface), ("memory", capsule)] {
            let name = Owned::new(api, api.name(name))?;
            if (api.PyObject_SetAttr)(holder.object, name.object, value.object) != 0 {
                return None;
            }
        }
        let asarray = Owned::new(api, api.attribute(numpy.object, c"asarray"))?;
        let made = (api.PyObject_Vectorcall)(asarray.object, &holder.object, 1, null_mut());
        Owned::new(api, made)
    }
}

/// The letter of NumPy's array interface; NumPy has none for `bf16`.
fn kind(number: Number) -> Option<&'static str> {
    Some(match number {
        Number::Bool => "b",
        Number::Int { signed: true, .. } => "i",
        Number::Int { signed: false, .. } => "u",
        Number::Half | Number::Single | Number::Double => "f",
        Number::Complex { .. } => "c",
        Number::BFloat => return None,
    })
}
