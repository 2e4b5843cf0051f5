//! The pipelines, as lists one can read.

use crate::stage::Stage;

/// A step of a pipeline: a pass with its options, as in `--pass-pipeline`.
pub type Step = &'static str;

/// Leaves stage `own`: ownership and races are checked, then resolved.
pub const OWN_TO_PAR: &[Step] = &["verify-own"];

/// Leaves stage `par`: what can be said as structured operations is.
pub const PAR_TO_LINALG: &[Step] = &[];

/// Leaves stage `linalg`: loops run on threads, and SIMD is explicit where we know more than LLVM.
pub const LINALG_TO_VECTOR: &[Step] = &[];

/// Leaves stage `vector`: everything becomes the LLVM dialect.
pub const VECTOR_TO_LLVM: &[Step] = &[
    "convert-scf-to-cf",
    "expand-strided-metadata",
    "convert-vector-to-llvm",
    "convert-math-to-llvm",
    "convert-math-to-libm",
    "convert-complex-to-llvm",
    "finalize-memref-to-llvm",
    "convert-arith-to-llvm",
    "convert-index-to-llvm",
    "convert-cf-to-llvm",
    "convert-func-to-llvm",
    "convert-ub-to-llvm",
    "reconcile-unrealized-casts",
];

/// What runs to leave a stage of the CPU flow, and the stage that is reached; `None` at its end.
pub fn leave(stage: Stage) -> Option<(&'static [Step], Stage)> {
    match stage {
        Stage::Own => Some((OWN_TO_PAR, Stage::Par)),
        Stage::Par => Some((PAR_TO_LINALG, Stage::Linalg)),
        Stage::Linalg => Some((LINALG_TO_VECTOR, Stage::Vector)),
        Stage::Vector => Some((VECTOR_TO_LLVM, Stage::Llvm)),
        Stage::Llvm | Stage::Gpu | Stage::Nvvm => None,
    }
}

/// The textual pipeline of some steps, anchored on the module.
pub fn text(steps: &[Step]) -> String {
    format!("builtin.module({})", steps.join(","))
}
