//! What is said about two accesses that may meet.

use crate::analysis::{
    access::{Access, Mode},
    place::global,
};
use melior::ir::operation::OperationLike;
use mlc_mlir::{
    emit_error_with_notes,
    rewrite::{Op, Val, value_name},
};

/// Why a loop is rejected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The accesses meet, or nothing is known of them.
    Unknown,
    /// Only the run knows, and checks at run time are turned off.
    OnlyStatic,
    /// Only the run knows, and the function has no way to tell of an error.
    NoStatus,
    /// An update at an index that was read from memory.
    IndirectUpdate,
}

impl Reason {
    /// What to do about it, where that does not depend on the accesses.
    fn help(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::OnlyStatic => Some(
                "help: only the run knows; `--race-checks=dynamic` has it checked before the loop",
            ),
            Self::NoStatus => Some(
                "help: only the run knows; a function that may raise would check it before the loop",
            ),
            Self::IndirectUpdate => {
                Some("help: say `atomic` in front of the update: the order does not matter then")
            }
        }
    }
}

/// A value as the source names it.
fn name_of(root: Val) -> String {
    match (value_name(root), global(root)) {
        (Some(name), _) if !name.starts_with('$') => format!("`{name}`"),
        (None, Some(name)) => name_of_global(name),
        _ => "a value".to_owned(),
    }
}

/// A top-level value as the source names it: without its module.
fn name_of_global(name: &str) -> String {
    format!("`{}`", name.rsplit('.').next().unwrap_or(name))
}

/// Reports a call that touches a top-level value by its name, and what else touches that value; each with whether it writes.
pub fn race_in_call(call: (Op, bool), other: (Op, bool), global: &str) {
    let name = name_of_global(global);
    let (primary, other) = if call.1 { (call, other) } else { (other, call) };
    let at = primary.0.location();
    let help = format!(
        "help: hand what each iteration needs of {name} over as an argument, and change it behind the loop"
    );
    if primary.0 == other.0 {
        let message = format!(
            "race: two iterations of the parallel loop may write {name}, which the function that is called changes"
        );
        emit_error_with_notes(at, &message, &[(at, help)]);
        return;
    }
    let verb = if other.1 { "writes" } else { "reads" };
    let message =
        format!("race: an iteration of the parallel loop may write {name} that another one {verb}");
    let notes = [
        (
            other.0.location(),
            format!("another iteration {verb} it here"),
        ),
        (at, help),
    ];
    emit_error_with_notes(at, &message, &notes);
}

/// Reports two accesses that may meet, of which the second is the later one.
pub fn race(first: &Access, second: &Access, reason: Reason) {
    // The write is the primary place; of two writes, the later one.
    let (primary, other) = if second.mode == Mode::Read {
        (first, second)
    } else {
        (second, first)
    };
    let name = name_of(primary.root);
    let at = primary.op.location();
    if primary.op == other.op {
        let message =
            format!("race: two iterations of the parallel loop may write the same place of {name}");
        let help = "help: write to a place that no other iteration writes, combine with a reduction on a plain \
                    variable, or say `atomic` where the order does not matter";
        let help = reason.help().unwrap_or(help);
        emit_error_with_notes(at, &message, &[(at, help.to_owned())]);
        return;
    }
    let verb = match other.mode {
        Mode::Read => "reads",
        _ => "writes",
    };
    let message = format!(
        "race: an iteration of the parallel loop may write a place of {name} that another one {verb}"
    );
    let mixed = (primary.mode == Mode::Atomic) != (other.mode == Mode::Atomic);
    let help = match (reason.help(), other.mode) {
        (Some(help), _) => help.to_owned(),
        _ if mixed => {
            format!("help: where {name} is updated by `atomic`, the loop does nothing else with it")
        }
        (None, Mode::Read) => {
            format!("help: read from a copy of {name} that is made before the loop")
        }
        _ => "help: let each iteration write places of its own".to_owned(),
    };
    let place = other.op.location();
    let notes = [
        (place, format!("another iteration {verb} it here")),
        (at, help),
    ];
    emit_error_with_notes(at, &message, &notes);
}
