//! What programs do with objects of Python, one function for each protocol. Each returns a status unless it cannot fail.

use std::ffi::c_int;
use std::ptr::null_mut;

use super::api::Api;
use super::{Object, Owned, perform, produce, start};
use crate::list::List;
use crate::text::{Text, as_str};

type Binary = unsafe extern "C" fn(Object, Object) -> Object;

/// Imports the module `package.name`, or takes `name` of the module `package`. Without a package it is a whole module.
///
/// # Safety
/// `package` and `name` must point to texts, and `out` to where an object may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_import(
    out: *mut Object,
    package: *const Text,
    name: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the texts.
    let (package, name) = unsafe { (as_str(*package), as_str(*name)) };
    crate::output::mlc_rt_flush();
    // SAFETY: the caller vouches for the place; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            if package.is_empty() {
                return api.import(name);
            }
            let Some(module) = Owned::new(api, api.import(package)) else {
                return null_mut();
            };
            let Some(attribute) = Owned::new(api, api.name(name)) else {
                return null_mut();
            };
            let found = (api.PyObject_GetAttr)(module.object, attribute.object);
            if found.is_null()
                && (api.PyErr_ExceptionMatches)(api.exception(c"PyExc_AttributeError")) != 0
            {
                (api.PyErr_Clear)();
                return api.import(&format!("{package}.{name}"));
            }
            found
        })
    }
}

/// `object.name`
///
/// # Safety
/// The operands must point to an object and a text, and `out` to where an object may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_attribute(
    out: *mut Object,
    object: *const Object,
    name: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| match Owned::new(api, api.name(as_str(*name))) {
            Some(name) => (api.PyObject_GetAttr)(api.object(object), name.object),
            None => null_mut(),
        })
    }
}

/// `object.name = value`; without a value, `del object.name`.
///
/// # Safety
/// The operands must point to objects and a text; `value` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_set_attribute(
    object: *const Object,
    name: *const Text,
    value: *const Object,
) -> i32 {
    perform(|api| {
        // SAFETY: the caller vouches for the operands; the GIL is held.
        unsafe {
            let Some(name) = Owned::new(api, api.name(as_str(*name))) else {
                return -1;
            };
            let value = if value.is_null() {
                null_mut()
            } else {
                api.object(value)
            };
            (api.PyObject_SetAttr)(api.object(object), name.object, value)
        }
    })
}

/// `del object.name`
///
/// # Safety
/// The operands must point to an object and a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_del_attribute(object: *const Object, name: *const Text) -> i32 {
    // SAFETY: the caller vouches for the operands.
    unsafe { mlc_rt_py_set_attribute(object, name, std::ptr::null()) }
}

/// `object[index]`
///
/// # Safety
/// The operands must point to objects, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_item(
    out: *mut Object,
    object: *const Object,
    index: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            (api.PyObject_GetItem)(api.object(object), api.object(index))
        })
    }
}

/// `object[index] = value`
///
/// # Safety
/// The operands must point to objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_set_item(
    object: *const Object,
    index: *const Object,
    value: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe {
        (api.PyObject_SetItem)(api.object(object), api.object(index), api.object(value))
    })
}

/// `del object[index]`
///
/// # Safety
/// The operands must point to objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_del_item(object: *const Object, index: *const Object) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe { (api.PyObject_DelItem)(api.object(object), api.object(index)) })
}

/// `start:stop:step` in brackets.
///
/// # Safety
/// The operands must point to objects, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_slice(
    out: *mut Object,
    start: *const Object,
    stop: *const Object,
    step: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            (api.PySlice_New)(api.object(start), api.object(stop), api.object(step))
        })
    }
}

/// A tuple of the items of a list of objects.
///
/// # Safety
/// `items` must point to a list of objects, and `out` to where an object may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_tuple(out: *mut Object, items: *const List) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            let items = super::call::objects(api, items);
            let tuple = (api.PyTuple_New)(items.len() as isize);
            if !tuple.is_null() {
                for (at, item) in items.into_iter().enumerate() {
                    (api.PyTuple_SetItem)(tuple, at as isize, api.share(item));
                }
            }
            tuple
        })
    }
}

/// The operators in the order of their numbers: `+ - * @ / // % ** << >> | ^ &`, then the same in place.
fn binary(api: &Api, number: i32) -> Option<Binary> {
    Some(match number {
        0 => api.PyNumber_Add,
        1 => api.PyNumber_Subtract,
        2 => api.PyNumber_Multiply,
        3 => api.PyNumber_MatrixMultiply,
        4 => api.PyNumber_TrueDivide,
        5 => api.PyNumber_FloorDivide,
        6 => api.PyNumber_Remainder,
        8 => api.PyNumber_Lshift,
        9 => api.PyNumber_Rshift,
        10 => api.PyNumber_Or,
        11 => api.PyNumber_Xor,
        12 => api.PyNumber_And,
        16 => api.PyNumber_InPlaceAdd,
        17 => api.PyNumber_InPlaceSubtract,
        18 => api.PyNumber_InPlaceMultiply,
        19 => api.PyNumber_InPlaceMatrixMultiply,
        20 => api.PyNumber_InPlaceTrueDivide,
        21 => api.PyNumber_InPlaceFloorDivide,
        22 => api.PyNumber_InPlaceRemainder,
        24 => api.PyNumber_InPlaceLshift,
        25 => api.PyNumber_InPlaceRshift,
        26 => api.PyNumber_InPlaceOr,
        27 => api.PyNumber_InPlaceXor,
        28 => api.PyNumber_InPlaceAnd,
        _ => return None,
    })
}

/// `left op right`, by the number of the operator; from 16 on `left op= right`, whose result takes the place of `left`.
///
/// # Safety
/// The operands must point to objects, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_binary(
    out: *mut Object,
    operator: i32,
    left: *const Object,
    right: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            let (left, right) = (api.object(left), api.object(right));
            match (binary(api, operator), operator) {
                (Some(function), _) => function(left, right),
                (None, 23) => (api.PyNumber_InPlacePower)(left, right, api.none),
                (None, _) => (api.PyNumber_Power)(left, right, api.none),
            }
        })
    }
}

/// `-object`, `+object`, `~object` or `abs(object)`, by number.
///
/// # Safety
/// `object` must point to one, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_unary(
    out: *mut Object,
    operator: i32,
    object: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            let object = api.object(object);
            match operator {
                0 => (api.PyNumber_Negative)(object),
                1 => (api.PyNumber_Positive)(object),
                2 => (api.PyNumber_Invert)(object),
                _ => (api.PyNumber_Absolute)(object),
            }
        })
    }
}

/// `left op right`, with the operators `< <= == != > >=` in this order.
///
/// # Safety
/// The operands must point to objects, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_compare(
    out: *mut Object,
    operator: i32,
    left: *const Object,
    right: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            (api.PyObject_RichCompare)(api.object(left), api.object(right), operator as c_int)
        })
    }
}

/// `item in container`
///
/// # Safety
/// The operands must point to objects, and `out` to where a `bool` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_contains(
    out: *mut bool,
    item: *const Object,
    container: *const Object,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe {
        let found = (api.PySequence_Contains)(api.object(container), api.object(item));
        *out = found == 1;
        found
    })
}

/// `left is right`
///
/// # Safety
/// The operands must point to objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_is(left: *const Object, right: *const Object) -> bool {
    let none = start::started().map_or(null_mut(), |api| api.none);
    // SAFETY: the caller vouches for the operands; nothing but their identity is looked at.
    let [left, right] =
        unsafe { [*left, *right] }.map(|object| if object.is_null() { none } else { object });
    left == right
}

/// Whether an object counts as true.
///
/// # Safety
/// `object` must point to one, and `out` to where a `bool` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_truth(out: *mut bool, object: *const Object) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe {
        let truth = (api.PyObject_IsTrue)(api.object(object));
        *out = truth == 1;
        truth
    })
}

/// `len(object)`
///
/// # Safety
/// `object` must point to one, and `out` to where a number may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_len(out: *mut i64, object: *const Object) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe {
        let len = (api.PyObject_Size)(api.object(object));
        *out = len as i64;
        if len < 0 { -1 } else { 0 }
    })
}

/// `iter(object)`
///
/// # Safety
/// `object` must point to one, and `out` to where one may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_iterate(out: *mut Object, object: *const Object) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe { produce(out, |api| (api.PyObject_GetIter)(api.object(object))) }
}

/// The next object of an iterator; at its end a null pointer, which [`mlc_rt_py_is_end`] tells from an object.
///
/// # Safety
/// `iterator` must point to one, and `out` to where an object may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_next(out: *mut Object, iterator: *const Object) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    perform(|api| unsafe {
        *out = (api.PyIter_Next)(api.object(iterator));
        if (*out).is_null() && !(api.PyErr_Occurred)().is_null() {
            -1
        } else {
            0
        }
    })
}

/// Whether an iterator gave nothing.
///
/// # Safety
/// `object` must point to what [`mlc_rt_py_next`] gave.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_is_end(object: *const Object) -> bool {
    // SAFETY: the caller vouches for the place.
    unsafe { (*object).is_null() }
}
