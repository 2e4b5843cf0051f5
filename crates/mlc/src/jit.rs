//! Machine code in this process.

use std::ffi::c_void;

/// A module as code in this process. Dropping it unloads the code.
#[derive(Debug)]
pub struct JitModule {
    symbols: Vec<(String, usize)>,
}

impl JitModule {
    /// The address of an exported function. Its C signature is the one in the emitted header; the address is valid as
    /// long as the module.
    pub fn lookup(&self, name: &str) -> Option<*const c_void> {
        let (_, address) = self.symbols.iter().find(|(symbol, _)| symbol == name)?;
        Some(*address as *const c_void)
    }
}
