//! The pipelines, as lists one can read.

use crate::stage::Stage;

/// A step of a pipeline: a pass with its options, as in `--pass-pipeline`.
pub type Step = &'static str;

/// Leaves stage `own`: ownership and races are checked, then resolved.
pub const OWN_TO_PAR: &[Step] = &[
    "verify-own",
    // Folds casts between integers and indices, so that the analyses see one expression for one index.
    "canonicalize",
    "cse",
    // Equal lengths become one value, which is what the index checks are proved with.
    "func.func(own-hoist-views)",
    // Extents of arrays, and what is computed from lengths alone, leave the loops too and become one value each.
    "func.func(loop-invariant-code-motion)",
    "cse",
    "func.func(own-elide-checks)",
    // After the wraps of indices that are never negative are gone, before loops are versioned.
    "func.func(par-check)",
    "func.func(own-hoist-checks)",
    "func.func(own-elide-checks)",
    // What a check kept in the loop may leave it now.
    "func.func(own-hoist-views)",
    // The loops are checked, and what appends is not: from here on, an append is a store.
    "func.func(par-materialize-collects)",
    // The last moment at which it is known that different owners are different memory.
    "func.func(par-annotate-independent)",
    // All moves, borrows and operations that may raise are final.
    "own-insert-drops",
    "convert-own",
    "verify-par",
];

/// Leaves stage `par`: what can be said as structured operations is.
pub const PAR_TO_LINALG: &[Step] = &[];

/// Leaves stage `linalg`: loops run on threads, and SIMD is explicit where we know more than LLVM.
pub const LINALG_TO_VECTOR: &[Step] = &[
    "verify-linalg",
    // What does not change in the loop is computed before it, so that it is captured, not repeated.
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    "par-outline",
    // Folds the constants of the chunking, and hoists what the body took from its frame.
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    // Before loops are widened, so that vector and scalar iterations round alike.
    "fuse-multiply-add",
    // Half floats compute in f32.
    "math-extend-to-supported-types",
    "vectorize-inner-loops",
    // On scalars and vectors alike, so that both round alike.
    "expand-math",
    "convert-math-to-runtime",
    // Floor and ceiling divisions have no instruction. After the loops, which know the operations.
    "arith-expand",
    // Broadcasts of what does not change leave the new loops.
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    "verify-vector",
];

/// Leaves stage `vector`: everything becomes the LLVM dialect.
pub const VECTOR_TO_LLVM: &[Step] = &[
    "convert-scf-to-cf",
    "convert-exits-to-cf",
    // All that returns is in place: the C interface of exported functions.
    "convert-results",
    // Views of views become one base and offsets, which `finalize-memref-to-llvm` needs.
    "expand-strided-metadata",
    "lower-affine",
    "convert-vector-to-llvm",
    // What has an instruction or an intrinsic first, the rest are calls.
    "convert-math-to-llvm",
    "convert-math-to-libm",
    "convert-complex-to-llvm",
    "finalize-memref-to-llvm",
    "convert-arith-to-llvm",
    "convert-index-to-llvm",
    "convert-cf-to-llvm",
    // Last of the conversions: the others leave casts at the borders of functions.
    "convert-func-to-llvm",
    "convert-ub-to-llvm",
    "reconcile-unrealized-casts",
    "canonicalize",
    "cse",
    "verify-llvm",
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
