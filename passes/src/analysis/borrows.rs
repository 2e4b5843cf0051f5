//! Where a box is used, itself or through anything that is borrowed from it.
//!
//! A use of a box consumes it, but for `own.borrow`, `own.borrow_mut` and `unwind` operands. What
//! those make, and every borrow, memref or pointer that an operation makes of them, is *derived*
//! from the box, also where it flows through the operands and results of structured control flow:
//! the box must outlive every use of it (non-lexical lifetimes over SSA and regions; Rust RFC 2094).

use melior::ir::{BlockLike, RegionLike, Type, TypeLike, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Key, Op, Val, op_name, parent, results, uses, value_key};
use std::collections::HashSet;

/// A use of a box, or of a value derived from it.
#[derive(Clone, Copy)]
pub struct Use<'c, 'a> {
    pub op: Op<'c, 'a>,
    /// The position of the operand.
    pub operand: usize,
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
    let mut seen: HashSet<Key> = HashSet::from([value_key(root)]);
    let mut pending = vec![root];
    while let Some(value) = pending.pop() {
        let is_root = value == root;
        let is_box = own::is_box(value.r#type());
        for (op, operand) in uses(value) {
            if is_box && unwind_start(op).is_some_and(|start| operand >= start) {
                continue;
            }
            let consumes = is_root && is_box && consumes(op, operand);
            list.push(Use {
                op,
                operand,
                consumes,
            });
            if consumes {
                continue;
            }
            for derived in derived_from(op, operand) {
                if is_borrow_like(derived.r#type()) && seen.insert(value_key(derived)) {
                    pending.push(derived);
                }
            }
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
        _ => results(op).into_iter().map(Some).collect(),
    };
    flows.into_iter().flatten().collect()
}
