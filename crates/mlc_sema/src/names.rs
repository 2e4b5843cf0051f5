//! Which names a piece of syntax binds or mentions, and which names are always known.

mod bound;
mod builtin;
mod rebound;
mod visit;

use mlc_syntax::ast::{Expr, ExprKind, Stmt, StmtKind};
use mlc_syntax::{Name, ast};
use rustc_hash::FxHashSet;

pub(crate) use bound::{bound_by, nonlocals, rebound_in, target_names};
pub(crate) use builtin::{builtins, is_builtin};
pub(crate) use rebound::{Rebound, set_elsewhere};
use visit::each_expr;
pub(crate) use visit::{each_block, for_each_child};

/// Calls `found` for every name that a function takes from outside: mentioned in its body, nested functions
/// included, and neither a parameter nor bound there, unless `global` or `nonlocal` says that it is another's.
pub(crate) fn free_in(function: &ast::Function, found: &mut dyn FnMut(Name)) {
    let bound = own_names(function);
    mentioned_in(&function.body, &mut |name| {
        if !bound.contains(&name) {
            found(name);
        }
    });
}

/// The parameters of a function and what its body binds, unless `global` or `nonlocal` says that it is another's.
pub(crate) fn own_names(function: &ast::Function) -> FxHashSet<Name> {
    let params = function.params.iter();
    let mut own: FxHashSet<Name> = params.map(|param| param.name.name).collect();
    for stmt in &function.body {
        bound_by(stmt, &mut |name| {
            own.insert(name);
        });
    }
    for stmt in &function.body {
        declared_elsewhere(stmt, &mut |name| {
            own.remove(&name);
        });
    }
    own
}

/// The names that `global` and `nonlocal` declare, at any depth of blocks.
fn declared_elsewhere(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    if let StmtKind::Global(names) | StmtKind::Nonlocal(names) = &stmt.kind {
        names.iter().for_each(|name| found(name.name));
    }
    if !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Struct(_)) {
        each_block(stmt, &mut |block| {
            block
                .iter()
                .for_each(|stmt| declared_elsewhere(stmt, found));
        });
    }
}

fn mentioned_in(body: &[Stmt], found: &mut dyn FnMut(Name)) {
    for stmt in body {
        mentioned(stmt, found);
    }
}

/// Calls `found` for every name that a statement takes from outside, and for those that functions in it do.
pub(crate) fn mentioned(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    each_expr(stmt, &mut |expr| mentioned_expr(expr, found));
    match &stmt.kind {
        StmtKind::Function(function) => free_in(function, found),
        _ => each_block(stmt, &mut |block| mentioned_in(block, found)),
    }
    if let StmtKind::Global(names) | StmtKind::Nonlocal(names) = &stmt.kind {
        names.iter().for_each(|name| found(name.name));
    }
}

/// Calls `found` for every name that an expression takes from outside: not those that its comprehensions and
/// lambdas bind for themselves.
pub(crate) fn mentioned_expr(expr: &Expr, found: &mut dyn FnMut(Name)) {
    let mut own: FxHashSet<Name> = FxHashSet::default();
    let mut outside: Vec<&Expr> = Vec::new();
    match &expr.kind {
        ExprKind::Name(name) => found(*name),
        ExprKind::Comprehension(item) => {
            for clause in &item.clauses {
                target_names(&clause.target, &mut |name| {
                    own.insert(name);
                });
            }
            // What the first `for` goes through is evaluated before the comprehension's own variables are there.
            outside.extend(item.clauses.first().map(|clause| &clause.iter));
        }
        ExprKind::Lambda(item) => {
            own.extend(item.params.iter().map(|param| param.name.name));
            outside.extend(item.params.iter().flat_map(|param| &param.default));
            bound::walrus(&item.body, &mut |name| {
                own.insert(name);
            });
        }
        _ => return for_each_child(expr, &mut |child| mentioned_expr(child, found)),
    }
    for_each_child(expr, &mut |child| {
        let is_outside = (outside.iter()).any(|outside| std::ptr::eq(*outside, child));
        mentioned_expr(child, &mut |name| {
            if is_outside || !own.contains(&name) {
                found(name);
            }
        });
    });
}

/// Whether a `return` with a value stands anywhere in a body, not counting nested functions.
pub(crate) fn returns_value(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| {
        let mut found = matches!(stmt.kind, StmtKind::Return(Some(_)));
        if !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Struct(_)) {
            each_block(stmt, &mut |block| found |= returns_value(block));
        }
        found
    })
}

/// Whether a name is called anywhere in a body.
pub(crate) fn is_called(body: &[Stmt], name: Name) -> bool {
    fn in_expr(expr: &Expr, name: Name) -> bool {
        let mut found = matches!(
            &expr.kind,
            ExprKind::Call { function, .. } if matches!(&function.kind, ExprKind::Name(called) if *called == name)
        );
        for_each_child(expr, &mut |child| found |= in_expr(child, name));
        found
    }
    body.iter().any(|stmt| {
        let mut found = false;
        each_expr(stmt, &mut |expr| found |= in_expr(expr, name));
        each_block(stmt, &mut |block| found |= is_called(block, name));
        found
    })
}
