//! Parts of payloads and what is read and written through borrows.

use super::{Conversion, payload};
use crate::convert::{emit::Emit, layout::extents};
use melior::ir::{Type, ValueLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, Val, integer_attribute, op_name, operand, results};

/// The fields of a list's header.
pub const LENGTH: i32 = 1;
pub const CAPACITY: i32 = 2;
/// The sizes in a memref descriptor.
const SIZES: i32 = 3;

impl<'c, 'a> Conversion<'c, 'a> {
    pub(super) fn elem(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let result = results(op)[0];
        let data = emit.load(operand(op, 0), emit.pointer_type());
        let index = emit.index_to_i64(operand(op, 1));
        let element = self.layout(payload(result)).ty;
        self.replace_typed(op, emit.element(data, index, element, result.r#type()));
    }

    pub(super) fn field(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let source = operand(op, 0);
        let aggregate = self.layout(payload(source)).ty;
        let position = integer_attribute(op, "field").unwrap_or_default() as i32;
        let result = results(op)[0].r#type();
        self.replace_typed(op, emit.field(source, aggregate, &[position], result));
    }

    /// Reads the header and makes a memref of it: an array's header is one already.
    pub(super) fn view(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let source = operand(op, 0);
        let memref = results(op)[0].r#type();
        let descriptor = self.layout(memref).ty;
        let value = if own::list_element(payload(source)).is_some() {
            let data = emit.load(source, emit.pointer_type());
            let length = self.load_header(emit, source, LENGTH);
            let mut value = emit.value("llvm.mlir.poison", &[], descriptor, &[]);
            let (zero, one) = (emit.i64(0), emit.i64(1));
            let parts = [
                (data, "0"),
                (data, "1"),
                (zero, "2"),
                (length, "3, 0"),
                (one, "4, 0"),
            ];
            for (part, path) in parts {
                value = emit.insert_part(value, part, path);
            }
            value
        } else {
            emit.load(source, descriptor)
        };
        self.replace_typed(op, emit.cast(value, memref));
    }

    pub(super) fn len(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let source = operand(op, 0);
        let array = payload(source);
        let length = if own::list_element(array).is_some() {
            self.load_header(emit, source, LENGTH)
        } else if let Some(Some(extent)) = extents(array).first() {
            emit.i64(*extent)
        } else {
            let ty = self.layout(array).ty;
            let place = emit.field(source, ty, &[SIZES, 0], emit.pointer_type());
            emit.load(place, emit.integer_type(64))
        };
        self.replace_typed(op, emit.i64_to_index(length));
    }

    /// A scalar lies in memory as itself, but for an index (64 bits) and a complex number (a struct).
    pub(super) fn load(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let ty = results(op)[0].r#type();
        let value = emit.load(operand(op, 0), self.layout(ty).ty);
        self.replace_typed(op, self.as_scalar(emit, value, ty));
    }

    pub(super) fn store(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let value = self.as_memory(emit, operand(op, 0));
        emit.store(value, operand(op, 1));
    }

    /// Notes behind the fields of a struct whether its destructor is to be called.
    pub(super) fn arm(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let place = operand(op, 0);
        let payload = payload(place);
        let behind = own::struct_fields(payload).map_or(0, |fields| fields.len()) as i32;
        let ty = self.layout(payload).ty;
        let flag = emit.field(place, ty, &[behind], emit.pointer_type());
        emit.store(emit.integer(1, i64::from(op_name(op) == "own.arm")), flag);
    }

    /// A scalar of the program as it lies in memory.
    pub(super) fn as_memory(&self, emit: Emit<'c, 'a>, value: Val<'c, 'a>) -> Val<'c, 'a> {
        let ty = self.layout(value.r#type()).ty;
        if value.r#type() == Type::index(self.context) {
            emit.index_to_i64(value)
        } else if ty != value.r#type() {
            emit.cast(value, ty)
        } else {
            value
        }
    }

    fn as_scalar(&self, emit: Emit<'c, 'a>, value: Val<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
        if ty == Type::index(self.context) {
            emit.i64_to_index(value)
        } else if ty != value.r#type() {
            emit.cast(value, ty)
        } else {
            value
        }
    }

    /// Reads the length or the capacity of a list.
    pub(super) fn load_header(
        &self,
        emit: Emit<'c, 'a>,
        list: Val<'c, 'a>,
        field: i32,
    ) -> Val<'c, 'a> {
        emit.load(self.header_field(emit, list, field), emit.integer_type(64))
    }

    /// The address of the length or the capacity of a list.
    pub(super) fn header_field(
        &self,
        emit: Emit<'c, 'a>,
        list: Val<'c, 'a>,
        field: i32,
    ) -> Val<'c, 'a> {
        let header = self.layout(payload(list)).ty;
        emit.field(list, header, &[field], emit.pointer_type())
    }
}
