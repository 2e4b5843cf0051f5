//! Entries for hosts that learn signatures only at run time: each takes its arguments as an array of pointers.
//!
//! ```text
//! define i32 @f(float %x, ptr %y)      define void @mlc_entry.f(ptr %slots)
//!                                        ; *slots[0] is x, *slots[1] is y
//!                                        ; *slots[2] becomes the result
//! ```
//!
//! What a function returns beside one result it writes through pointers, which are arguments.

use llvm_sys::{
    LLVMLinkage, LLVMTypeKind,
    core::{
        LLVMAddCallSiteAttribute, LLVMAddFunction, LLVMAppendBasicBlockInContext, LLVMBuildCall2,
        LLVMBuildGEP2, LLVMBuildLoad2, LLVMBuildRetVoid, LLVMBuildStore, LLVMBuildTrunc,
        LLVMBuildZExt, LLVMConstInt, LLVMCountParamTypes, LLVMCreateBuilderInContext,
        LLVMDisposeBuilder, LLVMFunctionType, LLVMGetEnumAttributeAtIndex,
        LLVMGetEnumAttributeKindForName, LLVMGetIntTypeWidth, LLVMGetNamedFunction, LLVMGetParam,
        LLVMGetParamTypes, LLVMGetReturnType, LLVMGetTypeKind, LLVMGlobalGetValueType,
        LLVMInt8TypeInContext, LLVMInt64TypeInContext, LLVMPointerTypeInContext,
        LLVMPositionBuilderAtEnd, LLVMSetLinkage, LLVMVoidTypeInContext,
    },
    prelude::{LLVMBuilderRef, LLVMContextRef, LLVMModuleRef, LLVMTypeRef, LLVMValueRef},
};
use std::{ffi::CString, ptr::null_mut};

/// The symbol of a function that is not exported by its own name.
pub fn inner_symbol(function: &str) -> String {
    format!("mlc_fn.{function}")
}

/// The symbol of the entry of a function.
pub fn entry_symbol(function: &str) -> String {
    format!("mlc_entry.{function}")
}

/// Exports each of these functions by its inner symbol, and adds its entry.
///
/// # Safety
/// The module must be live and in the context.
pub(crate) unsafe fn add_entries(
    context: LLVMContextRef,
    module: LLVMModuleRef,
    functions: &[String],
) {
    for name in functions {
        let symbol = CString::new(entry_symbol(name)).unwrap_or_default();
        let name = CString::new(inner_symbol(name)).unwrap_or_default();
        // SAFETY: the module is live and in the context.
        unsafe {
            let function = LLVMGetNamedFunction(module, name.as_ptr());
            if !function.is_null() {
                LLVMSetLinkage(function, LLVMLinkage::LLVMExternalLinkage);
                add_entry(context, module, function, &symbol);
            }
        }
    }
}

/// # Safety
/// The module must be live and in the context, and `function` one of its functions.
unsafe fn add_entry(
    context: LLVMContextRef,
    module: LLVMModuleRef,
    function: LLVMValueRef,
    symbol: &CString,
) {
    // SAFETY: everything is made in the live module and its context; the builder is disposed of once.
    unsafe {
        let pointer = LLVMPointerTypeInContext(context, 0);
        let void = LLVMVoidTypeInContext(context);
        let ty = LLVMFunctionType(void, [pointer].as_mut_ptr(), 1, 0);
        let entry = LLVMAddFunction(module, symbol.as_ptr(), ty);
        let build = Build {
            context,
            builder: LLVMCreateBuilderInContext(context),
            slots: LLVMGetParam(entry, 0),
        };
        let block = LLVMAppendBasicBlockInContext(context, entry, c"".as_ptr());
        LLVMPositionBuilderAtEnd(build.builder, block);

        let callee = LLVMGlobalGetValueType(function);
        let mut types = vec![null_mut(); LLVMCountParamTypes(callee) as usize];
        LLVMGetParamTypes(callee, types.as_mut_ptr());
        let mut arguments: Vec<LLVMValueRef> = types
            .iter()
            .enumerate()
            .map(|(index, &ty)| build.load(ty, build.slot(index)))
            .collect();
        let result = LLVMBuildCall2(
            build.builder,
            callee,
            function,
            arguments.as_mut_ptr(),
            arguments.len() as u32,
            c"".as_ptr(),
        );
        copy_extensions(function, result, arguments.len() as u32);
        let result_type = LLVMGetReturnType(callee);
        if LLVMGetTypeKind(result_type) != LLVMTypeKind::LLVMVoidTypeKind {
            // A struct is one result, too: a complex number.
            build.store(result_type, result, build.slot(types.len()));
        }
        LLVMBuildRetVoid(build.builder);
        LLVMDisposeBuilder(build.builder);
    }
}

/// The entry that is being built. All three belong to one live module.
struct Build {
    context: LLVMContextRef,
    builder: LLVMBuilderRef,
    /// The array of pointers.
    slots: LLVMValueRef,
}

impl Build {
    /// The pointer in `slots[index]`.
    fn slot(&self, index: usize) -> LLVMValueRef {
        // SAFETY: types and values belong to the live module.
        unsafe {
            let pointer = LLVMPointerTypeInContext(self.context, 0);
            let mut index = LLVMConstInt(LLVMInt64TypeInContext(self.context), index as u64, 0);
            let none = c"".as_ptr();
            let place = LLVMBuildGEP2(self.builder, pointer, self.slots, &mut index, 1, none);
            LLVMBuildLoad2(self.builder, pointer, place, none)
        }
    }

    /// Loads a value as C stores it: a boolean is a byte.
    fn load(&self, ty: LLVMTypeRef, place: LLVMValueRef) -> LLVMValueRef {
        // SAFETY: types and values belong to the live module.
        unsafe {
            if !is_boolean(ty) {
                return LLVMBuildLoad2(self.builder, ty, place, c"".as_ptr());
            }
            let byte = LLVMInt8TypeInContext(self.context);
            let value = LLVMBuildLoad2(self.builder, byte, place, c"".as_ptr());
            LLVMBuildTrunc(self.builder, value, ty, c"".as_ptr())
        }
    }

    /// Stores a value as C does: a boolean is a byte.
    fn store(&self, ty: LLVMTypeRef, value: LLVMValueRef, place: LLVMValueRef) {
        // SAFETY: types and values belong to the live module.
        unsafe {
            let byte = LLVMInt8TypeInContext(self.context);
            let stored = if is_boolean(ty) {
                LLVMBuildZExt(self.builder, value, byte, c"".as_ptr())
            } else {
                value
            };
            LLVMBuildStore(self.builder, stored, place);
        }
    }
}

/// Gives a call the function's promises that an argument fills its register.
///
/// # Safety
/// `call` must be a call of `function`, which is live and takes `count` arguments.
unsafe fn copy_extensions(function: LLVMValueRef, call: LLVMValueRef, count: u32) {
    for name in ["zeroext", "signext"] {
        // SAFETY: attributes of a function suit its calls; 0 is the result, arguments count from 1.
        unsafe {
            let kind = LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len());
            for place in 0..=count {
                let attribute = LLVMGetEnumAttributeAtIndex(function, place, kind);
                if !attribute.is_null() {
                    LLVMAddCallSiteAttribute(call, place, attribute);
                }
            }
        }
    }
}

/// # Safety
/// `ty` must be a live type.
unsafe fn is_boolean(ty: LLVMTypeRef) -> bool {
    // SAFETY: the caller vouches for the type.
    unsafe {
        LLVMGetTypeKind(ty) == LLVMTypeKind::LLVMIntegerTypeKind && LLVMGetIntTypeWidth(ty) == 1
    }
}
