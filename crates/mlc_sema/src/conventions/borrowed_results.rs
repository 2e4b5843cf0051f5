//! Functions whose results are all parts of one parameter: they return borrows of it.

use super::{returned, root_local};
use crate::hir::{
    Convention, Expr, ExprKind, Function, LocalId, Mode, Place, Root, Stmt, StmtKind, TypeTable,
};
use crate::places::is_list_slice;
use crate::walk::{self, Rewriter};

/// Finds the functions that return a part of one parameter, and turns the results into borrows.
pub(super) fn borrowed_results(functions: &mut [Function], types: &TypeTable) {
    loop {
        let mut changed = false;
        for position in 0..functions.len() {
            let function = &functions[position];
            if function.result_borrows.is_some() || !types.is_owning(function.result) {
                continue;
            }
            if let Some(param) = part_returned(function, functions, types) {
                functions[position].result_borrows = Some(param);
                changed = true;
            }
        }
        if !changed {
            return;
        }
        mark_aliases(functions, types);
    }
}

/// The parameter that all results are parts of.
fn part_returned(function: &Function, functions: &[Function], types: &TypeTable) -> Option<u32> {
    let mut values = Vec::new();
    returned(&function.body, &mut values);
    let mut found: Option<u32> = None;
    for value in values {
        let param = part_of_param(value, function, functions, types)?;
        if found.is_some_and(|before| before != param) {
            return None;
        }
        found = Some(param);
    }
    let param = found?;
    let convention = &function.params[param as usize];
    (!(convention.written && convention.convention == Convention::Owned)).then_some(param)
}

fn part_of_param(
    value: &Expr,
    function: &Function,
    functions: &[Function],
    types: &TypeTable,
) -> Option<u32> {
    match &value.kind {
        ExprKind::Move(place) => {
            if is_list_slice(place, types) {
                return None;
            }
            let root = root_local(place)?;
            if let Some(param) = function.params.iter().position(|param| param.local == root) {
                return (!place.projections.is_empty()).then_some(param as u32);
            }
            alias_param(root, function, 0)
        }
        ExprKind::Call { callee, args } => {
            let callee = functions.get(callee.0 as usize)?;
            let arg = args.get(callee.result_borrows? as usize)?;
            let ExprKind::Move(place) = &arg.kind else {
                return None;
            };
            let root = root_local(place)?;
            match function.params.iter().position(|param| param.local == root) {
                Some(param) => Some(param as u32),
                None => alias_param(root, function, 0),
            }
        }
        _ => None,
    }
}

/// The parameter that a name for a part borrows from.
fn alias_param(alias: LocalId, function: &Function, depth: u32) -> Option<u32> {
    if function.locals[alias.0 as usize].mode == Mode::Owner || depth > 8 {
        return None;
    }
    fn bases(stmts: &[Stmt], alias: LocalId, found: &mut Vec<LocalId>, all: &mut bool) {
        for stmt in stmts {
            if let StmtKind::Bind { local, value } = &stmt.kind
                && *local == alias
            {
                match &value.kind {
                    ExprKind::Borrow { place, .. } => match root_local(place) {
                        Some(root) => found.push(root),
                        None => *all = false,
                    },
                    _ => *all = false,
                }
            }
            walk::blocks(stmt, &mut |block| bases(block, alias, found, all));
        }
    }
    let (mut found, mut all) = (Vec::new(), true);
    bases(&function.body, alias, &mut found, &mut all);
    if !all {
        return None;
    }
    let mut result = None;
    for base in found {
        if base == alias {
            continue;
        }
        let param = match function.params.iter().position(|param| param.local == base) {
            Some(param) => param as u32,
            None => alias_param(base, function, depth + 1)?,
        };
        if result.is_some_and(|before| before != param) {
            return None;
        }
        result = Some(param);
    }
    result
}

/// Variables that are bound to results which are borrows become borrows themselves.
fn mark_aliases(functions: &mut [Function], types: &TypeTable) {
    let borrows: Vec<Option<u32>> = functions
        .iter()
        .map(|function| function.result_borrows)
        .collect();
    for function in functions.iter_mut() {
        let Function { locals, body, .. } = function;
        let mut pass = AliasPass {
            borrows: &borrows,
            locals,
            types,
        };
        walk::rewrite(body, &mut pass);
    }
}

struct AliasPass<'p> {
    borrows: &'p [Option<u32>],
    locals: &'p mut Vec<crate::hir::Local>,
    types: &'p TypeTable,
}

impl AliasPass<'_> {
    fn is_borrow(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call { callee, .. } => self
                .borrows
                .get(callee.0 as usize)
                .is_some_and(Option::is_some),
            _ => false,
        }
    }
}

impl Rewriter for AliasPass<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Bind { local, value } = &mut stmt.kind
            && self.is_borrow(value)
            && self.types.is_owning(value.ty)
        {
            self.locals[local.0 as usize].mode = Mode::Ref;
            let (ty, span) = (value.ty, value.span);
            let call = std::mem::replace(&mut value.kind, ExprKind::None);
            let call = Expr {
                kind: call,
                ty,
                span,
            };
            let place = Place {
                root: Root::Borrowed(Box::new(call)),
                projections: Vec::new(),
                ty,
                span,
            };
            value.kind = ExprKind::Borrow {
                place,
                mutable: false,
            };
        }
    }

    fn place(&mut self, place: &mut Place) {
        if let Root::Temporary(value) = &place.root
            && self.is_borrow(value)
        {
            let root = std::mem::replace(&mut place.root, Root::Local(LocalId(0)));
            if let Root::Temporary(value) = root {
                place.root = Root::Borrowed(value);
            }
        }
    }
}
