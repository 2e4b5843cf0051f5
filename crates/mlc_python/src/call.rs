//! One call of compiled code: arguments in, the call without the GIL, what it changed, results out.

use std::ffi::c_void;

use mlc_runtime::boxes::mlc_rt_box_free;
use mlc_runtime::output::mlc_rt_flush;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::argument::{Access, Held};
use crate::error::{self, Place};
use crate::layout::Type;
use crate::overlap;
use crate::result;
use crate::scalar::Bits;
use crate::signature::{Param, Signature};
use crate::write_back;

/// Calls a function with an array of pointers: to each argument, and to the room for what it returns. A function that
/// may raise returns a status; its results, and several results of any function, are written through pointers, which are
/// arguments, too.
pub type Entry = unsafe extern "C" fn(slots: *mut *mut c_void);

/// Room for one scalar or pointer.
#[repr(C, align(16))]
#[derive(Clone, Copy, Default)]
struct Slot(Bits);

impl Slot {
    fn pointer(pointer: *mut u8) -> Slot {
        let mut slot = Slot::default();
        slot.0[..size_of::<usize>()].copy_from_slice(&pointer.expose_provenance().to_ne_bytes());
        slot
    }

    fn as_pointer(&self) -> *mut u8 {
        let mut address = [0; size_of::<usize>()];
        address.copy_from_slice(&self.0[..size_of::<usize>()]);
        std::ptr::with_exposed_provenance_mut(usize::from_ne_bytes(address))
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
    place: &Place,
    values: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyAny>> {
    let mut held = Held::default();
    let mut arguments = Vec::with_capacity(values.len());
    for (position, (param, value)) in signature.params.iter().zip(values).enumerate() {
        let slot = match &param.ty {
            Type::Scalar(scalar) => scalar.extract(value).map(Slot),
            ty => held
                .reference(position, ty, value, param.access)
                .map(Slot::pointer),
        };
        arguments.push(slot.map_err(|error| in_parameter(py, signature, position, error))?);
    }
    if let Some((other, written)) = overlap::find(&mut held.ranges) {
        return Err(overlap_error(signature, other, written));
    }

    let mut results = vec![Slot::default(); signature.results.len()];
    let status = {
        let mut status = 0i32;
        let mut slots: Vec<*mut c_void> = arguments
            .iter_mut()
            .map(|slot| (&raw mut *slot).cast())
            .collect();
        let places = results
            .iter_mut()
            .map(|slot| (&raw mut *slot).cast::<c_void>());
        let mut out_pointers: Vec<*mut c_void> = Vec::new();
        if signature.raises || signature.results.len() > 1 {
            out_pointers.extend(places);
            slots.extend(
                out_pointers
                    .iter_mut()
                    .map(|pointer| (&raw mut *pointer).cast::<c_void>()),
            );
        } else {
            slots.extend(places);
        }
        if signature.raises {
            slots.push((&raw mut status).cast());
        }
        let slots = Slots(slots);
        held.hand_over();
        py.detach(move || {
            let mut slots = slots;
            // SAFETY: the slots are what the entry of this signature wants, and all that they point to is alive.
            unsafe { entry(slots.pointer()) };
            mlc_rt_flush();
        });
        status
    };
    if status != 0 {
        for (param, (slot, value)) in signature.params.iter().zip(arguments.iter().zip(values)) {
            if param.access == Access::Inout && param.ty.is_owning() {
                // What was written before the error stays, as in Python; of two errors the first counts.
                // SAFETY: the slot points to the header made for this parameter, and the callee is done with it.
                let _ =
                    unsafe { write_back::write_back(&held, &param.ty, value, slot.as_pointer()) };
            }
        }
        return Err(error::take_pending(py, place));
    }
    let mut outcome = Ok(());
    for (position, param) in signature.params.iter().enumerate() {
        if param.access == Access::Inout && param.ty.is_owning() {
            // SAFETY: the slot points to the header made for this parameter, and the callee is done with it.
            let written = unsafe {
                write_back::write_back(
                    &held,
                    &param.ty,
                    &values[position],
                    arguments[position].as_pointer(),
                )
            };
            outcome =
                outcome.and(written.map_err(|error| in_parameter(py, signature, position, error)));
        }
    }
    let mut objects = Vec::with_capacity(results.len());
    for (ty, slot) in signature.results.iter().zip(&mut results) {
        let object = match ty {
            Type::Scalar(scalar) => scalar.to_python(py, &slot.0),
            ty => {
                let cell = slot.as_pointer();
                match returned_argument(signature, &arguments, values, cell) {
                    // SAFETY: the cell made for this argument came back with a value of its type, which is now ours.
                    Some(argument) => unsafe {
                        let written = write_back::write_back(&held, ty, argument, cell);
                        mlc_rt_box_free(cell.cast());
                        written.map(|()| argument.clone())
                    },
                    // SAFETY: the callee returned a cell with a value of this type, which is now ours.
                    None => unsafe { result::take_cell(py, ty, cell) },
                }
            }
        };
        match object {
            Ok(object) => objects.push(object),
            Err(error) => outcome = outcome.and(Err(error)),
        }
    }
    outcome?;
    if signature.returns_tuple {
        return Ok(PyTuple::new(py, objects)?.into_any());
    }
    Ok(objects.pop().unwrap_or_else(|| py.None().into_bound(py)))
}

/// The argument that came back whole in `cell`, if it can be changed in place.
fn returned_argument<'a, 'py>(
    signature: &Signature,
    arguments: &[Slot],
    values: &'a [Bound<'py, PyAny>],
    cell: *mut u8,
) -> Option<&'a Bound<'py, PyAny>> {
    let is_it = |(param, slot): (&Param, &Slot)| {
        param.access == Access::Returned && slot.as_pointer() == cell
    };
    let position = signature.params.iter().zip(arguments).position(is_it)?;
    Some(&values[position]).filter(|value| write_back::is_writable(value))
}

/// The pointers of a call, on their way to where the GIL is not held.
struct Slots(Vec<*mut c_void>);

impl Slots {
    fn pointer(&mut self) -> *mut *mut c_void {
        self.0.as_mut_ptr()
    }
}

// SAFETY: the closure that they are sent to runs on this thread.
unsafe impl Send for Slots {}

/// "axpy: parameter `x`: expected a float, found str", with the type of the error that it was.
fn in_parameter(py: Python<'_>, signature: &Signature, position: usize, error: PyErr) -> PyErr {
    let text = format!(
        "{}: parameter `{}`: {}",
        signature.name,
        signature.params[position].name,
        error.value(py)
    );
    PyErr::from_type(error.get_type(py), text)
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
