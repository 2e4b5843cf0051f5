//! The calls that cost least: numbers of Python's own types and NumPy arrays that lie as compiled code wants them, given by
//! position. Everything else, and every error in an argument, is left to the general way.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use mlc_interface::{Access, ParamKind, Passing, Work};
use mlc_runtime::output::mlc_rt_flush;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::call::{Entry, in_parameter, is_short};
use crate::error;
use crate::in_use::{self, Global};
use crate::interrupt;
use crate::layout::{ArrayHeader, ListHeader, Type, write_array_header};
use crate::numpy;
use crate::scalar::Scalar;
use crate::signature::Signature;
use crate::store::Held;
use crate::write_back;

/// The most arguments of a fast call.
const MOST: usize = 8;
/// The highest rank of an array in a fast call.
const MOST_RANK: usize = 4;

/// How the calls of one function are done fast.
pub struct Plan {
    name: String,
    args: Vec<Arg>,
    result: Option<Scalar>,
    raises: bool,
    work: Work,
    /// Whether there are several arrays, one of which is written.
    may_overlap: bool,
    /// Whether a list is written, which the callee may put into memory of its own.
    may_grow: bool,
    names: Vec<String>,
    globals: Vec<Global>,
    /// Whether a short call meets no other, because it keeps the GIL.
    has_gil: bool,
}

enum Arg {
    Scalar(Scalar),
    Array {
        elem: Scalar,
        dims: Vec<Option<usize>>,
        is_list: bool,
        writes: bool,
    },
}

/// Room for one argument: a number, or the pointer to a header, and the header further on.
#[repr(C, align(16))]
struct Room {
    pointer: *mut c_void,
    /// How many elements a list had.
    len: i64,
    words: [MaybeUninit<i64>; size_of::<ArrayHeader>() / 8 + 2 * MOST_RANK],
}

impl Plan {
    /// The plan for a function; `None` where a parameter or the result needs the general way.
    pub fn new(signature: &Signature, has_gil: bool) -> Option<Plan> {
        if signature.unsupported.is_some()
            || signature.params.len() > MOST
            || signature.result_borrows.is_some()
            || !signature.relocates.is_empty()
        {
            return None;
        }
        let result = match &signature.result {
            Type::Tuple(items) if items.is_empty() => None,
            Type::Scalar(scalar) => Some(*scalar),
            _ => return None,
        };
        let mut args = Vec::with_capacity(signature.params.len());
        for param in &signature.params {
            if !matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Plain) {
                return None;
            }
            let writes = param.access == Access::Inout;
            args.push(match (&param.ty, param.passing) {
                (Type::Scalar(scalar), Passing::Flat) => match scalar {
                    Scalar::Bool | Scalar::Int { .. } | Scalar::F32 | Scalar::F64 => {
                        Arg::Scalar(*scalar)
                    }
                    _ => return None,
                },
                (Type::List(elem), Passing::Pointer) => match **elem {
                    Type::Scalar(elem) => Arg::Array {
                        elem,
                        dims: vec![None],
                        is_list: true,
                        writes,
                    },
                    _ => return None,
                },
                (Type::Array { elem, dims }, Passing::Pointer) if dims.len() <= MOST_RANK => {
                    Arg::Array {
                        elem: *elem,
                        dims: dims.clone(),
                        is_list: false,
                        writes,
                    }
                }
                _ => return None,
            });
        }
        let arrays = args.iter().filter_map(|arg| match arg {
            Arg::Array { writes, .. } => Some(*writes),
            Arg::Scalar(_) => None,
        });
        let may_overlap = arrays.clone().count() > 1 && arrays.into_iter().any(|writes| writes);
        let grows = |arg: &Arg| {
            matches!(
                arg,
                Arg::Array {
                    is_list: true,
                    writes: true,
                    ..
                }
            )
        };
        Some(Plan {
            may_grow: args.iter().any(grows),
            names: (signature.params.iter())
                .map(|param| param.name.clone())
                .collect(),
            globals: signature.globals.clone(),
            has_gil,
            may_overlap,
            name: signature.name.clone(),
            args,
            result,
            raises: signature.raises,
            work: signature.work,
        })
    }

    /// Calls `entry`; `None` where these arguments need the general way, before anything was done. Null with an exception
    /// set where the call raised.
    ///
    /// # Safety
    /// `arguments` must hold `positional` objects; the plan must be that of the entry, whose code must stay loaded.
    #[inline]
    pub unsafe fn run(
        &self,
        py: Python<'_>,
        entry: Entry,
        arguments: *const *mut ffi::PyObject,
        positional: usize,
    ) -> Option<*mut ffi::PyObject> {
        if positional != self.args.len() {
            return None;
        }
        let mut rooms: [MaybeUninit<Room>; MOST] = [const { MaybeUninit::uninit() }; MOST];
        let mut slots: [MaybeUninit<*mut c_void>; MOST + 2] =
            [const { MaybeUninit::uninit() }; MOST + 2];
        let mut ranges = Ranges::new(self.may_overlap);
        for (position, arg) in self.args.iter().enumerate() {
            let room: *mut Room = rooms[position].as_mut_ptr();
            // SAFETY: there are as many objects as parameters; every access is within the room.
            unsafe {
                let value = *arguments.add(position);
                match arg {
                    Arg::Scalar(scalar) => store_scalar(*scalar, value, room.cast())?,
                    Arg::Array {
                        elem,
                        dims,
                        is_list,
                        writes,
                    } => {
                        let array = numpy::array_of(value, *elem, dims, *writes)?;
                        let header = (&raw mut (*room).words).cast::<c_void>();
                        if *is_list {
                            header.cast::<ListHeader>().write(ListHeader {
                                data: array.data,
                                len: array.shape[0] as i64,
                                capacity: 0,
                            });
                            (*room).len = array.shape[0] as i64;
                        } else {
                            write_array_header(header.cast(), null_mut(), array.data, array.shape);
                        }
                        (*room).pointer = header;
                        ranges.add(array.data.addr(), array.count * elem.size(), *writes)?;
                        ranges.elements += array.count;
                    }
                }
            }
            slots[position].write(room.cast());
        }
        // Where others use what this call does, the general way waits for them.
        let short = is_short(self.work, ranges.elements);
        let uses = match self.globals.as_slice() {
            [] => Vec::new(),
            globals if short && self.has_gil => in_use::are_free(globals).then_some(Vec::new())?,
            globals => in_use::try_globals(globals, self.work != Work::Python)?,
        };
        let mut result = [0u64; 2];
        let mut result_pointer: *mut c_void = (&raw mut result).cast();
        let mut status = 0i32;
        let mut next = self.args.len();
        if self.result.is_some() {
            slots[next].write(if self.raises {
                (&raw mut result_pointer).cast()
            } else {
                result_pointer
            });
            next += 1;
        }
        if self.raises {
            slots[next].write((&raw mut status).cast());
        }
        // SAFETY: the slots are what this entry wants; the arguments are held by the caller of this function.
        unsafe {
            if short {
                // What is known to be short prints nothing.
                entry(slots.as_mut_ptr().cast());
            } else if self.work == Work::Python {
                entry(slots.as_mut_ptr().cast());
                mlc_rt_flush();
            } else {
                let watch = interrupt::watch();
                let thread = ffi::PyEval_SaveThread();
                entry(slots.as_mut_ptr().cast());
                mlc_rt_flush();
                ffi::PyEval_RestoreThread(thread);
                drop(watch);
            }
        }
        drop(uses);
        if self.may_grow {
            let rooms = rooms.as_mut_ptr().cast::<Room>();
            // SAFETY: the rooms of all arguments are filled, and the callee is done with them.
            if let Err(error) = unsafe { self.write_back(py, arguments, rooms) } {
                if status != 0 {
                    // Of two errors the first counts.
                    mlc_runtime::error::take();
                }
                error.restore(py);
                return Some(null_mut());
            }
        }
        if status != 0 {
            return Some(self.raised());
        }
        // SAFETY: the entry wrote a result of this type; the thread is attached.
        Some(unsafe { load_scalar(py, self.result, &result) })
    }

    /// Brings lists that the callee has put into other memory back to the arrays that were passed.
    ///
    /// # Safety
    /// The arguments must be those of the call, whose rooms these are.
    unsafe fn write_back(
        &self,
        py: Python<'_>,
        arguments: *const *mut ffi::PyObject,
        rooms: *mut Room,
    ) -> PyResult<()> {
        for (position, arg) in self.args.iter().enumerate() {
            let Arg::Array {
                elem,
                is_list: true,
                writes: true,
                ..
            } = arg
            else {
                continue;
            };
            // SAFETY: the room holds the header of a list; the argument is a live object.
            unsafe {
                let header = (&raw mut (*rooms.add(position)).words).cast::<ListHeader>();
                if (*header).capacity != 0 || (*header).len != (*rooms.add(position)).len {
                    let ty = Type::List(Box::new(Type::Scalar(*elem)));
                    let value = Borrowed::from_ptr(py, *arguments.add(position));
                    write_back::write_back(&Held::new(false), &ty, &value, header.cast()).map_err(
                        |error| in_parameter(py, &self.name, &self.names[position], error),
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Sets the exception for the pending error.
    #[cold]
    fn raised(&self) -> *mut ffi::PyObject {
        Python::attach(|py| error::take_pending(py, &self.name).restore(py));
        null_mut()
    }
}

/// The memory of the arrays of one call.
struct Ranges {
    /// Whether ranges are kept, because one that is written may overlap another.
    kept: bool,
    ranges: [MaybeUninit<(usize, usize, bool)>; MOST],
    count: usize,
    elements: usize,
}

impl Ranges {
    #[inline]
    fn new(kept: bool) -> Ranges {
        Ranges {
            kept,
            ranges: [const { MaybeUninit::uninit() }; MOST],
            count: 0,
            elements: 0,
        }
    }

    /// `None` where the array overlaps another, and one of them is written.
    #[inline]
    fn add(&mut self, start: usize, bytes: usize, writes: bool) -> Option<()> {
        if !self.kept {
            return Some(());
        }
        let end = start + bytes;
        for range in &self.ranges[..self.count] {
            // SAFETY: the first `count` are written.
            let (from, to, written) = unsafe { range.assume_init() };
            if start < to && from < end && (writes || written) {
                return None;
            }
        }
        self.ranges[self.count].write((start, end, writes));
        self.count += 1;
        Some(())
    }
}

/// Writes a number of Python's own types; `None` where it is another object, or does not fit.
///
/// # Safety
/// The thread must be attached, `value` a live object, and `room` big enough.
#[inline]
unsafe fn store_scalar(scalar: Scalar, value: *mut ffi::PyObject, room: *mut u8) -> Option<()> {
    // SAFETY: the caller vouches for the object and the room.
    unsafe {
        let ty = ffi::Py_TYPE(value);
        match scalar {
            Scalar::Int { bits, signed } if ty == &raw mut ffi::PyLong_Type => {
                let int = ffi::PyLong_AsLongLong(value);
                if int == -1 && !ffi::PyErr_Occurred().is_null() {
                    ffi::PyErr_Clear();
                    return None;
                }
                let unused = 64 - u32::from(bits);
                let fits = if signed {
                    (int << unused) >> unused == int
                } else {
                    // What is above the signed range is left to the general way.
                    int >= 0 && ((int as u64) << unused) >> unused == int as u64
                };
                if !fits {
                    return None;
                }
                room.cast::<i64>().write(int);
            }
            Scalar::F64 if ty == &raw mut ffi::PyFloat_Type => {
                room.cast::<f64>().write(ffi::PyFloat_AsDouble(value));
            }
            Scalar::F32 if ty == &raw mut ffi::PyFloat_Type => {
                room.cast::<f32>()
                    .write(ffi::PyFloat_AsDouble(value) as f32);
            }
            Scalar::Bool if ty == &raw mut ffi::PyBool_Type => {
                room.write(u8::from(value == ffi::Py_True()));
            }
            _ => return None,
        }
    }
    Some(())
}

/// # Safety
/// A value of this type must lie in `bits`; the thread must be attached.
#[inline]
unsafe fn load_scalar(
    py: Python<'_>,
    scalar: Option<Scalar>,
    bits: &[u64; 2],
) -> *mut ffi::PyObject {
    // SAFETY: the caller vouches for the thread.
    unsafe {
        match scalar {
            None => ffi::Py_NewRef(ffi::Py_None()),
            Some(Scalar::Int {
                bits: 64,
                signed: true,
            }) => ffi::PyLong_FromLongLong(bits[0] as i64),
            Some(Scalar::F64) => ffi::PyFloat_FromDouble(f64::from_bits(bits[0])),
            Some(Scalar::Bool) => ffi::PyBool_FromLong((bits[0] & 0xff) as std::ffi::c_long),
            Some(scalar) => {
                let bytes: [u8; 16] = std::mem::transmute_copy(bits);
                match scalar.to_python(py, &bytes) {
                    Ok(object) => object.into_ptr(),
                    Err(error) => {
                        error.restore(py);
                        null_mut()
                    }
                }
            }
        }
    }
}
