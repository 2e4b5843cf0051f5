//! The `main` of a program.
//!
//! ```text
//! define i32 @main(i32 %argc, ptr %argv, ptr %envp) {
//!   %status = call i32 @start()
//!   %failed = icmp ne i32 %status, 0
//!   br i1 %failed, label %report, label %done
//! report:
//!   %code = call i32 @mlc_rt_report_uncaught()
//!   ret i32 %code
//! done:
//!   call void @mlc.end()                        ; where the top-level variables own memory
//!   %written = call i32 @mlc_rt_flush()
//!   %lost = icmp ne i32 %written, 0
//!   br i1 %lost, label %report, label %end
//! end:
//!   %leaked = call i32 @mlc_rt_check_leaks()
//!   ret i32 %leaked
//! }
//! ```

use crate::LlvmError;
use llvm_sys::{
    LLVMIntPredicate, LLVMTypeKind,
    core::{
        LLVMAddFunction, LLVMAppendBasicBlockInContext, LLVMBuildBr, LLVMBuildCall2,
        LLVMBuildCondBr, LLVMBuildICmp, LLVMBuildRet, LLVMConstNull, LLVMCountParams,
        LLVMCreateBuilderInContext, LLVMDisposeBuilder, LLVMFunctionType, LLVMGetNamedFunction,
        LLVMGetReturnType, LLVMGetTypeKind, LLVMGlobalGetValueType, LLVMInt32TypeInContext,
        LLVMPointerTypeInContext, LLVMPositionBuilderAtEnd, LLVMSetValueName2,
    },
    prelude::{LLVMContextRef, LLVMModuleRef, LLVMTypeRef, LLVMValueRef},
};
use std::ffi::{CStr, CString};

/// Adds `main`, which runs `start`: a function without parameters that returns a status or nothing.
///
/// # Safety
/// The module must be live and in the context.
pub(crate) unsafe fn add_main(
    context: LLVMContextRef,
    module: LLVMModuleRef,
    start: &Option<String>,
) -> Result<(), LlvmError> {
    // SAFETY: everything is made in the live module and its context; the builder is disposed of once.
    unsafe {
        let start = match start {
            Some(name) => Some(find_start(module, name)?),
            None => None,
        };
        // The program may have a function `main` of its own, which is not this one.
        let theirs = LLVMGetNamedFunction(module, c"main".as_ptr());
        if !theirs.is_null() {
            let name = "main.program";
            LLVMSetValueName2(theirs, name.as_ptr().cast(), name.len());
        }

        let i32_type = LLVMInt32TypeInContext(context);
        let pointer = LLVMPointerTypeInContext(context, 0);
        let ty = LLVMFunctionType(i32_type, [i32_type, pointer, pointer].as_mut_ptr(), 3, 0);
        let main = LLVMAddFunction(module, c"main".as_ptr(), ty);
        let block = |name: &CStr| LLVMAppendBasicBlockInContext(context, main, name.as_ptr());
        let (entry, report) = (block(c"entry"), block(c"report"));
        let (done, end) = (block(c"done"), block(c"end"));
        let builder = LLVMCreateBuilderInContext(context);
        let call = |function: LLVMValueRef, ty: LLVMTypeRef| {
            LLVMBuildCall2(builder, ty, function, [].as_mut_ptr(), 0, c"".as_ptr())
        };

        LLVMPositionBuilderAtEnd(builder, entry);
        let status = start.map(|function| call(function, LLVMGlobalGetValueType(function)));
        let report_if_set = |status: LLVMValueRef, otherwise| {
            let zero = LLVMConstNull(i32_type);
            let not_equal = LLVMIntPredicate::LLVMIntNE;
            let failed = LLVMBuildICmp(builder, not_equal, status, zero, c"failed".as_ptr());
            LLVMBuildCondBr(builder, failed, report, otherwise);
        };
        match status.filter(|_| start.is_some_and(|function| returns_status(function))) {
            Some(status) => report_if_set(status, done),
            None => {
                LLVMBuildBr(builder, done);
            }
        }

        LLVMPositionBuilderAtEnd(builder, report);
        let (function, ty) = runtime(module, c"mlc_rt_report_uncaught", i32_type);
        LLVMBuildRet(builder, call(function, ty));

        LLVMPositionBuilderAtEnd(builder, done);
        let destroy = LLVMGetNamedFunction(module, c"mlc.end".as_ptr());
        if !destroy.is_null() {
            call(destroy, LLVMGlobalGetValueType(destroy));
        }
        let (function, ty) = runtime(module, c"mlc_rt_flush", i32_type);
        report_if_set(call(function, ty), end);

        LLVMPositionBuilderAtEnd(builder, end);
        let (function, ty) = runtime(module, c"mlc_rt_check_leaks", i32_type);
        LLVMBuildRet(builder, call(function, ty));
        LLVMDisposeBuilder(builder);
    }
    Ok(())
}

/// # Safety
/// The module must be live.
unsafe fn find_start(module: LLVMModuleRef, name: &str) -> Result<LLVMValueRef, LlvmError> {
    let c_name = CString::new(name).unwrap_or_default();
    // SAFETY: the module is live, and a function that is found has a function type.
    unsafe {
        let function = LLVMGetNamedFunction(module, c_name.as_ptr());
        let fits = !function.is_null() && LLVMCountParams(function) == 0;
        if fits && (returns_status(function) || returns(function, LLVMTypeKind::LLVMVoidTypeKind)) {
            return Ok(function);
        }
    }
    Err(LlvmError(format!(
        "`{name}` is no function without parameters that returns a status or nothing"
    )))
}

/// # Safety
/// `function` must be a live function.
unsafe fn returns_status(function: LLVMValueRef) -> bool {
    // SAFETY: the caller vouches for the function.
    unsafe { returns(function, LLVMTypeKind::LLVMIntegerTypeKind) }
}

/// # Safety
/// `function` must be a live function.
unsafe fn returns(function: LLVMValueRef, kind: LLVMTypeKind) -> bool {
    // SAFETY: the caller vouches for the function.
    unsafe { LLVMGetTypeKind(LLVMGetReturnType(LLVMGlobalGetValueType(function))) == kind }
}

/// A function of the runtime without parameters, and its type.
///
/// # Safety
/// The module must be live, and the type of its context.
unsafe fn runtime(
    module: LLVMModuleRef,
    name: &CStr,
    result: LLVMTypeRef,
) -> (LLVMValueRef, LLVMTypeRef) {
    // SAFETY: the caller vouches for module and type.
    unsafe {
        let ty = LLVMFunctionType(result, [].as_mut_ptr(), 0, 0);
        let known = LLVMGetNamedFunction(module, name.as_ptr());
        let function = if known.is_null() {
            LLVMAddFunction(module, name.as_ptr(), ty)
        } else {
            known
        };
        (function, ty)
    }
}
