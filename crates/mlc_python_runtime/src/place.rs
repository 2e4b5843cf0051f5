//! Where a value lies that Python refers to: in the memory of an object or of a module, by the way that leads there.
//!
//! The way is walked each time, so that a reference to an item of a list stays right when the list moves, and notices when the item is
//! gone. Arrays of Python's hold addresses instead; while there are any, nothing may move what they look into.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::fmt;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use mlc_runtime::boxes::mlc_rt_box_free;
use pyo3::exceptions::{PyBufferError, PyIndexError, PyMemoryError, PyReferenceError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::class::{self, Class};
use crate::drop::{copy_value, drop_value};
use crate::function::Code;
use crate::in_use::{InUse, waits};
use crate::layout::{ListHeader, Type, aggregate};
use crate::load;
use crate::overlap::Range;
use crate::sequence;
use crate::store::{Held, Target};

/// Memory that holds a value, shared by all that refers to its parts.
pub struct Storage {
    start: *mut u8,
    keeps: Keeps,
    /// How many arrays of Python's look into the memory of its lists and arrays.
    views: Arc<AtomicUsize>,
    used: InUse,
}

enum Keeps {
    /// A cell with a value of the class, which ends with this storage.
    Cell(Arc<Class>),
    /// A top-level variable of a module, whose code is kept loaded.
    Module { name: String, _code: Code },
}

// SAFETY: the memory is this object's, or the module's; Python's threads order what they do to it, as with every object.
unsafe impl Send for Storage {}
// SAFETY: as for `Send`.
unsafe impl Sync for Storage {}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Storage").field(&self.start).finish()
    }
}

/// The storages of top-level variables, by their addresses.
static KNOWN: Mutex<BTreeMap<usize, Weak<Storage>>> = Mutex::new(BTreeMap::new());

impl Storage {
    /// # Safety
    /// `cell` must hold a value of the class, and be the caller's.
    pub unsafe fn of_cell(class: &Arc<Class>, cell: *mut u8) -> Arc<Storage> {
        Arc::new(Storage {
            start: cell,
            keeps: Keeps::Cell(class.clone()),
            views: Arc::default(),
            used: InUse::default(),
        })
    }

    /// The memory of a top-level variable, one storage for all who use it; `views` counts for everybody who looks into it.
    ///
    /// # Safety
    /// The variable must lie at `start` as long as `code` lives.
    pub unsafe fn of_variable(
        name: &str,
        start: *mut c_void,
        views: Arc<AtomicUsize>,
        code: Code,
    ) -> Arc<Storage> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(storage) = known.get(&start.addr()).and_then(Weak::upgrade) {
            return storage;
        }
        known.retain(|_, storage| storage.strong_count() > 0);
        let storage = Storage::of_module(name, start, views, code);
        known.insert(start.addr(), Arc::downgrade(&storage));
        storage
    }

    /// That of the top-level variable at an address, if a module has it.
    pub fn known(address: usize) -> Option<Arc<Storage>> {
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&address).and_then(Weak::upgrade)
    }

    /// A top-level variable that no object of Python refers to.
    pub fn of_hidden(name: &str, code: Code) -> Arc<Storage> {
        Storage::of_module(name, null_mut(), Arc::default(), code)
    }

    fn of_module(
        name: &str,
        start: *mut c_void,
        views: Arc<AtomicUsize>,
        code: Code,
    ) -> Arc<Storage> {
        Arc::new(Storage {
            start: start.cast(),
            keeps: Keeps::Module {
                name: name.to_owned(),
                _code: code,
            },
            views,
            used: InUse::default(),
        })
    }

    /// The whole of a value of this size, which lies at the start.
    pub fn range(&self, size: usize, writes: bool) -> Range {
        Range::new(0, self.start.addr(), size, writes)
    }

    /// An error if an array of Python's looks into this memory, which is about to move.
    pub fn check_views(&self) -> PyResult<()> {
        if self.views.load(Ordering::Acquire) == 0 {
            return Ok(());
        }
        Err(in_use(&self.name()))
    }

    /// How many arrays of Python's look into this memory.
    pub fn views(&self) -> &AtomicUsize {
        &self.views
    }

    /// What calls that run use of this memory.
    pub fn used(&self) -> &InUse {
        &self.used
    }

    /// Waits while a call that runs excludes this use, as [`InUse::check`] does.
    #[inline]
    pub fn check_use(&self, range: impl FnOnce() -> Range) -> PyResult<()> {
        self.used.check(range, || self.name())
    }

    /// The same for what is called back: calls around it, in its thread, do not count.
    pub fn check_use_within(&self, range: Range) -> PyResult<()> {
        self.used.check_within(range, || self.name())
    }

    /// In messages.
    fn name(&self) -> String {
        match &self.keeps {
            Keeps::Cell(class) => format!("this `{}`", class.name),
            Keeps::Module { name, .. } => format!("`{name}`"),
        }
    }
}

/// The error where the memory of `what` may move while an array looks into it.
pub fn in_use(what: &str) -> PyErr {
    PyBufferError::new_err(format!(
        "an array still refers to the memory of {what}, which may move; delete the array or copy it"
    ))
}

impl Drop for Storage {
    fn drop(&mut self) {
        let Keeps::Cell(class) = &self.keeps else {
            return;
        };
        // SAFETY: the cell holds a value of the class, which nobody refers to any more.
        unsafe {
            match class.destructor_of(self.start) {
                Some(destructor) => destructor.call(self.start.cast()),
                None => {
                    drop_value(&Type::Struct(class.clone()), self.start);
                    mlc_rt_box_free(self.start.cast());
                }
            }
        }
    }
}

/// A view into the memory of a storage; while there is one, nothing may move that memory.
pub struct View(Arc<Storage>);

impl View {
    pub fn new(storage: Arc<Storage>) -> View {
        storage.views.fetch_add(1, Ordering::AcqRel);
        View(storage)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.0.views.fetch_sub(1, Ordering::AcqRel);
    }
}

/// One step from a value to a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// So many bytes further on.
    Offset(usize),
    /// An item of a list; the size is that of one.
    Item { index: usize, size: usize },
    /// Behind the flag of an optional, which must be set.
    Some(usize),
}

/// The way from a storage to a value in it.
#[derive(Clone, Debug)]
pub struct Place {
    storage: Arc<Storage>,
    steps: Vec<Step>,
}

impl Place {
    /// The whole of a storage.
    pub fn whole(storage: Arc<Storage>) -> Place {
        Place {
            storage,
            steps: Vec::new(),
        }
    }

    pub fn storage(&self) -> &Arc<Storage> {
        &self.storage
    }

    /// A part of the value inline in it.
    pub fn inside(&self, offset: usize) -> Place {
        let mut place = self.clone();
        match place.steps.last_mut() {
            Some(Step::Offset(before)) => *before += offset,
            _ if offset == 0 => {}
            _ => place.steps.push(Step::Offset(offset)),
        }
        place
    }

    /// An item of the list that lies here.
    pub fn item(&self, index: usize, elem: &Type) -> Place {
        let mut place = self.clone();
        let size = elem.size();
        place.steps.push(Step::Item { index, size });
        place
    }

    /// What the optional that lies here holds.
    fn some(&self, offset: usize) -> Place {
        let mut place = self.clone();
        place.steps.push(Step::Some(offset));
        place
    }

    /// Where the value of `size` bytes lies now, which is only read.
    pub fn address(&self, size: usize) -> PyResult<*mut u8> {
        self.walk(size, false, |_| ())
    }

    /// The same for a number, or what else may change while others look at it, for nothing moves.
    fn address_of_number(&self) -> PyResult<*mut u8> {
        self.walk(0, false, |_| ())
    }

    /// The same, for a value that is written.
    pub fn address_to_write(&self, size: usize) -> PyResult<*mut u8> {
        self.walk(size, true, |_| ())
    }

    /// Where the value lies, once no call that runs excludes this. `through` gets the headers of the lists on the way, again after
    /// each wait.
    pub fn walk(
        &self,
        size: usize,
        writes: bool,
        mut through: impl FnMut(usize),
    ) -> PyResult<*mut u8> {
        loop {
            let before = waits();
            let found = self.walk_once(size, writes, &mut through)?;
            if waits() == before {
                return Ok(found);
            }
        }
    }

    fn walk_once(
        &self,
        size: usize,
        writes: bool,
        through: &mut impl FnMut(usize),
    ) -> PyResult<*mut u8> {
        let mut at = self.storage.start;
        for step in &self.steps {
            match *step {
                Step::Offset(offset) => at = at.wrapping_add(offset),
                Step::Item { index, size } => {
                    let header = at.addr();
                    (self.storage).check_use(|| Range::through(0, header, writes))?;
                    through(header);
                    // SAFETY: the way was made along the types, so a list's header lies here.
                    let header = unsafe { at.cast::<ListHeader>().read() };
                    if index >= header.len as usize {
                        return Err(PyIndexError::new_err(
                            "the list has become shorter: the item is gone",
                        ));
                    }
                    at = header.data.cast::<u8>().wrapping_add(index * size);
                }
                Step::Some(offset) => {
                    // SAFETY: as above, with the flag of an optional.
                    if unsafe { at.read() } == 0 {
                        return Err(PyReferenceError::new_err(
                            "the optional has become None: the value is gone",
                        ));
                    }
                    at = at.wrapping_add(offset);
                }
            }
        }
        (self.storage).check_use(|| Range::new(0, at.addr(), size, writes))?;
        Ok(at)
    }

    /// The object for the value of type `ty` that lies here: a number or text as it is, what lives in memory as a live reference.
    pub fn load<'py>(&self, py: Python<'py>, ty: &Type) -> PyResult<Bound<'py, PyAny>> {
        match ty {
            Type::Struct(class) if class.items_of_tuple().is_some() => {
                let address = self.address(ty.size())?;
                // SAFETY: a value of this type lies there.
                unsafe { load::copied(py, ty, address) }
            }
            Type::Struct(class) => class::object(py, class, self.clone()),
            Type::List(elem) if !matches!(**elem, Type::Scalar(_)) => {
                sequence::object(py, elem, self.clone())
            }
            Type::List(_) | Type::Array { .. } => {
                let address = self.address(ty.size())?;
                let view = View::new(self.storage.clone());
                // SAFETY: a value of this type lies there as long as the view holds the storage.
                unsafe { load::view(py, ty, address, view) }
            }
            Type::Tuple(items) if !items.is_empty() => {
                let parts = items.iter().zip(aggregate(items).0);
                let objects = parts.map(|(item, offset)| self.inside(offset).load(py, item));
                Ok(PyTuple::new(py, objects.collect::<PyResult<Vec<_>>>()?)?.into_any())
            }
            Type::Optional(of) => {
                // SAFETY: the flag of an optional lies there.
                if unsafe { self.address(ty.size())?.read() } == 0 {
                    return Ok(py.None().into_bound(py));
                }
                self.some(of.offset_behind_flag()).load(py, of)
            }
            Type::Scalar(_) => {
                let address = self.address_of_number()?;
                // SAFETY: a number of this type lies there.
                unsafe { load::copied(py, ty, address) }
            }
            Type::Str | Type::Object | Type::Tuple(_) => {
                let address = self.address(ty.size())?;
                // SAFETY: a value of this type lies there; `copied` leaves it.
                unsafe { load::copied(py, ty, address) }
            }
        }
    }

    /// A copy of the value of type `ty` that lies here, which refers to nothing.
    pub fn copied<'py>(&self, py: Python<'py>, ty: &Type) -> PyResult<Bound<'py, PyAny>> {
        check_copyable(ty)?;
        let address = self.address(ty.size())?;
        // SAFETY: a value of this type lies there; `copied` leaves it.
        unsafe { load::copied(py, ty, address) }
    }

    /// Puts a value of type `ty`, which is made of `value`, in the place of the one that lies here.
    pub fn store(&self, ty: &Type, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let made = Made::of(ty, value)?;
        // Making the value may have run any code, so the place is looked up now.
        let size = ty.size();
        // A number may change while calls read it: nothing moves.
        let moves = !matches!(ty, Type::Scalar(_));
        let address = match moves {
            true => self.address_to_write(size)?,
            false => self.address_of_number()?,
        };
        if moves && !matches!(ty, Type::Str) {
            self.storage.check_views()?;
        }
        let mut old = vec![0u64; size.div_ceil(8) + 1];
        let old = old.as_mut_ptr().cast::<u8>();
        // SAFETY: both places hold a value of the type; the old one is destroyed, the new one moves in.
        unsafe {
            old.copy_from_nonoverlapping(address, size);
            made.move_to(address);
            drop_value(ty, old);
        }
        Ok(())
    }
}

/// A value made of a Python object, destroyed unless it is moved on.
pub struct Made<'t> {
    ty: &'t Type,
    held: Held,
    room: *mut u8,
    moved: bool,
}

impl<'t> Made<'t> {
    pub fn of(ty: &'t Type, value: &Bound<'_, PyAny>) -> PyResult<Made<'t>> {
        // Nothing with a `__del__` is made here, so no empty value of such a struct is ever destroyed.
        check_copyable(ty)?;
        let mut held = Held::default();
        let room = held.room(ty.size());
        let mut made = Made {
            ty,
            held,
            room,
            moved: false,
        };
        let target = Target {
            parameter: 0,
            access: mlc_interface::Access::Owned,
            returned: false,
        };
        made.held.fill(target, ty, value, room)?;
        Ok(made)
    }

    /// # Safety
    /// `place` must have room for a value of the type; what lies there is not destroyed.
    pub unsafe fn move_to(mut self, place: *mut u8) {
        self.moved = true;
        // SAFETY: a value lies at `room`, which nobody looks at any more.
        unsafe { place.copy_from_nonoverlapping(self.room, self.ty.size()) };
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        if !self.moved {
            // SAFETY: the value, whole, half made or empty, lies in the room that `held` keeps.
            unsafe { drop_value(self.ty, self.room) };
        }
    }
}

/// An error where a value of the type cannot be copied, because it has a `__del__`.
pub fn check_copyable(ty: &Type) -> PyResult<()> {
    match with_destructor(ty, &mut Vec::new()) {
        None => Ok(()),
        Some(class) => Err(PyTypeError::new_err(format!(
            "a `{}` has a `__del__`, so it cannot be copied",
            class.name
        ))),
    }
}

/// The first struct in the type that has a destructor; `around` are those that were looked at.
fn with_destructor<'t>(ty: &'t Type, around: &mut Vec<*const Class>) -> Option<&'t Class> {
    match ty {
        Type::Struct(class) if class.has_destructor() => Some(class),
        Type::Struct(class) => {
            let seen = Arc::as_ptr(class);
            if around.contains(&seen) {
                return None;
            }
            around.push(seen);
            let mut fields = class.fields().iter();
            fields.find_map(|field| with_destructor(&field.ty, around))
        }
        Type::List(of) | Type::Optional(of) => with_destructor(of, around),
        Type::Tuple(items) => items.iter().find_map(|item| with_destructor(item, around)),
        Type::Scalar(_) | Type::Str | Type::Object | Type::Array { .. } => None,
    }
}

/// An error for what has no memory left.
pub fn no_memory() -> PyErr {
    PyMemoryError::new_err("no memory for the copy")
}

/// Copies the value at `from`, which must be copyable, to zeroed room at `to`.
///
/// # Safety
/// As for [`copy_value`].
pub unsafe fn copy_to(ty: &Type, from: *const u8, to: *mut u8) -> PyResult<()> {
    // SAFETY: the caller vouches for value and room.
    if unsafe { copy_value(ty, from, to) } {
        Ok(())
    } else {
        Err(no_memory())
    }
}
