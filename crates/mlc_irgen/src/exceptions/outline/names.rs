//! Names for parts that statements bind, and what the parts are of.

use mlc_sema::hir::{Function, Mode, Place, Root, Stmt, StmtKind, TypeTable};
use mlc_sema::walk::{Visitor, stmt_parts, walk, walk_part};

use crate::local_set::LocalSet;

/// Whether a name that statements bind is always one for a part of a variable that they are lent: not of what they assign or
/// make, nor of a top-level value.
pub(super) fn names_outer_parts(
    (function, types): (&Function, &TypeTable),
    stmts: &[&Stmt],
    slot: usize,
    assigned: &LocalSet,
) -> bool {
    let mut seen = LocalSet::default();
    let mut pending = vec![slot];
    while let Some(slot) = pending.pop() {
        if seen.contains(slot) {
            continue;
        }
        seen.insert(slot);
        let mut bindings = Bindings {
            slot,
            roots: Roots {
                types,
                locals: Vec::new(),
                others: false,
            },
        };
        for stmt in stmts {
            walk(std::slice::from_ref(*stmt), &mut bindings);
        }
        if bindings.roots.others {
            return false;
        }
        for root in bindings.roots.locals {
            let is_name = function.locals[root].mode != Mode::Owner;
            match (assigned.contains(root), is_name) {
                (true, true) => pending.push(root),
                (true, false) => return false,
                (false, _) => {}
            }
        }
    }
    true
}

/// What a name is bound to.
struct Bindings<'t> {
    slot: usize,
    roots: Roots<'t>,
}

/// What the places in the values are parts of: variables, and whether there is anything else.
struct Roots<'t> {
    types: &'t TypeTable,
    locals: Vec<usize>,
    others: bool,
}

impl Visitor for Bindings<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Bind { local, .. } = &stmt.kind
            && local.0 as usize == self.slot
        {
            stmt_parts(stmt, &mut |part| walk_part(part, &mut self.roots));
        }
    }
}

impl Visitor for Roots<'_> {
    fn place(&mut self, place: &Place) {
        match &place.root {
            // A number is no part of anything: it is an index.
            _ if self.types.is_scalar(place.ty) => {}
            Root::Local(local) => self.locals.push(local.0 as usize),
            // What the call is given is visited too.
            Root::Borrowed(_) | Root::Constant(_) => {}
            Root::Global(_) | Root::Temporary(_) => self.others = true,
        }
    }
}
