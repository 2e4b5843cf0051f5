//! The start of a Python extension module.
//!
//! ```text
//! define ptr @PyInit_hot() {
//!   %module = call ptr @mlc_py_module(ptr @interface, i64 1234, ptr @entries, i64 5)
//!   ret ptr %module
//! }
//! ```

use crate::entries::entry_symbol;
use llvm_sys::{
    LLVMLinkage,
    core::{
        LLVMAddFunction, LLVMAddGlobal, LLVMAppendBasicBlockInContext, LLVMBuildCall2,
        LLVMBuildRet, LLVMConstArray2, LLVMConstInt, LLVMConstPointerNull,
        LLVMConstStringInContext2, LLVMCreateBuilderInContext, LLVMDisposeBuilder,
        LLVMFunctionType, LLVMGetNamedFunction, LLVMGetNamedGlobal, LLVMInt64TypeInContext,
        LLVMPointerTypeInContext, LLVMPositionBuilderAtEnd, LLVMSetGlobalConstant,
        LLVMSetInitializer, LLVMSetLinkage, LLVMTypeOf,
    },
    prelude::{LLVMContextRef, LLVMModuleRef, LLVMValueRef},
};
use std::ffi::{CStr, CString};

/// What an extension module is made of besides the functions themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Extension {
    /// The name under which Python imports it.
    pub name: String,
    /// Its description, as `mlc_interface` writes it.
    pub interface: Vec<u8>,
    /// The symbols of the functions in the order of the description; the first is that of the top-level statements, or
    /// empty.
    pub symbols: Vec<String>,
    /// The symbols of the variables in the order of the description.
    pub variables: Vec<String>,
}

impl Extension {
    /// The function that Python looks for.
    pub fn init_symbol(&self) -> String {
        format!("PyInit_{}", self.name)
    }
}

/// Adds the function that Python calls on import. The module has the entries already.
///
/// # Safety
/// The module must be live and in the context.
pub(crate) unsafe fn add_init(
    context: LLVMContextRef,
    module: LLVMModuleRef,
    extension: &Extension,
) {
    // SAFETY: everything is made in the live module and its context; the builder is disposed of once.
    unsafe {
        let pointer = LLVMPointerTypeInContext(context, 0);
        let word = LLVMInt64TypeInContext(context);
        let bytes = extension.interface.as_ptr().cast();
        let text = LLVMConstStringInContext2(context, bytes, extension.interface.len(), 1);
        let interface = constant(module, c"mlc.interface", text);
        let mut entries: Vec<LLVMValueRef> = extension
            .symbols
            .iter()
            .map(|symbol| {
                let name = CString::new(entry_symbol(symbol)).unwrap_or_default();
                let entry = LLVMGetNamedFunction(module, name.as_ptr());
                if entry.is_null() {
                    return LLVMConstPointerNull(pointer);
                }
                LLVMSetLinkage(entry, LLVMLinkage::LLVMInternalLinkage);
                entry
            })
            .collect();
        for symbol in &extension.variables {
            let name = CString::new(symbol.as_str()).unwrap_or_default();
            let variable = LLVMGetNamedGlobal(module, name.as_ptr());
            entries.push(if variable.is_null() {
                LLVMConstPointerNull(pointer)
            } else {
                variable
            });
        }
        let count = entries.len() as u64;
        let table = constant(
            module,
            c"mlc.entries",
            LLVMConstArray2(pointer, entries.as_mut_ptr(), count),
        );
        let mut params = [pointer, word, pointer, word];
        let ty = LLVMFunctionType(pointer, params.as_mut_ptr(), 4, 0);
        let make = LLVMAddFunction(module, c"mlc_py_module".as_ptr(), ty);

        let name = CString::new(extension.init_symbol()).unwrap_or_default();
        let init_type = LLVMFunctionType(pointer, [].as_mut_ptr(), 0, 0);
        let init = LLVMAddFunction(module, name.as_ptr(), init_type);
        let builder = LLVMCreateBuilderInContext(context);
        let block = LLVMAppendBasicBlockInContext(context, init, c"".as_ptr());
        LLVMPositionBuilderAtEnd(builder, block);
        let mut arguments = [
            interface,
            LLVMConstInt(word, extension.interface.len() as u64, 0),
            table,
            LLVMConstInt(word, count, 0),
        ];
        let made = LLVMBuildCall2(builder, ty, make, arguments.as_mut_ptr(), 4, c"".as_ptr());
        LLVMBuildRet(builder, made);
        LLVMDisposeBuilder(builder);
    }
}

/// # Safety
/// The module must be live, and `value` a constant of its context.
unsafe fn constant(module: LLVMModuleRef, name: &CStr, value: LLVMValueRef) -> LLVMValueRef {
    // SAFETY: the caller vouches for module and value.
    unsafe {
        let global = LLVMAddGlobal(module, LLVMTypeOf(value), name.as_ptr());
        LLVMSetInitializer(global, value);
        LLVMSetGlobalConstant(global, 1);
        LLVMSetLinkage(global, LLVMLinkage::LLVMPrivateLinkage);
        global
    }
}
