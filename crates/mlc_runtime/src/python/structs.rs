//! Structs of programs as objects of Python: of the types that a module has for them, where Python loaded that.

use std::ffi::c_void;

use super::{Object, produce};
use crate::text::{Text, as_str};

/// What turns a struct into an object of Python. Whoever makes a module's types puts the address of one into the word that the module
/// has for the struct.
#[repr(C)]
#[derive(Debug)]
pub struct Giver {
    /// Takes over the struct in a place, which holds zeros afterwards; a new reference, or null with an error of the interpreter. The
    /// GIL is held.
    pub give: unsafe extern "C" fn(giver: *const Giver, place: *mut u8) -> Object,
    /// What else it needs to know.
    pub class: *const c_void,
}

/// The object for the struct in a place, which holds zeros afterwards; a `TypeError` where the struct has no type in Python.
///
/// # Safety
/// `value` must point to a struct that nothing else uses, `class` to the word for it, `name` to its name, and `out` to where an object may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_struct(
    out: *mut Object,
    value: *mut u8,
    class: *const *const Giver,
    name: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| match (*class).as_ref() {
            Some(giver) => (giver.give)(giver, value),
            None => {
                let name = as_str(*name);
                let text = format!(
                    "a `{name}` cannot become an object of Python: it has a type there only in modules that Python imports"
                );
                api.refuse(c"PyExc_TypeError", &text)
            }
        })
    }
}
