//! Which boxes are live at an operation: defined, and not yet consumed, where it runs.
//!
//! Holds once every box is consumed exactly once on every path (after `own-insert-drops`), so that
//! all branches of an operation leave the same boxes behind.

use super::borrows::consumed_operands;
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Blk, Op, Val, arguments, defining_op, nested_blocks, op_name, ops, results,
};

/// Calls `visit` for each operation below `function` with the boxes that are live just before it,
/// oldest first, those that the operation consumes left out. The iterations of a `par.for` are on
/// their own: boxes from outside of the loop are not live in them.
pub fn for_each_op<'c, 'a>(
    function: Op<'c, 'a>,
    visit: &mut impl FnMut(Op<'c, 'a>, &[Val<'c, 'a>]),
) {
    for block in nested_blocks(function) {
        visit_block(block, Vec::new(), visit);
    }
}

/// Returns the boxes that are live at the end of the block.
fn visit_block<'c, 'a>(
    block: Blk<'c, 'a>,
    mut live: Vec<Val<'c, 'a>>,
    visit: &mut impl FnMut(Op<'c, 'a>, &[Val<'c, 'a>]),
) -> Vec<Val<'c, 'a>> {
    let boxes = |values: Vec<Val<'c, 'a>>| {
        values
            .into_iter()
            .filter(|value| own::is_box(value.r#type()))
    };
    live.extend(boxes(arguments(block)));
    for op in ops(block) {
        let consumed = consumed_operands(op);
        live.retain(|value| !consumed.contains(value));
        match failed_call(op) {
            // Where the status says that a call failed, it made none of its results.
            Some(call) => {
                let made: Vec<_> = results(call);
                let before: Vec<_> = live
                    .iter()
                    .copied()
                    .filter(|value| !made.contains(value))
                    .collect();
                visit(op, &before);
            }
            None => visit(op, &live),
        }
        let own_iterations = op_name(op) == "par.for";
        // Each branch begins with what is live here, whatever the others consume.
        let before = live.clone();
        for region in nested_blocks(op) {
            if own_iterations {
                visit_block(region, Vec::new(), visit);
            } else {
                let left = visit_block(region, before.clone(), visit);
                live.retain(|value| left.contains(value));
            }
        }
        live.extend(boxes(results(op)));
    }
    live
}

/// The operation whose status an `own.propagate` looks at.
fn failed_call<'c, 'a>(op: Op<'c, 'a>) -> Option<Op<'c, 'a>> {
    (op_name(op) == "own.propagate").then(|| defining_op(op.operand(0).ok()?))?
}
