//! One call of compiled code: arguments in, the call without the GIL, what it changed, results out.

use std::ffi::c_void;

use mlc_interface::{Access, Passing, Work};
use mlc_runtime::boxes::mlc_rt_box_free;
use mlc_runtime::output::mlc_rt_flush;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::buffer::Owner;
use crate::class;
use crate::drop::drop_value;
use crate::error;
use crate::in_use::{Use, try_globals, waits};
use crate::interrupt;
use crate::layout::Type;
use crate::load;
use crate::overlap;
use crate::place::{View, check_copyable, in_use};
use crate::scalar::Bits;
use crate::sequence;
use crate::signature::Signature;
use crate::store::{Held, Target};
use crate::views::Patience;
use crate::write_back;

/// Calls a function with an array of pointers: to each argument, and to the room for what it returns. A function that
/// may raise returns a status; its results, and several results of any function, are written through pointers, which are
/// arguments, too.
pub type Entry = unsafe extern "C" fn(slots: *mut *mut c_void);

/// The most elements of a call that keeps the GIL, where its time depends on them: at a few per nanosecond it takes no
/// longer than giving the GIL away and getting it back.
const FEW: usize = 1 << 10;

/// Room for one scalar or pointer.
#[repr(C, align(16))]
#[derive(Clone, Copy, Default)]
struct Slot(Bits);

impl Slot {
    fn as_pointer(&self) -> *mut u8 {
        let mut address = [0; size_of::<usize>()];
        address.copy_from_slice(&self.0[..size_of::<usize>()]);
        std::ptr::with_exposed_provenance_mut(usize::from_ne_bytes(address))
    }
}

/// Whether a call that is passed this many elements is over before others would notice that they waited.
pub fn is_short(work: Work, elements: usize) -> bool {
    match work {
        Work::Constant => true,
        Work::Elements(power) => elements
            .checked_pow(power)
            .is_some_and(|steps| steps <= FEW),
        Work::Python | Work::Unknown => false,
    }
}

/// Calls `entry`, which is the one made for `signature`.
///
/// # Safety
/// `entry` must be the packed entry of a function with this signature, and its code must stay loaded.
pub unsafe fn call<'py>(
    py: Python<'py>,
    signature: &Signature,
    entry: Entry,
    values: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyAny>> {
    let name = signature.name.as_str();
    let in_position =
        |position: usize, error| in_parameter(py, name, &signature.params[position].name, error);
    let mut patience = Patience::default();
    let Prepared {
        mut held,
        places,
        uses,
    } = loop {
        let before = waits();
        let prepared = prepare(py, signature, values, &in_position, &mut patience)?;
        // After a wait, what was looked at before it may lie elsewhere.
        match prepared {
            Some(prepared) if waits() == before => break prepared,
            _ => {}
        }
    };

    let mut results = vec![Slot::default(); signature.result_slots()];
    let mut status = 0i32;
    let mut out_pointers: Vec<*mut c_void> = Vec::new();
    let mut slots = std::mem::take(&mut held.slots);
    let rooms = results
        .iter_mut()
        .map(|slot| (&raw mut *slot).cast::<c_void>());
    if signature.raises || rooms.len() > 1 {
        out_pointers.extend(rooms);
        slots.extend(
            out_pointers
                .iter_mut()
                .map(|pointer| (&raw mut *pointer).cast::<c_void>()),
        );
    } else {
        slots.extend(rooms);
    }
    if signature.raises {
        slots.push((&raw mut status).cast());
    }
    held.hand_over();
    let slots = Slots(slots);
    let run = move || {
        let mut slots = slots;
        // SAFETY: the slots are what the entry of this signature wants, and all that they point to is alive.
        unsafe { entry(slots.pointer()) };
        mlc_rt_flush();
    };
    // The elements of lists and texts are not counted here; only a call that looks at none of them is surely short.
    // Where objects of Python are used the lock is held.
    if matches!(signature.work, Work::Constant | Work::Python) {
        run();
    } else {
        let watch = interrupt::watch();
        py.detach(run);
        drop(watch);
    }

    drop(uses);
    held.copy_back();
    let mut outcome = Ok(());
    for (position, param) in signature.params.iter().enumerate() {
        let changes = matches!(param.ty, Type::List(_) | Type::Array { .. })
            && sequence::storage_of(&values[position]).is_none();
        if param.access == Access::Inout && changes {
            // What was written before an error stays, as in Python.
            // SAFETY: the value made for this parameter lies there, and the callee is done with it.
            let written = unsafe {
                write_back::write_back(&held, &param.ty, &values[position], places[position])
            };
            outcome = outcome.and(written.map_err(|error| in_position(position, error)));
        }
    }
    if status != 0 {
        return Err(error::take_pending(py, name));
    }
    let result = match signature.result_borrows {
        // SAFETY: the callee returned a pointer into this argument.
        Some(position) => unsafe {
            let place = results[0].as_pointer();
            part_of(py, signature, &held, &values[position], place)
        },
        None => {
            let returned = Returned {
                signature,
                held: &held,
                values,
                places: &places,
            };
            // SAFETY: the callee wrote its results to the slots.
            unsafe { returned.take(py, &signature.result, &mut results.iter()) }
        }
    };
    outcome.and(result)
}

/// The arguments of a call, and what it uses of memory that others may use, too.
struct Prepared {
    held: Held,
    places: Vec<*mut u8>,
    uses: Vec<Use>,
}

/// Makes the arguments; `None` where others have used meanwhile what the call uses.
fn prepare(
    py: Python<'_>,
    signature: &Signature,
    values: &[Bound<'_, PyAny>],
    in_position: &impl Fn(usize, PyErr) -> PyErr,
    patience: &mut Patience,
) -> PyResult<Option<Prepared>> {
    for global in &signature.globals {
        global.storage.check_use(|| global.range)?;
    }
    let mut held = Held::new(signature.strict);
    let mut places = Vec::with_capacity(values.len());
    for (position, (param, value)) in signature.params.iter().zip(values).enumerate() {
        let target = Target {
            parameter: position,
            access: param.access,
            returned: signature.returns_param == Some(position),
        };
        let place = match param.passing {
            Passing::Pointer => held.pass_pointer(target, &param.ty, value),
            Passing::Flat => held.pass_flat(target, &param.ty, value),
        };
        places.push(place.map_err(|error| in_position(position, error))?);
    }
    for (name, views) in &signature.relocates {
        match patience.is_over(py, views)? {
            Some(false) => {}
            Some(true) => return Err(in_use(&format!("`{name}`"))),
            None => return Ok(None),
        }
    }
    if let Some((other, written)) = overlap::find(&mut held.ranges) {
        return Err(overlap_error(signature, other, written));
    }
    if let Some(position) = held.meets(&signature.globals) {
        return Err(in_position(position, overlaps_global()));
    }
    let ends = signature.work != Work::Python;
    // A call that neither gives the GIL back nor calls Python meets no other at what it is passed.
    let lent = match signature.work {
        Work::Constant => Some(Vec::new()),
        _ => held.uses(ends),
    };
    let globals = try_globals(&signature.globals, ends);
    Ok(lent.zip(globals).map(|(mut uses, globals)| {
        uses.extend(globals);
        Prepared { held, places, uses }
    }))
}

/// What of the arguments may come back as a result.
struct Returned<'a, 'py> {
    signature: &'a Signature,
    held: &'a Held,
    values: &'a [Bound<'py, PyAny>],
    places: &'a [*mut u8],
}

impl<'py> Returned<'_, 'py> {
    /// The object for a result of this type, whose parts come next in `slots`.
    ///
    /// # Safety
    /// The callee must have written them, and each is taken once.
    unsafe fn take<'s>(
        &self,
        py: Python<'py>,
        ty: &Type,
        slots: &mut impl Iterator<Item = &'s Slot>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match ty {
            Type::Tuple(items) if items.is_empty() => Ok(py.None().into_bound(py)),
            Type::Tuple(items) => {
                // Each part is taken, also after a failure.
                // SAFETY: the caller vouches for the parts.
                let objects: Vec<_> = (items.iter())
                    .map(|item| unsafe { self.take(py, item, slots) })
                    .collect();
                let objects = objects.into_iter().collect::<PyResult<Vec<_>>>()?;
                Ok(PyTuple::new(py, objects)?.into_any())
            }
            Type::Optional(of) => {
                let present = slots.next().is_some_and(|slot| slot.0[0] != 0);
                if present {
                    // SAFETY: the caller vouches for the parts.
                    return unsafe { self.take(py, of, slots) };
                }
                // SAFETY: as above.
                unsafe { skip(of, slots) };
                Ok(py.None().into_bound(py))
            }
            Type::Scalar(scalar) => match slots.next() {
                Some(slot) => scalar.to_python(py, &slot.0),
                None => Ok(py.None().into_bound(py)),
            },
            ty => {
                let Some(cell) = slots.next().map(Slot::as_pointer) else {
                    return Ok(py.None().into_bound(py));
                };
                match self.argument_in(cell) {
                    // SAFETY: the cell made for this argument came back with a value of its type, which is now ours.
                    Some(argument) => unsafe {
                        let written = write_back::write_back(self.held, ty, argument, cell);
                        mlc_rt_box_free(cell.cast());
                        written.map(|()| argument.clone())
                    },
                    // SAFETY: the callee returned a cell with a value of this type, which is now ours.
                    None => unsafe { load::take_cell(py, ty, cell) },
                }
            }
        }
    }

    /// The argument that came back whole in `cell`, if it can be changed in place.
    fn argument_in(&self, cell: *mut u8) -> Option<&Bound<'py, PyAny>> {
        let position = self.signature.returns_param?;
        let argument = &self.values[position];
        (self.places[position] == cell && write_back::is_writable(argument)).then_some(argument)
    }
}

/// Destroys the parts of an absent optional, which are empty values.
///
/// # Safety
/// As for [`Returned::take`].
unsafe fn skip<'s>(ty: &Type, slots: &mut impl Iterator<Item = &'s Slot>) {
    match ty {
        // SAFETY: the caller vouches for the parts.
        Type::Tuple(items) => (items.iter()).for_each(|item| unsafe { skip(item, slots) }),
        Type::Optional(of) => {
            slots.next();
            // SAFETY: as above.
            unsafe { skip(of, slots) };
        }
        Type::Scalar(_) => {
            slots.next();
        }
        ty => {
            let cell = slots.next().map_or(std::ptr::null_mut(), Slot::as_pointer);
            if !cell.is_null() {
                // SAFETY: the callee returned a cell with a value of this type, which is now ours.
                unsafe {
                    drop_value(ty, cell);
                    mlc_rt_box_free(cell.cast());
                }
            }
        }
    }
}

/// The object for a result that is a part of `argument`: a live reference where there is memory to refer to, else a copy.
///
/// # Safety
/// A value of the result's type must lie at `place`, within the argument's.
unsafe fn part_of<'py>(
    py: Python<'py>,
    signature: &Signature,
    held: &Held,
    argument: &Bound<'py, PyAny>,
    place: *mut u8,
) -> PyResult<Bound<'py, PyAny>> {
    let ty = &signature.result;
    let is_array = match ty {
        Type::List(elem) => matches!(**elem, Type::Scalar(_)),
        Type::Array { .. } => true,
        _ => false,
    };
    if let Some((whole, size)) = class::place_of_any(argument) {
        let offset = place.addr().wrapping_sub(whole.address(size)?.addr());
        if offset < size {
            return whole.inside(offset).load(py, ty);
        }
        if is_array {
            let view = View::new(whole.storage().clone());
            // SAFETY: the caller vouches for the value, which the view keeps.
            return unsafe { load::view(py, ty, place, view) };
        }
        // An item of a list, whose position is not known here.
        check_copyable(ty)?;
    } else if sequence::storage_of(argument).is_some() {
        check_copyable(ty)?;
    } else if is_array && !argument.is_instance_of::<PyList>() && held.copies().next().is_none() {
        let owner = Owner::Object(argument.clone().unbind());
        // SAFETY: the elements lie in the argument's own memory, which it keeps.
        return unsafe { load::buffer_of(ty, place, owner) }.into_array(py);
    }
    // SAFETY: the caller vouches for the value.
    unsafe { load::copied(py, ty, place) }
}

/// The pointers of one call, on their way to where the GIL is not held.
struct Slots(Vec<*mut c_void>);

// SAFETY: the call stays on its thread; only the type system sees it move.
unsafe impl Send for Slots {}

impl Slots {
    fn pointer(&mut self) -> *mut *mut c_void {
        self.0.as_mut_ptr()
    }
}

/// An error in an argument, as `f: parameter `x`: …`.
#[cold]
pub fn in_parameter(py: Python<'_>, function: &str, parameter: &str, error: PyErr) -> PyErr {
    error::with_prefix(py, &format!("{function}: parameter `{parameter}`"), error)
}

#[cold]
fn overlaps_global() -> PyErr {
    PyValueError::new_err(
        "expected memory of its own, found a part of a top-level value that the function uses, and one of the two is written",
    )
}

fn overlap_error(signature: &Signature, other: usize, written: usize) -> PyErr {
    let [other, written] = [other, written].map(|position| &signature.params[position].name);
    if other == written {
        return PyValueError::new_err(format!(
            "{}: parameter `{written}`: expected parts that do not overlap, for they are written; found ones that do",
            signature.name
        ));
    }
    PyValueError::new_err(format!(
        "{}: parameter `{written}` is written: expected memory of its own, found that it overlaps parameter `{other}`",
        signature.name
    ))
}
