//! Calls of objects of Python.

use std::ptr::null_mut;

use super::api::Api;
use super::{Object, Owned, produce};
use crate::list::List;
use crate::text::{Text, as_str};

/// The items of a list of objects.
///
/// # Safety
/// `list` must point to a list of objects, which stay alive as long as the result is used.
pub(super) unsafe fn objects(api: &Api, list: *const List) -> Vec<Object> {
    // SAFETY: the caller vouches for the list.
    unsafe {
        let len = usize::try_from((*list).len).unwrap_or(0);
        let items = (*list).data.cast::<Object>();
        (0..len).map(|at| api.object(items.add(at))).collect()
    }
}

/// `function(arguments)`. Where `names` is not empty it says of each argument, separated by commas, what it is: nothing for one by
/// position, its name for a keyword, `*` and `**` for what is unpacked.
///
/// # Safety
/// `function` must point to an object, `arguments` to a list of objects, `names` to a text, and `out` to where an object may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_call(
    out: *mut Object,
    function: *const Object,
    arguments: *const List,
    names: *const Text,
) -> i32 {
    // What the program printed comes before what the function prints.
    crate::output::mlc_rt_flush();
    // SAFETY: the caller vouches for the operands; the GIL is held inside.
    unsafe {
        produce(out, |api| {
            let function = api.object(function);
            let arguments = objects(api, arguments);
            let names = as_str(*names);
            if names.is_empty() {
                return (api.PyObject_Vectorcall)(
                    function,
                    arguments.as_ptr(),
                    arguments.len(),
                    null_mut(),
                );
            }
            let names: Vec<&str> = names.split(',').collect();
            call_with(api, function, &arguments, &names).unwrap_or(null_mut())
        })
    }
}

/// # Safety
/// The objects must be live, and the GIL held.
unsafe fn call_with(
    api: &'static Api,
    function: Object,
    arguments: &[Object],
    names: &[&str],
) -> Option<Object> {
    // SAFETY: the caller vouches for the objects; what is made here ends here.
    unsafe {
        let positional = Owned::new(api, (api.PyList_New)(0))?;
        let keywords = Owned::new(api, (api.PyDict_New)())?;
        for (&argument, &name) in arguments.iter().zip(names) {
            let done = match name {
                "" => (api.PyList_Append)(positional.object, argument),
                "*" => {
                    let items = Owned::new(api, (api.PySequence_List)(argument))?;
                    let mut done = 0;
                    for at in 0..(api.PyList_Size)(items.object) {
                        done |= (api.PyList_Append)(
                            positional.object,
                            (api.PyList_GetItem)(items.object, at),
                        );
                    }
                    done
                }
                "**" => (api.PyDict_Update)(keywords.object, argument),
                name => {
                    let name = Owned::new(api, api.name(name))?;
                    (api.PyDict_SetItem)(keywords.object, name.object, argument)
                }
            };
            if done != 0 {
                return None;
            }
        }
        let positional = Owned::new(api, (api.PySequence_Tuple)(positional.object))?;
        Some((api.PyObject_Call)(
            function,
            positional.object,
            keywords.object,
        ))
    }
}
