//! A list of compiled code as Python refers to it: what lies in a field or variable, not a copy of it.

use std::sync::Arc;

use mlc_runtime::list::{List, mlc_rt_list_reserve};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use crate::drop::drop_value;
use crate::error;
use crate::layout::{ListHeader, Type};
use crate::load;
use crate::module;
use crate::place::{Made, Place, Storage, check_copyable};

/// What `mlc.List` is a subclass of.
#[pyclass(frozen, subclass, module = "mlc", name = "_List")]
pub struct Sequence {
    /// That of the list, not of its items.
    ty: Type,
    place: Place,
}

/// A list on its way into an object; Python code cannot make one.
#[pyclass(frozen, module = "mlc")]
struct Payload {
    ty: Type,
    place: Place,
}

#[pymethods]
impl Sequence {
    #[new]
    fn new(payload: &Bound<'_, Payload>) -> Sequence {
        let payload = payload.get();
        Sequence {
            ty: payload.ty.clone(),
            place: payload.place.clone(),
        }
    }

    fn __len__(&self) -> PyResult<usize> {
        Ok(self.header()?.len as usize)
    }

    fn _get<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        let index = self.index(index)?;
        self.place.item(index, self.elem()).load(py, self.elem())
    }

    fn _set(&self, index: isize, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let index = self.index(index)?;
        self.place
            .item(index, self.elem())
            .store(self.elem(), value)
    }

    /// Inserts as `list.insert` does.
    fn _insert(&self, index: isize, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let made = Made::of(self.elem(), value)?;
        let address = self.place.address_to_write(self.ty.size())?;
        self.place.storage().check_views()?;
        let len = self.header()?.len as usize;
        let size = self.elem().size();
        let index = match index {
            0.. => (index as usize).min(len),
            _ => len.saturating_sub(index.unsigned_abs()),
        };
        // SAFETY: a list's header lies there, which nothing else uses now; it has room for one more item then, and the items
        // from `index` on move up by one.
        unsafe {
            let list = address.cast::<List>();
            if mlc_rt_list_reserve(list, len as i64 + 1, size as i64) != 0 {
                return Err(error::take_pending(value.py(), "insert"));
            }
            let header = &mut *address.cast::<ListHeader>();
            let slot = header.data.cast::<u8>().add(index * size);
            slot.copy_to(slot.add(size), (len - index) * size);
            made.move_to(slot);
            header.len += 1;
        }
        Ok(())
    }

    /// Removes an item and returns it.
    fn _take<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        let address = self.place.address_to_write(self.ty.size())?;
        self.place.storage().check_views()?;
        let index = self.index(index)?;
        let size = self.elem().size();
        let mut room = vec![0u64; size.div_ceil(8).max(1)];
        let room = room.as_mut_ptr().cast::<u8>();
        // SAFETY: the item lies in the list's memory; it moves out, and those behind it move down by one.
        unsafe {
            let header = &mut *address.cast::<ListHeader>();
            let slot = header.data.cast::<u8>().add(index * size);
            room.copy_from_nonoverlapping(slot, size);
            let behind = header.len as usize - index - 1;
            slot.copy_from(slot.add(size), behind * size);
            header.len -= 1;
            load::into_python(py, self.elem(), room)
        }
    }

    /// A list of Python's with copies of the items.
    fn _copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.place.copied(py, &self.ty)
    }
}

impl Sequence {
    fn elem(&self) -> &Type {
        match &self.ty {
            Type::List(elem) => elem,
            other => other,
        }
    }

    fn header(&self) -> PyResult<ListHeader> {
        let address = self.place.address(self.ty.size())?;
        // SAFETY: the place is that of a list, whose header lies there.
        Ok(unsafe { address.cast::<ListHeader>().read() })
    }

    /// The position that an index means, which must be there.
    fn index(&self, index: isize) -> PyResult<usize> {
        let len = self.header()?.len as isize;
        let found = if index < 0 { index + len } else { index };
        if (0..len).contains(&found) {
            Ok(found as usize)
        } else {
            Err(PyIndexError::new_err("list index out of range"))
        }
    }
}

/// The object over the list of `elem` that lies at `place`.
pub fn object<'py>(py: Python<'py>, elem: &Type, place: Place) -> PyResult<Bound<'py, PyAny>> {
    let payload = Payload {
        ty: Type::List(Box::new(elem.clone())),
        place,
    };
    let ty = module::types(py)?.getattr("List")?;
    ty.call1((Bound::new(py, payload)?,))
}

/// The place of the list that an argument refers to, if it is one of this type.
pub fn place_of(ty: &Type, value: &Bound<'_, PyAny>) -> Option<Place> {
    let found = value.cast::<Sequence>().ok()?;
    let found = found.get();
    found.ty.is_same(ty).then(|| found.place.clone())
}

/// The storage that a list is in, if the object is one.
pub fn storage_of(value: &Bound<'_, PyAny>) -> Option<Arc<Storage>> {
    let found = value.cast::<Sequence>().ok()?;
    Some(found.get().place.storage().clone())
}

/// Copies the list at `place` to zeroed room at `to`.
///
/// # Safety
/// `to` must have room for a list's header.
pub unsafe fn copy_to(ty: &Type, place: &Place, to: *mut u8) -> PyResult<()> {
    check_copyable(ty)?;
    let from = place.address(ty.size())?;
    // SAFETY: the caller vouches for the room; a list of this type lies at the place.
    let copied = unsafe { crate::place::copy_to(ty, from, to) };
    if copied.is_err() {
        // SAFETY: what was copied so far lies there; an empty value takes its place.
        unsafe {
            drop_value(ty, to);
            to.write_bytes(0, ty.size());
        }
    }
    copied
}
