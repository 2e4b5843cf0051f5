//! Structs of compiled code as Python types: an object holds a value in a cell, or a part of another object's value.

use std::ffi::c_void;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use mlc_runtime::boxes::{mlc_rt_box_free, mlc_rt_box_new};
use pyo3::exceptions::{PyBufferError, PyMemoryError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::call::Entry;
use crate::drop::{copy_value, drop_value};
use crate::layout::{Layout, Type, aggregate};
use crate::load;
use crate::scalar::{Scalar, type_name};
use crate::store::{Held, Target};

/// A struct type of compiled code.
pub struct Class {
    pub name: String,
    pub fields: Vec<Field>,
    pub layout: Layout,
    /// Where a value with a destructor tells that it is whole, so that destroying it calls that.
    armed: Option<usize>,
    destructor: OnceLock<Destructor>,
    /// The Python type, once it is made.
    python: PyOnceLock<Py<PyType>>,
}

#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub offset: usize,
}

/// The entry of a `__del__`, which takes a cell over.
#[derive(Clone, Copy, Debug)]
pub struct Destructor(pub Entry);

impl Destructor {
    /// # Safety
    /// `cell` must hold a value of the struct; both are gone afterwards.
    pub unsafe fn call(self, cell: *mut c_void) {
        let (mut cell, mut status) = (cell, 0i32);
        // A status has a slot of its own behind the argument; a destructor that does not raise has none and ignores it.
        let mut slots: [*mut c_void; 2] = [(&raw mut cell).cast(), (&raw mut status).cast()];
        mlc_runtime::destructor::mlc_rt_destructor_enter();
        // SAFETY: the entry takes one cell, by the caller's word.
        unsafe { (self.0)(slots.as_mut_ptr()) };
        // SAFETY: the text has this length.
        unsafe { mlc_runtime::destructor::mlc_rt_destructor_leave(c"__del__".as_ptr(), 7) };
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Class").field(&self.name).finish()
    }
}

impl Class {
    pub fn new(name: String, fields: Vec<(String, Type)>, has_destructor: bool) -> Class {
        // As compiled code lays it out: whether it is armed lies behind the fields.
        let flag = has_destructor.then_some(&Type::Scalar(Scalar::Bool));
        let (mut offsets, layout) = aggregate(fields.iter().map(|(_, ty)| ty).chain(flag));
        let armed = flag.and_then(|_| offsets.pop());
        let field = |((name, ty), offset)| Field { name, ty, offset };
        Class {
            name,
            fields: fields.into_iter().zip(offsets).map(field).collect(),
            layout,
            armed,
            destructor: OnceLock::new(),
            python: PyOnceLock::new(),
        }
    }

    pub fn has_destructor(&self) -> bool {
        self.armed.is_some()
    }

    /// What destroying the value at `place` calls.
    ///
    /// # Safety
    /// A value of the class must lie at `place`.
    pub unsafe fn destructor_of(&self, place: *const u8) -> Option<Destructor> {
        let armed = self.armed?;
        // SAFETY: the flag lies within the value.
        let armed = unsafe { place.add(armed).read() } != 0;
        self.destructor.get().copied().filter(|_| armed)
    }

    /// Says that the value at `place` is whole.
    ///
    /// # Safety
    /// A value of the class must lie at `place`.
    pub unsafe fn arm(&self, place: *mut u8) {
        if let Some(armed) = self.armed {
            // SAFETY: the flag lies within the value.
            unsafe { place.add(armed).write(1) };
        }
    }

    /// Says how values are destroyed that have a `__del__`.
    pub fn set_destructor(&self, destructor: Destructor) {
        // A struct has one `__del__`.
        let _ = self.destructor.set(destructor);
    }

    pub fn set_python(&self, py: Python<'_>, ty: Bound<'_, PyType>) {
        // A struct has one type.
        let _ = self.python.set(py, ty.unbind());
    }
}

/// The memory of a struct that Python holds: one cell, shared by the object and by what refers to its parts.
#[derive(Debug)]
pub struct Storage {
    class: Arc<Class>,
    cell: *mut u8,
    /// How many arrays of Python's look into the memory of its lists and arrays.
    views: AtomicUsize,
}

// SAFETY: the cell is this object's; Python's threads order what they do to it, as with every object.
unsafe impl Send for Storage {}
// SAFETY: as for `Send`.
unsafe impl Sync for Storage {}

impl Drop for Storage {
    fn drop(&mut self) {
        // SAFETY: the cell holds a value of the class, which nobody refers to any more.
        unsafe {
            match self.class.destructor_of(self.cell) {
                Some(destructor) => destructor.call(self.cell.cast()),
                None => {
                    drop_value(&Type::Struct(self.class.clone()), self.cell);
                    mlc_rt_box_free(self.cell.cast());
                }
            }
        }
    }
}

/// A view into the memory of a struct; while there is one, nothing may move that memory.
pub struct View(Arc<Storage>);

impl View {
    fn new(storage: Arc<Storage>) -> View {
        storage.views.fetch_add(1, Ordering::Relaxed);
        View(storage)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.0.views.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What every struct's Python type is a subclass of.
#[pyclass(frozen, subclass, module = "mlc")]
pub struct Struct {
    class: Arc<Class>,
    storage: Arc<Storage>,
    /// The value: the whole of the storage, or a field of it.
    place: *mut u8,
}

// SAFETY: as for `Storage`, to whose memory the pointer leads.
unsafe impl Send for Struct {}
// SAFETY: as for `Send`.
unsafe impl Sync for Struct {}

/// A value on its way into an object; Python code cannot make one.
#[pyclass(frozen, module = "mlc")]
struct Payload {
    class: Arc<Class>,
    storage: Arc<Storage>,
    place: *mut u8,
}

// SAFETY: as for `Struct`.
unsafe impl Send for Payload {}
// SAFETY: as for `Struct`.
unsafe impl Sync for Payload {}

#[pymethods]
impl Struct {
    #[new]
    fn new(payload: &Bound<'_, Payload>) -> Struct {
        let payload = payload.get();
        Struct {
            class: payload.class.clone(),
            storage: payload.storage.clone(),
            place: payload.place,
        }
    }

    /// The value of a field: a number or text as it is, what lies in memory as a live reference.
    fn _get<'py>(&self, py: Python<'py>, field: usize) -> PyResult<Bound<'py, PyAny>> {
        let field = &self.class.fields[field];
        let place = self.place.wrapping_add(field.offset);
        match &field.ty {
            Type::Struct(class) => object(py, class, self.storage.clone(), place),
            Type::List(elem) if matches!(**elem, Type::Scalar(_)) => {
                let view = View::new(self.storage.clone());
                // SAFETY: a value of this type lies there as long as the view holds the storage.
                unsafe { load::view(py, &field.ty, place, view) }
            }
            Type::Array { .. } => {
                let view = View::new(self.storage.clone());
                // SAFETY: as above.
                unsafe { load::view(py, &field.ty, place, view) }
            }
            // SAFETY: as above; `copied` leaves it where it is.
            ty => unsafe { load::copied(py, ty, place) },
        }
    }

    fn _set(slf: &Bound<'_, Self>, field: usize, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let this = slf.get();
        let field = &this.class.fields[field];
        let place = this.place.wrapping_add(field.offset);
        let named = |error: PyErr| {
            let text = format!(
                "{}.{}: {}",
                this.class.name,
                field.name,
                error.value(slf.py())
            );
            PyErr::from_type(error.get_type(slf.py()), text)
        };
        if !matches!(field.ty, Type::Scalar(_) | Type::Str) {
            this.check_views().map_err(named)?;
        }
        let mut held = Held::default();
        let room = held.room(field.ty.size());
        let target = Target {
            parameter: 0,
            access: mlc_interface::Access::Owned,
            returned: false,
        };
        if let Err(error) = held.fill(target, &field.ty, value, room) {
            // SAFETY: what was made of the value so far lies there.
            unsafe { drop_value(&field.ty, room) };
            return Err(named(error));
        }
        // SAFETY: both places hold a value of the field's type; the old one is destroyed, the new one moves in.
        unsafe {
            let size = field.ty.size();
            let mut old = vec![0u64; size.div_ceil(8) + 1];
            let old = old.as_mut_ptr().cast::<u8>();
            old.copy_from_nonoverlapping(place, size);
            place.copy_from_nonoverlapping(room, size);
            drop_value(&field.ty, old);
        }
        Ok(())
    }

    /// A deep copy.
    fn _copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.class.has_destructor() {
            return Err(PyTypeError::new_err(format!(
                "a `{}` has a `__del__`, so it cannot be copied",
                self.class.name
            )));
        }
        let ty = Type::Struct(self.class.clone());
        let cell = new_cell(&self.class)?;
        // SAFETY: a value of the class lies at `place` and zeroed room at `cell`, which the new object takes over.
        unsafe {
            if !copy_value(&ty, self.place, cell) {
                drop_value(&ty, cell);
                mlc_rt_box_free(cell.cast());
                return Err(PyMemoryError::new_err("no memory for the copy"));
            }
            adopt(py, &self.class, cell)
        }
    }
}

impl Struct {
    fn check_views(&self) -> PyResult<()> {
        if self.storage.views.load(Ordering::Relaxed) == 0 {
            return Ok(());
        }
        Err(PyBufferError::new_err(format!(
            "an array still refers to the memory of this `{}`, which may move; delete the array or copy it",
            self.class.name
        )))
    }
}

/// Zeroed room for a value of the class, in a cell.
pub fn new_cell(class: &Class) -> PyResult<*mut u8> {
    let cell = mlc_rt_box_new(class.layout.size as i64).cast::<u8>();
    if cell.is_null() {
        return Err(PyMemoryError::new_err("no memory for a struct"));
    }
    // SAFETY: the cell has this size.
    unsafe { cell.write_bytes(0, class.layout.size) };
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
    let storage = Arc::new(Storage {
        class: class.clone(),
        cell,
        views: AtomicUsize::new(0),
    });
    object(py, class, storage, cell)
}

/// The object over a value that lies at `place` in `storage`.
pub fn object<'py>(
    py: Python<'py>,
    class: &Arc<Class>,
    storage: Arc<Storage>,
    place: *mut u8,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(ty) = class.python.get(py) else {
        return Err(PyTypeError::new_err(format!(
            "`{}` has no type in Python",
            class.name
        )));
    };
    let payload = Payload {
        class: class.clone(),
        storage,
        place,
    };
    // The type's own `__new__` is its constructor.
    py.get_type::<Struct>()
        .call_method1("__new__", (ty, Bound::new(py, payload)?))
}

/// The value of an argument that must be an object of this class, and what keeps it alive.
pub fn borrow(
    class: &Arc<Class>,
    value: &Bound<'_, PyAny>,
    writes: bool,
) -> PyResult<(*mut u8, Arc<Storage>)> {
    let found = value
        .cast::<Struct>()
        .ok()
        .filter(|found| Arc::ptr_eq(&found.get().class, class));
    let Some(found) = found else {
        return Err(PyTypeError::new_err(format!(
            "expected a {}, found {}",
            class.name,
            type_name(value)
        )));
    };
    let found = found.get();
    if writes {
        found.check_views()?;
    }
    Ok((found.place, found.storage.clone()))
}

/// The storage behind an object, if it is one of a struct.
pub fn storage_of(value: &Bound<'_, PyAny>) -> Option<Arc<Storage>> {
    let found = value.cast::<Struct>().ok()?;
    Some(found.get().storage.clone())
}

/// A view into the storage of `value`, which must be an object of a struct.
pub fn view_of(value: &Bound<'_, PyAny>) -> Option<View> {
    storage_of(value).map(View::new)
}
