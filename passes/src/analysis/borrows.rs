//! Where a box is used, itself or through anything that is borrowed from it.
//!
//! A use of a box consumes it, but for `own.borrow`, `own.borrow_mut` and `unwind` operands. What
//! those make, and every borrow, memref or pointer that an operation makes of them, is *derived*
//! from the box, also where it flows through the operands and results of structured control flow:
//! the box must outlive every use of it (non-lexical lifetimes over SSA and regions; Rust RFC 2094).

use crate::own::annotate_lends::may_lend;
use melior::ir::{BlockLike, RegionLike, Type, TypeLike, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, ancestor_in_block, defining_block, defining_op, op_name, parent, position,
    results, uses, value_key,
};
use std::collections::HashSet;

/// A use of a box, or of a value derived from it.
#[derive(Clone, Copy)]
pub struct Use<'c, 'a> {
    pub op: Op<'c, 'a>,
    /// Whether the use is of the box itself, not of a borrow.
    pub direct: bool,
    /// Whether the use moves the box; never true of a derived value.
    pub consumes: bool,
}

/// The first `unwind` operand of an operation that may leave the function.
pub fn unwind_start(op: Op) -> Option<usize> {
    match op_name(op) {
        "own.check" | "own.propagate" => Some(1),
        "own.append" | "own.resize" => Some(2),
        "own.check_index" => Some(3),
        _ => None,
    }
}

/// Whether an operation consumes its operand at a position, which is a box.
pub fn consumes(op: Op, operand: usize) -> bool {
    if matches!(op_name(op), "own.borrow" | "own.borrow_mut") {
        return false;
    }
    unwind_start(op).is_none_or(|start| operand < start)
}

/// The boxes among the operands of an operation that it consumes.
pub fn consumed_operands<'c, 'a>(op: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
    op.operands()
        .enumerate()
        .filter(|(operand, value)| own::is_box(value.r#type()) && consumes(op, *operand))
        .map(|(_, value)| value)
        .collect()
}

/// Whether values of a type may point into what somebody else owns.
pub fn is_borrow_like(ty: Type) -> bool {
    own::is_borrow(ty) || ty.is_mem_ref() || is_pointer(ty)
}

fn is_pointer(ty: Type) -> bool {
    // SAFETY: the query accepts any live type.
    unsafe { mlir_sys::mlirTypeIsALLVMPointerType(ty.to_raw()) }
}

/// All uses of a box and of what is derived from it, in no particular order. `unwind` operands are
/// no uses.
pub fn uses_of<'c, 'a>(root: Val<'c, 'a>) -> Vec<Use<'c, 'a>> {
    let mut list = Vec::new();
    let mut derived = Vec::new();
    for (op, operand) in uses(root) {
        if unwind_start(op).is_some_and(|start| operand >= start) {
            continue;
        }
        let consumes = own::is_box(root.r#type()) && consumes(op, operand);
        list.push(Use {
            op,
            direct: true,
            consumes,
        });
        if !consumes {
            derived.extend(derived_from(op, operand));
        }
    }
    list.extend(uses_of_derived(derived));
    list
}

/// The uses, in or below `block`, of what was derived from a box before it became `root`, which is
/// defined in that block: under the names that it had before it was moved, yielded or carried by a
/// loop. The box is alive under its new name.
pub fn inherited_uses<'c: 'a, 'a>(root: Val<'c, 'a>, block: Blk<'c, 'a>) -> Vec<Use<'c, 'a>> {
    let is_behind = |op: Op<'c, 'a>| {
        let ancestor = ancestor_in_block(block, op);
        ancestor.is_some_and(|op| defining_op(root).is_none_or(|own| own.is_before_in_block(op)))
    };
    let mut seen: HashSet<Key> = HashSet::from([value_key(root)]);
    let mut pending = sources(root);
    let mut derived = Vec::new();
    while let Some(source) = pending.pop() {
        if !seen.insert(value_key(source)) {
            continue;
        }
        for (op, operand) in uses(source) {
            let borrows = matches!(op_name(op), "own.borrow" | "own.borrow_mut");
            if borrows && !is_behind(op) {
                derived.extend(derived_from(op, operand));
            }
        }
        pending.extend(sources(source));
    }
    let mut list = uses_of_derived(derived);
    list.retain(|r#use| is_behind(r#use.op));
    list
}

/// The values that a value may have been, under the name that it had before.
pub fn sources<'c: 'a, 'a>(value: Val<'c, 'a>) -> Vec<Val<'c, 'a>> {
    let number = position(value);
    let list: Vec<Option<Val>> = if let Some(op) = defining_op(value) {
        match op_name(op) {
            "own.move" => vec![op.operand(0).ok()],
            "arith.select" => vec![op.operand(1).ok(), op.operand(2).ok()],
            "scf.for" => vec![op.operand(number + 3).ok(), yielded(op, 0, number)],
            "scf.while" => vec![yielded(op, 0, number + 1)],
            "scf.if" | "scf.index_switch" => (0..op.region_count())
                .map(|region| yielded(op, region, number))
                .collect(),
            _ => Vec::new(),
        }
    } else {
        let block = defining_block(value);
        let Some(op) = block.and_then(|block| block.parent_operation()) else {
            return Vec::new();
        };
        let is_first = op.region(0).ok().and_then(|region| region.first_block()) == block;
        match op_name(op) {
            "scf.for" => vec![op.operand(number + 2).ok(), yielded(op, 0, number - 1)],
            "scf.while" if is_first => vec![op.operand(number).ok(), yielded(op, 1, number)],
            "scf.while" => vec![yielded(op, 0, number + 1)],
            _ => Vec::new(),
        }
    };
    list.into_iter().flatten().collect()
}

/// What the terminator of a region hands over at a position.
fn yielded<'c: 'a, 'a>(op: Op<'c, 'a>, region: usize, operand: usize) -> Option<Val<'c, 'a>> {
    let terminator = op.region(region).ok()?.first_block()?.terminator()?;
    terminator.operand(operand).ok()
}

/// All uses of derived values and of what is derived from them in turn.
pub fn uses_of_derived<'c, 'a>(values: Vec<Val<'c, 'a>>) -> Vec<Use<'c, 'a>> {
    let mut list = Vec::new();
    let mut seen: HashSet<Key> = HashSet::new();
    let mut pending = values;
    while let Some(value) = pending.pop() {
        if !is_borrow_like(value.r#type()) || !seen.insert(value_key(value)) {
            continue;
        }
        for (op, operand) in uses(value) {
            list.push(Use {
                op,
                direct: false,
                consumes: false,
            });
            pending.extend(derived_from(op, operand));
        }
    }
    list
}

/// The values that may point to where an operand of `op` points.
pub fn derived_from<'c, 'a>(op: Op<'c, 'a>, operand: usize) -> Vec<Val<'c, 'a>> {
    let result = |op: Op<'c, 'a>, position: usize| op.result(position).ok().map(Val::from);
    let argument = |op: Op<'c, 'a>, region: usize, position: usize| {
        let block = op.region(region).ok()?.first_block()?;
        block.argument(position).ok().map(Val::from)
    };
    let flows: Vec<Option<Val>> = match op_name(op) {
        "scf.yield" => {
            let Some(around) = parent(&op) else {
                return Vec::new();
            };
            match op_name(around) {
                "scf.for" => vec![result(around, operand), argument(around, 0, operand + 1)],
                "scf.while" => vec![argument(around, 0, operand)],
                _ => vec![result(around, operand)],
            }
        }
        "scf.condition" => match (parent(&op), operand.checked_sub(1)) {
            (Some(around), Some(value)) => {
                vec![result(around, value), argument(around, 1, value)]
            }
            _ => Vec::new(),
        },
        "scf.for" => match operand.checked_sub(3) {
            Some(value) => vec![result(op, value), argument(op, 0, value + 1)],
            None => Vec::new(),
        },
        "scf.while" => vec![argument(op, 0, operand)],
        "func.call" if !may_lend(op, operand) => Vec::new(),
        _ => results(op).into_iter().map(Some).collect(),
    };
    flows.into_iter().flatten().collect()
}
