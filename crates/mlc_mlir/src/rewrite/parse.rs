//! Making operations from their text.

use std::collections::HashSet;

use melior::{
    Context, StringRef,
    ir::{BlockLike, Operation, RegionLike, operation::OperationLike},
};
use mlir_sys::mlirOperationCreateParse;

use super::{Blk, Op, move_to_end, ops, string_attribute};

/// Parses the operations of a module and appends them to a block, but for those whose symbol is in
/// `known`. Returns whether the text is valid; if it is not, diagnostics say why.
pub fn parse_module_into<'c>(
    context: &'c Context,
    block: Blk<'c, '_>,
    source: &str,
    known: &HashSet<&str>,
) -> bool {
    let Some(module) = parse_op(context, &format!("module {{\n{source}\n}}")) else {
        return false;
    };
    let body = module
        .region(0)
        .ok()
        .and_then(|region| region.first_block());
    for op in body.map(ops).unwrap_or_default() {
        if string_attribute(op, "sym_name").is_none_or(|symbol| !known.contains(symbol)) {
            move_to_end(op, block);
        }
    }
    true
}

/// Parses one top-level operation that refers to no other, such as a declaration, and appends it to
/// a block.
pub fn parse_into<'c, 'a>(
    context: &'c Context,
    block: Blk<'c, 'a>,
    source: &str,
) -> Option<Op<'c, 'a>> {
    Some(block.append_operation(parse_op(context, source)?))
}

fn parse_op<'c>(context: &'c Context, source: &str) -> Option<Operation<'c>> {
    let name = StringRef::new("generated");
    // SAFETY: both texts outlive the call, and the result is the caller's.
    unsafe {
        Operation::from_option_raw(mlirOperationCreateParse(
            context.to_raw(),
            StringRef::new(source).to_raw(),
            name.to_raw(),
        ))
    }
}
