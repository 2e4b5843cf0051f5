//! `raise` alone in a `try` inside a handler: what the handler caught has a name there.

use mlc_diagnostics::Span;

use crate::func::FnCx;
use crate::hir::{LocalId, Stmt, StmtKind, Ty};
use crate::walk::blocks_mut;

impl FnCx<'_, '_> {
    /// Gives what a handler caught a name of its own where a `try` in its body raises it again; the local to bind it to.
    pub(super) fn name_handled(
        &mut self,
        name: Option<LocalId>,
        body: &mut Vec<Stmt>,
        span: Span,
    ) -> Option<LocalId> {
        let mut again = false;
        for stmt in body.iter_mut() {
            raises_again(stmt, false, &mut |_| again = true);
        }
        if !again {
            return name;
        }
        let handled = self.temp("handled", Ty::EXCEPTION, span);
        self.raise_handled(handled, body);
        if let Some(local) = name {
            let value = self.load_local(handled, span);
            let kind = StmtKind::Bind { local, value };
            body.insert(0, Stmt { kind, span });
        }
        Some(handled)
    }

    /// Names what a handler caught in each `raise` alone that a `try` in its body has.
    pub(super) fn raise_handled(&mut self, handled: LocalId, body: &mut [Stmt]) {
        for stmt in body {
            raises_again(stmt, false, &mut |stmt| {
                stmt.kind = StmtKind::Reraise(Some(self.load_local(handled, stmt.span)));
            });
        }
    }
}

/// Visits each `raise` alone in a `try` in these statements that is about the same error; `inner`: they are in a `try` themselves.
fn raises_again(stmt: &mut Stmt, inner: bool, visit: &mut dyn FnMut(&mut Stmt)) {
    match &mut stmt.kind {
        StmtKind::Reraise(None) if inner => visit(stmt),
        StmtKind::Try {
            body,
            orelse,
            finally,
            ..
        } => {
            // What its handlers raise again is what they have caught.
            for stmt in body.iter_mut().chain(orelse).chain(finally) {
                raises_again(stmt, true, visit);
            }
        }
        _ => blocks_mut(stmt, &mut |block| {
            for stmt in block {
                raises_again(stmt, inner, visit);
            }
        }),
    }
}
