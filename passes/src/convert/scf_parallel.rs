//! `convert-scf-parallel-to-par`: make parallel loops of `scf`, which `linalg` is lowered to, loops of `par`.
//!
//! ```mlir
//! // Before                                         // After
//! scf.parallel (%i) = (%l) to (%u) step (%s) {      par.for (%k) in (%count) {
//!   ... %i                                            %offset = arith.muli %k, %s
//! }                                                   ... arith.addi %l, %offset  }
//! ```
//!
//! Requires: positive steps.  Leaves: loops with a reduction that `par` does not name, which then
//! run serially.
//! Does not: change the order of the dimensions.

use crate::{emit, par::reductions};
use melior::{
    Context,
    ir::{
        Attribute, BlockLike, OperationRef, Type, ValueLike,
        attribute::{ArrayAttribute, DenseI32ArrayAttribute},
        operation::OperationLike,
    },
};
use mlc_dialects::par::Reduction;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, all_ops, arguments, constant_integer, erase, move_to_end,
        nested_blocks, op_name, ops, region_of_block, replace_all_uses, results,
    },
};

pub static CONVERT_SCF_PARALLEL_TO_PAR: Pass = Pass {
    name: "convert-scf-parallel-to-par",
    summary: "make parallel loops of `scf` loops of `par`",
    anchor: "builtin.module",
    run,
};

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    for op in all_ops(module) {
        if op_name(op) == "scf.parallel" {
            convert(context, op)?;
        }
    }
    Ok(())
}

fn convert<'c, 'a>(context: &'c Context, parallel: Op<'c, 'a>) -> Result<(), String> {
    let body = *nested_blocks(parallel)
        .first()
        .ok_or("a loop without a body")?;
    let rank = body.argument_count();
    let operands: Vec<_> = parallel.operands().collect();
    let (lower, rest) = operands.split_at(rank);
    let (upper, rest) = rest.split_at(rank);
    let (steps, inits) = rest.split_at(rank);
    let mut list = ops(body);
    let terminator = list.pop().ok_or("a body without a terminator")?;
    let Some(kinds) = kinds(terminator) else {
        return Ok(());
    };

    let at = Cursor::before(context, parallel);
    let mut bounds = Vec::new();
    for dimension in 0..rank {
        bounds.push(count(
            &at,
            lower[dimension],
            upper[dimension],
            steps[dimension],
        ));
    }
    let index = emit::index_type(&at);
    let (region, block) = region_of_block(&vec![(index, at.location); rank]);
    let inside = Cursor::at_end(context, block, at.location);
    for (dimension, iv) in arguments(block).into_iter().enumerate() {
        let offset = scaled(&inside, iv, steps[dimension]);
        let value = shifted(&inside, lower[dimension], offset);
        replace_all_uses(arguments(body)[dimension], value);
    }
    for op in list {
        move_to_end(op, block);
    }
    let contributions: Vec<_> = terminator.operands().collect();
    inside.op("par.yield", &contributions, &[], &[]);

    let operands: Vec<_> = bounds.iter().chain(inits).copied().collect();
    let types: Vec<Type> = inits.iter().map(|init| init.r#type()).collect();
    let kinds: Vec<Attribute> = kinds.iter().map(|kind| kind.attribute(context)).collect();
    let segments = DenseI32ArrayAttribute::new(context, &[rank as i32, inits.len() as i32]);
    let attributes = [
        ("operandSegmentSizes", segments.into()),
        ("reductions", ArrayAttribute::new(context, &kinds).into()),
    ];
    let par_for = at.op_with_regions("par.for", &operands, &types, &attributes, vec![region]);
    for (old, new) in results(parallel).into_iter().zip(results(par_for)) {
        replace_all_uses(old, new);
    }
    erase(parallel);
    Ok(())
}

/// The reductions that the regions of a `scf.reduce` are: one operation each, on both values.
fn kinds<'c, 'a>(terminator: Op<'c, 'a>) -> Option<Vec<Reduction>> {
    nested_blocks(terminator).into_iter().map(kind).collect()
}

fn kind<'c, 'a>(block: Blk<'c, 'a>) -> Option<Reduction> {
    let list = ops(block);
    let [combiner, end] = list[..] else {
        return None;
    };
    let values = arguments(block);
    let result = *results(combiner).first()?;
    let combines = combiner.operands().count() == 2
        && combiner.operands().all(|value| values.contains(&value))
        && combiner.operands().next() != combiner.operands().nth(1)
        && end.operands().next() == Some(result);
    combines
        .then(|| {
            Reduction::ALL
                .into_iter()
                .find(|kind| reductions::combiner(*kind, result.r#type()) == op_name(combiner))
        })
        .flatten()
}

/// The number of iterations.
fn count<'c, 'a>(
    at: &Cursor<'c, 'a>,
    lower: Val<'c, 'a>,
    upper: Val<'c, 'a>,
    step: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let span = if constant_integer(lower) == Some(0) {
        upper
    } else {
        emit::binary(at, "arith.subi", upper, lower)
    };
    if constant_integer(step) == Some(1) {
        return span;
    }
    at.value("arith.ceildivsi", &[span, step], span.r#type(), &[])
}

fn scaled<'c, 'a>(at: &Cursor<'c, 'a>, iv: Val<'c, 'a>, step: Val<'c, 'a>) -> Val<'c, 'a> {
    if constant_integer(step) == Some(1) {
        iv
    } else {
        emit::binary(at, "arith.muli", iv, step)
    }
}

fn shifted<'c, 'a>(at: &Cursor<'c, 'a>, lower: Val<'c, 'a>, offset: Val<'c, 'a>) -> Val<'c, 'a> {
    if constant_integer(lower) == Some(0) {
        offset
    } else {
        emit::binary(at, "arith.addi", lower, offset)
    }
}
