//! A module as LLVM IR: translated, optimized, and turned into machine code.

use crate::{
    Extension, Lowering, Sanitizer, entries, extension,
    machine::{Machine, OptLevel, TRIPLE, message},
    program,
};
use llvm_sys::{
    LLVMAttributeFunctionIndex, LLVMDiagnosticSeverity, LLVMLinkage,
    core::{
        LLVMAddAttributeAtIndex, LLVMAddGlobal, LLVMContextCreate, LLVMContextDispose,
        LLVMContextSetDiagnosticHandler, LLVMCreateEnumAttribute, LLVMDeleteGlobal,
        LLVMDisposeMemoryBuffer, LLVMDisposeModule, LLVMGetAlignment, LLVMGetBufferSize,
        LLVMGetBufferStart, LLVMGetDiagInfoDescription, LLVMGetDiagInfoSeverity,
        LLVMGetEnumAttributeKindForName, LLVMGetFirstFunction, LLVMGetFirstGlobal,
        LLVMGetNamedFunction, LLVMGetNamedGlobal, LLVMGetNextFunction, LLVMGetNextGlobal,
        LLVMGetValueName2, LLVMGlobalGetValueType, LLVMIsAFunction, LLVMIsDeclaration,
        LLVMPrintModuleToString, LLVMReplaceAllUsesWith, LLVMSetAlignment, LLVMSetLinkage,
        LLVMSetModuleIdentifier, LLVMSetSourceFileName, LLVMSetTarget, LLVMSetValueName2,
    },
    error::{LLVMDisposeErrorMessage, LLVMGetErrorMessage},
    prelude::{LLVMContextRef, LLVMDiagnosticInfoRef, LLVMModuleRef, LLVMValueRef},
    target::{
        LLVMABISizeOfType, LLVMDisposeTargetData, LLVMGetModuleDataLayout, LLVMSetModuleDataLayout,
    },
    target_machine::{
        LLVMCodeGenFileType, LLVMCreateTargetDataLayout, LLVMTargetMachineEmitToMemoryBuffer,
    },
    transforms::pass_builder::{
        LLVMCreatePassBuilderOptions, LLVMDisposePassBuilderOptions,
        LLVMPassBuilderOptionsSetLoopInterleaving, LLVMPassBuilderOptionsSetLoopVectorization,
        LLVMPassBuilderOptionsSetSLPVectorization, LLVMRunPasses,
    },
};
use mlir_sys::mlirTranslateModuleToLLVMIR;
use std::{
    collections::HashSet,
    ffi::{CStr, CString, c_void},
    ptr::null_mut,
    slice,
};

/// What machine code is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeFile {
    Assembly,
    Object,
}

/// What code is generated for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unit {
    /// To be called from outside: these functions can be, some under another name.
    Library {
        exported: Vec<String>,
        renamed: Vec<(String, String)>,
    },
    /// To be called in this process: as a library, and each function has an entry, too ([`crate::entry_symbol`]). The memory
    /// of the variables is the host's, who gives it when the object is loaded.
    Host {
        exported: Vec<String>,
        variables: Vec<String>,
    },
    /// To be imported by Python: only the function that Python looks for is visible.
    Extension {
        exported: Vec<String>,
        extension: Extension,
    },
    /// To be run: `main(argc, argv, envp)` calls the function `start`, reports the error that it ends with, and returns
    /// the exit status.
    Program { start: Option<String> },
}

/// LLVM did not do what it was asked for: a bug, on our side or on LLVM's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LlvmError(pub String);

/// What LLVM reported as errors.
#[derive(Debug, Default)]
struct Errors(Vec<String>);

/// A module in an LLVM context of its own.
#[derive(Debug)]
pub struct LlvmModule {
    module: LLVMModuleRef,
    context: LLVMContextRef,
    /// What LLVM reported as errors; boxed, for the context points to it.
    errors: Box<Errors>,
    external: Vec<(String, usize)>,
}

// SAFETY: module and context are reachable through this value alone and belong to no thread.
unsafe impl Send for LlvmModule {}

extern "C" fn on_diagnostic(info: LLVMDiagnosticInfoRef, sink: *mut c_void) {
    // SAFETY: LLVM passes a live diagnostic and the errors that the context was given.
    unsafe {
        if matches!(
            LLVMGetDiagInfoSeverity(info),
            LLVMDiagnosticSeverity::LLVMDSError
        ) {
            (*sink.cast::<Errors>())
                .0
                .push(message(LLVMGetDiagInfoDescription(info)));
        }
    }
}

impl LlvmModule {
    /// Translates a module at stage `llvm` to what `unit` says. `name` is that of its source.
    pub fn translate(
        name: &str,
        lowering: &Lowering,
        machine: &Machine,
        unit: &Unit,
    ) -> Result<LlvmModule, LlvmError> {
        // SAFETY: the context is fresh and disposed of once, by the value made here.
        let mut this = unsafe {
            LlvmModule {
                module: null_mut(),
                context: LLVMContextCreate(),
                errors: Box::default(),
                external: Vec::new(),
            }
        };
        let sink = (&raw mut *this.errors).cast::<c_void>();
        let (module, reported) = lowering.collect(|module| {
            // SAFETY: the operation is live; the LLVM context takes the module over; the errors behind `sink` live as
            // long as the context.
            unsafe {
                LLVMContextSetDiagnosticHandler(this.context, Some(on_diagnostic), sink);
                mlirTranslateModuleToLLVMIR(module.as_operation().to_raw(), this.context.cast())
            }
        });
        this.module = module.cast();
        if this.module.is_null() {
            let first = reported
                .first()
                .map(|diagnostic| diagnostic.message.as_str());
            let reason = first.unwrap_or("no reason was given");
            return Err(LlvmError(format!(
                "the translation to LLVM IR failed: {reason}"
            )));
        }
        // SAFETY: the module is live, and so is everything found in it; LLVM copies the name.
        unsafe {
            LLVMSetModuleIdentifier(this.module, name.as_ptr().cast(), name.len());
            LLVMSetSourceFileName(this.module, name.as_ptr().cast(), name.len());
            LLVMSetTarget(this.module, TRIPLE.as_ptr());
            let layout = LLVMCreateTargetDataLayout(machine.raw());
            LLVMSetModuleDataLayout(this.module, layout);
            LLVMDisposeTargetData(layout);
        }
        match unit {
            Unit::Library { exported, renamed } => {
                let exported: HashSet<&str> = exported.iter().map(String::as_str).collect();
                this.hide(|name| exported.contains(name));
                this.rename(renamed);
            }
            Unit::Host {
                exported,
                variables,
            } => {
                this.hide(|_| false);
                for name in variables {
                    this.make_external(name);
                }
                // SAFETY: the module is live.
                unsafe { entries::add_entries(this.context, this.module, exported) };
            }
            Unit::Extension {
                exported,
                extension,
            } => {
                this.hide(|_| false);
                // SAFETY: the module is live.
                unsafe {
                    entries::add_entries(this.context, this.module, exported);
                    extension::add_init(this.context, this.module, extension);
                }
            }
            Unit::Program { start } => {
                // SAFETY: the module is live.
                unsafe { program::add_main(this.context, this.module, start)? };
                this.hide(|name| name == "main");
            }
        }
        Ok(this)
    }

    /// Makes a variable of the module one that is defined elsewhere, if there is one of that name.
    fn make_external(&mut self, name: &str) {
        let symbol = CString::new(name).unwrap_or_default();
        // SAFETY: the module is live; the new global takes the place of the old one, which nothing uses any more when it goes.
        unsafe {
            let old = LLVMGetNamedGlobal(self.module, symbol.as_ptr());
            if old.is_null() {
                return;
            }
            let ty = LLVMGlobalGetValueType(old);
            let size = LLVMABISizeOfType(LLVMGetModuleDataLayout(self.module), ty);
            let new = LLVMAddGlobal(self.module, ty, c"".as_ptr());
            LLVMSetAlignment(new, LLVMGetAlignment(old));
            LLVMReplaceAllUsesWith(old, new);
            LLVMDeleteGlobal(old);
            LLVMSetValueName2(new, name.as_ptr().cast(), name.len());
            self.external.push((name.to_owned(), size as usize));
        }
    }

    /// The variables that are defined elsewhere, and their sizes in bytes.
    pub fn external(&self) -> &[(String, usize)] {
        &self.external
    }

    fn rename(&self, renamed: &[(String, String)]) {
        for (from, to) in renamed {
            let from = CString::new(from.as_str()).unwrap_or_default();
            // SAFETY: the module is live, and LLVM copies the name.
            unsafe {
                let function = LLVMGetNamedFunction(self.module, from.as_ptr());
                if !function.is_null() {
                    LLVMSetValueName2(function, to.as_ptr().cast(), to.len());
                }
            }
        }
    }

    /// Makes every definition internal that is not exported, so that LLVM may change or remove it. A function gets another
    /// name, too: under its own, `exp` or `memcpy` would be taken for the C library's.
    fn hide(&self, exported: impl Fn(&str) -> bool) {
        let hide = |value: LLVMValueRef, keep: bool| {
            // SAFETY: the value is a global of the live module.
            unsafe {
                if !keep && LLVMIsDeclaration(value) == 0 {
                    LLVMSetLinkage(value, LLVMLinkage::LLVMInternalLinkage);
                    if !LLVMIsAFunction(value).is_null() {
                        let name = entries::inner_symbol(&value_name(value));
                        LLVMSetValueName2(value, name.as_ptr().cast(), name.len());
                    }
                }
            }
        };
        // SAFETY: the iteration stays within the live module, and changing a linkage moves nothing.
        unsafe {
            let mut function = LLVMGetFirstFunction(self.module);
            while !function.is_null() {
                hide(function, exported(&value_name(function)));
                function = LLVMGetNextFunction(function);
            }
            let mut global = LLVMGetFirstGlobal(self.module);
            while !global.is_null() {
                // Names such as `llvm.used` are LLVM's own.
                hide(global, value_name(global).starts_with("llvm."));
                global = LLVMGetNextGlobal(global);
            }
        }
    }

    /// Runs LLVM's pipeline for the machine's optimization level, then instruments what is left for a sanitizer. With
    /// `verify`, the module is verified before: what LLVM's own passes make is not ours to check.
    pub fn optimize(
        &mut self,
        machine: &Machine,
        verify: bool,
        sanitizer: Option<Sanitizer>,
    ) -> Result<(), LlvmError> {
        let level = match machine.opt_level() {
            OptLevel::O0 => "default<O0>",
            OptLevel::O1 => "default<O1>",
            OptLevel::O2 => "default<O2>",
            OptLevel::O3 => "default<O3>",
        };
        let mut passes = vec![level];
        if verify {
            passes.insert(0, "verify");
        }
        if let Some(sanitizer) = sanitizer {
            self.mark(sanitizer);
            passes.push(sanitizer.passes());
        }
        let passes = CString::new(passes.join(",")).unwrap_or_default();
        let vectorize = i32::from(machine.opt_level() >= OptLevel::O2);
        // SAFETY: module and machine are live; the options are disposed of once; the error is taken over.
        unsafe {
            let options = LLVMCreatePassBuilderOptions();
            LLVMPassBuilderOptionsSetLoopVectorization(options, vectorize);
            LLVMPassBuilderOptionsSetLoopInterleaving(options, vectorize);
            LLVMPassBuilderOptionsSetSLPVectorization(options, vectorize);
            let error = LLVMRunPasses(self.module, passes.as_ptr(), machine.raw(), options);
            LLVMDisposePassBuilderOptions(options);
            if !error.is_null() {
                let text = LLVMGetErrorMessage(error);
                let copy = CStr::from_ptr(text).to_string_lossy().into_owned();
                LLVMDisposeErrorMessage(text);
                return Err(LlvmError(copy));
            }
        }
        self.take_errors()
    }

    /// Gives every function the attribute without which a sanitizer passes it over.
    fn mark(&self, sanitizer: Sanitizer) {
        let name = sanitizer.attribute();
        // SAFETY: the iteration stays within the live module, and the attribute is of its context.
        unsafe {
            let kind = LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len());
            let attribute = LLVMCreateEnumAttribute(self.context, kind, 0);
            let mut function = LLVMGetFirstFunction(self.module);
            while !function.is_null() {
                if LLVMIsDeclaration(function) == 0 {
                    LLVMAddAttributeAtIndex(function, LLVMAttributeFunctionIndex, attribute);
                }
                function = LLVMGetNextFunction(function);
            }
        }
    }

    /// The module as text.
    pub fn text(&self) -> String {
        // SAFETY: the module is live, and the text is taken over.
        unsafe { message(LLVMPrintModuleToString(self.module)) }
    }

    /// Generates machine code. The module is not to be used otherwise afterwards: code generation changes it.
    pub fn emit(&mut self, machine: &Machine, file: CodeFile) -> Result<Vec<u8>, LlvmError> {
        let file = match file {
            CodeFile::Assembly => LLVMCodeGenFileType::LLVMAssemblyFile,
            CodeFile::Object => LLVMCodeGenFileType::LLVMObjectFile,
        };
        let mut error = null_mut();
        let mut buffer = null_mut();
        // SAFETY: module and machine are live; error and buffer are taken over, the buffer's bytes copied before.
        let bytes = unsafe {
            let failed = LLVMTargetMachineEmitToMemoryBuffer(
                machine.raw(),
                self.module,
                file,
                &mut error,
                &mut buffer,
            );
            if failed != 0 {
                return Err(LlvmError(message(error)));
            }
            let start = LLVMGetBufferStart(buffer).cast::<u8>();
            let bytes = slice::from_raw_parts(start, LLVMGetBufferSize(buffer)).to_vec();
            LLVMDisposeMemoryBuffer(buffer);
            bytes
        };
        self.take_errors()?;
        Ok(bytes)
    }

    fn take_errors(&mut self) -> Result<(), LlvmError> {
        let errors = std::mem::take(&mut self.errors.0);
        if errors.is_empty() {
            Ok(())
        } else {
            Err(LlvmError(errors.join("; ")))
        }
    }
}

impl Drop for LlvmModule {
    fn drop(&mut self) {
        // SAFETY: module and context are disposed of once, in this order.
        unsafe {
            if !self.module.is_null() {
                LLVMDisposeModule(self.module);
            }
            LLVMContextDispose(self.context);
        }
    }
}

/// The name of a global.
///
/// # Safety
/// `value` must be a live value.
unsafe fn value_name(value: LLVMValueRef) -> String {
    let mut length = 0;
    // SAFETY: LLVM returns the start of a name of `length` bytes, which is copied.
    unsafe {
        let name = LLVMGetValueName2(value, &mut length).cast::<u8>();
        String::from_utf8_lossy(slice::from_raw_parts(name, length)).into_owned()
    }
}
