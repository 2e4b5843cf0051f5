//! `expand-math`: make elementary functions arithmetic, so that they run on whole vectors.
//!
//! ```mlir
//! // Before                              // After
//! %y = math.exp %x : vector<16xf32>      %k = math.fma %x, %log2e, %magic : vector<16xf32>
//!                                        ... a polynomial of the rest, times 2^k
//! ```
//!
//! Scalars and vectors get the same operations, hence the same bits. Each function's file says how it
//! is computed and how exact it is: at most 1 ULP in `f64`, 2 in `f32`.
//!
//! Requires: a fused multiply-add; without one nothing is changed.  Leaves: functions without a
//! file here (most of those in `f64`), and arguments that a function's file leaves out, as they
//! were, for the C library.  Does not: look at fast-math flags.

use super::math::{
    exp,
    lanes::{Compare, Lanes},
    log, per_lane, pow, rsqrt, sin_cos, tanh,
};
use crate::{emit, simd::Simd};
use melior::{
    Context,
    ir::{OperationRef, Type, ValueLike, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{Cursor, Op, Val, all_ops, enclosing, op_name, replace},
};

pub static EXPAND_MATH: Pass = Pass {
    name: "expand-math",
    summary: "make elementary functions arithmetic, on scalars and vectors alike",
    anchor: "builtin.module",
    run,
};

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, options: &str) -> PassResult {
    let on_host = Simd::of(module, options)?.fused_multiply_add;
    for op in all_ops(module) {
        // Every GPU has one.
        let fused = || on_host || enclosing(op, &["gpu.module"]).is_some();
        if op_name(op).starts_with("math.") && fused() {
            expand(context, op);
        }
    }
    Ok(())
}

fn expand<'c, 'a>(context: &'c Context, op: Op<'c, 'a>) {
    let operands: Vec<_> = op.operands().collect();
    let Some(lanes) = operands
        .first()
        .and_then(|x| Lanes::of(Cursor::before(context, op), *x))
    else {
        return;
    };
    let x = operands[0];
    let value = match (op_name(op), lanes.bits) {
        ("math.exp", _) => exp::exp(&lanes, x),
        ("math.exp2", _) => exp::exp2(&lanes, x),
        ("math.expm1", 32) => exp::expm1_32(&lanes, x),
        ("math.log", _) => log::log(&lanes, x),
        ("math.log2", 32) => log::log_base_32(&lanes, x, std::f64::consts::LOG2_E, 1.0),
        ("math.log10", 32) => log::log_base_32(
            &lanes,
            x,
            std::f64::consts::LOG10_E,
            std::f64::consts::LOG10_2,
        ),
        ("math.log1p", 32) => log::log1p_32(&lanes, x),
        ("math.tanh", 32) => tanh::tanh_32(&lanes, x),
        ("math.rsqrt", 64) => rsqrt::rsqrt_64(&lanes, x),
        ("math.sin", _) => small(&lanes, op, x, |lanes| sin_cos::sine_ahead(lanes, x, 0)),
        ("math.cos", _) => small(&lanes, op, x, |lanes| sin_cos::sine_ahead(lanes, x, 1)),
        ("math.tan", 32) => small(&lanes, op, x, |lanes| sin_cos::tan_32(lanes, x)),
        ("math.powf", 32) => {
            let ordinary = pow::is_ordinary(&lanes, x, operands[1]);
            let value = pow::pow_32(&lanes, x, operands[1]);
            or_as_it_was(&lanes, op, ordinary, value)
        }
        _ => return,
    };
    replace(op, value);
}

/// A function of arguments up to the limit of the reduction by pi/2.
fn small<'c, 'a>(
    lanes: &Lanes<'c, 'a>,
    op: Op<'c, 'a>,
    x: Val<'c, 'a>,
    function: impl Fn(&Lanes<'c, 'a>) -> Val<'c, 'a>,
) -> Val<'c, 'a> {
    let limit = lanes.float(sin_cos::limit(lanes.bits));
    let ordinary = lanes.compare(Compare::LessEqual, lanes.abs(x), limit);
    let value = function(lanes);
    or_as_it_was(lanes, op, ordinary, value)
}

/// The value in lanes that are ordinary, and the scalar function in the others.
fn or_as_it_was<'c, 'a>(
    lanes: &Lanes<'c, 'a>,
    op: Op<'c, 'a>,
    ordinary: Val<'c, 'a>,
    value: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let at = &lanes.at;
    let name = op_name(op);
    let ty = value.r#type();
    let operands: Vec<_> = op.operands().collect();
    let Some(count) = lanes.count() else {
        let direct = |at: &Cursor<'c, 'a>| vec![at.value(name, &operands, ty, &[])];
        return emit::if_else(at, ordinary, &[ty], |_| vec![value], direct)[0];
    };
    let bit = emit::int_type(at, 1);
    let bits = Type::vector(&[count], bit);
    let all = emit::all_set(at, bits);
    let other = at.value("arith.xori", &[ordinary, all], bits, &[]);
    let kind =
        melior::ir::Attribute::parse(at.context, "#vector.kind<or>").expect("a literal attribute");
    let any = at.value("vector.reduction", &[other], bit, &[("kind", kind)]);
    let element = lanes.float_element();
    emit::if_else(
        at,
        any,
        &[ty],
        |at| {
            let lanes = lanes.moved_to(*at);
            vec![per_lane::replace_lanes(
                &lanes,
                value,
                Some(other),
                &operands,
                |at, scalars| at.value(name, scalars, element, &[]),
            )]
        },
        |_| vec![value],
    )[0]
}
