//! Names for parts that statements bind, and what the parts are of.

use mlc_sema::hir::{Function, Mode, Place, Root, Stmt, StmtKind, TypeTable};
use mlc_sema::walk::{Visitor, stmt_parts, walk, walk_part};

use crate::local_set::LocalSet;

/// What may stand for a part of something.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Name(usize),
    /// What the statements return.
    Result,
}

/// Whether a name that statements bind, or what they return, is always one for a part of a variable that they are lent: not of what they
/// assign or make, nor of a top-level value.
pub(super) fn names_outer_parts(
    (function, types): (&Function, &TypeTable),
    stmts: &[&Stmt],
    part: Part,
    assigned: &LocalSet,
) -> bool {
    let mut seen = LocalSet::default();
    let mut pending = vec![part];
    while let Some(part) = pending.pop() {
        if let Part::Name(slot) = part {
            if seen.contains(slot) {
                continue;
            }
            seen.insert(slot);
        }
        let mut bindings = Bindings {
            part,
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
                (true, true) => pending.push(Part::Name(root)),
                (true, false) => return false,
                (false, _) => {}
            }
        }
    }
    true
}

/// What a name is bound to, or what is returned.
struct Bindings<'t> {
    part: Part,
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
        let gives = match &stmt.kind {
            StmtKind::Bind { local, .. } => self.part == Part::Name(local.0 as usize),
            StmtKind::Return(_) => self.part == Part::Result,
            _ => false,
        };
        if gives {
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
