//! Structs of compiled code as Python types: an object holds a value in a cell, or a part of another object's value.

use std::ffi::c_void;
use std::fmt;
use std::sync::{Arc, OnceLock};

use mlc_runtime::boxes::mlc_rt_box_new;
use mlc_runtime::python::{Giver, Object};
use pyo3::exceptions::{PyMemoryError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

use crate::call::Entry;
use crate::error::with_prefix;
use crate::in_use::{self, Global};
use crate::layout::{Layout, Type, aggregate};
use crate::place::{Place, Storage, check_copyable};
use crate::scalar::{Scalar, type_name};

/// A struct type of compiled code.
pub struct Class {
    pub name: String,
    has_destructor: bool,
    /// Set once all classes of the module are made: a struct may hold lists of itself.
    body: OnceLock<Body>,
    destructor: OnceLock<Destructor>,
    /// The Python type, once it is made.
    python: PyOnceLock<Py<PyType>>,
}

/// What a value of a class is made of.
#[derive(Debug)]
struct Body {
    fields: Vec<Field>,
    layout: Layout,
    /// Where a value with a destructor tells that it is whole, so that destroying it calls that.
    armed: Option<usize>,
    /// Whether it, or a struct within it, holds itself; looked at once all classes are defined.
    is_recursive: OnceLock<bool>,
}

/// That of a class which is not defined.
static NOTHING: Body = Body {
    fields: Vec::new(),
    layout: Layout { size: 0, align: 1 },
    armed: None,
    is_recursive: OnceLock::new(),
};

#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub offset: usize,
}

/// The entry of a `__del__`, which takes a cell over.
pub struct Destructor {
    pub entry: Entry,
    pub globals: Vec<Global>,
    /// Whether it calls no Python.
    pub ends: bool,
}

impl Destructor {
    /// # Safety
    /// `cell` must hold a value of the struct; both are gone afterwards.
    pub unsafe fn call(&self, cell: *mut c_void) {
        let uses = match in_use::of_globals(&self.globals, self.ends) {
            Ok(uses) => uses,
            Err(error) => {
                // What the call around this uses cannot be changed under it: the value is leaked.
                return Python::attach(|py| error.write_unraisable(py, None));
            }
        };
        let (mut cell, mut status) = (cell, 0i32);
        // A status has a slot of its own behind the argument; a destructor that does not raise has none and ignores it.
        let mut slots: [*mut c_void; 2] = [(&raw mut cell).cast(), (&raw mut status).cast()];
        mlc_runtime::destructor::mlc_rt_destructor_enter();
        // SAFETY: the entry takes one cell, by the caller's word.
        unsafe { (self.entry)(slots.as_mut_ptr()) };
        // SAFETY: the text has this length.
        unsafe { mlc_runtime::destructor::mlc_rt_destructor_leave(c"__del__".as_ptr(), 7) };
        drop(uses);
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Class").field(&self.name).finish()
    }
}

impl Class {
    /// One that is yet to be [defined](Class::define).
    pub fn new(name: String, has_destructor: bool) -> Class {
        Class {
            name,
            has_destructor,
            body: OnceLock::new(),
            destructor: OnceLock::new(),
            python: PyOnceLock::new(),
        }
    }

    /// Says what its values are made of. The structs that lie in them must be defined, those in their lists need not.
    pub fn define(&self, fields: Vec<(String, Type)>) {
        // As compiled code lays it out: whether it is armed lies behind the fields.
        let flag = (self.has_destructor).then_some(&Type::Scalar(Scalar::Bool));
        let (mut offsets, layout) = aggregate(fields.iter().map(|(_, ty)| ty).chain(flag));
        let armed = flag.and_then(|_| offsets.pop());
        let field = |((name, ty), offset)| Field { name, ty, offset };
        // Nobody defines a class twice.
        let _ = self.body.set(Body {
            fields: fields.into_iter().zip(offsets).map(field).collect(),
            layout,
            armed,
            is_recursive: OnceLock::new(),
        });
    }

    pub fn is_defined(&self) -> bool {
        self.body.get().is_some()
    }

    fn body(&self) -> &Body {
        self.body.get().unwrap_or(&NOTHING)
    }

    pub fn fields(&self) -> &[Field] {
        &self.body().fields
    }

    /// The type of the items, where it is what compiled code has for a tuple whose length is known at run time: no program's own
    /// struct is called `(T, ...)`.
    pub fn items_of_tuple(&self) -> Option<&Type> {
        match self.fields() {
            [
                Field {
                    ty: Type::List(elem),
                    ..
                },
            ] if self.name.starts_with('(') => Some(elem),
            _ => None,
        }
    }

    pub fn layout(&self) -> Layout {
        self.body().layout
    }

    /// Whether values may lie within each other to any depth.
    pub fn is_recursive(&self) -> bool {
        let found = || self.leads_to_a_circle(&mut Vec::new(), &mut Vec::new());
        *self.body().is_recursive.get_or_init(found)
    }

    /// Whether a struct is met again among those in the fields: `around` are those on the way, `clear` those that lead to none.
    fn leads_to_a_circle(
        &self,
        around: &mut Vec<*const Class>,
        clear: &mut Vec<*const Class>,
    ) -> bool {
        let here: *const Class = self;
        if around.contains(&here) {
            return true;
        }
        if clear.contains(&here) {
            return false;
        }
        around.push(here);
        let mut structs = Vec::new();
        for field in self.fields() {
            field.ty.structs(&mut structs);
        }
        let mut structs = structs.into_iter();
        if structs.any(|class| class.leads_to_a_circle(around, clear)) {
            return true;
        }
        around.pop();
        clear.push(here);
        false
    }

    pub fn has_destructor(&self) -> bool {
        self.has_destructor
    }

    /// What destroying the value at `place` calls.
    ///
    /// # Safety
    /// A value of the class must lie at `place`.
    pub unsafe fn destructor_of(&self, place: *const u8) -> Option<&Destructor> {
        let armed = self.body().armed?;
        // SAFETY: the flag lies within the value.
        let armed = unsafe { place.add(armed).read() } != 0;
        self.destructor.get().filter(|_| armed)
    }

    /// Says that the value at `place` is whole.
    ///
    /// # Safety
    /// A value of the class must lie at `place`.
    pub unsafe fn arm(&self, place: *mut u8) {
        if let Some(armed) = self.body().armed {
            // SAFETY: the flag lies within the value.
            unsafe { place.add(armed).write(1) };
        }
    }

    /// Says how values are destroyed that have a `__del__`.
    pub fn set_destructor(&self, destructor: Destructor) {
        // A struct has one `__del__`.
        let _ = self.destructor.set(destructor);
    }

    /// The Python type, where it is made.
    pub fn python<'py>(&self, py: Python<'py>) -> Option<&Bound<'py, PyType>> {
        self.python.get(py).map(|ty| ty.bind(py))
    }

    pub fn set_python(&self, py: Python<'_>, ty: Bound<'_, PyType>) {
        // A struct has one type.
        let _ = self.python.set(py, ty.unbind());
    }
}

/// What every struct's Python type is a subclass of.
#[pyclass(frozen, subclass, module = "mlc")]
pub struct Struct {
    class: Arc<Class>,
    place: Place,
}

/// A value on its way into an object; Python code cannot make one.
#[pyclass(frozen, module = "mlc")]
struct Payload {
    class: Arc<Class>,
    place: Place,
}

/// Tells compiled code, by the word that it has for a struct, how values become objects.
///
/// # Safety
/// `word` must be that word, which stays as long as the code; no code may use the word afterwards if it goes.
pub unsafe fn tell(class: &Arc<Class>, word: *mut c_void) {
    let giver = Giver {
        give,
        class: Arc::into_raw(class.clone()).cast(),
    };
    // Code may ask as long as the process lives, since an object of Python can keep it; this is told once for each module.
    let giver: *const Giver = Box::leak(Box::new(giver));
    // SAFETY: the caller vouches for the word.
    unsafe { word.cast::<*const Giver>().write(giver) };
}

/// A new object that gets the value at `place`, which holds zeros afterwards; null with an exception set.
unsafe extern "C" fn give(giver: *const Giver, place: *mut u8) -> Object {
    Python::attach(|py| {
        // SAFETY: `tell` made the giver of a class, of which it keeps a reference; a value of that lies at `place`, and moves.
        let made = unsafe {
            let class = (*giver).class.cast::<Class>();
            Arc::increment_strong_count(class);
            let class = Arc::from_raw(class);
            new_cell(&class).and_then(|cell| {
                let size = class.layout().size;
                cell.copy_from_nonoverlapping(place, size);
                place.write_bytes(0, size);
                adopt(py, &class, cell)
            })
        };
        match made {
            Ok(object) => object.into_ptr().cast(),
            Err(error) => {
                error.restore(py);
                std::ptr::null_mut()
            }
        }
    })
}

/// The class of a Python type, as an attribute of that.
#[pyclass(frozen, module = "mlc")]
pub struct Handle(pub Arc<Class>);

/// The class of a struct's type; `None` for any other object.
pub fn class_of(ty: &Bound<'_, PyAny>) -> Option<Arc<Class>> {
    let handle = ty.getattr_opt("_class").ok().flatten()?;
    Some(handle.cast::<Handle>().ok()?.get().0.clone())
}

#[pymethods]
impl Struct {
    #[new]
    fn new(payload: &Bound<'_, Payload>) -> Struct {
        let payload = payload.get();
        Struct {
            class: payload.class.clone(),
            place: payload.place.clone(),
        }
    }

    /// The value of a field: a number or text as it is, what lies in memory as a live reference.
    fn _get<'py>(&self, py: Python<'py>, field: usize) -> PyResult<Bound<'py, PyAny>> {
        let field = &self.class.fields()[field];
        self.place.inside(field.offset).load(py, &field.ty)
    }

    fn _set(&self, field: usize, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let field = &self.class.fields()[field];
        let stored = self.place.inside(field.offset).store(&field.ty, value);
        stored.map_err(|error| {
            let name = format!("{}.{}", self.class.name, field.name);
            with_prefix(value.py(), &name, error)
        })
    }

    /// Copies of the fields, which refer to nothing.
    fn _values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        check_copyable(&Type::Struct(self.class.clone()))?;
        let fields = self.class.fields().iter();
        let values = fields.map(|field| self.place.inside(field.offset).copied(py, &field.ty));
        PyTuple::new(py, values.collect::<PyResult<Vec<_>>>()?)
    }

    /// A deep copy.
    fn _copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.place.copied(py, &Type::Struct(self.class.clone()))
    }
}

/// Zeroed room for a value of the class, in a cell.
pub fn new_cell(class: &Class) -> PyResult<*mut u8> {
    let cell = mlc_rt_box_new(class.layout().size as i64).cast::<u8>();
    if cell.is_null() {
        return Err(PyMemoryError::new_err("no memory for a struct"));
    }
    // SAFETY: the cell has this size.
    unsafe { cell.write_bytes(0, class.layout().size) };
    Ok(cell)
}

/// The object over a cell, which it takes over.
///
/// # Safety
/// `cell` must hold a value of the class, and be the caller's.
pub unsafe fn adopt<'py>(
    py: Python<'py>,
    class: &Arc<Class>,
    cell: *mut u8,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the caller vouches for the cell.
    let storage = unsafe { Storage::of_cell(class, cell) };
    object(py, class, Place::whole(storage))
}

/// The object over a value that lies at `place`.
pub fn object<'py>(
    py: Python<'py>,
    class: &Arc<Class>,
    place: Place,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(ty) = class.python(py) else {
        return Err(PyTypeError::new_err(format!(
            "`{}` has no type in Python",
            class.name
        )));
    };
    let payload = Payload {
        class: class.clone(),
        place,
    };
    // The type's own `__new__` is its constructor.
    py.get_type::<Struct>()
        .call_method1("__new__", (ty, Bound::new(py, payload)?))
}

/// The place of an argument that must be an object of this class.
pub fn place_of(class: &Arc<Class>, value: &Bound<'_, PyAny>) -> PyResult<Place> {
    let found = value
        .cast::<Struct>()
        .ok()
        .filter(|found| Arc::ptr_eq(&found.get().class, class));
    match found {
        Some(found) => Ok(found.get().place.clone()),
        None => Err(PyTypeError::new_err(format!(
            "expected a {}, found {}",
            class.name,
            type_name(value)
        ))),
    }
}

/// The place and the size of the value behind an object, if it is one of a struct.
pub fn place_of_any(value: &Bound<'_, PyAny>) -> Option<(Place, usize)> {
    let found = value.cast::<Struct>().ok()?;
    let found = found.get();
    Some((found.place.clone(), found.class.layout().size))
}
