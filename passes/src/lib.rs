//! The passes of mlc, the stages between them, and the pipelines that they make.
//!
//! One pass is one file, named as the pass is: `own/insert_drops.rs` holds `own-insert-drops`.
//! Passes never see source text; what they report, they report at locations.

pub mod pipeline;
pub mod race_options;
pub mod simd;
pub mod stage;

mod analysis;
mod emit;
mod inner_function;

mod convert;
mod gpu;
mod own;
mod par;
mod vector;
mod verify;

use mlc_mlir::{Pass, register_pass, register_upstream_passes, set_pass_dialects};
use std::sync::Once;

/// Every pass of ours, in the order of the flow.
pub static PASSES: &[&Pass] = &[
    &own::check::CHECK,
    &own::annotate_globals::ANNOTATE_GLOBALS,
    &own::annotate_lends::ANNOTATE_LENDS,
    &own::hoist_views::HOIST_VIEWS,
    &own::hoist_loads::HOIST_LOADS,
    &own::elide_checks::ELIDE_CHECKS,
    &own::hoist_checks::HOIST_CHECKS,
    &par::forget_marks::FORGET_MARKS,
    &par::check::CHECK,
    &par::annotate_independent::ANNOTATE_INDEPENDENT,
    &verify::stage::VERIFY_OWN,
    &par::materialize_collects::MATERIALIZE_COLLECTS,
    &own::presize_lists::PRESIZE_LISTS,
    &own::thread_moves::THREAD_MOVES,
    &own::insert_drops::INSERT_DROPS,
    &own::elide_copies::ELIDE_COPIES,
    &own::reuse::REUSE,
    &own::explain_drops::EXPLAIN_DROPS,
    &own::report_facts::REPORT_FACTS,
    &own::stack_promote::STACK_PROMOTE,
    &own::guard_recursion::GUARD_RECURSION,
    &convert::own::CONVERT_OWN,
    &verify::stage::VERIFY_PAR,
    &verify::stage::VERIFY_LINALG,
    &convert::scf_parallel::CONVERT_SCF_PARALLEL_TO_PAR,
    &par::log_accesses::LOG_ACCESSES,
    &par::outline::PAR_OUTLINE,
    &vector::fuse_multiply_add::FUSE_MULTIPLY_ADD,
    &vector::vectorize_inner_loops::VECTORIZE_INNER_LOOPS,
    &vector::expand_uniform_division::EXPAND_UNIFORM_DIVISION,
    &vector::extend_bf16::EXTEND_BF16,
    &vector::expand_math::EXPAND_MATH,
    &vector::convert_math_to_runtime::CONVERT_MATH_TO_RUNTIME,
    &vector::bound_strided_loops::BOUND_STRIDED_LOOPS,
    &verify::stage::VERIFY_VECTOR,
    &convert::regions::CONVERT_REGIONS,
    &convert::exits::CONVERT_EXITS,
    &convert::results::CONVERT_RESULTS,
    &convert::par_to_gpu::PAR_TO_GPU,
    &verify::stage::VERIFY_GPU,
    &verify::stage::VERIFY_LLVM,
    &convert::math_to_nvvm::MATH_TO_NVVM,
    &gpu::hide_functions::HIDE_FUNCTIONS,
    &verify::stage::VERIFY_NVVM,
];

/// Makes our passes and the upstream ones known to textual pipelines, once in a process.
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        register_upstream_passes();
        set_pass_dialects(mlc_dialects::register);
        for pass in PASSES {
            register_pass(pass);
        }
    });
}
