//! What a caller decides about a compilation.

use crate::words::words;

words! {
    /// What the program runs on.
    pub enum Target: "target" {
        /// Threads and SIMD of the CPU.
        Cpu = "cpu",
        /// Kernels for NVIDIA GPUs, with host code for the CPU.
        Cuda = "cuda",
        /// The same kernels, run on the CPU.
        CudaEmu = "cuda-emu",
    }
}

words! {
    /// How hard LLVM tries.
    pub enum OptLevel: "optimization level" {
        O0 = "0",
        O1 = "1",
        O2 = "2",
        O3 = "3",
    }
}

words! {
    /// What may be done with floating-point arithmetic.
    pub enum Fp: "floating-point mode" {
        /// Source order, one rounding for each operation.
        Strict = "strict",
        /// Products and sums contract; reductions take a fixed shape that depends on the target alone.
        Reassoc = "reassoc",
        /// Also assumes that there is no NaN and no infinity.
        Fast = "fast",
    }
}

words! {
    /// Which run-time checks there are.
    pub enum Checks: "checks" {
        None = "none",
        /// Bounds, division by zero, access to `None`.
        Bounds = "bounds",
        /// Those and integer overflow.
        Overflow = "overflow",
    }
}

words! {
    /// What happens to a parallel loop whose iterations cannot be proved independent.
    pub enum RaceChecks: "race checks" {
        /// One exact check before the loop, where there is one.
        Dynamic = "dynamic",
        /// An error.
        Static = "static",
    }
}

words! {
    /// What a program is instrumented for; it runs slower and reports what it finds.
    pub enum Sanitize: "sanitizer" {
        None = "none",
        /// Accesses of the iterations of parallel loops that meet, one of them writing.
        Race = "race",
        /// LLVM's AddressSanitizer: accesses out of bounds or after free.
        Address = "address",
        /// LLVM's ThreadSanitizer: accesses of two threads without an order.
        Thread = "thread",
    }
}

/// What a caller decides about a compilation. Start from [`Options::default`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Options {
    pub target: Target,
    pub opt_level: OptLevel,
    /// A name that LLVM knows, or `native` for the CPU that compiles.
    pub cpu: String,
    /// A compute capability such as `sm_90`; for [`Target::Cuda`].
    pub gpu_arch: String,
    pub fp: Fp,
    pub checks: Checks,
    pub race_checks: RaceChecks,
    pub sanitize: Sanitize,
    /// Names known at compile time, with Python literals as their values.
    pub defines: Vec<(String, String)>,
    /// Whether machine code tells its source lines to debuggers and profilers.
    pub debug_info: bool,
    /// Whether the IR is verified after every pass; slower, for those who work on passes.
    pub verify_each: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            target: Target::Cpu,
            opt_level: OptLevel::O3,
            cpu: "native".into(),
            gpu_arch: "sm_80".into(),
            fp: Fp::Reassoc,
            checks: Checks::Bounds,
            race_checks: RaceChecks::Dynamic,
            sanitize: Sanitize::None,
            defines: Vec::new(),
            debug_info: false,
            verify_each: cfg!(debug_assertions),
        }
    }
}
