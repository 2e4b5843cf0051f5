//! `own-check`: prove that every value is used legally, or say where it is not.
//!
//! Rejected, as `use-after-move`:              Rejected, as `borrow-conflict`:
//!   func.call @eat(%x) : (!box) -> ()           %r = own.elem %m[%i] : !mut -> !ref
//!   own.drop %x : !box                          own.append %y to %m : …, !mut
//!                                               %n = own.len %r : !ref
//!
//! Further codes: `move-while-borrowed`, `move-out-of-borrow`, `partly-moved`, `write-through-shared-borrow`,
//! `return-of-local-borrow`, `not-copyable`, `move-out-of-destructor`, `shared-items`. Each report has the place of the move or the borrow,
//! and that of the offending use.
//!
//! Requires: IR as a front end makes it, before drops.  Changes nothing.
//! Does not: follow what a box holds once it is stored in another.

mod destructors;
mod shares;

use crate::analysis::{
    access::{Step, of_op, path},
    conflicts::{Conflict, conflicts},
    moves::{Misuse, UseAfterMove, uses_after_move},
    order::may_follow,
    origins::{self, GlobalUses, global_uses, origins},
    outlined::units,
    parts::{self, MisuseKind, misuses},
    place::{global, root},
    touches::Touches,
};
use melior::ir::{Location, TypeLike, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassError, emit_error_with_notes,
    rewrite::{
        Op, Val, all_ops, defining_op, enclosing, nested_blocks, op_name, operand, ops,
        string_attribute, uses, value_name,
    },
};

pub static CHECK: Pass = Pass {
    name: "own-check",
    summary: "check moves and borrows",
    anchor: "builtin.module",
    run: |_, module, _| {
        let mut legal = true;
        let functions = functions(module);
        let uses = global_uses(&functions);
        for unit in units(&functions) {
            for found in uses_after_move(&unit, &uses) {
                report_move(&found);
                legal = false;
            }
            for (number, function) in unit.functions.into_iter().enumerate() {
                legal &= check(function, &uses, number > 0);
            }
        }
        legal &= shares::check(&functions);
        if legal {
            Ok(())
        } else {
            Err(PassError::Reported)
        }
    },
};

/// The functions of a module.
fn functions<'c, 'a>(module: Op<'c, 'a>) -> Vec<Op<'c, 'a>> {
    let mut list: Vec<_> = nested_blocks(module).into_iter().flat_map(ops).collect();
    list.retain(|op| op_name(*op) == "func.func");
    list
}

/// Reports what else is illegal in a function, which may be a part of its caller. Returns whether nothing is.
fn check<'c: 'a, 'a>(function: Op<'c, 'a>, uses: &GlobalUses<'c>, is_part: bool) -> bool {
    let mut legal = true;
    for op in all_ops(function) {
        legal &= check_write(op) & check_escape(op) & destructors::check(op);
    }
    let touches = Touches::of(function, uses);
    for found in conflicts(function, &touches) {
        report_conflict(&found);
        legal = false;
    }
    for found in misuses(function, &touches, is_part) {
        report_misuse(&found);
        legal = false;
    }
    legal
}

fn report_move<'c: 'a, 'a>(found: &UseAfterMove<'c, 'a>) {
    let UseAfterMove {
        value,
        moved,
        used,
        how,
    } = found;
    let value = *value;
    let name = name_of(value, &[*used, *moved]);
    if *how == Misuse::NotReturned {
        return report_not_returned(*moved, &name);
    }
    let through_borrow = *how == Misuse::ThroughBorrow;
    if through_borrow && op_name(*used) == "own.keep" {
        let message = format!("borrow-conflict: {name} is moved while it is iterated over");
        let mut notes = Vec::new();
        if let Some(borrow) = defining_op(operand(*used, 0)) {
            notes.push((borrow.location(), "iterated over here".to_string()));
        }
        let help = "help: move it after the loop, or iterate over `copy(…)` of it";
        notes.push((moved.location(), help.to_string()));
        emit_error_with_notes(moved.location(), &message, &notes);
        return;
    }
    if through_borrow {
        let message = format!("move-while-borrowed: {name} is moved while it is borrowed");
        let mut notes = Vec::new();
        if let Some(borrow) = borrow_before(value, *moved) {
            notes.push((borrow.location(), "borrowed here".to_string()));
        }
        notes.push((used.location(), "the borrow is used here".to_string()));
        emit_error_with_notes(moved.location(), &message, &notes);
        return;
    }
    let twice = || used.operands().filter(|operand| *operand == value).count() > 1;
    let part = string_attribute(*moved, "mlc.part").filter(|_| moved != used);
    let message = match (part, moved == used) {
        (Some(field), _) if uses_part(*used, *moved) => {
            format!("use-after-move: the field `{field}` of {name} is used after it was moved")
        }
        (Some(field), _) => format!(
            "partly-moved: {name} is used as a whole, but the field `{field}` of it was moved"
        ),
        (None, true) if twice() => format!("use-after-move: {name} is moved twice at once"),
        (None, true) => format!("use-after-move: {name} is moved in every iteration of a loop"),
        (None, false) => format!("use-after-move: {name} is used after it was moved"),
    };
    let mut notes = Vec::new();
    if moved != used {
        let what = part.map_or("moved here", |_| "the field is moved here");
        let note = match may_precede(*moved, *used) {
            true => what.to_string(),
            false => format!("{what}, in an earlier iteration"),
        };
        notes.push((moved.location(), note));
    }
    let help = match part {
        Some(_) => "help: move `copy(…)` of the field",
        None => "help: move `copy(…)` of it to keep the value",
    };
    notes.push((moved.location(), help.to_string()));
    emit_error_with_notes(used.location(), &message, &notes);
}

/// Whether an operation uses the part that another one takes out of a whole, which may have another name there.
fn uses_part<'c: 'a, 'a>(used: Op<'c, 'a>, taken: Op<'c, 'a>) -> bool {
    let fields = |path: &[Step]| -> Vec<i64> {
        let field = |step: &Step| match step {
            Step::Field(field) => Some(*field),
            _ => None,
        };
        path.iter().filter_map(field).collect()
    };
    let part = fields(&path(operand(taken, 0)));
    (of_op(used).iter()).any(|access| {
        let reached = origins::places(access);
        reached.iter().any(|place| {
            let reached = fields(&place.path);
            part.is_empty() || reached.windows(part.len()).any(|fields| fields == part)
        })
    })
}

/// All of what belongs to somebody else is moved, and nothing takes its place.
fn report_not_returned(moved: Op, name: &str) {
    let message = format!(
        "move-out-of-borrow: {name} is moved, but it is only borrowed and not filled again on every path"
    );
    let help = "help: move `copy(…)` of it".to_string();
    emit_error_with_notes(moved.location(), &message, &[(moved.location(), help)]);
}

/// Whether one operation stands before the other in the text.
fn may_precede<'c: 'a, 'a>(first: Op<'c, 'a>, second: Op<'c, 'a>) -> bool {
    // Seen from itself, a loop around both does not repeat. What a function that is a part of this one moves, comes first.
    let function = |op: Op<'c, 'a>| enclosing(op, &["func.func"]);
    function(first) != function(second) || may_follow(first, second, first)
}

/// The last borrow of a box before it is moved.
fn borrow_before<'c: 'a, 'a>(value: Val<'c, 'a>, moved: Op<'c, 'a>) -> Option<Op<'c, 'a>> {
    (uses(value).into_iter())
        .map(|(op, _)| op)
        .filter(|op| matches!(op_name(*op), "own.borrow" | "own.borrow_mut"))
        .filter(|op| may_precede(*op, moved))
        .reduce(|best, op| if may_precede(best, op) { op } else { best })
}

fn report_conflict(found: &Conflict) {
    let name = match found.value.and_then(global) {
        Some(symbol) => format!("`{}`", symbol.rsplit('.').next().unwrap_or(symbol)),
        None => found.value.map_or("a value".into(), |value| {
            name_of(value, &[found.accessed, found.borrowed])
        }),
    };
    let accessed = found.accessed.location();
    if found.borrowed == found.accessed {
        let symbol = found.value.and_then(global);
        let (message, help) = match symbol.filter(|symbol| !is_passed_twice(found.accessed, symbol))
        {
            Some(_) => (
                format!("{name} is passed to a call that uses it by its name too, and changes it"),
                "help: pass a copy, or pass it wherever it is used",
            ),
            None => (
                format!("{name} is passed twice to a call that changes it"),
                "help: pass a copy, or make two calls",
            ),
        };
        let (message, help) = (format!("borrow-conflict: {message}"), help.to_string());
        emit_error_with_notes(accessed, &message, &[(accessed, help)]);
        return;
    }
    if op_name(found.used) == "own.keep" {
        let message = format!("borrow-conflict: {name} is changed while it is iterated over");
        let help = "help: change it after the loop, or iterate over `copy(…)` of it";
        let mut notes = vec![
            (found.borrowed.location(), "iterated over here".to_string()),
            (accessed, help.to_string()),
        ];
        notes.extend(called_back(found.accessed));
        emit_error_with_notes(accessed, &message, &notes);
        return;
    }
    let message = format!("borrow-conflict: {name} is changed while a part of it is borrowed");
    let help = "help: use the part before the change, or borrow `copy(…)` of it";
    let mut notes = vec![
        (found.borrowed.location(), "borrowed here".to_string()),
        (found.used.location(), "the borrow is used here".to_string()),
        (accessed, help.to_string()),
    ];
    notes.extend(called_back(found.accessed));
    emit_error_with_notes(accessed, &message, &notes);
}

/// What is said of a call that changes something by calling what it was given before.
fn called_back<'c>(call: Op<'c, '_>) -> Option<(Location<'c>, String)> {
    let module = enclosing(call, &["builtin.module"])?;
    let callee = string_attribute(call, "callee")?;
    let marked = (functions(module).into_iter())
        .filter(|function| string_attribute(*function, "sym_name") == Some(callee))
        .any(|function| function.has_attribute("own.calls_back"));
    let text = "a function that was given to others may be called here";
    marked.then(|| (call.location(), text.to_string()))
}

/// Whether two operands of a call lead to a global value.
fn is_passed_twice(call: Op, symbol: &str) -> bool {
    let leads =
        |value: &Val| (origins(*value).iter()).any(|from| global(from.root) == Some(symbol));
    call.operands().filter(leads).count() > 1
}

fn report_misuse(found: &parts::Misuse) {
    let parts::Misuse {
        value,
        taken,
        part,
        kind,
    } = found;
    let field = match string_attribute(*taken, "mlc.part") {
        Some(field) => format!("the field `{field}`"),
        None => "a field".into(),
    };
    let owner = |places: &[Op]| match global(*value) {
        Some(symbol) => format!("`{}`", symbol.rsplit('.').next().unwrap_or(symbol)),
        None => name_of(*value, places),
    };
    let (place, message) = match kind {
        MisuseKind::NotOwned => {
            let name = owner(&[*taken]);
            let what = match part {
                true => format!("{field} is moved out of {name}, which is only borrowed"),
                false => format!("{name} is moved, but it is only borrowed"),
            };
            let rest = "and not filled again on every path";
            (*taken, format!("move-out-of-borrow: {what} {rest}"))
        }
        MisuseKind::Field(used) if *part => {
            let name = owner(&[*used, *taken]);
            (
                *used,
                format!("use-after-move: {field} of {name} is used after it was moved"),
            )
        }
        MisuseKind::Field(used) | MisuseKind::Whole(used) if !*part => {
            let name = owner(&[*used, *taken]);
            (
                *used,
                format!("use-after-move: {name} is used after it was moved"),
            )
        }
        MisuseKind::Field(used) | MisuseKind::Whole(used) => {
            let name = owner(&[*used, *taken]);
            (
                *used,
                format!("partly-moved: {name} is used as a whole, but {field} of it was moved"),
            )
        }
    };
    let mut notes = Vec::new();
    if place != *taken {
        let what = if *part {
            "the field is moved here"
        } else {
            "moved here"
        };
        notes.push((taken.location(), what.to_string()));
    }
    let help = match part {
        true => "help: move `copy(…)` of the field",
        false => "help: move `copy(…)` of it",
    };
    notes.push((taken.location(), help.to_string()));
    emit_error_with_notes(place.location(), &message, &notes);
}

/// A memref of what is borrowed shared must not be written.
fn check_write<'c: 'a, 'a>(op: Op<'c, 'a>) -> bool {
    let written = match op_name(op) {
        "memref.store" | "memref.atomic_rmw" | "vector.store" | "memref.copy" => 1,
        "memref.generic_atomic_rmw" => 0,
        _ => return true,
    };
    let mut place = operand(op, written);
    while let Some(source) = defining_op(place) {
        if op_name(source) == "own.view" {
            place = operand(source, 0);
            break;
        }
        if !crate::analysis::access::is_view_like(source) {
            return true;
        }
        place = operand(source, 0);
    }
    if own::kind(place.r#type()) != own::Kind::Ref {
        return true;
    }
    let name = name_of(root(place), &[op]);
    let message =
        format!("write-through-shared-borrow: {name} is changed, but borrowed to be read only");
    emit_error_with_notes(
        op.location(),
        &message,
        &[(place.location(), "borrowed here".to_string())],
    );
    false
}

/// A borrow must not leave the function, or the region, that the box it leads to ends in.
fn check_escape<'c: 'a, 'a>(op: Op<'c, 'a>) -> bool {
    if !matches!(op_name(op), "func.return" | "scf.yield" | "scf.condition") {
        return true;
    }
    for value in op.operands() {
        if !own::is_borrow(value.r#type()) && !value.r#type().is_mem_ref() {
            continue;
        }
        let ends = |owner: &Val| {
            let here = mlc_mlir::rewrite::defining_block(*owner) == op.block();
            own::is_box(owner.r#type()) && (op_name(op) == "func.return" || here)
        };
        let owners = origins(value).into_iter().map(|origin| origin.root);
        if let Some(owner) = { owners }.find(ends) {
            let name = name_of(owner, &[op]);
            let message =
                format!("return-of-local-borrow: {name} ends here, and a borrow of it is returned");
            let help = "help: return a copy".to_string();
            emit_error_with_notes(op.location(), &message, &[(op.location(), help)]);
            return false;
        }
    }
    true
}

/// How a message calls a value: by the name that the source gives it at one of the places, or where it
/// is defined.
fn name_of<'c: 'a, 'a>(value: Val<'c, 'a>, places: &[Op<'c, 'a>]) -> String {
    let at_place = places.iter().find_map(|op| location_name(op.location()));
    // Names with a `$` are the compiler's.
    match value_name(value).or(at_place) {
        Some(name) if !name.starts_with('$') => format!("`{name}`"),
        _ => "a value".into(),
    }
}

fn location_name(location: Location) -> Option<String> {
    if !location.is_name() {
        return None;
    }
    let name = location.name_value();
    let name = name.as_string_ref();
    if name.to_raw().length == 0 {
        return None;
    }
    name.as_str().ok().map(str::to_owned)
}
