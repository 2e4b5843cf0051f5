//! Machine code in this process.

use crate::{CompileError, ir_diagnostics};
use std::ffi::c_void;

/// A module as code in this process. Dropping it unloads the code.
#[derive(Debug)]
pub struct JitModule {
    code: mlc_codegen::Jit,
    exported: Vec<String>,
}

impl JitModule {
    pub(crate) fn load(object: &[u8], exported: Vec<String>) -> Result<JitModule, CompileError> {
        let code = mlc_codegen::load(object, &exported).map_err(ir_diagnostics::undefined)?;
        Ok(JitModule { code, exported })
    }

    /// The address of an exported function. Its C signature is the one in the emitted header; the address is valid as
    /// long as the module.
    pub fn lookup(&self, name: &str) -> Option<*const c_void> {
        self.symbol(name, &mlc_codegen::inner_symbol(name))
    }

    /// The address of the entry of an exported function: a C function `void (void **slots)`. The first pointers lead to the
    /// arguments of the C signature, those behind them to the room for what the C function returns. A boolean is a byte.
    pub fn entry(&self, name: &str) -> Option<*const c_void> {
        self.symbol(name, &mlc_codegen::entry_symbol(name))
    }

    fn symbol(&self, name: &str, symbol: &str) -> Option<*const c_void> {
        let known = self.exported.iter().any(|exported| exported == name);
        if known {
            self.code.lookup(symbol).ok()
        } else {
            None
        }
    }
}
