//! What a loop visits: nothing moves, replaces or resizes it until the loop ends.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use super::Source;
use crate::diag;
use crate::func::FnCx;

impl<'a> FnCx<'_, 'a> {
    /// Says, just before the loop over a source, what lists and arrays it visits.
    pub fn emit_iterated(&mut self, source: &Source<'a>, span: Span) {
        match source {
            Source::Elements { place, .. } if self.cx.types.is_owning(place.ty) => {
                self.emit(crate::hir::StmtKind::Iterate(place.clone()), span);
            }
            Source::Enumerate { inner, .. }
            | Source::Reversed { inner, .. }
            | Source::Strict { inner, .. }
            | Source::Generator { inner, .. } => {
                self.emit_iterated(inner, span);
            }
            Source::Zip(sources) => sources
                .iter()
                .for_each(|source| self.emit_iterated(source, span)),
            Source::Range { .. }
            | Source::Elements { .. }
            | Source::Columns(_)
            | Source::Items { .. }
            | Source::Asked(_)
            | Source::Nothing
            | Source::Failed => {}
        }
    }

    /// Keeps what a loop visits under a name of the loop's own where that is a text and the body binds its name again.
    pub fn detach_source(&mut self, source: &mut Source<'a>, body: &'a [ast::Stmt], span: Span) {
        match source {
            Source::Elements { place, .. } if place.projections.is_empty() => {
                let crate::hir::Root::Local(local) = place.root else {
                    return;
                };
                let mut assigned = rustc_hash::FxHashSet::default();
                crate::func::assigned_names(body, &mut assigned);
                let is_bound = (self.vars.iter())
                    .any(|(name, var)| var.local == local && assigned.contains(name));
                if is_bound && !self.cx.types.is_owning(place.ty) {
                    let value = self.read(place.clone());
                    let ty = value.ty;
                    let local = self.temp("it", ty, span);
                    self.emit(crate::hir::StmtKind::Bind { local, value }, span);
                    *place = self.local_place(local, span);
                }
            }
            Source::Enumerate { inner, .. }
            | Source::Reversed { inner, .. }
            | Source::Strict { inner, .. }
            | Source::Generator { inner, .. } => {
                self.detach_source(inner, body, span);
            }
            Source::Zip(sources) => sources
                .iter_mut()
                .for_each(|source| self.detach_source(source, body, span)),
            _ => {}
        }
    }

    /// Reports where a list or an array gets another value while a loop visits it and goes on.
    pub fn check_rebound(&mut self, source: &Source<'a>, body: &[crate::hir::Stmt], header: Span) {
        match source {
            Source::Elements { place, .. } => {
                let crate::hir::Root::Local(local) = place.root else {
                    return;
                };
                if !self.cx.types.is_owning(place.ty) {
                    return;
                }
                if let Some(at) = rebound(body, local) {
                    let name = self.local(local).name.clone();
                    self.report(diag::rebound_while_iterated(at, &name, header));
                }
            }
            Source::Enumerate { inner, .. }
            | Source::Reversed { inner, .. }
            | Source::Strict { inner, .. }
            | Source::Generator { inner, .. } => {
                self.check_rebound(inner, body, header);
            }
            Source::Zip(sources) => {
                (sources.iter()).for_each(|source| self.check_rebound(source, body, header));
            }
            Source::Range { .. }
            | Source::Columns(_)
            | Source::Items { .. }
            | Source::Asked(_)
            | Source::Nothing
            | Source::Failed => {}
        }
    }
}

/// Where a local is bound by statements that do not leave the loop around them at once.
fn rebound(stmts: &[crate::hir::Stmt], local: crate::hir::LocalId) -> Option<Span> {
    use crate::hir::StmtKind;
    let leaves = stmts.last().is_some_and(|last| {
        matches!(
            last.kind,
            StmtKind::Break | StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Reraise(_)
        )
    });
    if leaves {
        return None;
    }
    stmts.iter().find_map(|stmt| {
        let mut found = match &stmt.kind {
            StmtKind::Bind { local: bound, .. } if *bound == local => Some(stmt.span),
            _ => None,
        };
        crate::walk::blocks(stmt, &mut |block| {
            found = found.or_else(|| rebound(block, local))
        });
        found
    })
}
