//! Which operations may run after which, in structured control flow.

use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Op, nested_blocks, op_name};

/// Whether `second` may run after `first` without `since`, which both are in the reach of, running in
/// between: later in the text and not in another branch, or in a later iteration of a loop that `since`
/// is outside of.
pub fn may_follow<'c: 'a, 'a>(first: Op<'c, 'a>, second: Op<'c, 'a>, since: Op<'c, 'a>) -> bool {
    let (first_path, second_path) = (path(first), path(second));
    let since_path = path(since);
    let common = (first_path.iter().zip(&second_path))
        .take_while(|(first, second)| first == second)
        .count();
    let in_common_loop = first_path[..common]
        .iter()
        .any(|op| is_loop(*op) && !since_path.contains(op));
    if in_common_loop {
        return true;
    }
    match (first_path.get(common), second_path.get(common)) {
        (Some(first), Some(second)) if first.block() == second.block() => {
            first.is_before_in_block(*second)
        }
        // Different regions of one operation: the blocks of a loop follow each other, branches do not.
        (Some(first), Some(second)) => {
            let Some(around) = common.checked_sub(1).map(|last| first_path[last]) else {
                return false;
            };
            let blocks = nested_blocks(around);
            let position = |op: Op| blocks.iter().position(|block| op.block() == Some(*block));
            !is_branch(around) && position(*first) < position(*second)
        }
        // What an operation takes, it takes before its regions run.
        (None, Some(_)) => true,
        _ => false,
    }
}

/// The operations around an operation, outermost first, and itself.
fn path<'c: 'a, 'a>(op: Op<'c, 'a>) -> Vec<Op<'c, 'a>> {
    let mut path: Vec<_> = std::iter::successors(Some(op), |op| op.parent_operation()).collect();
    path.reverse();
    path
}

fn is_branch(op: Op) -> bool {
    matches!(op_name(op), "scf.if" | "scf.index_switch")
}

fn is_loop(op: Op) -> bool {
    matches!(op_name(op), "scf.for" | "scf.while" | "par.for")
}
