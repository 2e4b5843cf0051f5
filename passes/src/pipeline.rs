//! The pipelines, as lists one can read.

use crate::stage::Stage;
use std::borrow::Cow;

/// A step of a pipeline: a pass with its options, as in `--pass-pipeline`.
pub type Step = &'static str;

/// Leaves stage `own`: ownership and races are checked, then resolved.
pub const OWN_TO_PAR: &[Step] = &[
    "verify-own",
    // What calls return is a part of which arguments, for all that follows borrows.
    "own-annotate-lends",
    // On what the front end made, before anything moves: its places are those of the source.
    "own-check",
    // From here on functions are looked at one by one.
    "own-annotate-globals",
    // Folds casts between integers and indices, so that the analyses see one expression for one index.
    "canonicalize",
    "cse",
    // Equal lengths become one value, which is what the index checks are proved with.
    "func.func(own-hoist-views)",
    // A width that is a field is one value for all iterations, too.
    "func.func(own-hoist-loads)",
    // Extents of arrays, and what is computed from lengths alone, leave the loops too and become one value each.
    "func.func(loop-invariant-code-motion)",
    "cse",
    "func.func(own-elide-checks)",
    // After the wraps of indices that are never negative are gone, before loops are versioned.
    "par-check",
    // Appends that come once in an iteration are stores, before the checks of loops are looked at.
    "func.func(own-presize-lists)",
    "func.func(own-hoist-checks)",
    "func.func(own-elide-checks)",
    // What a check kept in the loop may leave it now.
    "func.func(own-hoist-views)",
    // The loops are checked, and what appends is not: from here on, an append is a store.
    "func.func(par-materialize-collects)",
    // The last moment at which it is known that different owners are different memory.
    "func.func(par-annotate-independent)",
    // All moves, borrows and operations that may raise are final.
    "own-thread-moves",
    "own-insert-drops",
    "own-elide-copies",
    // What ends where something of its size begins.
    "own-reuse",
    // Where a box ends is final.
    "own-stack-promote",
    // After all that looks at functions one by one: recursive ones become two.
    "own-guard-recursion",
    "convert-own",
    "verify-par",
];

/// What textual IR goes through at the stage where it comes in, before it leaves that stage. What its loops promise, `par-check` is to
/// see: those of `scf`, too.
const ENTER_OWN: &[Step] = &[
    "verify-own",
    "par-forget-marks",
    "convert-scf-parallel-to-par",
];

/// The same where it comes in behind the checks.
const ENTER_PAR: &[Step] = &[
    "verify-par",
    "par-forget-marks",
    "convert-scf-parallel-to-par",
    "own-annotate-lends",
    "own-check",
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    "cse",
    "par-check",
    // What the check does when the program runs is said in words of `own`.
    "convert-own",
    "verify-par",
];

/// The same for structured operations, whose loops may stand in parallel ones.
const ENTER_LINALG: &[Step] = &[
    "verify-linalg",
    "par-forget-marks",
    "func.func(convert-linalg-to-parallel-loops)",
    "convert-scf-parallel-to-par",
    "own-annotate-lends",
    "own-check",
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    "cse",
    "par-check",
    "convert-own",
    "verify-linalg",
];

/// Leaves stage `par`: what can be said as structured operations is.
pub const PAR_TO_LINALG: &[Step] = &[
    // All memory is explicit, and every access still has its place in the source.
    "par-log-accesses",
];

/// Leaves stage `linalg`: loops run on threads, and SIMD is explicit where we know more than LLVM.
pub const LINALG_TO_VECTOR: &[Step] = &[
    "verify-linalg",
    // Structured operations are loops again: parallel ones, where their iterations are.
    "func.func(convert-linalg-to-parallel-loops)",
    "convert-scf-parallel-to-par",
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
    // Divisors that are one scalar are still broadcasts.
    "expand-uniform-division",
    // Whatever the loops made of it, and before the functions, which have no form in bf16.
    "extend-bf16",
    // On scalars and vectors alike, so that both round alike.
    "expand-math",
    "convert-math-to-runtime",
    // Floor and ceiling divisions have no instruction, and that for bf16 takes subnormal numbers for zero. After the
    // loops, which know the operations.
    "arith-expand{include-bf16}",
    // Broadcasts of what does not change leave the new loops.
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    "verify-vector",
];

/// Leaves stage `vector`: everything becomes the LLVM dialect.
pub const VECTOR_TO_LLVM: &[Step] = &[
    // Behind all that asks for the bounds as the source has them.
    "bound-strided-loops",
    // Branches and loops of long functions; then what is left of `scf`.
    "convert-regions-to-cf",
    "convert-scf-to-cf",
    "convert-exits-to-cf",
    // All that returns is in place: the C interface of exported functions.
    "convert-results",
    // Views of views become one base and offsets, which `finalize-memref-to-llvm` needs.
    "expand-strided-metadata",
    "lower-affine",
    // What has an instruction or an intrinsic first; the rest are calls, one for each lane, which is taken out of its
    // vector by what the next conversion takes.
    "convert-math-to-llvm",
    "convert-math-to-libm",
    "convert-vector-to-llvm",
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

/// Leaves stage `linalg` for CUDA: parallel loops become kernels, or run on the host's threads where they cannot.
pub const LINALG_TO_GPU: &[Step] = &[
    "verify-linalg",
    // Structured operations are loops again: parallel ones, where their iterations are.
    "func.func(convert-linalg-to-parallel-loops)",
    "convert-scf-parallel-to-par",
    // What does not change in the loop is computed before it, on the host.
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    "convert-par-to-gpu",
    // What stayed.
    "par-outline",
    "canonicalize",
    "cse",
    // Constants and sizes are computed again in the kernel: they would be parameters of it.
    "gpu-launch-sink-index-computations",
    "gpu-kernel-outlining",
    "canonicalize",
    "cse",
    "func.func(loop-invariant-code-motion)",
    "gpu.module(gpu.func(loop-invariant-code-motion))",
    // Host and kernels round alike.
    "fuse-multiply-add",
    "expand-math",
    "verify-gpu",
];

/// Leaves stage `gpu`: kernels become the NVVM dialect, the host's code the LLVM dialect.
pub const GPU_TO_NVVM: &[Step] = &[
    "nvvm-attach-target{chip=<arch> features=+<ptx> O=3}",
    // What has no instruction is an error in kernels, and a call on the host.
    "gpu.module(convert-math-to-nvvm)",
    "convert-math-to-runtime",
    // What kernels call becomes part of them.
    "gpu.module(gpu-hide-functions,inline,symbol-dce)",
    // Behind all that asks for the bounds as the source has them.
    "bound-strided-loops",
    // Branches and loops of long functions; then what is left of `scf`.
    "convert-regions-to-cf",
    "convert-scf-to-cf",
    "convert-exits-to-cf",
    "convert-results",
    "expand-strided-metadata",
    "lower-affine",
    // The kernels first: the host's conversions take what they know out of kernels, too, and not as a device needs it.
    "gpu.module(convert-complex-to-llvm,convert-gpu-to-nvvm,convert-ub-to-llvm,reconcile-unrealized-casts)",
    "convert-math-to-llvm",
    "convert-math-to-libm",
    "convert-vector-to-llvm",
    "convert-complex-to-llvm",
    // Memory, arithmetic and functions with the launches, whose operands they become.
    "gpu-to-llvm",
    "convert-index-to-llvm",
    "convert-ub-to-llvm",
    "reconcile-unrealized-casts",
    "canonicalize",
    "cse",
    "verify-nvvm",
];

/// Makes the kernels of stage `nvvm` PTX, in the operation that holds them.
pub const NVVM_TO_PTX: Step = "gpu-module-to-binary{format=isa}";

/// What tells where values are destroyed and reused: the way out of stage `own` to where that is final, and the pass that
/// says it.
pub fn explain_drops() -> impl Iterator<Item = Step> {
    let decided = |step: &Step| *step != "own-stack-promote";
    (OWN_TO_PAR.iter().copied())
        .take_while(decided)
        .chain(["own-explain-drops"])
}

/// What the flow leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    #[default]
    Cpu,
    /// Kernels for a compute capability such as `sm_90`, and host code.
    Cuda { arch: String },
}

/// What runs over textual IR at the stage where it comes in.
pub fn enter(stage: Stage) -> &'static [Step] {
    match stage {
        Stage::Own => ENTER_OWN,
        Stage::Par => ENTER_PAR,
        Stage::Linalg => ENTER_LINALG,
        Stage::Vector | Stage::Gpu | Stage::Llvm | Stage::Nvvm => &[],
    }
}

/// What runs to leave a stage, and the stage that is reached; `None` at the end of the flow.
pub fn leave(stage: Stage, flow: &Flow) -> Option<(&'static [Step], Stage)> {
    match (stage, flow) {
        (Stage::Own, _) => Some((OWN_TO_PAR, Stage::Par)),
        (Stage::Par, _) => Some((PAR_TO_LINALG, Stage::Linalg)),
        (Stage::Linalg, Flow::Cpu) => Some((LINALG_TO_VECTOR, Stage::Vector)),
        (Stage::Linalg, Flow::Cuda { .. }) => Some((LINALG_TO_GPU, Stage::Gpu)),
        (Stage::Vector, _) => Some((VECTOR_TO_LLVM, Stage::Llvm)),
        (Stage::Gpu, _) => Some((GPU_TO_NVVM, Stage::Nvvm)),
        (Stage::Llvm | Stage::Nvvm, _) => None,
    }
}

/// A step with what the flow decides filled in.
pub fn fill(step: Step, flow: &Flow) -> Cow<'static, str> {
    match flow {
        Flow::Cuda { arch } if step.contains('<') => step
            .replace("<arch>", arch)
            .replace("<ptx>", ptx_version(arch))
            .into(),
        _ => step.into(),
    }
}

/// The textual pipeline of a step, anchored on the module.
pub fn text(step: &str) -> String {
    format!("builtin.module({step})")
}

/// The PTX version that a compute capability is programmed in: the oldest that knows it, among those in wide use.
fn ptx_version(arch: &str) -> &'static str {
    let digits: String = arch.chars().filter(char::is_ascii_digit).collect();
    match digits.parse() {
        Ok(0..=90) => "ptx80",
        Ok(110) => "ptx90",
        _ => "ptx88",
    }
}
