//! Python's `//` and `%`, as front ends write them with truncating operations.
//!
//! ```mlir
//! %r = arith.remsi %x, %m        // x % m is  %r + %m  where %r is not zero and has another sign than %m, else %r
//! %q = arith.divsi %x, %m        // x // m is %q - 1 there, else %q
//! ```

use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{
    Op, Val, constant_integer, defining_op, integer_attribute, op_name, value_key,
};

/// A floor division or the remainder of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Quotient,
    Remainder,
}

/// What an `arith.select` computes, where it corrects a truncating division: the dividend and the divisor.
pub fn floor_division<'c: 'a, 'a>(select: Op<'c, 'a>) -> Option<(Part, Val<'c, 'a>, Val<'c, 'a>)> {
    let [condition, corrected, plain] = operands(select)?;
    let (division, correction) = (defining_op(plain)?, defining_op(corrected)?);
    let [dividend, divisor] = operands(division)?;
    let [minuend, other] = operands(correction)?;
    let same = |a: Val, b: Val| value_key(a) == value_key(b);
    let part = match (op_name(division), op_name(correction)) {
        ("arith.remsi", "arith.addi") if same(minuend, plain) && same(other, divisor) => {
            Part::Remainder
        }
        ("arith.divsi", "arith.subi")
            if same(minuend, plain) && constant_integer(other) == Some(1) =>
        {
            Part::Quotient
        }
        ("arith.divsi", "arith.addi")
            if same(minuend, plain) && constant_integer(other) == Some(-1) =>
        {
            Part::Quotient
        }
        _ => return None,
    };
    let is_remainder = |value: Val<'c, 'a>| {
        defining_op(value).is_some_and(|op| {
            op_name(op) == "arith.remsi"
                && operands(op).is_some_and(|[a, b]| same(a, dividend) && same(b, divisor))
        })
    };
    needs_correction(condition, divisor, is_remainder).then_some((part, dividend, divisor))
}

/// Whether a condition is: the remainder is not zero, and its sign is not that of the divisor.
fn needs_correction<'c: 'a, 'a>(
    condition: Val<'c, 'a>,
    divisor: Val<'c, 'a>,
    is_remainder: impl Fn(Val<'c, 'a>) -> bool,
) -> bool {
    const NOT_EQUAL: i64 = 1;
    const SIGNED_LESS: i64 = 2;
    let compares_with_zero = |value: Val<'c, 'a>, predicate: i64| {
        let op = defining_op(value).filter(|op| op_name(*op) == "arith.cmpi")?;
        let [left, right] = operands(op)?;
        let fits = integer_attribute(op, "predicate") == Some(predicate)
            && constant_integer(right) == Some(0);
        fits.then_some(left)
    };
    // A positive divisor asks for the sign of the remainder alone.
    if let Some(left) = compares_with_zero(condition, SIGNED_LESS)
        && is_remainder(left)
    {
        return constant_integer(divisor).is_some_and(|divisor| divisor > 0);
    }
    let both = defining_op(condition).filter(|op| op_name(*op) == "arith.andi");
    let Some([first, second]) = both.and_then(operands) else {
        return false;
    };
    [(first, second), (second, first)]
        .into_iter()
        .any(|(nonzero, signs)| {
            let nonzero = compares_with_zero(nonzero, NOT_EQUAL).is_some_and(&is_remainder);
            let differ = compares_with_zero(signs, SIGNED_LESS)
                .and_then(defining_op)
                .filter(|op| op_name(*op) == "arith.xori")
                .and_then(operands)
                .is_some_and(|[a, b]| {
                    let is_divisor = |value: Val| value_key(value) == value_key(divisor);
                    (is_remainder(a) && is_divisor(b)) || (is_remainder(b) && is_divisor(a))
                });
            nonzero && differ
        })
}

fn operands<'c: 'a, 'a, const N: usize>(op: Op<'c, 'a>) -> Option<[Val<'c, 'a>; N]> {
    op.operands().collect::<Vec<_>>().try_into().ok()
}
