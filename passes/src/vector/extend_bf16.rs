//! `extend-bf16`: compute in `f32` what is written in `bf16`, with one rounding for each operation.
//!
//! ```mlir
//! // Before                        // After
//! %c = arith.addf %a, %b : bf16    %x = arith.extf %a : bf16 to f32
//!                                  %y = arith.extf %b : bf16 to f32
//!                                  %z = arith.addf %x, %y : f32
//!                                  %c = arith.truncf %z : f32 to bf16
//! ```
//!
//! Few processors compute in `bf16`, those that do take subnormal numbers for zero, and LLVM calls a library for the others.
//! Conversions from and to other types go through `f32`, too.
//!
//! Requires: nothing.  Leaves: `bf16` in constants, memory, selections, and conversions from and to `f32`.

use crate::emit;
use melior::{
    Context,
    ir::{OperationRef, Type, TypeLike, ValueLike, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{Cursor, Op, all_ops, enclosing, op_name, replace, results},
};

pub static EXTEND_BF16: Pass = Pass {
    name: "extend-bf16",
    summary: "compute in f32 what is written in bf16",
    anchor: "builtin.module",
    run,
};

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    for op in all_ops(module) {
        // A GPU has instructions for it.
        if computes(op) && enclosing(op, &["gpu.module"]).is_none() {
            extend(context, op);
        }
    }
    Ok(())
}

/// Whether an operation makes numbers of numbers, and does not only pass them on.
fn computes(op: Op) -> bool {
    let name = op_name(op);
    let passes_on = matches!(
        name,
        "arith.constant"
            | "arith.select"
            | "arith.bitcast"
            | "arith.negf"
            | "math.copysign"
            | "math.absf"
    );
    (name.starts_with("arith.") || name.starts_with("math.") || name == "vector.reduction")
        && !passes_on
}

fn holds_bf16(ty: Type) -> bool {
    emit::element_type(ty).is_bf16()
}

/// The type with `f32` in the place of `bf16`.
fn extended<'c>(context: &'c Context, ty: Type<'c>) -> Type<'c> {
    let single = Type::float32(context);
    match emit::vector_lanes(ty) {
        _ if !holds_bf16(ty) => ty,
        Some(lanes) if ty.is_vector() => Type::vector(&[lanes], single),
        _ => single,
    }
}

fn extend<'c, 'a>(context: &'c Context, op: Op<'c, 'a>) {
    let old = results(op);
    let operands: Vec<_> = op.operands().collect();
    let [old] = old[..] else { return };
    let narrow = old.r#type();
    let single = |ty: Type<'c>| emit::element_type(ty).is_f32();
    match op_name(op) {
        "arith.extf" if single(narrow) => return,
        "arith.truncf" if single(operands[0].r#type()) => return,
        _ => {}
    }
    if !holds_bf16(narrow) && !operands.iter().any(|operand| holds_bf16(operand.r#type())) {
        return;
    }
    let at = Cursor::before(context, op);
    let wide: Vec<_> = operands
        .iter()
        .map(|&operand| {
            let ty = operand.r#type();
            if holds_bf16(ty) {
                at.value("arith.extf", &[operand], extended(context, ty), &[])
            } else {
                operand
            }
        })
        .collect();
    let value = emit::like(&at, op, &wide, extended(context, narrow));
    let value = if holds_bf16(narrow) {
        at.value("arith.truncf", &[value], narrow, &[])
    } else {
        value
    };
    replace(op, value);
}
