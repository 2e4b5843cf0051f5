//! The values that a region takes from around it, and a structure in memory that carries them.

use crate::emit;
use melior::{
    dialect::llvm,
    ir::{RegionRef, Type, ValueLike, operation::OperationLike, r#type::MemRefType},
};
use mlc_mlir::rewrite::{
    Cursor, Val, all_ops, arguments, blocks, defining_op, nested_blocks, op_name, ops, results,
    set_operand, value_key,
};
use std::collections::HashSet;

/// The values that are used in a region and defined outside of it, in order of their first use.
pub fn captured<'c, 'a>(region: RegionRef<'c, 'a>) -> Vec<Val<'c, 'a>> {
    let mut inside = HashSet::new();
    let mut used = Vec::new();
    for block in blocks(region) {
        inside.extend(arguments(block).into_iter().map(value_key));
        for op in ops(block).into_iter().flat_map(all_ops) {
            inside.extend(results(op).into_iter().map(value_key));
            for nested in nested_blocks(op) {
                inside.extend(arguments(nested).into_iter().map(value_key));
            }
            used.extend(op.operands());
        }
    }
    let mut seen = HashSet::new();
    used.retain(|value| !inside.contains(&value_key(*value)) && seen.insert(value_key(*value)));
    used
}

/// Whether a value costs nothing to make again where it is used.
pub fn is_constant(value: Val) -> bool {
    defining_op(value).is_some_and(|op| op_name(op) == "arith.constant")
}

/// Makes the uses of `from` in a region uses of `to`.
pub fn replace_in_region<'c, 'a>(
    region: RegionRef<'c, 'a>,
    from: &[Val<'c, 'a>],
    to: &[Val<'c, 'a>],
) {
    for op in blocks(region).into_iter().flat_map(ops).flat_map(all_ops) {
        for (position, operand) in op.operands().collect::<Vec<_>>().into_iter().enumerate() {
            if let Some(place) = from.iter().position(|value| *value == operand) {
                set_operand(op, position, to[place]);
            }
        }
    }
}

/// A structure that holds some values, one field each.
pub struct Frame<'c> {
    aggregate: Type<'c>,
    fields: Vec<Type<'c>>,
}

impl<'c> Frame<'c> {
    /// The structure for values of the given types.
    pub fn new(at: &Cursor<'c, '_>, types: &[Type<'c>]) -> Result<Self, String> {
        let fields = types
            .iter()
            .map(|ty| emit::memory_type(at, *ty))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            aggregate: llvm::r#type::r#struct(at.context, &fields, false),
            fields,
        })
    }

    /// Makes room for the structure on the stack. `at` is in the entry block of a function.
    pub fn allocate<'a>(&self, at: &Cursor<'c, 'a>) -> Val<'c, 'a> {
        emit::stack(at, self.aggregate, 1)
    }

    /// Stores the values.
    pub fn pack<'a>(&self, at: &Cursor<'c, 'a>, frame: Val<'c, 'a>, values: &[Val<'c, 'a>]) {
        for (field, value) in values.iter().enumerate() {
            let place = emit::field_address(at, frame, self.aggregate, field);
            emit::store(at, to_memory(at, *value, self.fields[field]), place);
        }
    }

    /// Loads the values, which have the given types.
    pub fn unpack<'a>(
        &self,
        at: &Cursor<'c, 'a>,
        frame: Val<'c, 'a>,
        types: &[Type<'c>],
    ) -> Vec<Val<'c, 'a>> {
        types
            .iter()
            .enumerate()
            .map(|(field, ty)| {
                let place = emit::field_address(at, frame, self.aggregate, field);
                from_memory(at, emit::load(at, place, self.fields[field]), *ty)
            })
            .collect()
    }
}

/// A value as the type that carries it in memory.
pub fn to_memory<'c, 'a>(at: &Cursor<'c, 'a>, value: Val<'c, 'a>, memory: Type<'c>) -> Val<'c, 'a> {
    convert(at, value, memory)
}

/// The value that a value loaded from memory carries.
pub fn from_memory<'c, 'a>(at: &Cursor<'c, 'a>, value: Val<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
    convert(at, value, ty)
}

fn convert<'c, 'a>(at: &Cursor<'c, 'a>, value: Val<'c, 'a>, to: Type<'c>) -> Val<'c, 'a> {
    let from = value.r#type();
    let structured = |ty: Type<'c>| MemRefType::try_from(ty).is_ok() || emit::is_complex(ty);
    if structured(from) || structured(to) {
        emit::cast(at, value, to)
    } else {
        emit::index_cast(at, value, to)
    }
}
