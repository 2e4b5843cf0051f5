//! From Python objects to values of compiled code: arrays by reference, all else as values that the call owns.
//!
//! Errors say what was expected and found; the caller puts the function's and parameter's names in front.

mod arrays;

use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

use mlc_interface::Access;
use mlc_runtime::boxes::{mlc_rt_box_free, mlc_rt_box_new};
use mlc_runtime::text;
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::array::Elements;
use crate::class;
use crate::drop::{drop_value, zeroed};
use crate::error::with_prefix;
use crate::in_use::{Global, Use};
use crate::layout::{ListHeader, Type, aggregate};
use crate::overlap::Range;
use crate::place::{Place, Storage, check_copyable, copy_to};
use crate::scalar::{Bits, wrong_type};
use crate::sequence;

/// All that must stay alive while one call runs, and what the callee gets.
#[derive(Default)]
pub struct Held {
    arrays: Vec<Elements>,
    /// Destroyed before the room that they lie in.
    values: Vec<Value>,
    /// Room for words and headers, in words, so that everything is aligned.
    room: Vec<Box<[u64]>>,
    /// One pointer for each argument of the entry.
    pub slots: Vec<*mut c_void>,
    /// The parts of objects of ours that the callee works on where they are.
    lent: Vec<(Arc<Storage>, Range)>,
    /// The memory that arguments refer to.
    pub ranges: Vec<Range>,
    /// The lists and arrays that arguments are made of which may change in place, by the address of their elements.
    pub origins: HashMap<usize, Py<PyAny>>,
    strict: bool,
}

/// A value made for the call, destroyed after it unless the callee has got it.
struct Value {
    ty: Type,
    place: *mut u8,
    /// Whether the place is a cell, which the callee takes over.
    is_cell: bool,
}

impl Drop for Value {
    fn drop(&mut self) {
        if self.place.is_null() {
            return;
        }
        // SAFETY: a value of this type lies at the place (at first the empty one), and nobody else has got it.
        unsafe {
            drop_value(&self.ty, self.place);
            if self.is_cell {
                mlc_rt_box_free(self.place.cast());
            }
        }
    }
}

/// What is known of the parameter that a value is made for.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its position.
    pub parameter: usize,
    pub access: Access,
    /// Whether it comes back as the result, so that it is changed in place in the eyes of Python.
    pub returned: bool,
}

impl Target {
    fn takes(self) -> bool {
        self.access == Access::Owned
    }

    fn changes(self) -> bool {
        self.access == Access::Inout || self.returned
    }
}

impl Held {
    /// Nothing yet; with `strict`, an array that does not lie in row-major order is an error.
    pub fn new(strict: bool) -> Held {
        Held {
            strict,
            ..Held::default()
        }
    }

    /// Passes `value` by a pointer to it. The place of the value, for what the callee changes there.
    pub fn pass_pointer(
        &mut self,
        target: Target,
        ty: &Type,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<*mut u8> {
        let place = if let Type::Struct(class) = ty {
            self.lend(target, ty, &class::place_of(class, value)?)?
        } else if let Some(place) = sequence::place_of(ty, value) {
            self.lend(target, ty, &place)?
        } else {
            let place = self.room(ty.size());
            self.values.push(Value {
                ty: ty.clone(),
                place,
                is_cell: false,
            });
            self.fill(target, ty, value, place)?;
            place
        };
        let word = self.word(place);
        self.slots.push(word);
        Ok(place)
    }

    /// Where the value lies that Python refers to by `place`, for a callee that works on it there.
    fn lend(&mut self, target: Target, ty: &Type, place: &Place) -> PyResult<*mut u8> {
        let writes = target.access == Access::Inout;
        if writes {
            place.storage().check_views()?;
        }
        let mut ranges = Vec::with_capacity(1);
        let address = place.walk(ty.size(), writes, |list| {
            ranges.push(Range::through(target.parameter, list, writes));
        })?;
        let whole = Range::new(target.parameter, address.addr(), ty.size(), writes);
        ranges.push(whole);
        let storage = place.storage();
        for range in ranges {
            self.ranges.push(range);
            self.lent.push((storage.clone(), range));
        }
        Ok(address)
    }

    /// Tells other calls what this one uses of the memory of objects, until the result is dropped; `ends` says that it calls no Python.
    /// `None` where others use it now.
    pub fn uses(&self, ends: bool) -> Option<Vec<Use>> {
        let lent = self.lent.iter();
        lent.map(|(storage, range)| Use::new(storage, *range, ends))
            .collect()
    }

    /// The parameter of an argument that shares memory with one of these variables, if the callee writes one of the two.
    pub fn meets(&self, globals: &[Global]) -> Option<usize> {
        let meets = |(storage, range): &&(Arc<Storage>, Range)| {
            let mut globals = globals.iter();
            globals
                .any(|global| Arc::ptr_eq(&global.storage, storage) && global.range.excludes(range))
        };
        let (_, range) = self.lent.iter().find(meets)?;
        Some(range.parameter)
    }

    /// Passes `value` part by part. The cell of one that has got one, for an argument that comes back.
    pub fn pass_flat(
        &mut self,
        target: Target,
        ty: &Type,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<*mut u8> {
        match ty {
            Type::Scalar(scalar) => {
                let bits = scalar.extract(value)?;
                self.push_bits(&bits);
            }
            Type::Tuple(items) => {
                let values = tuple_items(value, items.len())?;
                for (index, (item, value)) in items.iter().zip(values).enumerate() {
                    self.pass_flat(target, item, &value)
                        .map_err(|error| in_item(value.py(), index, error))?;
                }
            }
            Type::Optional(of) => {
                let present = !value.is_none();
                self.push_bits(&flag(present));
                if present {
                    return self.pass_flat(target, of, value);
                }
                self.pass_nothing(of)?;
            }
            Type::Str | Type::Object | Type::List(_) | Type::Array { .. } | Type::Struct(_) => {
                let cell = self.cell(ty)?;
                let target = Target {
                    access: Access::Owned,
                    ..target
                };
                self.fill(target, ty, value, cell)?;
                let word = self.word(cell);
                self.slots.push(word);
                return Ok(cell);
            }
        }
        Ok(null_mut())
    }

    /// The parts of an absent optional: empty values.
    fn pass_nothing(&mut self, ty: &Type) -> PyResult<()> {
        match ty {
            Type::Tuple(items) => {
                for item in items {
                    self.pass_nothing(item)?;
                }
            }
            Type::Optional(of) => {
                self.push_bits(&flag(false));
                self.pass_nothing(of)?;
            }
            Type::Scalar(_) => self.push_bits(&Bits::default()),
            ty => {
                let cell = self.cell(ty)?;
                let word = self.word(cell);
                self.slots.push(word);
            }
        }
        Ok(())
    }

    /// A cell with the empty value, which the callee will take over.
    fn cell(&mut self, ty: &Type) -> PyResult<*mut u8> {
        let cell = mlc_rt_box_new(ty.size() as i64).cast::<u8>();
        if cell.is_null() {
            return Err(no_memory());
        }
        // SAFETY: the new cell has room for a value; zeroed it is the empty one.
        unsafe { cell.write_bytes(0, ty.size()) };
        self.values.push(Value {
            ty: ty.clone(),
            place: cell,
            is_cell: true,
        });
        Ok(cell)
    }

    fn push_bits(&mut self, bits: &Bits) {
        let place = self.room(bits.len());
        // SAFETY: the room has this size.
        unsafe { place.copy_from_nonoverlapping(bits.as_ptr(), bits.len()) };
        self.slots.push(place.cast());
    }

    /// A word that holds a pointer.
    fn word(&mut self, pointer: *mut u8) -> *mut c_void {
        let place = self.room(size_of::<usize>()).cast::<*mut u8>();
        // SAFETY: the room is a word.
        unsafe { place.write(pointer) };
        place.cast()
    }

    /// Zeroed room, which lives as long as the call.
    pub fn room(&mut self, bytes: usize) -> *mut u8 {
        // Never empty, so that no two share an address; complex numbers are aligned to two words.
        let mut words = vec![0u64; bytes.div_ceil(8).max(2)].into_boxed_slice();
        let place = words.as_mut_ptr().cast();
        self.room.push(words);
        place
    }

    /// The callee has got all cells.
    pub fn hand_over(&mut self) {
        for value in self.values.iter_mut().filter(|value| value.is_cell) {
            value.place = null_mut();
        }
    }

    /// Where copies of arrays lie that the callee works on.
    pub fn copies(&self) -> impl Iterator<Item = *mut u8> {
        self.arrays.iter().filter_map(Elements::copy_place)
    }

    /// Copies what was changed in a copy of an array back to where that came from.
    pub fn copy_back(&self) {
        self.arrays.iter().for_each(Elements::copy_back);
    }

    /// Writes the value `value` to `place`, which is zeroed and has room for a `ty`.
    pub fn fill(
        &mut self,
        target: Target,
        ty: &Type,
        value: &Bound<'_, PyAny>,
        place: *mut u8,
    ) -> PyResult<()> {
        match ty {
            Type::Scalar(scalar) => {
                let bits = scalar.extract(value)?;
                // SAFETY: `place` has room for the scalar.
                unsafe { place.copy_from_nonoverlapping(bits.as_ptr(), scalar.size()) };
            }
            Type::Str => {
                let text = value
                    .cast::<PyString>()
                    .map_err(|_| wrong_type(value, "a str"))?;
                let characters = text.to_cow().map_err(|_| {
                    PyValueError::new_err("expected Unicode text, found a lone surrogate in it")
                })?;
                let text = text::new(&characters).ok_or_else(no_memory)?;
                // SAFETY: `place` has room for a text.
                unsafe { place.cast::<text::Text>().write(text) };
            }
            Type::Object => {
                // SAFETY: `place` has room for a reference, which is the callee's own.
                unsafe {
                    place
                        .cast::<*mut pyo3::ffi::PyObject>()
                        .write(value.clone().into_ptr())
                };
            }
            Type::Tuple(items) => {
                let (offsets, _) = aggregate(items);
                let values = tuple_items(value, items.len())?;
                for (index, ((item, offset), value)) in
                    items.iter().zip(offsets).zip(values).enumerate()
                {
                    // SAFETY: the items lie within the tuple.
                    let slot = unsafe { place.add(offset) };
                    self.fill(target, item, &value, slot)
                        .map_err(|error| in_item(value.py(), index, error))?;
                }
            }
            Type::Optional(of) if !value.is_none() => {
                // SAFETY: the value lies behind its flag, within the optional.
                unsafe {
                    place.write(1);
                    self.fill(target, of, value, place.add(of.offset_behind_flag()))?;
                }
            }
            Type::Optional(_) => {}
            Type::Struct(class) => {
                let found = class::place_of(class, value)?;
                check_copyable(ty)?;
                let from = found.address(ty.size())?;
                // SAFETY: a value of the class lies there as long as the storage is held; there is room for one at `place`.
                unsafe { copy_to(ty, from, place)? };
            }
            Type::Array { .. } => self.fill_from_array(target, ty, value, place)?,
            Type::List(elem) => self.fill_list(target, ty, elem, value, place)?,
        }
        Ok(())
    }

    fn fill_list(
        &mut self,
        target: Target,
        ty: &Type,
        elem: &Type,
        value: &Bound<'_, PyAny>,
        place: *mut u8,
    ) -> PyResult<()> {
        if let Some(found) = sequence::place_of(ty, value) {
            // SAFETY: `place` has room for the list.
            return unsafe { sequence::copy_to(ty, &found, place) };
        }
        if let Ok(list) = value.cast::<PyList>() {
            if target.changes() {
                // The list itself is what the callee changes, so passing it twice is an overlap.
                self.ranges
                    .push(Range::new(target.parameter, list.as_ptr().addr(), 1, true));
            }
            self.fill_from_items(target, elem, list.len(), list.iter(), place)?;
            // SAFETY: the header was just written.
            let data = unsafe { (*place.cast::<ListHeader>()).data };
            self.remember(target, value, data);
            return Ok(());
        }
        match value.cast::<PyTuple>() {
            Ok(_) if target.access == Access::Inout => Err(wrong_type(
                value,
                "a list or an array, which can be changed",
            )),
            Ok(tuple) => self.fill_from_items(target, elem, tuple.len(), tuple.iter(), place),
            Err(_) => self.fill_from_array(target, ty, value, place),
        }
    }

    fn fill_from_items<'py>(
        &mut self,
        target: Target,
        elem: &Type,
        len: usize,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        place: *mut u8,
    ) -> PyResult<()> {
        let size = elem.size();
        let data = zeroed(len * size).ok_or_else(no_memory)?;
        let header = place.cast::<ListHeader>();
        for (index, item) in items.take(len).enumerate() {
            // SAFETY: `place` has room for the header, and `data` for `len` elements. The length counts the element
            // being made, too: zeroed or half made, it owns what a failure must free.
            unsafe {
                let slot = data.add(index * size);
                header.write(ListHeader {
                    data: data.cast(),
                    len: index as i64 + 1,
                    capacity: len as i64,
                });
                self.fill(target, elem, &item, slot)
                    .map_err(|error| in_item(item.py(), index, error))?;
            }
        }
        // SAFETY: as above. A list may have become shorter while its items were read.
        unsafe {
            let filled = if (*header).data.is_null() {
                0
            } else {
                (*header).len
            };
            header.write(ListHeader {
                data: data.cast(),
                len: filled,
                capacity: len as i64,
            })
        };
        Ok(())
    }
}

fn flag(present: bool) -> Bits {
    let mut bits = Bits::default();
    bits[0] = u8::from(present);
    bits
}

fn tuple_items<'py>(value: &Bound<'py, PyAny>, len: usize) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if len == 0 && value.is_none() {
        return Ok(Vec::new());
    }
    let items: Vec<Bound<'py, PyAny>> = if let Ok(tuple) = value.cast::<PyTuple>() {
        tuple.iter().collect()
    } else if let Ok(list) = value.cast::<PyList>() {
        list.iter().collect()
    } else {
        return Err(wrong_type(value, &format!("a tuple of {len} items")));
    };
    if items.len() == len {
        Ok(items)
    } else {
        Err(PyValueError::new_err(format!(
            "expected a tuple of {len} items, found {}",
            items.len()
        )))
    }
}

fn no_memory() -> PyErr {
    PyMemoryError::new_err("no memory for a copy of the argument")
}

fn in_item(py: Python<'_>, index: usize, error: PyErr) -> PyErr {
    with_prefix(py, &format!("item {index}"), error)
}
