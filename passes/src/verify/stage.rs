//! `verify-own`, `verify-par`, …: the check that closes a stage.
//!
//! Each reports the first operation of a dialect that the stage does not allow; `verify-own`, where IR of other front ends comes
//! in, also one that is nested too deeply; and a module that is for a processor which there is not. Changes nothing.

use crate::{simd::Simd, stage::Stage};
use melior::{
    Context,
    ir::{
        OperationRef,
        operation::{OperationLike, WalkOrder, WalkResult},
    },
};
use mlc_mlir::{Pass, PassError, PassResult, emit_error, rewrite::parent};

macro_rules! verify_stage {
    ($constant:ident, $name:literal, $stage:ident) => {
        pub static $constant: Pass = Pass {
            name: $name,
            summary: concat!(
                "check that only dialects of the stage are left (",
                $name,
                ")"
            ),
            anchor: "builtin.module",
            run: |_: &Context, op, _: &str| verify(Stage::$stage, op),
        };
    };
}

verify_stage!(VERIFY_OWN, "verify-own", Own);
verify_stage!(VERIFY_PAR, "verify-par", Par);
verify_stage!(VERIFY_LINALG, "verify-linalg", Linalg);
verify_stage!(VERIFY_VECTOR, "verify-vector", Vector);
verify_stage!(VERIFY_GPU, "verify-gpu", Gpu);
verify_stage!(VERIFY_LLVM, "verify-llvm", Llvm);
verify_stage!(VERIFY_NVVM, "verify-nvvm", Nvvm);

fn verify(stage: Stage, module: OperationRef) -> PassResult {
    let mut result = Ok(());
    if let Err(message) = Simd::of(module, "") {
        emit_error(module.location(), &message);
        return Err(PassError::Reported);
    }
    module.walk(WalkOrder::PreOrder, |op| {
        if stage == Stage::Own && is_too_deep(op) {
            let message = format!("operations nest more than {DEEPEST} deep");
            emit_error(op.location(), &message);
            result = Err(PassError::Reported);
            return WalkResult::Interrupt;
        }
        let name = op.name();
        let name = name.as_string_ref().as_str().unwrap_or_default();
        if stage.allows(name) {
            return WalkResult::Advance;
        }
        emit_error(
            op.location(),
            &format!("`{name}` is not legal in stage `{stage}`"),
        );
        result = Err(PassError::Reported);
        WalkResult::Interrupt
    });
    result
}

/// How deeply the operations of a program may nest: passes look into regions by recursion, and at all that is around.
const DEEPEST: usize = 256;

fn is_too_deep(op: OperationRef) -> bool {
    std::iter::successors(Some(op), parent)
        .nth(DEEPEST)
        .is_some()
}
