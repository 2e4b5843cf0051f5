//! `expand-uniform-division`: divide a vector by one scalar through the scalar's reciprocal.
//!
//! ```mlir
//! // Before                                           // After
//! %b = vector.broadcast %s : f32 to vector<16xf32>    %r = arith.divf %one, %s : f32
//! %q = arith.divf %x, %b : vector<16xf32>             %q0 = arith.mulf %x, %rs : vector<16xf32>
//!                                                     %q1, %q2 = two corrections by math.fma
//! ```
//!
//! The first correction makes the quotient faithful, so that its remainder is exact; the second one then rounds it
//! correctly (Markstein 1990; Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed., section 4.7). This holds
//! while nothing underflows or overflows on the way; a vector for which it might is divided. The bits are those of the
//! division, and it takes half of its time.
//!
//! Where the function says `mlc.fp = "fast"` there is no correction, as LLVM's `arcp` allows.
//!
//! Requires: `vectorize-inner-loops` before, and a fused multiply-add.
//! Does not: look through operations between the broadcast and the division.

use super::math::lanes::{Compare, Lanes};
use crate::{emit, simd::Simd};
use melior::{
    Context,
    ir::{Attribute, OperationRef, TypeLike, ValueLike, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Cursor, Op, Val, all_ops, defining_op, nested_blocks, op_name, operand, ops, replace,
        string_attribute,
    },
};

pub static EXPAND_UNIFORM_DIVISION: Pass = Pass {
    name: "expand-uniform-division",
    summary: "divide vectors by one scalar through its reciprocal, to the same bits",
    anchor: "builtin.module",
    run,
};

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, options: &str) -> PassResult {
    if !Simd::of(module, options)?.fused_multiply_add {
        return Ok(());
    }
    for function in nested_blocks(module).into_iter().flat_map(ops) {
        let fast = string_attribute(function, "mlc.fp") == Some("fast");
        for op in all_ops(function) {
            if op_name(op) == "arith.divf" {
                expand(context, op, fast);
            }
        }
    }
    Ok(())
}

fn expand<'c, 'a>(context: &'c Context, op: Op<'c, 'a>, fast: bool) {
    let operands: Vec<_> = op.operands().collect();
    let [x, divisor] = operands[..] else { return };
    let Some(lanes) = Lanes::of(Cursor::before(context, op), x) else {
        return;
    };
    let Some(divisor) = broadcast_scalar(divisor) else {
        return;
    };
    let quotient = if fast {
        let factor = reciprocal(&lanes, divisor);
        lanes.mul(x, broadcast(&lanes, factor))
    } else {
        exact(&lanes, op, x, divisor)
    };
    replace(op, quotient);
}

/// The scalar in every lane of a vector.
fn broadcast_scalar<'c: 'a, 'a>(vector: Val<'c, 'a>) -> Option<Val<'c, 'a>> {
    let op = defining_op(vector)?;
    if op_name(op) != "vector.broadcast" {
        return None;
    }
    let scalar = operand(op, 0);
    (!scalar.r#type().is_vector()).then_some(scalar)
}

/// One divided by a scalar of the lanes' type.
fn reciprocal<'c, 'a>(lanes: &Lanes<'c, 'a>, divisor: Val<'c, 'a>) -> Val<'c, 'a> {
    let one = lanes.scalar().float(1.0);
    lanes.scalar().div(one, divisor)
}

fn broadcast<'c, 'a>(lanes: &Lanes<'c, 'a>, scalar: Val<'c, 'a>) -> Val<'c, 'a> {
    lanes
        .at
        .value("vector.broadcast", &[scalar], lanes.float_type(), &[])
}

/// Bounds within which no step of a corrected quotient underflows.
struct Bounds {
    least_dividend: f64,
    least_divisor: f64,
    largest_divisor: f64,
}

impl Bounds {
    fn of(bits: u32) -> Self {
        // The last place of a remainder is about 2^-48 (2^-106) of the dividend, and the quotient is normal.
        let (dividend, divisor) = if bits == 32 { (-60, 60) } else { (-400, 500) };
        Self {
            least_dividend: f64::powi(2.0, dividend),
            least_divisor: f64::powi(2.0, -divisor),
            largest_divisor: f64::powi(2.0, divisor),
        }
    }
}

/// The quotient, correctly rounded.
fn exact<'c, 'a>(
    lanes: &Lanes<'c, 'a>,
    op: Op<'c, 'a>,
    x: Val<'c, 'a>,
    divisor: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let at = &lanes.at;
    let one = lanes.scalar();
    let bounds = Bounds::of(lanes.bits);
    let magnitude = one.abs(divisor);
    let large_enough = one.compare(
        Compare::LessEqual,
        one.float(bounds.least_divisor),
        magnitude,
    );
    let small_enough = one.compare(
        Compare::LessEqual,
        magnitude,
        one.float(bounds.largest_divisor),
    );
    let fits = one.masks("arith.andi", large_enough, small_enough);

    let factor = broadcast(lanes, reciprocal(lanes, divisor));
    let minus_divisor = broadcast(lanes, one.neg(divisor));
    let first = lanes.mul(x, factor);
    let remainder = lanes.fma(first, minus_divisor, x);
    let second = lanes.fma(remainder, factor, first);
    let remainder = lanes.fma(second, minus_divisor, x);
    let third = lanes.fma(remainder, factor, second);
    // A correction would lose the sign of a zero.
    let nonzero = lanes.compare(Compare::NotEqual, x, lanes.float(0.0));
    let quotient = lanes.select(nonzero, third, first);

    let least = lanes.float(bounds.least_dividend);
    let small = lanes.compare(Compare::Less, lanes.abs(x), least);
    let small = lanes.masks("arith.andi", small, nonzero);
    // What overflowed on the way.
    let doubtful = lanes.masks("arith.ori", small, lanes.is_nan(quotient));
    let kind = Attribute::parse(at.context, "#vector.kind<or>").expect("a literal attribute");
    let bit = emit::int_type(at, 1);
    let any = at.value("vector.reduction", &[doubtful], bit, &[("kind", kind)]);
    let unfit = one.masks("arith.xori", fits, emit::integer(at, bit, -1));
    let any = one.masks("arith.ori", any, unfit);
    let ty = lanes.float_type();
    let operands: Vec<_> = op.operands().collect();
    emit::if_else(
        at,
        any,
        &[ty],
        |at| vec![at.value("arith.divf", &operands, ty, &[])],
        |_| vec![quotient],
    )[0]
}
