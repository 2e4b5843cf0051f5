//! What is known only at the end of a body: types found out late, and flags of variables that may be unbound.

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{self, Stmt, StmtKind, Ty};
use crate::walk::{Rewriter, rewrite};

/// Fills in the types that were found out late, if any were unknown, and sets the flags of variables that may be unbound.
pub(super) fn finish_body(cx: FnCx<'_, '_>, any_unknown: bool) -> (Vec<hir::Local>, Vec<Stmt>) {
    let FnCx {
        cx: checker,
        mut locals,
        out: mut body,
        flags,
        ..
    } = cx;
    if any_unknown {
        let mut unresolved: Option<(String, Span)> = None;
        for local in &mut locals {
            local.ty = checker.resolve(local.ty);
            if checker.types.is_open(local.ty) && !local.name.starts_with('$') {
                unresolved.get_or_insert_with(|| (local.name.clone(), local.span));
                local.ty = Ty::ERROR;
            }
        }
        // What is wrong elsewhere in the body may be why.
        let is_wrong = checker.diagnostics.iter().any(Diagnostic::is_error);
        let all_told = unresolved.is_none() && !is_wrong;
        if let Some((name, span)) = unresolved
            && !is_wrong
        {
            checker.report(diag::cannot_infer(span, &format!("`{name}`")));
        }
        // What is left are items of lists that nothing but an expression holds: there are none.
        if all_told {
            for local in &mut locals {
                local.ty = checker.resolve_or_int(local.ty);
            }
        }
        rewrite(&mut body, &mut Resolver { checker, all_told });
    }
    if !flags.is_empty() {
        let mut start: Vec<Stmt> = Vec::new();
        let mut all: Vec<_> = flags.iter().collect();
        all.sort();
        for (local, flag) in all {
            let span = locals[local.0 as usize].span;
            start.push(set_flag(*flag, false, span));
        }
        rewrite(&mut body, &mut Flags { flags: &flags });
        start.append(&mut body);
        body = start;
    }
    (locals, body)
}

struct Resolver<'r, 'a> {
    checker: &'r mut Checker<'a>,
    /// Whether the items of all lists that have a name are known.
    all_told: bool,
}

impl Resolver<'_, '_> {
    fn resolve(&mut self, ty: Ty) -> Ty {
        match self.all_told {
            true => self.checker.resolve_or_int(ty),
            false => self.checker.resolve(ty),
        }
    }
}

impl Rewriter for Resolver<'_, '_> {
    fn expr(&mut self, expr: &mut hir::Expr) {
        expr.ty = self.resolve(expr.ty);
        // A value whose type was not known when it was read may turn out to own memory.
        if let hir::ExprKind::Load(place) = &expr.kind
            && self.checker.types.is_owning(expr.ty)
        {
            expr.kind = hir::ExprKind::Move(place.clone());
        }
    }

    fn place(&mut self, place: &mut hir::Place) {
        place.ty = self.resolve(place.ty);
        for projection in &mut place.projections {
            projection.ty = self.resolve(projection.ty);
        }
    }
}

struct Flags<'f> {
    flags: &'f FxHashMap<hir::LocalId, hir::LocalId>,
}

impl Rewriter for Flags<'_> {
    fn stmts(&mut self, stmts: &mut Vec<Stmt>) {
        let mut at = 0;
        while at < stmts.len() {
            let set = match &stmts[at].kind {
                StmtKind::Bind { local, .. } => self.flags.get(local).map(|flag| (*flag, true)),
                StmtKind::Drop(local) => self.flags.get(local).map(|flag| (*flag, false)),
                _ => None,
            };
            if let Some((flag, value)) = set {
                let span = stmts[at].span;
                stmts.insert(at + 1, set_flag(flag, value, span));
                at += 1;
            }
            at += 1;
        }
    }
}

fn set_flag(flag: hir::LocalId, value: bool, span: Span) -> Stmt {
    Stmt {
        kind: StmtKind::Bind {
            local: flag,
            value: hir::Expr {
                kind: hir::ExprKind::Bool(value),
                ty: Ty::BOOL,
                span,
            },
        },
        span,
    }
}
