//! The bodies of `try` statements, which front ends move into functions, as parts of the loops that call them.
//!
//! ```mlir
//! par.for (%i) in (%n) {                             par.for (%i) in (%n) {
//!   %s = func.call @f.try.0(%x, %i)                    func.func @f.try.0(…) { …with %x and %i… }
//!                                                      %s = func.call @f.try.0(%x, %i)
//! ```
//!
//! A function marked `mlc.outlined` is called at one place, so that its arguments have one meaning. A copy of it stands in
//! front of its call while loops are checked; it is no valid IR, and gone afterwards. A check in it ends the copy, as it ends
//! the function: what follows the call runs nevertheless.

use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{
    Cursor, Key, Op, arguments, clone_op, erase, nested_blocks, op_key, ops_named,
    replace_all_uses, string_attribute,
};
use std::collections::{HashMap, HashSet};

const OUTLINED: &str = "mlc.outlined";

/// The copies in the loops of a function.
#[derive(Default)]
pub struct Bodies<'c, 'a> {
    copies: Vec<Op<'c, 'a>>,
    calls: HashSet<Key>,
}

impl<'c: 'a, 'a> Bodies<'c, 'a> {
    /// Puts a copy of each function that was a part of a loop in front of its call in one of `loops`.
    pub fn put(
        context: &'c melior::Context,
        functions: &HashMap<&str, Op<'c, 'a>>,
        loops: &[Op<'c, 'a>],
    ) -> Self {
        let mut bodies = Self::default();
        for around in loops {
            bodies.put_in(context, functions, *around, &mut Vec::new());
        }
        bodies
    }

    fn put_in(
        &mut self,
        context: &'c melior::Context,
        functions: &HashMap<&str, Op<'c, 'a>>,
        around: Op<'c, 'a>,
        chain: &mut Vec<&'c str>,
    ) {
        for call in ops_named(around, "func.call") {
            let Some(name) = string_attribute(call, "callee") else {
                continue;
            };
            let function = functions.get(name).copied();
            let function = function.filter(|function| function.has_attribute(OUTLINED));
            let (Some(function), false) = (function, chain.contains(&name)) else {
                continue;
            };
            let fits = nested_blocks(function)
                .first()
                .is_some_and(|entry| arguments(*entry).len() == call.operand_count());
            if !fits || !self.calls.insert(op_key(call)) {
                continue;
            }
            let copy = Cursor::before(context, call).insert(clone_op(function));
            for (argument, operand) in arguments(nested_blocks(copy)[0])
                .into_iter()
                .zip(call.operands())
            {
                replace_all_uses(argument, operand);
            }
            // Copies in copies go with them.
            if chain.is_empty() {
                self.copies.push(copy);
            }
            chain.push(name);
            self.put_in(context, functions, copy, chain);
            chain.pop();
        }
    }

    /// Whether a copy stands for a call.
    pub fn stand_for(&self, call: Op) -> bool {
        self.calls.contains(&op_key(call))
    }

    /// Takes the copies away.
    pub fn remove(self) {
        self.copies.into_iter().for_each(erase);
    }
}
