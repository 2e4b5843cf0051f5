//! `convert-math-to-runtime`: call the runtime's functions where the C library is not accurate enough.
//!
//! ```mlir
//! // Before                     // After
//! %y = math.erf %x : f64        %y = call @mlc_rt_math_erf_f64(%x) : (f64) -> f64
//! ```
//!
//! A vector's lanes are computed one after the other, by the same function: the same bits.
//!
//! Requires: `expand-math` before, which takes what has a vector form.
//! Leaves: functions within the promised accuracy in the C library.

use super::math::{lanes::Lanes, per_lane};
use crate::emit;
use melior::{
    Context,
    ir::{OperationRef, Type, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{Cursor, all_ops, nested_blocks, op_name, replace, results},
};

pub static CONVERT_MATH_TO_RUNTIME: Pass = Pass {
    name: "convert-math-to-runtime",
    summary: "call the runtime's functions where the C library is not accurate enough",
    anchor: "builtin.module",
    run,
};

/// The functions of the runtime, by operation and width.
const FUNCTIONS: &[(&str, u32, &str)] = &[
    ("math.expm1", 64, "mlc_rt_math_expm1_f64"),
    ("math.expm1", 32, "mlc_rt_math_expm1_f32"),
    ("math.log1p", 64, "mlc_rt_math_log1p_f64"),
    ("math.log1p", 32, "mlc_rt_math_log1p_f32"),
    ("math.rsqrt", 64, "mlc_rt_math_rsqrt_f64"),
    ("math.log10", 64, "mlc_rt_math_log10_f64"),
    ("math.sinh", 64, "mlc_rt_math_sinh_f64"),
    ("math.cosh", 64, "mlc_rt_math_cosh_f64"),
    ("math.tanh", 64, "mlc_rt_math_tanh_f64"),
    ("math.tanh", 32, "mlc_rt_math_tanh_f32"),
    ("math.asinh", 64, "mlc_rt_math_asinh_f64"),
    ("math.acosh", 64, "mlc_rt_math_acosh_f64"),
    ("math.acosh", 32, "mlc_rt_math_acosh_f32"),
    ("math.atanh", 64, "mlc_rt_math_atanh_f64"),
    ("math.cbrt", 64, "mlc_rt_math_cbrt_f64"),
    ("math.erf", 64, "mlc_rt_math_erf_f64"),
    ("math.erfc", 64, "mlc_rt_math_erfc_f64"),
    ("math.erfc", 32, "mlc_rt_math_erfc_f32"),
];

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    let Some(body) = nested_blocks(module).first().copied() else {
        return Ok(());
    };
    for op in all_ops(module) {
        let operands: Vec<_> = op.operands().collect();
        let at = Cursor::before(context, if op == module { continue } else { op });
        let Some(lanes) = operands.first().and_then(|x| Lanes::of(at, *x)) else {
            continue;
        };
        let Some((.., function)) = FUNCTIONS
            .iter()
            .find(|(name, bits, _)| *name == op_name(op) && *bits == lanes.bits)
        else {
            continue;
        };
        let element: Type = lanes.float_element();
        emit::declare(context, body, function, &[element], &[element]);
        let value = if lanes.count().is_some() {
            let start = lanes.float(0.0);
            per_lane::replace_lanes(&lanes, start, None, &operands, |at, scalars| {
                results(emit::call(at, function, scalars, &[element]))[0]
            })
        } else {
            results(emit::call(&at, function, &operands, &[element]))[0]
        };
        replace(op, value);
    }
    Ok(())
}
