//! Values with a destructor: there is one of each, and only what takes it apart moves fields out of it.

use super::name_of;
use crate::analysis::{borrows::consumes, place::root};
use melior::ir::{Location, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::{
    emit_error_with_notes,
    rewrite::{
        Op, Val, defining_op, enclosing, op_name, operand, ops_named, results, string_attribute,
        uses,
    },
};

/// Reports what an operation does to a value with a destructor that must not be done. Returns whether it is fine.
pub(super) fn check<'c: 'a, 'a>(op: Op<'c, 'a>) -> bool {
    match op_name(op) {
        "own.copy" => check_copy(op),
        "own.take" => check_take(op),
        "own.disarm" => check_disarm(op),
        _ => true,
    }
}

fn check_copy<'c: 'a, 'a>(op: Op<'c, 'a>) -> bool {
    let payload = own::payload(results(op)[0].r#type());
    let Some(found) = payload.and_then(own::destructible) else {
        return true;
    };
    let asked = asked_by(op);
    let what = match asked == op {
        true => name_of(root(operand(op, 0)), &[op]),
        false => "a value".into(),
    };
    let ty = own::struct_name(found).unwrap_or_default();
    let why = match payload == Some(found) {
        true => format!("a `{ty}` has a `__del__`"),
        false => format!("it holds a `{ty}`, which has a `__del__`"),
    };
    let help = "help: move it, borrow it, or make another value of its parts";
    emit_error_with_notes(
        asked.location(),
        &format!("not-copyable: {what} cannot be copied: {why}"),
        &[(asked.location(), help.to_string())],
    );
    false
}

/// The operation itself, or the call in the program of the function without a place in it that does this.
fn asked_by<'c: 'a, 'a>(op: Op<'c, 'a>) -> Op<'c, 'a> {
    let mut asked = op;
    let mut seen: Vec<&str> = Vec::new();
    while !has_place(asked.location()) {
        let function = enclosing(asked, &["func.func"]);
        let module = enclosing(asked, &["builtin.module"]);
        let (Some(function), Some(module)) = (function, module) else {
            return op;
        };
        let Some(name) = string_attribute(function, "sym_name").filter(|name| !seen.contains(name))
        else {
            return op;
        };
        seen.push(name);
        let calls = ops_named(module, "func.call");
        let mut calls =
            (calls.into_iter()).filter(|call| string_attribute(*call, "callee") == Some(name));
        let Some(first) = calls.next() else {
            return op;
        };
        asked = match has_place(first.location()) {
            true => first,
            false => calls
                .find(|call| has_place(call.location()))
                .unwrap_or(first),
        };
    }
    asked
}

fn has_place(location: Location) -> bool {
    match location.is_name() {
        true => has_place(location.name_child_location()),
        false => {
            location.is_file_line_col_range() || location.is_call_site() || location.is_fused()
        }
    }
}

/// A field may leave a struct with a destructor only where the struct is disarmed.
fn check_take<'c: 'a, 'a>(op: Op<'c, 'a>) -> bool {
    let mut place = operand(op, 0);
    while let Some(step) = defining_op(place) {
        if !matches!(op_name(step), "own.field" | "own.borrow_mut") {
            return true;
        }
        let whole = operand(step, 0);
        let ty = own::payload(whole.r#type()).filter(|ty| own::struct_destructor(*ty).is_some());
        if let Some(ty) = ty
            && op_name(step) == "own.field"
            && !is_disarmed(whole)
        {
            report_take(op, whole, own::struct_name(ty).unwrap_or_default());
            return false;
        }
        place = whole;
    }
    true
}

fn report_take<'c: 'a, 'a>(op: Op<'c, 'a>, whole: Val<'c, 'a>, ty: &str) {
    let field = match string_attribute(op, "mlc.part") {
        Some(field) => format!("the field `{field}`"),
        None => "a field".into(),
    };
    let name = name_of(root(whole), &[op]);
    let message = format!(
        "move-out-of-destructor: {field} is moved out of {name}, but a `{ty}` has a `__del__`, which needs it"
    );
    let help = "help: move `copy(…)` of the field, exchange it with another value, or do it in a method with `deinit self`";
    emit_error_with_notes(
        op.location(),
        &message,
        &[(op.location(), help.to_string())],
    );
}

/// Whether all of the box that is borrowed here is being taken apart.
fn is_disarmed<'c: 'a, 'a>(whole: Val<'c, 'a>) -> bool {
    let Some(owner) = box_of(whole) else {
        return false;
    };
    (uses(owner).into_iter())
        .filter(|(user, _)| op_name(*user) == "own.borrow_mut")
        .flat_map(|(borrow, _)| uses(results(borrow)[0]))
        .any(|(user, _)| op_name(user) == "own.disarm")
}

/// The box that a borrow of all of it leads to.
fn box_of<'c: 'a, 'a>(borrow: Val<'c, 'a>) -> Option<Val<'c, 'a>> {
    let mut value = borrow;
    while !own::is_box(value.r#type()) {
        let op = defining_op(value).filter(|op| op_name(*op) == "own.borrow_mut")?;
        value = operand(op, 0);
    }
    Some(value)
}

/// What is being taken apart is not given away.
fn check_disarm<'c: 'a, 'a>(op: Op<'c, 'a>) -> bool {
    let Some(owner) = box_of(operand(op, 0)) else {
        return true;
    };
    let given = (uses(owner).into_iter())
        .find(|(user, position)| consumes(*user, *position) && op_name(*user) != "own.drop");
    let Some((given, _)) = given else {
        return true;
    };
    let name = name_of(owner, &[given]);
    let message = format!("use-after-move: {name} is given away, but it ends in this function");
    let help = "help: move its fields, or take it as `owned` in a method that is no destructor";
    emit_error_with_notes(
        given.location(),
        &message,
        &[(given.location(), help.to_string())],
    );
    false
}
