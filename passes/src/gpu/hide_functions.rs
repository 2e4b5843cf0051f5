//! `gpu-hide-functions`: make the functions beside kernels private.
//!
//! Before:                              After:
//!   gpu.module @kernels {                gpu.module @kernels {
//!     gpu.func @f_par0() kernel            gpu.func @f_par0() kernel
//!     func.func @square(%x: f32)           func.func private @square(%x: f32)
//!   }                                    }
//!
//! Requires: kernels are outlined, which copied what they call.  Leaves: kernels as all that can be launched or called, so
//! that `symbol-dce` removes what has been inlined.

use melior::{
    Context,
    ir::{OperationRef, attribute::StringAttribute},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{nested_blocks, op_name, ops, set_attribute},
};

pub static HIDE_FUNCTIONS: Pass = Pass {
    name: "gpu-hide-functions",
    summary: "make the functions beside kernels private",
    anchor: "gpu.module",
    run: hide_functions,
};

/// Makes the functions of a module private, but for kernels.
pub fn hide_functions<'c, 'a>(
    context: &'c Context,
    module: OperationRef<'c, 'a>,
    _: &str,
) -> PassResult {
    for op in nested_blocks(module).into_iter().flat_map(ops) {
        if op_name(op) == "func.func" {
            let private = StringAttribute::new(context, "private");
            set_attribute(op, "sym_visibility", private.into());
        }
    }
    Ok(())
}
