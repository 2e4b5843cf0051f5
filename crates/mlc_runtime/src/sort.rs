//! Sorting lists: stable, ascending or descending, as Python's `list.sort`.

use std::cmp::Ordering;

use crate::list::List;
use crate::race::log;
use crate::text::{Text, as_str};

/// Sorts the elements of a list by an order; equal ones keep theirs, also in reverse.
///
/// # Safety
/// `list` must be a valid list of elements of type `T` that nothing else uses during the call.
unsafe fn sort<T>(list: *mut List, reverse: bool, order: impl Fn(&T, &T) -> Ordering) {
    // SAFETY: the caller vouches for the list; one without elements may have no buffer.
    let items = unsafe {
        let list = &*list;
        if list.len <= 0 {
            return;
        }
        std::slice::from_raw_parts_mut(list.data.cast::<T>(), list.len as usize)
    };
    log::write_by_runtime(items.as_ptr().addr(), std::mem::size_of_val(items));
    if reverse {
        items.sort_by(|a, b| order(b, a));
    } else {
        items.sort_by(order);
    }
}

macro_rules! sort_as {
    ($name:ident, $ty:ty, $order:expr) => {
        /// Sorts a list of numbers; what is no number comes last.
        ///
        /// # Safety
        /// `list` must be a valid list of elements of this type that nothing else uses during the call.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(list: *mut List, reverse: bool) {
            // SAFETY: the caller vouches for the list.
            unsafe { sort::<$ty>(list, reverse, $order) }
        }
    };
}

sort_as!(mlc_rt_sort_i8, i8, Ord::cmp);
sort_as!(mlc_rt_sort_i16, i16, Ord::cmp);
sort_as!(mlc_rt_sort_i32, i32, Ord::cmp);
sort_as!(mlc_rt_sort_i64, i64, Ord::cmp);
sort_as!(mlc_rt_sort_u8, u8, Ord::cmp);
sort_as!(mlc_rt_sort_u16, u16, Ord::cmp);
sort_as!(mlc_rt_sort_u32, u32, Ord::cmp);
sort_as!(mlc_rt_sort_u64, u64, Ord::cmp);
sort_as!(mlc_rt_sort_f32, f32, |a, b| order_floats(
    f64::from(*a),
    f64::from(*b)
));
sort_as!(mlc_rt_sort_f64, f64, |a, b| order_floats(*a, *b));

/// A total order in which zeros are equal and what is no number comes last.
fn order_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b)
        .unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Sorts a list of texts by their code points.
///
/// # Safety
/// `list` must be a valid list of texts that nothing else uses during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_sort_str(list: *mut List, reverse: bool) {
    // SAFETY: the caller vouches for the list, and the texts live as long as it.
    unsafe { sort::<Text>(list, reverse, |a, b| as_str(*a).cmp(as_str(*b))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_keep_their_order_in_reverse() {
        let mut items = [1.0, -0.0, f64::NAN, 0.0, 2.0];
        let mut list = List {
            data: items.as_mut_ptr().cast(),
            len: items.len() as i64,
            cap: 0,
        };
        // SAFETY: the header describes the array.
        unsafe { mlc_rt_sort_f64(&mut list, true) };
        let shown: Vec<String> = items.iter().map(f64::to_string).collect();
        assert_eq!(shown, ["NaN", "2", "1", "-0", "0"]);
    }
}
