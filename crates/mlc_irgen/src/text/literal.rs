//! Texts that are written out: read-only data of the program, which is never counted.

use melior::ir::{
    Value,
    attribute::{DenseI64ArrayAttribute, TypeAttribute},
};
use mlc_dialects::own;

use crate::{builder::Builder, function::Lower, module::ModuleCx};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Constant text as address and length.
    pub fn text_address_and_length(&mut self, text: &str) -> (Value<'c, 'm>, Value<'c, 'm>) {
        let symbol = self.cx.text(text);
        let pointer = self.cx.parsed_type("!llvm.ptr");
        let attrs = [("global_name", self.b.symbol(&symbol))];
        let address = self
            .b
            .value_with("llvm.mlir.addressof", &[], pointer, &attrs);
        let length = self.b.int(text.len() as i64, self.b.int_type(64));
        (address, length)
    }

    /// A borrow of a literal.
    pub fn text_literal(&mut self, text: &str) -> Value<'c, 'm> {
        let symbol = self.cx.text_literal(text);
        let pointer = self.cx.parsed_type("!llvm.ptr");
        let attrs = [("global_name", self.b.symbol(&symbol))];
        let address = self
            .b
            .value_with("llvm.mlir.addressof", &[], pointer, &attrs);
        let ty = own::ref_type(own::str_type(self.cx.context));
        let attrs = [("mlc.constant", self.b.unit())];
        self.b
            .value_with("builtin.unrealized_conversion_cast", &[address], ty, &attrs)
    }
}

impl<'x, 'c, 'm> ModuleCx<'x, 'c, 'm> {
    /// The symbol of the header of a literal; equal ones share it.
    fn text_literal(&self, text: &str) -> String {
        let (number, new) = self.literal_number(text);
        let symbol = format!("mlc.str.{number}");
        if !new {
            return symbol;
        }
        let pointer = self.parsed_type("!llvm.ptr");
        if text.is_empty() {
            self.constant_data_of(&symbol, pointer, |b| {
                b.value("llvm.mlir.zero", &[], pointer)
            });
            return symbol;
        }
        let buffer = format!("{symbol}.buffer");
        let bytes = self.parsed_type(&format!("!llvm.array<{} x i8>", text.len()));
        let ty = self.parsed_type(&format!("!llvm.struct<(i64, i64, i64, {bytes})>"));
        // As the runtime lays a text out: the count of a literal is negative, then its bytes and characters.
        let head = [-1, text.len() as i64, text.chars().count() as i64];
        self.constant_data_of(&buffer, ty, |b| {
            let long = b.int_type(64);
            let constant =
                |value, ty| b.value_with("llvm.mlir.constant", &[], ty, &[("value", value)]);
            let mut parts: Vec<_> = (head.iter())
                .map(|&part| constant(self.parsed(&format!("{part} : i64")), long))
                .collect();
            parts.push(constant(b.string(text), bytes));
            let mut value = b.value("llvm.mlir.poison", &[], ty);
            for (at, part) in parts.into_iter().enumerate() {
                let at = DenseI64ArrayAttribute::new(self.context, &[at as i64]);
                let attrs = [("position", at.into())];
                value = b.value_with("llvm.insertvalue", &[value, part], ty, &attrs);
            }
            value
        });
        self.constant_data_of(&symbol, pointer, |b| {
            let attrs = [("global_name", b.symbol(&buffer))];
            b.value_with("llvm.mlir.addressof", &[], pointer, &attrs)
        });
        symbol
    }

    /// Read-only data with an initializer.
    fn constant_data_of(
        &self,
        symbol: &str,
        ty: melior::ir::Type<'c>,
        value: impl FnOnce(&Builder<'c, 'm>) -> Value<'c, 'm>,
    ) {
        let mut b = self.at_end(melior::ir::Location::unknown(self.context));
        let attrs = [
            ("sym_name", b.string(symbol)),
            ("global_type", TypeAttribute::new(ty).into()),
            ("linkage", self.parsed("#llvm.linkage<internal>")),
            ("constant", b.unit()),
        ];
        let op = b.structured("llvm.mlir.global", &[], &[], &attrs, 1);
        b.enter(op, 0, &[]);
        let value = value(&b);
        b.op("llvm.return", &[value], &[]);
    }
}
