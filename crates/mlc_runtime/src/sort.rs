//! Sorting lists: stable, ascending or descending, as Python's `list.sort`.

use std::cmp::Ordering;

use crate::list::List;
use crate::race::log;
use crate::text::{Text, as_str};
use crate::timsort;

/// The elements of a list that is about to be sorted.
///
/// # Safety
/// `list` must be a valid list of elements of type `T` that nothing else uses while they are.
unsafe fn items<'l, T>(list: *mut List) -> &'l mut [T] {
    // SAFETY: the caller vouches for the list; one without elements may have no buffer.
    let items = unsafe {
        let list = &*list;
        if list.len <= 0 {
            return &mut [];
        }
        std::slice::from_raw_parts_mut(list.data.cast::<T>(), list.len as usize)
    };
    log::write_by_runtime(items.as_ptr().addr(), std::mem::size_of_val(items));
    items
}

/// Sorts by an order; equal elements keep theirs, also in reverse.
fn sort<T>(items: &mut [T], reverse: bool, order: impl Fn(&T, &T) -> Ordering) {
    if reverse {
        items.sort_by(|a, b| order(b, a));
    } else {
        items.sort_by(order);
    }
}

macro_rules! sort_as {
    ($name:ident, $ty:ty, $order:expr) => {
        /// Sorts a list of numbers.
        ///
        /// # Safety
        /// `list` must be a valid list of elements of this type that nothing else uses during the call.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(list: *mut List, reverse: bool) {
            // SAFETY: the caller vouches for the list.
            sort(unsafe { items::<$ty>(list) }, reverse, $order)
        }
    };
}

macro_rules! sort_floats_as {
    ($name:ident, $ty:ty) => {
        /// Sorts a list of floats. Where one of them is no number they have no order: then they end as in CPython.
        ///
        /// # Safety
        /// `list` must be a valid list of elements of this type that nothing else uses during the call.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(list: *mut List, reverse: bool) {
            // SAFETY: the caller vouches for the list.
            let items = unsafe { items::<$ty>(list) };
            if !items.iter().any(|item| item.is_nan()) {
                sort(items, reverse, |a, b| {
                    a.partial_cmp(b).unwrap_or(Ordering::Equal)
                });
                return;
            }
            if reverse {
                items.reverse();
            }
            timsort::sort(items, |a, b| a < b);
            if reverse {
                items.reverse();
            }
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
sort_floats_as!(mlc_rt_sort_f32, f32);
sort_floats_as!(mlc_rt_sort_f64, f64);

/// Sorts a list of texts by their code points.
///
/// # Safety
/// `list` must be a valid list of texts that nothing else uses during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_sort_str(list: *mut List, reverse: bool) {
    // SAFETY: the caller vouches for the list.
    let items = unsafe { items::<Text>(list) };
    // SAFETY: the texts live as long as the list.
    sort(items, reverse, |a, b| unsafe { as_str(*a).cmp(as_str(*b)) });
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
