//! Machine code in this process, linked by LLVM's ORC.

use crate::report::{Report, collect};
use std::ffi::{CString, c_char, c_void};

#[repr(C)]
struct Symbol {
    name: *const c_char,
    address: *const c_void,
}

unsafe extern "C" {
    fn mlcJitCreate(
        object: *const c_char,
        length: usize,
        symbols: *const Symbol,
        count: usize,
        report: Report,
        sink: *mut c_void,
    ) -> *mut c_void;
    fn mlcJitLookup(
        jit: *mut c_void,
        name: *const c_char,
        report: Report,
        sink: *mut c_void,
    ) -> *const c_void;
    fn mlcJitDestroy(jit: *mut c_void);
}

/// An object that was loaded into the process. Dropping it unloads the code.
#[derive(Debug)]
pub struct Jit {
    raw: *mut c_void,
}

// SAFETY: ORC locks its session; looking up and dropping may happen on any thread.
unsafe impl Send for Jit {}
// SAFETY: as above; looking up takes the session's lock.
unsafe impl Sync for Jit {}

impl Jit {
    /// Loads an object file for this CPU. Names that it does not define are resolved among `symbols`, then among those
    /// of the process. LLVM's native target must have been initialized.
    pub fn load(object: &[u8], symbols: &[(&str, *const ())]) -> Result<Jit, String> {
        let names: Vec<CString> = symbols
            .iter()
            .map(|(name, _)| CString::new(*name).unwrap_or_default())
            .collect();
        let table: Vec<Symbol> = names
            .iter()
            .zip(symbols)
            .map(|(name, (_, address))| Symbol {
                name: name.as_ptr(),
                address: address.cast(),
            })
            .collect();
        let mut said: Vec<String> = Vec::new();
        // SAFETY: object, names and table live during the call, which copies what it keeps.
        let raw = unsafe {
            mlcJitCreate(
                object.as_ptr().cast(),
                object.len(),
                table.as_ptr(),
                table.len(),
                collect,
                (&raw mut said).cast(),
            )
        };
        if raw.is_null() {
            Err(said.concat())
        } else {
            Ok(Jit { raw })
        }
    }

    /// The address of a name that the object defines, valid as long as this value. The first look-up links the object:
    /// it fails where a name that the object needs is missing.
    pub fn lookup(&self, name: &str) -> Result<*const c_void, String> {
        let name = CString::new(name).map_err(|_| "a name holds no zero byte".to_owned())?;
        let mut said: Vec<String> = Vec::new();
        // SAFETY: the session is live.
        let address =
            unsafe { mlcJitLookup(self.raw, name.as_ptr(), collect, (&raw mut said).cast()) };
        if address.is_null() {
            Err(said.concat())
        } else {
            Ok(address)
        }
    }
}

impl Drop for Jit {
    fn drop(&mut self) {
        // SAFETY: `raw` came from `mlcJitCreate` and is destroyed once.
        unsafe { mlcJitDestroy(self.raw) }
    }
}
