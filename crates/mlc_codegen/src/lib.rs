//! From IR to machine code: runs the pipelines, hands the result to LLVM, links, and describes it to C.
//!
//! [`Lowering`] takes a module through the stages; [`Machine`] is what code is generated for; an [`Artifact`] is
//! machine code in memory, from which come a [`Jit`], libraries and executables.

mod diagnostics;
mod exports;
mod jit;
mod llvm;
mod lowering;
mod machine;

pub use diagnostics::{IrDiagnostic, IrPlace, IrSeverity};
pub use jit::load;
pub use llvm::{CodeFile, LlvmError, LlvmModule};
pub use lowering::{Lowering, LoweringConfig, StepError, StepTime};
pub use machine::{Machine, OptLevel, UnknownCpu, cpu_names, host_cpu};
