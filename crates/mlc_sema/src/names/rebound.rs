//! Which variables of a module may have another value later.

use mlc_syntax::ast::{Expr, ExprKind, Stmt, StmtKind};
use mlc_syntax::{Module, Name};
use rustc_hash::FxHashSet;

use super::{bound_by, each_block};

/// The variables of a module that its own statements bind again.
#[derive(Clone, Default)]
pub(crate) struct Rebound {
    /// Those that functions declare `global`.
    pub by_functions: FxHashSet<Name>,
    /// Those, and what two statements bind, or a loop.
    pub again: FxHashSet<Name>,
}

impl Rebound {
    pub fn of(module: &Module) -> Rebound {
        let mut rebound = Rebound::default();
        globals(&module.body, &mut rebound.by_functions);
        rebound.again.clone_from(&rebound.by_functions);
        let mut once: FxHashSet<Name> = FxHashSet::default();
        for stmt in &module.body {
            let is_loop = matches!(stmt.kind, StmtKind::For(_) | StmtKind::While { .. });
            let mut here: FxHashSet<Name> = FxHashSet::default();
            // Functions inside of a statement see what it binds before and behind them.
            let is_apart = is_loop || defines(stmt);
            bound_by(stmt, &mut |name| {
                if is_loop || (!here.insert(name) && is_apart) {
                    rebound.again.insert(name);
                }
            });
            let again = here.into_iter().filter(|name| !once.insert(*name));
            rebound.again.extend(again);
        }
        rebound
    }
}

/// What functions in a block, at any depth, declare `global`.
fn globals(block: &[Stmt], found: &mut FxHashSet<Name>) {
    for stmt in block {
        if let StmtKind::Global(names) = &stmt.kind {
            found.extend(names.iter().map(|name| name.name));
        }
        each_block(stmt, &mut |block| globals(block, found));
    }
}

/// Whether a statement defines a function or struct, at any depth.
fn defines(stmt: &Stmt) -> bool {
    let mut found = matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Struct(_));
    each_block(stmt, &mut |block| {
        found = found || block.iter().any(defines)
    });
    found
}

/// The names that statements of a module give to parts of what it imports: `module.name = …`.
pub(crate) fn set_elsewhere(module: &Module, found: &mut FxHashSet<Name>) {
    let mut imported = FxHashSet::default();
    imports(&module.body, &mut imported);
    if !imported.is_empty() {
        set_in(&module.body, &imported, found);
    }
}

fn imports(block: &[Stmt], found: &mut FxHashSet<Name>) {
    for stmt in block {
        if let StmtKind::Import(_) | StmtKind::ImportFrom(_) = stmt.kind {
            bound_by(stmt, &mut |name| {
                found.insert(name);
            });
        }
        each_block(stmt, &mut |block| imports(block, found));
    }
}

fn set_in(block: &[Stmt], imported: &FxHashSet<Name>, found: &mut FxHashSet<Name>) {
    for stmt in block {
        let mut target = |target: &Expr| set_by(target, imported, found);
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(target),
            StmtKind::AugAssign { target: to, .. } => target(to),
            StmtKind::For(item) => item.axes.iter().for_each(|axis| target(&axis.target)),
            StmtKind::With(item) => {
                (item.items.iter().filter_map(|item| item.target.as_ref())).for_each(target);
            }
            _ => {}
        }
        each_block(stmt, &mut |block| set_in(block, imported, found));
    }
}

fn set_by(target: &Expr, imported: &FxHashSet<Name>, found: &mut FxHashSet<Name>) {
    match &target.kind {
        ExprKind::Attribute { value, attr } if is_of(value, imported) => {
            found.insert(attr.name);
        }
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            (items.iter()).for_each(|item| set_by(item, imported, found));
        }
        ExprKind::Starred(inner) => set_by(inner, imported, found),
        _ => {}
    }
}

/// Whether a name or dotted name begins with one of the names.
fn is_of(expr: &Expr, names: &FxHashSet<Name>) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => names.contains(name),
        ExprKind::Attribute { value, .. } => is_of(value, names),
        _ => false,
    }
}
