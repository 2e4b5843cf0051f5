//! `convert-math-to-nvvm`: make the functions in kernels that a device has instructions for intrinsics.
//!
//! Before:                              After:
//!   %y = math.sqrt %x : f32              %y = llvm.call_intrinsic "llvm.sqrt"(%x) : (f32) -> f32
//!
//! Requires: what is computed from other operations has been expanded.  Leaves: no `math` in kernels; a function that a
//! device cannot compute is an error of the program.
//! Does not: approximate. The intrinsics round as they do on a CPU.

use melior::{
    Context,
    ir::{
        Attribute, OperationRef, TypeLike, ValueLike,
        attribute::{DenseI32ArrayAttribute, StringAttribute},
        operation::OperationLike,
    },
};
use mlc_mlir::{
    Pass, PassError, PassResult, emit_error,
    rewrite::{Cursor, Op, all_ops, op_name, replace, results},
};

pub static MATH_TO_NVVM: Pass = Pass {
    name: "convert-math-to-nvvm",
    summary: "make the functions in kernels that a device has instructions for intrinsics",
    anchor: "gpu.module",
    run: math_to_nvvm,
};

/// Converts the functions in the kernels of a module.
pub fn math_to_nvvm<'c, 'a>(
    context: &'c Context,
    module: OperationRef<'c, 'a>,
    _: &str,
) -> PassResult {
    let mut result = Ok(());
    for op in all_ops(module) {
        let Some(function) = function(op) else {
            continue;
        };
        match intrinsic(function) {
            Some(intrinsic) => convert(context, op, intrinsic),
            None => {
                let bits = bits(op);
                emit_error(
                    op.location(),
                    &format!(
                        "unsupported: `{function}` of {bits}-bit numbers cannot run on a GPU"
                    ),
                );
                result = Err(PassError::Reported);
            }
        }
    }
    result
}

/// The name of the function that an operation computes, if it is one that takes more than plain arithmetic.
fn function<'c>(op: Op<'c, '_>) -> Option<&'c str> {
    match op_name(op) {
        // The remainder of large quotients takes a loop, which nothing here makes.
        "arith.remf" => Some("fmod"),
        "math.powf" | "math.fpowi" | "math.ipowi" => Some("pow"),
        name => name.strip_prefix("math."),
    }
}

/// The LLVM intrinsic that computes a function exactly, or with one rounding, on a device.
fn intrinsic(function: &str) -> Option<&'static str> {
    Some(match function {
        "absf" => "llvm.fabs",
        "ceil" => "llvm.ceil",
        "copysign" => "llvm.copysign",
        "floor" => "llvm.floor",
        "fma" => "llvm.fma",
        "roundeven" => "llvm.roundeven",
        "sqrt" => "llvm.sqrt",
        "trunc" => "llvm.trunc",
        "ctpop" => "llvm.ctpop",
        _ => return None,
    })
}

fn bits(op: Op) -> u64 {
    let text = results(op)
        .first()
        .map_or(String::new(), |result| result.r#type().to_string());
    text.trim_start_matches(|letter: char| !letter.is_ascii_digit())
        .parse()
        .unwrap_or(64)
}

fn convert<'c, 'a>(context: &'c Context, op: Op<'c, 'a>, intrinsic: &str) {
    let operands: Vec<_> = op.operands().collect();
    let ty = results(op)[0].r#type();
    let segments = [operands.len() as i32, 0];
    let mut attributes: Vec<(&str, Attribute)> = vec![
        ("intrin", StringAttribute::new(context, intrinsic).into()),
        (
            "operandSegmentSizes",
            DenseI32ArrayAttribute::new(context, &segments).into(),
        ),
        (
            "op_bundle_sizes",
            DenseI32ArrayAttribute::new(context, &[]).into(),
        ),
    ];
    let flags = op
        .attribute("fastmath")
        .ok()
        .filter(|_| ty.is_float())
        .and_then(|flags| {
            let text = flags
                .to_string()
                .replace("#arith.fastmath", "#llvm.fastmath");
            Attribute::parse(context, &text)
        });
    if let Some(flags) = flags {
        attributes.push(("fastmathFlags", flags));
    }
    let at = Cursor::before(context, op);
    let value = at.value("llvm.call_intrinsic", &operands, ty, &attributes);
    replace(op, value);
}
