//! Which box, argument or top-level value a borrow comes from, and which part of it.

use crate::analysis::{access::is_projection, borrows::sources};
use melior::ir::{
    BlockLike, OperationRef, RegionLike, TypeLike, Value, ValueLike, operation::OperationLike,
};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Key, Val, defining_block, defining_op, op_name, operand, string_attribute, value_key,
};
use std::collections::HashSet;

/// What owns memory, by name: a value of a function, or a top-level value, which many borrows lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner<'c> {
    Value(Key),
    Global(&'c str),
}

/// The owner that a root stands for.
pub fn owner<'c>(root: Val<'c, '_>) -> Owner<'c> {
    global(root).map_or(Owner::Value(value_key(root)), Owner::Global)
}

/// The name of the top-level value that a borrow leads to as a whole: a cast of its address, or an array of the module.
pub fn global<'c>(root: Val<'c, '_>) -> Option<&'c str> {
    let op = defining_op(root)?;
    match op_name(op) {
        "memref.get_global" => string_attribute(op, "name"),
        "builtin.unrealized_conversion_cast" => {
            let address = defining_op(operand(op, 0));
            let address = address.filter(|op| op_name(*op) == "llvm.mlir.addressof");
            string_attribute(address?, "global_name")
        }
        _ => None,
    }
}

/// A value whose memory is reached through no other value: a box, a borrowed argument, or a borrow that
/// a call returned.
pub fn root<'c: 'a, 'a>(value: Value<'c, 'a>) -> Value<'c, 'a> {
    let mut value = value;
    while let Some(op) = defining_op(value) {
        // Only then is there an operand to ask for: melior prints the operation where there is none.
        if !is_projection(op) {
            break;
        }
        value = operand(op, 0);
    }
    value
}

/// Whether two roots may reach the same memory: they are one, or the origin of one is not known.
pub fn may_overlap<'c: 'a, 'a>(first: Val<'c, 'a>, second: Val<'c, 'a>) -> bool {
    if is_constant(first) || is_constant(second) {
        return false;
    }
    if !is_of_unknown_origin(first) && !is_of_unknown_origin(second) {
        return owner(first) == owner(second);
    }
    let seconds = leaves(second);
    leaves(first).into_iter().any(|first| {
        seconds.iter().any(|second| {
            owner(first) == owner(*second)
                || is_of_unknown_origin(first)
                || is_of_unknown_origin(*second)
        })
    })
}

/// Whether a value is an argument of a function.
pub fn is_argument(value: Val) -> bool {
    let Some(block) = defining_block(value).filter(|_| defining_op(value).is_none()) else {
        return false;
    };
    let function = block
        .parent_operation()
        .filter(|op| op_name(*op) == "func.func");
    let entry = function.and_then(|op| op.region(0).ok()?.first_block());
    entry == Some(block)
}

/// Whether a root is constant data, which irgen marks: nobody writes it.
pub fn is_constant(root: Value) -> bool {
    defining_op(root).is_some_and(|op| op.has_attribute("mlc.constant"))
}

/// Whether a root is a borrow or a view that a call returned, or one of several: it may be a part of another root.
pub fn is_of_unknown_origin(root: Value) -> bool {
    let ty = root.r#type();
    is_joined(root)
        || defining_op(root).is_some_and(|op| {
            own::is_borrow(ty) && global(root).is_none()
                || ty.is_mem_ref() && op_name(op).starts_with("func.call")
        })
}

/// Whether a root is a borrow or a view that control flow or a selection hands on.
fn is_joined(root: Value) -> bool {
    let ty = root.r#type();
    if !own::is_borrow(ty) && !ty.is_mem_ref() {
        return false;
    }
    match defining_op(root).map(op_name) {
        Some(name) => name == "arith.select" || name.starts_with("scf."),
        None => !is_argument(root),
    }
}

/// The roots that a root may stand for where control flow or a selection hands it on, else itself.
pub fn leaves<'c: 'a, 'a>(root_value: Val<'c, 'a>) -> Vec<Val<'c, 'a>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut pending = vec![root_value];
    while let Some(value) = pending.pop() {
        let value = root(value);
        if !seen.insert(value_key(value)) {
            continue;
        }
        let before = if is_joined(value) {
            sources(value)
        } else {
            Vec::new()
        };
        if before.is_empty() {
            found.push(value);
        }
        pending.extend(before);
    }
    found
}

/// The roots whose headers an operation may change: the length or the buffer of a list in them may be
/// another afterwards. What a called function does to top-level values is not among them: `own-annotate-globals` says that.
pub fn header_writes<'c: 'a, 'a>(op: OperationRef<'c, 'a>) -> Vec<Value<'c, 'a>> {
    let name = op_name(op);
    let changes = |value: &Value| match own::kind(value.r#type()) {
        own::Kind::Mut => true,
        own::Kind::Box => !matches!(name, "own.borrow" | "own.borrow_mut"),
        _ => false,
    };
    match name {
        "own.borrow" | "own.borrow_mut" | "own.elem" | "own.field" | "own.view" | "own.slice"
        | "own.load" | "own.store" | "own.len" => Vec::new(),
        _ => op.operands().filter(changes).map(root).collect(),
    }
}
