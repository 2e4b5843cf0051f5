//! The functions of Python's C interface that are used here, by their names; all but two are of its stable part.

use std::ffi::{CStr, c_char, c_double, c_int, c_long, c_longlong, c_ulonglong, c_void};

use super::Object;
use super::buffer::View;
use super::callback::Method;

macro_rules! api {
    ($($name:ident($($parameter:ty),*) $(-> $result:ty)?;)*) => {
        #[allow(non_snake_case, reason = "the names are Python's")]
        pub(super) struct Api {
            $(pub $name: unsafe extern "C" fn($($parameter),*) $(-> $result)?,)*
            pub none: Object,
            pub lookup: fn(*mut c_void, &CStr) -> *mut c_void,
            pub library: Library,
        }

        impl Api {
            /// Looks every function up; the error names one that is missing.
            ///
            /// # Safety
            /// What is found under these names must be CPython's.
            pub unsafe fn load(library: Library, lookup: fn(*mut c_void, &CStr) -> *mut c_void) -> Result<Api, &'static str> {
                let find = |name: &'static str| {
                    let c_name = CStr::from_bytes_with_nul(name.as_bytes()).unwrap_or_default();
                    let address = lookup(library.0, c_name);
                    if address.is_null() { Err(name.trim_end_matches('\0')) } else { Ok(address) }
                };
                Ok(Api {
                    $(
                        // SAFETY: CPython's function of this name has this signature.
                        $name: unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($parameter),*) $(-> $result)?>(find(concat!(stringify!($name), "\0"))?) },
                    )*
                    none: find("_Py_NoneStruct\0")?,
                    lookup,
                    library,
                })
            }
        }
    };
}

/// The handle of a loaded library, or that of the whole process.
#[derive(Clone, Copy)]
pub(super) struct Library(pub *mut c_void);

// SAFETY: handles are used with `dlsym` only, which may be called from any thread.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}
// SAFETY: functions and the object `None` belong to the whole process.
unsafe impl Send for Api {}
// SAFETY: as above; what needs the GIL is called with it.
unsafe impl Sync for Api {}

api! {
    PyGILState_Check() -> c_int;
    PyGILState_Ensure() -> c_int;
    PyGILState_Release(c_int);
    Py_IncRef(Object);
    Py_DecRef(Object);
    PyErr_Clear();
    PyErr_ExceptionMatches(Object) -> c_int;
    PyErr_GivenExceptionMatches(Object, Object) -> c_int;
    PyErr_SetObject(Object, Object);
    PyErr_Fetch(*mut Object, *mut Object, *mut Object);
    PyErr_NormalizeException(*mut Object, *mut Object, *mut Object);
    PyErr_Occurred() -> Object;
    PyException_SetCause(Object, Object);
    PyException_SetTraceback(Object, Object) -> c_int;
    PyBool_FromLong(c_long) -> Object;
    PyBuffer_Release(*mut View);
    PyCFunction_NewEx(*const Method, Object, Object) -> Object;
    PyCapsule_GetPointer(Object, *const c_char) -> *mut c_void;
    PyCapsule_New(*mut c_void, *const c_char, Option<unsafe extern "C" fn(Object)>) -> Object;
    PyComplex_FromDoubles(c_double, c_double) -> Object;
    PyComplex_ImagAsDouble(Object) -> c_double;
    PyComplex_RealAsDouble(Object) -> c_double;
    PyDict_New() -> Object;
    PyDict_SetItem(Object, Object, Object) -> c_int;
    PyDict_Update(Object, Object) -> c_int;
    PyFloat_AsDouble(Object) -> c_double;
    PyFloat_FromDouble(c_double) -> Object;
    PyImport_ExecCodeModule(*const c_char, Object) -> Object;
    PyImport_GetModule(Object) -> Object;
    PyImport_Import(Object) -> Object;
    PyIter_Next(Object) -> Object;
    PyList_Append(Object, Object) -> c_int;
    PyList_GetItem(Object, isize) -> Object;
    PyList_New(isize) -> Object;
    PyList_SetItem(Object, isize, Object) -> c_int;
    PyList_Size(Object) -> isize;
    PyLong_AsLongLongAndOverflow(Object, *mut c_int) -> c_longlong;
    PyLong_AsUnsignedLongLong(Object) -> c_ulonglong;
    PyLong_FromLongLong(c_longlong) -> Object;
    PyLong_FromUnsignedLongLong(c_ulonglong) -> Object;
    PyNumber_Absolute(Object) -> Object;
    PyNumber_Add(Object, Object) -> Object;
    PyNumber_And(Object, Object) -> Object;
    PyNumber_Float(Object) -> Object;
    PyNumber_FloorDivide(Object, Object) -> Object;
    PyNumber_InPlaceAdd(Object, Object) -> Object;
    PyNumber_InPlaceAnd(Object, Object) -> Object;
    PyNumber_InPlaceFloorDivide(Object, Object) -> Object;
    PyNumber_InPlaceLshift(Object, Object) -> Object;
    PyNumber_InPlaceMatrixMultiply(Object, Object) -> Object;
    PyNumber_InPlaceMultiply(Object, Object) -> Object;
    PyNumber_InPlaceOr(Object, Object) -> Object;
    PyNumber_InPlacePower(Object, Object, Object) -> Object;
    PyNumber_InPlaceRemainder(Object, Object) -> Object;
    PyNumber_InPlaceRshift(Object, Object) -> Object;
    PyNumber_InPlaceSubtract(Object, Object) -> Object;
    PyNumber_InPlaceTrueDivide(Object, Object) -> Object;
    PyNumber_InPlaceXor(Object, Object) -> Object;
    PyNumber_Invert(Object) -> Object;
    PyNumber_Long(Object) -> Object;
    PyNumber_Lshift(Object, Object) -> Object;
    PyNumber_MatrixMultiply(Object, Object) -> Object;
    PyNumber_Multiply(Object, Object) -> Object;
    PyNumber_Negative(Object) -> Object;
    PyNumber_Or(Object, Object) -> Object;
    PyNumber_Positive(Object) -> Object;
    PyNumber_Power(Object, Object, Object) -> Object;
    PyNumber_Remainder(Object, Object) -> Object;
    PyNumber_Rshift(Object, Object) -> Object;
    PyNumber_Subtract(Object, Object) -> Object;
    PyNumber_TrueDivide(Object, Object) -> Object;
    PyNumber_Xor(Object, Object) -> Object;
    PyObject_Call(Object, Object, Object) -> Object;
    PyObject_CheckBuffer(Object) -> c_int;
    PyObject_DelItem(Object, Object) -> c_int;
    PyObject_Format(Object, Object) -> Object;
    PyObject_GetAttr(Object, Object) -> Object;
    PyObject_GetAttrString(Object, *const c_char) -> Object;
    PyObject_GetBuffer(Object, *mut View, c_int) -> c_int;
    PyObject_GetItem(Object, Object) -> Object;
    PyObject_GetIter(Object) -> Object;
    PyObject_IsSubclass(Object, Object) -> c_int;
    PyObject_IsTrue(Object) -> c_int;
    PyObject_Repr(Object) -> Object;
    PyObject_RichCompare(Object, Object, c_int) -> Object;
    PyObject_SetAttr(Object, Object, Object) -> c_int;
    PyObject_SetItem(Object, Object, Object) -> c_int;
    PyObject_Size(Object) -> isize;
    PyObject_Str(Object) -> Object;
    PyObject_Type(Object) -> Object;
    PyObject_Vectorcall(Object, *const Object, usize, Object) -> Object;
    Py_CompileString(*const c_char, *const c_char, c_int) -> Object;
    PySequence_Contains(Object, Object) -> c_int;
    PySequence_List(Object) -> Object;
    PySequence_Tuple(Object) -> Object;
    PySlice_New(Object, Object, Object) -> Object;
    PyTuple_GetItem(Object, isize) -> Object;
    PyTuple_New(isize) -> Object;
    PyTuple_SetItem(Object, isize, Object) -> c_int;
    PyTuple_Size(Object) -> isize;
    PyUnicode_AsUTF8AndSize(Object, *mut isize) -> *const c_char;
    PyUnicode_FromStringAndSize(*const c_char, isize) -> Object;
    PyUnicode_InternInPlace(*mut Object);
}

impl Api {
    /// What a place of compiled code holds.
    ///
    /// # Safety
    /// `place` must point to an object, or to null for `None`.
    pub unsafe fn object(&self, place: *const Object) -> Object {
        // SAFETY: the caller vouches for the place.
        let object = unsafe { *place };
        if object.is_null() { self.none } else { object }
    }

    /// A new reference to the same object.
    ///
    /// # Safety
    /// `object` must be live, and the GIL held.
    pub unsafe fn share(&self, object: Object) -> Object {
        // SAFETY: the caller vouches for the object.
        unsafe { (self.Py_IncRef)(object) };
        object
    }

    /// A `str`; null with an error where there is no memory.
    pub fn text(&self, text: &str) -> Object {
        // SAFETY: the bytes are UTF-8 of that length.
        unsafe { (self.PyUnicode_FromStringAndSize)(text.as_ptr().cast(), text.len() as isize) }
    }

    /// A `str` that names an attribute or a keyword, as the interpreter keeps them.
    pub fn name(&self, text: &str) -> Object {
        let mut name = self.text(text);
        if !name.is_null() {
            // SAFETY: the reference is ours, and is replaced by another.
            unsafe { (self.PyUnicode_InternInPlace)(&raw mut name) };
        }
        name
    }

    /// The characters of a `str`, which must outlive the result; `None` with an error for one that is no UTF-8.
    ///
    /// # Safety
    /// `object` must be a live `str`, and the GIL held.
    pub unsafe fn characters<'a>(&self, object: Object) -> Option<&'a str> {
        let mut len = 0;
        // SAFETY: the caller vouches for the object, which keeps the bytes.
        unsafe {
            let bytes = (self.PyUnicode_AsUTF8AndSize)(object, &raw mut len);
            if bytes.is_null() {
                return None;
            }
            let bytes = std::slice::from_raw_parts(bytes.cast::<u8>(), len as usize);
            std::str::from_utf8(bytes).ok()
        }
    }

    /// An attribute of an object; null with an error where it has none.
    ///
    /// # Safety
    /// `object` must be live, and the GIL held.
    pub unsafe fn attribute(&self, object: Object, name: &CStr) -> Object {
        // SAFETY: the caller vouches for the object.
        unsafe { (self.PyObject_GetAttrString)(object, name.as_ptr()) }
    }

    /// One of Python's exceptions, which live as long as the interpreter.
    pub fn exception(&self, name: &CStr) -> Object {
        let place = (self.lookup)(self.library.0, name).cast::<Object>();
        // SAFETY: the variables of these names point to classes.
        unsafe { if place.is_null() { self.none } else { *place } }
    }

    /// Makes an exception the error of the interpreter; null.
    ///
    /// # Safety
    /// The GIL must be held.
    pub unsafe fn refuse(&'static self, class: &CStr, text: &str) -> Object {
        if let Some(text) = super::Owned::new(self, self.text(text)) {
            // SAFETY: both objects are live.
            unsafe { (self.PyErr_SetObject)(self.exception(class), text.object) };
        }
        std::ptr::null_mut()
    }

    /// Imports a module by its whole name.
    ///
    /// # Safety
    /// The GIL must be held.
    pub unsafe fn import(&'static self, name: &str) -> Object {
        let Some(name) = super::Owned::new(self, self.text(name)) else {
            return std::ptr::null_mut();
        };
        // SAFETY: the name is a live `str`.
        unsafe { (self.PyImport_Import)(name.object) }
    }
}
