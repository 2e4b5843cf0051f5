//! `verify-own`, `verify-par`, …: the check that closes a stage.
//!
//! Each reports the first operation of a dialect that the stage does not allow. Changes nothing.

use crate::stage::Stage;
use melior::{
    Context,
    ir::{
        OperationRef,
        operation::{OperationLike, WalkOrder, WalkResult},
    },
};
use mlc_mlir::{Pass, PassError, PassResult, emit_error};

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
    module.walk(WalkOrder::PreOrder, |op| {
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
