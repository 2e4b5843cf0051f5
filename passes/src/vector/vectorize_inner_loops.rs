//! `vectorize-inner-loops`: run several iterations of an innermost loop at once, one in each lane.
//!
//! ```mlir
//! // Before                                  // After
//! scf.for %i = %b to %e step %c1 {           scf.for %i = %b to %main step %c32 {
//!   %x = memref.load %a[%i]                    %x = vector.load %a[%i] : vector<32xf32>
//!   %y = arith.mulf %x, %f : f32               %y = arith.mulf %x, %fs : vector<32xf32>
//!   memref.store %y, %a[%i]                    vector.store %y, %a[%i]
//! } {par.independent}                        }     // and the rest by %c8, under a mask
//! ```
//!
//! Loops whose iterations are independent (`par.independent`), loops that only load and reduce, and
//! loops that store only to the place they load. Branches become masks. A reduction keeps one part
//! in each lane, and the parts combine in a tree: its shape depends on the target alone, so that
//! the bits are the same at every level of optimization. LLVM is left none of it to decide.
//!
//! Options: `width=512|256|128`, the bits of a vector register; the module's `mlc.vector_bits`
//! otherwise.
//!
//! Requires: loops in `scf.for`; `fuse-multiply-add` before, for what contracts.
//! Leaves: loops that it does not take as they were, for LLVM's vectorizers.
//! Does not: take loops of cold functions (`mlc.cold`) that reduce nothing; gather, scatter, or look for independence in loops that
//! store to two arrays.

mod align;
mod plan;
pub mod reduction;
mod widen;

use self::{plan::Plan, widen::Widener};
use crate::simd::Simd;
use crate::{
    emit,
    par::{
        outline::{COLD, INDEPENDENT},
        reductions,
    },
};
use melior::{
    Context,
    ir::{
        Attribute, OperationRef, Type, ValueLike,
        attribute::{DenseElementsAttribute, DenseI64ArrayAttribute},
        operation::OperationLike,
    },
};
use mlc_dialects::par::Reduction;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, all_ops, arguments, constant_integer, erase, nested_blocks, op_name,
        ops, replace_all_uses, results, set_operand,
    },
};

pub static VECTORIZE_INNER_LOOPS: Pass = Pass {
    name: "vectorize-inner-loops",
    summary: "run several iterations of an innermost loop at once, one in each lane of a vector",
    anchor: "builtin.module",
    run,
};

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, options: &str) -> PassResult {
    let simd = Simd::of(module, options)?;
    for function in nested_blocks(module).into_iter().flat_map(ops) {
        for scf_for in all_ops(function) {
            if op_name(scf_for) != "scf.for" || !is_innermost(scf_for) {
                continue;
            }
            let independent = scf_for.has_attribute(INDEPENDENT);
            if let Some(plan) = plan::plan(function, scf_for, independent, simd) {
                // What hardly ever runs is not worth its code; but a sum keeps its shape.
                if function.has_attribute(COLD) && plan.reductions.is_empty() {
                    continue;
                }
                vectorize(context, scf_for, &plan)?;
            }
        }
    }
    Ok(())
}

fn is_innermost(scf_for: Op) -> bool {
    all_ops(scf_for)
        .into_iter()
        .skip(1)
        .all(|op| !matches!(op_name(op), "scf.for" | "scf.while" | "par.for"))
}

/// Replaces a loop by a few iterations that align its stores, one over several registers at once and, where the number of iterations may be
/// no multiple of their lanes, one over single registers under a mask. Without masks the loop stays
/// for the rest.
fn vectorize<'c, 'a>(
    context: &'c Context,
    scf_for: Op<'c, 'a>,
    plan: &Plan<'c, 'a>,
) -> Result<(), String> {
    let at = Cursor::before(context, scf_for);
    let operands: Vec<_> = scf_for.operands().collect();
    let [lower, upper, ref inits @ ..] = [&operands[..2], &operands[3..]].concat()[..] else {
        return Err("a loop without bounds".into());
    };
    let body = *nested_blocks(scf_for)
        .first()
        .ok_or("a loop without a body")?;
    let old_iv = arguments(body)[0];
    let ty = lower.r#type();

    let mut accumulators = Vec::new();
    for (reduction, init) in plan.reductions.iter().zip(inits) {
        let neutral = reductions::neutral_attribute(context, reduction.kind, init.r#type())
            .ok_or("a reduction without a neutral element")?;
        let ty = Type::vector(&[plan.lanes], init.r#type());
        let neutral = DenseElementsAttribute::splat(ty, neutral).into();
        accumulators.push(at.value("arith.constant", &[], ty, &[("value", neutral)]));
    }

    let mut failure = None;
    let known = constant_integer(lower).zip(constant_integer(upper));
    let mut start = lower;
    if known.is_none()
        && let Some(peeled) = align::peeled(&at, plan, scf_for, body, old_iv, (lower, upper))
    {
        start = at.value("arith.addi", &[lower, peeled], ty, &[]);
        masked(&at, plan, body, old_iv, (lower, start), &[], &mut failure);
    }

    let lanes = emit::integer(&at, ty, plan.lanes as i64);
    let (end, rest) = match known {
        Some((first, last)) => {
            let trips = (last - first).max(0);
            let rest = trips % plan.lanes as i64;
            (emit::integer(&at, ty, last - rest), Some(rest))
        }
        None => {
            let span = at.value("arith.subi", &[upper, start], ty, &[]);
            let zero = emit::integer(&at, ty, 0);
            let span = at.value("arith.maxsi", &[span, zero], ty, &[]);
            let rest = at.value("arith.remui", &[span, lanes], ty, &[]);
            let whole = at.value("arith.subi", &[span, rest], ty, &[]);
            (at.value("arith.addi", &[start, whole], ty, &[]), None)
        }
    };

    let main = emit::for_loop(
        &at,
        (start, end, lanes),
        &accumulators,
        |at, iv, carried| {
            Widener::new(*at, plan, plan.lanes, (old_iv, iv), carried, None)
                .run(body)
                .unwrap_or_else(|error| {
                    failure = Some(error);
                    carried.to_vec()
                })
        },
    );
    let mut accumulators = results(main);
    for (reduction, vector) in plan.reductions.iter().zip(&mut accumulators) {
        *vector = tree(&at, reduction.kind, *vector, plan.lanes, plan.native);
    }

    if plan.masked_rest && rest != Some(0) {
        let range = (end, upper);
        accumulators = masked(&at, plan, body, old_iv, range, &accumulators, &mut failure);
    }
    if let Some(error) = failure {
        return Err(error);
    }

    let mut totals = Vec::new();
    for (place, (reduction, init)) in plan.reductions.iter().zip(inits).enumerate() {
        let last = tree(&at, reduction.kind, accumulators[place], plan.native, 1);
        let first = DenseI64ArrayAttribute::new(context, &[0]).into();
        let position = [("static_position", first)];
        let total = at.value("vector.extract", &[last], init.r#type(), &position);
        totals.push(reductions::combine(&at, reduction.kind, *init, total));
    }
    if !plan.masked_rest && rest != Some(0) {
        // The loop itself does the rest.
        set_operand(scf_for, 0, end);
        for (place, total) in totals.into_iter().enumerate() {
            set_operand(scf_for, 3 + place, total);
        }
        return Ok(());
    }
    for (result, total) in results(scf_for).into_iter().zip(totals) {
        replace_all_uses(result, total);
    }
    erase(scf_for);
    Ok(())
}

/// A loop over single registers, the last one under a mask.
fn masked<'c, 'a>(
    at: &Cursor<'c, 'a>,
    plan: &Plan<'c, 'a>,
    body: Blk<'c, 'a>,
    old_iv: Val<'c, 'a>,
    (lower, upper): (Val<'c, 'a>, Val<'c, 'a>),
    accumulators: &[Val<'c, 'a>],
    failure: &mut Option<String>,
) -> Vec<Val<'c, 'a>> {
    let ty = lower.r#type();
    let step = emit::integer(at, ty, plan.native as i64);
    let bits = Type::vector(&[plan.native], emit::int_type(at, 1));
    let around = emit::for_loop(at, (lower, upper, step), accumulators, |at, iv, carried| {
        let rest = at.value("arith.subi", &[upper, iv], ty, &[]);
        let rest = emit::index_cast(at, rest, emit::index_type(at));
        let mask = at.value("vector.create_mask", &[rest], bits, &[]);
        Widener::new(*at, plan, plan.native, (old_iv, iv), carried, Some(mask))
            .run(body)
            .unwrap_or_else(|error| {
                *failure = Some(error);
                carried.to_vec()
            })
    });
    results(around)
}

/// Combines the lanes of a vector: its halves, then the halves of that, until `end` lanes are left.
fn tree<'c, 'a>(
    at: &Cursor<'c, 'a>,
    kind: Reduction,
    mut vector: Val<'c, 'a>,
    mut lanes: u64,
    end: u64,
) -> Val<'c, 'a> {
    let element = emit::element_type(vector.r#type());
    while lanes > end {
        lanes /= 2;
        let ty = Type::vector(&[lanes], element);
        let half = |first: u64| {
            let list = |value: u64| {
                Attribute::parse(at.context, &format!("[{value}]")).expect("a literal attribute")
            };
            let slice = [
                ("offsets", list(first)),
                ("sizes", list(lanes)),
                ("strides", list(1)),
            ];
            at.value("vector.extract_strided_slice", &[vector], ty, &slice)
        };
        vector = reductions::combine(at, kind, half(0), half(lanes));
    }
    vector
}
