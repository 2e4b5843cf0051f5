//! What the runtime tells AddressSanitizer and ThreadSanitizer, where the process has one (`--sanitize=address`,
//! `--sanitize=thread`).
//!
//! The runtime itself is not instrumented. So AddressSanitizer would not know that the bytes around a payload belong to
//! nobody, and ThreadSanitizer would not see that the pool, the output and counted texts order what threads do: both are
//! told. Elsewhere each function is a look at one word.

use std::ffi::{CStr, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

/// A function of a sanitizer, if the process has it; looked for once.
struct Found {
    name: &'static CStr,
    /// Null until it was looked for, and `absent` where there is none.
    address: AtomicPtr<c_void>,
}

extern "C" fn absent() {}

impl Found {
    const fn new(name: &'static CStr) -> Found {
        Found {
            name,
            address: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    fn get(&self) -> Option<*mut c_void> {
        let none = absent as *mut c_void;
        let mut address = self.address.load(Ordering::Relaxed);
        if address.is_null() {
            // SAFETY: the name is a C string.
            let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, self.name.as_ptr()) };
            address = if found.is_null() { none } else { found };
            self.address.store(address, Ordering::Relaxed);
        }
        (address != none).then_some(address)
    }
}

static POISON: Found = Found::new(c"__asan_poison_memory_region");
static UNPOISON: Found = Found::new(c"__asan_unpoison_memory_region");
static ACQUIRE: Found = Found::new(c"__tsan_acquire");
static RELEASE: Found = Found::new(c"__tsan_release");

fn call_with_region(function: &Found, start: usize, end: usize) {
    if let Some(function) = function.get() {
        // SAFETY: the address is that of the sanitizer's function of this name, whose parameters these are.
        unsafe {
            let function: extern "C" fn(*const c_void, usize) = std::mem::transmute(function);
            function(start as *const c_void, end - start);
        }
    }
}

fn call_with_place(function: &Found, place: *const c_void) {
    if let Some(function) = function.get() {
        // SAFETY: as above.
        unsafe {
            let function: extern "C" fn(*const c_void) = std::mem::transmute(function);
            function(place);
        }
    }
}

/// Whether the process has a sanitizer.
pub(crate) fn is_there() -> bool {
    POISON.get().is_some() || ACQUIRE.get().is_some()
}

/// The memory between two addresses, inside a block of ours, is nobody's.
pub(crate) fn poison(start: usize, end: usize) {
    call_with_region(&POISON, start, end);
}

/// The memory between two addresses may be used again.
pub(crate) fn unpoison(start: usize, end: usize) {
    call_with_region(&UNPOISON, start, end);
}

/// What any thread did before its [`release`] of the same place comes before what this one does from here on.
pub(crate) fn acquire<T>(place: *const T) {
    call_with_place(&ACQUIRE, place.cast());
}

/// What this thread did up to here comes before what others do after their [`acquire`] of the same place.
pub(crate) fn release<T>(place: *const T) {
    call_with_place(&RELEASE, place.cast());
}
