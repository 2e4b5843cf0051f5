//! Values that something was moved out of: what may be done with them until it is there again.
//!
//! A field may be moved out of a struct that the function owns, and its other fields go on. Out of what belongs to somebody else
//! (an exclusive borrow, a top-level value) a field, or all of it, may be moved where it is filled again on every path that
//! returns. An error that leaves the function in between leaves the empty value behind.

use super::{
    access::{Step, fields, path},
    borrows::consumes,
    conflicts::overlap,
    lost::Watch,
    place::{global, is_argument, owner, root},
    touches::Touches,
};
use melior::ir::ValueLike;
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Op, Val, defining_op, integer_attribute, nested_blocks, op_name, operand, ops_named, uses,
};

/// Something wrong with what `taken` moves out of `value`.
pub struct Misuse<'c, 'a> {
    pub value: Val<'c, 'a>,
    pub taken: Op<'c, 'a>,
    /// Whether it is a part, not all of what is borrowed.
    pub part: bool,
    pub kind: MisuseKind<'c, 'a>,
}

pub enum MisuseKind<'c, 'a> {
    /// The value belongs to somebody else, and is not filled again on every path.
    NotOwned,
    /// What was moved is used itself.
    Field(Op<'c, 'a>),
    /// The struct is used as a whole.
    Whole(Op<'c, 'a>),
}

/// What is wrong with what a function moves out of values, at most one thing for each. `is_part`: it is looked at as a part of
/// its caller.
pub fn misuses<'c: 'a, 'a>(
    function: Op<'c, 'a>,
    touches: &Touches<'c, 'a>,
    is_part: bool,
) -> Vec<Misuse<'c, 'a>> {
    (ops_named(function, "own.take").into_iter())
        .filter_map(|taken| misuse(function, taken, touches, is_part))
        .collect()
}

fn misuse<'c: 'a, 'a>(
    function: Op<'c, 'a>,
    taken: Op<'c, 'a>,
    touches: &Touches<'c, 'a>,
    is_part: bool,
) -> Option<Misuse<'c, 'a>> {
    let value = root(operand(taken, 0));
    let field = path(operand(taken, 0));
    let owned = own::is_box(value.r#type());
    // Elements may be taken out of a list, which then holds the empty value, and so may all of a box. An element that is a
    // tuple is taken part by part.
    let parts = integer_attribute(taken, "mlc.below").unwrap_or(0) as usize;
    let element = &field[..field.len().saturating_sub(parts)];
    if matches!(element.last(), Some(Step::At(_))) || (owned && field.is_empty()) {
        return None;
    }
    // What a function is lent that is a part of another is followed there (`moves.rs`).
    if is_part && !owned && fields(&field).is_some() && is_argument(value) {
        return None;
    }
    // Memory that the runtime lends.
    let is_lent =
        defining_op(value).is_some_and(|op| op_name(op) == "builtin.unrealized_conversion_cast");
    if is_lent && global(value).is_none() {
        return None;
    }
    let mut watch = Watch::new();
    for touch in touches.of_owner(owner(value)) {
        if !overlap(&touch.path, &field) {
            continue;
        }
        let fills = op_name(touch.op) == "own.put" && covers(&touch.path, &field);
        let effect = watch.effect(0, touch.op);
        if fills {
            effect.restores = true;
        } else {
            effect.uses = true;
        }
    }
    if owned {
        // Each time it is made it is whole, whatever became of the one of the iteration before.
        if let Some(made) = defining_op(value) {
            watch.effect(0, made).restores = true;
        }
        for (op, position) in uses(value) {
            if consumes(op, position) {
                watch.effect(0, op).uses = true;
            }
        }
    } else {
        for exit in ops_named(function, "func.return") {
            watch.effect(0, exit).uses = true;
        }
    }
    let effect = watch.effect(0, taken);
    effect.uses = true;
    effect.loses = true;
    let loss = watch.first_loss(nested_blocks(function).first().copied()?)?;
    let reach = touches
        .of_op(loss.used)
        .find(|touch| touch.owner == owner(value))
        .map(|touch| touch.path.len());
    let kind = match reach {
        _ if op_name(loss.used) == "func.return" && !owned => MisuseKind::NotOwned,
        Some(reach) if reach >= field.len() => MisuseKind::Field(loss.used),
        _ => MisuseKind::Whole(loss.used),
    };
    Some(Misuse {
        value,
        taken: loss.lost,
        part: !field.is_empty(),
        kind,
    })
}

/// Whether a path certainly leads to a part, or to what it is a part of.
fn covers(path: &[Step], part: &[Step]) -> bool {
    path.len() <= part.len()
        && path.iter().zip(part).all(|steps| match steps {
            (Step::Field(first), Step::Field(second)) => first == second,
            (Step::At(first), Step::At(second)) if first.len() == second.len() => {
                first.iter().zip(second).all(|(first, second)| {
                    let difference = first.linear.plus(&second.linear, -1);
                    difference.constant == 0 && difference.terms().next().is_none()
                })
            }
            _ => false,
        })
}
