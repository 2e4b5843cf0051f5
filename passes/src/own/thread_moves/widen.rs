//! Structured control flow with one value more to carry.

use melior::{
    Context,
    ir::{Block, BlockLike, Region, RegionLike, ValueLike, operation::OperationLike},
};
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, ancestor_in_block, erase, move_blocks, op_name, replace_all_uses,
    results, set_operand, set_operands, uses,
};

/// What carries a value through a block, to which it is handed, and returns what is there at its end.
type Carry<'f, 'c, 'a> = &'f mut dyn FnMut(Val<'c, 'a>, Blk<'c, 'a>) -> Val<'c, 'a>;

/// Makes an `scf.if`, `scf.index_switch`, `scf.for` or `scf.while` carry a value: through the arguments
/// of a loop's blocks, out of all blocks, and out of the operation. Returns the operation that takes the
/// place of `op`, and its last result.
pub fn widen<'c, 'a>(
    context: &'c Context,
    op: Op<'c, 'a>,
    value: Val<'c, 'a>,
    carry: Carry<'_, 'c, 'a>,
) -> (Op<'c, 'a>, Val<'c, 'a>) {
    let name = op_name(op);
    let ty = value.r#type();
    let is_loop = matches!(name, "scf.for" | "scf.while");
    let mut operands: Vec<_> = op.operands().collect();
    if is_loop {
        operands.push(value);
    }
    let mut types: Vec<_> = op.results().map(|result| result.r#type()).collect();
    types.push(ty);
    let at = Cursor::before(context, op);
    let regions = op.regions().map(|_| Region::new()).collect();
    let wide = at.op_with_regions(name, &operands, &types, &[], regions);
    for (attribute, value) in op.attributes() {
        if let Ok(attribute) = attribute.as_string_ref().as_str() {
            mlc_mlir::rewrite::set_attribute(wide, attribute, value);
        }
    }
    for (old, new) in op.regions().zip(wide.regions()) {
        if old.first_block().is_none() {
            // The `else` that was left out.
            let block = new.append_block(Block::new(&[]));
            Cursor::at_end(context, block, at.location).op("scf.yield", &[], &[], &[]);
        }
        for block in move_blocks(old, new) {
            if is_loop {
                let argument = block.add_argument(ty, at.location);
                for (user, position) in uses(value) {
                    if user != wide && ancestor_in_block(block, user).is_some() {
                        set_operand(user, position, argument);
                    }
                }
            }
        }
        for block in mlc_mlir::rewrite::blocks(new) {
            let inside = match block.argument(block.argument_count().wrapping_sub(1)) {
                Ok(argument) if is_loop => argument.into(),
                _ => value,
            };
            let left = carry(inside, block);
            if let Some(terminator) = block.terminator() {
                let operands: Vec<_> = terminator.operands().chain([left]).collect();
                set_operands(terminator, &operands);
            }
        }
    }
    for (old, new) in results(op).into_iter().zip(results(wide)) {
        replace_all_uses(old, new);
    }
    erase(op);
    let carried = results(wide)[types.len() - 1];
    (wide, carried)
}
