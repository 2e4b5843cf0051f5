//! Headers of parts, and of views that functions return, in the frame.

use super::{Conversion, payload};
use crate::{
    analysis::slice,
    convert::{emit::Emit, layout::extents},
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, Val, operand, results};

impl<'c, 'a> Conversion<'c, 'a> {
    /// A part of a list has capacity 0 and one of an array no allocation: the memory is somebody else's.
    pub(super) fn slice(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let source = operand(op, 0);
        let (indices, bounds) = slice::operands(op);
        let mut given = op
            .operands()
            .skip(1 + indices.len() + bounds.iter().flatten().count());
        if let Some(element) = own::list_element(payload(source)) {
            let data = emit.load(source, emit.pointer_type());
            let start = bounds.map_or(emit.i64(0), |[start, _]| emit.index_to_i64(start.value));
            let element = self.layout(element).ty;
            let first = emit.element(data, start, element, emit.pointer_type());
            let length = given
                .next()
                .map_or(emit.i64(0), |length| emit.index_to_i64(length));
            let header = self.layout(payload(source)).ty;
            let mut value = emit.value("llvm.mlir.poison", &[], header, &[]);
            for (part, path) in [(first, "0"), (length, "1"), (emit.i64(0), "2")] {
                value = emit.insert_part(value, part, path);
            }
            self.lend(emit, op, value);
            return;
        }
        let (from, to) = (payload(source), payload(results(op)[0]));
        let old = emit.load(source, self.layout(from).ty);
        let mut offset = emit.i64(0);
        let fixed = indices
            .into_iter()
            .chain(bounds.map(|[start, _]| start.value));
        for (axis, position) in fixed.enumerate() {
            let stride = emit.extract_part(old, &format!("4, {axis}"), emit.integer_type(64));
            let step = emit.arith("arith.muli", emit.index_to_i64(position), stride);
            offset = emit.arith("arith.addi", offset, step);
        }
        let aligned = emit.extract_part(old, "1", emit.pointer_type());
        let element = crate::convert::layout::memref_element(from).map(|ty| self.layout(ty).ty);
        let data = match element {
            Some(element) => emit.element(aligned, offset, element, emit.pointer_type()),
            None => aligned,
        };
        let sizes: Vec<Val> = (extents(to).into_iter())
            .map(|extent| match extent {
                Some(extent) => emit.i64(extent),
                None => emit.index_to_i64(given.next().expect("one extent each, as verified")),
            })
            .collect();
        let mut value = emit.value("llvm.mlir.poison", &[], self.layout(to).ty, &[]);
        value = emit.insert_part(value, emit.null(), "0");
        value = emit.insert_part(value, data, "1");
        value = emit.insert_part(value, emit.i64(0), "2");
        value = emit.insert_row_major(value, &sizes);
        self.lend(emit, op, value);
    }

    pub(super) fn header(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let memref = operand(op, 0);
        let descriptor = self.layout(memref.r#type()).ty;
        let value = emit.cast(memref, descriptor);
        self.lend(emit, op, value);
    }

    /// Stores a header in the frame; the operation's borrow leads there.
    fn lend(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>, header: Val<'c, 'a>) {
        let ty = results(op)[0].r#type();
        let place = Emit(emit.at_frame()).slot(header.r#type(), ty);
        emit.store(header, place);
        self.replace_typed(op, place);
    }
}
