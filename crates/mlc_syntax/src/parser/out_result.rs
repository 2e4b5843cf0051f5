//! `out result: T`: the parameter is no parameter, but a variable that the function returns.

use crate::ast::{ConventionKind, Declare, Expr, ExprKind, Param, Stmt, StmtKind};

/// Takes an `out` parameter other than `self` out of a signature: the result type is its type, the body declares it, and every
/// `return` without a value returns it, as the end of the body does. One of several, or beside a written result, stays.
pub(super) fn take_out_result(
    params: &mut Vec<Param>,
    returns: &mut Option<Expr>,
    body: &mut Vec<Stmt>,
) {
    let is_out = |param: &Param| {
        param
            .convention
            .is_some_and(|convention| convention.kind == ConventionKind::Out)
            && param.name.name.as_str() != "self"
            && param.annotation.is_some()
    };
    let mut found = (0..params.len()).filter(|&at| is_out(&params[at]));
    let (Some(at), None) = (found.next(), found.next()) else {
        return;
    };
    if returns.is_some() {
        return;
    }
    let param = params.remove(at);
    let name = Expr {
        kind: ExprKind::Name(param.name.name),
        span: param.name.span,
    };
    *returns = param.annotation.clone();
    return_name(body, &name);
    let declare = StmtKind::Declare(Box::new(Declare {
        var: false,
        target: name.clone(),
        annotation: param.annotation,
        value: None,
    }));
    let stmt = |kind| Stmt {
        kind,
        span: param.name.span,
        named: false,
    };
    body.insert(0, stmt(declare));
    body.push(stmt(StmtKind::Return(Some(name))));
}

fn return_name(body: &mut [Stmt], name: &Expr) {
    for stmt in body {
        match &mut stmt.kind {
            StmtKind::Return(value @ None) => *value = Some(name.clone()),
            StmtKind::For(item) => {
                return_name(&mut item.body, name);
                return_name(&mut item.orelse, name);
            }
            StmtKind::While { body, orelse, .. } => {
                return_name(body, name);
                return_name(orelse, name);
            }
            StmtKind::If(item) => {
                item.branches
                    .iter_mut()
                    .for_each(|branch| return_name(&mut branch.body, name));
                return_name(&mut item.orelse, name);
            }
            StmtKind::With(item) => return_name(&mut item.body, name),
            StmtKind::Match(item) => {
                item.cases
                    .iter_mut()
                    .for_each(|case| return_name(&mut case.body, name));
            }
            StmtKind::Try(item) => {
                return_name(&mut item.body, name);
                item.handlers
                    .iter_mut()
                    .for_each(|handler| return_name(&mut handler.body, name));
                return_name(&mut item.orelse, name);
                return_name(&mut item.finally, name);
            }
            _ => {}
        }
    }
}
