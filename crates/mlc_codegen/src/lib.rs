//! From IR to machine code: runs the pipelines, hands the result to LLVM, links, and describes it to C.
//!
//! [`Lowering`] takes a module through the stages; [`Machine`] is what code is generated for; an [`Artifact`] is
//! machine code in memory, from which come a [`Jit`], libraries and executables.

mod diagnostics;
mod entries;
mod exports;
mod extension;
mod fatal;
mod header;
mod jit;
mod link;
mod llvm;
mod lowering;
mod machine;
mod program;
mod ptx;
mod sanitizer;

pub use diagnostics::{IrDiagnostic, IrPlace, IrSeverity};
pub use entries::{entry_symbol, inner_symbol};
pub use extension::Extension;
pub use fatal::on_fatal;
pub use header::{header, init_symbol};
pub use jit::{load, run_program};
pub use link::{LinkError, executable, extension, shared_library};
pub use llvm::{CodeFile, LlvmError, LlvmModule, Unit};
pub use lowering::{Lowering, LoweringConfig, StepError, StepTime};
pub use machine::{Machine, OptLevel, UnknownCpu, cpu_names, gpu_names, host_cpu, llvm_version};
pub use mlc_mlir::Jit;
pub use mlc_runtime::ABI_VERSION as RUNTIME_ABI;
/// Whether Python may call code that a program loaded at any time, so that none is to be unloaded.
pub use mlc_runtime::python::keeps_functions as may_not_unload;
pub use sanitizer::Sanitizer;
