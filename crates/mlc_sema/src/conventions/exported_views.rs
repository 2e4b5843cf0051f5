//! Exported functions that return a part of an array without a header of its own: callers from outside get a copy, and those of
//! the program call a version that lends the part.

use crate::hir::{
    Convention, Expr, ExprKind, FuncId, Function, Mode, Place, Root, Stmt, StmtKind, TypeTable,
};
use crate::walk::{self, Rewriter};

/// Whether there are such functions.
pub(super) fn exported_views(functions: &mut Vec<Function>, types: &TypeTable) -> bool {
    let lending: Vec<usize> = (0..functions.len())
        .filter(|&at| functions[at].exported && functions[at].result_view)
        .collect();
    if lending.is_empty() {
        return false;
    }
    let mut versions = vec![None; functions.len()];
    for at in lending {
        let version = FuncId(functions.len() as u32);
        versions[at] = Some(version);
        let exported = &mut functions[at];
        let mut lends = exported.clone();
        lends.exported = false;
        lends.symbol.push_str("$view");
        exported.body = vec![copy_of_call(exported, version, types)];
        exported.locals.truncate(exported.params.len());
        exported.result_borrows = None;
        exported.result_view = false;
        functions.push(lends);
    }
    for function in functions.iter_mut() {
        walk::rewrite(
            &mut function.body,
            &mut Redirect {
                versions: &versions,
            },
        );
    }
    true
}

/// `return copy(version(parameters…))`
fn copy_of_call(function: &Function, version: FuncId, types: &TypeTable) -> Stmt {
    let span = function.span;
    let args = function.params.iter().map(|param| {
        let local = &function.locals[param.local.0 as usize];
        let place = Place {
            root: Root::Local(param.local),
            projections: Vec::new(),
            ty: local.ty,
            span,
        };
        let is_lent = types.is_owning(local.ty) || local.mode != Mode::Owner;
        let kind = match param.convention {
            Convention::Owned if types.is_owning(local.ty) => ExprKind::Move(place),
            convention if is_lent => ExprKind::Borrow {
                place,
                mutable: convention == Convention::Inout,
            },
            _ => ExprKind::Load(place),
        };
        Expr {
            kind,
            ty: local.ty,
            span,
        }
    });
    let ty = function.result;
    let call = Expr {
        kind: ExprKind::Call {
            callee: version,
            args: args.collect(),
        },
        ty,
        span,
    };
    let place = Place {
        root: Root::Borrowed(Box::new(call)),
        projections: Vec::new(),
        ty,
        span,
    };
    let kind = ExprKind::Copy(place);
    Stmt {
        kind: StmtKind::Return(Some(Expr { kind, ty, span })),
        span,
    }
}

struct Redirect<'v> {
    versions: &'v [Option<FuncId>],
}

impl Rewriter for Redirect<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Call { callee, .. } = &mut expr.kind
            && let Some(Some(version)) = self.versions.get(callee.0 as usize)
        {
            *callee = *version;
        }
    }
}
