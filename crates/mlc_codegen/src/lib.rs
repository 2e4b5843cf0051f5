//! From IR to machine code: runs the pipelines, hands the result to LLVM, links, and describes it to C.
//!
//! [`Lowering`] takes a module through the stages; [`Machine`] is what code is generated for; an [`Artifact`] is
//! machine code in memory, from which come a [`Jit`], libraries and executables.

mod diagnostics;
mod lowering;

pub use diagnostics::{IrDiagnostic, IrPlace, IrSeverity};
pub use lowering::{Lowering, LoweringConfig, StepError, StepTime};
