//! What compiled code does with values by generated code, done by their types: destroying and copying.

use mlc_runtime::alloc::{mlc_rt_alloc, mlc_rt_free};
use mlc_runtime::boxes::mlc_rt_box_new;
use mlc_runtime::python::{Object, mlc_rt_py_release, mlc_rt_py_retain};
use mlc_runtime::text::{Text, mlc_rt_str_release, mlc_rt_str_retain};

use crate::layout::{ArrayHeader, ListHeader, Type, aggregate, array_extents, write_array_header};

/// Elements of a list, which are seen to after what holds them: structs that hold themselves may go deeper than any stack.
struct Elements<'t> {
    ty: &'t Type,
    from: *mut u8,
    to: *mut u8,
    len: usize,
}

impl Elements<'_> {
    /// Where each is, and where its copy comes to lie.
    fn places(&self) -> impl Iterator<Item = (*mut u8, *mut u8)> {
        let (from, to, size) = (self.from, self.to, self.ty.size());
        let at = move |index| {
            let offset = index * size;
            (from.wrapping_add(offset), to.wrapping_add(offset))
        };
        (0..self.len).map(at)
    }
}

/// Frees what the value at `place` owns, which is nothing where its memory belongs to somebody else.
///
/// # Safety
/// A value of type `ty` must lie at `place`, and nobody may use it afterwards.
pub unsafe fn drop_value(ty: &Type, place: *mut u8) {
    let mut later = Vec::new();
    // SAFETY: the caller vouches for the value; the elements were the list's own, and so is their block.
    unsafe {
        drop_near(ty, place, &mut later);
        while let Some(elements) = later.pop() {
            for (place, _) in elements.places() {
                drop_near(elements.ty, place, &mut later);
            }
            mlc_rt_free(elements.from.cast());
        }
    }
}

/// The same, but for lists of structs that hold themselves.
///
/// # Safety
/// As for [`drop_value`].
unsafe fn drop_near<'t>(ty: &'t Type, place: *mut u8, later: &mut Vec<Elements<'t>>) {
    match ty {
        Type::Scalar(_) => {}
        // SAFETY: a text lies at `place`.
        Type::Str => unsafe { mlc_rt_str_release(place.cast::<Text>().read()) },
        // SAFETY: an object lies at `place`, or null for `None`.
        Type::Object => unsafe { mlc_rt_py_release(place.cast::<Object>().read()) },
        // SAFETY: an array's header lies at `place`; an allocation of null is fine.
        Type::Array { .. } => unsafe { mlc_rt_free((*place.cast::<ArrayHeader>()).allocated) },
        Type::List(elem) => {
            // SAFETY: a list's header lies at `place`.
            let header = unsafe { place.cast::<ListHeader>().read() };
            if header.capacity == 0 {
                return;
            }
            let elements = Elements {
                ty: elem,
                from: header.data.cast(),
                to: header.data.cast(),
                len: header.len as usize,
            };
            if elem.is_recursive() {
                return later.push(elements);
            }
            if !matches!(**elem, Type::Scalar(_)) {
                for (place, _) in elements.places() {
                    // SAFETY: the list has `len` elements, each of this size, and owns what they own.
                    unsafe { drop_near(elem, place, later) };
                }
            }
            // SAFETY: a capacity says that the block is the list's own.
            unsafe { mlc_rt_free(header.data) };
        }
        Type::Tuple(items) => {
            for (item, offset) in items.iter().zip(aggregate(items).0) {
                // SAFETY: the items lie within the tuple.
                unsafe { drop_near(item, place.add(offset), later) };
            }
        }
        Type::Optional(of) => {
            // SAFETY: behind the flag lies a value, which is the empty one where the flag is not set.
            unsafe { drop_near(of, place.add(of.offset_behind_flag()), later) };
        }
        Type::Struct(class) => {
            // SAFETY: a value of the class lies at `place`.
            if let Some(destructor) = unsafe { class.destructor_of(place) } {
                let cell = mlc_rt_box_new(class.layout().size as i64);
                if cell.is_null() {
                    // Without memory for the destructor's argument the value is leaked rather than half destroyed.
                    return;
                }
                // SAFETY: the cell has room for the value, which moves there; the destructor takes both.
                unsafe {
                    cell.cast::<u8>()
                        .copy_from_nonoverlapping(place, class.layout().size);
                    destructor.call(cell);
                }
                return;
            }
            for field in class.fields() {
                // SAFETY: the fields lie within the struct.
                unsafe { drop_near(&field.ty, place.add(field.offset), later) };
            }
        }
    }
}

/// Writes a deep copy of the value at `from` to `to`; `false` where there is no memory, with a value at `to` that can be
/// destroyed.
///
/// # Safety
/// A value of type `ty`, without a destructor, must lie at `from`; zeroed room for one must lie at `to`.
#[must_use]
pub unsafe fn copy_value(ty: &Type, from: *const u8, to: *mut u8) -> bool {
    let mut later = Vec::new();
    // SAFETY: the caller vouches for value and room; the blocks of elements are zeroed and big enough.
    unsafe {
        if !copy_near(ty, from, to, &mut later) {
            return false;
        }
        while let Some(elements) = later.pop() {
            for (from, to) in elements.places() {
                if !copy_near(elements.ty, from, to, &mut later) {
                    return false;
                }
            }
        }
    }
    true
}

/// The same, but for the elements of lists of structs that hold themselves.
///
/// # Safety
/// As for [`copy_value`].
unsafe fn copy_near<'t>(
    ty: &'t Type,
    from: *const u8,
    to: *mut u8,
    later: &mut Vec<Elements<'t>>,
) -> bool {
    // SAFETY: in all arms, the caller vouches for the value and the room.
    unsafe {
        match ty {
            Type::Scalar(scalar) => to.copy_from_nonoverlapping(from, scalar.size()),
            Type::Str => {
                let text = from.cast::<Text>().read();
                mlc_rt_str_retain(text);
                to.cast::<Text>().write(text);
            }
            Type::Object => {
                let object = from.cast::<Object>().read();
                mlc_rt_py_retain(object);
                to.cast::<Object>().write(object);
            }
            Type::Array { elem, dims } => {
                let header = from.cast::<ArrayHeader>().read();
                let (shape, _) = array_extents(from, dims.len());
                let bytes = shape.iter().product::<usize>() * elem.size();
                let data = header
                    .aligned
                    .wrapping_byte_offset(header.offset as isize * elem.size() as isize);
                let Some(block) = copied(data.cast(), bytes) else {
                    return false;
                };
                write_array_header(to, block.cast(), block.cast(), &shape);
            }
            Type::List(elem) => {
                let header = from.cast::<ListHeader>().read();
                let (len, size) = (header.len as usize, elem.size());
                if matches!(**elem, Type::Scalar(_)) {
                    let Some(block) = copied(header.data.cast(), len * size) else {
                        return false;
                    };
                    let list = ListHeader {
                        data: block.cast(),
                        len: header.len,
                        capacity: header.len,
                    };
                    to.cast::<ListHeader>().write(list);
                    return true;
                }
                let Some(block) = zeroed(len * size) else {
                    return false;
                };
                let list = ListHeader {
                    data: block.cast(),
                    len: header.len,
                    capacity: header.len,
                };
                to.cast::<ListHeader>().write(list);
                let elements = Elements {
                    ty: elem,
                    from: header.data.cast(),
                    to: block,
                    len,
                };
                if elem.is_recursive() {
                    later.push(elements);
                    return true;
                }
                return (elements.places()).all(|(from, to)| copy_near(elem, from, to, later));
            }
            Type::Tuple(items) => {
                let mut places = items.iter().zip(aggregate(items).0);
                return places.all(|(item, offset)| {
                    copy_near(item, from.add(offset), to.add(offset), later)
                });
            }
            Type::Optional(of) => {
                to.write(from.read());
                let offset = of.offset_behind_flag();
                return copy_near(of, from.add(offset), to.add(offset), later);
            }
            Type::Struct(class) => {
                return (class.fields().iter()).all(|field| {
                    copy_near(
                        &field.ty,
                        from.add(field.offset),
                        to.add(field.offset),
                        later,
                    )
                });
            }
        }
    }
    true
}

/// A new block with a copy of these bytes.
///
/// # Safety
/// `bytes` bytes must lie at `data`.
pub unsafe fn copied(data: *const u8, bytes: usize) -> Option<*mut u8> {
    let block = new_block(bytes)?;
    if bytes > 0 {
        // SAFETY: the block is new and has this size; the caller vouches for the bytes.
        unsafe { block.copy_from_nonoverlapping(data, bytes) };
    }
    Some(block)
}

/// A new block of zeros.
pub fn zeroed(bytes: usize) -> Option<*mut u8> {
    let block = new_block(bytes)?;
    if bytes > 0 {
        // SAFETY: the block is new and has this size.
        unsafe { block.write_bytes(0, bytes) };
    }
    Some(block)
}

/// A new block; `None` where there is no memory. For no bytes it is null: a list of capacity 0 frees nothing.
fn new_block(bytes: usize) -> Option<*mut u8> {
    if bytes == 0 {
        return Some(std::ptr::null_mut());
    }
    let block = mlc_rt_alloc(bytes as i64).cast::<u8>();
    (!block.is_null()).then_some(block)
}
