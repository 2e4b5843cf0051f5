//! `convert-regions-to-cf`: make branches and loops blocks, in time linear in the function.
//!
//! Before:                                  After:
//!   %r = scf.if %c -> (i64) {                cf.cond_br %c, ^then, ^else
//!     scf.yield %x : i64                   ^then:
//!   } else {                                 cf.br ^rest(%x)
//!     scf.yield %y : i64                   ^else:
//!   }                                        cf.br ^rest(%y)
//!   …                                      ^rest(%r: i64):
//!
//! A block is cut from its end to its start, so that each operation moves once for each operation around it. `convert-scf-to-cf` cuts
//! from the start: what is behind moves again at each cut.
//!
//! Requires: nothing.  Leaves: no `scf.if`, `scf.for` and `scf.while` in functions, but in what it does not know.
//! Does not: convert other operations of `scf`, nor what stands in them (`convert-scf-to-cf` does).

use melior::{
    Context,
    ir::{
        Attribute, Block, BlockLike, OperationRef, RegionLike, RegionRef, ValueLike,
        attribute::DenseI32ArrayAttribute, operation::OperationLike,
    },
};
use mlc_mlir::{
    Pass, PassError, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, arguments, blocks, erase, erase_arguments, move_blocks_before,
        op_name, operand, ops, replace_all_uses, results, split_block,
    },
};

use crate::emit;

pub static CONVERT_REGIONS: Pass = Pass {
    name: "convert-regions-to-cf",
    summary: "make branches and loops blocks",
    anchor: "builtin.module",
    run,
};

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    (module.regions()).try_for_each(|region| convert(context, region))
}

/// Converts what is in a region, which may have several blocks afterwards; its first and its last one stay where they are.
fn convert<'c, 'a>(context: &'c Context, region: RegionRef<'c, 'a>) -> PassResult {
    for block in blocks(region) {
        for op in ops(block).into_iter().rev() {
            match op_name(op) {
                "scf.if" => branch(context, op)?,
                "scf.for" => counted_loop(context, op)?,
                "scf.while" => loop_while(context, op)?,
                "builtin.module" | "func.func" | "gpu.module" | "gpu.func" => {
                    (op.regions()).try_for_each(|region| convert(context, region))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn branch<'c, 'a>(context: &'c Context, op: Op<'c, 'a>) -> PassResult {
    let rest = rest_behind(op)?;
    for result in results(op) {
        let argument = rest.add_argument(result.r#type(), op.location());
        replace_all_uses(result, argument);
    }
    let mut sides = Vec::new();
    for region in op.regions() {
        let Some(side) = Inlined::before(context, region, rest)? else {
            sides.push(rest);
            continue;
        };
        side.go_on(context, rest);
        sides.push(side.first);
    }
    let to = |side: Blk<'c, 'a>| (side, &[][..]);
    let at = Cursor::before(context, op);
    conditional(&at, operand(op, 0), to(sides[0]), to(sides[1]), &[]);
    erase(op);
    Ok(())
}

fn counted_loop<'c, 'a>(context: &'c Context, op: Op<'c, 'a>) -> PassResult {
    let rest = rest_behind(op)?;
    let region = op.region(0).map_err(|error| error.to_string())?;
    let body = Inlined::before(context, region, rest)?.ok_or("a loop without a body")?;
    let head = head_of(body.first)?;
    let carried = arguments(head);

    let step = Cursor::before(context, body.end);
    let next = emit::binary(&step, "arith.addi", carried[0], operand(op, 2));
    let again: Vec<Val> = std::iter::once(next).chain(body.end.operands()).collect();
    step.branch("cf.br", &again, &[head], &[]);
    erase(body.end);

    let mut at = Cursor::at_end(context, head, op.location());
    let predicate = match op.has_attribute("unsignedCmp") {
        true => emit::IntPredicate::Ult,
        false => emit::IntPredicate::Slt,
    };
    let goes_on = emit::compare(&at, predicate, carried[0], operand(op, 1));
    let annotation = op.attribute("llvm.loop_annotation").ok();
    let attributes: Vec<_> = (annotation.iter())
        .map(|annotation| ("llvm.loop_annotation", *annotation))
        .collect();
    conditional(&at, goes_on, (body.first, &[]), (rest, &[]), &attributes);

    at = Cursor::before(context, op);
    let mut start = vec![operand(op, 0)];
    start.extend(op.operands().skip(3));
    at.branch("cf.br", &start, &[head], &[]);
    for (result, value) in results(op).into_iter().zip(&carried[1..]) {
        replace_all_uses(result, *value);
    }
    erase(op);
    Ok(())
}

fn loop_while<'c, 'a>(context: &'c Context, op: Op<'c, 'a>) -> PassResult {
    let rest = rest_behind(op)?;
    let mut inlined = Vec::new();
    for region in op.regions() {
        inlined.push(Inlined::before(context, region, rest)?.ok_or("a loop without a body")?);
    }
    let (before, after) = (&inlined[0], &inlined[1]);
    after.go_on(context, before.first);
    let condition = before.end;
    let handed: Vec<Val> = condition.operands().skip(1).collect();
    let at = Cursor::before(context, condition);
    let goes_on = operand(condition, 0);
    conditional(&at, goes_on, (after.first, &handed), (rest, &[]), &[]);
    erase(condition);

    let start: Vec<Val> = op.operands().collect();
    Cursor::before(context, op).branch("cf.br", &start, &[before.first], &[]);
    for (result, value) in results(op).into_iter().zip(handed) {
        replace_all_uses(result, value);
    }
    erase(op);
    Ok(())
}

/// What is behind an operation, as a block of its own.
fn rest_behind<'c, 'a>(op: Op<'c, 'a>) -> Result<Blk<'c, 'a>, PassError> {
    let next = op
        .next_in_block()
        .ok_or("an operation before the end of its block")?;
    Ok(split_block(next).ok_or("a block in a region")?)
}

/// A block before the body of a loop that has the body's arguments in its place.
fn head_of<'c, 'a>(body: Blk<'c, 'a>) -> Result<Blk<'c, 'a>, PassError> {
    let types: Vec<_> = (arguments(body).iter())
        .map(|argument| (argument.r#type(), argument.location()))
        .collect();
    let region = body.parent_region().ok_or("a block in a region")?;
    let head = region.insert_block_before(body, Block::new(&types));
    for (old, new) in arguments(body).into_iter().zip(arguments(head)) {
        replace_all_uses(old, new);
    }
    erase_arguments(body);
    Ok(head)
}

/// The blocks of a region, converted, in the region around it.
struct Inlined<'c, 'a> {
    first: Blk<'c, 'a>,
    /// The terminator of the region, which no longer stands in it.
    end: Op<'c, 'a>,
}

impl<'c, 'a> Inlined<'c, 'a> {
    /// `None` for a region without blocks.
    fn before(
        context: &'c Context,
        region: RegionRef<'c, 'a>,
        rest: Blk<'c, 'a>,
    ) -> Result<Option<Self>, PassError> {
        let Some(first) = region.first_block() else {
            return Ok(None);
        };
        let end = first.terminator().ok_or("a block with a terminator")?;
        convert(context, region)?;
        move_blocks_before(region, rest);
        Ok(Some(Self { first, end }))
    }

    /// Branches to a block with what the region hands on.
    fn go_on(&self, context: &'c Context, to: Blk<'c, 'a>) {
        let values: Vec<Val> = self.end.operands().collect();
        Cursor::before(context, self.end).branch("cf.br", &values, &[to], &[]);
        erase(self.end);
    }
}

type Target<'x, 'c, 'a> = (Blk<'c, 'a>, &'x [Val<'c, 'a>]);

fn conditional<'c, 'a>(
    at: &Cursor<'c, 'a>,
    condition: Val<'c, 'a>,
    (then, then_values): Target<'_, 'c, 'a>,
    (other, other_values): Target<'_, 'c, 'a>,
    attributes: &[(&str, Attribute<'c>)],
) {
    let sizes = [1, then_values.len() as i32, other_values.len() as i32];
    let sizes = DenseI32ArrayAttribute::new(at.context, &sizes).into();
    let mut all = vec![("operandSegmentSizes", sizes)];
    all.extend(attributes);
    let operands: Vec<Val> = [&[condition], then_values, other_values].concat();
    at.branch("cf.cond_br", &operands, &[then, other], &all);
}
