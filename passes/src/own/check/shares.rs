//! Copies of what Python would share: nobody may be able to tell.

use super::name_of;
use crate::analysis::{
    borrows::unwind_start,
    place::global,
    shares::{Told, told_copies},
};
use melior::ir::operation::OperationLike;
use mlc_mlir::{
    emit_error_with_notes,
    rewrite::{Op, Val, op_name},
};

/// Reports the copies of the functions that can be told from what Python does. Returns whether there are none.
pub(super) fn check<'c: 'a, 'a>(functions: &[Op<'c, 'a>]) -> bool {
    let found = told_copies(functions);
    found.iter().for_each(report);
    found.is_empty()
}

fn report(found: &Told) {
    let Told {
        copied,
        changed,
        read,
        changed_side,
        read_side,
    } = found;
    let name = |side: &Option<Val>, op: &Op| match *side {
        Some(value) => match global(value) {
            Some(symbol) => Some(format!("`{}`", symbol.rsplit('.').next().unwrap_or(symbol))),
            None => Some(name_of(value, &[*op])),
        },
        None => None,
    };
    // A front end's own names mean nothing to a reader.
    let is_said = |name: &String| name != "a value" && !name.contains('$');
    let names =
        [name(changed_side, changed), name(read_side, read)].map(|name| name.filter(is_said));
    let message = match &names {
        [Some(changed), Some(read)] if changed != read => {
            format!(
                "shared-items: an item that {changed} and {read} would share in Python is changed"
            )
        }
        [Some(name), _] | [None, Some(name)] => {
            format!(
                "shared-items: an item of {name} is changed that another list would share in Python"
            )
        }
        _ => "shared-items: an item is changed that two lists would share in Python".to_string(),
    };
    let what = match op_name(*copied) {
        "own.copy" => "the items are copied here",
        _ => "the items are copied in this call",
    };
    let seen = match op_name(*read) {
        "func.return" => "the other one is still used where the function returns",
        _ if unwind_start(*read).is_some() => {
            "the other one is still used where an error leaves the function"
        }
        _ => "the other one is used here, without the change",
    };
    let notes = [
        (copied.location(), what.to_string()),
        (read.location(), seen.to_string()),
        (
            copied.location(),
            "help: make the items of one their own: `copy(…)` of it".to_string(),
        ),
    ];
    emit_error_with_notes(changed.location(), &message, &notes);
}
