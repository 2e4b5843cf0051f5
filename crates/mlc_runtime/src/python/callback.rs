//! Functions of the program as objects of Python.
//!
//! Such an object is a built-in function of Python's kind. It keeps what it needs in a capsule: the address of a compiled function
//! that takes a list of objects, and where that finds the variables that it captures. Those live as long as the expression in which
//! the object is an argument; afterwards it can be kept, but not called.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::arguments::Parameters;
use super::{Object, Owned, lend, make, produce, start};
use crate::error;
use crate::list::List;
use crate::text::{Text, as_str};

/// Runs the function: with what it captures, its arguments, and where the object of its result goes. A status.
type Entry = unsafe extern "C" fn(*mut c_void, *const List, *mut Object) -> i32;

/// What a function does with a top-level variable.
#[derive(Clone, Copy, Debug)]
pub struct GlobalUse {
    /// Of the variable.
    pub address: usize,
    /// In bytes.
    pub size: usize,
    pub changes: bool,
    /// Whether its parts may lie elsewhere afterwards.
    pub moves: bool,
}

/// Begins the use of variables by a function that Python calls, with the GIL; it ends with what is given. `None` with an error of the
/// interpreter where others use them.
pub type Begin = fn(&[GlobalUse]) -> Option<Box<dyn Any>>;

static BEGIN: OnceLock<Begin> = OnceLock::new();

/// Says who knows what calls of other threads use. Without one there are no such calls: nobody but the program has its variables.
pub fn on_callback(begin: Begin) {
    BEGIN.get_or_init(|| begin);
}

thread_local! {
    /// Of the function that becomes an object next.
    static USES: RefCell<Vec<GlobalUse>> = const { RefCell::new(Vec::new()) };
}

/// The next function that becomes an object in this thread uses a top-level variable.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_py_callback_uses(
    variable: *const c_void,
    size: i64,
    changes: bool,
    moves: bool,
) {
    let used = GlobalUse {
        address: variable.addr(),
        size: size as usize,
        changes,
        moves,
    };
    USES.with_borrow_mut(|uses| uses.push(used));
}

/// Python's `PyMethodDef`.
#[repr(C)]
pub(super) struct Method {
    name: *const c_char,
    function: unsafe extern "C" fn(Object, *const Object, isize, Object) -> Object,
    flags: c_int,
    doc: *const c_char,
}

/// `METH_FASTCALL | METH_KEYWORDS`
const FAST_WITH_KEYWORDS: c_int = 0x80 | 0x2;

const CAPSULE: &CStr = c"mlc.callback";
const GUARD: &CStr = c"mlc.callback.guard";

// SAFETY: what is captured is used with the GIL only, and the texts never change.
unsafe impl Send for Callback {}
// SAFETY: as above.
unsafe impl Sync for Callback {}

/// A compiled function, as the capsules of its object and of the guard of that share it.
struct Callback {
    method: Method,
    name: CString,
    /// What `inspect.signature` reads.
    doc: CString,
    entry: Entry,
    /// Null where nothing is captured.
    captures: AtomicPtr<c_void>,
    parameters: Parameters,
    uses: Vec<GlobalUse>,
    /// Whether it captures nothing, and so may be kept.
    is_kept: bool,
    /// Whether the function writes to what it captures: then it must not be entered again while it runs.
    is_exclusive: bool,
    runs: AtomicBool,
    has_ended: AtomicBool,
}

impl Drop for Callback {
    fn drop(&mut self) {
        if self.is_kept {
            KEPT.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Callback {
    /// Reads what the compiler wrote: `!` for an exclusive one, the name, a bar, and the parameters.
    fn new(description: &str, entry: Entry, captures: *mut c_void) -> Callback {
        let is_kept = captures.is_null();
        KEPT.fetch_add(usize::from(is_kept), Ordering::Relaxed);
        let is_exclusive = description.starts_with('!');
        let description = description.trim_start_matches('!');
        let (name, list) = description.split_once('|').unwrap_or((description, ""));
        let shown = list.replace('=', "=...").replace(',', ", ");
        Callback {
            method: Method {
                name: std::ptr::null(),
                function: invoke,
                flags: FAST_WITH_KEYWORDS,
                doc: std::ptr::null(),
            },
            name: CString::new(name).unwrap_or_default(),
            doc: CString::new(format!("{name}({shown})\n--\n\n")).unwrap_or_default(),
            entry,
            captures: AtomicPtr::new(captures),
            parameters: Parameters::parse(list),
            uses: USES.take(),
            is_kept,
            is_exclusive,
            runs: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
        }
    }

    /// Begins to use its variables; `None` with an error of the interpreter.
    fn begin(&self) -> Option<Option<Box<dyn Any>>> {
        match BEGIN.get() {
            Some(begin) if !self.uses.is_empty() => begin(&self.uses).map(Some),
            _ => Some(None),
        }
    }

    fn shown(&self) -> &str {
        self.name.to_str().unwrap_or_default()
    }
}

/// The object for a compiled function, and a guard, with whose end it can no longer be called.
///
/// # Safety
/// `entry` must be such a function, which stays loaded; `captures` what it takes, or NULL, which stays as long as the guard is;
/// `description` must point to a text, and `out` and `guard`, which may be NULL, to where objects may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_callback(
    out: *mut Object,
    guard: *mut Object,
    entry: *mut c_void,
    captures: *mut c_void,
    description: *const Text,
) -> i32 {
    // SAFETY: the caller vouches for the function and the text.
    let (entry, description) = unsafe {
        (
            std::mem::transmute::<*mut c_void, Entry>(entry),
            as_str(*description),
        )
    };
    let mut callback = Box::new(Callback::new(description, entry, captures));
    callback.method.name = callback.name.as_ptr();
    callback.method.doc = callback.doc.as_ptr();
    // SAFETY: the caller vouches for the places; each capsule owns the callback with the other, and the function its capsule.
    unsafe {
        produce(out, |api| {
            let callback: Arc<Callback> = callback.into();
            let method = &raw const callback.method;
            let capsule = |name: &CStr, end| {
                let held = Arc::into_raw(callback.clone());
                let made = (api.PyCapsule_New)(held.cast_mut().cast(), name.as_ptr(), Some(end));
                if made.is_null() {
                    drop(Arc::from_raw(held));
                }
                Owned::new(api, made)
            };
            let Some(made) = capsule(CAPSULE, destroy) else {
                return null_mut();
            };
            if !guard.is_null() {
                match capsule(GUARD, end) {
                    Some(made) => *guard = made.release(),
                    None => return null_mut(),
                }
            }
            (api.PyCFunction_NewEx)(method, made.object, null_mut())
        })
    }
}

/// How many objects there are for functions that capture nothing, which Python may keep as long as it likes.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// Whether Python holds functions of programs: then no code may be unloaded.
pub fn keeps_functions() -> bool {
    KEPT.load(Ordering::Relaxed) > 0
}

/// What Python calls where a capsule ends.
unsafe extern "C" fn destroy(capsule: Object) {
    let Some(api) = start::started() else { return };
    // SAFETY: the capsule holds a callback, which ends with it.
    unsafe {
        let callback = (api.PyCapsule_GetPointer)(capsule, CAPSULE.as_ptr());
        if !callback.is_null() {
            drop(Arc::from_raw(callback.cast::<Callback>()));
        }
    }
}

/// The end of a guard: from here on the function cannot be called.
unsafe extern "C" fn end(capsule: Object) {
    let Some(api) = start::started() else { return };
    // SAFETY: the capsule holds a callback, and its share of that ends with it.
    unsafe {
        let callback = (api.PyCapsule_GetPointer)(capsule, GUARD.as_ptr());
        if !callback.is_null() {
            let callback = Arc::from_raw(callback.cast::<Callback>());
            callback.has_ended.store(true, Ordering::Release);
            callback.captures.store(null_mut(), Ordering::Release);
        }
    }
}

/// Puts the object for a function in its place among the arguments of a call.
///
/// # Safety
/// `arguments` must point to a list of objects that has this position, and `object` to one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_callback_place(
    arguments: *mut List,
    at: i64,
    object: *const Object,
) {
    // SAFETY: the caller vouches for the list and the object, of which the list gets a reference of its own.
    unsafe {
        let place = (*arguments).data.cast::<Object>().add(at as usize);
        let before = place.replace(*object);
        super::mlc_rt_py_retain(*object);
        super::mlc_rt_py_release(before);
    }
}

/// What Python calls: the function with these arguments. Null with an error of the interpreter.
unsafe extern "C" fn invoke(
    capsule: Object,
    arguments: *const Object,
    by_position: isize,
    names: Object,
) -> Object {
    let Some(api) = start::started() else {
        return null_mut();
    };
    // SAFETY: Python calls this with the GIL, with live objects, and with the capsule that the function was made with.
    unsafe {
        let callback = (api.PyCapsule_GetPointer)(capsule, CAPSULE.as_ptr());
        let Some(callback) = callback.cast::<Callback>().as_ref() else {
            return null_mut();
        };
        let given = std::slice::from_raw_parts(
            if arguments.is_null() {
                [].as_ptr()
            } else {
                arguments
            },
            if arguments.is_null() {
                0
            } else {
                by_position as usize
            },
        );
        let mut named = Vec::new();
        if !names.is_null() {
            for at in 0..(api.PyTuple_Size)(names) {
                let value = *arguments.offset(by_position + at);
                named.push(((api.PyTuple_GetItem)(names, at), value));
            }
        }
        let name = callback.shown();
        let refuse = |class: &CStr, text: &str| api.refuse(class, text);
        let mut bound = match callback.parameters.bind(api, name, given, &named) {
            Ok(bound) => bound,
            Err(Some(text)) => return refuse(c"PyExc_TypeError", &text),
            Err(None) => return null_mut(),
        };
        if callback.has_ended.load(Ordering::Acquire) {
            let text = format!(
                "{name}() was called after the expression that it was passed in; the variables that it uses are gone"
            );
            return refuse(c"PyExc_RuntimeError", &text);
        }
        if callback.is_exclusive && callback.runs.swap(true, Ordering::Acquire) {
            let text = format!(
                "{name}() was called while it runs; it writes to variables of the function around it"
            );
            return refuse(c"PyExc_RuntimeError", &text);
        }
        let Some(uses) = callback.begin() else {
            callback.runs.store(false, Ordering::Release);
            return null_mut();
        };
        let list = List {
            data: bound.objects.as_mut_ptr().cast(),
            len: bound.objects.len() as i64,
            cap: 0,
        };
        let mut result: Object = null_mut();
        let captures = callback.captures.load(Ordering::Acquire);
        let call = lend::Call::start();
        let status = (callback.entry)(captures, &raw const list, &raw mut result);
        drop(call);
        drop(uses);
        callback.runs.store(false, Ordering::Release);
        // What it printed comes before what Python prints next.
        crate::output::mlc_rt_flush();
        if status == 0 {
            return match result.is_null() {
                true => api.share(api.none),
                false => result,
            };
        }
        let Some(error) = error::take() else {
            return refuse(c"PyExc_SystemError", "a function failed without an error");
        };
        if let Some(exception) = make::exception(api, &error, name)
            && let Some(class) = Owned::new(api, (api.PyObject_Type)(exception.object))
        {
            (api.PyErr_SetObject)(class.object, exception.object);
        }
        null_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn nothing(_: *mut c_void, _: *const List, _: *mut Object) -> i32 {
        0
    }

    #[test]
    fn a_description_is_read_as_it_is_written() {
        let callback = Callback::new("!f|a,/,b,c=,*,d=", nothing, null_mut());
        assert!(callback.is_exclusive);
        assert_eq!(callback.shown(), "f");
        assert_eq!(
            callback.doc.to_str(),
            Ok("f(a, /, b, c=..., *, d=...)\n--\n\n")
        );
    }
}
