//! A parameter that is bound again on some paths and written through behind them: on the other paths, that is the argument.
//!
//! Before: if short:                       After: kept, bound = [], False
//!             words₂ = words[:1]                 try:
//!         else:                                      if short: new = words[:1]; exchange(words, kept) once; words = new
//!             words₂ = words                         words.append("!")
//!         words₂.append("!")                     finally: exchange(words, kept) if bound
//!
//! Does not: follow what is stored or returned whole, which makes the parameter `owned`.

use mlc_diagnostics::Span;

use super::facts::Facts;
use super::root_local;
use crate::hir::{
    Convention, Dim, Expr, ExprKind, Fill, Function, Local, LocalId, Mode, Param, Place, Root,
    Stmt, StmtKind, Ty, TyKind, TypeTable,
};
use crate::walk::{Rewriter, rewrite};

/// Whether the argument can be kept aside while the parameter is bound to something else.
pub(super) fn can_be_kept(function: &Function, param: &Param, types: &TypeTable) -> bool {
    let local = &function.locals[param.local.0 as usize];
    function.result_borrows.is_none() && nothing_of(local.ty, types, local.span).is_some()
}

/// Makes one variable of each such parameter and of what it is where paths meet.
pub(super) fn keep_arguments(function: &mut Function, facts: &mut Facts, types: &TypeTable) {
    for at in 0..function.params.len() {
        let param = &function.params[at];
        let local = param.local;
        if param.written || param.convention != Convention::Inout {
            continue;
        }
        let joined = facts.joins(local);
        let Local { ty, span, .. } = function.locals[local.0 as usize];
        let is_written = (joined.iter()).any(|to| *to != local && facts.written[to.0 as usize]);
        if is_written && let Some(nothing) = nothing_of(ty, types, span) {
            unite(function, local, &joined, nothing);
            facts.grow(function.locals.len());
        }
    }
}

/// A value of the type that nothing is in.
fn nothing_of(ty: Ty, types: &TypeTable, span: Span) -> Option<ExprKind> {
    match types.kind(ty) {
        TyKind::List(_) => Some(ExprKind::List(Vec::new())),
        TyKind::Array { dims, .. } if types.is_owning(ty) => {
            let extent = |dim: &Dim| match dim {
                Dim::Static(extent) => i128::from(*extent),
                Dim::Dynamic => 0,
            };
            let shape = dims.iter().map(|dim| ExprKind::Int(extent(dim)));
            Some(ExprKind::ArrayFill {
                shape: shape.map(|kind| expr(kind, Ty::INT, span)).collect(),
                fill: Fill::Uninitialized,
            })
        }
        _ => None,
    }
}

fn unite(function: &mut Function, param: LocalId, joined: &[LocalId], nothing: ExprKind) {
    let Local { ty, span, .. } = function.locals[param.0 as usize];
    let kept = add_local(&mut function.locals, "$kept", ty, span);
    let bound = add_local(&mut function.locals, "$bound", Ty::BOOL, span);
    let mut pass = Unite {
        locals: &mut function.locals,
        param,
        joined,
        kept,
        bound,
    };
    let mut body = std::mem::take(&mut function.body);
    rewrite(&mut body, &mut pass);
    let give_back = StmtKind::If {
        condition: load(bound, Ty::BOOL, span),
        then: vec![exchange(param, kept, ty, span)],
        orelse: Vec::new(),
    };
    let protected = StmtKind::Try {
        body,
        handlers: Vec::new(),
        orelse: Vec::new(),
        finally: vec![stmt(give_back, span)],
    };
    function.body = vec![
        bind(kept, expr(nothing, ty, span)),
        bind(bound, expr(ExprKind::Bool(false), Ty::BOOL, span)),
        stmt(protected, span),
    ];
}

struct Unite<'u> {
    locals: &'u mut Vec<Local>,
    param: LocalId,
    joined: &'u [LocalId],
    kept: LocalId,
    bound: LocalId,
}

impl Unite<'_> {
    /// `param = value`, where the argument has to stay as it is.
    fn bound_again(&mut self, value: Expr, span: Span) -> [Stmt; 3] {
        let ty = value.ty;
        let new = add_local(self.locals, "$new", ty, span);
        let is_bound = load(self.bound, Ty::BOOL, span);
        let first = StmtKind::If {
            condition: is_bound,
            then: Vec::new(),
            orelse: vec![
                exchange(self.param, self.kept, ty, span),
                bind(self.bound, expr(ExprKind::Bool(true), Ty::BOOL, span)),
            ],
        };
        let store = StmtKind::store(
            whole(self.param, ty, span),
            expr(ExprKind::Move(whole(new, ty, span)), ty, span),
        );
        [bind(new, value), stmt(first, span), stmt(store, span)]
    }
}

impl Rewriter for Unite<'_> {
    fn stmts(&mut self, stmts: &mut Vec<Stmt>) {
        let mut changed = Vec::with_capacity(stmts.len());
        for stmt in stmts.drain(..) {
            let span = stmt.span;
            match stmt.kind {
                StmtKind::Bind { local, value } if self.joined.contains(&local) => {
                    let same = match &value.kind {
                        ExprKind::Move(place) => {
                            place.projections.is_empty()
                                && root_local(place).is_some_and(|from| self.joined.contains(&from))
                        }
                        _ => false,
                    };
                    if !same {
                        changed.extend(self.bound_again(value, span));
                    }
                }
                kind => changed.push(Stmt { kind, span }),
            }
        }
        *stmts = changed;
    }

    fn place(&mut self, place: &mut Place) {
        if root_local(place).is_some_and(|local| self.joined.contains(&local)) {
            place.root = Root::Local(self.param);
        }
    }
}

fn add_local(locals: &mut Vec<Local>, name: &str, ty: Ty, span: Span) -> LocalId {
    let id = LocalId(locals.len() as u32);
    locals.push(Local {
        name: name.to_owned(),
        ty,
        mode: Mode::Owner,
        span,
    });
    id
}

fn stmt(kind: StmtKind, span: Span) -> Stmt {
    Stmt { kind, span }
}

fn expr(kind: ExprKind, ty: Ty, span: Span) -> Expr {
    Expr { kind, ty, span }
}

fn bind(local: LocalId, value: Expr) -> Stmt {
    let span = value.span;
    stmt(StmtKind::Bind { local, value }, span)
}

fn whole(local: LocalId, ty: Ty, span: Span) -> Place {
    Place {
        root: Root::Local(local),
        projections: Vec::new(),
        ty,
        span,
    }
}

fn load(local: LocalId, ty: Ty, span: Span) -> Expr {
    expr(ExprKind::Load(whole(local, ty, span)), ty, span)
}

fn exchange(left: LocalId, right: LocalId, ty: Ty, span: Span) -> Stmt {
    let kind = StmtKind::Swap {
        left: whole(left, ty, span),
        right: whole(right, ty, span),
    };
    stmt(kind, span)
}
