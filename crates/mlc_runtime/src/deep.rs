//! Values that hold values of their own type in lists, to any depth: what destroys and copies them calls itself, and leaves for
//! later what lies too deep for the stack.
//!
//! What is near comes in the order of CPython; what lies deeper comes in another, as it does there, too.

use std::cell::{Cell, RefCell};

use crate::list::List;

/// How many such lists are destroyed or copied within each other.
const NEAR: u32 = 200;

type Drop = unsafe extern "C" fn(*mut List);
type Copy = unsafe extern "C" fn(*mut List, *const List) -> i32;

struct Copying {
    to: *mut List,
    from: *const List,
    copy: Copy,
}

thread_local! {
    static DROPS: Cell<u32> = const { Cell::new(0) };
    static DROP_LATER: RefCell<Vec<(List, Drop)>> = const { RefCell::new(Vec::new()) };
    static COPIES: Cell<u32> = const { Cell::new(0) };
    static COPY_LATER: RefCell<Vec<Copying>> = const { RefCell::new(Vec::new()) };
}

/// Whether the elements of a list are to be destroyed now; `drop`, which destroys a list, gets it later where not.
///
/// # Safety
/// `list` must be a valid header, which nobody else uses any more where the result is false.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_deep_drop(list: *const List, drop: Drop) -> bool {
    let depth = DROPS.get();
    if depth < NEAR {
        DROPS.set(depth + 1);
        return true;
    }
    // SAFETY: the caller vouches for the header.
    let list = unsafe { list.read() };
    DROP_LATER.with_borrow_mut(|later| later.push((list, drop)));
    false
}

/// After the elements of a list: what was left for later follows those of the outermost one.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_deep_dropped() {
    let depth = DROPS.get();
    if depth == 1 {
        while let Some((mut list, drop)) = DROP_LATER.with_borrow_mut(Vec::pop) {
            // SAFETY: the list was left to this function, and `drop` destroys such.
            unsafe { drop(&raw mut list) };
        }
    }
    DROPS.set(depth - 1);
}

/// Whether the elements of a list are to be copied now; `copy`, which copies a list, gets both later where not.
///
/// # Safety
/// Both must stay where they are until the outermost list is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_deep_copy(to: *mut List, from: *const List, copy: Copy) -> bool {
    let depth = COPIES.get();
    if depth < NEAR {
        COPIES.set(depth + 1);
        return true;
    }
    COPY_LATER.with_borrow_mut(|later| later.push(Copying { to, from, copy }));
    false
}

/// After the elements of a list, with 0, or with the status that ended them: then nothing is copied any more. The status of the list
/// and, for the outermost one, of what was left for later.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_deep_copied(status: i32) -> i32 {
    let depth = COPIES.get();
    let mut status = status;
    while status == 0 && depth == 1 {
        let Some(Copying { to, from, copy }) = COPY_LATER.with_borrow_mut(Vec::pop) else {
            break;
        };
        // SAFETY: both lists are where they were, and `copy` copies such.
        status = unsafe { copy(to, from) };
    }
    if status != 0 {
        COPY_LATER.with_borrow_mut(Vec::clear);
    }
    COPIES.set(depth - 1);
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null_mut;

    thread_local! {
        static LEFT: Cell<i64> = const { Cell::new(0) };
        static DEEPEST: Cell<u32> = const { Cell::new(0) };
    }

    fn list(len: i64) -> List {
        List {
            data: null_mut(),
            len,
            cap: 1,
        }
    }

    /// A list of length `n` holds one of length `n - 1`.
    unsafe extern "C" fn drop_nested(list_at: *mut List) {
        // SAFETY: the tests pass valid headers.
        unsafe {
            if !mlc_rt_deep_drop(list_at, drop_nested) {
                return;
            }
            DEEPEST.set(DEEPEST.get().max(DROPS.get()));
            let n = (*list_at).len;
            if n > 0 {
                let mut inner = list(n - 1);
                drop_nested(&raw mut inner);
            }
        }
        LEFT.set(LEFT.get() - 1);
        mlc_rt_deep_dropped();
    }

    #[test]
    fn what_lies_deep_is_destroyed_without_more_of_the_stack() {
        LEFT.set(1_000_001);
        let mut outer = list(1_000_000);
        // SAFETY: the header is valid.
        unsafe { drop_nested(&raw mut outer) };
        assert_eq!((LEFT.get(), DEEPEST.get(), DROPS.get()), (0, NEAR, 0));
    }

    /// Copies as much as `LEFT` says, and fails then.
    unsafe extern "C" fn copy_nested(to: *mut List, from: *const List) -> i32 {
        // SAFETY: the tests pass headers that stay.
        unsafe {
            (*to).len = 0;
            if !mlc_rt_deep_copy(to, from, copy_nested) {
                return 0;
            }
            if LEFT.get() == 0 {
                return mlc_rt_deep_copied(7);
            }
            LEFT.set(LEFT.get() - 1);
            (*to).len = (*from).len;
            let next = from.add(1);
            let status = match (*next).len {
                0 => 0,
                _ => copy_nested(to.add(1), next),
            };
            mlc_rt_deep_copied(status)
        }
    }

    #[test]
    fn what_lies_deep_is_copied_or_nothing_is_left_to_copy() {
        let from: Vec<List> = (0..=10_000).rev().map(list).collect();
        let mut to: Vec<List> = (0..=10_000).map(|_| list(0)).collect();
        for (room, status) in [(10_000, 0), (500, 7)] {
            LEFT.set(room);
            // SAFETY: the lists have as many headers as their lengths say, and stay.
            assert_eq!(
                unsafe { copy_nested(to.as_mut_ptr(), from.as_ptr()) },
                status
            );
            assert_eq!((COPIES.get(), COPY_LATER.with_borrow(Vec::len)), (0, 0));
        }
        assert_eq!(to[499].len, 9_501);
    }
}
