//! Which box, argument or top-level value a borrow comes from, and which part of it.

use crate::analysis::access::is_view_like;
use melior::ir::{BlockLike, OperationRef, TypeLike, Value, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Key, Val, defining_block, defining_op, op_name, operand, string_attribute, value_key,
};

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

/// The name of the top-level value that a borrow leads to as a whole: a cast of its address.
pub fn global<'c>(root: Val<'c, '_>) -> Option<&'c str> {
    let cast =
        defining_op(root).filter(|op| op_name(*op) == "builtin.unrealized_conversion_cast")?;
    let address = defining_op(operand(cast, 0)).filter(|op| op_name(*op) == "llvm.mlir.addressof");
    string_attribute(address?, "global_name")
}

/// A value whose memory is reached through no other value: a box, a borrowed argument, or a borrow that
/// a call returned.
pub fn root<'c: 'a, 'a>(value: Value<'c, 'a>) -> Value<'c, 'a> {
    let mut value = value;
    while let Some(op) = defining_op(value) {
        let derives = is_view_like(op)
            || matches!(
                op_name(op),
                "own.borrow"
                    | "own.borrow_mut"
                    | "own.elem"
                    | "own.field"
                    | "own.view"
                    | "own.slice"
                    | "own.header"
            );
        // Only then is there an operand to ask for: melior prints the operation where there is none.
        if !derives {
            break;
        }
        value = operand(op, 0);
    }
    value
}

/// Whether two roots may reach the same memory: they are one, or one is a borrow whose origin is not known.
pub fn may_overlap(first: Value, second: Value) -> bool {
    !is_constant(first)
        && !is_constant(second)
        && (owner(first) == owner(second)
            || is_of_unknown_origin(first)
            || is_of_unknown_origin(second))
}

/// Whether a value is an argument of a function.
pub fn is_argument(value: Val) -> bool {
    let around = defining_block(value).and_then(|block| block.parent_operation());
    defining_op(value).is_none() && around.is_some_and(|op| op_name(op) == "func.func")
}

/// Whether a root is constant data, which irgen marks: nobody writes it.
pub fn is_constant(root: Value) -> bool {
    defining_op(root).is_some_and(|op| op.has_attribute("mlc.constant"))
}

/// Whether a root is a borrow or a view that a call returned: it may be a part of another root.
pub fn is_of_unknown_origin(root: Value) -> bool {
    let ty = root.r#type();
    defining_op(root).is_some_and(|op| {
        own::is_borrow(ty) && global(root).is_none()
            || ty.is_mem_ref() && op_name(op).starts_with("func.call")
    })
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
