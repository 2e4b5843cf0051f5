//! The CPU that code is generated for.

use llvm_sys::{
    core::{LLVMDisposeMessage, LLVMGetVersion},
    target::{
        LLVMCopyStringRepOfTargetData, LLVMDisposeTargetData, LLVMInitializeNVPTXTarget,
        LLVMInitializeNVPTXTargetInfo, LLVMInitializeNVPTXTargetMC, LLVMInitializeX86AsmParser,
        LLVMInitializeX86AsmPrinter, LLVMInitializeX86Target, LLVMInitializeX86TargetInfo,
        LLVMInitializeX86TargetMC,
    },
    target_machine::{
        LLVMCodeGenOptLevel, LLVMCreateTargetDataLayout, LLVMCreateTargetMachineOptions,
        LLVMCreateTargetMachineWithOptions, LLVMDisposeTargetMachine,
        LLVMDisposeTargetMachineOptions, LLVMGetHostCPUFeatures, LLVMGetHostCPUName,
        LLVMGetTargetFromTriple, LLVMRelocMode, LLVMTargetMachineOptionsSetCPU,
        LLVMTargetMachineOptionsSetCodeGenOptLevel, LLVMTargetMachineOptionsSetFeatures,
        LLVMTargetMachineOptionsSetRelocMode, LLVMTargetMachineRef,
    },
};
use mlc_passes::simd::Simd;
use std::{
    ffi::{CStr, CString, c_char},
    ptr::null_mut,
    sync::Once,
};

/// The triple of everything that is generated for CPUs.
pub const TRIPLE: &CStr = c"x86_64-unknown-linux-gnu";

/// The triple of kernels.
const GPU_TRIPLE: &CStr = c"nvptx64-nvidia-cuda";

/// The oldest compute capability that kernels are made for: from there on, the threads of a warp go their own ways.
const OLDEST_GPU: u32 = 70;

/// How hard LLVM tries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OptLevel {
    O0,
    O1,
    O2,
    O3,
}

/// Why there is no machine: the CPU is not known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownCpu(pub String);

/// A CPU with its features, and how to generate code for it.
#[derive(Debug)]
pub struct Machine {
    raw: LLVMTargetMachineRef,
    opt_level: OptLevel,
    cpu: String,
    features: String,
}

// SAFETY: a target machine belongs to no thread.
unsafe impl Send for Machine {}

/// Makes the targets known to LLVM, once in a process.
pub(crate) fn initialize() {
    static ONCE: Once = Once::new();
    // SAFETY: `Once` keeps two threads from registering at the same time.
    ONCE.call_once(|| unsafe {
        LLVMInitializeX86TargetInfo();
        LLVMInitializeX86Target();
        LLVMInitializeX86TargetMC();
        LLVMInitializeX86AsmPrinter();
        LLVMInitializeX86AsmParser();
        // The kernels' code generator initializes itself; the names of GPUs are asked for before it runs.
        LLVMInitializeNVPTXTargetInfo();
        LLVMInitializeNVPTXTarget();
        LLVMInitializeNVPTXTargetMC();
    });
}

/// The names of all CPUs that code can be generated for.
pub fn cpu_names() -> Vec<String> {
    initialize();
    let mut names = mlc_mlir::cpu_names(TRIPLE);
    names.retain(|name| {
        let name = CString::new(name.as_str()).unwrap_or_default();
        mlc_mlir::is_cpu(TRIPLE, &name)
    });
    names
}

/// The names of all GPUs that kernels can be generated for, such as `sm_90`.
pub fn gpu_names() -> Vec<String> {
    initialize();
    let mut names = mlc_mlir::cpu_names(GPU_TRIPLE);
    names.retain(|name| {
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let recent = digits.parse().is_ok_and(|number: u32| number >= OLDEST_GPU);
        name.starts_with("sm_") && recent
    });
    names
}

/// The version of the LLVM that this program is linked with.
pub fn llvm_version() -> String {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: the pointers lead to locals.
    unsafe { LLVMGetVersion(&mut major, &mut minor, &mut patch) };
    format!("{major}.{minor}.{patch}")
}

/// The name and the features of the CPU that runs this.
pub fn host_cpu() -> (String, String) {
    // SAFETY: both return a message of LLVM's, which is taken over.
    unsafe {
        (
            message(LLVMGetHostCPUName()),
            message(LLVMGetHostCPUFeatures()),
        )
    }
}

impl Machine {
    /// The machine for a CPU: a name that LLVM knows, or `native`.
    pub fn new(cpu: &str, opt_level: OptLevel) -> Result<Machine, UnknownCpu> {
        initialize();
        let (name, features) = match cpu {
            "native" => host_cpu(),
            _ => (cpu.to_owned(), String::new()),
        };
        let unknown = || UnknownCpu(cpu.to_owned());
        let c_name = CString::new(name.as_str()).map_err(|_| unknown())?;
        let c_features = CString::new(features.as_str()).map_err(|_| unknown())?;
        if !mlc_mlir::is_cpu(TRIPLE, &c_name) {
            return Err(unknown());
        }
        let level = match opt_level {
            OptLevel::O0 => LLVMCodeGenOptLevel::LLVMCodeGenLevelNone,
            OptLevel::O1 => LLVMCodeGenOptLevel::LLVMCodeGenLevelLess,
            OptLevel::O2 => LLVMCodeGenOptLevel::LLVMCodeGenLevelDefault,
            OptLevel::O3 => LLVMCodeGenOptLevel::LLVMCodeGenLevelAggressive,
        };
        let mut target = null_mut();
        let mut error = null_mut();
        // SAFETY: all strings are C strings that live during the calls, which copy them; the options are disposed of
        // once; the target is static.
        let raw = unsafe {
            if LLVMGetTargetFromTriple(TRIPLE.as_ptr(), &mut target, &mut error) != 0 {
                message(error);
                return Err(unknown());
            }
            let options = LLVMCreateTargetMachineOptions();
            LLVMTargetMachineOptionsSetCPU(options, c_name.as_ptr());
            LLVMTargetMachineOptionsSetFeatures(options, c_features.as_ptr());
            LLVMTargetMachineOptionsSetCodeGenOptLevel(options, level);
            LLVMTargetMachineOptionsSetRelocMode(options, LLVMRelocMode::LLVMRelocPIC);
            let raw = LLVMCreateTargetMachineWithOptions(target, TRIPLE.as_ptr(), options);
            LLVMDisposeTargetMachineOptions(options);
            raw
        };
        Ok(Machine {
            raw,
            opt_level,
            cpu: name,
            features,
        })
    }

    /// What the CPU does on vectors, for the passes.
    pub fn simd(&self) -> Simd {
        let name = CString::new(self.cpu.as_str()).unwrap_or_default();
        let features = CString::new(self.features.as_str()).unwrap_or_default();
        let has = |feature: &CStr| mlc_mlir::cpu_has(TRIPLE, &name, &features, feature);
        Simd {
            vector_bits: match () {
                // Byte lanes and short masks came after the first 512-bit instructions.
                () if has(c"+avx512bw") && has(c"+avx512vl") => 512,
                () if has(c"+avx2") => 256,
                () => 128,
            },
            fused_multiply_add: has(c"+fma"),
        }
    }

    pub(crate) fn raw(&self) -> LLVMTargetMachineRef {
        self.raw
    }

    pub fn opt_level(&self) -> OptLevel {
        self.opt_level
    }

    /// The name of the CPU; never `native`.
    pub fn cpu(&self) -> &str {
        &self.cpu
    }

    /// LLVM's list of features that differ from the CPU's own, such as `+avx2,-sgx`.
    pub fn features(&self) -> &str {
        &self.features
    }

    /// LLVM's description of sizes and alignments.
    pub fn data_layout(&self) -> String {
        // SAFETY: the layout is made from the live machine and disposed of once.
        unsafe {
            let layout = LLVMCreateTargetDataLayout(self.raw);
            let text = message(LLVMCopyStringRepOfTargetData(layout));
            LLVMDisposeTargetData(layout);
            text
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: made in `new` and disposed of once.
        unsafe { LLVMDisposeTargetMachine(self.raw) }
    }
}

/// Takes over a message of LLVM's.
///
/// # Safety
/// `text` must be null or a C string that LLVM allocated for the caller.
pub(crate) unsafe fn message(text: *mut c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller vouches for the text, which is copied before it is freed.
    unsafe {
        let copy = CStr::from_ptr(text).to_string_lossy().into_owned();
        LLVMDisposeMessage(text);
        copy
    }
}
