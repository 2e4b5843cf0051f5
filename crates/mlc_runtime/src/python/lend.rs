//! Arrays of Python's that a function of the program reads where they are, while Python calls that.

use std::cell::RefCell;

use super::buffer::Buffer;
use super::shape::{Number, Shape};
use super::take::{destroy, into};
use super::{Gil, Object, array};
use crate::error;
use crate::kind::{RUNTIME_ERROR, TYPE_ERROR};
use crate::list::List;
use crate::text::{Text, as_str};

/// What a call reads: a header, and what it describes.
struct Lent {
    header: Box<[u64]>,
    memory: Memory,
}

enum Memory {
    /// That of an object.
    #[expect(dead_code, reason = "held until the end of the call")]
    Object(Buffer),
    /// A copy, of this shape.
    Copy(Shape),
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Memory::Copy(shape) = &self.memory {
            // SAFETY: the header is that of a value which was made for this call, and is over.
            unsafe { destroy(shape, self.header.as_mut_ptr().cast()) };
        }
    }
}

thread_local! {
    /// What each call of this thread reads, the innermost last.
    static CALLS: RefCell<Vec<Vec<Lent>>> = const { RefCell::new(Vec::new()) };
}

/// A call by Python, which arrays may be lent to. The GIL is held as long as it lives.
pub(super) struct Call;

impl Call {
    pub fn start() -> Call {
        CALLS.with_borrow_mut(|calls| calls.push(Vec::new()));
        Call
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // What ends with it may run code of Python's, which calls functions of the program.
        drop(CALLS.with_borrow_mut(Vec::pop));
    }
}

/// Stores the address of the header of a list or array of numbers which an object is, or converts to, good until the end of the call by
/// Python that this function is part of. The elements are the object's own where they are of this type and in this order. A status.
///
/// # Safety
/// `out` must point to room for an address, `object` to an object, and `shape` to a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_py_lend(
    out: *mut *const u64,
    object: *const Object,
    shape: *const Text,
) -> i32 {
    let gil = match Gil::hold() {
        Ok(gil) => gil,
        Err(status) => return status,
    };
    // SAFETY: the caller vouches for the operands.
    unsafe {
        let Some(shape) = Shape::parse(as_str(*shape)) else {
            return error::raise(TYPE_ERROR, "this type cannot come from Python");
        };
        let object = gil.api.object(object);
        let mut header = vec![0u64; shape.size().div_ceil(size_of::<u64>())].into_boxed_slice();
        let place = header.as_mut_ptr().cast();
        let buffer = Buffer::of(gil.api, object, false);
        let memory = match buffer.filter(|buffer| describe(buffer, &shape, place)) {
            Some(buffer) => Memory::Object(buffer),
            None => match into(gil.api, &shape, object, place) {
                0 => Memory::Copy(shape),
                status => return status,
            },
        };
        let address = header.as_ptr();
        let lent = Lent { header, memory };
        let kept = CALLS.with_borrow_mut(|calls| calls.last_mut().map(|call| call.push(lent)));
        if kept.is_none() {
            return error::raise(RUNTIME_ERROR, "Python calls no function here");
        }
        out.write(address);
    }
    0
}

/// Writes the header of a list or array over the memory of an object; false where that does not lie as one does.
///
/// # Safety
/// `header` must have room for that of a value of this shape.
unsafe fn describe(buffer: &Buffer, shape: &Shape, header: *mut u8) -> bool {
    let (number, wanted): (Number, &[Option<usize>]) = match shape {
        Shape::Array { element, extents } => (*element, extents),
        Shape::List(element) => match **element {
            Shape::Number(number) => (number, &[None]),
            _ => return false,
        },
        _ => return false,
    };
    let Some(found) = buffer.region() else {
        return false;
    };
    let fits = |(wanted, &found): (&Option<usize>, &usize)| wanted.is_none_or(|one| one == found);
    let in_order = super::buffer::Region::contiguous(found.data, &found.extents, number);
    let lies_so = found.number == number
        && found.extents.len() == wanted.len()
        && wanted.iter().zip(&found.extents).all(fits)
        && found.strides == in_order.strides
        && found.data.addr().is_multiple_of(number.align());
    if !lies_so {
        return false;
    }
    // SAFETY: the caller vouches for the room.
    unsafe {
        match shape {
            Shape::List(_) => header.cast::<List>().write(List {
                data: found.data.cast(),
                len: found.extents[0] as i64,
                cap: 0,
            }),
            _ => {
                array::describe(
                    header,
                    std::ptr::null_mut(),
                    found.data,
                    &found.extents,
                    number,
                );
            }
        }
    }
    true
}
