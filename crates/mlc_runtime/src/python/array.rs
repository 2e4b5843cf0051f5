//! Arrays of compiled code: their headers as regions of numbers.

use std::ptr::null_mut;

use super::buffer::Region;
use super::shape::Number;
use crate::alloc::mlc_rt_alloc;

/// What stands in a header before the extents and strides: where the block is, where the elements are, and the first of them.
const HEAD: usize = 3;

/// The elements that a header describes.
///
/// # Safety
/// `header` must be that of a live array of this rank.
pub(super) unsafe fn region(header: *const u8, rank: usize, number: Number) -> Region {
    let size = number.size() as isize;
    // SAFETY: the caller vouches for the header, whose words these are.
    unsafe {
        let words = std::slice::from_raw_parts(header.cast::<i64>(), HEAD + 2 * rank);
        let data = header.cast::<*mut u8>().add(1).read();
        let (extents, strides) = words[HEAD..].split_at(rank);
        Region {
            data: data.wrapping_offset(words[2] as isize * size),
            extents: extents.iter().map(|&extent| extent as usize).collect(),
            strides: strides
                .iter()
                .map(|&stride| stride as isize * size)
                .collect(),
            number,
        }
    }
}

/// Writes the header of a new array of these extents, and gives its elements, which hold nothing yet; `None` without memory, with
/// the error raised.
///
/// # Safety
/// `header` must have room for that of an array of this rank.
pub(super) unsafe fn new(header: *mut u8, extents: &[usize], number: Number) -> Option<Region> {
    let bytes = extents
        .iter()
        .try_fold(number.size(), |bytes, &extent| bytes.checked_mul(extent))?;
    let data: *mut u8 = if bytes == 0 {
        null_mut()
    } else {
        mlc_rt_alloc(bytes as i64).cast()
    };
    if bytes > 0 && data.is_null() {
        return None;
    }
    // SAFETY: the caller vouches for the room.
    Some(unsafe { describe(header, data, data, extents, number) })
}

/// Writes the header of an array in row-major order, of which `block` is the memory, or null where that is somebody else's.
///
/// # Safety
/// `header` must have room for that of an array of this rank.
pub(super) unsafe fn describe(
    header: *mut u8,
    block: *mut u8,
    data: *mut u8,
    extents: &[usize],
    number: Number,
) -> Region {
    let region = Region::contiguous(data, extents, number);
    // SAFETY: the caller vouches for the room.
    unsafe {
        let pointers = header.cast::<*mut u8>();
        pointers.write(block);
        pointers.add(1).write(data);
        let words = header.cast::<i64>();
        words.add(2).write(0);
        for (axis, &extent) in extents.iter().enumerate() {
            words.add(HEAD + axis).write(extent as i64);
            let stride = region.strides[axis] / number.size() as isize;
            words.add(HEAD + extents.len() + axis).write(stride as i64);
        }
    }
    region
}
