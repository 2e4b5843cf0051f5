//! Arguments that end with a call: the callee may own them.

use super::reuse_in;
use crate::{
    analysis::{
        borrows::{unwind_start, uses_of},
        place::root,
    },
    own::insert_drops::insert_drops,
};
use melior::{
    Context,
    ir::{
        Attribute, ValueLike,
        attribute::{FlatSymbolRefAttribute, StringAttribute, TypeAttribute},
        operation::OperationLike,
        r#type::FunctionType,
    },
};
use mlc_dialects::own;
use mlc_mlir::{
    PassError, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, arguments, clone_op, defining_op, erase, is_unused, nested_blocks,
        op_name, operand, ops, ops_named, remove_attribute, results, set_attribute, set_operand,
        set_operands, set_type, string_attribute, uses, value_key,
    },
};
use std::collections::HashMap;

/// The versions of functions that own an argument, by name and position; none where owning it is of no use.
type Versions = HashMap<(String, usize), Option<String>>;

/// Calls versions of functions that own what they are lent, where the lender has no more use for it and they have.
pub fn transfer_arguments<'c, 'a>(context: &'c Context, module: Op<'c, 'a>) -> PassResult {
    let Some(body) = nested_blocks(module).first().copied() else {
        return Ok(());
    };
    let mut functions: HashMap<String, Op> = HashMap::new();
    let mut pending: Vec<Op> = Vec::new();
    for op in ops(body) {
        if op_name(op) == "func.func"
            && let Some(name) = string_attribute(op, "sym_name")
        {
            functions.insert(name.to_owned(), op);
            pending.push(op);
        }
    }
    let mut versions = Versions::new();
    while let Some(function) = pending.pop() {
        for call in ops_named(function, "func.call") {
            for (position, value) in transferred(call) {
                let callee = string_attribute(call, "callee").unwrap_or_default();
                let key = (callee.to_owned(), position);
                if !versions.contains_key(&key) {
                    let made = match functions.get(callee) {
                        Some(callee) => version(context, *callee, position, body)?,
                        None => None,
                    };
                    let name = made.map(|op| {
                        let name = string_attribute(op, "sym_name").unwrap_or_default();
                        functions.insert(name.to_owned(), op);
                        pending.push(op);
                        name.to_owned()
                    });
                    versions.insert(key.clone(), name);
                }
                if let Some(Some(name)) = versions.get(&key) {
                    hand_over(context, call, position, value, name);
                }
            }
        }
    }
    Ok(())
}

/// The arguments of a call that are shared borrows of all of a box that ends just behind it, where a result of its type
/// could take its buffer over: the positions, and the boxes.
fn transferred<'c: 'a, 'a>(call: Op<'c, 'a>) -> Vec<(usize, Val<'c, 'a>)> {
    let ending: Vec<Val> = std::iter::successors(call.next_in_block(), |op| op.next_in_block())
        .take_while(|op| matches!(op_name(*op), "own.drop" | "own.propagate"))
        .filter(|op| op_name(*op) == "own.drop")
        .map(|op| operand(op, 0))
        .collect();
    let lent = |(position, lent): (usize, Val<'c, 'a>)| {
        let borrow = defining_op(lent).filter(|op| op_name(*op) == "own.borrow")?;
        let value = operand(borrow, 0);
        let key = value_key(value);
        let once = (call.operands())
            .filter(|other| value_key(root(*other)) == key)
            .count()
            == 1;
        let fits = (results(call).iter()).any(|result| result.r#type() == value.r#type());
        let ends = ending.iter().any(|value| value_key(*value) == key);
        (once && fits && ends).then_some((position, value))
    };
    call.operands().enumerate().filter_map(lent).collect()
}

/// A private version of a function that owns an argument, where it makes something of it.
fn version<'c, 'a>(
    context: &'c Context,
    function: Op<'c, 'a>,
    position: usize,
    module: Blk<'c, 'a>,
) -> Result<Option<Op<'c, 'a>>, PassError> {
    if nested_blocks(function).is_empty() {
        return Ok(None);
    }
    let text = |text: &str| StringAttribute::new(context, text).into();
    let name = string_attribute(function, "sym_name").unwrap_or_default();
    let name = format!("{name}{}{position}", super::VERSION);
    let clone = Cursor::at_end(context, module, function.location()).insert(clone_op(function));
    set_attribute(clone, "sym_name", text(&name));
    set_attribute(clone, "sym_visibility", text("private"));
    remove_attribute(clone, "mlc.export");

    let entry = nested_blocks(clone)[0];
    let argument = arguments(entry)[position];
    let lent = argument.r#type();
    let payload = own::payload(lent).ok_or("an argument that is lent has a payload")?;
    let used = uses(argument);
    set_type(argument, own::box_type(payload));
    let at = Cursor::at_start(context, entry, argument.location());
    let borrow = at.value("own.borrow", &[argument], lent, &[]);
    for (user, operand) in used {
        set_operand(user, operand, borrow);
    }
    let types = |values: Vec<Val<'c, 'a>>| -> Vec<_> {
        values.iter().map(|value| value.r#type()).collect()
    };
    let exit = ops_named(clone, "func.return");
    let outputs = exit.first().map(|exit| exit.operands().collect());
    let ty = FunctionType::new(
        context,
        &types(arguments(entry)),
        &types(outputs.unwrap_or_default()),
    );
    set_attribute(clone, "function_type", TypeAttribute::new(ty.into()).into());
    insert_drops(context, clone)?;
    reuse_in(context, clone);
    let reuses = (uses_of(argument).iter()).any(|r#use| op_name(r#use.op) == "own.reuse");
    if reuses {
        return Ok(Some(clone));
    }
    erase(clone);
    Ok(None)
}

/// Gives a box to a call that borrowed it.
fn hand_over<'c, 'a>(
    context: &'c Context,
    call: Op<'c, 'a>,
    position: usize,
    value: Val<'c, 'a>,
    callee: &str,
) {
    let borrow = defining_op(operand(call, position));
    let callee = FlatSymbolRefAttribute::new(context, callee).into();
    set_attribute(call, "callee", callee);
    set_attribute(call, super::TRANSFERS, Attribute::unit(context));
    for (user, at) in uses(value) {
        let behind = call.block() == user.block() && call.is_before_in_block(user);
        if behind && unwind_start(user).is_some_and(|start| at >= start) {
            let kept: Vec<Val> = (user.operands().enumerate())
                .filter(|(other, _)| *other != at)
                .map(|(_, value)| value)
                .collect();
            set_operands(user, &kept);
        }
    }
    for (user, _) in uses(value) {
        if op_name(user) == "own.drop" {
            erase(user);
        }
    }
    set_operand(call, position, value);
    if let Some(borrow) = borrow.filter(|op| is_unused(results(*op)[0])) {
        erase(borrow);
    }
}
