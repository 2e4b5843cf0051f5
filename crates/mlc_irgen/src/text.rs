//! Values of type `String`: a box of an immutable text, which the runtime shares and counts.
//!
//! What only looks at a text takes a borrow of it, so that literals and variables are used where they are. What makes
//! one is a function of the runtime that stores it through its first parameter and returns a status.

mod append;
mod builder;
mod literal;
mod operand;
mod ops;
mod part;

use melior::ir::{Type, Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{Ty, TyKind};

use crate::function::Lower;
pub use append::grows;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn is_text(&self, ty: Ty) -> bool {
        matches!(self.types().kind(ty), TyKind::Str)
    }

    /// A text that a function of the runtime stores through its first parameter; a box.
    pub fn new_text(&mut self, symbol: &str, operands: &[Value<'c, 'm>]) -> Value<'c, 'm> {
        let payload = own::str_type(self.cx.context);
        self.new_by_runtime(symbol, payload, operands)
    }

    /// A value that a function of the runtime stores through its first parameter; a box.
    pub fn new_by_runtime(
        &mut self,
        symbol: &str,
        payload: Type<'c>,
        operands: &[Value<'c, 'm>],
    ) -> Value<'c, 'm> {
        let cell = self.b.value("own.new", &[], own::box_type(payload));
        let mut all = vec![self.borrow_box(cell, true)];
        all.extend(operands);
        self.call_checked(symbol, &all);
        cell
    }

    /// A number that a function of the runtime stores through its first parameter.
    pub fn stored_by_runtime(
        &mut self,
        symbol: &str,
        number: Type<'c>,
        operands: &[Value<'c, 'm>],
    ) -> Value<'c, 'm> {
        let cell = self.new_by_runtime(symbol, number, operands);
        let cell = self.borrow_box(cell, false);
        self.b.value("own.load", &[cell], number)
    }

    /// Calls a function of the runtime that returns a status, and leaves the function where that is an error.
    pub fn call_checked(&mut self, symbol: &str, operands: &[Value<'c, 'm>]) {
        let status = self.b.int_type(32);
        let status = self.call_runtime(symbol, operands, &[status])[0];
        self.propagate_here(status);
    }

    /// Leaves the function with the error that a function of the runtime raised, which is reported here.
    /// Where no error can leave the function, none gets here.
    pub fn propagate_here(&mut self, status: Value<'c, 'm>) {
        if !self.function.raises {
            return;
        }
        let attrs = [("raised_here", self.b.unit())];
        self.b.op("own.propagate", &[status], &attrs);
    }

    pub fn call_runtime(
        &mut self,
        symbol: &str,
        operands: &[Value<'c, 'm>],
        results: &[Type<'c>],
    ) -> Vec<Value<'c, 'm>> {
        let types: Vec<_> = operands.iter().map(|operand| operand.r#type()).collect();
        self.cx.declare(symbol, &types, results);
        let callee = [("callee", self.b.symbol(symbol))];
        self.b.results("func.call", operands, results, &callee)
    }
}
