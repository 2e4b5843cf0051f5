//! `convert-math-to-nvvm`: make the functions in kernels that a device has instructions for intrinsics.
//!
//! Before:                              After:
//!   %y = math.sqrt %x : f32              %y = llvm.call_intrinsic "llvm.sqrt"(%x) : (f32) -> f32
//!
//! Remainders of floats (`arith.remf`) become calls of a function that is added to the module.
//!
//! Requires: what is computed from other operations has been expanded.  Leaves: no `math` in kernels; a function that a
//! device cannot compute is an error of the program.
//! Does not: approximate. The intrinsics round as they do on a CPU, and remainders are exact.

use crate::emit;
use melior::{
    Context,
    ir::{
        Attribute, OperationRef, Type, TypeLike, ValueLike,
        attribute::{DenseI32ArrayAttribute, StringAttribute},
        operation::OperationLike,
    },
};
use mlc_mlir::{
    Pass, PassError, PassResult, emit_error,
    rewrite::{
        Cursor, Op, all_ops, nested_blocks, op_name, ops, parse_into, replace, results,
        string_attribute,
    },
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
    call_remainders(context, module)?;
    let mut result = Ok(());
    for op in all_ops(module) {
        let Some(function) = op_name(op).strip_prefix("math.") else {
            continue;
        };
        if function == "absi" {
            absolute(context, op);
        } else if let Some(intrinsic) = intrinsic(function) {
            convert(context, op, intrinsic);
        } else {
            let function = match function {
                "powf" | "fpowi" | "ipowi" => "pow",
                function => function,
            };
            let bits = bits(op);
            emit_error(
                op.location(),
                &format!("unsupported: `{function}` of {bits}-bit numbers cannot run on a GPU"),
            );
            result = Err(PassError::Reported);
        }
    }
    result
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

/// The greater of an integer and its opposite; wraps where the absolute value does.
fn absolute<'c, 'a>(context: &'c Context, op: Op<'c, 'a>) {
    let at = Cursor::before(context, op);
    let value = results(op)[0];
    let Ok(operand) = op.operand(0) else {
        return;
    };
    let zero = emit::integer(&at, value.r#type(), 0);
    let opposite = emit::binary(&at, "arith.subi", zero, operand);
    replace(op, emit::binary(&at, "arith.maxsi", operand, opposite));
}

/// Makes remainders of floats calls of functions in the module.
fn call_remainders<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>) -> PassResult {
    let body = *nested_blocks(module)
        .first()
        .ok_or("a module without a body")?;
    for op in all_ops(module) {
        if op_name(op) != "arith.remf" {
            continue;
        }
        let ty = results(op)[0].r#type();
        let whole = match ty.to_string().as_str() {
            // Below it, the quotient has no fraction that was rounded away.
            "f64" => "9007199254740992.0",
            "f32" => "16777216.0",
            other => {
                let message =
                    format!("unsupported: a remainder of type `{other}` cannot run on a GPU");
                emit_error(op.location(), &message);
                return Err(PassError::Reported);
            }
        };
        let name = format!("mlc_fmod_{ty}");
        let exists = ops(body)
            .into_iter()
            .any(|op| string_attribute(op, "sym_name") == Some(&name));
        if !exists {
            parse_into(context, body, &remainder(&name, ty, whole))
                .ok_or("cannot make the function that computes remainders")?;
        }
        let operands: Vec<_> = op.operands().collect();
        let at = Cursor::before(context, op);
        let value = results(emit::call(&at, &name, &operands, &[ty]))[0];
        replace(op, value);
    }
    Ok(())
}

/// A function that computes the remainder of the quotient rounded toward zero, exactly.
///
/// A quotient below `whole` rounds to its whole part or to the next whole number, and never below: the remainder is what a
/// fused multiply-add leaves, or that plus the divisor, both exact. Above, the divisor is doubled until it is more than half
/// of the dividend, and subtracted, halving it again, wherever it fits; each difference is exact (Sterbenz).
fn remainder(name: &str, ty: Type, whole: &str) -> String {
    format!(
        "func.func private @{name}(%x: {ty}, %y: {ty}) -> {ty}
             attributes {{llvm.linkage = #llvm.linkage<internal>}} {{
           %zero = arith.constant 0.0 : {ty}
           %half = arith.constant 0.5 : {ty}
           %whole = arith.constant {whole} : {ty}
           %a = math.absf %x : {ty}
           %b = math.absf %y : {ty}
           %is_less = arith.cmpf olt, %a, %b : {ty}
           %remainder = scf.if %is_less -> {ty} {{
             scf.yield %a : {ty}
           }} else {{
             %quotient = arith.divf %a, %b : {ty}
             %is_small = arith.cmpf olt, %quotient, %whole : {ty}
             %rest = scf.if %is_small -> {ty} {{
               %times = math.trunc %quotient : {ty}
               %negative = arith.negf %times : {ty}
               %left = math.fma %negative, %b, %a : {ty}
               %is_below = arith.cmpf olt, %left, %zero : {ty}
               %up = arith.addf %left, %b : {ty}
               %exact = arith.select %is_below, %up, %left : {ty}
               scf.yield %exact : {ty}
             }} else {{
               // Of an infinite dividend or of one by zero there is no remainder.
               %difference = arith.subf %a, %a : {ty}
               %is_finite = arith.cmpf oeq, %difference, %zero : {ty}
               %is_positive = arith.cmpf ogt, %b, %zero : {ty}
               %is_number = arith.andi %is_finite, %is_positive : i1
               %slow = scf.if %is_number -> {ty} {{
                 %largest = scf.while (%d = %b) : ({ty}) -> {ty} {{
                   %over = arith.subf %a, %d : {ty}
                   %fits = arith.cmpf oge, %over, %d : {ty}
                   scf.condition(%fits) %d : {ty}
                 }} do {{
                 ^bb0(%d: {ty}):
                   %twice = arith.addf %d, %d : {ty}
                   scf.yield %twice : {ty}
                 }}
                 %end:2 = scf.while (%r = %a, %d = %largest) : ({ty}, {ty}) -> ({ty}, {ty}) {{
                   %more = arith.cmpf oge, %d, %b : {ty}
                   scf.condition(%more) %r, %d : {ty}, {ty}
                 }} do {{
                 ^bb0(%r: {ty}, %d: {ty}):
                   %fits = arith.cmpf oge, %r, %d : {ty}
                   %less = arith.subf %r, %d : {ty}
                   %next = arith.select %fits, %less, %r : {ty}
                   %halved = arith.mulf %d, %half : {ty}
                   scf.yield %next, %halved : {ty}, {ty}
                 }}
                 scf.yield %end#0 : {ty}
               }} else {{
                 %undefined = arith.divf %zero, %zero : {ty}
                 scf.yield %undefined : {ty}
               }}
               scf.yield %slow : {ty}
             }}
             scf.yield %rest : {ty}
           }}
           %signed = math.copysign %remainder, %x : {ty}
           return %signed : {ty}
         }}"
    )
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
