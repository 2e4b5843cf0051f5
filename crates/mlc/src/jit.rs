//! Machine code in this process.

use crate::{
    CompileError, Sharing, ir_diagnostics,
    state::{State, Values, Variable},
};
use serde::{Deserialize, Serialize};
use std::{
    ffi::c_void,
    sync::{Arc, atomic::AtomicUsize},
};

/// What is to be known of the symbols of an object.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Symbols {
    /// The functions that can be called.
    pub exported: Vec<String>,
    /// The variables whose memory the object wants.
    pub variables: Vec<Variable>,
}

/// A module as code in this process. Dropping it unloads the code.
#[derive(Debug)]
pub struct JitModule(Option<Box<Parts>>);

#[derive(Debug)]
struct Parts {
    code: mlc_codegen::Jit,
    exported: Vec<String>,
    state: State,
}

impl Drop for JitModule {
    fn drop(&mut self) {
        if mlc_codegen::may_not_unload() {
            // Python may call a function of this module yet.
            std::mem::forget(self.0.take());
        }
    }
}

impl JitModule {
    pub(crate) fn load(
        object: &[u8],
        symbols: Symbols,
        sharing: &Sharing,
    ) -> Result<JitModule, CompileError> {
        let Symbols {
            exported,
            variables,
        } = symbols;
        let state = State::new(&variables, sharing);
        let code = mlc_codegen::load(object, &exported, &state.addresses());
        Ok(JitModule(Some(Box::new(Parts {
            code: code.map_err(ir_diagnostics::undefined)?,
            exported,
            state,
        }))))
    }

    fn parts(&self) -> &Parts {
        self.0
            .as_deref()
            .expect("the parts are there until the end")
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

    /// The memory of a top-level variable, by the symbol that the interface gives, and where hosts count the pointers into its
    /// parts that they hold; both are valid as long as the module.
    pub fn variable(&self, symbol: &str) -> Option<(*mut c_void, Arc<AtomicUsize>)> {
        self.parts().state.variable(symbol)
    }

    /// The module's own top-level values, to be shared with another that imports it.
    pub fn values(&self) -> Values {
        self.parts().state.own().clone()
    }

    /// Whether the host has to run the top-level statements: not where they ran because another module of this process imports this
    /// one. Asked again, the answer is yes.
    pub fn is_to_run(&self) -> bool {
        self.parts().state.is_to_run()
    }

    fn symbol(&self, name: &str, symbol: &str) -> Option<*const c_void> {
        let parts = self.parts();
        let known = parts.exported.iter().any(|exported| exported == name);
        known.then(|| parts.code.lookup(symbol).ok()).flatten()
    }
}
