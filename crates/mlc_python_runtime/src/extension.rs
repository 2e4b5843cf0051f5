//! The module of a stand-alone extension, which carries its interface and the entries of its functions along.

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use mlc_interface::Interface;
use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyModule;

use crate::interpreter;
use crate::module::{self, Entries, Settings};

/// What Python keeps of an extension, and behind it what we need when Python executes the module.
#[repr(C)]
struct Definition {
    /// Comes first: Python hands out a pointer to it.
    definition: ffi::PyModuleDef,
    slots: Vec<ffi::PyModuleDef_Slot>,
    name: CString,
    interface: Interface,
    entries: Arc<Table>,
}

/// Entries by their symbols, and variables by theirs.
struct Table {
    entries: HashMap<String, *const c_void>,
    variables: HashMap<String, (*mut c_void, Arc<AtomicUsize>)>,
}

// SAFETY: the addresses are those of functions of the extension, which is never unloaded.
unsafe impl Send for Table {}
// SAFETY: as for `Send`.
unsafe impl Sync for Table {}

impl Entries for Table {
    fn entry(&self, symbol: &str) -> *const c_void {
        self.entries
            .get(symbol)
            .copied()
            .unwrap_or(std::ptr::null())
    }

    fn variable(&self, symbol: &str) -> Option<(*mut c_void, Arc<AtomicUsize>)> {
        self.variables.get(symbol).cloned()
    }

    fn is_to_run(&self) -> bool {
        true
    }
}

/// What an extension's `PyInit_…` returns: the definition of its module, or null with an exception set.
///
/// # Safety
/// `interface` must point to `length` bytes, and `entries` to `count` addresses of entries, or null: first that of the top-level
/// statements, then those of the interface's functions in order; behind them the addresses of its variables and of the words of its
/// structs. Both must stay as they are. The thread must be attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_py_module(
    interface: *const u8,
    length: i64,
    entries: *const *const c_void,
    count: i64,
) -> *mut ffi::PyObject {
    // SAFETY: the caller vouches for both ranges.
    let (bytes, entries) = unsafe {
        (
            std::slice::from_raw_parts(interface, length as usize),
            std::slice::from_raw_parts(entries, count as usize),
        )
    };
    let interface = Interface::from_bytes(bytes);
    let name = interface.as_ref().map_or("", |interface| &interface.name);
    // SAFETY: the caller vouches for the thread. Attaching it before would take it to the main interpreter, where this may be another.
    if !unsafe { interpreter::is_main(name) } {
        return null_mut();
    }
    let interface = interface.map_err(PyImportError::new_err);
    Python::attach(
        |py| match interface.and_then(|interface| define(py, interface, entries)) {
            // SAFETY: the definition is whole, and lives until the process ends.
            Ok(definition) => unsafe { ffi::PyModuleDef_Init(definition.cast()) },
            Err(error) => {
                error.restore(py);
                null_mut()
            }
        },
    )
}

/// What Python is told of the module. It refuses slots that it does not know.
fn slots(py: Python<'_>) -> Vec<ffi::PyModuleDef_Slot> {
    // The numbers of `moduleobject.h`, which the stable interface fixes.
    const MULTIPLE_INTERPRETERS: c_int = 3;
    const NOT_SUPPORTED: usize = 0;
    const GIL: c_int = 4;
    const NOT_USED: usize = 1;
    let slot = |slot, value| ffi::PyModuleDef_Slot { slot, value };
    let mut slots = vec![slot(ffi::Py_mod_exec, execute as *mut c_void)];
    let version = py.version_info();
    if version >= (3, 12) {
        slots.push(slot(MULTIPLE_INTERPRETERS, NOT_SUPPORTED as *mut c_void));
    }
    if version >= (3, 13) {
        slots.push(slot(GIL, NOT_USED as *mut c_void));
    }
    slots.push(slot(0, null_mut()));
    slots
}

fn define(
    py: Python<'_>,
    interface: Interface,
    entries: &[*const c_void],
) -> PyResult<*mut Definition> {
    let name = CString::new(interface.name.as_str())?;
    let init = interface.init.iter().map(|init| init.symbol.clone());
    let init = init.chain(std::iter::repeat(String::new())).take(1);
    let functions = interface.functions.iter().map(|item| item.symbol.clone());
    let mut addresses = entries.iter().copied();
    let symbols = init.chain(functions);
    let table = symbols.zip(addresses.by_ref()).collect();
    let variables = interface.variables.iter().map(|item| &item.symbol);
    let words = interface.structs.iter().map(|item| &item.symbol);
    let variables = variables.chain(words).zip(addresses);
    let variables = variables.filter(|(_, address)| !address.is_null());
    let variables = variables
        .map(|(symbol, address)| (symbol.clone(), (address.cast_mut(), Arc::default())))
        .collect();
    // Python keeps the definition for ever, so it is never freed.
    let made = Box::leak(Box::new(Definition {
        definition: ffi::PyModuleDef {
            m_base: ffi::PyModuleDef_HEAD_INIT,
            m_name: null_mut::<c_char>(),
            m_doc: null_mut::<c_char>(),
            m_size: 0,
            m_methods: null_mut(),
            m_slots: null_mut(),
            m_traverse: None,
            m_clear: None,
            m_free: None,
        },
        slots: slots(py),
        name,
        interface,
        entries: Arc::new(Table {
            entries: table,
            variables,
        }),
    }));
    made.definition.m_name = made.name.as_ptr();
    made.definition.m_slots = made.slots.as_mut_ptr();
    Ok(made)
}

/// Fills the new module.
///
/// # Safety
/// Python calls it with a module whose definition [`define`] made.
unsafe extern "C" fn execute(module: *mut ffi::PyObject) -> c_int {
    Python::attach(|py| {
        // SAFETY: by the caller's word the definition is the head of a `Definition`, which is never freed.
        let (module, made) = unsafe {
            let made = ffi::PyModule_GetDef(module).cast::<Definition>();
            (Borrowed::from_ptr(py, module), &*made)
        };
        let fill = || {
            let module = module.cast::<PyModule>()?;
            let code: crate::Code = made.entries.clone();
            // SAFETY: interface and entries were made together; an extension is never unloaded.
            unsafe {
                module::fill(
                    &module,
                    &made.interface,
                    &*made.entries,
                    &code,
                    Settings::default(),
                    &|_, _, _| Ok(None),
                )
            }
        };
        match fill() {
            Ok(_) => 0,
            Err(error) => {
                PyErr::restore(error, py);
                -1
            }
        }
    })
}
