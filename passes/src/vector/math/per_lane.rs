//! A scalar operation on each lane of vectors in turn, for what has no vector form.

use super::lanes::Lanes;
use crate::emit;
use melior::ir::{ValueLike, attribute::DenseI64ArrayAttribute};
use mlc_mlir::rewrite::{Cursor, Val, results};

/// `start` with those lanes replaced that `chosen` holds, all of them without it, by what `make`
/// makes of the operands' lanes.
pub fn replace_lanes<'c, 'a>(
    lanes: &Lanes<'c, 'a>,
    start: Val<'c, 'a>,
    chosen: Option<Val<'c, 'a>>,
    operands: &[Val<'c, 'a>],
    make: impl Fn(&Cursor<'c, 'a>, &[Val<'c, 'a>]) -> Val<'c, 'a>,
) -> Val<'c, 'a> {
    let at = &lanes.at;
    let count = lanes.count().unwrap_or(1) as i64;
    let range = (
        emit::index(at, 0),
        emit::index(at, count),
        emit::index(at, 1),
    );
    let all = emit::for_loop(at, range, &[start], |at, lane, carried| {
        let replaced = |at: &Cursor<'c, 'a>| {
            let scalars: Vec<_> = operands
                .iter()
                .map(|operand| extract(at, *operand, lane))
                .collect();
            insert(at, make(at, &scalars), carried[0], lane)
        };
        match chosen {
            None => vec![replaced(at)],
            Some(chosen) => {
                let bit = extract(at, chosen, lane);
                let types = [carried[0].r#type()];
                emit::if_else(
                    at,
                    bit,
                    &types,
                    |at| vec![replaced(at)],
                    |_| vec![carried[0]],
                )
            }
        }
    });
    results(all)[0]
}

fn extract<'c, 'a>(at: &Cursor<'c, 'a>, vector: Val<'c, 'a>, lane: Val<'c, 'a>) -> Val<'c, 'a> {
    let dynamic = DenseI64ArrayAttribute::new(at.context, &[i64::MIN]).into();
    let element = emit::element_type(vector.r#type());
    at.value(
        "vector.extract",
        &[vector, lane],
        element,
        &[("static_position", dynamic)],
    )
}

fn insert<'c, 'a>(
    at: &Cursor<'c, 'a>,
    value: Val<'c, 'a>,
    vector: Val<'c, 'a>,
    lane: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let dynamic = DenseI64ArrayAttribute::new(at.context, &[i64::MIN]).into();
    let ty = vector.r#type();
    at.value(
        "vector.insert",
        &[value, vector, lane],
        ty,
        &[("static_position", dynamic)],
    )
}
