//! How far the stack of a thread may grow before compiled functions that call themselves raise `RecursionError`.

use std::cell::Cell;

/// What is kept free for all that does not check: the functions of this runtime, destructors, and what Python runs when it is
/// called from the deepest frame.
const RESERVE: usize = 256 << 10;

/// The addresses that a thread's stack may have, the lowest and one past the highest.
#[derive(Clone, Copy)]
struct Bounds {
    low: usize,
    high: usize,
}

thread_local! {
    static BOUNDS: Cell<Option<Bounds>> = const { Cell::new(None) };
}

/// The lowest address that the frames of recursive functions may come to on this thread, as an unsigned number; 0, which none
/// comes to, where that is not known, as on a stack that a library of coroutines made.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_stack_limit() -> i64 {
    let here = 0u8;
    let here = std::ptr::from_ref(&here).addr();
    let bounds = BOUNDS.get().unwrap_or_else(|| {
        let bounds = of_this_thread();
        BOUNDS.set(Some(bounds));
        bounds
    });
    if !(bounds.low..bounds.high).contains(&here) {
        return 0;
    }
    // A small stack is still good for some calls.
    let reserve = RESERVE.min((bounds.high - bounds.low) / 4);
    (bounds.low + reserve) as i64
}

#[cfg(target_os = "linux")]
fn of_this_thread() -> Bounds {
    let mut attributes = std::mem::MaybeUninit::uninit();
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: `pthread_getattr_np` initializes the attributes where it succeeds, and only then are they read and destroyed.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return Bounds { low: 0, high: 0 };
        }
        libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    let low = low.addr();
    Bounds {
        low,
        high: low.saturating_add(size),
    }
}

#[cfg(not(target_os = "linux"))]
fn of_this_thread() -> Bounds {
    Bounds { low: 0, high: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limit as a thread with a stack of so many bytes sees it, and the address of one of its variables.
    fn on_a_stack_of(bytes: usize) -> (usize, usize) {
        let thread = std::thread::Builder::new().stack_size(bytes);
        let looks = || {
            let here = 0u8;
            (
                mlc_rt_stack_limit() as usize,
                std::ptr::from_ref(&here).addr(),
            )
        };
        thread.spawn(looks).unwrap().join().unwrap()
    }

    #[test]
    fn most_of_a_stack_is_above_its_limit() {
        for bytes in [64 << 10, 1 << 20, 64 << 20] {
            let (limit, here) = on_a_stack_of(bytes);
            let above = here - limit;
            assert!(above < bytes, "{above} of {bytes}");
            assert!(above > bytes / 2, "{above} of {bytes}");
        }
    }

    #[test]
    fn a_stack_that_is_not_the_threads_has_no_limit() {
        mlc_rt_stack_limit();
        let bounds = BOUNDS.get().unwrap();
        BOUNDS.set(Some(Bounds {
            low: 16,
            high: 4096,
        }));
        assert_eq!(mlc_rt_stack_limit(), 0);
        BOUNDS.set(Some(bounds));
    }
}
