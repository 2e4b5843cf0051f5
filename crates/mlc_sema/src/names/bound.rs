//! The names that statements bind.

use mlc_syntax::ast::{Expr, ExprKind, Function, Stmt, StmtKind};
use mlc_syntax::{Name, ast};

use super::visit::{each_block, each_expr, for_each_child};

/// Calls `found` for every name that the statement binds in its scope, at any depth of blocks.
pub(crate) fn bound_by(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    if stmt.named {
        each_expr(stmt, &mut |expr| walrus(expr, found));
    }
    match &stmt.kind {
        StmtKind::Function(function) => found(function.name.name),
        StmtKind::Struct(item) => found(item.name.name),
        StmtKind::Assign { targets, .. } => {
            targets
                .iter()
                .for_each(|target| target_names(target, found));
        }
        StmtKind::AugAssign { target, .. } => target_names(target, found),
        StmtKind::Declare(declare) => target_names(&declare.target, found),
        StmtKind::Comptime(item) => found(item.name.name),
        StmtKind::Atomic(inner) => bound_by(inner, found),
        StmtKind::For(item) => {
            for axis in &item.axes {
                target_names(&axis.target, found);
            }
            blocks(&[&item.body, &item.orelse], found);
        }
        StmtKind::While { body, orelse, .. } => blocks(&[body, orelse], found),
        StmtKind::If(item) => {
            for branch in &item.branches {
                blocks(&[&branch.body], found);
            }
            blocks(&[&item.orelse], found);
        }
        StmtKind::With(item) => {
            for target in item.items.iter().filter_map(|item| item.target.as_ref()) {
                target_names(target, found);
            }
            blocks(&[&item.body], found);
        }
        StmtKind::Match(item) => {
            for case in &item.cases {
                blocks(&[&case.body], found);
            }
        }
        StmtKind::Try(item) => {
            blocks(&[&item.body, &item.orelse, &item.finally], found);
            for handler in &item.handlers {
                if let Some(name) = handler.name {
                    found(name.name);
                }
                blocks(&[&handler.body], found);
            }
        }
        StmtKind::Import(modules) => {
            for module in modules {
                if let Some(name) = module.alias.or(module.path.first().copied()) {
                    found(name.name);
                }
            }
        }
        StmtKind::ImportFrom(import) => {
            if let ast::ImportedNames::Some(names) = &import.names {
                for name in names {
                    found(name.alias.unwrap_or(name.name).name);
                }
            }
        }
        StmtKind::Invalid { names } => names.iter().for_each(|name| found(*name)),
        StmtKind::Expr(_)
        | StmtKind::Return(_)
        | StmtKind::Assert { .. }
        | StmtKind::Delete(_)
        | StmtKind::Raise { .. }
        | StmtKind::Global(_)
        | StmtKind::Nonlocal(_)
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue => {}
    }
}

pub(super) fn blocks(blocks: &[&Vec<Stmt>], found: &mut dyn FnMut(Name)) {
    for stmt in blocks.iter().flat_map(|block| block.iter()) {
        bound_by(stmt, found);
    }
}

/// The names in an assignment target; `a[i]` and `a.b` bind nothing.
pub(crate) fn target_names(target: &Expr, found: &mut (impl FnMut(Name) + ?Sized)) {
    match &target.kind {
        ExprKind::Name(name) => found(*name),
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter().for_each(|item| target_names(item, found));
        }
        ExprKind::Starred(inner) => target_names(inner, found),
        _ => {}
    }
}

/// The targets of `:=` in an expression (comprehensions bind theirs outside, as in Python, and lambdas their own).
pub(super) fn walrus(expr: &Expr, found: &mut dyn FnMut(Name)) {
    match &expr.kind {
        ExprKind::Named { target, .. } => found(target.name),
        ExprKind::Lambda(item) => {
            let defaults = item.params.iter().flat_map(|param| &param.default);
            return defaults.for_each(|default| walrus(default, found));
        }
        _ => {}
    }
    for_each_child(expr, &mut |child| walrus(child, found));
}

/// The names from outside that a function binds again: those that it declares `nonlocal`, and those of the functions inside of
/// it that are not its own.
pub(crate) fn rebound_in(function: &Function, found: &mut dyn FnMut(Name)) {
    let own = super::own_names(function);
    for stmt in &function.body {
        nonlocals(stmt, found);
        each_function(stmt, &mut |inner| {
            rebound_in(inner, &mut |name| {
                if !own.contains(&name) {
                    found(name);
                }
            });
        });
    }
}

/// The functions that a statement defines, at any depth of blocks.
fn each_function<'a>(stmt: &'a Stmt, found: &mut dyn FnMut(&'a Function)) {
    match &stmt.kind {
        StmtKind::Function(function) => found(function),
        StmtKind::Struct(_) => {}
        _ => each_block(stmt, &mut |block| {
            block.iter().for_each(|stmt| each_function(stmt, found));
        }),
    }
}

/// The names that `nonlocal` declares, at any depth of blocks.
pub(crate) fn nonlocals(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    if let StmtKind::Nonlocal(names) = &stmt.kind {
        names.iter().for_each(|name| found(name.name));
    }
    if !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Struct(_)) {
        each_block(stmt, &mut |block| {
            block.iter().for_each(|stmt| nonlocals(stmt, found));
        });
    }
}
