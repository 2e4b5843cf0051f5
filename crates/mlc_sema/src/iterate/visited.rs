//! What a loop visits: nothing moves, replaces or resizes it until the loop ends.

use mlc_diagnostics::Span;

use super::Source;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{LocalId, Place, Root, Stmt, StmtKind, Ty, TyKind};
use crate::walk::{Visitor, blocks, stmt_parts, walk_part};

impl<'a> FnCx<'_, 'a> {
    /// Says, just before the loop over a source, what lists and arrays it visits.
    pub(super) fn emit_iterated(&mut self, source: &Source<'a>, span: Span) {
        for place in visited(source) {
            let is_global = matches!(place.root, Root::Global(_));
            if self.cx.types.is_owning(place.ty) || is_global && self.is_of_array(place.ty) {
                self.emit(StmtKind::Iterate(place.clone()), span);
            }
        }
    }

    fn is_of_array(&self, ty: Ty) -> bool {
        matches!(self.cx.types.kind(ty), TyKind::Array { .. })
    }

    /// Reports where a list or an array gets another value while a loop visits it and goes on.
    pub(super) fn check_rebound(&mut self, source: &Source<'a>, body: &[Stmt]) {
        for place in visited(source) {
            let Root::Local(local) = place.root else {
                continue;
            };
            let is_owning = self.cx.types.is_owning(place.ty);
            if !place.projections.is_empty() || !is_owning && !self.is_of_array(place.ty) {
                continue;
            }
            let mut bound = Bound {
                local,
                in_operands: self.binds_in_operands,
                at: None,
            };
            bound.search(body, false);
            if let Some(at) = bound.at {
                let name = self.local(local).name.clone();
                self.report(diag::rebound_while_iterated(at, &name, place.span));
            }
        }
    }
}

/// The places whose elements a loop visits.
fn visited<'s>(source: &'s Source) -> Vec<&'s Place> {
    match source {
        Source::Elements { place, .. } => vec![place],
        Source::Enumerate { inner, .. }
        | Source::Reversed { inner, .. }
        | Source::Strict { inner, .. }
        | Source::Generator { inner, .. } => visited(inner),
        Source::Zip(sources) => sources.iter().flat_map(visited).collect(),
        Source::Range { .. }
        | Source::Columns(_)
        | Source::Items { .. }
        | Source::Asked(_)
        | Source::Nothing
        | Source::Failed => Vec::new(),
    }
}

/// The search for where a local is bound.
struct Bound {
    local: LocalId,
    /// Whether to look into operands, too, for `:=`.
    in_operands: bool,
    at: Option<Span>,
}

impl Bound {
    /// Statements of a loop that do not leave it at once. `in_inner`: of a loop inside of it.
    fn search(&mut self, stmts: &[Stmt], in_inner: bool) {
        let leaves = stmts.last().is_some_and(|last| match last.kind {
            StmtKind::Break => !in_inner,
            StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Reraise(_) => true,
            _ => false,
        });
        if leaves {
            return;
        }
        for stmt in stmts {
            self.stmt(stmt);
            if self.in_operands {
                stmt_parts(stmt, &mut |part| walk_part(part, self));
            }
            let is_loop = matches!(
                stmt.kind,
                StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Drain { .. }
            );
            blocks(stmt, &mut |block| self.search(block, in_inner || is_loop));
        }
    }
}

impl Visitor for Bound {
    fn stmt(&mut self, stmt: &Stmt) {
        if matches!(stmt.kind, StmtKind::Bind { local, .. } if local == self.local) {
            self.at.get_or_insert(stmt.span);
        }
    }
}
