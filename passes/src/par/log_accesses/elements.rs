//! Where the elements of a memref are.

use super::{bytes, is_of_iteration};
use crate::emit;
use melior::ir::{ShapedTypeLike, Type, ValueLike, r#type::MemRefType};
use mlc_mlir::rewrite::{Cursor, Val, results};

/// The elements of a memref in memory.
pub(super) struct Elements<'c, 'a> {
    /// The address of the aligned start, as an index.
    start: Val<'c, 'a>,
    offset: Val<'c, 'a>,
    pub(super) sizes: Vec<Val<'c, 'a>>,
    strides: Vec<Val<'c, 'a>>,
    /// The bytes of one element.
    pub(super) size: Val<'c, 'a>,
}

impl<'c: 'a, 'a> Elements<'c, 'a> {
    /// `None` for what is no memref, and for memory of one iteration.
    pub(super) fn of(at: &Cursor<'c, 'a>, memory: Val<'c, 'a>) -> Option<Self> {
        let ty = MemRefType::try_from(memory.r#type()).ok()?;
        if is_of_iteration(memory) {
            return None;
        }
        let index = emit::index_type(at);
        let rank = ty.rank();
        let base = MemRefType::contiguous(ty.element(), &[], None).into();
        let mut types: Vec<Type> = vec![base, index];
        types.extend(vec![index; 2 * rank]);
        let parts = results(at.op("memref.extract_strided_metadata", &[memory], &types, &[]));
        let name = "memref.extract_aligned_pointer_as_index";
        Some(Self {
            start: at.value(name, &[memory], index, &[]),
            offset: parts[1],
            sizes: parts[2..2 + rank].to_vec(),
            strides: parts[2 + rank..].to_vec(),
            size: bytes(at, ty.element()),
        })
    }

    pub(super) fn address(&self, at: &Cursor<'c, 'a>, indices: &[Val<'c, 'a>]) -> Val<'c, 'a> {
        let mut offset = self.offset;
        for (index, stride) in indices.iter().zip(&self.strides) {
            let step = emit::binary(at, "arith.muli", *index, *stride);
            offset = emit::binary(at, "arith.addi", offset, step);
        }
        let word = emit::int_type(at, 64);
        let [start, offset] = [self.start, offset].map(|value| emit::index_cast(at, value, word));
        let offset = emit::binary(at, "arith.muli", offset, self.size);
        emit::binary(at, "arith.addi", start, offset)
    }
}
