//! `fuse-multiply-add`: contract products and sums to fused multiply-adds, once and for all.
//!
//! ```mlir
//! // Before                                          // After
//! %p = arith.mulf %a, %b fastmath<contract> : f32    %s = math.fma %a, %b, %c : f32
//! %s = arith.addf %c, %p fastmath<contract> : f32
//! ```
//!
//! Requires: nothing.  Leaves: no `contract` flag, so that what is fused depends on the program and
//! the target alone, not on the level of optimization or on what LLVM makes of the loop around it.
//! Does not: fuse a product that is used twice.

use crate::simd::Simd;
use melior::{
    Context,
    ir::{Attribute, OperationRef, ValueLike, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Cursor, Op, Val, all_ops, defining_op, erase, is_unused, op_name, replace, results,
        set_attribute, uses,
    },
};

pub static FUSE_MULTIPLY_ADD: Pass = Pass {
    name: "fuse-multiply-add",
    summary: "contract products and sums to fused multiply-adds where the flags allow it",
    anchor: "builtin.module",
    run,
};

const FLAGS: &str = "fastmath";

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, options: &str) -> PassResult {
    if Simd::of(module, options)?.fused_multiply_add {
        for op in all_ops(module) {
            if matches!(op_name(op), "arith.addf" | "arith.subf") && may_contract(op) {
                fuse(context, op);
            }
        }
    }
    for op in all_ops(module) {
        drop_contract(context, op);
    }
    Ok(())
}

fn flags<'c>(op: Op<'c, '_>) -> Option<String> {
    let text = op.attribute(FLAGS).ok()?.to_string();
    let inside = text.split_once('<')?.1.strip_suffix('>')?;
    Some(inside.to_owned())
}

fn may_contract(op: Op) -> bool {
    flags(op).is_some_and(|flags| {
        flags
            .split(',')
            .any(|flag| matches!(flag.trim(), "contract" | "fast"))
    })
}

/// The product that an operand is, if the operand is its only use.
fn product<'c, 'a>(value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    let op = defining_op(value)?;
    (op_name(op) == "arith.mulf" && may_contract(op) && uses(value).len() == 1).then_some(op)
}

fn fuse<'c, 'a>(context: &'c Context, sum: Op<'c, 'a>) {
    let operands: Vec<_> = sum.operands().collect();
    let [left, right] = operands[..] else { return };
    let at = Cursor::before(context, sum);
    let ty = left.r#type();
    let negate = |value| at.value("arith.negf", &[value], ty, &[]);
    let subtract = op_name(sum) == "arith.subf";
    // The right operand first: in `total + a * b` it is the one that does not wait for the last
    // iteration.
    let (mul, fused) = if let Some(mul) = product(right) {
        let mut factors: Vec<_> = mul.operands().collect();
        if subtract {
            factors[0] = negate(factors[0]);
        }
        (mul, [factors[0], factors[1], left])
    } else if let Some(mul) = product(left) {
        let factors: Vec<_> = mul.operands().collect();
        let addend = if subtract { negate(right) } else { right };
        (mul, [factors[0], factors[1], addend])
    } else {
        return;
    };
    let fused = at.value("math.fma", &fused, ty, &kept_flags(context, sum));
    replace(sum, fused);
    if results(mul).into_iter().all(is_unused) {
        erase(mul);
    }
}

/// The flags without `contract`; none where nothing else is left.
fn kept_flags<'c>(context: &'c Context, op: Op<'c, '_>) -> Vec<(&'static str, Attribute<'c>)> {
    let kept = flags(op).unwrap_or_default();
    let kept: Vec<_> = match kept.as_str() {
        "fast" => vec!["nnan", "ninf", "nsz", "arcp", "afn"],
        kept => kept
            .split(',')
            .map(str::trim)
            .filter(|flag| !matches!(*flag, "contract" | "reassoc" | "none" | ""))
            .collect(),
    };
    if kept.is_empty() {
        return Vec::new();
    }
    Attribute::parse(context, &format!("#arith.fastmath<{}>", kept.join(",")))
        .map(|attribute| vec![(FLAGS, attribute)])
        .unwrap_or_default()
}

fn drop_contract<'c>(context: &'c Context, op: Op<'c, '_>) {
    if !may_contract(op) {
        return;
    }
    match kept_flags(context, op).pop() {
        Some((name, attribute)) => set_attribute(op, name, attribute),
        None => set_attribute(
            op,
            FLAGS,
            Attribute::parse(context, "#arith.fastmath<none>").expect("a literal attribute"),
        ),
    }
}
