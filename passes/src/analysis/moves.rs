//! Where a box is used although it may have been moved.

use super::{
    borrows::{Use, uses_of},
    lost::Watch,
};
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Blk, Key, Op, Val, ancestor_in_block, defining_block, op_key};
use std::collections::HashMap;

/// A use of a box that may be moved by then.
pub struct UseAfterMove<'c, 'a> {
    pub moved: Op<'c, 'a>,
    pub used: Op<'c, 'a>,
    /// The use is of something that was borrowed before the move.
    pub through_borrow: bool,
}

/// The first use of a box after a move of it.
pub fn use_after_move<'c: 'a, 'a>(value: Val<'c, 'a>) -> Option<UseAfterMove<'c, 'a>> {
    let block = defining_block(value)?;
    let uses = uses_of(value);
    if is_plain(block, &uses) {
        return None;
    }
    let mut watch = Watch::new();
    let mut kinds: HashMap<Key, UseKind> = HashMap::new();
    for r#use in uses {
        let kind = kinds.entry(op_key(r#use.op)).or_default();
        kind.direct |= r#use.direct;
        kind.through_borrow |= !r#use.direct;
        kind.moves += usize::from(r#use.consumes);
        let effect = watch.effect(r#use.op);
        effect.uses = true;
        effect.loses |= r#use.consumes;
        // One operation may move a box and use it in another operand.
        effect.clashes = kind.moves > 1 || (kind.moves > 0 && kind.through_borrow);
    }
    let found = watch.first_loss(block)?;
    let kind = &kinds[&op_key(found.used)];
    let at_once = found.lost == found.used && kind.moves == 1 && kind.through_borrow;
    Some(UseAfterMove {
        moved: found.lost,
        used: found.used,
        through_borrow: !kind.direct || at_once,
    })
}

/// Whether a box is consumed at most once, by straight-line code behind all other uses.
fn is_plain<'c: 'a, 'a>(block: Blk<'c, 'a>, uses: &[Use<'c, 'a>]) -> bool {
    let mut moves = uses.iter().filter(|r#use| r#use.consumes);
    let Some(last) = moves.next() else {
        return true;
    };
    let is_before = |r#use: &Use<'c, 'a>| {
        let ancestor = ancestor_in_block(block, r#use.op);
        r#use.consumes || ancestor.is_some_and(|op| op.is_before_in_block(last.op))
    };
    moves.next().is_none() && last.op.block() == Some(block) && uses.iter().all(is_before)
}

/// How an operation uses the box.
#[derive(Default)]
struct UseKind {
    direct: bool,
    through_borrow: bool,
    moves: usize,
}
