//! `par-materialize-collects`: make ordered appends of a parallel loop stores at the iteration's own place.
//!
//! ```mlir
//! // Before                                  // After
//! par.for (%i) in (%n) {                     %old = own.len %list
//!   %x = memref.load %data[%i]               own.resize %list to %old + %n
//!   par.collect %x into %list                par.for (%i) in (%n) {
//! }                                            memref.store %x, %view[%old + %i]  }
//! ```
//!
//! Requires: stage `own`, before `own-insert-drops`; the list is not used otherwise in the loop (`par-check`).
//! Leaves: no `par.collect`. Where an iteration fails, the list gets its old length back.
//! Does not: keep the new elements from being made empty before they are written; a resize that need
//! not do so is marked `own.uninit`.

use crate::emit;
use melior::{
    Context,
    ir::{
        Attribute, BlockLike, OperationRef, Type, ValueLike, operation::OperationLike,
        r#type::MemRefType,
    },
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Cursor, Op, Val, all_ops, arguments, enclosing, erase, nested_blocks, op_name, results,
    },
};

pub static MATERIALIZE_COLLECTS: Pass = Pass {
    name: "par-materialize-collects",
    summary: "make ordered appends of a parallel loop stores at the iteration's own place",
    anchor: "func.func",
    run,
};

/// The mark of an `own.resize` whose new elements are all written before they are read.
pub const UNINIT: &str = "own.uninit";

fn run<'c, 'a>(context: &'c Context, function: OperationRef<'c, 'a>, _: &str) -> PassResult {
    for op in all_ops(function) {
        if op_name(op) == "par.collect" {
            materialize(context, op)?;
        }
    }
    Ok(())
}

fn materialize<'c, 'a>(context: &'c Context, collect: Op<'c, 'a>) -> Result<(), String> {
    let operands: Vec<_> = collect.operands().collect();
    let [value, list] = operands[..] else {
        return Err("a par.collect without a value and a list".into());
    };
    let element = own::payload(list.r#type())
        .and_then(own::list_element)
        .ok_or("a par.collect into something that is no list")?;
    let par_for = enclosing(collect, &["par.for"]).ok_or("a par.collect outside of a loop")?;
    let body = *nested_blocks(par_for)
        .first()
        .ok_or("a loop without a body")?;
    let bounds: Vec<_> = par_for.operands().take(body.argument_count()).collect();

    let mut before = Cursor::before(context, par_for);
    before.location = collect.location();
    let zero = emit::index(&before, 0);
    let bounds: Vec<_> = bounds
        .into_iter()
        .map(|bound| emit::binary(&before, "arith.maxsi", bound, zero))
        .collect();
    let count = bounds
        .iter()
        .copied()
        .reduce(|product, bound| emit::binary(&before, "arith.muli", product, bound))
        .ok_or("a loop without bounds")?;
    let old = before.value("own.len", &[list], emit::index_type(&before), &[]);
    let new = emit::binary(&before, "arith.addi", old, count);
    let scalar = own::kind(element) == own::Kind::Other && MemRefType::try_from(element).is_err();
    let unit = Attribute::unit(context);
    let marks: &[_] = if scalar { &[(UNINIT, unit)] } else { &[] };
    before.op("own.resize", &[list, new], &[], marks);

    let at = Cursor::before(context, collect);
    let place = emit::binary(
        &at,
        "arith.addi",
        old,
        linear(&at, &arguments(body), &bounds),
    );
    if scalar {
        let ty = view_type(element);
        let view = before.value("own.view", &[list], ty, &[]);
        at.op("memref.store", &[value, view, place], &[], &[]);
    } else {
        let ty = own::mut_type(element);
        let borrowed = at.value("own.elem", &[list, place], ty, &[]);
        at.op("own.put", &[value, borrowed], &[], &[]);
    }

    if par_for.has_attribute("raises") {
        restore_on_error(context, par_for, list, old);
    }
    erase(collect);
    Ok(())
}

/// The number of an iteration in the order of the loops, the last one fastest.
fn linear<'c, 'a>(at: &Cursor<'c, 'a>, ivs: &[Val<'c, 'a>], bounds: &[Val<'c, 'a>]) -> Val<'c, 'a> {
    let mut place = ivs[0];
    for (iv, bound) in ivs.iter().zip(bounds).skip(1) {
        place = emit::binary(at, "arith.muli", place, *bound);
        place = emit::binary(at, "arith.addi", place, *iv);
    }
    place
}

fn view_type(element: Type) -> Type {
    MemRefType::contiguous(element, &[i64::MIN], None).into()
}

/// Where the loop ends with an error, nothing was appended.
fn restore_on_error<'c, 'a>(
    context: &'c Context,
    par_for: Op<'c, 'a>,
    list: Val<'c, 'a>,
    old: Val<'c, 'a>,
) {
    let after = Cursor::after(context, par_for);
    let status = results(par_for)[0];
    let success = emit::integer(&after, status.r#type(), 0);
    let failed = emit::compare(&after, emit::IntPredicate::Ne, status, success);
    emit::if_then(&after, failed, |at| {
        at.op("own.resize", &[list, old], &[], &[]);
    });
}
