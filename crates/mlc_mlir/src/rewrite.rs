//! Changes to IR in place, which melior's shared references do not offer.
//!
//! An [`Op`], a [`Blk`] or a [`Val`] is a name for a node of the IR, as pointers are in C++: cheap to
//! copy, and stale once the node is erased. A pass owns the IR that it runs on, so the lifetime `'a`
//! is that of the pass.

use melior::{
    Context, StringRef,
    ir::{
        Attribute, AttributeLike, Block, BlockLike, BlockRef, Location, Operation, OperationRef,
        Region, RegionLike, RegionRef, Type, TypeLike, Value, ValueLike, operation::OperationLike,
    },
};
use mlir_sys::*;
use std::cmp::Ordering;

mod cursor;
mod parse;

pub use cursor::Cursor;
pub use parse::{parse_into, parse_module_into};

/// An operation.
pub type Op<'c, 'a> = OperationRef<'c, 'a>;
/// A block.
pub type Blk<'c, 'a> = BlockRef<'c, 'a>;
/// A value: a result of an operation or an argument of a block.
pub type Val<'c, 'a> = Value<'c, 'a>;

/// Which operation, block or value a name stands for, as a key of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(usize);

/// The key of an operation.
pub fn op_key(op: Op) -> Key {
    Key(op.to_raw().ptr as usize)
}

/// The key of a block.
pub fn block_key(block: Blk) -> Key {
    Key(block.to_raw().ptr as usize)
}

/// The key of a value.
pub fn value_key<'c>(value: impl ValueLike<'c>) -> Key {
    Key(value.to_raw().ptr as usize)
}

// ---- looking

/// The name of an operation with its dialect, such as `scf.if`.
pub fn op_name<'c>(op: Op<'c, '_>) -> &'c str {
    // SAFETY: the text is that of an identifier, which lives in the context.
    let name = unsafe { StringRef::from_raw(mlirIdentifierStr(op.name().to_raw())) };
    name.as_str().unwrap_or_default()
}

/// The operations of a block; the list does not follow later changes.
pub fn ops<'c, 'a>(block: Blk<'c, 'a>) -> Vec<Op<'c, 'a>> {
    std::iter::successors(block.first_operation(), |op| op.next_in_block()).collect()
}

/// The blocks of a region; the list does not follow later changes.
pub fn blocks<'c, 'a>(region: RegionRef<'c, 'a>) -> Vec<Blk<'c, 'a>> {
    std::iter::successors(region.first_block(), |block| block.next_in_region()).collect()
}

/// The blocks of all regions of an operation.
pub fn nested_blocks<'c, 'a>(op: Op<'c, 'a>) -> Vec<Blk<'c, 'a>> {
    op.regions().flat_map(blocks).collect()
}

/// The arguments of a block.
pub fn arguments<'c, 'a>(block: Blk<'c, 'a>) -> Vec<Val<'c, 'a>> {
    (0..block.argument_count())
        .filter_map(|position| block.argument(position).ok())
        .map(Val::from)
        .collect()
}

/// The results of an operation.
pub fn results<'c, 'a>(op: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
    op.results().map(Val::from).collect()
}

/// The operand at a position, which the operation has by its definition.
pub fn operand<'c, 'a>(op: Op<'c, 'a>, position: usize) -> Val<'c, 'a> {
    op.operand(position)
        .expect("a verified operation has its operands")
}

/// Every operation below `root` and `root` itself, parents first; the list does not follow later
/// changes.
pub fn all_ops<'c, 'a>(root: Op<'c, 'a>) -> Vec<Op<'c, 'a>> {
    fn visit<'c, 'a>(op: Op<'c, 'a>, list: &mut Vec<Op<'c, 'a>>) {
        list.push(op);
        for block in nested_blocks(op) {
            for op in ops(block) {
                visit(op, list);
            }
        }
    }
    let mut list = Vec::new();
    visit(root, &mut list);
    list
}

/// Every operation of a name below `root`; the list does not follow later changes.
pub fn ops_named<'c, 'a>(root: Op<'c, 'a>, name: &str) -> Vec<Op<'c, 'a>> {
    let mut list = all_ops(root);
    list.retain(|op| op_name(*op) == name);
    list
}

/// The operations that use a value, each with the position of the operand.
pub fn uses<'c, 'a>(value: Val<'c, 'a>) -> Vec<(Op<'c, 'a>, usize)> {
    let mut list = Vec::new();
    // SAFETY: the value is live, and its list of uses does not change meanwhile.
    unsafe {
        let mut operand = mlirValueGetFirstUse(value.to_raw());
        while !mlirOpOperandIsNull(operand) {
            list.push((
                Op::from_raw(mlirOpOperandGetOwner(operand)),
                mlirOpOperandGetOperandNumber(operand) as usize,
            ));
            operand = mlirOpOperandGetNextUse(operand);
        }
    }
    list
}

/// Whether nothing uses a value.
pub fn is_unused(value: Val) -> bool {
    // SAFETY: the value is live.
    unsafe { mlirOpOperandIsNull(mlirValueGetFirstUse(value.to_raw())) }
}

/// The operation that a value is a result of.
pub fn defining_op<'c, 'a>(value: Val<'c, 'a>) -> Option<Op<'c, 'a>> {
    if !value.is_operation_result() {
        return None;
    }
    // SAFETY: the value is the result of an operation.
    Some(unsafe { Op::from_raw(mlirOpResultGetOwner(value.to_raw())) })
}

/// The position of a value among the results of its operation or the arguments of its block.
pub fn position(value: Val) -> usize {
    // SAFETY: a value is one or the other.
    unsafe {
        if value.is_operation_result() {
            mlirOpResultGetResultNumber(value.to_raw()) as usize
        } else {
            mlirBlockArgumentGetArgNumber(value.to_raw()) as usize
        }
    }
}

/// The block in which a value is defined.
pub fn defining_block<'c, 'a>(value: Val<'c, 'a>) -> Option<Blk<'c, 'a>> {
    match defining_op(value) {
        Some(op) => op.block(),
        // SAFETY: a value that is no result is an argument of a block.
        None => Some(unsafe { Blk::from_raw(mlirBlockArgumentGetOwner(value.to_raw())) }),
    }
}

/// The operation in `block` that is `op` or holds it in one of its regions.
pub fn ancestor_in_block<'c, 'a>(block: Blk<'c, 'a>, op: Op<'c, 'a>) -> Option<Op<'c, 'a>> {
    std::iter::successors(Some(op), parent).find(|op| op.block() == Some(block))
}

/// Which of two operations of one block comes first.
pub fn order_in_block(first: Op, second: Op) -> Ordering {
    match first == second {
        true => Ordering::Equal,
        false if first.is_before_in_block(second) => Ordering::Less,
        false => Ordering::Greater,
    }
}

/// The operation whose region holds an operation.
pub fn parent<'c, 'a>(op: &Op<'c, 'a>) -> Option<Op<'c, 'a>> {
    // SAFETY: the operation is live; a null parent becomes `None`.
    unsafe { Op::from_option_raw(mlirOperationGetParentOperation(op.to_raw())) }
}

/// The name that the source gives a value: that of its location.
pub fn value_name(value: Val) -> Option<String> {
    // SAFETY: the value is live, and the kind of its location is checked before the name is read.
    unsafe {
        let location = mlirValueGetLocation(value.to_raw());
        if !mlirLocationIsAName(location) {
            return None;
        }
        let name = mlirIdentifierStr(mlirLocationNameGetName(location));
        if name.length == 0 {
            return None;
        }
        StringRef::from_raw(name).as_str().ok().map(str::to_owned)
    }
}

/// Gives a value the name that the source has for it, for [`value_name`]; its first name stays.
pub fn name_value<'c>(context: &'c Context, value: Val<'c, '_>, name: &str) {
    // SAFETY: the value, its operation and its location are live; the kind is checked before each change.
    unsafe {
        let location = mlirValueGetLocation(value.to_raw());
        if mlirLocationIsAName(location) {
            return;
        }
        let name = StringRef::new(name).to_raw();
        let named = mlirLocationNameGet(context.to_raw(), name, location);
        if value.is_operation_result() {
            mlirOperationSetLocation(mlirOpResultGetOwner(value.to_raw()), named);
        } else {
            mlirBlockArgumentSetLocation(value.to_raw(), named);
        }
    }
}

/// Whether a value is defined in a region of `op`, at any depth.
pub fn is_inside<'c, 'a>(value: Val<'c, 'a>, op: Op<'c, 'a>) -> bool {
    let around = defining_block(value).and_then(|block| block.parent_operation());
    std::iter::successors(around, parent).any(|around| around == op)
}

/// The nearest operation around `op` that has one of the names.
pub fn enclosing<'c, 'a>(op: Op<'c, 'a>, names: &[&str]) -> Option<Op<'c, 'a>> {
    std::iter::successors(parent(&op), parent).find(|op| names.contains(&op_name(*op)))
}

/// The text of a string attribute (also of a symbol's name).
pub fn string_attribute<'c>(op: Op<'c, '_>, name: &str) -> Option<&'c str> {
    let attribute = op.attribute(name).ok()?;
    // SAFETY: the kind is checked before the text is read; the text lives in the context.
    unsafe {
        let raw = attribute.to_raw();
        let text = if mlirAttributeIsAString(raw) {
            mlirStringAttrGetValue(raw)
        } else if mlirAttributeIsAFlatSymbolRef(raw) {
            mlirFlatSymbolRefAttrGetValue(raw)
        } else {
            return None;
        };
        if text.length == 0 {
            return Some("");
        }
        StringRef::from_raw(text).as_str().ok()
    }
}

/// The value of an integer attribute that fits 64 bits.
pub fn integer_attribute(op: Op, name: &str) -> Option<i64> {
    let attribute = op.attribute(name).ok()?;
    // SAFETY: the kind is checked before the value is read.
    unsafe {
        mlirAttributeIsAInteger(attribute.to_raw())
            .then(|| mlirIntegerAttrGetValueInt(attribute.to_raw()))
    }
}

/// The value of an `arith.constant` of integer or index type.
pub fn constant_integer(value: Val) -> Option<i64> {
    let op = defining_op(value)?;
    (op_name(op) == "arith.constant").then(|| integer_attribute(op, "value"))?
}

/// The type in an attribute, such as `function_type`.
pub fn type_attribute<'c>(op: Op<'c, '_>, name: &str) -> Option<Type<'c>> {
    let attribute = op.attribute(name).ok()?;
    // SAFETY: the kind is checked before the type is read.
    unsafe {
        mlirAttributeIsAType(attribute.to_raw())
            .then(|| Type::from_raw(mlirTypeAttrGetValue(attribute.to_raw())))
    }
}

// ---- changing

/// Makes every use of one value a use of another.
pub fn replace_all_uses<'c>(of: Val<'c, '_>, with: Val<'c, '_>) {
    // SAFETY: both values are live.
    unsafe { mlirValueReplaceAllUsesOfWith(of.to_raw(), with.to_raw()) }
}

/// Gives a value another type, which all its uses must accept.
pub fn set_type<'c>(value: Val<'c, '_>, ty: Type<'c>) {
    // SAFETY: both are live.
    unsafe { mlirValueSetType(value.to_raw(), ty.to_raw()) }
}

/// Replaces one operand.
pub fn set_operand<'c>(op: Op<'c, '_>, position: usize, value: Val<'c, '_>) {
    // SAFETY: both are live; the position is that of an operand.
    unsafe { mlirOperationSetOperand(op.to_raw(), position as isize, value.to_raw()) }
}

/// Replaces all operands; their number may change where the last group of operands is variadic.
pub fn set_operands<'c>(op: Op<'c, '_>, operands: &[Val<'c, '_>]) {
    let raw: Vec<MlirValue> = operands.iter().map(|value| value.to_raw()).collect();
    // SAFETY: `raw` outlives the call.
    unsafe { mlirOperationSetOperands(op.to_raw(), raw.len() as isize, raw.as_ptr()) }
}

/// Sets an attribute, inherent or not.
pub fn set_attribute<'c>(op: Op<'c, '_>, name: &str, attribute: Attribute<'c>) {
    // SAFETY: both are live; the name is copied.
    unsafe {
        mlirOperationSetAttributeByName(
            op.to_raw(),
            StringRef::new(name).to_raw(),
            attribute.to_raw(),
        )
    }
}

/// Removes an attribute; does nothing where there is none.
pub fn remove_attribute(op: Op, name: &str) {
    // SAFETY: the operation is live.
    unsafe {
        mlirOperationRemoveAttributeByName(op.to_raw(), StringRef::new(name).to_raw());
    }
}

/// Erases an operation and all that it holds. Its results must be unused, and its name is stale
/// from then on.
pub fn erase(op: Op) {
    // SAFETY: the operation is live and nothing uses its results.
    unsafe { mlirOperationDestroy(op.to_raw()) }
}

/// A copy of an operation with all that it holds, not yet in a block.
pub fn clone_op<'c>(op: Op<'c, '_>) -> Operation<'c> {
    // SAFETY: the operation is live; the copy belongs to the caller.
    unsafe { Operation::from_raw(mlirOperationClone(op.to_raw())) }
}

/// Replaces an operation of one result by a value and erases it.
pub fn replace<'c>(op: Op<'c, '_>, with: Val<'c, '_>) {
    for result in results(op) {
        replace_all_uses(result, with);
    }
    erase(op);
}

/// Moves an operation to just before another one, also in another block.
pub fn move_before<'c>(op: Op<'c, '_>, before: Op<'c, '_>) {
    // SAFETY: both are live.
    unsafe { mlirOperationMoveBefore(op.to_raw(), before.to_raw()) }
}

/// Moves an operation to just behind another one, also in another block.
pub fn move_after<'c>(op: Op<'c, '_>, after: Op<'c, '_>) {
    // SAFETY: both are live.
    unsafe { mlirOperationMoveAfter(op.to_raw(), after.to_raw()) }
}

/// Moves an operation to the end of a block.
pub fn move_to_end<'c>(op: Op<'c, '_>, block: Blk<'c, '_>) {
    // SAFETY: the block takes over the operation that its old block gave up.
    unsafe {
        mlirOperationRemoveFromParent(op.to_raw());
        mlirBlockAppendOwnedOperation(block.to_raw(), op.to_raw());
    }
}

/// Moves `op` and all that follows it in its block to a new block just behind, which it returns.
pub fn split_block<'c, 'a>(op: Op<'c, 'a>) -> Option<Blk<'c, 'a>> {
    let block = op.block()?;
    let rest = block
        .parent_region()?
        .insert_block_after(block, Block::new(&[]));
    let moved: Vec<_> = std::iter::successors(Some(op), |op| op.next_in_block()).collect();
    for op in moved {
        move_to_end(op, rest);
    }
    Some(rest)
}

/// Moves the blocks of a region to the end of another one, and returns them.
pub fn move_blocks<'c, 'a>(from: RegionRef<'c, 'a>, to: RegionRef<'c, 'a>) -> Vec<Blk<'c, 'a>> {
    let list = blocks(from);
    for block in &list {
        // SAFETY: `to` takes over the block that `from` gave up.
        unsafe {
            mlirBlockDetach(block.to_raw());
            mlirRegionAppendOwnedBlock(to.to_raw(), block.to_raw());
        }
    }
    list
}

/// Moves the blocks of a region to just before a block of another one.
pub fn move_blocks_before<'c>(from: RegionRef<'c, '_>, before: Blk<'c, '_>) {
    for block in blocks(from) {
        // SAFETY: the region of `before` takes over the block that `from` gave up.
        unsafe {
            mlirBlockDetach(block.to_raw());
            let to = mlirBlockGetParentRegion(before.to_raw());
            mlirRegionInsertOwnedBlockBefore(to, before.to_raw(), block.to_raw());
        }
    }
}

/// Takes the arguments, which nothing uses, from a block.
pub fn erase_arguments(block: Blk) {
    for position in (0..block.argument_count()).rev() {
        // SAFETY: the block is live, and has an argument at the position.
        unsafe { mlirBlockEraseArgument(block.to_raw(), position as u32) }
    }
}

/// A region of one block with the given arguments, and that block.
pub fn region_of_block<'c, 'a>(
    arguments: &[(Type<'c>, Location<'c>)],
) -> (Region<'c>, Blk<'c, 'a>) {
    let region = Region::new();
    let block = region.append_block(Block::new(arguments));
    // SAFETY: the block lives as long as the region, which the caller puts into an operation.
    let block = unsafe { Blk::from_raw(block.to_raw()) };
    (region, block)
}
