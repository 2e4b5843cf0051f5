//! Empty lists whose items are known only further down.
//!
//! `[]` takes its type from its first use. Where a statement reads an item before the first one that tells its type, as in
//! `all(n % p for p in primes)` above `primes.append(n)`, the body is checked again with what was found out. A function that is
//! given such a list, or captures it, is checked at its call: it may be what fills the list.

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::hir::{FuncId, Ty};

#[derive(Default)]
pub struct EmptyLists {
    /// Literals met while bodies are checked, with the types of their items, open at first.
    met: Vec<(FuncId, Span, Ty)>,
    /// What the items are, of literals in bodies that are checked again.
    known: FxHashMap<(FuncId, Span), Ty>,
}

impl EmptyLists {
    /// A mark of what has been met so far.
    pub fn mark(&self) -> usize {
        self.met.len()
    }
}

impl Checker<'_> {
    /// The type of the items of `[]` at a place in an instance; it may be open.
    pub fn items_of_empty(&mut self, func: FuncId, span: Span) -> Ty {
        if let Some(&known) = self.empty_lists.known.get(&(func, span)) {
            return known;
        }
        let items = self.fresh_unknown();
        self.empty_lists.met.push((func, span, items));
        items
    }

    /// Whether a body that has just been checked, in which something was found wrong, tells more of its empty lists than was known
    /// when it began, which was at a mark.
    pub fn learns_items(&mut self, func: FuncId, mark: usize, found: &[Diagnostic]) -> bool {
        let met = self.empty_lists.met.split_off(mark);
        if !found.iter().any(Diagnostic::is_error) {
            return false;
        }
        let mut learns = false;
        for (owner, span, items) in met {
            let items = self.resolve(items);
            if owner == func && !self.types.is_open(items) && items != Ty::ERROR {
                self.empty_lists.known.insert((func, span), items);
                learns = true;
            }
        }
        learns
    }

    /// Fills in what has been found out of the types of an instance's parameters; `false` where something is still open.
    pub fn resolve_params(&mut self, func: FuncId) -> bool {
        let mut all_known = true;
        for position in 0..self.header(func).params.len() {
            let ty = self.header(func).params[position].ty;
            if self.types.is_open(ty) {
                let ty = self.resolve(ty);
                self.headers[func.0 as usize].params[position].ty = ty;
                all_known &= !self.types.is_open(ty);
            }
        }
        all_known
    }

    /// Checks an instance that is called with lists whose items are not known, which its body may tell.
    pub fn ask_callee(&mut self, func: FuncId) {
        if self.resolve_params(func) || self.header(func).done || self.is_too_deep() {
            return;
        }
        self.check_body(func);
        let tells = self.resolve_params(func);
        if tells && !self.is_wrong(func) {
            return;
        }
        // With what it told, or when its caller knows more.
        self.body_diagnostics.remove(&func);
        self.functions[func.0 as usize] = None;
        self.headers[func.0 as usize].done = false;
        match tells {
            true => self.check_body(func),
            false => self.queue.push(func),
        }
    }
}
